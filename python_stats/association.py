"""Do two things go together: simple regressions, correlations, many tests at once, what a sample can show.

Missing values are left out pair by pair and never filled; `n` is the number of pairs used. Where there is no
result, `reason` says why and the figures are empty; else `reason` is empty.
"""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

CORRELATIONS = {
    "pearson": "Pearson r, interval by Fisher's z",
    "spearman": "Spearman rho, p by the t approximation, interval of Bonett and Wright (2000)",
}


def is_constant(values: np.ndarray) -> bool:
    """Whether values differ by no more than the rounding of floating point."""
    return np.ptp(values) <= 1e-12 * np.abs(values).max()


def _pair(frame: pd.DataFrame, first: str, second: str) -> tuple[np.ndarray, np.ndarray, str]:
    """The complete pairs of two columns, and why nothing can be computed from them (else empty)."""
    pairs = frame[[first, second]].astype(float).dropna().to_numpy()
    if len(pairs) < 3:
        reason = f"{len(pairs)} complete pairs; at least 3 are needed"
    elif np.isinf(pairs).any():
        reason = "infinite values"
    else:
        constant = [name for name, it in zip((first, second), pairs.T, strict=True) if is_constant(it)]
        reason = (
            f"{' and '.join(map(str, constant))} constant in the {len(pairs)} complete pairs"
            if constant
            else ""
        )
    return pairs[:, 0], pairs[:, 1], reason


def simple_regression(
    frame: pd.DataFrame, outcome: str, indicators: list[str], confidence: float = 0.95
) -> pd.DataFrame:
    """Ordinary least squares of the outcome on each indicator alone.

    Parameters
    ----------
    frame : a row per unit, with the numeric columns `outcome` and `indicators`.
    confidence : of the interval of the slope.

    Returns
    -------
    A row per indicator, in the order given: `outcome`, `indicator`, `estimate` (slope: units of the outcome
    per unit of the indicator), `low`, `high`, `intercept`, `r` (signed correlation), `multiple_r` (the same
    without its sign, as Excel prints it), `statistic` (F), `df1`, `df2`, `p` (Excel's Significance F), `n`,
    `method`, `reason`.

    Source: the regressions of La Valle et al. (2016), made with Excel; by scipy's linregress.
    """
    rows = []
    for indicator in indicators:
        y, x, reason = _pair(frame, outcome, indicator)
        row = {"indicator": indicator, "n": len(x), "reason": reason}
        if not reason:
            fit = stats.linregress(x, y)
            margin = stats.t.ppf((1 + confidence) / 2, len(x) - 2) * fit.stderr
            with np.errstate(divide="ignore"):  # on a straight line F is infinite
                f = (fit.slope / fit.stderr) ** 2
            row |= {
                "estimate": fit.slope,
                "low": fit.slope - margin,
                "high": fit.slope + margin,
                "intercept": fit.intercept,
                "r": fit.rvalue,
                "multiple_r": abs(fit.rvalue),
                "statistic": f,
                "df1": 1,
                "df2": len(x) - 2,
                "p": fit.pvalue,
            }
        rows.append(row)
    columns = "outcome indicator estimate low high intercept r multiple_r statistic df1 df2 p n method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(outcome=outcome, method="simple OLS")


