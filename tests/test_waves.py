"""Associations by wave and pooled, verdicts by their rule, what simulated data must show."""

import gc
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from python_stats import association, figures, la_valle_2016, panels
from python_stats.__main__ import main
from python_stats.waves import by_wave, studies_again, verdicts
from python_stats.waves import report as waves_report

WAVES = list(panels.WAVES)
LAS = 150


@pytest.fixture(autouse=True)
def garbage_is_not_searched_for():
    """statsmodels' Holm searches all that pytest holds for garbage each time: most of a second."""
    gc.freeze()
    yield
    gc.unfreeze()


def made(rng, of_waves=4, n=80, effect=0.0, indicators=("x",), persistent=0.7):
    """Inspections of a made-up country: both the indicators and the ratings of an authority last."""
    lasting = rng.standard_normal(LAS)
    figures_last = {code: rng.standard_normal(LAS) for code in indicators}
    parts = []
    for wave in WAVES[:of_waves]:
        at = rng.choice(LAS, n, replace=False)
        part = pd.DataFrame({"la_code": [f"{la:03}" for la in at], "wave": wave})
        for code in indicators:
            own = rng.standard_normal(n)
            part[code] = np.sqrt(persistent) * figures_last[code][at] + np.sqrt(1 - persistent) * own
        latent = effect * part[indicators[0]] + np.sqrt(1 - effect**2) * (
            np.sqrt(persistent) * lasting[at] + np.sqrt(1 - persistent) * rng.standard_normal(n)
        )
        part["rating"] = 1.0 + np.digitize(latent, [-1, 0.1, 1.4])
        parts.append(part)
    out = pd.concat(parts, ignore_index=True)
    return out.assign(wave=pd.Categorical(out["wave"], WAVES, ordered=True))


# ----------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("estimates", "p", "n", "pooled", "expected"),
    [
        ([0.3, 0.2, 0.3], [0.01, 0.2, 0.01], 80, (0.001, 0.01), "holds"),
        ([0.3, 0.2, 0.3], [0.01, 0.2, 0.01], 80, (0.001, 0.06), "unsettled"),
        ([-0.3, -0.2, -0.3], [0.2, 0.2, 0.2], 80, (0.001, 0.01), "holds"),
        ([0.4, -0.4, 0.1], [0.001, 0.001, 0.4], 80, (0.6, 1.0), "changes sign"),
        ([0.4, -0.4, 0.1], [0.001, 0.001, 0.4], 80, (0.001, 0.01), "changes sign"),
        ([0.23, -0.01, 0.1], [0.04, 0.9, 0.4], 80, (0.2, 1.0), "unsettled"),
        ([0.1, -0.1, 0.1], [0.4, 0.4, 0.4], 80, (0.6, 1.0), "never there"),
        ([0.1, 0.1, 0.1], [0.4, 0.4, 0.4], 80, (0.04, 1.0), "unsettled"),
        ([0.5, 0.5, 0.5], [0.01, 0.01, 0.01], 29, (0.001, 0.01), "too little data"),
        ([0.5, np.nan, np.nan], [0.01, np.nan, np.nan], 80, (0.01, 0.01), "too little data"),
    ],
)
def test_a_verdict_follows_its_rule(estimates, p, n, pooled, expected):
    of_waves = pd.DataFrame({"estimate": estimates, "p": p, "n": n})
    found, p_differs = verdicts.verdict(of_waves, pd.Series(pooled, index=["p", "p_holm"]))
    assert found == expected and found in verdicts.VERDICTS
    assert np.isnan(p_differs) == (expected == "too little data")


def test_a_small_wave_has_no_say_in_the_sign():
    of_waves = pd.DataFrame({"estimate": [0.3, 0.3, -0.5], "p": [0.01, 0.01, 0.01], "n": [80, 80, 27]})
    over_all = pd.Series({"p": 0.001, "p_holm": 0.01})
    assert verdicts.verdict(of_waves, over_all)[0] == "holds"
    assert verdicts.verdict(of_waves.assign(n=80), over_all)[0] == "changes sign"


