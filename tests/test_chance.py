"""What chance gives: what each way of dealing out keeps, and the figures of the reference."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from python_stats import chance, figures, la_valle_2016, panels, rankings, studies
from python_stats.__main__ import main

POLARITY = {"a": "high", "b": "low", "c": "high"}


def country(seed=0, n=60):
    """Ten authorities have no figure at all, ten more only one; `c` ties."""
    rng = np.random.default_rng(seed)
    values = pd.DataFrame(
        rng.standard_normal((n, 3)), columns=list("abc"), index=[f"{i:03}" for i in range(n)]
    )
    values["c"] = values["c"].round()
    values.iloc[:10] = np.nan
    values.iloc[10:20, 1:] = np.nan
    return values


# ----------------------------------------------------------------- what is kept


@pytest.mark.parametrize("keep", chance.KEEP)
@pytest.mark.parametrize("rule", ["percentile", "take-by-code"])
def test_the_missing_pattern_and_the_ties_are_kept(keep, rule):
    values = country()
    made = chance.simulate(values, POLARITY, rule, keep, simulations=300)
    for end in chance.ENDS:
        among = rankings.extremes(values, POLARITY, end, rule=rule)
        # As many are in as there are, however many tie; nobody is in where there is no figure.
        assert (made[end] @ np.arange(4) == among["is_in"].sum()).all()
        assert (made[end].sum(axis=1) == 60).all() and (made[end][:, 0] >= 10).all()
        # With three figures are 40 authorities, so 50 at most are in at all.
        assert made[end][:, 2:].sum(axis=1).max() > 0


def test_nobody_is_in_more_often_than_there_are_figures():
    values = country()
    values.iloc[20:, 1:] = np.nan
    values.iloc[20:25, 1] = range(5)
    made = chance.simulate(values.drop(columns="c"), POLARITY, simulations=300, share=0.5)
    assert (made["best"][:, 2] <= 5).all() and made["best"][:, 2].max() > 0


@pytest.mark.parametrize("keep", chance.KEEP)
def test_the_seed_fixes_the_simulations(keep):
    first, again, other = (
        chance.simulate(country(), POLARITY, keep=keep, simulations=700, seed=seed)["best"]
        for seed in (5, 5, 6)
    )
    assert (first == again).all() and (first != other).any() and first.shape == (700, 4)


def test_dealt_out_one_by_one_the_expected_number_is_what_probability_says():
    values = country()
    made = chance.simulate(values, POLARITY, keep="nothing", simulations=4000)["best"]
    among = rankings.extremes(values, POLARITY, "best").groupby("indicator")[["n", "n_in"]].first()
    spared = 1 - among["n_in"] / among["n"]
    expected = 10 + 10 * spared["a"] + 40 * spared.prod()
    assert made[:, 0].mean() == pytest.approx(expected, abs=0.15)


def test_twins_stay_together_and_strangers_do_not():
    values = country().drop(columns="c")
    values["twin"] = -values["b"]
    polarity = {"a": "high", "b": "low", "twin": "high"}
    assert chance.blocks(values, "twins") == [[0], [1, 2]]
    assert chance.blocks(values, "nothing") == [[0], [1], [2]]
    without = values[["b", "twin"]]
    for keep, few in (("twins", 0), ("correlation", 0.2)):
        made = chance.simulate(without, polarity, keep=keep, simulations=400)["best"]
        assert made[:, 1].mean() <= few, keep
    assert chance.simulate(without, polarity, keep="nothing", simulations=400)["best"][:, 1].mean() > 5
    with pytest.raises(ValueError, match="keep 'rows': nothing, twins, correlation"):
        chance.simulate(values, polarity, keep="rows")


def test_drawn_with_their_correlations_strangers_come_as_often_as_dealt_out_alone():
    rng = np.random.default_rng(9)
    values = pd.DataFrame(rng.standard_normal((3000, 3)), columns=list("abc"))
    apart, drawn = (
        chance.simulate(values, POLARITY, keep=keep, simulations=100)["worst"].mean(axis=0)
        for keep in ("nothing", "correlation")
    )
    assert drawn == pytest.approx(apart, rel=0.1, abs=3)


def test_drawn_they_coincide_as_normal_variables_of_that_correlation_do():
    """Both in the upper tenth as often as scipy's bivariate normal distribution has it."""
    rng = np.random.default_rng(10)
    a = rng.standard_normal(2000)
    values = pd.DataFrame({"a": a, "c": 0.6 * a + 0.8 * rng.standard_normal(2000)})
    made = chance.simulate(values, POLARITY, keep="correlation", simulations=300)["best"]
    normal = 2 * np.sin(np.pi / 6 * values.corr("spearman").loc["a", "c"])
    both = stats.multivariate_normal([0, 0], [[1, normal], [normal, 1]]).cdf([stats.norm.ppf(0.1)] * 2)
    assert 0.03 < both < 0.04
    assert made[:, 2].mean() / 2000 == pytest.approx(both, abs=0.0005)


