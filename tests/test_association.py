"""Regressions, correlations and adjusted p-values: R's answers, printed ones, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_stats.association import (
    adjust,
    correlate,
    correlation_matrix,
    simple_regression,
    smallest_detectable,
)
from tests.conftest import NO_WARNINGS
from tests.reference import PROPERTY, agrees_with_r, data, panel, said_or_found

pytestmark = pytest.mark.filterwarnings(*NO_WARNINGS)
FIGURES = ("estimate", "low", "high", "statistic", "p")


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=1e-7, atol=1e-9)


def check_against_r(name, frame, outcome, indicators):
    for row in simple_regression(frame, outcome, indicators).to_dict("records"):
        agrees_with_r(row, f"lm {name} {row['indicator']}")
        assert row["r"] == pytest.approx(np.copysign(row["multiple_r"], row["estimate"]), abs=1e-15)
    for row in correlate(frame, outcome, indicators, "pearson").to_dict("records"):
        agrees_with_r(row, f"pearson {name} {row['indicator']}")
    for row in adjust(correlate(frame, outcome, indicators)).to_dict("records"):
        agrees_with_r(row, f"spearman {name} {row['indicator']}")
        agrees_with_r(row, f"p.adjust {name} {row['indicator']}")
        assert row["m"] == len(indicators)


def test_r_agrees_on_data_with_missing_values_and_ties():
    check_against_r("airquality", data("airquality"), "Ozone", ["Solar.R", "Wind", "Temp", "Month"])


@pytest.mark.real
def test_r_agrees_on_first_sif_ratings(official_mart):
    frame = panel(official_mart)
    check_against_r("panel", frame, "rating", list(frame.columns[2:]))


@pytest.mark.real
def test_la_valle_s_regressions_come_out_with_the_rating_they_used(official_mart):
    # La Valle et al. (2016), table A2a; their data have Kingston upon Thames as inadequate.
    frame = panel(official_mart)
    frame.loc[frame["la_code"] == "314", "rating"] = 1
    out = simple_regression(frame, "rating", list(frame.columns[2:])).set_index("indicator")
    assert out["multiple_r"].round(9).to_dict() == {
        "leavers_21_eet_pct": 0.05072353,
        "missing_in_year_pct": 0.35181615,
        "re_referrals_pct": 0.042843958,
        "cin_per_social_worker": 0.184723557,
        "agency_rate_headcount_pct": 0.417130524,
    }
    assert out["p"].round(6).tolist() == [0.652922, 0.001475, 0.700546, 0.094562, 0.000118]
    assert out["n"].tolist() == [81, 79, 83, 83, 80]


def test_anscombe_s_regression():
    # Anscombe (1973, The American Statistician 27), set 1: y = 3 + 0.5 x, R squared .667, SE of slope 0.118.
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    row = simple_regression(pd.DataFrame({"x": x, "y": y}), "y", ["x"]).iloc[0]
    assert (round(row["intercept"], 2), round(row["estimate"], 3)) == (3.00, 0.500)
    assert round(row["r"] ** 2, 3) == 0.667
    assert round(row["estimate"] / np.sqrt(row["statistic"]), 3) == 0.118


def test_benjamini_and_hochberg_s_example():
    # Benjamini and Hochberg (1995, section 4): of 15 p-values theirs finds 4 at 5%, Bonferroni and Holm 3.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    out = adjust(pd.DataFrame({"p": p}))
    assert ((out["p_bh"] <= 0.05).sum(), (out["p_holm"] <= 0.05).sum(), out["m"].unique()) == (4, 3, [15])


def test_families_are_adjusted_apart_and_a_missing_p_is_no_test():
    frame = pd.DataFrame({"wave": ["a", "a", "a", "b"], "p": [0.01, np.nan, 0.04, 0.03]}, index=[0, 0, 1, 1])
    out = adjust(frame, within="wave")
    assert out["m"].tolist() == [2, 2, 2, 1]
    assert out["p_holm"].tolist() == pytest.approx([0.02, np.nan, 0.04, 0.03], nan_ok=True)
    assert out["p_bh"].tolist() == pytest.approx([0.02, np.nan, 0.04, 0.03], nan_ok=True)
    assert adjust(frame)["p_holm"].tolist() == pytest.approx([0.03, np.nan, 0.06, 0.06], nan_ok=True)
    assert adjust(frame.assign(wave=None), within=["wave"])["m"].tolist() == [3, 3, 3, 3]
    assert adjust(frame[:0]).empty


@pytest.mark.parametrize(("n", "r"), [(194, 0.2), (85, 0.3), (47, 0.4), (29, 0.5)])
def test_sample_sizes_printed_by_hulley_detect_their_correlations(n, r):
    # Hulley et al., Designing Clinical Research, appendix 6C: two-sided alpha .05, power .80.
    assert smallest_detectable(n + 1, 0.05) < r < smallest_detectable(n - 1, 0.05)
    assert smallest_detectable(n, 0.05) == pytest.approx(r, abs=0.002)


def test_too_few_pairs_detect_nothing():
    assert smallest_detectable(3, 0.05) == "3 pairs; at least 4 are needed"


def test_no_result_has_its_reason():
    frame = pd.DataFrame(
        {
            "y": [1.0, 2, 3, 4, 5],
            "flat": [0.1 + 0.2, 0.3, 0.3, 0.3, None],
            "two": [1, 2, None, None, None],
            "none": [None] * 5,
            "inf": [1, 2, 3, 4, np.inf],
        }
    )
    expected = {
        "flat": "flat constant in the 4 complete pairs",
        "two": "2 complete pairs; at least 3 are needed",
        "none": "0 complete pairs; at least 3 are needed",
        "inf": "infinite values",
    }
    for out in (
        simple_regression(frame, "y", list(expected)),
        correlate(frame, "y", list(expected)),
        correlate(frame, "y", list(expected), "pearson"),
    ):
        assert dict(zip(out["indicator"], out["reason"], strict=True)) == expected
        assert out[list(FIGURES)].isna().all(axis=None)
    assert "y and flat constant" in correlate(frame.assign(y=1), "y", ["flat"]).loc[0, "reason"]


def test_a_perfect_correlation_is_one_and_three_pairs_leave_all_open():
    frame = pd.DataFrame({"y": [1, 2, 3, 4, 5], "x": [10, 8, 6, 4, 2], "few": [1, 2, 3, None, None]})
    for method in ("pearson", "spearman"):
        out = correlate(frame, "y", ["x", "few"], method)
        assert out["estimate"].tolist() == pytest.approx([-1, 1])
        assert out[["low", "high"]].to_numpy().ravel().tolist() == pytest.approx([-1, -1, -1, 1])
    assert simple_regression(frame, "y", ["x"]).loc[0, ["estimate", "r"]].tolist() == pytest.approx(
        [-0.5, -1]
    )


def test_other_correlations_are_refused():
    with pytest.raises(ValueError, match="pearson or spearman"):
        correlate(pd.DataFrame({"x": [1], "y": [1]}), "y", ["x"], "kendall")


def test_the_matrix_has_every_pair_once():
    frame = data("airquality")[["Ozone", "Wind", "Temp"]]
    out = correlation_matrix(frame, list(frame))
    assert list(zip(out["first"], out["second"], strict=True)) == [
        ("Ozone", "Wind"),
        ("Ozone", "Temp"),
        ("Wind", "Temp"),
    ]
    alone = correlate(frame, "Wind", ["Temp"]).iloc[0]
    assert out.iloc[2][["estimate", "p", "n"]].tolist() == alone[["estimate", "p", "n"]].tolist()


# Small whole numbers, often tied, often missing.
pairs = st.lists(st.tuples(*[st.one_of(st.none(), st.integers(-4, 4))] * 2), min_size=0, max_size=14)


def three_tables(frame):
    return (
        simple_regression(frame, "y", ["x"]),
        correlate(frame, "y", ["x"], "pearson"),
        correlate(frame, "y", ["x"], "spearman"),
    )


@PROPERTY
@given(pairs, st.randoms(use_true_random=False))
def test_any_data_give_a_result_or_a_reason_whatever_their_order(rows, random):
    frame = pd.DataFrame(rows, columns=["y", "x"], dtype=float)
    shuffled = pd.DataFrame(random.sample(rows, len(rows)), columns=["y", "x"], dtype=float)
    for one, other in zip(three_tables(frame), three_tables(shuffled), strict=True):
        said_or_found(one.iloc[0], *FIGURES)
        perfect = one["estimate"].abs() > 1 - 1e-9
        same(*(it.drop(columns=["statistic"] if perfect.any() else []) for it in (one, other)))
        if not one["reason"][0]:
            assert (
                one["low"][0] <= one["estimate"][0] + 1e-12 and one["estimate"][0] <= one["high"][0] + 1e-12
            )
            assert 0 <= one["p"][0] <= 1 and one["n"][0] == frame.dropna().shape[0]


@PROPERTY
@given(pairs, st.sampled_from([0.25, 3, 1000]), st.integers(-500, 500))
def test_the_unit_of_an_indicator_does_not_matter_and_its_polarity_turns_the_sign(rows, factor, shift):
    frame = pd.DataFrame(rows, columns=["y", "x"], dtype=float)
    for one, moved in zip(
        three_tables(frame), three_tables(frame.assign(x=frame["x"] * factor + shift)), strict=True
    ):
        unit = factor if "intercept" in one else 1
        assert moved["reason"].tolist() == one["reason"].tolist()
        for name in ("estimate", "low", "high"):
            assert moved[name][0] * unit == pytest.approx(one[name][0], rel=1e-7, abs=1e-7, nan_ok=True)
        assert moved["p"][0] == pytest.approx(one["p"][0], rel=1e-6, abs=1e-7, nan_ok=True)
    for one, turned in zip(three_tables(frame), three_tables(frame.assign(x=-frame["x"])), strict=True):
        turned[["low", "high"]] = turned[["high", "low"]].to_numpy()
        for name in ("estimate", "low", "high"):
            assert -turned[name][0] == pytest.approx(one[name][0], rel=1e-9, abs=1e-9, nan_ok=True)