def test_waves_differ_by_cochrans_q():
    assert verdicts.differs(pd.DataFrame({"estimate": [0.2, 0.2], "n": [50, 90]})) == pytest.approx(1)
    # 97 / (1 + .3^2 / 2) either way of 0: q = 2 w z^2.
    z, weight = np.arctanh(0.3), 97 / 1.045
    expected = stats.chi2.sf(2 * weight * z**2, 1)
    assert verdicts.differs(pd.DataFrame({"estimate": [0.3, -0.3], "n": [100, 100]})) == pytest.approx(
        expected
    )


def test_signs_and_verdicts_come_of_the_table():
    frame = made(np.random.default_rng(3), effect=0.6, indicators=("x", "y")).assign(none=np.nan)
    out = verdicts.verdicts(by_wave.associations(frame, ["x", "y", "none"])).set_index("indicator")
    assert out.loc["x", ["verdict", "signs"]].tolist() == ["holds", "++++.."]
    assert out.loc["none", ["verdict", "signs", "reason"]].tolist() == [
        "too little data", "......", "no wave with 10 authorities that differ and have both",
    ]  # fmt: skip


# ----------------------------------------------------------------- who and what


def test_of_two_inspections_in_a_wave_the_first_counts():
    inspections = pd.DataFrame(
        {
            "la_code": ["1", "1", "1", "2", "3"],
            "wave": pd.Categorical(["a", "a", "b", "a", None], ["a", "b"]),
            "published_on": pd.to_datetime(
                ["2015-06-01", "2015-01-01", "2018-01-01", "2015-03-01", "2012-01-01"]
            ),
            "overall_code": [3.0, 1.0, 2.0, np.nan, 2.0],
            "leaders_code": [3.0, np.nan, 2.0, 4.0, 2.0],
        },
        index=list("vwxyz"),
    )
    known = pd.DataFrame({"inspection_id": ["w", "x"], "indicator_code": "i", "value": [5.0, np.nan]})
    overall = by_wave.samples(inspections, known, "overall")
    assert overall["rating"].to_dict() == {"w": 1, "x": 2} and overall["i"].dropna().to_dict() == {"w": 5}
    assert by_wave.samples(inspections, known, "leaders")["rating"].to_dict() == {"y": 4, "v": 3, "x": 2}
    with pytest.raises(ValueError, match="no judgement 'care': overall, leaders"):
        by_wave.samples(inspections, known, "care")


