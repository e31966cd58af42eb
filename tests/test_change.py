"""The event study of successive ratings."""

import numpy as np
import pandas as pd
import pytest

from python_stats import change, panels
from python_stats.__main__ import main

YEARS = range(2012, 2026)


def inspected(rng, n_la=150):
    """Two or three inspections of each authority, grades at random."""
    rows = []
    for la in range(n_la):
        for k in range(rng.integers(2, 4)):
            day = pd.Timestamp(2015 + 3 * k, 1, 1) + pd.Timedelta(days=int(rng.integers(700)))
            rows.append((f"{la:03d}", "SIF" if k == 0 else "ILACS", day, float(rng.integers(1, 5))))
    return pd.DataFrame(rows, columns=["la_code", "framework", "published_on", "overall_code"])


def panel_of(rng, n_la=150, code="x"):
    """An authority's own level and a slow wander about it."""
    steps = rng.normal(size=(n_la, len(YEARS)))
    for year in range(1, len(YEARS)):
        steps[:, year] = 0.6 * steps[:, year - 1] + 0.8 * steps[:, year]
    values = pd.DataFrame(10 + 2 * rng.normal(size=(n_la, 1)) + steps, columns=YEARS)
    values.index = [f"{la:03d}" for la in range(n_la)]
    long = values.rename_axis("la_code").reset_index().melt("la_code", var_name="year")
    return long.assign(indicator_code=code)


def test_a_change_is_dated_by_the_year_to_31_march_of_its_report():
    inspections = pd.DataFrame(
        [
            ("a", "SIF", "2015-03-31", 1.0),
            ("a", "ILACS", "2018-04-01", 3.0),
            ("a", "ILACS", "2021-03-31", np.nan),
            ("a", "ILACS", "2022-03-31", 3.0),
            ("a", "ILACS", "2025-01-01", 2.0),
            ("b", "SIF", "2016-01-01", 2.0),
        ],
        columns=["la_code", "framework", "published_on", "overall_code"],
    ).assign(published_on=lambda it: pd.to_datetime(it["published_on"]))
    out = change.rating_changes(inspections)
    assert out.year.tolist() == [2019, 2022, 2025]
    assert out.direction.tolist() == ["up", "unchanged", "down"]
    assert out.kind.tolist() == ["SIF to ILACS", "ILACS to ILACS", "ILACS to ILACS"]


def test_years_around_an_event_are_empty_where_there_is_no_figure():
    z = pd.DataFrame([[0.0, 1, 2, 3]], index=["a"], columns=[2014, 2015, 2016, 2017])
    events = pd.DataFrame({"la_code": ["a", "b"], "year": [2016, 2016]})
    out = change.around(events, z)
    np.testing.assert_equal(out[0], [np.nan, 0, 1, 2, 3, np.nan, np.nan])
    assert np.isnan(out[1]).all()
    np.testing.assert_equal(change.relative(out, "year-before")[0, 1:5], [-1, 0, 1, 2])
    np.testing.assert_equal(change.relative(out, "own-mean")[0, 1:5], [-0.5, 0.5, 1.5, 2.5])
    with pytest.raises(ValueError, match="year-before or own-mean"):
        change.relative(out, "none")
    np.testing.assert_equal(change.contrasts(out)["before"], [np.nan, np.nan])
    np.testing.assert_equal(change.contrasts(out)["after"], [2, np.nan])


def test_what_moves_everywhere_does_not_show():
    panel = panel_of(np.random.default_rng(0))
    moved = panel.assign(value=panel["value"] * 3 + 7 * panel["year"].astype(int))
    np.testing.assert_allclose(change.standardised(panel).z, change.standardised(moved).z)
    flat = change.standardised(panel.assign(value=1.0))
    assert flat.z.isna().all()


def test_whole_sequences_are_dealt_among_authorities_with_as_many_events():
    events = pd.DataFrame(
        {
            "la_code": list("aabbcde"),
            "published_on": pd.to_datetime(["2018-01-01", "2020-01-01"] * 2 + ["2018-01-01"] * 3),
            "direction": ["up", "down", "unchanged", "unchanged", "up", "down", "down"],
        }
    )
    out = change.permuted_directions(events, 200, seed=0)
    assert {tuple(row) for row in out[:, :4].tolist()} == {(0, 1, 2, 2), (2, 2, 0, 1)}
    assert (np.sort(out[:, 4:], axis=1) == [0, 1, 1]).all() and len({tuple(r) for r in out[:, 4:]}) == 3
    assert (out == change.permuted_directions(events, 200, seed=0)).all()
    assert (out != change.permuted_directions(events, 200, seed=1)).any()


def test_the_interval_draws_whole_authorities():
    # Ten authorities with two equal events each: the SD of the mean is that of ten, not of twenty.
    rng = np.random.default_rng(2)
    of = rng.normal(size=400)
    values, clusters = np.repeat(of, 2)[:, None], np.repeat(np.arange(400), 2)
    low, high = change.cluster_interval(values, clusters, seed=0, resamples=4000)
    assert (high - low)[0] == pytest.approx(2 * 1.96 * of.std() / 20, rel=0.08)


