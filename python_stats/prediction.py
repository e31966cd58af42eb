"""Do performance indicators predict Ofsted's ratings? Out of sample: no inspection helps to predict itself.

Every feature of an inspection carries the day it was known on, which must not be after the inspection began.
Models are fitted to some authorities and tried on others (cross-validation), or fitted to earlier waves of
inspections and tried on later ones (forward in time). What is learnt from the data - what fills a gap, means
and spreads, how strongly to shrink - is learnt from the training side alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from rich.console import Console
from rich.progress import track
from statsmodels.stats.proportion import proportion_confint

from python_stats import figures, mart, panels, proportional_odds
from python_stats.results import Part, Result

DEPRIVATION = ["imd_average_score"]
SPEND = ["s251_net_total_per_child_gbp", "ro3_net_total_per_child_gbp"]
"""Two definitions, each for the years it was out in time; one is never continued by the other."""
PREVIOUS, WAVE = "previous_rating", "wave_number"
STUDIES = ("la-valle-2016", "ofsted-45")
ALL, ALL_PREVIOUS = "all indicators", "all indicators and previous rating"
BASE, RATED_BEFORE, DEPRIVED = "base rate", "previous rating", "deprivation"
FOLDS, INNER_FOLDS, REPEATS, DRAWS, REFITS = 5, 4, 5, 1000, 200
PENALTIES = (3000.0, 600.0, 120.0, 24.0, 5.0)
"""From nearly no effects to nearly free ones, of features in standard deviations; the strongest first."""
GOOD, GRADES = 3, 4
EARLIEST_TEST = "ILACS 2018-19"
"""The first wave to be foretold: the two waves before it are what there is to learn from."""
CROSS, FORWARD = "new authorities", "later wave"
SCHEMES = {
    CROSS: "repeated cross-validation, all inspections of an authority on one side",
    FORWARD: "trained on reports out before the wave began, tried on the wave",
}
QUESTION = "Do performance indicators predict Ofsted ratings?"


class Leak(Exception):
    """A prediction would use what it could not have known."""


@dataclass(frozen=True)
class Data:
    """Inspections and what was known before them.

    inspections : a row per inspection (index inspection_id): la_code, wave, began_on, published_on, grade (1
        inadequate to 4 outstanding).
    features : the same index, a column per feature, NaN where nothing was known.
    """

    inspections: pd.DataFrame
    features: pd.DataFrame


# ----------------------------------------------------------------- what was known


def standings(figures_of: pd.DataFrame) -> pd.DataFrame:
    """Where each figure stood among all authorities, by what was known on the day it came out.

    figures_of : figures of `panels.load_editions`, those with a value.

    Returns its rows with `standing`: the share of authorities below, half of those that tie included (0 to
    1), among those of the same indicator, year and edition whose figures were out by the day of this one.
    """
    key = ["indicator_code", "year", "edition"]
    out = figures_of.assign(standing=np.nan)
    turn = out.groupby(key)["known_on"].rank(method="dense")
    for day in sorted(turn.unique()):
        values = out.loc[turn <= day].groupby(key)["value"]
        place = (values.rank() - 0.5) / values.transform("size")
        out["standing"] = out["standing"].mask(turn == day, place)
    return out


def check_known(known: pd.DataFrame, inspections: pd.DataFrame) -> None:
    """Raise Leak if a feature came out after the inspection it is to predict had begun.

    known : inspection_id, feature, known_on; inspections : began_on by inspection_id.
    """
    began = known["inspection_id"].map(inspections["began_on"])
    # What carries no date cannot be shown to have been known.
    late = known[~(known["known_on"] <= began)]
    if len(late):
        first = late.iloc[0]
        raise Leak(
            f"{len(late)} figures were not known when the inspection began: {first['feature']} of "
            f"{first['inspection_id']}, out on {first['known_on']}"
        )


def load(indicators: Iterable[str]) -> Data:
    """Inspections under SIF and ILACS with an overall grade, and what was known before each.

    Features are the standing of each indicator, the previous grade and the number of the wave. Raises
    MartError for an unknown code, Leak if anything was not known in time.
    """
    inspections, figures_of = panels.load_at_inspections(indicators)
    inspections = inspections.dropna(subset=["overall_code"]).rename(columns={"overall_code": "grade"})
    editions = panels.load_editions(indicators).dropna(subset=["value"])
    placed = standings(editions)[["la_code", "indicator_code", "year", "edition", "standing"]]
    figures_of = figures_of[figures_of["inspection_id"].isin(inspections.index)].merge(
        inspections["la_code"], left_on="inspection_id", right_index=True
    )
    figures_of = figures_of.merge(
        placed, on=["la_code", "indicator_code", "year", "edition"], validate="many_to_one"
    ).rename(columns={"indicator_code": "feature", "standing": "it"})
    before = inspections.groupby("la_code")["published_on"].shift()
    previous = pd.DataFrame(
        {
            "inspection_id": inspections.index,
            "feature": PREVIOUS,
            "known_on": before.to_numpy(),
            "it": inspections["previous_overall_code"].to_numpy(),
        }
    ).dropna()
    known = pd.concat([figures_of[previous.columns], previous], ignore_index=True)
    check_known(known, inspections)
    features = known.pivot(index="inspection_id", columns="feature", values="it")
    features = features.reindex(index=inspections.index, columns=[*sorted(set(indicators)), PREVIOUS])
    features[WAVE] = inspections["wave"].cat.codes.astype(float)
    kept = ["la_code", "wave", "began_on", "published_on", "grade"]
    inspections = inspections[kept].astype({"grade": int})
    return Data(inspections[inspections["wave"].notna()], features[inspections["wave"].notna()])


def feature_sets(indicators: Iterable[str]) -> dict[str, list[str]]:
    """What is compared: names of sets and their features. The trend over the waves is in all of them."""
    everything = list(dict.fromkeys([*indicators, *DEPRIVATION, *SPEND]))
    return {
        BASE: [WAVE],
        RATED_BEFORE: [WAVE, PREVIOUS],
        DEPRIVED: [WAVE, *DEPRIVATION],
        "deprivation and spend": [WAVE, *DEPRIVATION, *SPEND],
        ALL: [WAVE, *everything],
        ALL_PREVIOUS: [WAVE, *everything, PREVIOUS],
    }


# ----------------------------------------------------------------- who is on which side


def grouped_folds(groups: np.ndarray, k: int, rng: np.random.Generator) -> list[tuple]:
    """k pairs of training and test rows; groups, in random order, are dealt to the folds whole."""
    names, members = np.unique(groups, return_inverse=True)
    fold = (rng.permutation(len(names)) % k)[members]
    return [(np.flatnonzero(fold != of), np.flatnonzero(fold == of)) for of in range(k)]


def forward_folds(inspections: pd.DataFrame) -> list[tuple]:
    """A pair per wave from EARLIEST_TEST on: reports out before its first inspection began, and the wave."""
    waves = list(inspections["wave"].cat.categories)
    pairs = []
    for wave in waves[waves.index(EARLIEST_TEST) :]:
        test = inspections["wave"].eq(wave).to_numpy()
        out_before = inspections["published_on"] < inspections.loc[test, "began_on"].min()
        pairs.append((np.flatnonzero(out_before & ~test), np.flatnonzero(test)))
    return [(train, test) for train, test in pairs if len(train) and len(test)]


def check_folds(folds: list[tuple], inspections: pd.DataFrame, scheme: str) -> None:
    """Raise Leak if training could tell of the test.

    Across authorities no authority is on both sides; forward in time every report of the training was out
    before the first inspection of the test began.
    """
    for train, test in folds:
        learnt, tried = inspections.iloc[train], inspections.iloc[test]
        if set(train) & set(test):
            raise Leak("an inspection is on both sides")
        both = set(learnt["la_code"]) & set(tried["la_code"])
        if scheme == CROSS and both:
            raise Leak(f"authorities on both sides: {', '.join(sorted(both))}")
        if scheme == FORWARD and learnt["published_on"].max() >= tried["began_on"].min():
            raise Leak("a report of the training came out after an inspection of the test had begun")


# ----------------------------------------------------------------- models


def prepare(train: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """How rows become predictors, learnt from the training rows (cases, features) alone.

    A gap is filled with the training median and told by an indicator of its own; then everything is put into
    standard deviations. A feature without any value, or without variation, drops out.
    """
    has = ~np.isnan(train).all(axis=0)
    middle = np.nanmedian(train[:, has], axis=0)
    gaps = np.isnan(train[:, has]).any(axis=0)

    def filled(rows):
        known = rows[:, has]
        empty = np.isnan(known)
        return np.hstack([np.where(empty, middle, known), empty[:, gaps]])

    mean, spread = filled(train).mean(axis=0), filled(train).std(axis=0)
    varies = spread > 1e-9
    return lambda rows: ((filled(rows) - mean) / np.where(varies, spread, 1))[:, varies]


def predict(
    train: np.ndarray, grades: np.ndarray, groups: np.ndarray, test: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Probabilities of the grades of the test rows: array (cases, grades).

    Ridge regression of ordered grades with proportional odds (of two: logistic). The penalty is the one of
    PENALTIES with the best log score in an inner cross-validation of the training rows, by groups.

    train, test : arrays (cases, features) with NaN for gaps; grades : array of codes from 0, of the training
    rows; groups : their authorities.
    """
    return _fitted(train, grades, best_penalty(train, grades, groups, rng), test)


