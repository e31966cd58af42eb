"""t-tests, ANOVA, pairwise comparisons and overlap: R's answers, printed ones, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_stats.groups import (
    anova,
    anova_from_summary,
    overlap,
    pairwise,
    pairwise_from_summary,
    summarise,
    t_test,
    t_test_from_summary,
)
from tests.conftest import NO_WARNINGS
from tests.reference import PROPERTY, agrees_with_r, data, panel, said_or_found

pytestmark = pytest.mark.filterwarnings(*NO_WARNINGS)
FIGURES = ("estimate", "low", "high", "statistic", "p")


def check_two_groups(name, frame, value, group):
    for kind in ("student", "welch"):
        agrees_with_r(t_test(frame, [value], group, kind).iloc[0], f"{kind} {name}")


def check_many_groups(name, frame, value, group):
    agrees_with_r(anova(frame, [value], group).iloc[0], f"aov {name}")
    for method in ("tukey", "bonferroni"):
        out = pairwise(frame, value, group, method)
        levels = frame[group].nunique()
        assert len(out) == levels * (levels - 1) / 2
        for row in out.to_dict("records"):
            agrees_with_r(row, f"{method} {name} {row['first']} {row['second']}")


def check_overlap(name, frame, value, group):
    for row in overlap(frame, [value], group).to_dict("records"):
        agrees_with_r(row, f"overlap {name} {row['group']} {row['other']}")


def test_r_agrees_on_two_groups():
    check_two_groups("sleep", data("sleep"), "extra", "group")
    check_two_groups("birthwt", data("birthwt"), "bwt", "smoke")


def test_r_agrees_on_many_groups_of_unequal_size_with_missing_values():
    check_many_groups("PlantGrowth", data("PlantGrowth"), "weight", "group")
    check_many_groups("airquality", data("airquality"), "Ozone", "Month")
    check_overlap("airquality", data("airquality"), "Ozone", "Month")


@pytest.mark.real
def test_r_agrees_on_first_sif_ratings(official_mart):
    frame = panel(official_mart)
    frame["good"] = (frame["rating"] >= 3).astype(int)
    check_two_groups("panel", frame, "agency_rate_headcount_pct", "good")
    check_overlap("panel", frame, "agency_rate_headcount_pct", "good")
    check_many_groups("panel", frame, "agency_rate_headcount_pct", "rating")


def test_the_t_test_that_the_study_of_45_indicators_prints_agrees_with_its_means():
    # Spend per child, 24 low v 23 high: 829.38 (173.34) v 714.77 (174.35), t(45) = 2.26.
    printed = pd.DataFrame(
        {"group": ["low", "high"], "mean": [829.38, 714.77], "sd": [173.34, 174.35], "n": [24, 23]}
    )
    row = t_test_from_summary(printed).iloc[0]
    assert (round(row["statistic"], 2), row["df"], round(row["estimate"], 2)) == (2.26, 45, 114.61)


def test_hedges_g_is_the_one_printed_by_borenstein():
    # Borenstein et al. (2009, Introduction to Meta-Analysis, p. 26-27): d = 0.5970, g = 0.5924.
    printed = pd.DataFrame({"group": [1, 2], "mean": [103, 100], "sd": [5.5, 4.5], "n": [50, 50]})
    row = t_test_from_summary(printed).iloc[0]
    assert round(row["hedges_g"], 4) == 0.5924
    error = np.sqrt(100 / 2500 + 0.5924**2 / 2 / (100 - 3.94))
    assert (row["hedges_g_low"], row["hedges_g_high"]) == pytest.approx(
        (0.5924 - 1.96 * error, 0.5924 + 1.96 * error), abs=1e-4
    )


DOUGHNUTS = {
    1: [164, 172, 168, 177, 156, 195],
    2: [178, 191, 197, 182, 185, 177],
    3: [175, 193, 178, 171, 163, 176],
    4: [155, 166, 149, 164, 170, 168],
}


def test_doughnuts_of_snedecor_and_cochran():
    # Snedecor and Cochran (1967, Statistical Methods, 10.2 and 10.8): means 172, 185, 176, 162, mean square
    # 100.9, F = 5.41; by Tukey's test a difference of 16.2 is significant.
    frame = pd.DataFrame([(fat, grams) for fat, all_of in DOUGHNUTS.items() for grams in all_of])
    frame.columns = ["fat", "grams"]
    summary = summarise(frame, "grams", "fat")
    assert summary["mean"].tolist() == [172, 185, 176, 162]
    row = anova(frame, ["grams"], "fat").iloc[0]
    assert (round(row["statistic"], 2), row["df1"], row["df2"]) == (5.41, 3, 20)
    tukey = pairwise(frame, "grams", "fat", "tukey")
    assert ((tukey["high"] - tukey["low"]) / 2).round(1).unique().tolist() == [16.2]
    assert tukey.loc[tukey["p_adjusted"] < 0.05, ["first", "second"]].to_numpy().tolist() == [[2, 4]]
    assert anova_from_summary(summary).loc[0, "statistic"] == row["statistic"]


def test_printed_figures_and_data_give_the_same():
    summary = summarise(data("PlantGrowth"), "weight", "group")
    for method in ("bonferroni", "tukey"):
        pd.testing.assert_frame_equal(
            pairwise_from_summary(summary, method), pairwise(data("PlantGrowth"), "weight", "group", method)
        )
    two = data("sleep")
    one = t_test(two, ["extra"], "group", "welch").drop(columns="indicator")
    pd.testing.assert_frame_equal(t_test_from_summary(summarise(two, "extra", "group"), "welch"), one)


def test_groups_stand_in_the_order_of_a_categorical():
    frame = pd.DataFrame({"rated": ["low", "high"] * 3, "x": [1.0, 4, 2, 5, 3, 9]})
    assert t_test(frame, ["x"], "rated").loc[0, ["first", "second", "estimate"]].tolist() == [
        "high",
        "low",
        4,
    ]
    frame["rated"] = pd.Categorical(frame["rated"], ["low", "high"])
    assert t_test(frame, ["x"], "rated").loc[0, ["first", "second", "estimate"]].tolist() == [
        "low",
        "high",
        -4,
    ]


def test_the_interval_of_eta_squared_leaves_0_out_where_f_is_significant():
    # Steiger (2004): the 90% interval goes with the test at 5%.
    for means in ([0.0, 0.2, 0.1], [0.0, 1.15, 0.6], [0.0, 1.05, 0.6], [0.0, 3.0, 1.0]):
        summary = pd.DataFrame({"group": [1, 2, 3], "mean": means, "sd": 1.0, "n": 11})
        row = anova_from_summary(summary, confidence=0.90).iloc[0]
        assert (row["low"] > 0) == (row["p"] < 0.05)
    for sd in (1e-9, 1e-3):
        apart = anova_from_summary(pd.DataFrame({"group": [1, 2], "mean": [0.0, 1.0], "sd": sd, "n": 9}))
        assert apart.loc[0, ["estimate", "low", "high"]].tolist() == pytest.approx([1, 1, 1], abs=1e-4)
    flat = anova_from_summary(pd.DataFrame({"group": [1, 2], "mean": 1.0, "sd": 1.0, "n": 9})).iloc[0]
    assert flat[["estimate", "low", "high", "p"]].tolist() == [0, 0, 0, 1]


def test_a_group_of_one_counts_in_an_anova_and_not_in_a_t_test():
    frame = pd.DataFrame({"g": [1, 1, 1, 2], "x": [1.0, 2, 3, 6]})
    assert anova(frame, ["x"], "g").loc[0, "statistic"] == pytest.approx(12)
    assert t_test(frame, ["x"], "g").loc[0, "reason"] == "a group with one value has no SD"


@pytest.mark.parametrize(
    ("groups", "values", "t_reason", "f_reason"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "1 group(s); a t-test compares 2", "1 group(s); at least 2 are needed"),
        ([None] * 4, [1, 2, 3, 4], "0 group(s); a t-test compares 2", "0 group(s); at least 2 are needed"),
        ([1, 1, 2, 2], [1, 2, None, None], "no value in group 2", "no value in group 2"),
        ([1, 1, 2, 2], [0.1 + 0.2, 0.3, 5, 5], *["no variation within the groups"] * 2),
        (
            [1, 2, None, None],
            [1, 2, 3, 4],
            *["one value in each group; the error has no degrees of freedom"] * 2,
        ),
        ([1, 2, 3, 3], [1, 2, 3, 4], "3 group(s); a t-test compares 2", ""),
    ],
)
def test_no_result_has_its_reason(groups, values, t_reason, f_reason):
    frame = pd.DataFrame({"g": groups, "x": values})
    for row, reason in (
        (t_test(frame, ["x"], "g").iloc[0], t_reason),
        (t_test(frame, ["x"], "g", "welch").iloc[0], t_reason),
        (anova(frame, ["x"], "g").iloc[0], f_reason),
    ):
        assert row["reason"] == reason
        said_or_found(row, *FIGURES)
    for method in ("bonferroni", "tukey"):
        for row in pairwise(frame, "x", "g", method).to_dict("records"):
            assert row["reason"] == f_reason
            said_or_found(row, *FIGURES, "p_adjusted")


def test_the_ends_of_a_range_belong_to_it():
    frame = pd.DataFrame({"g": [1, 1, 1, 2, 2], "x": [1.0, 3, 5, 3, 5]})
    assert overlap(frame, ["x"], "g")["within"].tolist() == [2, 2]
    assert overlap(frame.assign(x=-frame["x"]), ["x"], "g")["within"].tolist() == [2, 2]


def test_overlap_with_an_empty_group_says_so():
    frame = pd.DataFrame({"g": [1, 1, 2], "x": [1.0, 3, None]})
    out = overlap(frame, ["x"], "g")
    assert out["reason"].tolist() == ["no value in group 2"] * 2
    assert out["median"].tolist() == pytest.approx([2, np.nan], nan_ok=True)
    assert out["estimate"].isna().all()
    assert overlap(frame[:0], ["x"], "g").empty


def test_other_methods_are_refused():
    frame = data("sleep")
    with pytest.raises(ValueError, match="student or welch"):
        t_test(frame, ["extra"], "group", "paired")
    with pytest.raises(ValueError, match="bonferroni or tukey"):
        pairwise(frame, "extra", "group", "scheffe")


rows = st.lists(
    st.tuples(st.sampled_from([1, 2, None]), st.one_of(st.none(), st.integers(-3, 3))), max_size=14
)


def tables(frame):
    yield t_test(frame, ["x"], "g")
    yield t_test(frame, ["x"], "g", "welch")
    yield anova(frame, ["x"], "g")
    yield pairwise(frame, "x", "g")


@PROPERTY
@given(rows, st.randoms(use_true_random=False), st.sampled_from([0.5, 7]), st.integers(-50, 50))
def test_any_data_give_a_result_or_a_reason_whatever_their_order_and_unit(rows, random, factor, shift):
    frame = pd.DataFrame(rows, columns=["g", "x"], dtype=float)
    shuffled = pd.DataFrame(random.sample(rows, len(rows)), columns=["g", "x"], dtype=float)
    moved = frame.assign(x=frame["x"] * factor + shift)
    turned = frame.assign(x=-frame["x"])
    for one, other, scaled, opposite in zip(*map(tables, (frame, shuffled, moved, turned)), strict=True):
        pd.testing.assert_frame_equal(one, other)
        for (_, row), (_, in_units), (_, negative) in zip(
            one.iterrows(), scaled.iterrows(), opposite.iterrows(), strict=True
        ):
            said_or_found(row, *FIGURES)
            assert in_units["reason"] == negative["reason"] == row["reason"]
            if row["reason"]:
                continue
            assert row["low"] - 1e-9 <= row["estimate"] <= row["high"] + 1e-9 or "omega_squared" in row
            assert [in_units["statistic"], in_units["p"]] == pytest.approx(
                [row["statistic"], row["p"]], abs=1e-9
            )
            if "omega_squared" in row:
                assert in_units["estimate"] == pytest.approx(row["estimate"])
                assert negative["estimate"] == pytest.approx(row["estimate"])
            else:
                assert in_units["estimate"] == pytest.approx(factor * row["estimate"])
                assert [negative["estimate"], -negative["low"]] == pytest.approx(
                    [-row["estimate"], row["high"]]
                )
