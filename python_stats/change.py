"""Do indicators move before or after a rating changes? An event study of successive inspections.

Every two successive overall grades of an authority are an event: up, down or unchanged, dated by the LA-year
of the later report. Where there is no result, `reason` says why and the figures are empty; else `reason` is
empty.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from python_stats import association, figures, mart, panels
from python_stats.results import Part, Result, named, progress

NAME = "change"
TIMES = np.arange(-3, 4)
"""Years around the LA-year of the report."""
UP, DOWN, UNCHANGED = DIRECTIONS = ("up", "down", "unchanged")
BASELINES = {
    "year-before": "less the authority's own value in the year before the report's",
    "own-mean": "less the authority's own mean over the three years before the report's",
}
TESTS = {
    "before": "from three years before to the year before",
    "after": "mean of the three years after less the year before",
    "after given level": "the same among authorities that stood alike in the year before",
}
FEWEST = 5
"""Events that a mean is taken of at least."""
STRONGEST = 6
"""How many indicators are drawn if fewer stand out."""
METHOD = (
    "interval: bootstrap over authorities; p: changed grades against unchanged ones, grades permuted among "
    "authorities with equally many inspections"
)


def rating_changes(inspections: pd.DataFrame) -> pd.DataFrame:
    """Every inspection that follows another of the same authority.

    inspections : la_code, framework, inspection_kind, published_on, overall_code (NaN if not judged).

    Returns a row per later inspection: la_code, year (LA-year of publication, ending 31 March), published_on,
    kind (such as "SIF to ILACS"), from_grade, to_grade, direction (UP, DOWN or UNCHANGED).
    """
    judged = inspections.dropna(subset=["overall_code"]).sort_values(["la_code", "published_on"])
    before = judged.groupby("la_code")[["framework", "overall_code"]].shift()
    out = judged[["la_code", "published_on"]].assign(
        year=(judged["published_on"] + pd.DateOffset(months=9)).dt.year,
        kind=before["framework"] + " to " + judged["framework"],
        from_grade=before["overall_code"],
        to_grade=judged["overall_code"],
    )
    out = out.dropna(subset=["from_grade"]).reset_index(drop=True)
    sign = np.sign(out["to_grade"] - out["from_grade"])
    return out.assign(direction=sign.map({1: UP, -1: DOWN, 0: UNCHANGED}))


def standardised(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel with `z`: the value less the year's mean, over the year's SD, among all authorities.

    A year in which all authorities are the same has no z. Changes of basis that all share do not show in z.
    """
    by_year = panel.groupby(["indicator_code", "year"])["value"]
    spread = by_year.transform("std")
    return panel.assign(z=(panel["value"] - by_year.transform("mean")) / spread.where(spread > 1e-12))


def around(events: pd.DataFrame, z: pd.DataFrame) -> np.ndarray:
    """Standardised values around each event.

    events : la_code, year. z : of one indicator, a row per authority (la_code), a column per year.

    Returns an array with a row per event and a column per year of TIMES, NaN without a figure.
    """
    rows = z.index.get_indexer(events["la_code"])
    columns = z.columns.get_indexer((events["year"].to_numpy()[:, None] + TIMES).ravel()).reshape(
        -1, len(TIMES)
    )
    out = z.to_numpy(float)[rows[:, None], columns]
    return np.where((rows[:, None] < 0) | (columns < 0), np.nan, out)


def _mean(values: np.ndarray) -> np.ndarray:
    """Row means of what is there; NaN for a row without anything."""
    n = (~np.isnan(values)).sum(axis=1)
    return np.where(n, np.nansum(values, axis=1) / np.maximum(n, 1), np.nan)


def relative(values: np.ndarray, baseline: str) -> np.ndarray:
    """What `around` gives, less the baseline of each event; raises ValueError for one not in BASELINES."""
    if baseline not in BASELINES:
        raise ValueError(f"no baseline {baseline!r}: {' or '.join(BASELINES)}")
    base = values[:, TIMES == -1][:, 0] if baseline == "year-before" else _mean(values[:, TIMES < 0])
    return values - base[:, None]


def contrasts(values: np.ndarray) -> dict[str, np.ndarray]:
    """The quantities tested, of every event: see TESTS. NaN where a year that is needed is missing."""
    at = dict(zip(TIMES.tolist(), values.T, strict=True))
    after = _mean(values[:, TIMES > 0]) - at[-1]
    return dict(zip(TESTS, (at[-1] - at[-3], after, given_level(after, at[-1])), strict=True))


