"""authorities rated good or outstanding against the others

Student's and Welch's t-test with effect sizes, the ranges of both groups and
how far they overlap, and analysis of variance over all four ratings.

examples (stats is python -m python_stats):
  stats compare --indicator dental_check_pct --year 2018 \\
      --published-from 2018-01-01
"""

import pandas as pd

from python_stats import association, figures, groups, mart
from python_stats.asked import HIGH, LOW, Asked, chosen
from python_stats.commands.options import add_choice, asked
from python_stats.results import Part, Result, named

add_options = add_choice


def run(args) -> Result:
    return compare(asked(args))


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
