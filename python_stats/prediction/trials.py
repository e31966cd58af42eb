"""Every inspection foretold out of sample, with every set of features."""

import numpy as np
import pandas as pd

from python_stats.prediction.features import GOOD, Data
from python_stats.prediction.folds import CROSS, FORWARD, check_folds, forward_folds, grouped_folds
from python_stats.prediction.ridge import check_blind, predict
from python_stats.results import progress

FOLDS, REPEATS = 5, 5


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
    out, checked = [], set()
    for name, scheme, repeat, fold, train, test in progress(jobs, "predicting"):
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
