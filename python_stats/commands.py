"""The commands that are not a study's own: from the published mart to a Result."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from python_stats import association, figures, groups, mart, models, panels, rankings
from python_stats.results import Part, Result

JUDGEMENTS = ["overall", "leaders", "help_and_protection", "children_in_care", "care_leavers"]
HIGH, LOW = "good or outstanding", "below good"


@dataclass(frozen=True)
class Asked:
    """Which figures and which inspections a command is of."""

    indicators: list[str]
    year: int
    as_of: date | None = None
    judgement: str = "overall"
    frameworks: tuple[str, ...] = ("SIF", "ILACS")
    published_from: date | None = None
    published_to: date | None = None
    first: bool = False


def rank(code: str, year: int) -> Result:
    """Authorities in order of one indicator in one year, LAIT's ranks, each with its 95% limits."""
    about = mart.indicator(code)
    frame = rankings.rank(mart.indicator_year(code, year), about.polarity)
    limits = mart.query(
        "select la_code, lower_95 as low, upper_95 as high from fct_benchmark "
        "where indicator_code = ? and year = ?",
        [code, year],
    )
    frame = frame.merge(limits, on="la_code", how="left", validate="one_to_one")
    table = frame.assign(
        note=frame["note"].where(frame["note"].ne("") | ~frame["is_derived"].eq(True), "computed"),
        indicator_code=code,
        year=year,
    )[
        [
            "rank", "la_code", "la_name", "region_name", "value", "low", "high", "note", "ties", "n",
            "status", "edition", "is_derived", "indicator_code", "year",
        ]
    ]  # fmt: skip
    best = {"high": "highest is best", "low": "lowest is best", "none": "no polarity, so no ranks"}
    editions = ", ".join(sorted(frame["edition"].dropna().unique()))
    lead = (
        f"{about.definition} N = {int(frame['n'].iloc[0])} of {len(frame)} authorities; "
        f"{best[about.polarity]}; equal values share a rank; {about.unit}; edition {editions}; low and high: "
        "95% limits of chance, where the counts are known."
    )
    drawn, alt = figures.ranking(frame, about.label, about.unit)
    hidden = ("n", "status", "edition", "is_derived", "indicator_code", "year")
    parts = [
        Part("Ranking", "", table, decimals=int(about.decimals), hidden=hidden),
        Part("Ranking with intervals", "", figure=drawn, alt=alt),
    ]
    return Result(f"rank-{code}-{year}", f"{about.label}, {year}", lead, mart.is_synthetic(), parts)


def chosen(
    asked: Asked, left_out: str = "a figure is left out of that indicator alone"
) -> tuple[pd.DataFrame, dict[str, str], str]:
    """The frame of a command, the indicators' labels, and in words what it is.

    The frame has a row per authority (la_code) inspected in the window and with a judgement: `rating`
    (1 to 4), `level` (HIGH or LOW) and a column per indicator. Of several inspections the last counts, or
    the first. left_out : what becomes of an authority without a figure, in the words.
    Raises MartError if nobody is left.
    """
    labels = {code: mart.indicator(code).label for code in asked.indicators}
    inspections = panels.load_inspections(
        asked.frameworks, published_from=asked.published_from, published_to=asked.published_to
    )
    rated = (
        inspections.dropna(subset=[f"{asked.judgement}_code"])
        .drop_duplicates("la_code", keep="first" if asked.first else "last")
        .set_index("la_code")[f"{asked.judgement}_code"]
    )
    panel = panels.load_panel(asked.indicators, [asked.year], asked.as_of)
    values = panels.wide(panel).droplevel("year").reindex(columns=asked.indicators)
    frame = values.loc[values.index.isin(rated.index)].copy()
    if frame.empty:
        raise mart.MartError(
            f"no authority has both a figure of {asked.year} and such an inspection\n"
            "  do: choose another year, or a wider window of publication"
        )
    frame["rating"] = rated.reindex(frame.index).astype(int)
    frame["level"] = pd.Categorical(frame["rating"].ge(3).map({True: HIGH, False: LOW}), [LOW, HIGH])
    known = f"as known on {asked.as_of}" if asked.as_of else "latest editions"
    which = f"{'first' if asked.first else 'last'} {' or '.join(asked.frameworks)} inspection"
    window = f"from {asked.published_from or 'the beginning'} to {asked.published_to or 'now'}"
    words = (
        f"{len(frame)} authorities; judgement: {asked.judgement.replace('_', ' ')}, 1 inadequate to 4 "
        f"outstanding, of the {which} published {window}; indicators of {asked.year}, {known}; an authority "
        f"without {left_out}."
    )
    return frame, labels, words


