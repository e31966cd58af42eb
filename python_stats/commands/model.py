"""a logistic or ordinal model of the rating

Odds ratios of the indicators together, with the test of fit, among authorities
that have all of them; or why there is no model, such as separation.

examples (stats is python -m python_stats):
  stats model --indicator dental_check_pct --indicator imd_average_score \\
      --year 2018 --published-from 2018-01-01 --kind ordinal
"""

from python_stats import mart, models
from python_stats.asked import HIGH, Asked, chosen
from python_stats.commands.options import add_choice, asked
from python_stats.results import Part, Result, worded


def add_options(parser) -> None:
    add_choice(parser)
    parser.add_argument(
        "--kind",
        choices=["logistic", "stepwise", "ordinal"],
        default="logistic",
        help="of good or outstanding; the same, selected forward; of all four ratings (default: logistic)",
    )
    parser.add_argument(
        "--interval",
        choices=["wald", "profile"],
        default="wald",
        help="profile: of a logistic or stepwise model only; default: wald",
    )
    parser.set_defaults(refuse=parser.error)


def run(args) -> Result:
    if (args.kind, args.interval) == ("ordinal", "profile"):
        args.refuse("argument --interval: 'profile' with --kind ordinal: expected wald")
    return model(asked(args), args.kind, args.interval)


def model(asked: Asked, kind: str, interval: str) -> Result:
    """What tells the ratings apart: a logistic, stepwise or ordinal model of the rating on the indicators."""
    frame, labels, words = chosen(asked, "all of the figures is left out (see n)")
    frame["is_high"] = frame["rating"].ge(3).astype(int)

    if kind == "ordinal":
        fitted = models.ordinal_logistic(frame, "rating", asked.indicators)
        more = [
            Part(
                "Test of proportional odds",
                "A small p speaks against the model.",
                worded(models.proportional_odds_test(frame, "rating", asked.indicators), labels),
            )
        ]
    elif kind == "stepwise":
        steps = models.forward_stepwise(frame, "is_high", asked.indicators, interval=interval)
        fitted = steps.model
        more = [
            Part("Steps", "", worded(steps.steps, labels), hidden=("method",)),
            Part("Left out", "", worded(steps.left_out, labels), hidden=("method",)),
        ]
    else:
        fitted, more = models.logistic(frame, "is_high", asked.indicators, interval), []
    method = fitted.fit["method"].iloc[0]
    of = "the rating" if kind == "ordinal" else f"a rating of {HIGH}"
    terms = Part("Terms", fitted.reason, worded(fitted.terms, labels), hidden=("method",))
    fit = Part("Fit", "", fitted.fit)
    return Result("model", f"Model of {of}: {method}", words, mart.is_synthetic(), [terms, fit, *more])
