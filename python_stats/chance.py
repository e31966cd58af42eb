"""What chance gives: how many authorities are among the best or worst 10% on k of m indicators by luck alone.

The figures are dealt out anew at random, so that who is among the extremes says nothing of an authority, and
the authorities that appear k times are counted; over and over. How many figures there are, which authorities
have none on which indicator, and how many authorities tie at the end stay as they are. What is dealt out
together is a choice, KEEP: indicators that go together put the same authorities among the extremes again.
"""

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components
from statsmodels.stats.correlation_tools import corr_clipped

from python_stats import association, figures, la_valle_2016, mart, panels, rankings, studies
from python_stats.results import Part, Result, progress

NAME = "chance"
ENDS = ("best", "worst")
KEEP = {
    "nothing": "every indicator on its own: nothing of how they go together is kept",
    "twins": "two readings of the same thing (a rank correlation beyond {twins}, in size) together, among "
    "authorities that have the same of them; all other indicators on their own",
    "correlation": "all together: ranks drawn from a normal distribution with the indicators' own rank "
    "correlations; how extremes of several coincide beyond that is not kept",
}
TWINS = 0.7
"""The size of a rank correlation from which two indicators count as one thing read twice: the two SDQ
indicators of study 1 have -.90, all its other pairs at most .50."""
KEEP["twins"] = KEEP["twins"].format(twins=TWINS)
SIMULATIONS = 20_000
AT_ONCE = 500
"""Simulations made together; those at once break ties alike, where ties are broken at random."""
FEWEST = 30
"""Figures that an indicator needs to be ranked: 10% of fewer are not three authorities."""
OFTEN = la_valle_2016.OFTEN


def blocks(values: pd.DataFrame, keep: str) -> list[list[int]]:
    """Which columns (by place) are dealt out together; keep : "nothing" or "twins"."""
    size = np.eye(values.shape[1])
    if keep == "twins":
        size = values.corr("spearman", min_periods=FEWEST).abs().fillna(0).to_numpy()
    _, block = connected_components(size >= TWINS)
    return [list(np.flatnonzero(block == number)) for number in np.unique(block)]


def _marks(values: pd.DataFrame, polarity: dict, share: float, rule: str, rng) -> dict[str, np.ndarray]:
    """Who is among the best and the worst: by end an array (authorities, indicators) of bool.

    Ties that a rule breaks by the authorities' codes are broken by codes dealt out at random.
    """
    coded = values.set_axis(rng.permutation(len(values)), axis=0)
    marks = {}
    for end in ENDS:
        among = rankings.extremes(coded, polarity, end, share, rule)
        is_in = among.pivot(index="la_code", columns="indicator", values="is_in")
        marks[end] = is_in.reindex(index=coded.index, columns=coded.columns).eq(True).to_numpy()
    return marks


def _dealt(values: pd.DataFrame, together: list[list[int]], marks: np.ndarray, n: int, rng) -> np.ndarray:
    """How often each authority is marked in n deals: array (n, authorities).

    together : what `blocks` gives; marks : array (authorities, indicators) of whole numbers, to be summed.
    """
    has = values.notna().to_numpy()
    out = np.zeros((n, len(values)), dtype=marks.dtype)
    for block in together:
        added = marks[:, block].sum(axis=1, dtype=marks.dtype)
        for pattern in np.unique(has[:, block], axis=0):
            alike = np.flatnonzero((has[:, block] == pattern).all(axis=1))
            out[:, alike] += rng.permuted(np.tile(added[alike], (n, 1)), axis=1)
    return out


def _normal_root(values: pd.DataFrame) -> np.ndarray:
    """The Cholesky root of the correlations of normal variables with the indicators' rank correlations."""
    rank = values.corr("spearman", min_periods=FEWEST).fillna(0).to_numpy()
    normal = 2 * np.sin(np.pi / 6 * rank)
    np.fill_diagonal(normal, 1)
    return np.linalg.cholesky(corr_clipped(normal, threshold=1e-6))


