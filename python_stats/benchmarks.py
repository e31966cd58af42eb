"""How sure a figure is: limits, funnels, changes, trends, ranks; and what the neighbours have."""

import zlib

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep

DRAWS = 1000
"""Draws behind a rank interval: its ends are then sure to a rank or two in 150."""


def limits(
    numerator: np.ndarray, denominator: np.ndarray, method: str, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Confidence limits of numerator / denominator.

    Parameters
    ----------
    numerator, denominator : arrays of one shape, denominator above 0. They need not be whole: full-time
        equivalents, or what would be expected of an authority as large as this.
    method : "wilson" for shares (Wilson's score limits) or "poisson" for rates of events (exact limits).

    Returns
    -------
    Lower and upper limits, as shares of 1. Raises ValueError for another method.

    Source: as Fingertips has them (OHID, Technical Guide: Confidence Intervals), by statsmodels.
    """
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    if method == "wilson":
        return proportion_confint(numerator, denominator, alpha=1 - confidence, method="wilson")
    if method == "poisson":
        lower, upper = confint_poisson(numerator, denominator, method="exact-c", alpha=1 - confidence)
        # Of no events the lower limit is 0; the chi-squared distribution has no zero degrees of freedom.
        return np.where(numerator == 0, 0.0, lower), upper
    raise ValueError(f"no limits {method!r}: wilson or poisson")


def change_limits(
    numerator: np.ndarray,
    denominator: np.ndarray,
    numerator_before: np.ndarray,
    denominator_before: np.ndarray,
    method: str,
) -> tuple[np.ndarray, np.ndarray]:
    """95% limits of the change from one share or rate to another; beyond chance if 0 is not between them.

    Arrays of one shape, denominators above 0; `method` as in `limits`. The two are taken to be
    independent: children counted in both years make the true limits narrower, so that what is called
    beyond chance is.

    Source: the square-and-add method of Newcombe (1998, Statistics in Medicine 17, method 10) on Wilson's
    limits; the same on score limits of rates (MOVER: Li, Tang and Wong, 2014); by statsmodels.
    """
    now = np.asarray(numerator, float), np.asarray(denominator, float)
    before = np.asarray(numerator_before, float), np.asarray(denominator_before, float)
    if method == "wilson":
        return confint_proportions_2indep(*now, *before, method="newcomb", compare="diff")
    if method == "poisson":
        return confint_poisson_2indep(*now, *before, method="mover", compare="diff")
    raise ValueError(f"no limits {method!r}: wilson or poisson")


def trend(numerator: np.ndarray, denominator: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether a series rises or falls by more than chance and its own unrest explain.

    Parameters
    ----------
    numerator, denominator : arrays (series, years), the years one apart.
    method : "wilson" for shares: the test of Cochran (1954) and Armitage (1955); "poisson" for rates: the
        score test of a trend.

    Returns
    -------
    Two arrays (series,): the score, above 0 where the series rises, and the two-sided p-value. NaN where all
    or none are counted: there is no variation to test.

    Figures move about their trend by more than chance; judged by chance alone, every other series of a large
    authority would have one. So where they do, the score is divided by that unrest (the chi-squared of what
    the trend leaves, over its degrees of freedom) and tested by F: the quasi-likelihood of McCullagh and
    Nelder (1989, Generalized Linear Models, 4.5 and 6.2).
    """
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    if method not in ("wilson", "poisson"):
        raise ValueError(f"no limits {method!r}: wilson or poisson")
    year = np.arange(numerator.shape[1])
    total = denominator.sum(axis=1)
    share = numerator.sum(axis=1) / total
    spread = (denominator * year**2).sum(axis=1) - (denominator * year).sum(axis=1) ** 2 / total
    variance = share * (1 - share) if method == "wilson" else share
    off = numerator - share[:, None] * denominator
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (off * year).sum(axis=1) / np.sqrt(np.where(variance > 0, variance * spread, np.nan))
        heterogeneity = (off**2 / denominator).sum(axis=1) / variance
    free = numerator.shape[1] - 2
    unrest = (heterogeneity - z**2) / free
    p = np.where(unrest > 1, stats.f.sf(z**2 / np.maximum(unrest, 1), 1, free), stats.chi2.sf(z**2, 1))
    return z, np.where(np.isnan(z), np.nan, p)


def rank_intervals(
    numerator: np.ndarray,
    denominator: np.ndarray,
    share: np.ndarray,
    method: str,
    polarity: str,
    seed: tuple[int, ...],
    draws: int = DRAWS,
) -> tuple[np.ndarray, np.ndarray]:
    """95% intervals of the ranks of one indicator in one year.

    Parameters
    ----------
    numerator, denominator : arrays (authorities,), NaN where they are not known.
    share : array (authorities,), the figure as a share of 1; who has no numerator stays at it.
    method : as in `limits`; polarity : "high" or "low", as in `rankings.rank`.
    seed : whole numbers; the same seed, the same intervals.

    Returns
    -------
    Lowest and highest rank, arrays (authorities,) of floats, NaN without a numerator.

    Every authority's true share is drawn from what its numbers allow (the posterior on Jeffreys' prior:
    Beta(x + 1/2, n - x + 1/2) for shares, Gamma(x + 1/2) / n for rates), all are ranked, and the middle 95%
    of an authority's ranks is its interval.

    Source: Goldstein and Spiegelhalter (1996, Journal of the Royal Statistical Society A 159).
    """
    known = ~(np.isnan(numerator) | np.isnan(denominator))
    generator = np.random.default_rng(seed)
    drawn = np.tile(np.asarray(share, float), (draws, 1))
    x, n = numerator[known], denominator[known]
    if method == "wilson":
        drawn[:, known] = generator.beta(x + 0.5, n - x + 0.5, size=(draws, known.sum()))
    elif method == "poisson":
        drawn[:, known] = generator.gamma(x + 0.5, size=(draws, known.sum())) / n
    else:
        raise ValueError(f"no limits {method!r}: wilson or poisson")
    order = np.argsort(drawn if polarity == "low" else -drawn, axis=1)
    ranks = np.empty(order.shape, dtype=np.int16)
    np.put_along_axis(ranks, order, np.arange(1, len(share) + 1, dtype=np.int16)[None, :], axis=1)
    ends = int(0.025 * draws), draws - 1 - int(0.025 * draws)
    lowest, highest = np.partition(ranks, ends, axis=0)[list(ends)].astype(float)
    lowest[~known] = highest[~known] = np.nan
    return lowest, highest


def seed_of(indicator_code: str, year: int) -> tuple[int, int]:
    """The seed of an indicator and year: the same in every build, whatever else is built."""
    return zlib.crc32(indicator_code.encode()), year


def of_neighbours(values: np.ndarray, neighbours: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, median and number of the statistical neighbours that have a figure.

    Parameters
    ----------
    values : array (indicator-years, authorities), NaN without a figure.
    neighbours : whole numbers (authorities asked for, 10), columns of `values`; -1 for no neighbour.

    Returns
    -------
    Three arrays (indicator-years, authorities asked for); mean and median are NaN where no neighbour has a
    figure.

    Source: the mean is that of the Local Authority Interactive Tool, unweighted, missing ones left out; the
    median that of the children's social care outcomes and enablers dashboard.
    """
    shape = len(values), len(neighbours)
    mean, median, n = np.empty(shape), np.empty(shape), np.empty(shape, dtype=np.int32)
    with_none = np.column_stack([values, np.full(len(values), np.nan)])
    # One authority at a time keeps the arrays small; what is missing is sorted last.
    for at, of in enumerate(neighbours):
        theirs = np.sort(with_none[:, of], axis=1)
        n[:, at] = np.isfinite(theirs).sum(axis=1)
        middle = np.column_stack([(n[:, at] - 1).clip(0) // 2, n[:, at] // 2])
        median[:, at] = np.take_along_axis(theirs, middle, axis=1).mean(axis=1)
        mean[:, at] = np.nansum(theirs, axis=1) / np.where(n[:, at] > 0, n[:, at], np.nan)
    return mean, median, n
