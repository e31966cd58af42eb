"""The study's question answered out of sample, in words, tables and pictures."""

import pandas as pd

from python_stats import figures, mart, panels
from python_stats.prediction.features import (
    ALL,
    ALL_PREVIOUS,
    DEPRIVED,
    GOOD,
    PREVIOUS,
    RATED_BEFORE,
    STUDIES,
    WAVE,
    feature_sets,
    load,
)
from python_stats.prediction.folds import CROSS, FORWARD, SCHEMES
from python_stats.prediction.measures import (
    MEASURES,
    calibration,
    calibration_bins,
    gains,
    mean_risks,
    measures,
    side_by_side,
)
from python_stats.prediction.ridge import coefficients
from python_stats.prediction.trials import REPEATS, no_trial, trials
from python_stats.results import Part, Result

QUESTION = "Do performance indicators predict Ofsted ratings?"


def strength(auc_of: float) -> str:
    """How well an AUC tells apart, by the bounds of Hosmer and Lemeshow (2000, 5.2.4)."""
    return "weakly" if auc_of < 0.7 else "fairly well" if auc_of < 0.8 else "well"


def answer(table: pd.DataFrame, gained: pd.DataFrame) -> str:
    """The question and its answer, from the numbers: `table` of `measures`, `gained` of `gains`."""
    of_auc = table[table["measure"] == MEASURES["auc"]].set_index(["scheme", "features"])
    schemes = [scheme for scheme in SCHEMES if (scheme, ALL) in of_auc.index]
    found = [of_auc.loc[(scheme, ALL)] for scheme in schemes]
    beyond = [row["low"] > 0.5 for row in found]
    worst = min(row["estimate"] for row in found)
    verdict = f"Yes, {strength(worst)}" if all(beyond) else "In part" if any(beyond) else "Not beyond chance"

    def times(features: str) -> str:
        return " and ".join(f"{100 * of_auc.loc[(scheme, features), 'estimate']:.0f}" for scheme in schemes)

    where = {
        CROSS: "among authorities the model had not seen",
        FORWARD: "in waves later than those it learnt from",
    }
    pairs = " and ".join(
        f"{100 * row['estimate']:.0f} of 100 times {where[scheme]} (95% interval {100 * row['low']:.0f} to "
        f"{100 * row['high']:.0f})"
        for scheme, row in zip(schemes, found, strict=True)
    )
    more = gained[
        (gained["features"] == ALL_PREVIOUS)
        & (gained["beside"] == RATED_BEFORE)
        & (gained["measure"] == MEASURES["auc"])
    ]
    adds = ", ".join(
        f"{100 * r.estimate:+.0f} ({100 * r.low:+.0f} to {100 * r.high:+.0f})" for r in more.itertuples()
    )
    of_skill = table[(table["measure"] == MEASURES["skill"]) & (table["features"] == ALL)].set_index("scheme")
    skills = of_skill.loc[schemes].itertuples()
    gain = " and ".join(f"{100 * r.estimate:.0f}% ({100 * r.low:.0f} to {100 * r.high:.0f})" for r in skills)
    sure = "beyond" if (more["low"] > 0).all() else "not surely beyond"
    return (
        f"{QUESTION} {verdict}: of two authorities inspected in the same wave, one rated good or outstanding "
        f"and one below, the indicators point to the better rated {pairs}, where a coin is right 50 times, "
        f"the previous rating alone {times(RATED_BEFORE)}, deprivation alone {times(DEPRIVED)}.\n"
        f"What the indicators add to the previous rating is {sure} chance: {adds} of 100 pairs. As "
        f"probabilities they are better than the base rate by {gain} of its squared error."
    )


