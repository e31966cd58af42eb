"""The model: ridge regression of ordered grades, all of it learnt from the training rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from python_stats import proportional_odds
from python_stats.prediction.features import GOOD, GRADES, Data, Leak
from python_stats.prediction.folds import grouped_folds

INNER_FOLDS, REFITS = 4, 200
PENALTIES = (3000.0, 600.0, 120.0, 24.0, 5.0)
"""From nearly no effects to nearly free ones, of features in standard deviations; the strongest first."""


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
