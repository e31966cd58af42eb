"""How reliable an indicator is: over years, over editions, and against the chance of small numbers.

An indicator can agree with nothing better than it agrees with itself. Where there is no result, `reason` says
why and the figures are empty; else `reason` is empty.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from python_stats import association, figures, mart, panels
from python_stats.results import Part, Result, named, progress

NAME = "reliability"
FEWEST = 10
"""Authorities that a variance or a stability is computed from at least: below, an interval says nothing."""
ENOUGH = 0.95
"""The share of the resamples that must have a signal share for an interval to be given."""
SAMPLING = {
    "wilson": "binomial: p (1 - p) / (n - 1), which is unbiased",
    "poisson": "Poisson: count / population squared, which is unbiased",
}
"""The variance that chance alone gives a share or a rate, by `dim_indicator.limits`."""
METHOD_SIGNAL = "method of moments (Hedges and Olkin 1985), interval by bootstrap-t over authorities"
METHOD_YEARS = "Spearman rho, interval of Bonett and Wright (2000); ICC(C,1), interval by F"
METHOD_EDITIONS = "the same authorities and year in the first and the last edition; Spearman rho"


def one_of_joint(panel: pd.DataFrame) -> pd.DataFrame:
    """A panel with each joint return once: its members share one figure, which counts for one authority."""
    keys = ["indicator_code", "year", "joint_code"]
    return panel[panel["joint_code"].isna() | ~panel.duplicated(keys)]


def consistency(pairs: np.ndarray, confidence: float = 0.95) -> tuple[float, float, float]:
    """ICC(C,1) of n units (rows) measured k times (columns), with its interval.

    The share of the variance that is between units, level shifts of a whole column aside: -1 / (k - 1) to 1.
    The units must differ.

    Source: McGraw and Wong (1996, Psychological Methods 1), case 3, single measures: (MSR - MSE) / (MSR +
    (k - 1) MSE), interval by F(n - 1, (n - 1)(k - 1)).
    """
    n, k = pairs.shape
    of_rows = k * pairs.mean(axis=1).var(ddof=1)
    left = pairs - pairs.mean(axis=1, keepdims=True) - pairs.mean(axis=0) + pairs.mean()
    df1, df2 = n - 1, (n - 1) * (k - 1)
    error, tail = (left**2).sum() / df2, (1 + confidence) / 2
    errors = error * np.array([1, stats.f.ppf(tail, df1, df2), 1 / stats.f.ppf(tail, df2, df1)])
    return tuple(map(float, (of_rows - errors) / (of_rows + (k - 1) * errors)))


def year_on_year(
    panel: pd.DataFrame, breaks_at: dict[str, set[int]], carried: Iterable[str] = ()
) -> pd.DataFrame:
    """How far authorities keep their places from one year to the next.

    Parameters
    ----------
    panel : a row per authority, indicator and year: la_code, indicator_code, year, value.
    breaks_at : by indicator the first years of a new basis; no pair of years crosses one.
    carried : indicators whose years share one figure; there is nothing to compare.

    Returns
    -------
    A row per indicator and pair of successive years of which both have figures: indicator, first_year,
    second_year, estimate (Spearman's rho), low, high, statistic, df, p, icc (ICC(C,1)), icc_low, icc_high, n,
    method, reason.

    Source: `association.correlate`; `consistency`.
    """
    rows = []
    known = panel.dropna(subset=["value"])
    for code, figures_of in known.groupby("indicator_code", sort=False):
        values = figures_of.pivot(index="la_code", columns="year", values="value")
        for year in values.columns:
            if year + 1 not in values.columns:
                continue
            row = {"indicator": code, "first_year": year, "second_year": year + 1, "reason": ""}
            pair = values[[year, year + 1]].dropna()
            if year + 1 in breaks_at.get(code, ()):
                row |= {"n": len(pair), "reason": f"a new basis from {year + 1}: the years do not compare"}
            elif code in carried:
                row |= {"n": len(pair), "reason": "one edition stands for several years"}
            elif len(pair) < FEWEST:
                row |= {"n": len(pair), "reason": f"{len(pair)} authorities with both; {FEWEST} are needed"}
            else:
                found = association.correlate(pair, year, [year + 1]).iloc[0]
                row |= found[["estimate", "low", "high", "statistic", "df", "p", "n", "reason"]].to_dict()
                if not row["reason"]:
                    row["icc"], row["icc_low"], row["icc_high"] = consistency(pair.to_numpy())
            rows.append(row)
    columns = (
        "indicator first_year second_year estimate low high statistic df p icc icc_low icc_high n method "
        "reason"
    )
    return pd.DataFrame(rows, columns=columns.split()).assign(method=METHOD_YEARS)


def printed_decimals(values: pd.Series) -> int:
    """How finely figures are printed: the digits that hold them all, from 0 to 6 (6: not rounded)."""
    for digits in range(6):
        if np.allclose(values, values.round(digits), rtol=0, atol=1e-9):
            return digits
    return 6


def edition_to_edition(editions: pd.DataFrame) -> pd.DataFrame:
    """How far the first and the last edition of a year agree.

    Parameters
    ----------
    editions : what `panels.load_editions` gives, in the order of publication.

    Returns
    -------
    A row per indicator and year: indicator, year, first_edition, last_edition (with a figure each), estimate
    (Spearman's rho), low, high, share_changed (of the authorities in both, from 0 to 1: differ by more than
    the coarser print allows), largest (difference without its sign, unit of the indicator), n (authorities
    in both), n_lost and n_gained (a figure in the first alone, in the last alone), method, reason.
    """
    rows = []
    for (code, year), frame in editions.groupby(["indicator_code", "year"], sort=False):
        known = frame.dropna(subset=["value"])
        order = known.sort_values(["known_on", "edition_year", "edition"])["edition"].unique()
        row = {"indicator": code, "year": year, "reason": ""}
        if len(order) < 2:
            rows.append(row | {"n": 0, "reason": f"{len(order)} edition(s) with figures; 2 are needed"})
            continue
        row |= {"first_edition": order[0], "last_edition": order[-1]}
        first, last = (known[known["edition"] == it].set_index("la_code")["value"] for it in order[[0, -1]])
        both = pd.DataFrame({"first": first, "last": last}).dropna()
        row |= {"n": len(both), "n_lost": len(first) - len(both), "n_gained": len(last) - len(both)}
        if both.empty:
            rows.append(row | {"reason": "no authority is in both"})
            continue
        printed = [printed_decimals(both[it]) for it in ("first", "last")]
        # Equally fine prints of the same figure are equal; else each may be half a digit off.
        slack = 0.0 if printed[0] == printed[1] else sum(0.5 * 10.0**-digits for digits in printed)
        apart = (both["first"] - both["last"]).abs()
        row |= {"share_changed": float((apart > slack + 1e-9).mean()), "largest": float(apart.max())}
        found = association.correlate(both, "first", ["last"]).iloc[0]
        rows.append(row | found[["estimate", "low", "high", "reason"]].to_dict())
    columns = (
        "indicator year first_edition last_edition estimate low high share_changed largest n n_lost n_gained "
        "method reason"
    )
    return pd.DataFrame(rows, columns=columns.split()).assign(method=METHOD_EDITIONS)


def sampling_variance(numerator: np.ndarray, denominator: np.ndarray, limits: str) -> np.ndarray:
    """The variance that chance gives each share or rate (as a fraction of 1); see SAMPLING.

    Raises ValueError for other limits.
    """
    if limits not in SAMPLING:
        raise ValueError(f"no sampling variance for {limits!r}: {' or '.join(SAMPLING)}")
    if limits == "poisson":
        return numerator / denominator**2
    share = numerator / denominator
    return share * (1 - share) / (denominator - 1)


def _log_noise_share(values: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of the mean sampling variance over the variance of the values, and its standard error.

    By the last axis; NaN where the values do not vary or chance has no part. The error is the infinitesimal
    jackknife's.
    """
    squares = (values - values.mean(axis=-1, keepdims=True)) ** 2
    spread, noise = squares.sum(axis=-1) / (values.shape[-1] - 1), chance.mean(axis=-1)
    told = (spread > 1e-15) & (noise > 0)
    spread, noise = np.where(told, spread, np.nan), np.where(told, noise, np.nan)
    influence = chance / noise[..., None] - squares / spread[..., None]
    return np.log(noise / spread), influence.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])


