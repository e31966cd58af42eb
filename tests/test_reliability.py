"""Signal and chance, stability over years and editions."""

from math import comb

import numpy as np
import pandas as pd
import pytest

from python_stats import mart, panels, reliability
from python_stats.__main__ import main

# Shrout and Fleiss (1979), table 2: six targets, four judges; table 4 prints ICC(3,1) = .71.
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]]
)


def simulated(rng, k=150, mean=0.2, sd=0.06, smallest=20, largest=400):
    """Counts of k authorities whose true shares have this mean and SD, and the signal share in truth."""
    a = mean * (mean * (1 - mean) / sd**2 - 1)
    n = rng.integers(smallest, largest, k)
    x = rng.binomial(n, rng.beta(a, a * (1 - mean) / mean, k))
    noise = (mean * (1 - mean) - sd**2) * np.mean(1 / np.arange(smallest, largest))
    return x.astype(float), n.astype(float), sd**2 / (sd**2 + noise)


def figures_of(values, code="x", **columns):
    """A panel of {year: {la_code: value}}."""
    rows = [(code, year, la, value) for year, of in values.items() for la, value in of.items()]
    return pd.DataFrame(rows, columns=["indicator_code", "year", "la_code", "value"]).assign(**columns)


# ----------------------------------------------------------------- over years


def test_consistency_is_the_published_icc():
    found = reliability.consistency(SHROUT_FLEISS)
    assert [round(it, 2) for it in found] == [0.71, 0.34, 0.95]
    pair = np.array([[1.0, 11], [2, 12], [4, 14]])
    assert reliability.consistency(pair) == (1, 1, 1)
    assert reliability.consistency(np.array([[1.0, -1], [2, -2], [3, -3]]))[0] == -1


def test_years_are_not_compared_across_a_break_a_gap_or_an_edition_that_is_carried():
    rng = np.random.default_rng(1)
    las = {f"{i}": float(i) for i in range(20)}
    noisy = {year: {la: v + rng.normal() for la, v in las.items()} for year in (2014, 2015, 2016, 2018)}
    out = reliability.year_on_year(figures_of(noisy), {"x": {2016}}).set_index("first_year")
    assert list(out.index) == [2014, 2015]
    assert out.estimate[2014] > 0.9 and out.icc[2014] > 0.9 and out.reason[2014] == ""
    assert np.isnan(out.estimate[2015]) and "new basis from 2016" in out.reason[2015]
    carried = reliability.year_on_year(figures_of(noisy), {}, ["x"])
    assert carried.estimate.isna().all() and carried.reason.str.contains("one edition").all()
    few = figures_of({2014: {"a": 1, "b": 2}, 2015: {"a": 1, "b": 3}})
    assert reliability.year_on_year(few, {}).reason.tolist() == ["2 authorities with both; 10 are needed"]
    same = figures_of({2014: las, 2015: dict.fromkeys(las, 1.0)})
    assert "constant" in reliability.year_on_year(same, {}).reason[0]


# ----------------------------------------------------------------- over editions


def edition(name, values, known_on):
    return figures_of({2018: values}, edition=name, edition_year=int(name), known_on=pd.Timestamp(known_on))


def test_a_coarser_print_is_no_revision_and_a_lost_figure_is_counted():
    first = edition("2018", {"a": 10.0, "b": 20.0, "c": 31.0, "d": 5.0}, "2018-12-01")
    last = edition("2020", {"a": 10.4, "b": 20.6, "c": 30.7, "e": 1.0}, "2020-12-01")
    out = reliability.edition_to_edition(pd.concat([last, first])).iloc[0]
    assert (out.first_edition, out.last_edition, out.n, out.n_lost, out.n_gained) == ("2018", "2020", 3, 1, 1)
    # 20.6 is not 20 however it was rounded; the other two are.
    assert out.share_changed == pytest.approx(1 / 3) and out.largest == pytest.approx(0.6)
    # As fine a print in both: every difference counts.
    again = edition("2020", {"a": 10.0, "b": 21.0, "c": 31.0, "d": 5.0}, "2020-12-01")
    assert reliability.edition_to_edition(pd.concat([first, again])).share_changed[0] == 0.25
    alone = reliability.edition_to_edition(first)
    assert alone.reason.tolist() == ["1 edition(s) with figures; 2 are needed"]


# ----------------------------------------------------------------- signal and chance


@pytest.mark.parametrize("p", [0.02, 0.5])
def test_the_sampling_variance_of_a_share_is_unbiased(p):
    n = 7
    x = np.arange(n + 1)
    chance = [comb(n, int(k)) * p**k * (1 - p) ** (n - k) for k in x]
    expected = reliability.sampling_variance(x, np.full(n + 1, n), "wilson") @ chance
    assert expected == pytest.approx(p * (1 - p) / n)


def test_the_sampling_variance_of_a_rate_is_its_count_over_the_square():
    assert reliability.sampling_variance(np.array([9.0]), np.array([30.0]), "poisson")[0] == 0.01
    with pytest.raises(ValueError, match="wilson or poisson"):
        reliability.sampling_variance(np.array([1.0]), np.array([2.0]), "none")