def given_level(after: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Movements less what follows from the level they set out from: what is far out falls back by itself.

    after, level : arrays (events,). Returns after, less the slope of a straight line through all events times
    how far the level is from its mean; NaN without either, or if all levels are the same.

    Source: analysis of covariance against regression to the mean (Barnett, van der Pols and Dobson 2005,
    International Journal of Epidemiology 34).
    """
    known = ~np.isnan(after) & ~np.isnan(level)
    if known.sum() < FEWEST or np.ptp(level[known]) < 1e-12:
        return np.full(len(after), np.nan)
    off = level - level[known].mean()
    slope = (off[known] @ after[known]) / (off[known] @ off[known])
    return after - slope * off


def cluster_interval(
    values: np.ndarray, clusters: np.ndarray, seed: int, resamples: int = 1000, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile interval of the mean of each column, whole clusters drawn anew.

    values : a row per event, NaN without a value; clusters : what each row belongs to.

    Source: the pairs cluster bootstrap (Cameron, Gelbach and Miller 2008, Review of Economics and Statistics
    90).
    """
    names, of = np.unique(clusters, return_inverse=True)
    sums, counts = (np.zeros((len(names), values.shape[1])) for _ in range(2))
    np.add.at(sums, of, np.nan_to_num(values))
    np.add.at(counts, of, ~np.isnan(values))
    drawn = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1 / len(names)), resamples
    )
    n = drawn @ counts
    means = np.where(n, (drawn @ sums) / np.maximum(n, 1), np.nan)
    tails = (1 - confidence) / 2
    low, high = np.full((2, values.shape[1]), np.nan)
    for column in np.flatnonzero((n > 0).any(axis=0)):
        low[column], high[column] = np.nanquantile(means[:, column], [tails, 1 - tails])
    return low, high


def permuted_directions(events: pd.DataFrame, permutations: int, seed: int) -> np.ndarray:
    """The directions of the events, dealt anew among authorities with equally many of them.

    An authority gets the whole sequence of another: what hangs together within one stays together.

    Returns an array with a row per permutation and a column per event (codes 0 to 2, as in DIRECTIONS).
    """
    rng, labels = np.random.default_rng(seed), events["direction"].map(DIRECTIONS.index).to_numpy()
    order = events.reset_index(drop=True).sort_values(["la_code", "published_on"])
    places = order.groupby("la_code").apply(lambda it: it.index.to_numpy(), include_groups=False)
    out = np.tile(labels, (permutations, 1))
    for _, alike in places.groupby(places.map(len)):
        at = np.vstack(alike.tolist())
        dealt = rng.permuted(np.tile(np.arange(len(at)), (permutations, 1)), axis=1)
        out[:, at] = labels[at][dealt]
    return out


def _differences(values: np.ndarray, labels: np.ndarray, direction: int) -> np.ndarray:
    """Mean of the events with this direction less that of the unchanged ones, for each row of labels."""
    known = (~np.isnan(values)).astype(float)
    means = []
    for code in (direction, DIRECTIONS.index(UNCHANGED)):
        chosen = (labels == code).astype(float)
        with np.errstate(invalid="ignore"):  # a permutation may leave a side without a value: 0 / 0
            means.append((chosen @ np.nan_to_num(values)) / (chosen @ known))
    return means[0] - means[1]


