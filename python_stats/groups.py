"""Do groups differ: t-tests, analysis of variance, pairwise comparisons, overlap of ranges.

Everything but the overlap needs of each group its mean, standard deviation and size alone, so the same
functions test data and what a paper prints. Missing values are left out, never filled; where there is no
result, `reason` says why and the figures are empty; else `reason` is empty.

Groups stand in the order of a categorical column, else sorted; a difference is the first less the second.
"""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.oneway import anova_generic
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from python_stats.association import is_constant

T_TESTS = {
    "student": "Student's t (equal variances); Hedges' g with its normal interval",
    "welch": "Welch's t (unequal variances); Hedges' g (pooled SD) with its normal interval",
}
PAIRWISE = {
    "bonferroni": "Bonferroni, pooled error of the ANOVA",
    "tukey": "Tukey-Kramer, pooled error of the ANOVA",
}


def _samples(frame: pd.DataFrame, value: str, group: str) -> dict:
    """The values of each group, sorted; a group all of whose values are missing stays, empty."""
    labels = frame[group].astype("category")
    known = frame[value].astype(float)
    return {label: np.sort(known[labels == label].dropna()) for label in labels.cat.categories}


def summarise(frame: pd.DataFrame, value: str, group: str) -> pd.DataFrame:
    """What the tests need of each group: `group`, `mean`, `sd` (divisor n - 1), `n`.

    Empty figures where there are too few values for them: none for a mean, one for an SD.
    """
    rows = []
    for label, sample in _samples(frame, value, group).items():
        n = len(sample)
        sd = np.nan if n < 2 else 0.0 if is_constant(sample) else sample.std(ddof=1)
        rows.append({"group": label, "mean": sample.mean() if n else np.nan, "sd": sd, "n": n})
    return pd.DataFrame(rows, columns=["group", "mean", "sd", "n"])


def _no_comparison(summary: pd.DataFrame) -> str:
    """Why means cannot be compared (else empty)."""
    few = summary[summary["n"] < 1]
    if len(summary) < 2:
        return f"{len(summary)} group(s); at least 2 are needed"
    if len(few):
        return f"no value in group {', '.join(map(str, few['group']))}"
    if summary["n"].sum() - len(summary) < 1:
        return "one value in each group; the error has no degrees of freedom"
    if not (summary["sd"] > 0).any():
        return "no variation within the groups"
    return ""


def _each(values: list[str], table_of) -> pd.DataFrame:
    """The tables of all values, one below the other, each with its `indicator`."""
    tables = [table_of(value) for value in values]
    out = pd.concat(tables, ignore_index=True)
    out.insert(0, "indicator", np.repeat(values, [len(table) for table in tables]))
    return out


def t_test_from_summary(
    summary: pd.DataFrame, kind: str = "student", confidence: float = 0.95
) -> pd.DataFrame:
    """Compare the means of two groups, known by mean, SD and size.

    Parameters
    ----------
    summary : two rows with `group`, `mean`, `sd` (divisor n - 1), `n`.
    kind : "student" or "welch". Raises ValueError for another.

    Returns
    -------
    One row: `first`, `second` (the groups), `mean_first`, `sd_first`, `n_first`, `mean_second`, `sd_second`,
    `n_second`, `estimate` (first mean less second, in the unit of the values), `low`, `high`, `statistic`
    (t), `df`, `p` (two-sided), `hedges_g` (standard deviations), `hedges_g_low`, `hedges_g_high`, `n`,
    `method`, `reason`.

    Source: statsmodels; Hedges' g with the small-sample correction 1 - 3 / (4 n - 9) (Borenstein et al. 2009,
    Introduction to Meta-Analysis, ch. 4), its variance as in Chen and Peace (2013, Applied Meta-Analysis
    with R).
    """
    if kind not in T_TESTS:
        raise ValueError(f"no t-test {kind!r}: {' or '.join(T_TESTS)}")
    row = {"n": summary["n"].sum(), "method": T_TESTS[kind], "reason": _no_comparison(summary)}
    if len(summary) != 2:
        row["reason"] = f"{len(summary)} group(s); a t-test compares 2"
    else:
        for place, group in zip(("first", "second"), summary.to_dict("records"), strict=True):
            row |= {place: group["group"]} | {f"{it}_{place}": group[it] for it in ("mean", "sd", "n")}
        if not row["reason"] and summary["n"].min() < 2:
            row["reason"] = "a group with one value has no SD"
    if not row["reason"]:
        # Two points at an SD from the mean stand for the sample: the same mean, SD and weight.
        points = (summary["sd"] * np.sqrt((summary["n"] - 1) / summary["n"])).to_numpy()
        samples = [
            DescrStatsW(np.array([mean - at, mean + at]), weights=np.array([n / 2, n / 2]))
            for mean, at, n in zip(summary["mean"], points, summary["n"], strict=True)
        ]
        both, usevar = CompareMeans(*samples), "pooled" if kind == "student" else "unequal"
        row["estimate"] = row["mean_first"] - row["mean_second"]
        row["statistic"], row["p"], row["df"] = both.ttest_ind(usevar=usevar)
        row["low"], row["high"] = both.tconfint_diff(1 - confidence, usevar=usevar)
        groups = summary[["mean", "sd", "n"]].to_numpy()
        row["hedges_g"], variance = effectsize_smd(*groups[0], *groups[1])
        margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
        row["hedges_g_low"], row["hedges_g_high"] = row["hedges_g"] - margin, row["hedges_g"] + margin
    columns = (
        "first second mean_first sd_first n_first mean_second sd_second n_second estimate low high statistic "
        "df p hedges_g hedges_g_low hedges_g_high n method reason"
    )
    return pd.DataFrame([row], columns=columns.split())


