"""Every indicator of both studies on every wave of inspections, in words, tables and pictures."""

import pandas as pd

from python_stats import association, figures, la_valle_2016, mart, ofsted_45, panels
from python_stats.results import Part, Result, progress
from python_stats.waves.by_wave import (
    ALPHA,
    DEPRIVATION,
    ENOUGH,
    JUDGEMENTS,
    POOLED,
    associations,
    samples,
    study_indicators,
)
from python_stats.waves.studies_again import first_sif, study_1, study_2_models, study_2_t_tests
from python_stats.waves.verdicts import VERDICTS, against_chance, verdicts

NAME = "waves"


def listed(rows: pd.DataFrame) -> str:
    """Indicators with their pooled estimates, in a sentence."""
    return ", ".join(f"{it.variable.lower()} ({it.estimate:+.2f})" for it in rows.itertuples()) or "none"


def report(judgement: str = "overall", method: str = "spearman", seed: int = 0) -> Result:
    """Every indicator of both studies on every wave and pooled, the verdicts, and the studies' own analyses.

    judgement : one of JUDGEMENTS, for the tables by wave; the verdicts are given for all. method : one of
    METHODS. seed : of the numbers that pass by chance.
    """
    loaded = [panels.load_study(study) for study in (la_valle_2016.NAME, ofsted_45.NAME)]
    about = study_indicators(loaded)
    inspections, known = panels.load_at_inspections(about.index)
    names, synthetic = about["variable"].to_dict(), mart.is_synthetic()
    tables, frames, by_judgement = {}, {}, []
    for name in progress(JUDGEMENTS, "associations"):
        frames[name] = samples(inspections, known, name).reindex(
            columns=["la_code", "wave", "rating", *about.index]
        )
        given = DEPRIVATION if name == judgement else None
        tables[name] = associations(frames[name], list(about.index), given, method)
        found = verdicts(tables[name])
        found.insert(1, "variable", found["indicator"].map(names))
        by_judgement.append(found.assign(judgement=name.replace("_", " ")))
    frame, table = frames[judgement], tables[judgement]
    told = by_judgement[JUDGEMENTS.index(judgement)]
    order = told.assign(
        place=told["verdict"].map(list(VERDICTS).index), size=told["estimate"].abs()
    ).sort_values(["place", "size"], ascending=[True, False])
    told = order.drop(columns=["place", "size", "judgement"]).reset_index(drop=True)
    told.insert(2, "studies", told["indicator"].map(about["studies"]))
    told.insert(3, "polarity", told["indicator"].map(about["polarity"]))
    told["as_polarity_says"] = [
        "" if polarity not in ("high", "low") or pd.isna(estimate)
        else "yes" if (estimate > 0) == (polarity == "high") else "no"
        for polarity, estimate in zip(told["polarity"], told["estimate"], strict=True)
    ]  # fmt: skip
    every = pd.concat(by_judgement, ignore_index=True)
    counts = pd.crosstab(every["judgement"], every["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    counts = counts.loc[[name.replace("_", " ") for name in JUDGEMENTS]].reset_index()
    counts["which_hold"] = [
        listed(every[(every["judgement"] == name) & (every["verdict"] == "holds")])
        for name in counts["judgement"]
    ]
    drawn, alt = figures.heat_map(
        table.assign(
            row=table["indicator"].map(names),
            column=table["wave"],
            is_below=table["p"] < ALPHA,
            is_sure=table["p_holm"] < ALPHA,
            is_pale=(table["n"] < ENOUGH) & (table["wave"] != POOLED),
        ),
        [names[code] for code in told["indicator"]],
        [*panels.WAVES, POOLED],
    )
    by_wave = table.assign(variable=table["indicator"].map(names))
    by_wave.insert(1, "variable", by_wave.pop("variable"))
    ranked = loaded[0]["variables"]
    ranked = ranked[ranked["used_for"].str.contains("percentiles")].set_index("indicator_code")["polarity"]
    of_45 = about.index[about["studies"].str.contains("study 2")]
    all_sif = first_sif(loaded[0])
    rest = all_sif[all_sif["p_holm"] < ALPHA]
    words = judgement.replace("_", " ")
    chance = against_chance(frame, table, method, seed=seed)
    parts = [
        Part(
            "Verdicts",
            "\n".join(f"{name}: {means}." for name, means in VERDICTS.items())
            + "\nestimate: the mean of the waves' correlations with the rating, weighted by n; above 0: more "
            "of it, better rated; its interval and p take into account that authorities recur.\n"
            f"given deprivation: the same among equally deprived authorities ({DEPRIVATION}, of the Indices "
            "that were out; the mart has none before 2015).\n"
            "as polarity says: whether more of what is good goes with a better rating.\n"
            f"signs: by wave, {', '.join(panels.WAVES)}; a point where there is too little.\n"
            "smallest: the smallest correlation that n would show four times in five. p differs: do the "
            "waves differ by more than chance (Cochran's Q).",
            told,
            hidden=(
                "indicator",
                "studies",
                "polarity",
                "statistic",
                "df",
                "m",
                "method",
                "given_deprivation_reason",
                "given_deprivation_p",
                "n_authorities",
                "n_waves",
            ),
        ),
        Part(
            "Indicators by wave",
            "Correlation of the value last published before the inspection with the rating. A star: p below "
            f"{ALPHA}; a frame: still so after correction for the number of indicators in the wave (Holm); "
            f"italics: fewer than {ENOUGH} authorities.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Against chance",
            f"expected: how many of m tests pass p < {ALPHA} by chance alone, on average; low, high, p: what "
            "chance gives when the ratings of the wave are dealt out at random (the indicators go together, "
            "so the number spreads widely); smallest: the correlation that the median n shows four times in "
            "five.",
            chance,
        ),
        Part(
            "Verdicts by judgement",
            "The same for the overall grade and its parts; with what holds, its pooled correlation.",
            counts,
            decimals=0,
        ),
        Part(
            "All 152 first SIF inspections with the figures of 2015",
            "Pearson's r of study 1's indicators as printed in 2015, but the first, with the overall grade "
            "of every authority's first SIF inspection, of which many were before or long after 2015.",
            all_sif,
            hidden=("method",),
        ),
        Part(
            "Study 1 on every wave",
            f"Does being among the best or worst 10% of those inspected in the wave ({la_valle_2016.OFTEN} "
            "times or more: often) go with the rating? high: share rated good or outstanding; estimate: "
            "Spearman's rho of how often with the rating. Only indicators that "
            f"{ENOUGH} of the wave have a figure on.",
            study_1(frame, ranked.to_dict()),
            hidden=("method",),
        ),
        Part(
            "Study 2 on every wave, high against low rated",
            "Student's t of study 2's 45 variables between those rated good or outstanding and the others.",
            study_2_t_tests(frame, list(of_45), names),
            hidden=("method",),
        ),
        Part(
            "Study 2 on every wave, logistic model",
            "Odds of a rating of good or outstanding, per rank of deprivation within the wave and per "
            "percentage point of the others; p_holm over all waves.",
            study_2_models(frame, names),
            hidden=("method",),
        ),
        Part(
            "All associations by wave",
            f"{association.CORRELATIONS[method]}; pooled: clustered by authority.",
            by_wave,
            hidden=("indicator", "statistic", "df", "method", "given_deprivation_reason"),
        ),
    ]
    tally = told["verdict"].value_counts()
    said = ", ".join(f"{tally.get(name, 0)} {name}" for name in VERDICTS)
    lead = (
        f"Do {len(about)} indicators of the two studies go with Ofsted's judgement ({words})? Each is the "
        "value last published before the inspection began; of an authority inspected more than once in a "
        f"wave the first inspection counts; {len(frame)} inspections of {frame['la_code'].nunique()} "
        f"authorities in {frame['wave'].nunique()} waves; suppressed figures are left out. Verdicts: {said}. "
        f"Holds: {listed(told[told['verdict'] == 'holds'])}. On all first SIF inspections with the figures "
        f"of 2015, after correction (Holm): {listed(rest)}. An indicator's definition can change from year "
        "to year, and figures that go with a rating need not be its reason."
    )
    return Result(NAME, f"Indicators and Ofsted's ratings, wave by wave: {words}", lead, synthetic, parts)