def planted(rng):
    inspections = inspected(rng)
    events = change.rating_changes(inspections)
    panel = panel_of(rng).astype({"value": float})
    for event in events[events["direction"] == "up"].itertuples():
        after = (panel["la_code"] == event.la_code) & (panel["year"].astype(int) > event.year)
        panel.loc[after, "value"] += 2
    return panel, events


def test_a_planted_rise_after_upgrades_is_found_and_nothing_before():
    panel, events = planted(np.random.default_rng(6))
    courses, tests = change.event_study(panel, events, ["x"], permutations=999, resamples=200)
    tests = tests.set_index(["direction", "test"])
    row = tests.loc[("up", "after")]
    assert row.p == 0.001 and row.difference > 0.3 and row.low > 0
    assert tests.loc[("up", "before"), "p"] > 0.01
    up = courses[courses["direction"] == "up"].set_index("event_time").estimate
    assert up[-1] == 0 and up[2] > 0.3
    again = change.event_study(panel, events, ["x"], permutations=999, resamples=200)[1]
    pd.testing.assert_frame_equal(tests, again.set_index(["direction", "test"]))


def test_what_falls_back_to_the_middle_by_itself_is_no_effect():
    """Grades go down where the year before was high by chance: the fall after it is no work of the grade."""
    rng = np.random.default_rng(8)
    values = rng.normal(size=(400, len(change.TIMES)))
    level = values[:, list(change.TIMES).index(-1)]
    events = pd.DataFrame(
        {
            "la_code": [f"{la:03d}" for la in range(400)],
            "published_on": pd.Timestamp(2018, 1, 1),
            "direction": np.where(level > 0.7, "down", np.where(level < -0.7, "up", "unchanged")),
        }
    )
    labels = change.permuted_directions(events, 999, 0)
    tests = change.movement(change.contrasts(values), events, labels, 0, 50).set_index(["test", "direction"])
    assert (tests.loc["after", "p"] == 0.001).all()
    assert (tests.loc["after given level", "p"] > 0.05).all()
    # A fall that the level does not explain is found.
    values[:, change.TIMES > 0] -= (events["direction"] == "down").to_numpy()[:, None]
    found = change.movement(change.contrasts(values), events, labels, 0, 50).set_index(["test", "direction"])
    assert found.loc[("after given level", "down"), "p"] == 0.001


def test_levels_that_are_all_the_same_take_nothing_out_of_a_movement():
    assert np.isnan(change.given_level(np.arange(6.0), np.ones(6))).all()
    np.testing.assert_allclose(change.given_level(np.arange(6.0) * -2, np.arange(6.0)), -5)


@pytest.mark.filterwarnings("error")
def test_too_few_events_have_a_reason():
    panel, events = planted(np.random.default_rng(7))
    few = events[events["la_code"].isin(events["la_code"].unique()[:3])].reset_index(drop=True)
    courses, tests = change.event_study(panel, few, ["x"], permutations=99, resamples=50)
    assert tests.p.isna().all() and tests.reason.str.contains("5 of each are needed").all()
    assert courses.estimate.isna().all() and (courses.reason != "").all()


@pytest.mark.slow
def test_without_any_effect_pre_trends_are_found_at_the_level_of_the_test():
    rng, p = np.random.default_rng(12), []
    for seed in range(1000):
        events = change.rating_changes(inspected(rng))
        z = change.standardised(panel_of(rng)).pivot(index="la_code", columns="year", values="z")
        labels = change.permuted_directions(events, 199, seed)
        values = change.contrasts(change.around(events, z))
        p.append(change.movement(values, events, labels, seed, 10).set_index(["direction", "test"]).p)
    level = (pd.DataFrame(p) <= 0.05).mean()
    print(level.round(3).to_dict())
    # 1,000 tests at 5%: 3.6% to 6.4% are within two standard errors; four tests, so three.
    assert level.between(0.029, 0.071).all()


@pytest.mark.filterwarnings("error")
def test_the_command_says_what_it_found_and_why_not(sample_warehouse, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    codes = ["looked_after_per_10k", "imd_average_rank"]
    arguments = [it for code in codes for it in ("--indicator", code)]
    assert main(["change", *arguments, "--baseline", "own-mean", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "SYNTHETIC DATA" in said and "nan" not in said.lower()
    assert "Left out, as one edition stands for several years" in said
    table = pd.read_csv(tmp_path / "change-tests-of-all-indicators.csv")
    assert set(table.direction) == {"up", "down"} and table.p.notna().any()


@pytest.mark.real
def test_official_grades_change_as_often_as_counted_by_hand(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    events = change.rating_changes(panels.load_inspections())
    assert events["direction"].value_counts().to_dict() == {"up": 130, "unchanged": 109, "down": 47}
    surrey = events[events["la_code"] == "936"].set_index("year")
    assert (surrey.direction[2019], surrey.kind[2019]) == ("unchanged", "SIF to SIF")