def _drawn(values: pd.DataFrame, root: np.ndarray, marks: np.ndarray, n: int, rng) -> np.ndarray:
    """The same as `_dealt` with ranks drawn from the normal distribution of `_normal_root`."""
    latent = rng.standard_normal((n, *values.shape)) @ root.T
    out = np.zeros((n, len(values)), dtype=marks.dtype)
    for place, column in enumerate(values):
        known = np.flatnonzero(values[column].notna())
        in_order = marks[known[values[column].to_numpy()[known].argsort(kind="stable")], place]
        order = latent[:, known, place].argsort(axis=1)
        drawn = np.empty(order.shape, dtype=marks.dtype)
        np.put_along_axis(drawn, order, np.broadcast_to(in_order, order.shape), axis=1)
        out[:, known] += drawn
    return out


def simulate(
    values: pd.DataFrame,
    polarity: dict,
    rule: str = "percentile",
    keep: str = "twins",
    simulations: int = SIMULATIONS,
    seed: int | list[int] = 0,
    share: float = 0.1,
) -> dict[str, np.ndarray]:
    """How many authorities appear 0, 1, ... times among the extremes by chance.

    Parameters
    ----------
    values : a row per authority (index la_code), a column per indicator, NaN without a figure.
    polarity : of each column, "high" (the highest is best) or "low".
    rule : one of `rankings.EXTREME_RULES`; with take-by-code ties are broken at random.
    keep : one of KEEP. Raises ValueError for another. To deal out whole rows, all indicators together, would
        change nothing: who an authority is does not matter for the count.
    seed : the same gives the same numbers.
    share : how many of the authorities are best, and worst, as a share of 1.

    Returns
    -------
    By end, "best" and "worst", an array (simulations, indicators + 1) of numbers of authorities.

    Source: permutation, as in Good (2005, Permutation, Parametric and Bootstrap Tests of Hypotheses); for
    "correlation" the normal copula of Iman and Conover (1982, Communications in Statistics 11).
    """
    if keep not in KEEP:
        raise ValueError(f"keep {keep!r}: {', '.join(KEEP)}")
    rng, m = np.random.default_rng(seed), values.shape[1]
    both = 1 + m  # more than one end can count, so that one number holds the counts of both
    base = _normal_root(values) if keep == "correlation" else blocks(values, keep)
    deal = _drawn if keep == "correlation" else _dealt
    counts = {end: np.empty((simulations, m + 1), dtype=int) for end in ENDS}
    for start in range(0, simulations, AT_ONCE):
        if not start or rule == "take-by-code":
            among = _marks(values, polarity, share, rule, rng)
            marks = among["best"] + both * among["worst"].astype(np.int16)
        n = min(AT_ONCE, simulations - start)
        times = deal(values, base, marks, n, rng)
        for end, of_end in zip(ENDS, (times % both, times // both), strict=True):
            for k in range(m + 1):
                counts[end][start : start + n, k] = (of_end == k).sum(axis=1)
    return counts


def observe(values: pd.DataFrame, polarity: dict, rule: str, share: float = 0.1) -> dict[str, np.ndarray]:
    """How many authorities do appear 0, 1, ... times: by end an array (indicators + 1,); see `simulate`."""
    out = {}
    for end in ENDS:
        among = rankings.extremes(values, polarity, end, share, rule)
        times = rankings.appearances(
            among.assign(indicator=among["indicator"].astype(str)), list(values.index)
        )["times"]
        out[end] = np.bincount(times, minlength=values.shape[1] + 1)
    return out


def beside(observed: np.ndarray, simulated: np.ndarray) -> pd.DataFrame:
    """What was observed beside what chance gives, of one end.

    observed : array (k,) of numbers of authorities that appear 0, 1, ... times; simulated : (simulations, k).

    Returns a row per number of times, up to the last that was observed, and for OFTEN or more: times (text),
    observed, expected (mean), low, high (95% of the simulations), p (how often chance gives at least as
    many), p_fewer (at most as many), n (authorities), simulations. The observed case counts as one more
    simulation (Davison and Hinkley 1997, Bootstrap Methods and their Application, 4.2).
    """
    rows = []
    wanted = [(str(k), slice(k, k + 1)) for k in range(np.flatnonzero(observed).max() + 1)]
    for name, which in [*wanted, (f"{OFTEN} or more", slice(OFTEN, None))]:
        seen, made = observed[which].sum(), simulated[:, which].sum(axis=1)
        low, high = np.percentile(made, [2.5, 97.5])
        rows.append(
            {
                "times": name,
                "observed": int(seen),
                "expected": made.mean(),
                "low": low,
                "high": high,
                "p": (1 + (made >= seen).sum()) / (1 + len(made)),
                "p_fewer": (1 + (made <= seen).sum()) / (1 + len(made)),
                "n": int(observed.sum()),
                "simulations": len(made),
            }
        )
    return pd.DataFrame(rows)


def both_ends(observed: dict[str, np.ndarray], simulated: dict[str, np.ndarray]) -> pd.DataFrame:
    """`beside` of the best and the worst, with `end` in front."""
    parts = [beside(observed[end], simulated[end]).assign(end=end) for end in ENDS]
    out = pd.concat(parts, ignore_index=True)
    out.insert(0, "end", out.pop("end"))
    return out


# ----------------------------------------------------------------- from the mart


def of_years(variables: pd.DataFrame) -> dict[int, pd.DataFrame]:
    """Study 1's ranked indicators of every year of the mart, latest editions, as `simulate` takes them.

    variables : the study's variables that are ranked. An indicator counts with FEWEST figures in the year.
    """
    years = mart.query("select year from dim_year order by year")["year"]
    panel = panels.load_panel(variables["indicator_code"], years)
    rule = panel["indicator_code"].map(variables.set_index("indicator_code")["rule"])
    nobody = rule.eq("nobody_is_zero") & panel["status"].eq("not_applicable")
    wide = panels.wide(panel.assign(value=panel["value"].mask(nobody, 0.0)))
    out = {}
    for year in years:
        if year in wide.index.get_level_values("year"):
            values = wide.xs(year, level="year")
            out[int(year)] = values.loc[:, values.notna().sum() >= FEWEST]
    return out


def report(
    rule: str = "percentile", keep: str = "twins", simulations: int = SIMULATIONS, seed: int = 0
) -> Result:
    """What chance gives for study 1's counts, printed and by a rule, and for every year of the mart.

    rule : one of `rankings.EXTREME_RULES`; keep : one of KEEP; simulations, seed : see `simulate`.
    """
    study, synthetic = panels.load_study(la_valle_2016.NAME), mart.is_synthetic()
    variables = study["variables"]
    ranked = variables[variables["used_for"].str.contains("percentiles")]
    polarity = ranked.set_index("variable_no")["polarity"].to_dict()
    values = studies.values_of(study, "percentiles")[list(polarity)]
    values = values.loc[:, values.notna().any()]
    by_code = ranked.set_index("indicator_code")["polarity"].to_dict()
    years = of_years(ranked)
    # What is printed is of the official files: made-up figures are held against their own counts.
    of_whom = (
        "made-up figures, by the rule take-by-code" if synthetic else "printed, Tables 1 and 3 of the study"
    )
    seen = (
        observe(values, polarity, "take-by-code") if synthetic else printed(study["results"], values.shape[1])
    )
    jobs = [*KEEP, rule, *years]
    tables = {}
    for job in progress(jobs, "chance"):
        if job in KEEP:
            made = simulate(values, polarity, "take-by-code", job, simulations, seed)
            tables[job] = both_ends(seen, made)
        elif job == rule:
            made = simulate(values, polarity, rule, keep, simulations, seed)
            tables[job] = both_ends(observe(values, polarity, rule), made)
        else:
            tables[job] = year_beside(years[job], by_code, rule, keep, simulations, [seed, job]).assign(
                year=job
            )
    telling = ["0", f"{OFTEN} or more"]
    of_printed = pd.concat([tables[name].assign(kept=name) for name in KEEP], ignore_index=True)
    of_printed = of_printed[of_printed["times"].isin(telling)].reset_index(drop=True)
    of_printed.insert(0, "kept", of_printed.pop("kept"))
    by_year = association.adjust(pd.concat([tables[year] for year in years], ignore_index=True))
    columns = (
        "year end n_indicators times observed expected low high p p_fewer p_holm p_bh m n simulations reason"
    )
    by_year = by_year.reindex(columns=columns.split())
    often = by_year[by_year["times"] == telling[1]]
    drawn, alt = figures.beside_chance(
        tables[rule].assign(group=tables[rule]["times"]), "times among the 10%", "authorities"
    )
    drawn_years, alt_years = figures.beside_chance(
        often.assign(group=often["year"].astype(str)), "year", f"authorities {OFTEN} times or more"
    )
    kept = f"Kept (--keep {keep}): {KEEP[keep]}."
    how = (
        "expected: the mean of the simulations; low, high: 95% of them; p: how often chance gives at least "
        "as many authorities as observed, p fewer: at most as many."
    )
    parts = [
        Part(
            "Study 1 take 15 against chance",
            f"Observed: {of_whom}, for never and often. The 15 best and the 15 worst of each indicator are "
            f"taken, ties broken at random. {how}\nkept: what is dealt out together.\n"
            + "\n".join(f"{name}: {words}." for name, words in KEEP.items()),
            of_printed,
            decimals=1,
            hidden=("simulations",),
        ),
        Part(
            "Study 1 by the rule against chance",
            f"Observed: by the rule {rule} ({rankings.EXTREME_RULES[rule]}). {kept} {how}",
            tables[rule],
            decimals=1,
            hidden=("simulations",),
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Every year against chance",
            f"The same indicators, those of them with at least {FEWEST} figures in the year, latest "
            f"editions, by the rule {rule}. {kept} p_holm: corrected for all rows.",
            by_year,
            decimals=1,
            hidden=("simulations",),
            figure=drawn_years,
            alt=alt_years,
        ),
    ]
    told = {row.kept: row for row in of_printed.itertuples() if (row.end, row.times) == ("best", telling[1])}
    found = ", ".join(f"{row.expected:.1f} (P {row.p:.2f}) keeping {name}" for name, row in told.items())
    tested = by_year.dropna(subset=["p"])
    sure = tested[tested["p_holm"] < 0.05]
    of_sure = ", ".join(
        f"{it.year}, {it.end} {it.times} times: {it.observed:.0f} where chance gives {it.expected:.1f}"
        for it in sure.itertuples()
    )
    lead = (
        "Do authorities appear among the best or the worst 10% on several indicators more often than chance "
        f"would have it? {told['nothing'].observed} are among the best on {OFTEN} or more of "
        f"{values.shape[1]} indicators of 2015 ({of_whom}); chance gives {found}. Of {len(tested)} counts in "
        f"{tested['year'].nunique()} years, beyond chance after correction (Holm): {of_sure or 'none'}. "
        f"{simulations:,} simulations, seed {seed}. Who appears often by chance alone is another authority "
        "each time: a place on such a list is by itself no finding about the authority."
    )
    return Result(
        NAME, "What chance gives: among the best or worst 10% on several indicators", lead, synthetic, parts
    )


def printed(results: pd.DataFrame, m: int) -> dict[str, np.ndarray]:
    """Tables 1 and 3 of study 1 as `observe` gives counts; results : its printed figures; m : indicators."""
    out = {}
    for end, place in zip(ENDS, ("Table 1", "Table 3"), strict=True):
        rows = results[results["place"] == place]
        out[end] = np.zeros(m + 1, dtype=int)
        out[end][rows["item"].astype(int)] = rows["printed"].astype(int)
    return out


def year_beside(
    values: pd.DataFrame, polarity: dict, rule: str, keep: str, simulations: int, seed: list[int]
) -> pd.DataFrame:
    """Never and often of one year, see `both_ends`, with n_indicators, and the reason if there is nothing."""
    m = values.shape[1]
    if m < OFTEN:
        reason = f"{m} of the indicators have {FEWEST} figures; {OFTEN} are needed"
        return pd.DataFrame([{"end": end, "p": np.nan, "n_indicators": m, "reason": reason} for end in ENDS])
    made = simulate(values, polarity, rule, keep, simulations, seed)
    table = both_ends(observe(values, polarity, rule), made)
    table = table[table["times"].isin(["0", f"{OFTEN} or more"])]
    return table.assign(n_indicators=m, reason="")
