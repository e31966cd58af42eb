"""What the statistical neighbours of every authority have, by the version of their list."""

import numpy as np
import pandas as pd

from python_stats import benchmarks

VERSIONS = ("sn_2021", "sn_2025")


def model(dbt, session):
    """A row per figure of fct_indicator; of each version of the list mean, median and n, empty without it."""
    frame = dbt.ref("fct_indicator").select("la_code, indicator_code, year, value").df()
    lists = dbt.ref("dim_statistical_neighbour").df()
    la_at, la_codes = pd.factorize(frame["la_code"])
    series_at = frame.groupby(["indicator_code", "year"], sort=False).ngroup().to_numpy()
    values = np.full((len(frame) and series_at.max() + 1, len(la_codes)), np.nan)
    values[series_at, la_at] = frame["value"]
    out = frame[["la_code", "indicator_code", "year"]].copy()
    for version in VERSIONS:
        entries = lists[lists["list_version"] == version]
        listed = entries.pivot(index="la_code", columns="neighbour_rank", values="neighbour_la_code")
        row = listed.index.get_indexer(la_codes)[la_at]
        neighbours = la_codes.get_indexer(listed.to_numpy().ravel()).reshape(listed.shape)
        names = ("mean", "median", "n")
        for name, of_list in zip(names, benchmarks.of_neighbours(values, neighbours), strict=True):
            # Without the noise of adding up: the mean of 19.8 and 19.9 is 19.85 and rounds as such.
            of_list = np.round(of_list, 9)
            out[f"{version}_{name}"] = np.nan
            out.loc[row >= 0, f"{version}_{name}"] = of_list[series_at[row >= 0], row[row >= 0]]
    return out
