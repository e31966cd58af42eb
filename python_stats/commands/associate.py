"""correlation or regression of the rating with each indicator

Spearman's or Pearson's correlation, or simple regression as Excel prints it,
with intervals, p-values corrected for the number of tests (Holm,
Benjamini-Hochberg) and the smallest correlation so many authorities can show.

examples (stats is python -m python_stats):
  stats associate --indicator agency_rate_headcount_pct \\
      --indicator re_referrals_pct --year 2015 --as-of 2016-04-01 \\
      --framework SIF --first --published-to 2016-03-11
  stats associate --indicator re_referrals_pct --year 2015 --method pearson
"""

from python_stats import association, figures, mart
from python_stats.asked import Asked, chosen
from python_stats.commands.options import add_choice, asked
from python_stats.results import Part, Result, named


def add_options(parser) -> None:
    add_choice(parser)
    parser.add_argument(
        "--method",
        choices=["spearman", "pearson", "regression"],
        default="spearman",
        help="default: spearman",
    )


def run(args) -> Result:
    return associate(asked(args), args.method)


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
