"""Which indicators tell ratings apart: binary and ordinal logistic regression, forward selection.

Only complete cases over the columns of a model are used; nothing is filled. Predictors are numeric: a
category stands as columns of 0 and 1. Where there is no model, `reason` says why (one category, constant or
collinear predictors, separation) instead of a model with huge coefficients.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.linalg import block_diag
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.diagnostic_gen import test_chisquare_binning as chisquare_of_groups

from python_stats.association import is_constant

TERMS = [
    *("term", "estimate", "standard_error", "low", "high", "statistic", "df", "p"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high", "method"),
]
INTERVALS = {"wald": "Wald test and interval", "profile": "Wald test, profile likelihood interval"}


@dataclass(frozen=True)
class Model:
    """A fitted model, or in words why there is none.

    terms : a row per term with `term`, `estimate` (B, log odds per unit), `standard_error`, `low`, `high`,
        `statistic` (Wald chi-squared), `df`, `p`, `odds_ratio`, `odds_ratio_low`, `odds_ratio_high`,
        `method`; no rows without a model.
    fit : one row, see the function that fitted it; `n` and `reason` are always there.
    reason : empty where there is a model.
    """

    terms: pd.DataFrame
    fit: pd.DataFrame
    reason: str


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


def _complete(frame: pd.DataFrame, outcome: str, predictors: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """The outcome and the predictors of the cases that have them all."""
    data = frame[[outcome, *predictors]].dropna()
    return data[outcome], data[predictors].astype(float)


def _standardised(x: pd.DataFrame) -> np.ndarray:
    return ((x - x.mean()) / x.std(ddof=0)).to_numpy()


def _redundant(x: pd.DataFrame) -> str:
    """Why the predictors cannot all have a coefficient (else empty)."""
    constant = [name for name in x if is_constant(x[name].to_numpy())]
    if constant:
        return f"{' and '.join(constant)} constant in the {len(x)} complete cases"
    z = _standardised(x)
    for place, name in enumerate(x):
        # Percentages that add up to 100 do so but for the rounding of floating point.
        if np.linalg.matrix_rank(z[:, : place + 1], rtol=1e-8) <= place:
            return f"{name} is a linear combination of {', '.join(x.columns[:place])}"
    return ""


def _is_separated(codes: np.ndarray, z: np.ndarray) -> tuple[bool, bool]:
    """Whether some combination of predictors parts the ordered categories; whether without ties.

    A direction of coefficients and thresholds along which no case's likelihood falls is looked for in the
    box from -1 to 1: without separation there is none but 0, with it the best touches the box.
    """
    thresholds = np.eye(codes.max())
    below, above = codes < codes.max(), codes > 0
    slack = np.vstack(
        [
            np.hstack([-z[below], thresholds[codes[below]]]),
            np.hstack([z[above], -thresholds[codes[above] - 1]]),
        ]
    )
    none = np.zeros(len(slack))
    most = optimize.linprog(-slack.sum(axis=0), A_ub=-slack, b_ub=none, bounds=(-1, 1))
    if np.abs(most.x).max() < 0.5:
        return False, False
    least = np.append(np.zeros(slack.shape[1]), -1)
    bounds = [(-1, 1)] * slack.shape[1] + [(0, None)]
    with_least = np.column_stack([-slack, np.ones(len(slack))])
    gap = optimize.linprog(least, A_ub=with_least, b_ub=none, bounds=bounds).x[-1]
    return True, gap > 1e-6


def _one_category(y: np.ndarray) -> str:
    """Why there is nothing to tell apart (else empty)."""
    if len(np.unique(y)) > 1:
        return ""
    return f"{len(np.unique(y))} category of the outcome in the {len(y)} complete cases; 2 are needed"


def _no_model(codes: np.ndarray, x: pd.DataFrame) -> str:
    """Why no model of ordered categories, coded from 0, has finite coefficients (else empty)."""
    n, categories = len(x), len(np.unique(codes))
    if categories < 2:
        return _one_category(codes)
    if not len(x.columns):
        return "no predictors"
    if np.isinf(x.to_numpy()).any():
        return "infinite values"
    if n <= len(x.columns) + categories - 1:
        return f"{n} complete cases are too few for {len(x.columns) + categories - 1} parameters"
    reason = _redundant(x)
    if reason:
        return reason
    z = _standardised(x)
    separated, completely = _is_separated(codes, z)
    if not separated:
        return ""
    kind = {True: "complete", False: "quasi-complete"}
    alone = [(name, *_is_separated(codes, z[:, [place]])) for place, name in enumerate(x)]
    by = [f"{kind[without_ties]} separation by {name}" for name, parted, without_ties in alone if parted]
    found = " and ".join(by) or f"{kind[completely]} separation by the predictors together"
    return f"{found}: no finite coefficients"


def _with_constant(x: pd.DataFrame) -> np.ndarray:
    return sm.add_constant(x.to_numpy(), has_constant="add")


def _glm(y: np.ndarray, x: np.ndarray, offset: np.ndarray | None = None):
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
        return glm.fit(start_params=np.linalg.solve(units, near.params), tol=1e-11)


def _profile(y: np.ndarray, x: np.ndarray, fit, place: int, confidence: float) -> tuple[float, float]:
    """The values of a coefficient between which the deviance rises by less than chi-squared."""
    rest, rise = np.delete(x, place, axis=1), stats.chi2.ppf(confidence, 1)
    # Of its column, what the others cannot make up for: the same deviance, and no large numbers cancel.
    own = x[:, place] - rest @ np.linalg.lstsq(rest, x[:, place])[0]

    def excess(value):
        return _glm(y, rest, value * own).deviance - fit.deviance - rise

    estimate, error = fit.params[place], fit.bse[place]
    ends = []
    for step in (-2 * error, 2 * error):
        end = estimate + step
        while excess(end) < 0:
            end += step
        ends.append(optimize.brentq(excess, estimate, end, xtol=1e-9 * error))
    return ends[0], ends[1]


def _pseudo_r2(ll: float, ll_null: float, n: int) -> dict:
    """McFadden's, Cox and Snell's and Nagelkerke's R squared."""
    cox_snell = 1 - np.exp(2 * (ll_null - ll) / n)
    return {
        "mcfadden": 1 - ll / ll_null,
        "cox_snell": cox_snell,
        "nagelkerke": cox_snell / (1 - np.exp(2 * ll_null / n)),
    }