def t_test(
    frame: pd.DataFrame, values: list[str], group: str, kind: str = "student", confidence: float = 0.95
) -> pd.DataFrame:
    """Compare two groups: a row per value column, `indicator` and what `t_test_from_summary` has.

    `frame` has a row per unit, with the numeric columns `values` and the column `group`.
    """
    return _each(values, lambda value: t_test_from_summary(summarise(frame, value, group), kind, confidence))


def _noncentrality(f: float, df1: float, df2: float, below: float) -> float:
    """The noncentrality with which so large a share of the F distribution is below f; at least 0.

    statsmodels takes it from scipy's ncfdtrinc, which is right to three digits and ends at 10,000.
    """

    if f * df1 > 1e6 * df2:
        return f * df1  # takes minutes beyond, and eta squared is 1 whatever the error

    def excess(noncentrality):
        return stats.ncf.cdf(f, df1, df2, noncentrality) - below

    if excess(0) <= 0:
        return 0.0
    end = 1.0
    while excess(end) > 0:
        end *= 2
    return optimize.brentq(excess, 0, end, xtol=1e-9)


def anova_from_summary(summary: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """One-way analysis of variance of groups known by mean, SD and size.

    Parameters
    ----------
    summary : a row per group with `group`, `mean`, `sd` (divisor n - 1; empty for a single value), `n`.

    Returns
    -------
    One row: `estimate` (eta squared, the share of the variance between the groups), `low`, `high`,
    `omega_squared` (the same without its bias; below 0 where F is below 1), `statistic` (F), `df1`, `df2`,
    `p`, `n`, `groups`, `method`, `reason`.

    Source: statsmodels; the interval by inverting the noncentral F distribution (Steiger 2004, Psychological
    Methods 9). The 90% interval leaves 0 out just where F is significant at 5%.
    """
    row = {
        "n": summary["n"].sum(),
        "groups": len(summary),
        "method": "one-way ANOVA; interval of eta squared by noncentral F",
        "reason": _no_comparison(summary),
    }
    if not row["reason"]:
        sizes = summary["n"].to_numpy(float)
        variances = summary["sd"].fillna(0).to_numpy() ** 2
        found = anova_generic(summary["mean"].to_numpy(), variances, sizes, use_var="equal")
        f, df1, df2 = found.statistic, found.df_num, found.df_denom
        low, high = (_noncentrality(f, df1, df2, (1 + side * confidence) / 2) for side in (1, -1))
        row |= {
            "estimate": f * df1 / (f * df1 + df2),
            "low": low / (low + sizes.sum()),
            "high": high / (high + sizes.sum()),
            "omega_squared": df1 * (f - 1) / (df1 * (f - 1) + sizes.sum()),
            "statistic": f,
            "df1": df1,
            "df2": df2,
            "p": found.pvalue,
        }
    columns = "estimate low high omega_squared statistic df1 df2 p n groups method reason"
    return pd.DataFrame([row], columns=columns.split())


def anova(frame: pd.DataFrame, values: list[str], group: str, confidence: float = 0.95) -> pd.DataFrame:
    """Compare groups: a row per value column, `indicator` and what `anova_from_summary` has."""
    return _each(values, lambda value: anova_from_summary(summarise(frame, value, group), confidence))


def pairwise_from_summary(
    summary: pd.DataFrame, method: str = "bonferroni", confidence: float = 0.95
) -> pd.DataFrame:
    """Compare every pair of groups known by mean, SD and size, all pairs at once.

    Parameters
    ----------
    summary : as in `anova_from_summary`.
    method : "bonferroni" or "tukey". Raises ValueError for another.

    Returns
    -------
    A row per pair: `first`, `second`, `estimate` (first mean less second), `low`, `high` (all intervals hold
    together with this confidence), `statistic` (t), `df` (of the pooled error), `p` (of the pair alone),
    `p_adjusted`, `n` (of all groups: they share the error), `method`, `reason`.

    Source: SPSS ONEWAY's Bonferroni, with the error of all groups; Tukey (1949) and Kramer (1956), the
    studentized range of scipy.
    """
    if method not in PAIRWISE:
        raise ValueError(f"no comparison {method!r}: {' or '.join(PAIRWISE)}")
    pairs = list(combinations(summary.to_dict("records"), 2))
    df, reason = summary["n"].sum() - len(summary), _no_comparison(summary)
    error = ((summary["n"] - 1) * summary["sd"].fillna(0) ** 2).sum() / df if df > 0 else np.nan
    rows = []
    for first, second in pairs:
        row = {"first": first["group"], "second": second["group"]}
        if not reason:
            difference = first["mean"] - second["mean"]
            spread = np.sqrt(error * (1 / first["n"] + 1 / second["n"]))
            t = difference / spread
            p = 2 * stats.t.sf(abs(t), df)
            if method == "bonferroni":
                adjusted = min(1, p * len(pairs))
                critical = stats.t.isf((1 - confidence) / 2 / len(pairs), df)
            else:
                adjusted = stats.studentized_range.sf(abs(t) * np.sqrt(2), len(summary), df)
                critical = stats.studentized_range.ppf(confidence, len(summary), df) / np.sqrt(2)
            row |= {
                "estimate": difference,
                "low": difference - critical * spread,
                "high": difference + critical * spread,
                "statistic": t,
                "df": df,
                "p": p,
                "p_adjusted": adjusted,
            }
        rows.append(row)
    columns = "first second estimate low high statistic df p p_adjusted n method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(
        n=summary["n"].sum(), method=PAIRWISE[method], reason=reason
    )


