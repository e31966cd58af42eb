"""Do performance indicators predict Ofsted ratings? An exploratory study of children's services in England.

45 variables of 2017/18 and the ratings of 47 authorities inspected from January 2018 to March 2019: rank
correlations, comparisons of the high rated (good and outstanding) with the low rated, by deprivation too,
and a logistic model.
"""

from datetime import date
from itertools import product

import pandas as pd

from python_stats import association, figures, groups, mart, models, panels, studies
from python_stats.results import Part, Result, worded

NAME = "ofsted-45"
PUBLISHED = date(2018, 1, 1), date(2019, 4, 1)
DEPRIVATION, SPEND, OVERDUE, DENTAL = 5, 6, 7, 24
NEED, PREDICTORS = [1, 2, 3, 4], [DEPRIVATION, DENTAL, OVERDUE]
MOST_OPEN = 4
"""Authorities of whom every combination of what is left open is tried: 81 models."""
HIGH, LOW = "high rated", "low rated"
THIRDS = ["least deprived third", "middle third", "most deprived third"]
SUB_JUDGEMENTS = {
    "leaders_code": "leaders",
    "help_and_protection_code": "help and protection",
    "children_in_care_code": "children in care",
}
EARLY = ["same_day", "1_to_10_days", "11_to_20_days", "21_to_30_days", "31_to_40_days", "41_to_45_days"]
LATE = ["46_to_50_days", "51_to_60_days", "61_plus_days"]
DRAWN = {
    "process": "Figure 2 ranges: how the work is done",
    "education": "Figure 3 ranges: education of children in need",
    "care": "Figure 4 ranges: children in care and care leavers",
    "care_education": "Figure 5 ranges: education of children in care",
}
QUESTION = (
    "Do performance indicators predict Ofsted's ratings of children's services? The study took 47 "
    "authorities inspected from January 2018 to March 2019 and 45 variables of the year to 31 March 2018."
)


def overdue(bands: pd.DataFrame) -> pd.Series:
    """Assessments that took longer than 45 days, per cent, a suppressed late band filled by what is left.

    bands : a row per authority (la_code), a column per band of EARLY and LATE and `all`, counts; NaN if
    suppressed. With a late band suppressed the late ones are the total less the early ones, a suppressed
    early band as 0; no assessment at all is 0 per cent.

    Source: the study has this variable for all 152 authorities though bands of 11 are suppressed; it does not
    state its rule.
    """
    late = bands[LATE].sum(axis=1)
    hidden = bands[LATE].isna().any(axis=1)
    number = late.mask(hidden, bands["all"] - bands[EARLY].fillna(0).sum(axis=1))
    return (100 * number / bands["all"]).mask(bands["all"].eq(0), 0.0)


def sample(
    values: pd.DataFrame, inspections: pd.DataFrame, authorities: pd.DataFrame, bands: pd.DataFrame | None
) -> pd.DataFrame:
    """The study's frame: a row per authority of its list that was inspected, a column per variable_no.

    values : every authority's variables; inspections : those published in the study's time, the last of an
    authority counts; authorities : its list; bands : what `overdue` takes, None if the mart has none.

    Returns the variables, with deprivation as the rank within the sample (the highest is the most deprived)
    and assessments overdue filled; `rating` (1 to 4), `is_high` (0 or 1), `level` (HIGH or LOW), `third`
    (THIRDS), `framework`, and the sub-judgements.
    """
    rated = (
        inspections.dropna(subset=["overall_code"])
        .sort_values("published_on", kind="stable")
        .drop_duplicates("la_code", keep="last")
        .set_index("la_code")
    )
    chosen = [la_code for la_code in authorities["la_code"] if la_code in rated.index]
    out = values.reindex(chosen)
    out[DEPRIVATION] = out[DEPRIVATION].rank()
    if bands is not None:
        out[OVERDUE] = overdue(bands).reindex(chosen)
    out = out.join(rated[["framework", *SUB_JUDGEMENTS]])
    out["rating"] = rated["overall_code"].reindex(chosen).astype(int)
    out["is_high"] = (out["rating"] >= 3).astype(int)
    out["level"] = pd.Categorical(out["is_high"].map({1: HIGH, 0: LOW}), [LOW, HIGH])
    out["third"] = pd.qcut(out[DEPRIVATION], 3, labels=THIRDS)
    return out


