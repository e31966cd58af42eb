"""Binary logistic regression."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.diagnostic_gen import test_chisquare_binning as chisquare_of_groups

from python_stats.models.form import INTERVALS, TERMS, Model, complete, no_model, pseudo_r2, terms_of


def with_constant(x: pd.DataFrame) -> np.ndarray:
    """A design matrix: a column of 1, then the predictors."""
    return sm.add_constant(x.to_numpy(), has_constant="add")


def glm(y: np.ndarray, x: np.ndarray, offset: np.ndarray | None = None):
    """A binomial GLM with a logit link, fitted to convergence; x has its constant.

    Its own steps can run away on skewed data; so a trust region finds the maximum on a basis of x that has no
    units, and the GLM starts from there.
    """
    basis, units = np.linalg.qr(x)
    way = {"method": "minimize", "min_method": "trust-exact", "gtol": 1e-9}
    way |= {"disp": False, "warn_convergence": False}
    # On the way odds can be beyond any number, which make a risk of 0.
    with np.errstate(over="ignore", divide="ignore"):
        near = sm.Logit(y, basis, offset=offset).fit(np.zeros(x.shape[1]), **way)
        glm = sm.GLM(y, x, family=sm.families.Binomial(), offset=offset)
        fit = glm.fit(start_params=np.linalg.solve(units, near.params), tol=1e-11)
        _ = fit.mu  # computed when asked for, then kept
        return fit


def _profile(y: np.ndarray, x: np.ndarray, fit, place: int, confidence: float) -> tuple[float, float]:
    """The values of a coefficient between which the deviance rises by less than chi-squared."""
    rest, rise = np.delete(x, place, axis=1), stats.chi2.ppf(confidence, 1)
    # Of its column, what the others cannot make up for: the same deviance, and no large numbers cancel.
    own = x[:, place] - rest @ np.linalg.lstsq(rest, x[:, place])[0]

    def excess(value):
        return glm(y, rest, value * own).deviance - fit.deviance - rise

    estimate, error = fit.params[place], fit.bse[place]
    ends = []
    for step in (-2 * error, 2 * error):
        end = estimate + step
        while excess(end) < 0:
            end += step
        ends.append(optimize.brentq(excess, estimate, end, xtol=1e-9 * error))
    return ends[0], ends[1]


def _deciles(risk: np.ndarray) -> list[int]:
    """Sizes of at most ten groups of about equal size by rising risk, equal risks together."""
    target = int(len(risk) / 10 + 0.5)
    groups = [0]
    for size in np.unique(risk, return_counts=True)[1]:
        full = groups[-1] >= target or groups[-1] + size // 2 > target
        if groups[-1] and full and len(groups) < 10:
            groups.append(0)
        groups[-1] += size
    if len(groups) > 1 and groups[-1] <= len(risk) // 20:
        last = groups.pop()
        groups[-1] += last
    return groups


def hosmer_lemeshow(y: np.ndarray, risk: np.ndarray) -> dict:
    """Hosmer and Lemeshow's test of fit.

    Parameters
    ----------
    y : array (cases,) of 0 and 1; risk : array (cases,), the fitted probabilities of 1.

    Returns
    -------
    `hl_statistic` (chi-squared), `hl_df` (groups less 2), `hl_p`, `hl_method` (the grouping, or why there is
    no test).

    Source: Hosmer and Lemeshow (2000, Applied Logistic Regression, 5.2.2); groups by the rule that SAS prints
    for PROC LOGISTIC, deciles of risk with equal risks kept together, as SPSS keeps them.
    """
    blocks = np.round(risk, 10)  # the same predictors give the same risk but for rounding
    groups = _deciles(blocks)
    if len(groups) < 3:
        return {"hl_method": f"no test: {len(groups)} group(s) of different risk"}
    both = np.column_stack([1 - risk, risk])
    expected = np.add.reduceat(both[np.argsort(blocks, kind="stable")], np.cumsum([0, *groups[:-1]]))
    if not expected.all():
        return {"hl_method": "no test: a group has a fitted risk of 0 or 1 throughout"}
    found = chisquare_of_groups(
        np.column_stack([1 - y, y]),
        both,
        sort_var=blocks,
        bins=np.cumsum(groups)[:-1],
        sort_method="stable",
    )
    return {
        "hl_statistic": found.statistic,
        "hl_df": found.df,
        "hl_p": found.pvalue,
        "hl_method": f"{len(groups)} groups: deciles of risk, equal risks together",
    }


def logistic(
    frame: pd.DataFrame,
    outcome: str,
    predictors: list[str],
    interval: str = "wald",
    confidence: float = 0.95,
) -> Model:
    """Binary logistic regression.

    Parameters
    ----------
    frame : a row per case; `outcome` is 0 or 1 (or False, True), the predictors are numeric. Raises
        ValueError for another outcome.
    interval : "wald" (estimate and standard error, as SPSS) or "profile" (profile likelihood, better in
        small samples). Raises ValueError for another.

    Returns
    -------
    A Model; the first term is `intercept`. `fit` has `n`, `events`, `statistic` (likelihood ratio
    chi-squared against the intercept alone), `df`, `p`, `minus_2ll`, `mcfadden`, `cox_snell`, `nagelkerke`,
    what `hosmer_lemeshow` has, `classified_right` (share of 1, at a risk of one half), `method`, `reason`.

    Source: statsmodels' GLM; profile likelihood: Venables and Ripley (2002, Modern Applied Statistics with
    S, 8.4); separation: Albert and Anderson (1984, Biometrika 71), found by linear programming as by Konis
    (2007).
    """
    if interval not in INTERVALS:
        raise ValueError(f"no interval {interval!r}: {' or '.join(INTERVALS)}")
    outcomes, x = complete(frame, outcome, predictors)
    if not outcomes.isin([0, 1]).all():
        raise ValueError(f"{outcome} is not 0 or 1")
    y = outcomes.to_numpy(float)
    reason = no_model(y.astype(int), x)
    row = {"n": len(y), "events": int(y.sum()), "method": "binary logistic regression", "reason": reason}
    terms = pd.DataFrame(columns=TERMS)
    if not reason:
        design = with_constant(x)
        fit = glm(y, design)
        if interval == "wald":
            low, high = fit.conf_int(1 - confidence).T
        else:
            ends = [_profile(y, design, fit, place, confidence) for place in range(design.shape[1])]
            low, high = np.transpose(ends)
        terms = terms_of(["intercept", *predictors], fit.params, fit.bse, low, high, INTERVALS[interval])
        ratio = fit.null_deviance - fit.deviance
        row |= {
            "statistic": ratio,
            "df": len(predictors),
            "p": stats.chi2.sf(ratio, len(predictors)),
            "minus_2ll": fit.deviance,
            **pseudo_r2(fit.llf, fit.llnull, len(y)),
            **hosmer_lemeshow(y, fit.fittedvalues),
            "classified_right": ((fit.fittedvalues >= 0.5) == y).mean(),
        }
    columns = (
        "n events statistic df p minus_2ll mcfadden cox_snell nagelkerke hl_statistic hl_df hl_p hl_method "
        "classified_right method reason"
    )
    return Model(terms, pd.DataFrame([row], columns=columns.split()), reason)