def test_waves_are_by_framework_and_year_of_publication(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    inspections, known = panels.load_at_inspections(["looked_after_per_10k"])
    for row in inspections.itertuples():
        framework, first, last = panels.WAVES[row.wave]
        assert row.framework == framework and first <= row.published_on.year <= last
    frame = by_wave.samples(inspections, known, "overall")
    assert not frame.duplicated(["la_code", "wave"]).any()
    every = inspections.dropna(subset=["overall_code"])
    assert len(frame) == len(every.drop_duplicates(["la_code", "wave"])) < len(every)


# ----------------------------------------------------------------- association, by wave and pooled


def test_pooled_is_the_mean_of_the_waves_weighted_by_their_authorities():
    frame = made(np.random.default_rng(0), of_waves=3, effect=0.4)
    frame.loc[frame.index[:30], "x"] = np.nan
    table = by_wave.associations(frame, ["x"]).set_index("wave")
    of_waves = table.loc[WAVES[:3]]
    pooled = table.loc[by_wave.POOLED]
    assert of_waves["n"].tolist() == [50, 80, 80] and pooled["n"] == 210
    assert pooled["estimate"] == pytest.approx(np.average(of_waves["estimate"], weights=of_waves["n"]))
    assert pooled["n_waves"] == 3 and pooled["n_authorities"] == frame.dropna()["la_code"].nunique()
    first = frame[frame["wave"] == WAVES[0]].dropna()
    assert table["estimate"][WAVES[0]] == pytest.approx(stats.spearmanr(first["x"], first["rating"])[0])
    assert table["reason"][WAVES[4]] == "0 complete pairs; at least 3 are needed"


def test_the_same_authorities_again_make_nothing_surer():
    one = made(np.random.default_rng(1), of_waves=1, n=100, effect=0.3)
    again = pd.concat([one, one.assign(wave=WAVES[1])], ignore_index=True)
    others = again.assign(la_code=[str(row) for row in again.index])
    widths = [
        np.ptp(by_wave.pooled(frame, ["x"])[["low", "high"]].to_numpy()) for frame in (one, again, others)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.01)
    assert widths[2] == pytest.approx(widths[0] / np.sqrt(2), rel=0.03)


def test_with_another_variable_held_fixed_it_is_the_partial_correlation():
    rng = np.random.default_rng(2)
    frame = made(rng, of_waves=1, n=100, effect=0.5, indicators=("x", "y"))
    frame["z"] = frame["x"] + rng.standard_normal(100)
    for method in by_wave.METHODS:
        r = frame[["rating", "x", "z"]].corr(method).to_numpy()
        expected = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
        out = by_wave.partial(frame, ["x", "z"], "z", method).set_index("indicator")
        assert out.loc["x", "estimate"] == pytest.approx(expected) and out.loc["x", "df"] == 97
        t = expected * np.sqrt(97 / (1 - expected**2))
        assert out.loc["x", "p"] == pytest.approx(2 * stats.t.sf(abs(t), 97))
        assert out.loc["z", "reason"] == "is what is held fixed" and np.isnan(out.loc["z", "p"])
        assert by_wave.pooled(frame, ["x"], "z", method)["estimate"].iloc[0] == pytest.approx(expected)


def test_what_cannot_be_computed_says_why():
    frame = made(np.random.default_rng(4), of_waves=2).assign(same=1.0, few=np.nan)
    frame.loc[:5, "few"] = range(6)
    frame["double"] = 2 * frame["x"]
    none = "no wave with 10 authorities that differ and have both"
    assert by_wave.pooled(frame, ["same", "few"])["reason"].tolist() == [none, none]
    assert by_wave.partial(frame, ["same", "few", "double"], "x")["reason"].tolist() == [
        "no variation among 160 authorities",
        "6 authorities; 10 are needed",
        "nothing is left of it after adjustment among 160 authorities",
    ]


# ----------------------------------------------------------------- against chance


def test_as_many_pass_by_chance_as_there_is_chance_for_and_the_seed_fixes_them():
    codes = tuple("abcdefghij")
    frame = made(np.random.default_rng(5), of_waves=1, indicators=codes)
    frame.loc[:20, "a"] = np.nan
    first, again, other = (verdicts.passed_by_chance(frame, list(codes), seed=seed) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
    assert first.mean() == pytest.approx(0.5, abs=0.08)
    # Ten copies of one indicator pass together or not at all.
    copies = pd.concat([frame[["rating"]], *(frame["b"].rename(code) for code in codes)], axis=1)
    assert set(verdicts.passed_by_chance(copies, list(codes))) == {0, 10}


def test_passed_and_expected_are_counted():
    frame = made(np.random.default_rng(6), of_waves=2, effect=0.7, indicators=("x", "y", "z"))
    out = verdicts.against_chance(frame, by_wave.associations(frame, ["x", "y", "z"])).set_index("wave")
    first = out.loc[WAVES[0]]
    assert (first["m"], first["passed"], first["holm"]) == (3, 1, 1)
    assert first["expected"] == pytest.approx(0.15) and first["p"] > 0.01
    assert first["smallest"] == pytest.approx(association.smallest_detectable(80))
    assert out.loc[WAVES[5], "reason"] == "no indicator can be tested"
    assert "recur" in out.loc[by_wave.POOLED, "reason"]


# ----------------------------------------------------------------- the studies on every wave


def test_appearing_often_is_held_against_the_rating():
    rng = np.random.default_rng(7)
    codes = ["a", "b", "c", "d"]
    frame = made(rng, of_waves=2, effect=0.8)
    frame[codes] = frame[["x"]].to_numpy() + 0.3 * rng.standard_normal((len(frame), 4))
    frame.loc[frame["wave"] == WAVES[1], codes] = np.nan
    out = studies_again.study_1(frame, dict.fromkeys(codes, "high")).set_index(["wave", "end"])
    best, worst = out.loc[(WAVES[0], "best")], out.loc[(WAVES[0], "worst")]
    assert best["n_indicators"] == 4 and best["n_often"] == 1
    assert best["estimate"] > 0 > worst["estimate"]
    assert best["high_often"] > best["high_others"] and worst["high_often"] < worst["high_others"]
    none = out.loc[(WAVES[1], "best")]
    assert none["reason"] == "no indicator has figures on 30 authorities of the wave"
    assert out.loc[(by_wave.POOLED, "best"), "n"] == 80


def test_the_second_study_s_model_is_fitted_where_there_is_enough():
    codes = (by_wave.DEPRIVATION, studies_again.DENTAL, studies_again.OVERDUE)
    frame = made(np.random.default_rng(8), of_waves=2, effect=0.6, indicators=codes)
    frame.loc[frame["wave"] == WAVES[1], studies_again.DENTAL] = np.nan
    out = studies_again.study_2_models(frame, {studies_again.DENTAL: "Dental"})
    first = out[out["wave"] == WAVES[0]].set_index("term")
    assert list(first.index) == [by_wave.DEPRIVATION, "Dental", studies_again.OVERDUE]
    assert first.loc[by_wave.DEPRIVATION, "odds_ratio_low"] > 1
    second = out[out["wave"] == WAVES[1]].iloc[0]
    assert second["reason"] == "0 authorities with all three; 30 are needed"
    tests = studies_again.study_2_t_tests(frame, list(codes), dict(zip(codes, "abc", strict=True)))
    assert tests["m"].tolist()[:3] == [3, 2, 0] and tests["which"].iloc[0].startswith("a (g -")


def test_the_heat_map_says_what_is_framed():
    tidy = pd.DataFrame(
        {
            "row": ["a", "a", "b"],
            "column": ["x", "y", "x"],
            "estimate": [0.4, np.nan, -0.1],
            "is_below": [True, False, False],
            "is_sure": [True, False, False],
            "is_pale": [False, True, True],
        }
    )
    drawn, alt = figures.heat_map(tidy, ["a", "b"], ["x", "y"])
    assert [text.get_text() for text in drawn.axes[0].texts] == ["+0.40*", "-0.10"]
    assert alt.endswith("1 are starred. Framed: a, x: +0.40.")


def test_the_command_runs_on_the_sample(sample_warehouse, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    few = by_wave.study_indicators
    wanted = ["missing_in_year_pct", "substance_misuse_pct", by_wave.DEPRIVATION, studies_again.DENTAL]
    monkeypatch.setattr(waves_report, "study_indicators", lambda loaded: few(loaded).loc[wanted])
    monkeypatch.setattr(waves_report, "against_chance", partial(verdicts.against_chance, simulations=100))
    assert main(["waves", "--judgement", "leaders", "--json", "-", "--out", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["is_synthetic"] and "ofsted's judgement (leaders)" in said["lead"].lower()
    assert {row["variable"] for row in said["tables"]["verdicts"]} == {
        "Missing during the year", "Substance misuse", "Deprivation", "Children in care, dental check",
    }  # fmt: skip
    for row in said["tables"]["all-associations-by-wave"]:
        assert (row["p"] is None) == (row["reason"] != "")
    assert "SYNTHETIC" in (tmp_path / "waves.html").read_text(encoding="utf-8")


# ----------------------------------------------------------------- official files


@pytest.fixture
def on_official(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))


@pytest.mark.real
def test_of_all_first_sif_inspections_missing_and_agency_survive_and_nothing_else(on_official):
    table = studies_again.first_sif(panels.load_study(la_valle_2016.NAME)).set_index("variable_no")
    assert list(table.index) == list(range(2, 15)) and table["m"].eq(13).all()
    assert (round(table["estimate"][4], 3), round(table["estimate"][14], 3)) == (0.331, -0.277)
    assert table.index[table["p_holm"] < 0.05].tolist() == [4, 14]
    assert table["n"].max() <= 152 and table["n"][12] == 151


@pytest.mark.real
def test_overdue_reviews_hold_and_dental_checks_were_never_there(on_official):
    """Verdicts, pooled and adjusted estimates of four cases, and how many authorities each wave has."""
    codes = ["cpp_reviews_overdue_pct", studies_again.DENTAL, "cin_children_in_year_per_10k", by_wave.SPEND]
    frame = by_wave.samples(*panels.load_at_inspections([*codes, by_wave.DEPRIVATION]), "overall")
    assert frame.groupby("wave", observed=True).size().tolist() == [74, 97, 84, 27, 90, 70]
    out = verdicts.verdicts(by_wave.associations(frame, codes, by_wave.DEPRIVATION)).set_index("indicator")
    assert out["verdict"].tolist() == ["holds", "never there", "changes sign", "changes sign"]
    assert out["estimate"].round(2).tolist() == [-0.27, 0.09, -0.11, -0.10]
    assert round(out["given_deprivation"].iloc[0], 3) == -0.305


# ----------------------------------------------------------------- long simulations


@pytest.mark.slow
@pytest.mark.parametrize("way", ["wave", "pooled"])
def test_one_family_in_twenty_has_a_finding_where_there_is_none(way):
    """Of 500 families of 12 null indicators: .05 give or take 2.6 standard errors."""
    rng, codes = np.random.default_rng(11), [f"i{number}" for number in range(12)]
    found = []
    for _ in range(500):
        if way == "wave":
            table = association.correlate(made(rng, of_waves=1, indicators=codes), "rating", codes)
        else:
            table = by_wave.pooled(made(rng, indicators=codes), codes)
        found.append(association.adjust(table)["p_holm"].lt(0.05).any())
    print("families with a finding:", way, np.mean(found))
    assert 0.025 < np.mean(found) < 0.075


@pytest.mark.slow
@pytest.mark.parametrize("effect", [0.0, 0.3, 0.5])
def test_pooled_intervals_cover_the_truth(effect):
    """The truth is the correlation in a country of a million authorities."""
    rng = np.random.default_rng(12)
    x = rng.standard_normal(1_000_000)
    latent = effect * x + np.sqrt(1 - effect**2) * rng.standard_normal(len(x))
    truth = stats.spearmanr(x, np.digitize(latent, [-1, 0.1, 1.4]))[0]
    found = pd.concat([by_wave.pooled(made(rng, effect=effect), ["x"]) for _ in range(1000)])
    covered = found["low"].le(truth) & found["high"].ge(truth)
    print("effect", effect, "truth", truth, "mean", found["estimate"].mean(), "covered", covered.mean())
    assert 0.93 < covered.mean() < 0.97
    assert found["estimate"].mean() == pytest.approx(truth, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 83, 152])
def test_the_smallest_detectable_correlation_is_detected_four_times_in_five(n):
    rng, r = np.random.default_rng(13), association.smallest_detectable(n)
    x = rng.standard_normal((20_000, n))
    y = r * x + np.sqrt(1 - r**2) * rng.standard_normal(x.shape)
    power = (stats.pearsonr(x, y, axis=1).pvalue < 0.05).mean()
    ranked = (
        stats.pearsonr(stats.rankdata(x, axis=1), stats.rankdata(y, axis=1), axis=1).pvalue < 0.05
    ).mean()
    print("n", n, "r", r, "power", power, "of Spearman's", ranked)
    assert power == pytest.approx(0.8, abs=0.015)
    # For ranks it is a little too small, as its docstring says.
    assert 0.7 < ranked < 0.8
