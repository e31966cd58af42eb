"""Which inspections a model learns from and which it is tried on."""

import numpy as np
import pandas as pd

from python_stats.prediction.features import Leak

EARLIEST_TEST = "ILACS 2018-19"
"""The first wave to be foretold: the two waves before it are what there is to learn from."""
CROSS, FORWARD = "new authorities", "later wave"
SCHEMES = {
    CROSS: "repeated cross-validation, all inspections of an authority on one side",
    FORWARD: "trained on reports out before the wave began, tried on the wave",
}


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
