"""Where an authority stands and how sure that is: the methods by hand and by others, then the mart."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from python_stats import benchmarks

COUNTS = [(x, n) for n in (1, 2, 7, 40, 333, 12_000) for x in sorted({0, 1, n // 3, n - 1, n}) if 0 <= x <= n]


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_limits_of_shares_are_wilson_s(confidence):
    x, n = np.array(COUNTS).T
    lower, upper = benchmarks.limits(x, n, "wilson", confidence)
    for at, (count, of) in enumerate(COUNTS):
        interval = stats.binomtest(count, of).proportion_ci(confidence, method="wilson")
        assert lower[at] == pytest.approx(interval.low, abs=1e-9)
        assert upper[at] == pytest.approx(interval.high, abs=1e-9)


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_limits_of_rates_are_exact(confidence):
    events, exposure = np.array([0, 1, 3, 20, 333, 12_000]), np.array([10.0, 700, 50_000, 1, 60_000, 60_000])
    lower, upper = benchmarks.limits(events, exposure, "poisson", confidence)
    tail = (1 - confidence) / 2
    # What makes them exact: at the lower limit so many events or more have the probability of the tail.
    assert lower[0] == 0
    assert stats.poisson.sf(events[1:] - 1, (lower * exposure)[1:]) == pytest.approx(tail, abs=1e-9)
    assert stats.poisson.cdf(events, upper * exposure) == pytest.approx(tail, abs=1e-9)
    gamma = stats.gamma.ppf(1 - tail, events + 1) / exposure
    assert upper == pytest.approx(gamma, rel=1e-9)


def test_other_limits_are_refused():
    for call in (
        lambda: benchmarks.limits([1], [2], "wald"),
        lambda: benchmarks.change_limits([1], [2], [1], [2], "wald"),
        lambda: benchmarks.trend(np.ones((1, 5)), np.ones((1, 5)), "wald"),
        lambda: benchmarks.rank_intervals(np.ones(2), np.ones(2), np.ones(2), "wald", "low", (1,)),
    ):
        with pytest.raises(ValueError, match="wilson or poisson"):
            call()


def test_limits_of_a_change_are_those_printed_by_newcombe():
    # Newcombe (1998), table II, method 10: 56/70 less 48/80, and 9/10 less 3/10.
    lower, upper = benchmarks.change_limits([56, 9], [70, 10], [48, 3], [80, 10], "wilson")
    assert lower.round(4).tolist() == [0.0524, 0.1705]
    assert upper.round(4).tolist() == [0.3339, 0.8090]


def test_a_change_of_rates_is_beyond_chance_as_the_exact_test_has_it():
    # Exact: of all events a year has as many as its exposure is of both; far from the border both agree.
    now, before = np.array([150, 105, 60, 5]), np.array([100, 100, 100, 0])
    exposure = np.full(4, 60_000)
    lower, upper = benchmarks.change_limits(now, exposure, before, exposure, "poisson")
    exact = [stats.binomtest(int(a), int(a + b)).pvalue < 0.05 for a, b in zip(now, before, strict=True)]
    assert ((lower > 0) | (upper < 0)).tolist()[:3] == exact[:3] == [True, False, True]


def test_a_trend_of_shares_is_the_test_of_cochran_and_armitage():
    x = np.array([[30, 36, 33, 41, 50], [9, 8, 7, 3, 1]])
    n = np.array([[100, 110, 95, 105, 120], [10, 10, 10, 10, 10]])
    z, p = benchmarks.trend(x, n, "wilson")
    for at in range(2):
        # As a correlation of year and outcome over all children: z squared is their number times r squared.
        years = np.repeat(np.tile(np.arange(5), 2), np.concatenate([x[at], n[at] - x[at]]))
        outcome = np.repeat([1, 0], [x[at].sum(), (n[at] - x[at]).sum()])
        r = stats.pearsonr(years, outcome).statistic
        assert z[at] == pytest.approx(np.sign(r) * np.sqrt(n[at].sum()) * abs(r), abs=1e-9)
    assert z[0] > 0 > z[1]
    # Neither moves about its trend by more than chance: the plain test.
    assert p == pytest.approx(stats.chi2.sf(z**2, 1))


def test_a_trend_of_rates_is_the_score_test_of_a_poisson_model():
    x, n = np.array([[300, 280, 260, 270, 220]]), np.array([[6e4, 6.1e4, 5.9e4, 6e4, 6.2e4]])
    constant = sm.GLM(x[0], np.ones(5), family=sm.families.Poisson(), exposure=n[0]).fit()
    chi2 = constant.score_test(exog_extra=np.arange(5.0)[:, None])[0]
    z = benchmarks.trend(x, n, "poisson")[0][0]
    assert z < 0
    assert z**2 == pytest.approx(float(np.squeeze(chi2)), rel=1e-6)


def test_an_unrest_beyond_chance_makes_a_trend_less_sure():
    n = np.full((1, 5), 60_000.0)
    calm, restless = np.array([[1000, 1060, 1120, 1180, 1240]]), np.array([[1000, 1300, 900, 1100, 1300]])
    (_, calm_p), (z, restless_p) = (benchmarks.trend(x, n, "poisson") for x in (calm, restless))
    assert calm_p[0] < 1e-6
    assert abs(z[0]) > 1.96
    assert restless_p[0] > 0.3
    # The same from what a straight line leaves: F on 1 and 3 degrees of freedom.
    line = stats.linregress(np.arange(5), restless[0])
    assert restless_p[0] == pytest.approx(line.pvalue, rel=1e-6)


def test_of_years_in_any_order_few_have_a_trend():
    """Restless series without a trend: one in twenty may look like one, not one in two."""
    generator = np.random.default_rng(903)
    n = generator.integers(20_000, 90_000, size=(4000, 5)).astype(float)
    x = generator.poisson(n * generator.gamma(60, 1 / 60 * 0.01, size=(4000, 5)))
    z, p = benchmarks.trend(x, n, "poisson")
    assert (np.abs(z) > 1.96).mean() > 0.3
    assert (p < 0.05).mean() < 0.065


def test_of_none_or_all_there_is_no_trend():
    n = np.full((2, 5), 10)
    assert np.isnan(benchmarks.trend(np.array([[0] * 5, [10] * 5]), n, "wilson")).all()


def test_rank_intervals_are_as_wide_as_the_numbers_are_small():
    share = np.array([0.1, 0.2, 0.3, 0.4, 0.25])
    for times, widest in ((1_000_000, 0), (20, 4)):
        n = np.full(5, float(times))
        low, high = benchmarks.rank_intervals(share * n, n, share, "wilson", "low", (1,))
        assert (high - low).max() == widest
    # Large numbers: the ranks themselves; the same the other way round.
    n = np.full(5, 1e6)
    for polarity, ranks in (("low", [1, 2, 4, 5, 3]), ("high", [5, 4, 2, 1, 3])):
        for end in benchmarks.rank_intervals(share * n, n, share, "poisson", polarity, (1,)):
            assert end.tolist() == ranks


def test_rank_intervals_repeat_and_leave_out_who_has_no_counts():
    x, n = np.array([3.0, np.nan, 9, 0]), np.array([30.0, np.nan, 30, 25])
    share = np.array([0.1, 0.15, 0.3, 0])
    seed = benchmarks.seed_of("re_referrals_pct", 2025)
    first = benchmarks.rank_intervals(x, n, share, "wilson", "low", seed)
    again = benchmarks.rank_intervals(x, n, share, "wilson", "low", seed)
    assert np.array_equal(first, again, equal_nan=True)
    assert np.isnan(first[0]).tolist() == [False, True, False, False]
    assert seed != benchmarks.seed_of("re_referrals_pct", 2024)


def test_rank_intervals_hold_the_true_rank_as_often_as_they_say():
    generator = np.random.default_rng(903)
    held = []
    for _ in range(40):
        truth, n = generator.beta(8, 60, size=60), generator.integers(40, 800, size=60).astype(float)
        x = generator.binomial(n.astype(int), truth).astype(float)
        low, high = benchmarks.rank_intervals(x, n, x / n, "wilson", "low", (int(generator.integers(1e9)),))
        rank = stats.rankdata(truth)
        held.append(((low <= rank) & (rank <= high)).mean())
    assert 0.92 < np.mean(held) < 0.99


def test_neighbours_mean_and_median_leave_out_who_has_nothing():
    values = np.array([[1.0, 2, 6, np.nan], [np.nan, np.nan, np.nan, np.nan]])
    neighbours = np.array([[1, 2, 3], [0, 2, -1], [3, -1, -1]])
    mean, median, n = benchmarks.of_neighbours(values, neighbours)
    assert n.tolist() == [[2, 2, 0], [0, 0, 0]]
    assert mean[0, :2].tolist() == [4, 3.5]
    assert np.isnan(mean[0, 2])
    assert np.isnan(median[1]).all()
    assert benchmarks.of_neighbours(np.array([[1.0, 2, 6, 8]]), np.array([[0, 1, 2]]))[1].tolist() == [[2]]


# What councils printed beside the neighbours of the list of 2021, and a day on which those figures stood.
PRINTED_NEIGHBOURS = [
    # wakefieldjsna.co.uk, children in care and care leavers
    ("384", "looked_after_per_10k", 2021, "2022-06-30", 107.7, 1),
    # Harrow, Corporate Parenting Panel, February 2022 and 2023
    ("310", "dental_check_pct", 2021, "2022-06-30", 42, 0),
    ("310", "dental_check_pct", 2022, "2023-06-30", 75, 0),
    # Harrow, Corporate Parenting Panel, 2018
    ("310", "missing_in_year_pct", 2017, "2018-06-30", 14, 0),
]


@pytest.mark.real
@pytest.mark.parametrize("printed", PRINTED_NEIGHBOURS)
def test_neighbours_have_the_mean_that_was_printed(printed, official_mart):
    la_code, indicator, year, known_on, value, decimals = printed
    values = official_mart.execute(
        "select la_code, value from indicator_as_of(?::date) where indicator_code = ? and year = ?",
        [known_on, indicator, year],
    ).df()
    listed = official_mart.execute(
        "select neighbour_la_code from dim_statistical_neighbour "
        "where list_version = 'sn_2021' and la_code = ?",
        [la_code],
    ).df()["neighbour_la_code"]
    at = pd.Index(values["la_code"]).get_indexer(listed)
    mean, _, n = benchmarks.of_neighbours(values["value"].to_numpy()[None, :], at[None, :])
    assert n[0, 0] == 10
    assert round(mean[0, 0], decimals) == value


# Lancashire Insight, children's social care overview, which names LAIT as its source: Lancashire, England,
# North West.
LAIT_LANCASHIRE = [
    ("re_referrals_pct", 2022, 19.1, 21.5, 22.0),
    ("assessments_within_45_days_pct", 2022, 90.0, 84.5, 81.2),
    ("assessments_within_45_days_pct", 2018, 78.3, None, None),
    ("referrals_assessed_not_in_need_pct", 2022, 18.9, None, None),
    ("referrals_assessed_not_in_need_pct", 2018, 33.8, None, None),
]


@pytest.mark.real
def test_lancashire_has_the_figures_that_lait_printed(official_mart):
    for code, year, value, england, region in LAIT_LANCASHIRE:
        row = official_mart.execute(
            "select round(value, 1), round(england_value, 1), round(region_value, 1) from fct_benchmark "
            "where la_code = '888' and indicator_code = ? and year = ?",
            [code, year],
        ).fetchone()
        assert [a for a, b in zip(row, (value, england, region), strict=True) if b is not None] == [
            b for b in (value, england, region) if b is not None
        ], (code, year)


def tenth_cut(value, i):
    """The i-th tenth by type 7, in whole numbers of authorities: no rounding decides on which side one is."""
    ordered, (at, rest) = np.sort(value), divmod((len(value) - 1) * i, 10)
    return ordered[at] if rest == 0 else ordered[at] + (ordered[at + 1] - ordered[at]) * rest / 10


@pytest.mark.real
def test_every_rank_band_and_decile_is_that_of_lait_s_rule(official_mart):
    """Counted again with scipy and numpy; the letters as R's quantile and LAIT's comparisons give them."""
    frame = official_mart.sql(
        "select b.*, polarity, lait_has_bands from fct_benchmark as b "
        "inner join dim_indicator using (indicator_code) where value is not null and polarity <> 'none'"
    ).df()
    n_groups = 0
    for _, group in frame.groupby(["indicator_code", "year"]):
        value, low = group["value"].to_numpy(), group["polarity"].iloc[0] == "low"
        rank = stats.rankdata(value if low else -value, method="min").astype(int)
        assert (group["rank"] == rank).all()
        assert (group["rank_n"] == len(value)).all()
        assert (group["rank_ties"] == [(value == v).sum() for v in value]).all()
        q1, q2, q3 = np.quantile(value, [0.25, 0.5, 0.75], method="linear")
        letters = "ABCD" if low else "DCBA"
        band = np.select([value <= q1, value <= q2, value <= q3], list(letters[:3]), letters[3])
        if len(value) >= 4 and group["lait_has_bands"].iloc[0] != "no":
            assert (group["band"] == band).all()
        else:
            assert group["band"].isna().all()
        if len(value) >= 10:
            tenth = 1 + sum(tenth_cut(value, i) < value for i in range(1, 10))
            assert (group["decile"] == (tenth if low else 11 - tenth)).all()
        n_groups += 1
    assert n_groups > 1_000


@pytest.mark.real
def test_every_figure_of_england_that_is_published_is_the_newest(official_mart, official_work):
    """And whatever is put together says so."""
    newest = official_work.sql(
        "select indicator_code, year, arg_max(value, (known_on, edition_year, edition)) as value, "
        "arg_max(status, (known_on, edition_year, edition)) as status "
        "from intermediate.int_indicator_edition where area_level = 'national' "
        "and not (is_derived and status = 'not_available') group by all"
    ).df()
    ours = official_mart.sql(
        "select distinct indicator_code, year, england_value, england_basis from fct_benchmark"
    ).df()
    both = newest[newest["status"] == "published"].merge(ours, on=["indicator_code", "year"])
    assert len(both) > 6_000
    # Beyond all its authorities: not taken.
    slips = both[both["england_basis"] != "published"]
    assert len(slips) <= 1, slips
    both = both.drop(slips.index)
    assert both["england_value"].to_numpy() == pytest.approx(both["value"].to_numpy())
    assert set(ours["england_basis"].dropna()) == {"published", "sum_of_authorities", "mean_of_authorities"}


@pytest.mark.real
def test_england_follows_from_95_of_100_authorities(official_mart):
    """Why what is put together needs 95% of them: fewer are not England, as small numbers are missing."""
    frame = official_mart.sql("""
        select
            indicator_code,
            year,
            count(numerator + denominator) / count(*) as coverage,
            any_value(multiplier) * sum(numerator) filter (denominator is not null)
            / sum(denominator) filter (numerator is not null) as added,
            any_value(england_value) as printed,
            any_value(greatest(0.02 * england_value, 0.5 * pow(10, -decimals))) as allowed,
        from fct_benchmark
        inner join fct_indicator using (la_code, year, indicator_code)
        inner join dim_indicator using (indicator_code)
        where england_basis = 'published' and aggregation = 'ratio' and limits is not null
        and england_value > 0
        group by indicator_code, year
    """).df()
    agrees = (frame["added"] - frame["printed"]).abs() <= frame["allowed"]
    groups = agrees.groupby(pd.cut(frame["coverage"], [0.5, 0.8, 0.95, 1.01], right=False), observed=True)
    assert groups.size().gt(500).all()
    assert [round(100 * share) for share in groups.mean()] == [27, 54, 97]


@pytest.mark.real
def test_rank_intervals_of_the_mart_can_be_drawn_again(official_mart):
    frame = official_mart.sql(
        "select b.la_code, numerator, denominator, b.value / 100 as share, rank, rank_low_95, rank_high_95 "
        "from fct_benchmark as b inner join fct_indicator using (la_code, year, indicator_code) "
        "where indicator_code = 're_referrals_pct' and year = 2025 and b.value is not null order by la_code"
    ).df()
    low, high = benchmarks.rank_intervals(
        frame["numerator"].to_numpy(),
        frame["denominator"].to_numpy(),
        frame["share"].to_numpy(),
        "wilson",
        "low",
        benchmarks.seed_of("re_referrals_pct", 2025),
    )
    assert (np.minimum(low, frame["rank"]) == frame["rank_low_95"]).all()
    assert (np.maximum(high, frame["rank"]) == frame["rank_high_95"]).all()
    assert len(frame) > 140


@pytest.mark.real
def test_limits_of_the_mart_are_those_of_scipy(official_mart):
    frame = official_mart.sql(
        "select b.*, numerator, denominator, multiplier from fct_benchmark as b "
        "inner join fct_indicator using (la_code, year, indicator_code) "
        "inner join dim_indicator using (indicator_code) "
        "where lower_95 is not null and numerator = round(numerator) and denominator = round(denominator) "
        "using sample reservoir(300 rows) repeatable (903)"
    ).df()
    for row in frame.itertuples():
        if row.limits_method == "wilson":
            test = stats.binomtest(int(row.numerator), int(row.denominator))
            low, high = test.proportion_ci(0.95, "wilson")
        else:
            low, high = (
                (stats.chi2.ppf(0.025, 2 * row.numerator) / 2 if row.numerator else 0) / row.denominator,
                stats.chi2.ppf(0.975, 2 * row.numerator + 2) / 2 / row.denominator,
            )
        assert row.lower_95 == pytest.approx(row.multiplier * low, rel=1e-9, abs=1e-9)
        assert row.upper_95 == pytest.approx(row.multiplier * high, rel=1e-9)
    assert set(frame["limits_method"]) == {"wilson", "poisson"}