def test_a_known_signal_share_is_found_in_many_authorities():
    x, n, truth = simulated(np.random.default_rng(3), k=4000)
    out = reliability.signal_share(x, n, "wilson", resamples=20)
    assert out["estimate"] == pytest.approx(truth, abs=0.03)
    assert out["max_r"] == pytest.approx(np.sqrt(truth), abs=0.03)
    rng = np.random.default_rng(4)
    of = rng.integers(2000, 60000, 4000).astype(float)
    rates = rng.gamma(9, 0.002 / 9, len(of))  # an SD of a third of the mean
    out = reliability.signal_share(rng.poisson(rates * of).astype(float), of, "poisson", resamples=20)
    noise = 0.002 * np.mean(1 / np.arange(2000, 60000))
    assert out["estimate"] == pytest.approx(0.002**2 / 9 / (0.002**2 / 9 + noise), abs=0.03)


def test_chance_alone_has_no_signal_and_one_seed_gives_one_interval():
    rng = np.random.default_rng(5)
    n = rng.integers(20, 400, 150).astype(float)
    x = rng.binomial(n.astype(int), 0.2).astype(float)
    out = reliability.signal_share(x, n, "wilson", seed=1)
    assert out["estimate"] < 0.2 and out["low"] == 0
    assert out == reliability.signal_share(x, n, "wilson", seed=1)
    assert out != reliability.signal_share(x, n, "wilson", seed=2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("x", "n", "limits", "reason"),
    [
        ([1.0] * 20, [5.0] * 20, None, "no counts of persons"),
        ([1.0] * 9 + [np.nan] * 9, [5.0] * 18, "wilson", "9 authorities with both counts"),
        ([1.0] * 20, [1.0] * 20, "wilson", "0 authorities with both counts"),
        ([0.0] * 20, [5.0] * 20, "wilson", "the same figure"),
        ([2.0] * 20, [5.0] * 20, "poisson", "the same figure"),
    ],
)
def test_where_nothing_can_be_told_there_is_a_reason(x, n, limits, reason):
    out = reliability.signal_share(np.array(x), np.array(n), limits)
    assert reason in out["reason"] and "estimate" not in out


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("last", [4.0, 5.0])
def test_where_all_hangs_on_one_authority_there_is_no_signal_share(last):
    out = reliability.signal_share(np.array([0.0] * 11 + [last]), np.full(12, 5.0), "wilson")
    assert "too few authorities" in out["reason"] and "estimate" not in out


def test_both_members_of_a_joint_return_count_once():
    panel = figures_of({2018: {"a": 1.0, "b": 1.0, "c": 2.0}}, joint_code=["a / b", "a / b", None])
    assert reliability.one_of_joint(panel).la_code.tolist() == ["a", "c"]


@pytest.mark.slow
@pytest.mark.parametrize(("sd", "k"), [(0.03, 150), (0.06, 150), (0.06, 100)])
def test_the_interval_holds_the_true_signal_share_as_often_as_it_says(sd, k):
    rng, held = np.random.default_rng(11), []
    for seed in range(4000):
        x, n, truth = simulated(rng, k=k, sd=sd)
        out = reliability.signal_share(x, n, "wilson", seed, resamples=500)
        held.append(out["low"] <= truth <= out["high"])
    print(f"sd {sd}, k {k}: coverage {np.mean(held):.3f}")
    assert 0.93 <= np.mean(held) <= 0.97


# ----------------------------------------------------------------- from the mart


@pytest.mark.filterwarnings("error")
def test_the_command_says_what_it_found_and_why_not(sample_warehouse, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    codes = ["looked_after_per_10k", "sdq_average_score", "imd_average_rank"]
    arguments = [it for code in codes for it in ("--indicator", code)]
    assert main(["reliability", *arguments, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "SYNTHETIC DATA" in said and "nan" not in said.lower()
    table = pd.read_csv(tmp_path / "reliability-reliability-of-each-indicator.csv").set_index("indicator")
    assert 0 <= table.estimate["looked_after_per_10k"] <= 1
    assert table.estimate.drop("looked_after_per_10k").isna().all()
    assert table.reason["sdq_average_score"].startswith("no counts")
    with pytest.raises(mart.MartError, match="no indicator 'nothing'"):
        panels.load_indicators(["nothing"])


@pytest.mark.real
def test_no_pair_of_official_years_crosses_a_break(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    codes = ["missing_in_year_pct", "agency_rate_headcount_pct"]
    years = reliability.report(codes, resamples=50).tables["year-on-year"]
    broken = years[years.reason.str.contains("new basis")]
    found = set(zip(broken.indicator, broken.second_year, strict=True))
    assert found == {
        ("missing_in_year_pct", 2016), ("missing_in_year_pct", 2017), ("agency_rate_headcount_pct", 2017),
    }  # fmt: skip
    assert broken.estimate.isna().all() and years.estimate.notna().sum() == len(years) - 3