def _correlations(
    frame: pd.DataFrame, pairs: list[tuple[str, str]], method: str, confidence: float
) -> pd.DataFrame:
    """A row per pair of columns; see `correlate`."""
    if method not in CORRELATIONS:
        raise ValueError(f"no correlation {method!r}: {' or '.join(CORRELATIONS)}")
    rows = []
    for first, second in pairs:
        x, y, reason = _pair(frame, first, second)
        n = len(x)
        row = {"first": first, "second": second, "n": n, "reason": reason}
        if not reason:
            found = stats.pearsonr(x, y) if method == "pearson" else stats.spearmanr(x, y)
            r = found.statistic
            # A perfect correlation has infinite z and t; rounding must not carry it beyond 1.
            with np.errstate(divide="ignore"):
                z, t = np.arctanh(np.clip(r, -1, 1)), r * np.sqrt(np.divide(n - 2, max(0, 1 - r**2)))
            spread = 1 if method == "pearson" else 1 + r**2 / 2
            # With 3 pairs z has no variance: every correlation is possible.
            margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(spread / max(n - 3, 1))
            row |= {
                "estimate": r,
                "low": np.tanh(z - margin) if n > 3 else -1.0,
                "high": np.tanh(z + margin) if n > 3 else 1.0,
                "statistic": t,
                "df": n - 2,
                "p": found.pvalue,
            }
        rows.append(row)
    columns = "first second estimate low high statistic df p n method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(method=CORRELATIONS[method])


def correlate(
    frame: pd.DataFrame,
    outcome: str,
    indicators: list[str],
    method: str = "spearman",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Correlation of the outcome with each indicator.

    Parameters
    ----------
    frame : a row per unit, with the numeric columns `outcome` and `indicators`.
    method : "spearman" (ties share the mean rank) or "pearson". Raises ValueError for another.

    Returns
    -------
    A row per indicator, in the order given: `outcome`, `indicator`, `estimate` (-1 to 1), `low`, `high`,
    `statistic` (t), `df`, `p` (two-sided), `n`, `method`, `reason`.

    Source: scipy's pearsonr and spearmanr; Fisher's z with variance 1/(n-3), for Spearman (1 + rho^2/2)/(n-3)
    (Bonett and Wright 2000, Psychometrika 65).
    """
    out = _correlations(frame, [(outcome, indicator) for indicator in indicators], method, confidence)
    return out.rename(columns={"first": "outcome", "second": "indicator"})


def correlation_matrix(
    frame: pd.DataFrame, columns: list[str], method: str = "spearman", confidence: float = 0.95
) -> pd.DataFrame:
    """Correlation of every pair of columns: `first`, `second` and what `correlate` has."""
    return _correlations(frame, list(combinations(columns, 2)), method, confidence)


def _adjusted(p: pd.Series, method: str) -> pd.Series:
    """Adjusted p-values of one family; a missing one stays missing and counts for nothing."""
    known = p.notna()
    out = p.astype(float)
    if known.any():
        out[known] = multipletests(p[known], method=method)[1]
    return out


def adjust(frame: pd.DataFrame, within: str | list[str] | None = None) -> pd.DataFrame:
    """Adjust `p` for the number of tests.

    Parameters
    ----------
    frame : a row per test with `p`, missing where there is no test.
    within : columns whose values part the rows into families; all rows are one if not given.

    Returns
    -------
    The frame with `p_holm` (Holm 1979: the chance of any false finding), `p_bh` (Benjamini and Hochberg 1995:
    the share of false findings) and `m` (tests with a p in the family).

    Source: statsmodels' multipletests.
    """
    family = frame.groupby(np.zeros(len(frame)) if within is None else within, dropna=False)["p"]
    return frame.assign(
        p_holm=family.transform(_adjusted, "holm"),
        p_bh=family.transform(_adjusted, "fdr_bh"),
        m=family.transform("count").astype(int),
    )


def smallest_detectable(n: int, alpha: float = 0.05, power: float = 0.8) -> float | str:
    """The smallest correlation, without its sign, that a two-sided test of n pairs finds with this power.

    Returns the correlation, or in words why there is none.

    Source: Fisher's z, as in Hulley et al., Designing Clinical Research, appendix 6C:
    n = ((z_alpha/2 + z_beta) / arctanh r)^2 + 3. For Spearman's rho it is a little too small.
    """
    if n < 4:
        return f"{n} pairs; at least 4 are needed"
    return float(np.tanh((stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)) / np.sqrt(n - 3)))