def report(repeats: int = REPEATS, seed: int = 1) -> Result:
    """The question of the study of 45 indicators, answered out of sample, from the mart.

    repeats : of the cross-validation; seed : of everything random.
    """
    codes = sorted({c for study in STUDIES for c in panels.load_study(study)["variables"]["indicator_code"]})
    sets = feature_sets(codes)
    codes = [name for name in sets[ALL] if name != WAVE]
    data, synthetic = load(codes), mart.is_synthetic()
    inspections = data.inspections
    title = "Ofsted's ratings foretold from what was published before"
    by_wave = (
        inspections.groupby("wave", observed=True)
        .agg(
            n=("grade", "size"),
            n_authorities=("la_code", "nunique"),
            good_or_outstanding=("grade", lambda it: it.ge(GOOD).mean()),
            began_from=("began_on", lambda it: it.min().date()),
            began_to=("began_on", lambda it: it.max().date()),
        )
        .reset_index()
    )
    reason = no_trial(data)
    if reason:
        return Result(
            "predict",
            title,
            f"{QUESTION} Too little data: {reason}.",
            synthetic,
            [Part("Inspections", "", by_wave)],
        )
    predictions = trials(data, sets, repeats, seed)
    table, drawn = measures(predictions, seed=seed)
    gained, risks = gains(drawn), mean_risks(predictions)
    calibrated, bins = calibration(risks), calibration_bins(risks)
    labels = {code: mart.indicator(code).label for code in codes} | {
        WAVE: "Wave (the trend over time)",
        PREVIOUS: "Previous rating",
    }
    leaned = coefficients(data, sets[ALL], seed=seed)
    leaned.insert(0, "label", leaned["feature"].map(labels))
    aucs = table[table["measure"] == MEASURES["auc"]]
    drawn_aucs, alt_aucs = figures.estimates(
        aucs, [f"{r.features} ({r.scheme})" for r in aucs.itertuples()], "AUC within wave", 0.5
    )
    first = leaned.dropna(subset=["estimate"]).head(20)
    drawn_leaned, alt_leaned = figures.estimates(
        first, list(first["label"]), "log odds of good or outstanding per standard deviation"
    )
    drawn_bins, alt_bins = figures.calibration(bins[bins["features"] == ALL])
    how = "; ".join(f"{name}: {words}" for name, words in SCHEMES.items())
    parts = [
        Part(
            "How well ratings are foretold",
            f"{how}. AUC counts pairs of the same wave alone. All sets have the trend over the waves; the "
            "base rate has nothing else. Intervals (95%): authorities drawn with replacement, models as they "
            "are. Skill: Brier score v base rate, 0 is none. Kappa: quadratic weighted, of four grades, 0 is "
            "chance. Exact, within one: share of grades right, or one off at most.",
            side_by_side(table),
            hidden=("kappa_low", "kappa_high", "n_authorities"),
        ),
        Part(
            "AUC with intervals",
            "Filled: the interval leaves 0.5, a coin, out.",
            figure=drawn_aucs,
            alt=alt_aucs,
        ),
        Part("What more features add", "The first set less the one beside it, draw by draw.", gained),
        Part(
            "Calibration",
            "Of all indicators: fifths of the inspections by their risk. On the dashed line as many were "
            "good or outstanding as foretold.",
            figure=drawn_bins,
            alt=alt_bins,
        ),
        Part(
            "Calibration intercept and slope",
            "Right are an intercept of 0 and a slope of 1; a slope below 1: foretold too surely.",
            calibrated,
            hidden=("method",),
        ),
        Part("Calibration by fifths", "", bins, hidden=("method",)),
        Part(
            "Which indicators the model leans on",
            "Shrunken coefficients of the model fitted to all inspections, each indicator as its standing "
            "among all authorities that year. They are not causes: related indicators share one effect "
            "between them, and whatever goes with both an indicator and the rating is in its coefficient.",
            leaned,
            hidden=("method", "feature"),
        ),
        Part(
            "The twenty largest coefficients",
            "Filled: the interval leaves 0 out; with so many some do by chance.",
            figure=drawn_leaned,
            alt=alt_leaned,
        ),
        Part("All measures", "", table, hidden=("method",)),
        Part("Inspections by wave", f"Graded inspections: {len(inspections)}.", by_wave),
    ]
    authorities = inspections["la_code"].nunique()
    lead = (
        f"{answer(table, gained)}\n{len(inspections)} inspections of {authorities} authorities under SIF and "
        f"ILACS; {len(codes)} indicators of the two studies, with spend on children's services, in the last "
        f"edition out before the inspection began; repeats: {repeats}, seed: {seed}. Ratings before SIF were "
        "on other frameworks and are not used as the previous rating."
    )
    return Result("predict", title, lead, synthetic, parts)
