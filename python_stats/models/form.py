"""What a fitted model is, and when there is none."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from python_stats.association import is_constant

TERMS = [
    *("term", "estimate", "standard_error", "low", "high", "statistic", "df", "p"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high", "method"),
]
INTERVALS = {"wald": "Wald test and interval", "profile": "Wald test, profile likelihood interval"}
NO_PREDICTORS = "no predictors"


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


def complete(frame: pd.DataFrame, outcome: str, predictors: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """The outcome and the predictors of the cases that have them all."""
    data = frame[[outcome, *predictors]].dropna()
    return data[outcome], data[predictors].astype(float)


def standardised(x: pd.DataFrame) -> np.ndarray:
    """Predictors in their standard deviations from their means."""
    return ((x - x.mean()) / x.std(ddof=0)).to_numpy()


def redundant(x: pd.DataFrame) -> str:
    """Why the predictors cannot all have a coefficient (else empty)."""
    constant = [name for name in x if is_constant(x[name].to_numpy())]
    if constant:
        return f"{' and '.join(constant)} constant in the {len(x)} complete cases"
    z = standardised(x)
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


def one_category(y: np.ndarray) -> str:
    """Why there is nothing to tell apart (else empty)."""
    if not len(y):
        return "no complete case"
    if len(np.unique(y)) > 1:
        return ""
    return f"1 category of the outcome in the {len(y)} complete cases; 2 are needed"


def no_model(codes: np.ndarray, x: pd.DataFrame) -> str:
    """Why no model of ordered categories, coded from 0, has finite coefficients (else empty)."""
    n, categories = len(x), len(np.unique(codes))
    if categories < 2:
        return one_category(codes)
    if not len(x.columns):
        return NO_PREDICTORS
    if np.isinf(x.to_numpy()).any():
        return "infinite values"
    if n <= len(x.columns) + categories - 1:
        return f"{n} complete cases are too few for {len(x.columns) + categories - 1} parameters"
    reason = redundant(x)
    if reason:
        return reason
    z = standardised(x)
    separated, completely = _is_separated(codes, z)
    if not separated:
        return ""
    kind = {True: "complete", False: "quasi-complete"}
    alone = [(name, *_is_separated(codes, z[:, [place]])) for place, name in enumerate(x)]
    by = [f"{kind[without_ties]} separation by {name}" for name, parted, without_ties in alone if parted]
    found = " and ".join(by) or f"{kind[completely]} separation by the predictors together"
    return f"{found}: no finite coefficients"


def pseudo_r2(ll: float, ll_null: float, n: int) -> dict:
    """McFadden's, Cox and Snell's and Nagelkerke's R squared."""
    cox_snell = 1 - np.exp(2 * (ll_null - ll) / n)
    return {
        "mcfadden": 1 - ll / ll_null,
        "cox_snell": cox_snell,
        "nagelkerke": cox_snell / (1 - np.exp(2 * ll_null / n)),
    }


def terms_of(names, estimates, errors, low, high, method: str) -> pd.DataFrame:
    """The rows of `Model.terms`, of names, estimates, standard errors and ends of intervals in one order."""
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
