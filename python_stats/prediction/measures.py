"""How well grades were foretold: discrimination, probabilities, calibration, with intervals."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.proportion import proportion_confint

from python_stats.prediction.features import ALL, ALL_PREVIOUS, BASE, DEPRIVED, GOOD, GRADES, RATED_BEFORE
from python_stats.prediction.folds import SCHEMES

DRAWS = 1000


def pairs_won(good: np.ndarray, risk: np.ndarray, stratum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs of a good and another inspection of one stratum the risk puts in the right order.

    Returns two arrays (cases, cases), by good one and other one: 1 if in order, 1/2 if tied; and which pairs
    there are.
    """
    there = good[:, None] & ~good & (stratum[:, None] == stratum)
    ahead = risk[:, None] - risk
    return np.where(there, (ahead > 0) + 0.5 * (ahead == 0), 0.0), there.astype(float)


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