def named(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """A table with the indicator's label beside its code, in front."""
    out = frame.copy()
    out.insert(0, "label", out["indicator"].map(labels))
    return out


def associate(asked: Asked, method: str) -> Result:
    """Does each indicator go with the rating: correlations or regressions, corrected for their number."""
    frame, labels, words = chosen(asked)
    if method == "regression":
        table = association.simple_regression(frame, "rating", asked.indicators)
    else:
        table = association.correlate(frame, "rating", asked.indicators, method)
    table = named(association.adjust(table), labels)
    smallest = association.smallest_detectable(len(frame))
    power = smallest if isinstance(smallest, str) else f"{smallest:.2f}"
    parts = [
        Part(
            "Association with the rating",
            f"p_holm and p_bh: corrected for the number of tests m. The smallest correlation that "
            f"{len(frame)} authorities show four times in five: {power}.",
            table,
            hidden=("outcome", "method"),
        )
    ]
    if method != "regression":
        drawn, alt = figures.estimates(
            table, [labels[c] for c in table["indicator"]], "correlation with the rating"
        )
        parts.append(Part("With intervals", "Filled: the interval leaves 0 out.", figure=drawn, alt=alt))
    if len(asked.indicators) > 1 and method != "regression":
        matrix = association.correlation_matrix(frame, asked.indicators, method)
        drawn, alt = figures.correlation_matrix(
            matrix.assign(first=matrix["first"].map(labels), second=matrix["second"].map(labels)),
            list(labels.values()),
        )
        parts.append(
            Part("Among each other", "", matrix, figure=drawn, alt=alt, hidden=("method",)),
        )
    method_words = table["method"].iloc[0]
    return Result(
        "associate", f"Association with the rating: {method_words}", words, mart.is_synthetic(), parts
    )


def compare(asked: Asked) -> Result:
    """Do authorities rated good or outstanding differ from the others: means, ranges, overlap."""
    frame, labels, words = chosen(asked)
    tests = pd.concat(
        [groups.t_test(frame, asked.indicators, "level", kind).assign(kind=kind) for kind in groups.T_TESTS],
        ignore_index=True,
    )
    tests = named(association.adjust(tests, within="kind"), labels)
    ranges = groups.overlap(frame, asked.indicators, "level")
    four = frame.assign(rating=frame["rating"].map(figures.RATING_WORDS))
    anova = named(groups.anova(four, asked.indicators, "rating"), labels)
    drawn, alt = figures.ranges(ranges, labels)
    distribution, distribution_alt = figures.rating_distribution(frame["rating"])
    parts = [
        Part(
            "Means",
            f"First: {LOW}; second: {HIGH}.",
            tests.drop(columns=["first", "second"]),
            hidden=("method",),
        ),
        Part(
            "Ranges",
            "From the lowest to the highest, the middle half thick, the median marked; estimate: the "
            "share of the group within the range of the other.",
            named(ranges, labels),
            figure=drawn,
            alt=alt,
            hidden=("method",),
        ),
        Part("All four ratings", "Analysis of variance.", anova, hidden=("method",)),
        Part("Ratings", "", figure=distribution, alt=distribution_alt),
    ]
    return Result("compare", f"{HIGH.capitalize()} against {LOW}", words, mart.is_synthetic(), parts)


def model(asked: Asked, kind: str, interval: str) -> Result:
    """What tells the ratings apart: a logistic, stepwise or ordinal model of the rating on the indicators."""
    frame, labels, words = chosen(asked, "all of the figures is left out (see n)")
    frame["is_high"] = frame["rating"].ge(3).astype(int)

    def worded(terms: pd.DataFrame) -> pd.DataFrame:
        return terms.assign(term=[labels.get(term, term) for term in terms["term"]])

    if kind == "ordinal":
        fitted = models.ordinal_logistic(frame, "rating", asked.indicators)
        more = [
            Part(
                "Test of proportional odds",
                "A small p speaks against the model.",
                worded(models.proportional_odds_test(frame, "rating", asked.indicators)),
            )
        ]
    elif kind == "stepwise":
        steps = models.forward_stepwise(frame, "is_high", asked.indicators, interval=interval)
        fitted = steps.model
        more = [
            Part("Steps", "", worded(steps.steps), hidden=("method",)),
            Part("Left out", "", worded(steps.left_out), hidden=("method",)),
        ]
    else:
        fitted, more = models.logistic(frame, "is_high", asked.indicators, interval), []
    method = fitted.fit["method"].iloc[0]
    of = "the rating" if kind == "ordinal" else f"a rating of {HIGH}"
    terms = Part("Terms", fitted.reason, worded(fitted.terms), hidden=("method",))
    fit = Part("Fit", "", fitted.fit)
    return Result("model", f"Model of {of}: {method}", words, mart.is_synthetic(), [terms, fit, *more])


def unique(codes: Iterable[str]) -> list[str]:
    """Codes in their order, each once."""
    return list(dict.fromkeys(codes))
