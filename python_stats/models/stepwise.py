"""Forward selection of a binary logistic model."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from python_stats.models.binary import glm, logistic, with_constant
from python_stats.models.form import NO_PREDICTORS, Model, complete, one_category, redundant, standardised


@dataclass(frozen=True)
class Stepwise:
    """A forward selection.

    steps : a row per step with `step`, `action` (entered or removed), `term`, `statistic` (chi-squared, by
        `method`), `df`, `p`, `model_statistic` (likelihood ratio of the model after the step), `model_df`,
        `model_p`, `model_nagelkerke`, `n`, `method`.
    left_out : a row per candidate outside the last model that could be fitted, with its score test: `term`,
        `statistic`, `df`, `p`, `n`, `method`, `reason`.
    model : the final model.
    """

    steps: pd.DataFrame
    left_out: pd.DataFrame
    model: Model


def _score_tests(y: np.ndarray, x: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """The score test of every candidate beside the chosen ones."""
    nothing = one_category(y)
    fit = None if nothing else glm(y, with_constant(x[chosen]))
    no_test = ""
    # The test divides by the square of the variance.
    if fit and (fit.fittedvalues * (1 - fit.fittedvalues) < np.sqrt(np.finfo(float).tiny)).any():
        no_test = "a fitted risk of 0 or 1: no score test"
    rows = []
    for name in x.columns.difference(chosen, sort=False):
        reason = nothing or redundant(x[[*chosen, name]]) or no_test
        row = {"term": name, "n": len(y), "method": "score test", "reason": reason}
        if not reason:
            # In standard deviations: the test is the same, and the matrix it inverts is well scaled.
            extra = standardised(x[[name]])
            statistic, p, df = fit.model.score_test(fit.params, exog_extra=extra)
            row |= {"statistic": statistic.item(), "df": df, "p": p.item()}
        rows.append(row)
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p", "n", "method", "reason"])


def _ratio_tests(y: np.ndarray, x: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """The likelihood-ratio test of every chosen term beside the other ones."""
    deviance = glm(y, with_constant(x[chosen])).deviance
    without = [glm(y, with_constant(x[chosen].drop(columns=name))).deviance for name in chosen]
    ratios = np.array(without) - deviance
    tests = {"term": chosen, "statistic": ratios, "df": 1, "p": stats.chi2.sf(ratios, 1), "n": len(y)}
    return pd.DataFrame(tests).assign(method="likelihood ratio test")


def forward_stepwise(
    frame: pd.DataFrame,
    outcome: str,
    candidates: list[str],
    enter: float = 0.05,
    remove: float = 0.10,
    interval: str = "wald",
) -> Stepwise:
    """Forward selection of a binary logistic model by likelihood ratio, as SPSS's Forward: LR.

    The candidate with the smallest p of the score test enters if it is below `enter`; then the term with the
    largest p of the likelihood-ratio test leaves while it is above `remove`. It ends when none enters, when
    a model comes back, or when there is no model with the one that entered (`model.reason` says why). All
    steps use the cases complete over all candidates. The final model has the `interval` of `logistic`.

    The p-values of the final model are those of a model chosen by the same data: too small.

    Source: IBM SPSS Statistics Algorithms, LOGISTIC REGRESSION, stepwise procedures.
    """
    outcomes, x = complete(frame, outcome, candidates)
    data, y = x.assign(**{outcome: outcomes}), outcomes.to_numpy(float)
    chosen, steps, seen = [], [], []
    model, tests = logistic(data, outcome, chosen, interval), _score_tests(y, x, chosen)

    def take(step: str, test: pd.Series) -> Model:
        after = logistic(data, outcome, chosen, interval)
        fit = after.fit.iloc[0][["statistic", "df", "p", "nagelkerke"]].add_prefix("model_")
        steps.append({"step": len(steps) + 1, "action": step, **test.drop("reason", errors="ignore"), **fit})
        return after

    while (tests["p"] < enter).any() and set(chosen) not in seen:
        seen.append(set(chosen))
        strongest = tests.loc[tests["p"].idxmin()]
        chosen = [*chosen, strongest["term"]]
        model = take("entered", strongest)
        while not model.reason and (ratios := _ratio_tests(y, x, chosen))["p"].max() > remove:
            weakest = ratios.loc[ratios["p"].idxmax()]
            chosen = [name for name in chosen if name != weakest["term"]]
            model = take("removed", weakest)
        if model.reason:
            break
        tests = _score_tests(y, x, chosen)
    if candidates and model.reason == NO_PREDICTORS:
        entry, removal = (f"{p:g}".lstrip("0") for p in (enter, remove))
        reason = f"none stays with p up to {removal}" if steps else f"no candidate has p below {entry}"
        model = Model(model.terms, model.fit.assign(reason=reason), reason)
    columns = "step action term statistic df p model_statistic model_df model_p model_nagelkerke n method"
    return Stepwise(pd.DataFrame(steps, columns=columns.split()), tests, model)