def _fitted(train, grades, penalty, test) -> np.ndarray:
    """Predictions at one penalty; a grade that the training has not seen gets no probability."""
    seen, codes = np.unique(grades, return_inverse=True)
    ready = prepare(train)
    out = np.zeros((len(test), GRADES))
    out[:, seen] = 1.0
    if len(seen) > 1:
        params = proportional_odds.fit(ready(train), codes, penalty)
        out[:, seen] = proportional_odds.probabilities(params, ready(test))
    return out


def best_penalty(
    train: np.ndarray, grades: np.ndarray, groups: np.ndarray, rng: np.random.Generator
) -> float:
    """The penalty with the best log score in a cross-validation by groups; the strongest of equals."""
    losses = np.zeros(len(PENALTIES))
    for inner, tried in grouped_folds(groups, INNER_FOLDS, rng):
        seen, codes = np.unique(grades[inner], return_inverse=True)
        counted = tried[np.isin(grades[tried], seen)]
        if len(seen) < 2 or not len(counted):
            continue
        ready = prepare(train[inner])
        x, z, params = ready(train[inner]), ready(train[counted]), None
        at = np.searchsorted(seen, grades[counted])
        for place, penalty in enumerate(PENALTIES):
            params = proportional_odds.fit(x, codes, penalty, params)
            chances = proportional_odds.probabilities(params, z)[np.arange(len(at)), at]
            losses[place] -= np.log(np.maximum(chances, 1e-12)).sum()
    return PENALTIES[int(losses.argmin())]