def figures_of(place: str, item: str, of: int, reason: str, **statistics: float) -> list[dict]:
    """A row per statistic, as `studies.beside_printed` takes them."""
    row = {"place": place, "item": item, "n": of, "reason": reason}
    return [{**row, "statistic": name, "reproduced": figure} for name, figure in statistics.items()]


def of_correlations(rated: pd.DataFrame) -> list[dict]:
    """Rank correlations with the rating, as `association.correlate` gives them, with their variable_no."""
    return [
        figure
        for row in rated.itertuples()
        for figure in figures_of(
            "Correlations", str(row.variable_no), row.n, row.reason, rho=row.estimate, p=row.p
        )
    ]


def of_model(model: models.Model) -> list[dict]:
    """The logistic model of PREDICTORS."""
    rows, terms, fit = [], model.terms.set_index("term"), model.fit.iloc[0]
    for variable in PREDICTORS:
        term = terms.loc[variable] if variable in terms.index else pd.Series(dtype=float)
        rows += figures_of(
            "Logistic model", str(variable), fit["n"], model.reason,
            B=term.get("estimate"), SE=term.get("standard_error"), odds_ratio=term.get("odds_ratio"),
            p=term.get("p"),
        )  # fmt: skip
    return rows + figures_of(
        "Logistic model", "all", fit["n"], model.reason,
        chi2=fit["statistic"], df=fit["df"], nagelkerke=fit["nagelkerke"],
    )  # fmt: skip


def found(
    frame: pd.DataFrame,
    rated: pd.DataFrame,
    pairs: pd.DataFrame,
    spend: pd.DataFrame,
    model: models.Model,
) -> pd.DataFrame:
    """Every figure that the study prints, as `studies.beside_printed` takes it."""
    rows = of_correlations(rated) + of_model(model)
    for row in pairs.itertuples():
        pair = f"{row.first} x {row.second}"
        rows += figures_of("Correlations", pair, row.n, row.reason, rho=row.estimate, p=row.p)
    test = spend.iloc[0]
    rows += figures_of(
        "Groups", str(SPEND), test["n"], test["reason"],
        mean_low=test["mean_first"], sd_low=test["sd_first"], mean_high=test["mean_second"],
        sd_high=test["sd_second"], t=test["statistic"], df=test["df"],
    )  # fmt: skip
    thirds = frame.loc[frame["is_high"] == 1, "third"].value_counts()
    for number, third in enumerate(THIRDS, 1):
        rows += figures_of("Groups", str(number), len(frame), "", n=thirds[third])
    for code, words in figures.RATING_WORDS.items():
        rows += figures_of("Sample", words, len(frame), "", n=int((frame["rating"] == code).sum()))
    return pd.DataFrame(rows + figures_of("Sample", "all", len(frame), "", n=len(frame)))


def left_open(frame: pd.DataFrame, bands: pd.DataFrame) -> pd.DataFrame:
    """What suppressed bands leave open of assessments overdue, in the sample.

    frame : as `sample` gives it; bands : as `overdue` takes them.

    Returns a row per authority (la_code) with both a late and an early band suppressed: `fewest`, no late
    assessments but those shown, and `most`, no early ones but those shown, per cent.
    """
    shown = bands.reindex(frame.index)
    both = shown[LATE].isna().any(axis=1) & shown[EARLY].isna().any(axis=1) & shown["all"].gt(0)
    ends = {"fewest": shown[LATE].sum(axis=1), "most": shown["all"] - shown[EARLY].sum(axis=1)}
    return 100 * pd.DataFrame(ends).div(shown["all"], axis=0)[both]