# ----------------------------------------------------------------- observed beside chance


def test_observed_counts_are_those_of_the_rankings():
    values = country()
    counts = chance.observe(values, POLARITY, "percentile")
    times = rankings.appearances(rankings.extremes(values, POLARITY, "worst"), list(values.index))["times"]
    assert counts["worst"].tolist() == times.value_counts().reindex(range(4), fill_value=0).tolist()
    assert counts["best"].sum() == 60


def test_p_is_how_often_chance_gives_at_least_as_many():
    simulated = np.array([[8, 2, 0, 0, 0]] * 7 + [[7, 2, 0, 0, 1]] * 2)
    out = chance.beside(np.array([7, 2, 0, 0, 1]), simulated).set_index("times")
    assert list(out.index) == ["0", "1", "2", "3", "4", "4 or more"]
    assert out.loc["4 or more", ["observed", "p", "p_fewer"]].tolist() == [1, 0.3, 1]
    assert out.loc["0", ["p", "p_fewer", "n"]].tolist() == [1, 0.3, 10]
    assert out.loc["0", "expected"] == pytest.approx(70 / 9)


def test_a_year_with_too_few_indicators_says_so():
    out = chance.year_beside(country(), POLARITY, "percentile", "twins", 10, [0, 2010])
    assert out["reason"].eq("3 of the indicators have 30 figures; 4 are needed").all() and len(out) == 2


def test_the_figure_names_what_is_outside_chance():
    tidy = pd.DataFrame({"end": "best", "group": ["0", "1"], "observed": [9, 3], "expected": [5.0, 3.0]})
    drawn, alt = figures.beside_chance(tidy.assign(low=2, high=8), "times", "authorities")
    assert (
        alt
        == "Authorities by times, observed beside chance. best: outside 95% of chance 0 (9, expected 5.0)."
    )
    assert len(drawn.axes) == 1


def test_the_command_runs_on_the_sample(sample_warehouse, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    assert main(["chance", "--simulations", "60", "--seed", "3", "--json", "-", "--out", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["is_synthetic"] and "60 simulations, seed 3" in said["lead"] and "printed" not in said["lead"]
    for row in said["tables"]["every-year-against-chance"]:
        assert (row["p"] is None) == (row["reason"] != "")
    assert (tmp_path / "chance-every-year-against-chance.svg").exists()


# ----------------------------------------------------------------- the reference's figures


def study_1(simulations):
    """The printed counts against chance with the 15 of each indicator, the two SDQ indicators together."""
    study = panels.load_study(la_valle_2016.NAME)
    values = studies.values_of(study, "percentiles")[list(la_valle_2016.RANKED)]
    polarity = dict(zip(study["variables"]["variable_no"], study["variables"]["polarity"], strict=True))
    assert [8 - 1, 9 - 1] in chance.blocks(values, "twins") and len(chance.blocks(values, "twins")) == 10
    made = chance.simulate(values, polarity, "take-by-code", "twins", simulations)
    table = chance.both_ends(chance.printed(study["results"], 11), made)
    return table.set_index(["end", "times"])


@pytest.mark.real
def test_the_reference_comes_out_near_with_few_simulations(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    table = study_1(2000)
    assert table["observed"].to_dict()["best", "4 or more"] == 6
    for place, expected in REFERENCE.items():
        assert table.loc[place, "expected"] == pytest.approx(expected[0], abs=0.5), place


REFERENCE = {
    ("best", "4 or more"): (4.0, 0.19),
    ("best", "0"): (52.8, 0.067),
    ("worst", "4 or more"): (3.5, 0.12),
    ("worst", "0"): (51.3, 0.0014),
}


@pytest.mark.real
@pytest.mark.slow
def test_the_reference_comes_out_near_with_20_000_simulations(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    table = study_1(20_000)
    print(table[["observed", "expected", "low", "high", "p"]])
    for place, (expected, p) in REFERENCE.items():
        assert table.loc[place, "expected"] == pytest.approx(expected, abs=0.4), place
        assert table.loc[place, "p"] == pytest.approx(p, abs=0.02), place
    assert table.loc[("worst", "0"), "p"] < 0.005
