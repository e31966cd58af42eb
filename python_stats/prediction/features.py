"""Inspections and what was known before each of them began: the features that may foretell its grade."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_stats import panels

DEPRIVATION = ["imd_average_score"]
SPEND = ["s251_net_total_per_child_gbp", "ro3_net_total_per_child_gbp"]
"""Two definitions, each for the years it was out in time; one is never continued by the other."""
PREVIOUS, WAVE = "previous_rating", "wave_number"
STUDIES = ("la-valle-2016", "ofsted-45")
ALL, ALL_PREVIOUS = "all indicators", "all indicators and previous rating"
BASE, RATED_BEFORE, DEPRIVED = "base rate", "previous rating", "deprivation"
GOOD, GRADES = 3, 4


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
