"""What chance allows: the limits of figures that have a numerator and a denominator."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from python_stats import benchmarks

LIMITS = ("wilson", "poisson")


def model(dbt, session):
    """A row per figure of int_counted; with COLUMNS, described under fct_benchmark."""
    frame = dbt.ref("int_counted").df()
    counted = frame["numerator"].notna().to_numpy()
    out = frame[["la_code", "indicator_code", "year"]].copy()
    for column in COLUMNS:
        out[column] = np.nan
    for method in LIMITS:
        of_method = frame["limits"].eq(method).to_numpy()
        put(out, frame, of_method & counted, method)
        five_years(out, frame, of_method & counted, method)
    ranks(out, frame)
    return out


COLUMNS = [
    "lower_95", "upper_95",
    "funnel_lower_95", "funnel_upper_95", "funnel_lower_99_8", "funnel_upper_99_8",
    "change_lower_95", "change_upper_95",
    "trend_z", "trend_p",
    "rank_low_95", "rank_high_95", "rank_interval_n",
]  # fmt: skip


def put(out: pd.DataFrame, frame: pd.DataFrame, rows: np.ndarray, method: str) -> None:
    """Limits of the figures and of the funnel, and of the change on the year."""
    some = frame[rows]
    x, n, times = (some[name].to_numpy() for name in ("numerator", "denominator", "multiplier"))
    out.loc[rows, ["lower_95", "upper_95"]] = pair(benchmarks.limits(x, n, method), times)
    expected = some["england_share"].to_numpy() * n
    for confidence, name in ((0.95, "95"), (0.998, "99_8")):
        out.loc[rows, [f"funnel_lower_{name}", f"funnel_upper_{name}"]] = pair(
            benchmarks.limits(expected, n, method, confidence), times
        )
    follows = follows_by(some, 1)
    before = slice(None, -1)
    limits = benchmarks.change_limits(x[1:], n[1:], x[before], n[before], method)
    limits = pair(limits, times[1:])
    limits[~follows[1:]] = np.nan
    out.loc[rows, ["change_lower_95", "change_upper_95"]] = np.vstack([[np.nan, np.nan], limits])


def five_years(out: pd.DataFrame, frame: pd.DataFrame, rows: np.ndarray, method: str) -> None:
    """The trend of the last five years, where all five have counts."""
    some = frame[rows]
    x, n = some["numerator"].to_numpy(), some["denominator"].to_numpy()
    at = np.flatnonzero(follows_by(some, 4))
    window = at[:, None] + np.arange(-4, 1)
    trend = np.full((len(some), 2), np.nan)
    trend[at] = np.column_stack(benchmarks.trend(x[window], n[window], method))
    out.loc[rows, ["trend_z", "trend_p"]] = trend


def follows_by(some: pd.DataFrame, years: int) -> np.ndarray:
    """Whether the row so many rows before is that of so many years before."""
    same = np.ones(len(some), dtype=bool)
    for column in ("indicator_code", "la_code"):
        same &= (some[column] == some[column].shift(years)).to_numpy(dtype=bool, na_value=False)
    return same & (some["year"] - some["year"].shift(years)).eq(years).to_numpy()


def ranks(out: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Intervals of the ranks, an indicator and year at a time."""
    codes, years = frame["indicator_code"].to_numpy(), frame["year"].to_numpy()
    x, n, share = (frame[name].to_numpy() for name in ("numerator", "denominator", "share"))
    limits, polarity = frame["limits"].to_numpy(), frame["polarity"].to_numpy()
    ranked = frame[frame["polarity"] != "none"].sort_values("la_code")
    groups = list(ranked.groupby(["indicator_code", "year"]).indices.values())
    groups = [at for at in (ranked.index.to_numpy()[group] for group in groups) if not np.isnan(x[at]).all()]

    def interval(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first = at[0]
        seed = benchmarks.seed_of(codes[first], int(years[first]))
        return benchmarks.rank_intervals(x[at], n[at], share[at], limits[first], polarity[first], seed)

    low, high, known = (np.full(len(frame), np.nan) for _ in range(3))
    with ThreadPoolExecutor(2) as pool:
        for at, (lowest, highest) in zip(groups, pool.map(interval, groups), strict=True):
            low[at], high[at] = lowest, highest
            known[at] = np.where(np.isnan(lowest), np.nan, np.isfinite(lowest).sum())
    out["rank_low_95"], out["rank_high_95"], out["rank_interval_n"] = low, high, known


def pair(limits: tuple[np.ndarray, np.ndarray], times: np.ndarray) -> np.ndarray:
    """Two limits as two columns, in the indicator's unit."""
    return np.column_stack(limits) * times[:, None]