def check_blind(predictor: Callable, train, grades, groups, test, seed: int = 0) -> None:
    """Raise Leak if the prediction of a test row depends on the other test rows.

    predictor : takes what `predict` takes. What is learnt from the training alone gives a row the same
    prediction in any company; means over all data do not.
    """
    together = predictor(train, grades, groups, test, np.random.default_rng(seed))
    half = len(test) // 2
    alone = predictor(train, grades, groups, test[:half], np.random.default_rng(seed))
    if not np.allclose(together[:half], alone, atol=1e-8):
        raise Leak("predictions of the test depend on the test: something was learnt from all the data")


def no_trial(data: Data) -> str:
    """Why nothing can be tried out (else empty)."""
    good = data.inspections["grade"].ge(GOOD)
    authorities = data.inspections["la_code"].nunique()
    if authorities < 4 * FOLDS or min(good.sum(), (~good).sum()) < 4 * FOLDS:
        return (
            f"{len(good)} inspections of {authorities} authorities, {good.sum()} good or outstanding: "
            f"too few for {FOLDS} folds"
        )
    return ""


def trials(data: Data, sets: dict[str, list[str]], repeats: int = REPEATS, seed: int = 1) -> pd.DataFrame:
    """Predict every inspection out of sample, with every set of features.

    Returns a row per scheme, set, repeat and inspection predicted: scheme, features, repeat, fold,
    inspection_id, la_code, wave, grade, risk (probability of good or outstanding, by the logistic model) and
    predicted (the likeliest of the four grades, by the ordinal model). Raises Leak if any check fails.
    """
    inspections, rng = data.inspections, np.random.default_rng(seed)
    groups = inspections["la_code"].to_numpy()
    codes = {
        "risk": inspections["grade"].ge(GOOD).to_numpy(int),
        "predicted": inspections["grade"].to_numpy() - 1,
    }
    folds = [(CROSS, r, grouped_folds(groups, FOLDS, rng)) for r in range(repeats)]
    folds.append((FORWARD, 0, forward_folds(inspections)))
    for scheme, _, pairs in folds:
        check_folds(pairs, inspections, scheme)
    jobs = [
        (name, scheme, repeat, fold, train, test)
        for name in sets
        for scheme, repeat, pairs in folds
        for fold, (train, test) in enumerate(pairs)
    ]
    out, console, checked = [], Console(stderr=True), set()
    for name, scheme, repeat, fold, train, test in track(
        jobs, "predicting", console=console, transient=True, disable=not console.is_terminal
    ):
        x = data.features[sets[name]].to_numpy(float)
        found = {}
        for column, of in codes.items():
            given = (x[train], of[train], groups[train], x[test])
            if (name, column) not in checked:
                check_blind(predict, *given)
                checked.add((name, column))
            found[column] = predict(*given, rng)
        rows = inspections.iloc[test].reset_index()[["inspection_id", "la_code", "wave", "grade"]]
        out.append(
            rows.assign(
                scheme=scheme,
                features=name,
                repeat=repeat,
                fold=fold,
                risk=found["risk"][:, 1],
                predicted=found["predicted"].argmax(axis=1) + 1,
            )
        )
    return pd.concat(out, ignore_index=True)


