"""La Valle et al. (2016), Improving Children's Social Care Services: results of a feasibility study.

Do 14 indicators of 2015 agree with Ofsted's ratings under the single inspection framework? One simple
regression of the rating on each (Table A2a), and the authorities most often among the best and the worst 10%
(Tables 1-4).
"""

from datetime import date

import pandas as pd

from python_stats import association, figures, mart, panels, rankings, studies
from python_stats.results import Part, Result

NAME = "la-valle-2016"
REPORTS_UNTIL = date(2016, 3, 11)
RATINGS = ("as-published", "corrected")
# Of the 14 indicators, those of children, not of the workforce, are ranked.
RANKED = range(1, 12)
OFTEN = 4
QUESTION = (
    "Do official indicators of children's social care agree with Ofsted's ratings? La Valle and others "
    "(2016) took the authorities whose first report under the single inspection framework was out by 11 "
    "March 2016 and the indicators of the year to 31 March 2015."
)
COUNTED = (
    "The printed counts are those of Ofsted's own ratings; the printed regressions come out only with one "
    "more inadequate and one fewer good (Kingston upon Thames)."
)


def ratings(inspections: pd.DataFrame, authorities: pd.DataFrame, which: str) -> pd.Series:
    """Overall ratings of the sample, 1 (inadequate) to 4 (outstanding), by la_code.

    inspections : first SIF inspections; authorities : those whose rating the study took otherwise.
    which : "as-published" puts the study's own rating in their place, "corrected" leaves Ofsted's.
    """
    if which not in RATINGS:
        raise ValueError(f"no ratings {which!r}: {' or '.join(RATINGS)}")
    out = inspections.set_index("la_code")["overall_code"].dropna()
    if which == "as-published":
        taken = authorities.set_index("la_code")["rating_as_published"].dropna().astype(float)
        out.update(taken)
    return out


def regressions(values: pd.DataFrame, rating: pd.Series, labels: dict[int, str]) -> pd.DataFrame:
    """Table A2a: one row per indicator, `variable_no`, `variable` and what `simple_regression` has, adjusted.

    values : a row per authority (la_code), a column per variable_no; rating : of the sample, by la_code.
    """
    frame = values.reindex(rating.index).assign(rating=rating)
    out = association.adjust(association.simple_regression(frame, "rating", list(values)))
    out.insert(0, "variable_no", out.pop("indicator").astype(int))
    out.insert(1, "variable", out["variable_no"].map(labels))
    return out.drop(columns="outcome")


def tables(values: pd.DataFrame, polarity: dict[int, str], rule: str) -> dict[str, pd.DataFrame]:
    """Tables 1-4: by end, "best" and "worst", a row per authority with how often it is among the 10%."""
    ranked = values[[column for column in values if column in RANKED and values[column].notna().any()]]
    return {
        end: rankings.appearances(
            rankings.extremes(ranked, polarity, end, rule=rule).assign(
                indicator=lambda it: it["indicator"].astype(str)
            ),
            list(values.index),
        )
        for end in ("best", "worst")
    }


