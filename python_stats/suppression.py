"""Would the findings stand if the hidden counts were known? Small counts are hidden, and not at random.

A hidden count is 1 to 5, or 0 to 5 where an edition prints no 0. Where there is no result, `reason` says why
and the figures are empty; else `reason` is empty.
"""

import numpy as np
import pandas as pd
from scipy import optimize, stats

from python_stats import association, figures, la_valle_2016, mart, ofsted_45, panels, studies
from python_stats.results import Part, Result, progress

NAME = "suppression"
MOST = 5
"""The largest count that the publishers hide for being small (seeds/reference/value_symbols.csv)."""
NO_COUNTS = "an average, a score or an amount: no small count is hidden in it that could be put in"
NO_DENOMINATOR = "what it is a share of is hidden too, or not printed"
METHOD = {
    "pearson": "Pearson r; bounds over all values the hidden counts allow; imputation by Rubin (1987)",
    "spearman": "Spearman rho; outer bounds over all ranks they allow; imputation by Rubin (1987)",
}
SCENARIOS = ["all_least", "all_most", "mi_estimate", "mi_low", "mi_high", "mi_p", "mi_p_holm"]
VERDICTS = {
    "stands": "below .05 as published, and whatever the hidden counts are",
    "may fall": "below .05 as published, but hidden counts are possible with which it is not, or turns round",
    "still none": "not below .05 as published, nor with any hidden counts",
    "may arise": "not below .05 as published, but hidden counts are possible with which it is",
}


