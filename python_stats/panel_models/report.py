"""Grades of repeated inspections on deprivation, spend and indicators, beside what was published."""

import pandas as pd

from python_stats import association, figures, mart, panels
from python_stats.panel_models.clustered import (
    BETWEEN,
    METHODS,
    estimate_without_effects,
    linear,
    logistic,
    mixed_logistic,
    ordinal,
)
from python_stats.panel_models.webb import NEAREST, PUBLISHED, WEBB_NOTE, WEBB_TERMS, load_webb, webb
from python_stats.prediction import features
from python_stats.results import Part, Result

MODELS = {
    "deprivation": features.DEPRIVATION,
    "deprivation and spend (section 251)": [*features.DEPRIVATION, features.SPEND[0]],
    "deprivation and spend (RO3)": [*features.DEPRIVATION, features.SPEND[1]],
}


SHORT = {features.DEPRIVATION[0]: "deprivation"} | dict.fromkeys(features.SPEND, "spend per child")
DETAILS = (
    *("term", "standard_error", "statistic", "df"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high"),
)
"""In the CSV and JSON alone."""


def of_all_kinds(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """MODELS fitted in all four ways, with effects of the wave: what `logistic` returns, by model and label.

    frame : a row per inspection: la_code, wave, grade, good and the predictors in tenths.
    """
    ways = ((logistic, "good"), (mixed_logistic, "good"), (ordinal, "grade"), (linear, "grade"))
    tables = [
        estimate_without_effects(method, frame, outcome, predictors, "la_code", "wave").assign(model=name)
        for name, predictors in MODELS.items()
        for method, outcome in ways
    ]
    out = pd.concat(tables, ignore_index=True)
    out.insert(0, "label", out["term"].map(labels | {BETWEEN: BETWEEN}))
    for name in ("method", "model"):
        out.insert(0, name, out.pop(name))
    return out


def one_by_one(frame: pd.DataFrame, indicators: list[str], labels: dict[str, str]) -> pd.DataFrame:
    """Each indicator beside deprivation and the wave: its row of `ordinal`, corrected for their number."""
    rows = []
    for code in indicators:
        predictors = [code, *features.DEPRIVATION]
        fit = estimate_without_effects(ordinal, frame, "grade", predictors, "la_code", "wave")
        rows.append(fit[fit["term"] == code])
    out = association.adjust(pd.concat(rows, ignore_index=True))
    out.insert(0, "label", out["term"].map(labels))
    return out.sort_values("p", ignore_index=True)


def report() -> Result:
    """Grades of repeated inspections on deprivation, spend and indicators, beside Webb et al. (2022)."""
    codes = sorted(
        {c for s in features.STUDIES for c in panels.load_study(s)["variables"]["indicator_code"]}
        | {*features.DEPRIVATION, *features.SPEND}
    )
    data, synthetic = features.load(codes), mart.is_synthetic()
    labels = {code: mart.indicator(code).label for code in codes}
    frame = pd.concat([data.inspections, 10 * data.features[codes]], axis=1)
    frame["good"] = frame["grade"].ge(features.GOOD).astype(float)
    deprived_twice = ("imd_average_score", "imd_average_rank")
    indicators = [code for code in codes if code not in (*deprived_twice, *features.SPEND)]
    by_kind, singly = of_all_kinds(frame, SHORT), one_by_one(frame, indicators, labels)
    frames = load_webb()
    compared = webb(frames)
    counts = frame.groupby("la_code").size().value_counts().sort_index()
    repeated = pd.DataFrame({"inspections": counts.index, "n_authorities": counts.to_numpy()})
    of_both = compared[compared["term"].isin(["preventative", "imd_decile"])].sort_values(
        "term", kind="stable", ascending=False
    )
    drawn, alt = figures.estimates(
        of_both,
        [f"{r.label}: {r.model}" for r in of_both.itertuples()],
        "change in the odds of good or outstanding, per cent",
    )
    known = singly.dropna(subset=["estimate"]).head(20)
    forest, forest_alt = figures.estimates(
        known, list(known["label"]), "log odds of a higher grade per tenth of authorities"
    )
    used = compared.loc[compared["model"] == NEAREST, "n"].iloc[0]
    parts = [
        Part(
            "Webb et al. (2022) published beside found",
            "Change in the odds of good or outstanding, per cent, 95% intervals.\n"
            + WEBB_NOTE.format(n=used),
            compared,
            decimals=1,
            hidden=("method", "term"),
        ),
        Part(
            "Published beside found with intervals",
            "Filled: the interval leaves 0 out.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Deprivation and spend in four models",
            "Per tenth of authorities, the most deprived and the highest spending at the top; effects of the "
            "wave in all; what was published before the inspection began. Linear: grades; others: log odds.",
            by_kind,
            hidden=DETAILS,
        ),
        Part(
            "Indicators one by one",
            "Proportional odds of a higher grade per tenth of authorities, beside deprivation and the wave; "
            "errors by authority; p_holm and p_bh are corrected for the number of tests. Not causes.",
            singly,
            hidden=("method", *DETAILS),
        ),
        Part(
            "The twenty surest indicators",
            "Filled: the interval leaves 0 out, before correction for their number.",
            figure=forest,
            alt=forest_alt,
        ),
        Part("Inspections of an authority", f"{len(frame)} inspections.", repeated),
    ]
    lead = f"{_webb_words(compared)}\n{_words(by_kind, singly)}"
    return Result("panel", "Repeated inspections: deprivation, spend and indicators", lead, synthetic, parts)


def _webb_words(compared: pd.DataFrame) -> str:
    """Published beside found, in a sentence."""
    nearest = compared[compared["model"] == NEAREST].set_index("term")
    said = []
    for row in PUBLISHED.itertuples():
        ours = nearest.loc[row.term]
        found = f"{_span(ours)}, {ours['verdict']}"
        if ours["reason"]:
            found = f"no result ({ours['reason']})"
        said.append(f"per {WEBB_TERMS[row.term]} {_span(row._asdict())} there, here {found}")
    of_spend = compared[compared["term"].eq("preventative") & compared["model"].ne("published")]["estimate"]
    variants = ""
    if of_spend.notna().any():
        variants = (
            f" By what counts as such spend, and of when, the first goes from {of_spend.min():+.0f}% "
            f"to {of_spend.max():+.0f}%."
        )
    return (
        "Webb, Bennett and Bywaters (2022) report how the odds of good or outstanding change, in 374 "
        f"inspections, beside {nearest['n'].iloc[0]} here: {'; '.join(said)}.{variants}"
    )


def _span(row) -> str:
    """Per cent of change with its interval."""
    return f"{row['estimate']:+.0f}% ({row['low']:+.0f} to {row['high']:+.0f})"


def _words(by_kind: pd.DataFrame, singly: pd.DataFrame) -> str:
    """What stands out of the panel, in a sentence."""
    first = by_kind[(by_kind["model"] == "deprivation") & (by_kind["method"] == METHODS["logistic"])].iloc[0]
    deprived = (
        f"no result for deprivation ({first['reason']})"
        if first["reason"]
        else f"the odds change by {100 * (first['odds_ratio'] - 1):+.0f}% per tenth of deprivation "
        f"({100 * (first['odds_ratio_low'] - 1):+.0f} to {100 * (first['odds_ratio_high'] - 1):+.0f})"
    )
    sure = singly[singly["p_holm"] < 0.05]
    names = ", ".join(f"{r.label} ({'+' if r.estimate > 0 else '-'})" for r in sure.itertuples())
    return (
        f"In SIF and ILACS {deprived}. Of {int(singly['p'].notna().sum())} indicators, beside deprivation "
        f"and corrected for their number (Holm), go with the grade: {names or 'none'}."
    )