def found(table_a2a: pd.DataFrame, rating: pd.Series, often: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every figure that the study prints, as `studies.beside_printed` takes it.

    table_a2a : what `regressions` returns, a reason where there is one; rating : Ofsted's own.
    """
    rows = []
    for row in table_a2a.itertuples():
        item = {"place": "Table A2a", "item": str(row.variable_no), "n": row.n, "reason": row.reason}
        rows += [
            item | {"statistic": "multiple_r", "reproduced": row.multiple_r},
            item | {"statistic": "p", "reproduced": row.p},
        ]
    of_sample = {"place": "Sample", "statistic": "n", "n": len(rating), "reason": ""}
    for code, words in figures.RATING_WORDS.items():
        rows.append(of_sample | {"item": words, "reproduced": int((rating == code).sum())})
    rows.append(of_sample | {"item": "all", "reproduced": len(rating)})
    for end, counts, lists in (("best", "Table 1", "Table 2"), ("worst", "Table 3", "Table 4")):
        times = often[end].set_index("la_code")["times"]
        for k in range(len(RANKED) + 1):
            row = {"place": counts, "item": str(k), "statistic": "n_authorities", "n": len(times)}
            rows.append(row | {"reproduced": int((times == k).sum()), "reason": ""})
        for la_code, k in times.items():
            row = {"place": lists, "item": la_code, "statistic": "listed", "n": len(times)}
            reason = f"By this rule it is among the {end} 10% on {k} indicators: too few for the list"
            rows.append(row | {"reproduced": int(k >= OFTEN), "reason": reason})
    return pd.DataFrame(rows)


def report(which: str = "as-published", rule: str = "percentile") -> Result:
    """The study from the mart: printed beside reproduced, both ratings, the tables and what the data are.

    which : one of RATINGS; rule : one of `rankings.EXTREME_RULES`, for the best and worst 10%.
    """
    study, synthetic = panels.load_study(NAME), mart.is_synthetic()
    inspections = panels.load_inspections(["SIF"], ["first"], published_to=REPORTS_UNTIL)
    variables = study["variables"]
    regressed = variables[variables["used_for"].str.contains("regression")]
    labels = dict(zip(regressed["variable_no"], regressed["variable"], strict=True))
    polarity = dict(zip(variables["variable_no"], variables["polarity"], strict=True))
    values = studies.values_of(study, "regression")
    rated = {name: ratings(inspections, study["authorities"], name) for name in RATINGS}
    by_rating = {name: regressions(values, rating, labels) for name, rating in rated.items()}
    rating = rated[which]
    often = tables(studies.values_of(study, "percentiles"), polarity, rule)
    names = study["figures"].drop_duplicates("la_code").set_index("la_code")["la_name"]
    otherwise = "; ".join(
        f"{names.get(row.la_code, row.la_code)} as Ofsted rated it: the study had {row.rating_as_published}"
        for row in study["authorities"].itertuples()
    )
    differs = by_rating[which]["r"].sub(by_rating["as-published"]["r"]).abs() > 0
    regressed_so = by_rating[which].assign(reason=by_rating[which]["reason"].mask(differs, otherwise))
    beside = studies.beside_printed(
        study["results"], found(regressed_so, rated["corrected"], often), synthetic
    )
    of_a2a = beside["place"].eq("Table A2a")
    beside.loc[of_a2a, "label"] = beside.loc[of_a2a, "item"].astype(int).map(labels)
    columns = [
        "variable_no",
        "variable",
        "n",
        "r",
        "multiple_r",
        "statistic",
        "p",
        "p_holm",
        "p_bh",
        "reason",
    ]
    table_a2a = by_rating[which][columns].rename(columns={"statistic": "f"})
    both = by_rating["as-published"][["variable_no", "variable", "n", "r", "p"]].merge(
        by_rating["corrected"][["variable_no", "r", "p", "p_holm"]],
        on="variable_no",
        suffixes=("_as_published", "_corrected"),
    )
    drawn, alt = figures.rating_distribution(rating)
    correlations = association.correlate(
        values.reindex(rating.index).assign(rating=rating), "rating", list(values), "pearson"
    )
    forest, forest_alt = figures.estimates(
        correlations, [labels[no] for no in correlations["indicator"]], "correlation with the rating"
    )
    judged = inspections.set_index("la_code")
    lists = {
        end: frame[frame["times"] >= OFTEN]
        .assign(
            local_authority=lambda it: it["la_code"].map(names),
            rating=lambda it: it["la_code"].map(rating).map(figures.RATING_WORDS).fillna("none by then"),
            report=lambda it: it["la_code"].map(judged["published_on"].dt.strftime("%-d %B %Y")).fillna(""),
        )
        .reindex(columns=["la_code", "local_authority", "times", "n", "rating", "report", "indicators"])
        for end, frame in often.items()
    }
    counts = rankings.appearance_counts(often["best"]["times"]).merge(
        rankings.appearance_counts(often["worst"]["times"]),
        on="times",
        how="outer",
        suffixes=("_best", "_worst"),
    )
    named = "; ".join(
        f"{names.get(row.la_code, row.la_code)}: {row.note}" for row in study["authorities"].itertuples()
    )
    printed = beside[beside["statistic"].eq("listed")].groupby("place")["item"].agg(set)
    others = "; ".join(
        f"Table {number}: {', '.join(more['local_authority'])}"
        for number, end in ((2, "best"), (4, "worst"))
        if len(more := lists[end][~lists[end]["la_code"].isin(printed[f"Table {number}"])])
    )
    found_rule = f"Rule: {rankings.EXTREME_RULES[rule]} (--rule {rule})."
    parts = [
        studies.beside_part(beside, f"Listed by the rule {rule}, not printed: {others or 'none'}."),
        Part("Ratings of the sample", f"Ratings {which}. {COUNTED}", figure=drawn, alt=alt),
        Part(
            f"Table A2a, ratings {which}",
            "Simple regressions of the rating (1 inadequate to 4 outstanding) on each indicator as printed, "
            "rounded, suppressed ones left out; r has the sign that the study leaves away; p_holm and p_bh "
            "are corrected for the number of tests.",
            table_a2a,
            decimals=6,
        ),
        Part(
            "Correlations with intervals",
            "Above 0: more of it, better rated. Filled: the interval leaves 0 out.",
            figure=forest,
            alt=forest_alt,
        ),
        Part("Ratings as published and corrected", f"{named}.", both, decimals=6),
        Part("Tables 1 and 3 authorities by times among the best and the worst 10%", found_rule, counts),
        Part(f"Table 2 best {OFTEN} times or more", found_rule, lists["best"]),
        Part(f"Table 4 worst {OFTEN} times or more", found_rule, lists["worst"]),
        Part("What the study leaves open or contradicts", "", study["remarks"]),
        Part(
            "Data",
            "Every figure from fct_indicator_edition, in the edition that was out then; ratings from "
            "fct_inspection.",
            studies.figures_used(study),
        ),
    ]
    sure = table_a2a[table_a2a["p_holm"] < 0.05]
    standing = ", ".join(
        f"{row.variable.lower()} (r = {row.r:+.3f}: more of it, {'better' if row.r > 0 else 'worse'} rated)"
        for row in sure.itertuples()
    )
    lead = (
        f"{QUESTION}\n{studies.summary(beside, synthetic)} "
        f"Of {int(table_a2a['p'].notna().sum())} indicators, after "
        f"correction for so many tests (Holm), "
        + (f"these go with the rating: {standing}." if standing else "none goes with the rating.")
    )
    return Result(NAME, f"La Valle et al. (2016), ratings {which}", lead, synthetic, parts)