def possible(
    shown: pd.DataFrame, formula: pd.Series | None, multiplier: float, counts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the hidden figures of one indicator in one edition can be.

    Parameters
    ----------
    shown : all authorities: la_code, value, status, numerator, denominator (NaN where hidden).
    formula : numerator and denominator, lists of counts that are added; None if it has none.
    multiplier : 100 for a percentage.
    counts : la_code, indicator_code, value, status of such counts as the edition has by themselves.

    Returns
    -------
    possible : a row per hidden figure and possible count: la_code, count (NaN if the counts are printed and
        only the share is hidden), value. Counts are 1 to MOST, from 0 if the edition prints no 0.
    unknown : la_code, reason, of the hidden figures that nothing can be put in for.
    """
    found, unknown = [], []
    hidden = shown[shown["status"].eq("suppressed") & shown["value"].isna()]
    parts = counts.pivot(index="la_code", columns="indicator_code", values="value")
    whole = formula is not None and set(formula["numerator"]) < set(formula["denominator"])
    least = 0 if not (shown["numerator"] == 0).any() else 1
    least_left = 0 if not (shown["numerator"] == shown["denominator"]).any() else 1
    for row in hidden.itertuples():
        of, base, numbers = row.denominator, 0.0, np.arange(least, MOST + 1)
        if row.numerator >= 0 and of > 0:
            values, numbers = [multiplier * row.numerator / of], [np.nan]
        elif whole and row.numerator > 0:
            # Numerator and the rest make the denominator; the rest is hidden.
            numbers = np.arange(least_left, MOST + 1)
            values = multiplier * row.numerator / (row.numerator + numbers)
        elif whole and np.isnan(of):
            rest = [part for part in formula["denominator"] if part not in formula["numerator"]]
            left = parts.reindex(index=[row.la_code], columns=rest).to_numpy().sum()
            if np.isnan(left) or left <= 0:
                unknown.append((row.la_code, NO_DENOMINATOR))
                continue
            values = multiplier * numbers / (numbers + left)
        elif of > 0:
            if formula is not None and len(formula["numerator"]) > 1:
                terms = parts.reindex(index=[row.la_code], columns=formula["numerator"]).to_numpy()[0]
                base, k = np.nansum(terms), np.isnan(terms).sum()
                numbers = np.arange(k * least, k * MOST + 1)
            numbers = numbers[base + numbers <= max(of, least)]
            values = multiplier * (base + numbers) / of
        else:
            unknown.append((row.la_code, NO_COUNTS if formula is None else NO_DENOMINATOR))
            continue
        found += [(row.la_code, count, value) for count, value in zip(numbers, values, strict=True)]
    return (
        pd.DataFrame(found, columns=["la_code", "count", "value"]).astype({"count": float, "value": float}),
        pd.DataFrame(unknown, columns=["la_code", "reason"]),
    )


def ranges(cells: pd.DataFrame, printed: pd.Series, wide: bool = False) -> pd.DataFrame:
    """The least and the largest value of each hidden figure: low, high (index la_code).

    cells : what `possible` gives; printed : the values that are printed. wide : a figure that would be beyond
    all that are printed was probably hidden to protect another one; it may be anything up to those as well.
    """
    out = cells.groupby("la_code")["value"].agg(low="min", high="max")
    if wide and len(printed):
        below, above = out["high"] < printed.min(), out["low"] > printed.max()
        out.loc[below, "high"] = printed.max()
        out.loc[above, "low"] = printed.min()
    return out


def _largest(low: np.ndarray, high: np.ndarray, y: np.ndarray) -> float:
    """The largest Pearson correlation with y of any x between low and high."""
    c = y - y.mean()
    c = c / np.sqrt(c @ c)
    scale = max(np.abs(high).max(), np.abs(low).max(), 1e-12)
    low, high = low / scale, high / scale
    start = np.where(c > 0, high, low)

    def spread(x):
        return np.sqrt(((x - x.mean()) ** 2).sum())

    if c @ start > 1e-12:
        # At the maximum each x is where the line through the middle would have it, or the limit before it.
        # Each step takes r up (minorise, maximise); a linear over a convex function has no other maximum.
        x, r, before = start, c @ start / spread(start), -1.0
        while r - before > 1e-13:
            x = np.clip(x.mean() + spread(x) / r * c, low, high)
            r, before = c @ x / spread(x), r
        return float(min(1.0, r))

    # Negative throughout: x with c x + a |x - mean| <= 0 has r <= -a. As |x - mean| is the least over m and
    # s > 0 of (sum (x - m)^2 / s + s) / 2, each m and s give a bound in which every x stands for itself.
    def excess(parameters, a):
        m, s = parameters[0], np.exp(parameters[1])
        ends = [c * x + a * (x - m) ** 2 / (2 * s) for x in (low, high)]
        return np.maximum(*ends).sum() + a * s / 2

    width = max(spread(start), 1e-9)
    near = np.array([start.mean(), np.log(width)])

    def least_excess(a):
        return optimize.minimize(
            excess, near, args=(a,), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}
        ).fun

    below, above = 0.0, min(1.0, max(0.0, -(c @ start) / width))
    while above - below > 1e-5:
        a = (below + above) / 2
        below, above = (a, above) if least_excess(a) <= 0 else (below, a)
    return float(-below)


def correlation_bounds(
    low: np.ndarray, high: np.ndarray, y: np.ndarray, method: str = "pearson"
) -> tuple[float, float]:
    """Between which values a correlation must be if each x is only known to be between low and high.

    Parameters
    ----------
    low, high : of each unit, equal where x is known; y : known, not constant.
    method : "pearson", "spearman" (outer bounds: each rank by itself between its extremes).

    Returns
    -------
    The lowest and the highest correlation; no x within the limits has one beyond them.

    Source: the worst case of Manski (2003, Partial Identification of Probability Distributions). Upwards from
    0 the correlation is a linear over a convex function of x, solved exactly; downwards by its dual bound.
    """
    if method == "spearman":
        before = (high[None, :] < low[:, None]) + 0.5 * (high[None, :] == low[:, None])
        behind = (low[None, :] < high[:, None]) + 0.5 * (low[None, :] == high[:, None])
        np.fill_diagonal(before, 0), np.fill_diagonal(behind, 0)
        low, high, y = 1 + before.sum(axis=1), 1 + behind.sum(axis=1), stats.rankdata(y)
    return -_largest(low, high, -y), _largest(low, high, y)


def p_of(r: float, n: int) -> float:
    """Two-sided p of a correlation of n pairs, by t."""
    if abs(r) >= 1:
        return 0.0
    return float(2 * stats.t.sf(abs(r) * np.sqrt((n - 2) / (1 - r**2)), n - 2))


def imputed(
    known: pd.DataFrame, cells: pd.DataFrame, y: pd.Series, method: str, seed: int, times: int = 50
) -> dict:
    """The correlation with hidden counts drawn at random, many times.

    known : value (index la_code) of the authorities whose figure is printed; cells : what `possible` gives;
    y : by la_code.

    Returns mi_estimate, mi_low, mi_high, mi_p.

    Source: multiple imputation, every possible count equally likely; Rubin's rules (1987, Multiple Imputation
    for Nonresponse in Surveys) on Fisher's z, whose variance is 1 / (n - 3), for Spearman that of Bonett and
    Wright (2000).
    """
    rng, draws = np.random.default_rng(seed), []
    groups = [frame["value"].to_numpy() for _, frame in cells.groupby("la_code")]
    outcome = y.reindex([*known.index, *cells["la_code"].drop_duplicates().sort_values()]).to_numpy()
    correlation = stats.pearsonr if method == "pearson" else stats.spearmanr
    for _ in range(times):
        drawn = [rng.choice(values) for values in groups]
        draws.append(correlation(np.append(known["value"], drawn), outcome).statistic)
    r = np.clip(draws, -1 + 1e-12, 1 - 1e-12)
    z = np.arctanh(r)
    within = np.mean((1 if method == "pearson" else 1 + r**2 / 2) / (len(outcome) - 3))
    between = (1 + 1 / times) * z.var(ddof=1)
    df = (times - 1) * (1 + within / between) ** 2 if between > 0 else np.inf
    error = np.sqrt(within + between)
    margin = stats.t.ppf(0.975, df) * error
    return {
        "mi_estimate": float(np.tanh(z.mean())),
        "mi_low": float(np.tanh(z.mean() - margin)),
        "mi_high": float(np.tanh(z.mean() + margin)),
        "mi_p": float(2 * stats.t.sf(abs(z.mean()) / error, df)),
    }


def verdict(r: float, p: float, lowest: float, highest: float, p_weakest: float, p_strongest: float) -> str:
    """One of VERDICTS."""
    if p < 0.05:
        same = min(lowest * r, highest * r) > 0
        return "stands" if same and p_weakest < 0.05 else "may fall"
    return "still none" if p_strongest >= 0.05 else "may arise"


def sensitivity(
    values: pd.DataFrame,
    hidden: dict[int, tuple[pd.DataFrame, pd.DataFrame]],
    rating: pd.Series,
    printed: pd.DataFrame,
    method: str,
    seed: int = 0,
) -> pd.DataFrame:
    """The correlation of each variable with the rating under every hidden count.

    Parameters
    ----------
    values : a row per authority of the sample (la_code), a column per variable, NaN without a figure.
    hidden : by variable what `possible` gives; rating : by la_code.
    printed : as values, of all authorities: what the range of printed figures is.
    method : "pearson" or "spearman".

    Returns
    -------
    A row per variable: variable_no, estimate, p, p_holm (as published), lowest, highest (bounds with counts
    of 1 to 5), verdict (of p), verdict_holm, lowest_wide, highest_wide (doubtful figures as far as printed
    ones go), verdict_wide, verdict_holm_wide, n (printed), n_hidden (hidden, but can be put in), n_doubtful
    (of these, with 1 to 5 beyond all that are printed), n_unknown (hidden, cannot), all_least, all_most (r
    with every hidden count at its least and its most), mi_estimate, mi_low, mi_high, mi_p, mi_p_holm,
    method, reason.
    """
    rows = []
    for no in progress(list(values), "hidden counts"):
        cells, unknown = hidden.get(no, (pd.DataFrame(columns=["la_code", "count", "value"]),) * 2)
        cells = cells[cells["la_code"].isin(rating.index)]
        known = values.loc[values.index.isin(rating.index), [no]].dropna().rename(columns={no: "value"})
        frame = known.assign(rating=rating)
        base = association.correlate(frame, "rating", ["value"], method).iloc[0]
        row = {
            "variable_no": no,
            "n": base["n"],
            "n_hidden": cells["la_code"].nunique(),
            "n_unknown": int(unknown["la_code"].isin(rating.index).sum()),
            "n_doubtful": 0,
            "estimate": base["estimate"],
            "p": base["p"],
            "reason": base["reason"],
        }
        if not row["reason"] and len(cells):
            seen = printed[no].dropna()
            narrow, wide = ranges(cells, seen), ranges(cells, seen, wide=True)
            row["n_doubtful"] = int((narrow != wide).any(axis=1).sum())
            y = rating.reindex([*known.index, *narrow.index]).to_numpy(float)
            ends = cells.sort_values("count").groupby("la_code")["value"]
            for name, at in (("all_least", ends.first()), ("all_most", ends.last())):
                x = np.append(known["value"], at)
                of = pd.DataFrame({"x": x, "y": y})
                row[name] = association.correlate(of, "y", ["x"], method)["estimate"].iloc[0]
            for name, limits in (("", narrow), ("_wide", wide)):
                low, high = (np.append(known["value"], limits[end]).astype(float) for end in ("low", "high"))
                row[f"lowest{name}"], row[f"highest{name}"] = correlation_bounds(low, high, y, method)
            row |= imputed(known, cells, rating, method, seed)
        elif not row["reason"]:
            row |= dict.fromkeys(
                ["all_least", "all_most", "lowest", "highest", "lowest_wide", "highest_wide"], row["estimate"]
            )
            row |= {"mi_estimate": row["estimate"], "mi_low": base["low"], "mi_high": base["high"]}
            row["mi_p"] = row["p"]
        rows.append(row)
    out = pd.DataFrame(rows)
    out["p_holm"] = association.adjust(out)["p_holm"]
    out["mi_p_holm"] = association.adjust(out.assign(p=out["mi_p"]))["p_holm"]
    tested = out[out["reason"] == ""]
    n = tested["n"] + tested["n_hidden"]
    for name in ("", "_wide"):
        low, high = tested[f"lowest{name}"], tested[f"highest{name}"]
        weak = np.where(low * high > 0, np.minimum(low.abs(), high.abs()), 0.0)
        strong = np.maximum(low.abs(), high.abs())
        # Holm's p grows with every p: all at their weakest bound it from above, all strongest from below.
        ends = {
            end: association.adjust(tested.assign(p=[p_of(*it) for it in zip(r, n, strict=True)]))
            for end, r in (("weak", weak), ("strong", strong))
        }
        for column, of in (("p", ""), ("p_holm", "_holm")):
            given = zip(
                tested["estimate"], tested[column], low, high, ends["weak"][column], ends["strong"][column],
                strict=True,
            )  # fmt: skip
            out.loc[tested.index, f"verdict{of}{name}"] = [verdict(*it) for it in given]
    columns = (
        "variable_no estimate p p_holm lowest highest verdict verdict_holm lowest_wide highest_wide "
        "verdict_wide verdict_holm_wide n n_hidden n_doubtful n_unknown all_least all_most mi_estimate "
        "mi_low mi_high mi_p mi_p_holm method reason"
    )
    return out.assign(method=METHOD[method]).reindex(columns=columns.split())


def hidden_of(study: dict[str, pd.DataFrame], used_for: str | None = None) -> dict:
    """What `possible` gives of every variable of a study, by variable_no."""
    formulas, variables = panels.load_formulas(), study["variables"]
    if used_for:
        variables = variables[variables["used_for"].str.split().map(lambda uses: used_for in uses)]
    about = panels.load_indicators(variables["indicator_code"])
    out = {}
    for variable in variables.itertuples():
        code = variable.indicator_code
        of = study["figures"]["indicator_code"].eq(code)
        of &= study["figures"]["variable_no"].eq(variable.variable_no)
        formula = formulas.loc[code] if code in formulas.index else None
        added = [] if formula is None else [*formula["numerator"], *formula["denominator"]]
        counts = panels.load_edition(added if len(added) > 2 else [], variable.edition, int(variable.year))
        out[variable.variable_no] = possible(
            study["figures"][of], formula, float(about.loc[code, "multiplier"]), counts
        )
    return out


def report(ratings: str = "corrected", seed: int = 0) -> Result:
    """Every headline of both studies under all hidden counts; ratings : of `la_valle_2016.RATINGS`."""
    first, second = panels.load_study(la_valle_2016.NAME), panels.load_study(ofsted_45.NAME)
    of_first, of_second = (
        study["variables"][study["variables"]["used_for"].str.contains(use)].set_index("variable_no")[
            "variable"
        ]
        for study, use in ((first, "regression"), (second, ""))
    )
    values = studies.values_of(first, "regression")
    hidden = hidden_of(first, "regression")
    judged = panels.load_inspections(["SIF"], ["first"])
    by_then = judged[judged["published_on"].dt.date <= la_valle_2016.REPORTS_UNTIL]
    all_of_45 = studies.values_of(second)
    inspections = panels.load_inspections(
        ["SIF", "ILACS"], published_from=ofsted_45.PUBLISHED[0], published_to=ofsted_45.PUBLISHED[1]
    )
    frame = ofsted_45.sample(all_of_45, inspections, second["authorities"], None)
    families = {
        "La Valle et al. (2016): 14 indicators": (
            values, hidden, la_valle_2016.ratings(by_then, first["authorities"], ratings), values, "pearson",
            of_first,
        ),
        "First SIF rating and the 14 indicators of 2015": (
            values, hidden, judged.set_index("la_code")["overall_code"].dropna(), values, "pearson", of_first,
        ),
        "45 indicators": (
            frame[list(all_of_45)], hidden_of(second), frame["rating"], all_of_45, "spearman", of_second,
        ),
    }  # fmt: skip
    parts, said = [], []
    for title, (x, cells, rating, printed, method, labels) in families.items():
        table = sensitivity(x.reindex(rating.index), cells, rating.astype(float), printed, method, seed)
        table.insert(1, "variable", table["variable_no"].map(labels))
        counts = table["verdict_holm"].value_counts()
        said.append(
            f"{title} ({len(rating)} authorities, {int(table['n_hidden'].sum())} hidden figures with a "
            f"range, {int(table['n_unknown'].sum())} without): after correction (Holm) "
            + ", ".join(f"{counts[it]} {it}" for it in VERDICTS if it in counts)
            + f"{_named(table)}."
        )
        drawn, alt = figures.bounds(table.dropna(subset=["estimate"]), "correlation with the rating")
        parts += [
            Part(
                f"{title}: all that is possible",
                "Dot: as published. Thick: whatever the hidden counts of 1 to 5 are; thin: with doubtful "
                "ones anywhere among the printed figures. Grey band: not beyond chance (p = .05) for the "
                "largest number of authorities drawn. A dot beside its line: that the hidden authorities "
                "come in at all moves the correlation.",
                figure=drawn,
                alt=alt,
            ),
            Part(
                f"{title}: what stands",
                "lowest and highest: the correlations that hidden counts allow; wide: doubtful ones as far "
                "as printed figures go. The verdicts are on p < .05, holm: after correction.",
                table.drop(columns=SCENARIOS),
                hidden=("variable_no", "method"),
            ),
            Part(
                f"{title}: hidden counts put in",
                "All at their least, all at their most, and at random (mi: multiple imputation, every "
                "possible count equally likely).",
                table[["variable_no", "variable", "n", "n_hidden", "estimate", "p", "p_holm", *SCENARIOS]],
                hidden=("variable_no",),
            ),
        ]
    unknown = pd.concat(
        [
            lost[lost["la_code"].isin(rating.index)].assign(family=title, variable=labels[no])
            for title, (_, cells, rating, *_, labels) in families.items()
            for no, (_, lost) in cells.items()
        ]
    )
    unknown = unknown.groupby(["family", "variable", "reason"], sort=False).size().rename("n").reset_index()
    meaning = "; ".join(f"{word}: {words}" for word, words in VERDICTS.items())
    lead = (
        "Publishers hide counts of 1 to 5, so the authorities left out of a correlation are the small ones "
        "and those where something is rare. Here every hidden count is put in, at its least, at its most, at "
        "whatever pulls the correlation furthest either way, and at random.\n"
        + "\n".join(said)
        + f"\n{meaning[0].upper()}{meaning[1:]}.\n"
        "What is not known: a figure can also be hidden to protect another one, and is then not 1 to 5 "
        "(doubtful: 1 to 5 would be beyond every printed figure; the wide bounds let it be anything up to "
        "those); averages, and shares of something that is hidden too, stay left out (see the last table)."
    )
    parts.append(Part("Hidden figures that nothing can be put in for", "", unknown))
    return Result(NAME, "What the hidden counts could change", lead, mart.is_synthetic(), parts)


def _named(table: pd.DataFrame) -> str:
    """The variables that are significant after correction or may be, in words."""
    of = table[table["verdict_holm"].isin(["stands", "may fall", "may arise"])]
    words = "; ".join(
        f"{row.variable} {row.estimate:+.2f}, possible {row.lowest:+.2f} to {row.highest:+.2f}, "
        f"{row.verdict_holm}"
        for row in of.itertuples()
    )
    return f" ({words})" if words else ""