def _terms(names, estimates, errors, low, high, method: str) -> pd.DataFrame:
    wald = (estimates / errors) ** 2
    with np.errstate(over="ignore"):  # in a unit far too large for the data they can be beyond any number
        odds_ratios = np.exp([estimates, low, high])
    return pd.DataFrame(
        {
            "term": names,
            "estimate": estimates,
            "standard_error": errors,
            "low": low,
            "high": high,
            "statistic": wald,
            "df": 1,
            "p": stats.chi2.sf(wald, 1),
            "odds_ratio": odds_ratios[0],
            "odds_ratio_low": odds_ratios[1],
            "odds_ratio_high": odds_ratios[2],
            "method": method,
        },
        columns=TERMS,
    )


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
    found = chisquare_of_groups(
        np.column_stack([1 - y, y]),
        np.column_stack([1 - risk, risk]),
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
    outcomes, x = _complete(frame, outcome, predictors)
    if not outcomes.isin([0, 1]).all():
        raise ValueError(f"{outcome} is not 0 or 1")
    y = outcomes.to_numpy(float)
    reason = _no_model(y.astype(int), x)
    row = {"n": len(y), "events": int(y.sum()), "method": "binary logistic regression", "reason": reason}
    terms = pd.DataFrame(columns=TERMS)
    if not reason:
        design = _with_constant(x)
        fit = _glm(y, design)
        if interval == "wald":
            low, high = fit.conf_int(1 - confidence).T
        else:
            ends = [_profile(y, design, fit, place, confidence) for place in range(design.shape[1])]
            low, high = np.transpose(ends)
        terms = _terms(["intercept", *predictors], fit.params, fit.bse, low, high, INTERVALS[interval])
        ratio = fit.null_deviance - fit.deviance
        row |= {
            "statistic": ratio,
            "df": len(predictors),
            "p": stats.chi2.sf(ratio, len(predictors)),
            "minus_2ll": fit.deviance,
            **_pseudo_r2(fit.llf, fit.llnull, len(y)),
            **hosmer_lemeshow(y, fit.fittedvalues),
            "classified_right": ((fit.fittedvalues >= 0.5) == y).mean(),
        }
    columns = (
        "n events statistic df p minus_2ll mcfadden cox_snell nagelkerke hl_statistic hl_df hl_p hl_method "
        "classified_right method reason"
    )
    return Model(terms, pd.DataFrame([row], columns=columns.split()), reason)


def _score_tests(y: np.ndarray, x: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """The score test of every candidate beside the chosen ones."""
    nothing = _one_category(y)
    fit = None if nothing else _glm(y, _with_constant(x[chosen]))
    rows = []
    for name in x.columns.difference(chosen, sort=False):
        reason = nothing or _redundant(x[[*chosen, name]])
        row = {"term": name, "n": len(y), "method": "score test", "reason": reason}
        if not reason:
            # In standard deviations: the test is the same, and the matrix it inverts is well scaled.
            extra = _standardised(x[[name]])
            statistic, p, df = fit.model.score_test(fit.params, exog_extra=extra)
            row |= {"statistic": statistic.item(), "df": df, "p": p.item()}
        rows.append(row)
    return pd.DataFrame(rows, columns=["term", "statistic", "df", "p", "n", "method", "reason"])


def _ratio_tests(y: np.ndarray, x: pd.DataFrame, chosen: list[str]) -> pd.DataFrame:
    """The likelihood-ratio test of every chosen term beside the other ones."""
    deviance = _glm(y, _with_constant(x[chosen])).deviance
    without = [_glm(y, _with_constant(x[chosen].drop(columns=name))).deviance for name in chosen]
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
    outcomes, x = _complete(frame, outcome, candidates)
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
    columns = "step action term statistic df p model_statistic model_df model_p model_nagelkerke n method"
    return Stepwise(pd.DataFrame(steps, columns=columns.split()), tests, model)


def _ordered(outcomes: pd.Series) -> tuple[list, np.ndarray]:
    """The categories that occur, in order, and their codes from 0."""
    categories = outcomes.astype("category").cat.remove_unused_categories().cat
    return list(categories.categories), categories.codes.to_numpy()


def ordinal_logistic(
    frame: pd.DataFrame, outcome: str, predictors: list[str], confidence: float = 0.95
) -> Model:
    """Ordinal logistic regression with proportional odds.

    Parameters
    ----------
    frame : a row per case; `outcome` is numeric or an ordered categorical, lowest category first; the
        predictors are numeric.

    Returns
    -------
    A Model: logit P(outcome up to a category) = its threshold - B x, so that a positive B goes with the
    higher categories. The terms are the predictors, then the thresholds, such as `1 | 2`, which have no odds
    ratio. `fit` has `n`, `categories` (how many occur), `statistic` (likelihood ratio chi-squared against the
    thresholds alone), `df`, `p`, `minus_2ll`, `mcfadden`, `cox_snell`, `nagelkerke`, `method`, `reason`.

    Source: McCullagh (1980, Journal of the Royal Statistical Society B 42), by statsmodels' OrderedModel,
    whose standard errors come from numerical derivatives: right to five digits.
    """
    outcomes, x = _complete(frame, outcome, predictors)
    categories, codes = _ordered(outcomes)
    method = "ordinal logistic regression, proportional odds"
    reason = _no_model(codes, x)
    row = {"n": len(codes), "categories": len(categories), "method": method, "reason": reason}
    terms = pd.DataFrame(columns=TERMS)
    if not reason:
        ordered = OrderedModel(codes, _standardised(x), distr="logit")
        near = ordered.fit(method="bfgs", maxiter=1000, disp=False)
        fit = ordered.fit(near.params, method="newton", disp=False)
        # From standard deviations and logarithms of steps back to units and thresholds.
        k, scale, steps = len(predictors), x.std(ddof=0).to_numpy(), np.exp(fit.params[len(predictors) + 1 :])
        back = block_diag(np.diag(1 / scale), np.tri(len(steps) + 1) * np.append(1, steps))
        back[k:, :k] = x.mean().to_numpy() / scale
        thresholds = fit.params[k] + np.cumsum(np.append(0, steps))
        estimates = np.append(np.zeros(k), thresholds) + back[:, :k] @ fit.params[:k]
        errors = np.sqrt(np.diag(back @ fit.cov_params() @ back.T))
        margin = stats.norm.ppf((1 + confidence) / 2) * errors
        names = [*predictors, *(f"{below} | {above}" for below, above in pairwise(categories))]
        terms = _terms(names, estimates, errors, estimates - margin, estimates + margin, INTERVALS["wald"])
        terms.loc[k:, ["odds_ratio", "odds_ratio_low", "odds_ratio_high"]] = np.nan
        row |= {
            "statistic": fit.llr,
            "df": k,
            "p": fit.llr_pvalue,
            "minus_2ll": -2 * fit.llf,
            **_pseudo_r2(fit.llf, fit.llnull, len(codes)),
        }
    columns = "n categories statistic df p minus_2ll mcfadden cox_snell nagelkerke method reason"
    return Model(terms, pd.DataFrame([row], columns=columns.split()), reason)


def proportional_odds_test(frame: pd.DataFrame, outcome: str, predictors: list[str]) -> pd.DataFrame:
    """Brant's test of whether a predictor has the same coefficient at every cut between categories.

    Returns
    -------
    A row for all predictors together (`term` is "all"), then one for each: `term`, `statistic` (Wald
    chi-squared; a small p speaks against proportional odds), `df`, `p`, `n`, `method`, `reason`.

    Source: Brant (1990, Biometrics 46): binary regressions at every cut and the covariances between them.
    """
    outcomes, x = _complete(frame, outcome, predictors)
    categories, codes = _ordered(outcomes)
    above = [codes > cut for cut in range(len(categories) - 1)]
    reasons = [(at, _no_model(y.astype(int), x)) for at, y in zip(categories, above, strict=False)]
    reason = _no_model(codes, x) or "; ".join(f"above {at}: {it}" for at, it in reasons if it)
    if not reason and len(above) < 2:
        reason = "2 categories have one cut; there is nothing to compare"
    out = pd.DataFrame({"term": ["all", *predictors], "statistic": np.nan, "df": np.nan, "p": np.nan})
    if not reason:
        design = sm.add_constant(_standardised(x))
        fits = [_glm(y.astype(float), design) for y in above]

        def covariance(one, other):
            # A case above the higher of two cuts is above both.
            low, high = sorted((one.fittedvalues, other.fittedvalues), key=np.sum, reverse=True)
            middle = design.T @ (design * (high * (1 - low))[:, None])
            return one.cov_params() @ middle @ other.cov_params()

        covariances = np.block([[covariance(one, other) for other in fits] for one in fits])
        coefficients = np.concatenate([fit.params for fit in fits])
        # The first cut less each other one, a row per cut and predictor.
        width, differences = design.shape[1], np.hstack([np.ones((len(fits) - 1, 1)), -np.eye(len(fits) - 1)])
        for place in range(len(out)):
            tested = np.eye(width)[1:] if place == 0 else np.eye(width)[[place]]
            contrast = np.kron(differences, tested)
            off = contrast @ coefficients
            chi2 = off @ np.linalg.solve(contrast @ covariances @ contrast.T, off)
            out.loc[place, ["statistic", "df", "p"]] = chi2, len(off), stats.chi2.sf(chi2, len(off))
    return out.assign(n=len(codes), method="Brant (1990)", reason=reason)