def pairwise(
    frame: pd.DataFrame, value: str, group: str, method: str = "bonferroni", confidence: float = 0.95
) -> pd.DataFrame:
    """Compare every pair of groups on one value column; see `pairwise_from_summary`."""
    return pairwise_from_summary(summarise(frame, value, group), method, confidence)


def overlap(frame: pd.DataFrame, values: list[str], group: str) -> pd.DataFrame:
    """How far the ranges of groups overlap.

    Returns
    -------
    A row per value column, group and other group: `indicator`, `group`, `other`, `minimum`,
    `lower_quartile`, `median`, `upper_quartile`, `maximum` (of the group; quartiles as Excel's
    QUARTILE.INC), `within` (how many of the group lie within the other's range, its ends included),
    `estimate` (the same as a share of 1), `n` (of the group), `method`, `reason`.

    Source: the ranges of high v low that the study of 45 performance indicators discusses.
    """
    names = ["minimum", "lower_quartile", "median", "upper_quartile", "maximum"]
    rows = []
    for value in values:
        for (label, own), (other, theirs) in permutations(_samples(frame, value, group).items(), 2):
            row = {"indicator": value, "group": label, "other": other, "n": len(own), "reason": ""}
            if len(own):
                row |= dict(zip(names, np.percentile(own, [0, 25, 50, 75, 100]), strict=True))
            if len(own) and len(theirs):
                row["within"] = int(((own >= theirs[0]) & (own <= theirs[-1])).sum())
                row["estimate"] = row["within"] / len(own)
            else:
                row["reason"] = f"no value in group {other if len(own) else label}"
            rows.append(row)
    columns = ["indicator", "group", "other", *names, "within", "estimate", "n", "method", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(method="share within the range of the other group")