def movement(
    values: dict[str, np.ndarray],
    events: pd.DataFrame,
    labels: np.ndarray,
    seed: int,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Does an indicator move more around changed grades than around unchanged ones?

    Parameters
    ----------
    values : what `contrasts` gives; events : of `rating_changes`; labels : of `permuted_directions`.

    Returns
    -------
    A row per direction (UP, DOWN) and test: direction, test, estimate (mean movement, in SDs among
    authorities), low, high, unchanged (the mean of the placebo: events with an unchanged grade), difference,
    p (two-sided, by permutation), n (events), n_la, n_unchanged, method, reason.

    Source: permutation test, p = (1 + as extreme) / (1 + permutations) (Phipson and Smyth 2010, Statistical
    Applications in Genetics and Molecular Biology 9).
    """
    rows, own = [], events["direction"].map(DIRECTIONS.index).to_numpy()
    for direction in (UP, DOWN):
        code = DIRECTIONS.index(direction)
        for test, of in values.items():
            mine, theirs = ((own == it) & ~np.isnan(of) for it in (code, DIRECTIONS.index(UNCHANGED)))
            row = {
                "direction": direction,
                "test": test,
                "n": int(mine.sum()),
                "n_la": events.loc[mine, "la_code"].nunique(),
                "n_unchanged": int(theirs.sum()),
                "reason": "",
            }
            if min(row["n"], row["n_unchanged"]) < FEWEST:
                row["reason"] = (
                    f"{row['n']} events and {row['n_unchanged']} with an unchanged grade have the years "
                    f"needed; {FEWEST} of each are needed"
                )
            else:
                found = _differences(of, own[None], code)[0]
                chance = _differences(of, labels, code)
                chance = chance[~np.isnan(chance)]
                as_extreme = (np.abs(chance) >= abs(found) - 1e-12).sum()
                low, high = cluster_interval(
                    of[mine][:, None], events.loc[mine, "la_code"].to_numpy(), seed, resamples
                )
                row |= {
                    "estimate": of[mine].mean(),
                    "low": low[0],
                    "high": high[0],
                    "unchanged": of[theirs].mean(),
                    "difference": found,
                    "p": (1 + as_extreme) / (1 + len(chance)),
                }
            rows.append(row)
    columns = "direction test estimate low high unchanged difference p n n_la n_unchanged method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(method=METHOD)


def trajectory(
    values: np.ndarray, events: pd.DataFrame, baseline: str, seed: int, resamples: int = 1000
) -> pd.DataFrame:
    """The mean course around the events of each direction, unchanged grades too.

    values : what `around` gives of one indicator. Returns a row per direction and year of TIMES: direction,
    event_time, estimate (SDs among authorities, less the baseline), low, high, n (events), method, reason.
    """
    off, parts = relative(values, baseline), []
    for direction in DIRECTIONS:
        of = off[events["direction"].eq(direction).to_numpy()]
        n = (~np.isnan(of)).sum(axis=0)
        enough = n >= FEWEST
        clusters = events.loc[events["direction"] == direction, "la_code"].to_numpy()
        low, high = (
            cluster_interval(of, clusters, seed, resamples) if len(of) else np.full((2, len(n)), np.nan)
        )
        parts.append(
            pd.DataFrame(
                {
                    "direction": direction,
                    "event_time": TIMES,
                    "estimate": np.where(enough, np.nansum(of, axis=0) / np.maximum(n, 1), np.nan),
                    "low": np.where(enough, low, np.nan),
                    "high": np.where(enough, high, np.nan),
                    "n": n,
                    "method": f"{BASELINES[baseline]}; bootstrap over authorities",
                    "reason": np.where(enough, "", f"fewer than {FEWEST} events have both years"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def event_study(
    panel: pd.DataFrame,
    events: pd.DataFrame,
    indicators: list[str],
    baseline: str = "year-before",
    seed: int = 0,
    permutations: int = 4999,
    resamples: int = 1000,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`trajectory` and `movement` of every indicator.

    panel : la_code, year, indicator_code, value; events : of `rating_changes`.

    Returns the courses, and the tests with p_holm, p_bh and m, corrected over the indicators within each
    direction and test; both with the column `indicator`.
    """
    z = standardised(panel)
    labels = permuted_directions(events, permutations, seed)
    courses, tests = [], []
    for code in progress(indicators, "events"):
        of = z[z["indicator_code"] == code].pivot(index="la_code", columns="year", values="z")
        values = around(events, of)
        courses.append(trajectory(values, events, baseline, seed, resamples).assign(indicator=code))
        tests.append(movement(contrasts(values), events, labels, seed, resamples).assign(indicator=code))
    tests = association.adjust(pd.concat(tests, ignore_index=True), within=["direction", "test"])
    return pd.concat(courses, ignore_index=True), tests


def report(
    indicators: Iterable[str] | None = None,
    baseline: str = "year-before",
    seed: int = 0,
    permutations: int = 4999,
) -> Result:
    """The event study from the mart, of the indicators of both studies if none are named."""
    about = panels.load_indicators(indicators)
    labels = about["label"].to_dict()
    editions = panels.load_editions(about.index)
    carried = set(editions.loc[editions["is_carried"], "indicator_code"])
    moving = [code for code in about.index if code not in carried]
    if not moving:
        raise mart.MartError(
            f"{', '.join(labels.values())}: one edition stands for several years, so there is no movement\n"
            "  do: name another indicator"
        )
    panel = panels.load_panel(about.index, editions["year"].unique().tolist())
    events = rating_changes(panels.load_inspections())
    courses, tests = event_study(panel, events, moving, baseline, seed, permutations)
    tests = named(tests, labels)[
        [
            "label", "direction", "test", "estimate", "low", "high", "unchanged", "difference", "p", "p_holm",
            "p_bh", "m", "n", "n_la", "n_unchanged", "indicator", "method", "reason",
        ]
    ].sort_values("p", ignore_index=True, kind="stable")  # fmt: skip
    sure = tests[tests["p_holm"] < 0.05]
    drawn_codes = list(dict.fromkeys(sure["indicator"])) or list(
        dict.fromkeys(tests.dropna(subset=["p"])["indicator"])
    )
    drawn_codes = drawn_codes[:STRONGEST]
    drawn, alt = figures.event_study(courses, {code: labels[code] for code in drawn_codes})
    counted = (
        events.groupby(["kind", "from_grade", "to_grade", "direction"])
        .agg(n=("la_code", "size"), n_la=("la_code", "nunique"))
        .reset_index()
        .replace({"from_grade": figures.RATING_WORDS, "to_grade": figures.RATING_WORDS})
    )
    n = events["direction"].value_counts()
    small, tried = int(tests["p"].lt(0.05).sum()), int(tests["p"].notna().sum())

    def said(of: pd.DataFrame) -> str:
        return "; ".join(
            f"{row.label} ({row.test}, grade {row.direction}: {row.difference:+.2f} SD)"
            for row in of.itertuples()
        )

    lead = (
        "Does a figure move before a rating changes, or after? Every two successive overall grades of an "
        f"authority: {n.get(UP, 0)} times up, {n.get(DOWN, 0)} down, {n.get(UNCHANGED, 0)} unchanged. Each "
        "figure is taken in standard deviations among all authorities of its year, so that what changes "
        "everywhere does not count, and held against authorities whose grade did not change.\n"
        f"Beyond chance after correction for the number of indicators (Holm): {said(sure) or 'none'}. By the "
        "milder correction that lets one in twenty findings be false (Benjamini and Hochberg): "
        f"{said(tests[tests['p_bh'] < 0.05]) or 'none'}. Without correction {small} of {tried} tests have "
        f"a p below .05, where chance alone gives about {0.05 * tried:.0f}.\n"
        "Figures that are far out fall back towards the middle by themselves: what moves after a grade is "
        "also tested among authorities that stood alike before it (given level).\n"
        "What is not known: SIF and ILACS do not grade alike; the years after the last inspections are not "
        "out yet (see n)."
    )
    if carried & set(about.index):
        left_out = ", ".join(sorted(labels[c] for c in carried & set(about.index)))
        lead += f" Left out, as one edition stands for several years: {left_out}."
    standing = "those that stand out" if len(sure) else "the smallest p-values; none stands out"
    parts = [
        Part(
            "Around a change of grade",
            f"Indicators drawn: {standing}. Mean, {BASELINES[baseline]}, with 95% intervals; year 0 ends on "
            "the 31 March after the report.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Tests of all indicators",
            f"Before: {TESTS['before']} of the report; after: {TESTS['after']}; after given level: "
            f"{TESTS['after given level']}. estimate: mean movement "
            "where the grade changed, in standard deviations; unchanged: the same where it did not; p: how "
            "often grades dealt out at random differ as much. p_holm and p_bh: over the indicators, within "
            f"direction and test; {permutations:,} permutations.",
            tests,
            hidden=("indicator", "method"),
        ),
        Part("Successive grades", "Which grade followed which.", counted),
        Part(
            "Course of every indicator",
            f"{BASELINES[baseline].capitalize()}; standard deviations among authorities.",
            named(courses, labels),
            hidden=("indicator", "method"),
        ),
    ]
    return Result(NAME, "Indicators before and after a rating changes", lead, mart.is_synthetic(), parts)