# ----------------------------------------------------------------- measures


def pairs_won(good: np.ndarray, risk: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs of a good and another inspection of one stratum the risk puts in the right order.

    Returns two arrays (cases, cases), by good one and other one: 1 if in order, 1/2 if tied; and which pairs
    there are.
    """
    there = good[:, None] & ~good & (stratum[:, None] == stratum)
    ahead = risk[:, None] - risk
    return np.where(there, (ahead > 0) + 0.5 * (ahead == 0), 0.0), there.astype(float)


def auc(good: np.ndarray, risk: np.ndarray, stratum: np.ndarray | None = None) -> float:
    """The chance that of a pair the good one has the higher risk, ties counting half; NaN without a pair.

    Only pairs of the same stratum count. Source: Hanley and McNeil (1982, Radiology 143): Mann and Whitney's
    U as a share of the pairs.
    """
    won, there = pairs_won(good, risk, np.zeros(len(good)) if stratum is None else stratum)
    return won.sum() / there.sum() if there.any() else np.nan


def kappa(observed: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Quadratic weighted kappa of grades, for each row of case weights (draws, cases); 0 is chance.

    observed : array (cases,); predicted : array (repeats, cases). Source: Cohen (1968, Psychological Bulletin
    70).
    """
    grades = np.arange(1, GRADES + 1)
    off = weights @ ((predicted - observed) ** 2).mean(axis=0)
    of_observed = weights @ (observed[:, None] == grades)
    of_predicted = weights @ (predicted[:, :, None] == grades).mean(axis=0)
    apart = (grades[:, None] - grades) ** 2
    expected = ((of_observed @ apart) * of_predicted).sum(axis=1) / weights.sum(axis=1)
    return 1 - off / expected


MEASURES = {
    "auc": "AUC within wave (0.5 is chance)",
    "brier": "Brier score (0 is best)",
    "skill": "Brier skill v base rate (0 is none, 1 perfect)",
    "exact": "grade right",
    "within_one": "grade right or one off",
    "kappa": "quadratic weighted kappa (0 is chance)",
}


def measures(predictions: pd.DataFrame, draws: int = DRAWS, seed: int = 1) -> tuple[pd.DataFrame, dict]:
    """How good the predictions are.

    Parameters
    ----------
    predictions : what `trials` returns.
    draws : of authorities with replacement, for the intervals.

    Returns
    -------
    table : a row per scheme, set of features and measure of MEASURES: estimate, low, high (95%), n
        (inspections predicted), n_authorities, method, reason.
    drawn : the draws by (scheme, features, measure), the estimate first: differences of sets are taken draw
        by draw.

    AUC counts pairs of the same fold and wave alone: across folds base rates of the training differ, against
    the test's, and across waves the trend would count as telling authorities apart. Intervals are of the
    predictions as they are; models are not fitted again.
    """
    rng = np.random.default_rng(seed)
    authorities = np.sort(predictions["la_code"].unique())
    chosen = rng.multinomial(len(authorities), np.full(len(authorities), 1 / len(authorities)), size=draws)
    by_authority = np.vstack([np.ones(len(authorities)), chosen])
    rows, drawn = [], {}
    for (scheme, features), part in predictions.groupby(["scheme", "features"], sort=False):
        wide = {
            c: part.pivot(index="repeat", columns="inspection_id", values=c)
            for c in ("risk", "fold", "predicted")
        }
        about = part.drop_duplicates("inspection_id").set_index("inspection_id").loc[wide["risk"].columns]
        grade, good = about["grade"].to_numpy(), about["grade"].ge(GOOD).to_numpy()
        weights = by_authority[:, np.searchsorted(authorities, about["la_code"])]
        waves, risk = about["wave"].cat.codes.to_numpy(), wide["risk"].to_numpy()
        predicted = wide["predicted"].to_numpy()
        won, there = np.zeros((len(good), len(good))), np.zeros((len(good), len(good)))
        for of_repeat, fold in zip(risk, wide["fold"].to_numpy(), strict=True):
            more = pairs_won(good, of_repeat, fold * len(about["wave"].cat.categories) + waves)
            won, there = won + more[0], there + more[1]
        total, off = weights.sum(axis=1), np.abs(predicted - grade)
        pairs = ((weights @ there) * weights).sum(axis=1)
        with np.errstate(invalid="ignore"):
            drawn[scheme, features, "auc"] = ((weights @ won) * weights).sum(axis=1) / pairs
        drawn[scheme, features, "brier"] = weights @ ((risk - good) ** 2).mean(axis=0) / total
        drawn[scheme, features, "exact"] = weights @ (off == 0).mean(axis=0) / total
        drawn[scheme, features, "within_one"] = weights @ (off <= 1).mean(axis=0) / total
        drawn[scheme, features, "kappa"] = kappa(grade, predicted, weights)
        base = drawn[scheme, BASE, "brier"]
        drawn[scheme, features, "skill"] = 1 - drawn[scheme, features, "brier"] / base
        for measure, words in MEASURES.items():
            rows.append(
                {"scheme": scheme, "features": features, "measure": words}
                | interval(drawn[scheme, features, measure])
                | {"n": len(about), "n_authorities": about["la_code"].nunique()}
            )
    return pd.DataFrame(rows).assign(method=f"bootstrap of authorities, {draws} draws"), drawn


def interval(draws: np.ndarray) -> dict:
    """estimate (the first), low and high (the middle 95% of the others), reason."""
    if np.isnan(draws[0]):
        return {"estimate": np.nan, "low": np.nan, "high": np.nan, "reason": "nothing to compare"}
    low, high = np.nanpercentile(draws[1:], [2.5, 97.5])
    return {"estimate": draws[0], "low": low, "high": high, "reason": ""}


COMPARED = (
    (ALL, BASE),
    (ALL, DEPRIVED),
    (ALL, RATED_BEFORE),
    (ALL_PREVIOUS, RATED_BEFORE),
    ("deprivation and spend", DEPRIVED),
)


def gains(drawn: dict) -> pd.DataFrame:
    """What one set of features adds to another: scheme, features, beside, measure, estimate, low, high."""
    schemes = list(dict.fromkeys(scheme for scheme, _, _ in drawn))
    return pd.DataFrame(
        [
            {"scheme": scheme, "features": features, "beside": beside, "measure": MEASURES[measure]}
            | interval(drawn[scheme, features, measure] - drawn[scheme, beside, measure])
            for scheme in schemes
            for features, beside in COMPARED
            for measure in ("auc", "skill")
        ]
    )


def mean_risks(predictions: pd.DataFrame) -> pd.DataFrame:
    """Risk by scheme, set and inspection, the mean of the repeats on the scale of log odds."""
    key = ["scheme", "features", "inspection_id", "la_code", "grade"]
    logits = predictions.assign(logit=np.log(predictions["risk"] / (1 - predictions["risk"])))
    out = logits.groupby(key, sort=False, observed=True)["logit"].mean().reset_index()
    return out.assign(risk=1 / (1 + np.exp(-out["logit"])), good=out["grade"].ge(GOOD).astype(int))


def calibration(risks: pd.DataFrame) -> pd.DataFrame:
    """Whether the risks are as high as they should be.

    risks : what `mean_risks` returns.

    Returns two rows per scheme and set: term "intercept" (log odds by which the risks are too low on the
    whole, 0 is right) and "slope" (1 is right; below 1 the risks are too far apart), estimate, low, high, n,
    method, reason; errors by authority.

    Source: Cox (1958, Biometrika 45); Steyerberg (2019, Clinical Prediction Models, ch. 15).
    """
    rows = []
    for (scheme, features), part in risks.groupby(["scheme", "features"], sort=False):
        groups = pd.factorize(part["la_code"])[0]
        row = {"scheme": scheme, "features": features, "n": len(part), "reason": ""}
        logit = part["logit"].to_numpy()
        if part["good"].nunique() < 2 or np.ptp(logit) < 1e-6:
            why = "one outcome, or one risk for all"
            rows += [row | {"term": term, "reason": why} for term in ("intercept", "slope")]
            continue
        family, how = sm.families.Binomial(), {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
        level = sm.GLM(part["good"], np.ones(len(part)), family=family, offset=logit).fit(**how)
        slope = sm.GLM(part["good"], sm.add_constant(logit), family=family).fit(**how)
        for term, fit in (("intercept", level), ("slope", slope)):
            low, high = np.asarray(fit.conf_int())[-1]
            rows.append(
                row | {"term": term, "estimate": np.asarray(fit.params)[-1], "low": low, "high": high}
            )
    columns = "scheme features term estimate low high n method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(method="logistic, errors by authority")


def calibration_bins(risks: pd.DataFrame, bins: int = 5) -> pd.DataFrame:
    """Foretold and observed share of good or outstanding, by fifths of risk.

    Returns a row per scheme, set and bin: bin (1 is the lowest risk), foretold (mean risk), estimate
    (observed share), low, high (Wilson, 95%), events, n, method.
    """
    part = risks.copy()
    part["bin"] = part.groupby(["scheme", "features"])["risk"].transform(
        lambda it: pd.qcut(it.rank(method="first"), bins, labels=False) + 1
    )
    out = part.groupby(["scheme", "features", "bin"], sort=False).agg(
        foretold=("risk", "mean"), estimate=("good", "mean"), events=("good", "sum"), n=("good", "size")
    )
    out["low"], out["high"] = proportion_confint(out["events"], out["n"], method="wilson")
    out = out.reset_index().sort_values(["scheme", "features", "bin"], ignore_index=True)
    out["bin"] = out["bin"].astype(int).astype(str)
    return out[["scheme", "features", "bin", "foretold", "estimate", "low", "high", "events", "n"]].assign(
        method="share, Wilson"
    )


def coefficients(data: Data, names: list[str], refits: int = REFITS, seed: int = 1) -> pd.DataFrame:
    """Which features the logistic ridge model leans on, fitted to all inspections.

    Returns a row per feature, the largest first: feature, estimate (log odds of good or outstanding per
    standard deviation, shrunken), low, high (middle 95% of refits to authorities drawn with replacement, at
    the same penalty), n (inspections with a value), method, reason. Indicators of gaps are in the model and
    not in the table.
    """
    rng = np.random.default_rng(seed)
    x, groups = data.features[names].to_numpy(float), data.inspections["la_code"].to_numpy()
    y = data.inspections["grade"].ge(GOOD).to_numpy(int)
    penalty = best_penalty(x, y, groups, rng)
    known = ~np.isnan(x).all(axis=0)

    def has_variation(rows: np.ndarray) -> np.ndarray:
        return np.array([np.unique(column[~np.isnan(column)]).size > 1 for column in rows.T])

    varies = has_variation(x)

    def slopes(rows: np.ndarray) -> np.ndarray:
        sample = x[rows]
        # A draw may hold no value of a feature, or one: such a feature has no effect there.
        keep = np.flatnonzero(has_variation(sample))
        params = proportional_odds.fit(prepare(sample[:, keep])(sample[:, keep]), y[rows], penalty)
        out = np.zeros(x.shape[1])
        out[keep] = params[1 : len(keep) + 1]
        return out

    members = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    refitted = np.array(
        [
            slopes(np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))]))
            for _ in range(refits)
        ]
    )
    low, high = np.percentile(refitted, [2.5, 97.5], axis=0)
    out = pd.DataFrame(
        {
            "feature": names,
            "estimate": slopes(np.arange(len(x))),
            "low": low,
            "high": high,
            "n": (~np.isnan(x)).sum(axis=0),
            "method": f"ridge logistic, penalty {penalty:g}; {refits} refits",
            "reason": np.select(
                [~known, ~varies], ["no value known before any inspection", "the same value throughout"], ""
            ),
        }
    )
    out.loc[out["reason"] != "", ["estimate", "low", "high"]] = np.nan
    return out.sort_values("estimate", key=np.abs, ascending=False, ignore_index=True)


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """A row per scheme and set: AUC, Brier skill and kappa with their intervals, the shares of grades right.

    table : what `measures` returns.
    """
    key = ["scheme", "features"]
    out = table.drop_duplicates(key)[key]
    for name in ("auc", "skill", "kappa", "exact", "within_one"):
        of = table[table["measure"] == MEASURES[name]].rename(
            columns={"estimate": name, "low": f"{name}_low", "high": f"{name}_high"}
        )
        limits = [] if name in ("exact", "within_one") else [f"{name}_low", f"{name}_high"]
        out = out.merge(of[[*key, name, *limits]], on=key, validate="one_to_one")
    out = out.merge(table.drop_duplicates(key)[[*key, "n", "n_authorities"]], on=key)
    order = out["scheme"].map(list(SCHEMES).index)
    return out.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


# ----------------------------------------------------------------- in words


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