def signal_share(
    numerator: np.ndarray,
    denominator: np.ndarray,
    limits: str | None,
    seed: int = 0,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> dict:
    """How much of the spread of one year's figures between authorities is more than chance.

    Parameters
    ----------
    numerator, denominator : counts of the authorities, NaN where one is not known.
    limits : "wilson" (a share) or "poisson" (a rate); anything else has no sampling variance.
    seed, resamples : of the bootstrap over authorities.

    Returns
    -------
    One row: estimate (signal share, 0 to 1: the variance between authorities less the mean sampling
    variance, over the former), low, high, signal_sd and noise_sd (of fractions of 1), max_r (square root of
    the share: the largest correlation that such a figure allows with anything), max_r_low, max_r_high, n,
    method, reason.

    Source: the method-of-moments variance between units, unweighted (Hedges and Olkin 1985, Statistical
    Methods for Meta-Analysis, ch. 9), below 0 taken as 0; the share is the reliability of Spearman (1904,
    American Journal of Psychology 15), as Adams (2009, The Reliability of Provider Profiling, RAND) has it
    for providers of care. Bootstrap-t on the logarithm of the noise share (Efron and Tibshirani 1993, An
    Introduction to the Bootstrap, ch. 12): in simulations of 100 and 150 authorities its
    95% intervals hold the truth 94 times in 100.
    """
    row = {"n": 0, "method": METHOD_SIGNAL, "reason": ""}
    if limits not in SAMPLING:
        return row | {"reason": "no counts of persons or events behind it, so no sampling variance"}
    least = 2 if limits == "wilson" else 1
    known = (denominator >= least) & (numerator >= 0)
    if limits == "wilson":
        known &= numerator <= denominator
    x, of = numerator[known].astype(float), denominator[known].astype(float)
    row["n"] = len(x)
    if len(x) < FEWEST:
        return row | {"reason": f"{len(x)} authorities with both counts; {FEWEST} are needed"}
    values, chance = x / of, sampling_variance(x, of, limits)
    if association.is_constant(values):
        return row | {"reason": f"all {len(x)} authorities have the same figure"}
    log_noise, error = _log_noise_share(values, chance)
    drawn = np.random.default_rng(seed).integers(0, len(x), (resamples, len(x)))
    again, errors = _log_noise_share(values[drawn], chance[drawn])
    told = ~np.isnan(again)
    if np.isnan(log_noise) or told.mean() < ENOUGH:
        return row | {"reason": "the spread, or the part of chance in it, hangs on too few authorities"}
    tails = np.array([1 - confidence, 1 + confidence]) / 2
    ends = log_noise - np.quantile((again - log_noise)[told] / errors[told], tails[::-1]) * error
    share, high, low = np.clip(1 - np.exp([log_noise, *ends]), 0, 1)
    return row | {
        "estimate": float(share),
        "low": float(low),
        "high": float(high),
        "signal_sd": float(np.sqrt(share * values.var(ddof=1))),
        "noise_sd": float(np.sqrt(chance.mean())),
        "max_r": float(np.sqrt(share)),
        "max_r_low": float(np.sqrt(low)),
        "max_r_high": float(np.sqrt(high)),
    }


def signal_by_year(
    panel: pd.DataFrame, limits: dict[str, str], seed: int = 0, resamples: int = 1000
) -> pd.DataFrame:
    """`signal_share` of every indicator and year: indicator, year and its columns.

    panel : a row per authority, indicator and year: indicator_code, year, numerator, denominator.
    """
    groups = panel.groupby(["indicator_code", "year"], sort=False)
    rows = [
        {"indicator": code, "year": year}
        | signal_share(
            frame["numerator"].to_numpy(float),
            frame["denominator"].to_numpy(float),
            limits.get(code),
            seed,
            resamples,
        )
        for (code, year), frame in progress(groups, "signal and noise", groups.ngroups)
    ]
    columns = "indicator year estimate low high signal_sd noise_sd max_r max_r_low max_r_high n method reason"
    return pd.DataFrame(rows, columns=columns.split())


def summarise(
    codes: list[str], signal: pd.DataFrame, years: pd.DataFrame, editions: pd.DataFrame
) -> pd.DataFrame:
    """A row per indicator: the last year's signal share, and medians over the years.

    Returns indicator, year (the last with a signal share), estimate, low, high, max_r, max_r_low, max_r_high,
    n, median_signal, n_years (with a signal share), rho, icc (medians over pairs of years), n_pairs,
    share_changed, edition_rho (medians over years), n_edition_years, reason (why there is no signal share).
    """
    rows = []
    for code in codes:
        of = signal[signal["indicator"] == code]
        known = of.dropna(subset=["estimate"])
        row = {"indicator": code, "n_years": len(known), "reason": ""}
        if known.empty:
            row["reason"] = of["reason"].mode().iloc[0] if len(of) else "no figure in this mart"
        else:
            last = known.sort_values("year").iloc[-1]
            kept = ["year", "estimate", "low", "high", "max_r", "max_r_low", "max_r_high", "n"]
            row |= last[kept].to_dict() | {"median_signal": known["estimate"].median()}
        pairs = years[years["indicator"] == code].dropna(subset=["estimate"])
        revised = editions[editions["indicator"] == code].dropna(subset=["share_changed"])
        row |= {
            "rho": pairs["estimate"].median(),
            "icc": pairs["icc"].median(),
            "n_pairs": len(pairs),
            "share_changed": revised["share_changed"].median(),
            "edition_rho": revised["estimate"].median(),
            "n_edition_years": len(revised),
        }
        rows.append(row)
    columns = (
        "indicator year estimate low high max_r max_r_low max_r_high n median_signal n_years rho icc n_pairs "
        "share_changed edition_rho n_edition_years reason"
    )
    return pd.DataFrame(rows, columns=columns.split())


def report(indicators: Iterable[str] | None = None, seed: int = 0, resamples: int = 1000) -> Result:
    """Reliability of indicators from the mart, of those of both studies if none are named."""
    about = panels.load_indicators(indicators)
    codes, labels = list(about.index), about["label"].to_dict()
    editions = panels.load_editions(codes)
    panel = one_of_joint(panels.load_panel(codes, editions["year"].unique().tolist()))
    carried = set(editions.loc[editions["is_carried"], "indicator_code"])
    years = year_on_year(panel, about["breaks_at"].to_dict(), carried)
    revised = edition_to_edition(editions)
    signal = signal_by_year(panel, about["limits"].dropna().to_dict(), seed, resamples)
    table = named(summarise(codes, signal, years, revised), labels).sort_values(
        "estimate", ascending=False, ignore_index=True, kind="stable"
    )
    known = table.dropna(subset=["estimate"])
    drawn, alt = figures.signal(known, signal)
    least = "; ".join(
        f"{row.label} ({row.estimate:.2f}, so at most r = {row.max_r:.2f})"
        for row in known.tail(3).iloc[::-1].itertuples()
    )
    half = int((known["estimate"] < 0.5).sum())
    lead = (
        "How far is a difference between two authorities more than chance? Of the spread between authorities "
        "in one year, the signal share is the part that small numbers alone do not explain. A figure with "
        "little signal cannot agree with a rating, or with anything, however good the rating is: its "
        "largest possible correlation is the square root of its signal share.\n"
        f"Of {len(table)} indicators {len(known)} have the counts to tell; of these {half} are more noise "
        f"than signal in their last year. Least signal: {least or 'none can be told'}.\n"
        "What is not known: authorities whose small counts are hidden are left out, which can move a share "
        "either way, most where few are left (see n); children of one family or one home are not "
        "independent, so that chance is understated; a lasting difference is not by itself a difference in "
        "quality."
    )
    unseen = ("indicator", "method")
    parts = [
        Part(
            "Signal share by indicator",
            "Ordered by the last year with counts: dot and 95% interval; light marks are the other years. "
            "At 0 alone: the figures printed differ even less than chance makes equal authorities differ, as "
            "where the small counts are hidden.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Reliability of each indicator",
            "estimate: signal share in the year shown, with its 95% interval; max r: the largest correlation "
            "it allows (attenuation, Spearman 1904); median signal: over all years; rho and icc: medians of "
            "year-on-year stability; share changed and edition rho: the first edition beside the last.",
            table,
            hidden=("indicator",),
        ),
        Part(
            "Signal share by year",
            f"Variance between authorities less the mean sampling variance. {'; '.join(SAMPLING.values())}.",
            named(signal, labels),
            hidden=unseen,
        ),
        Part(
            "Year on year",
            "Spearman's rho and the intraclass correlation of the same authorities in two successive years; "
            "no pair crosses a change of basis.",
            named(years, labels),
            hidden=unseen,
        ),
        Part(
            "Edition to edition",
            "The same authorities and year in the first and in the last edition with figures; share changed "
            "leaves out what rounding explains; n lost: figures that the last edition no longer has.",
            named(revised, labels),
            hidden=unseen,
        ),
    ]
    return Result(NAME, "How reliable the indicators are", lead, mart.is_synthetic(), parts)