def possible(frame: pd.DataFrame, ends: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The printed figures that rest on assessments overdue, beside what they can be.

    ends : as `left_open` gives it, of MOST_OPEN authorities at most; results : the study's printed figures,
    as `panels.load_study` gives them.

    Returns their rows with `lowest` and `highest` over every combination of the fewest, half-way and most
    overdue, and `is_possible`: whether the printed figure, to its digits, lies between.
    """
    rows, filled = [], frame.copy()
    for chosen in product(*zip(ends["fewest"], ends.mean(axis=1), ends["most"], strict=True)):
        filled.loc[ends.index, OVERDUE] = chosen
        rated = association.correlate(filled, "rating", [OVERDUE]).assign(variable_no=OVERDUE)
        rows += of_correlations(rated) + of_model(models.logistic(filled, "is_high", PREDICTORS))
    span = pd.DataFrame(rows).groupby(studies.KEY)["reproduced"].agg(lowest="min", highest="max")
    out = results.merge(span[span["lowest"] < span["highest"]].reset_index(), on=studies.KEY)
    half = 0.5 * 10.0 ** -out["printed"].map(studies.digits)
    out["is_possible"] = out["printed"].astype(float).between(out["lowest"] - half, out["highest"] + half)
    return out[[*studies.KEY, "label", "printed", "lowest", "highest", "is_possible"]]


def report() -> Result:
    """The study from the mart: printed beside reproduced, every analysis, its figures, what the data are."""
    study, synthetic = panels.load_study(NAME), mart.is_synthetic()
    variables = study["variables"].set_index("variable_no")
    labels = variables["variable"].to_dict()
    inspections = panels.load_inspections(
        ["SIF", "ILACS"], published_from=PUBLISHED[0], published_to=PUBLISHED[1]
    )
    of_overdue = variables.loc[OVERDUE]
    codes = {f"assessments_{band}_count": band for band in [*EARLY, *LATE]} | {"assessments_count": "all"}
    counts = panels.load_edition(codes, of_overdue["edition"], int(of_overdue["year"]))
    bands = None
    if not counts.empty:
        bands = counts.pivot(index="la_code", columns="indicator_code", values="value").rename(columns=codes)
    frame = sample(studies.values_of(study), inspections, study["authorities"], bands)
    numbers = list(variables.index)

    rated = association.adjust(association.correlate(frame, "rating", numbers))
    rated.insert(0, "variable_no", rated.pop("indicator").astype(int))
    rated.insert(1, "variable", rated["variable_no"].map(labels))
    pairs = association.correlation_matrix(frame, [*NEED, DEPRIVATION, SPEND])
    judged = association.correlate(frame, "rating", list(SUB_JUDGEMENTS))
    judged["indicator"] = judged["indicator"].map(SUB_JUDGEMENTS)
    spend = groups.t_test(frame, [SPEND], "level")
    tests = pd.concat(
        [groups.t_test(frame, numbers, "level", kind=kind).assign(kind=kind) for kind in groups.T_TESTS]
    )
    tests = association.adjust(tests, within="kind")
    tests.insert(0, "variable_no", tests.pop("indicator").astype(int))
    tests.insert(1, "variable", tests["variable_no"].map(labels))
    tests = tests.sort_values(["variable_no", "kind"], ignore_index=True)
    by_third = {name: frame[of] for name, of in (("all", frame["rating"] > 0), (HIGH, frame["is_high"] == 1))}
    variance = pd.concat(
        [groups.anova(part, [SPEND], "third").assign(among=name) for name, part in by_third.items()]
    )
    contrasts = pd.concat(
        [groups.pairwise(part, SPEND, "third").assign(among=name) for name, part in by_third.items()]
    )
    ranges = groups.overlap(frame, numbers, "level")
    model = models.logistic(frame, "is_high", PREDICTORS)
    complete = [no for no in numbers if frame[no].notna().all()]
    stepwise = models.forward_stepwise(frame, "is_high", complete)
    ordinal = models.ordinal_logistic(frame, "rating", PREDICTORS)
    parallel = models.proportional_odds_test(frame, "rating", PREDICTORS)

    beside = studies.beside_printed(study["results"], found(frame, rated, pairs, spend, model), synthetic)
    ends = pd.DataFrame() if bands is None else left_open(frame, bands)
    is_tried = 0 < len(ends) <= MOST_OPEN
    names = study["figures"].drop_duplicates("la_code").set_index("la_code")["la_name"]
    listed = (
        frame.reset_index()[["la_code", "framework", "rating"]]
        .assign(
            local_authority=lambda it: it["la_code"].map(names),
            rating=lambda it: it["rating"].map(figures.RATING_WORDS),
        )
        .reindex(columns=["la_code", "local_authority", "framework", "rating"])
        .sort_values(["rating", "local_authority"], ignore_index=True)
    )

    distribution, distribution_alt = figures.rating_distribution(frame["rating"])
    short = {no: f"{no} {labels[no]}" for no in [*NEED, DEPRIVATION, SPEND]}
    matrix, matrix_alt = figures.correlation_matrix(
        pairs.assign(first=pairs["first"].map(short), second=pairs["second"].map(short)), list(short.values())
    )
    forest, forest_alt = figures.estimates(
        rated, [f"{no} {labels[no]}" for no in rated["variable_no"]], "rank correlation with the rating"
    )
    parts = [
        studies.beside_part(beside),
        Part("Figure 1 ratings of the sample", "", figure=distribution, alt=distribution_alt),
        Part(
            "Correlations of 45 variables with the rating",
            "Spearman's rho of the variable with the rating, 1 inadequate to 4 outstanding; n authorities "
            "with both. p_holm and p_bh are corrected for the number of tests; with "
            f"{len(frame)} authorities a correlation of "
            f"{_size(association.smallest_detectable(len(frame)))} is found four times in five.",
            rated.drop(columns=["outcome", "method"]),
        ),
        Part(
            "Correlations with intervals", "Filled: the interval leaves 0 out.", figure=forest, alt=forest_alt
        ),
        Part(
            "Need, deprivation and spend among each other",
            "",
            pairs.assign(first=pairs["first"].map(short), second=pairs["second"].map(short)).drop(
                columns="method"
            ),
            figure=matrix,
            alt=matrix_alt,
        ),
        Part("The overall rating and its parts", "", judged.drop(columns=["outcome", "method"])),
        Part(
            "Low rated against high rated",
            "Means of inadequate and requires improvement (first) and of good and outstanding (second): "
            "Student's t as in the study, Welch's beside it.",
            tests.drop(columns="method"),
        ),
        *(
            Part(
                title,
                "Each line from the lowest to the highest, the middle half thick, the median marked; the "
                "ends of both groups together stand beside it.",
                figure=drawn,
                alt=alt,
            )
            for title, (drawn, alt) in (
                (
                    title,
                    figures.ranges(
                        ranges[ranges["indicator"].map(variables["used_for"]).eq(group)],
                        {no: f"{no} {label}" for no, label in labels.items()},
                    ),
                )
                for group, title in DRAWN.items()
            )
        ),
        Part(
            "Ranges of all variables",
            "How many of a group lie within the range of the other.",
            ranges.assign(variable=ranges["indicator"].map(labels)).drop(columns="method"),
        ),
        Part("Spend by deprivation", "One-way analysis of variance.", variance.drop(columns="method")),
        Part(
            "Spend by deprivation, pair by pair", "Bonferroni's correction.", contrasts.drop(columns="method")
        ),
        Part(
            "Logistic model of a high rating",
            "The three predictors that the study's stepwise selection ended with.",
            worded(model.terms, labels).drop(columns="method"),
        ),
        Part("Fit of the logistic model", "", model.fit),
        Part(
            "What suppressed assessments leave open",
            f"{len(ends)} authorities have both a late and an early band suppressed. The printed figures "
            "that rest on assessments overdue, beside the lowest and highest that come out with none, half "
            "or all of the suppressed assessments late, in every combination"
            + ("." if is_tried else f": tried with 1 to {MOST_OPEN} such authorities."),
            possible(frame, ends, study["results"]) if is_tried else None,
        ),
        Part(
            "Forward selection",
            f"By likelihood ratio among the {len(complete)} variables that every authority of the sample "
            "has; the p-values of a selected model are too small.",
            worded(stepwise.steps, labels).drop(columns="method"),
        ),
        Part(
            "Ordinal model of the rating",
            "Proportional odds, the same three predictors: the study's method names it.",
            worded(ordinal.terms, labels).drop(columns="method"),
        ),
        Part("Test of proportional odds", "", worded(parallel, labels)),
        Part("What the study leaves open or contradicts", "", study["remarks"]),
        Part("Sample", "Those of the list that have an inspection published in the study's time.", listed),
        Part(
            "Data",
            "Every figure from fct_indicator_edition; ratings from fct_inspection.",
            studies.figures_used(study),
        ),
    ]
    passing = rated[rated["p_holm"] < 0.05]
    beyond = ", ".join(f"{row.variable.lower()} (rho = {row.estimate:+.3f})" for row in passing.itertuples())
    lead = (
        f"{QUESTION}\n{studies.summary(beside, synthetic)} "
        f"Of {int(rated['p'].notna().sum())} rank correlations with "
        f"the rating {int((rated['p'] < 0.05).sum())} have a p below .05; after correction for so many tests "
        f"(Holm) {beyond or 'none is left'}."
    )
    return Result(NAME, "Ofsted's ratings and 45 performance indicators", lead, synthetic, parts)


def _size(smallest: float | str) -> str:
    """The smallest detectable correlation as text."""
    return smallest if isinstance(smallest, str) else f"{smallest:.2f}"
