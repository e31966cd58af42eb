"""Logistic models and forward selection: R's and SAS's answers, printed ones, and what must not matter."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from python_stats.models import (
    forward_stepwise,
    hosmer_lemeshow,
    logistic,
    ordinal_logistic,
    proportional_odds_test,
)
from tests.conftest import NO_WARNINGS
from tests.reference import ANSWERS, PROPERTY, agrees_with_r, data, panel, said_or_found

pytestmark = pytest.mark.filterwarnings(*NO_WARNINGS)
BIRTHWT = ["age", "lwt", "smoke", "ptl", "ht", "ui", "ftv"]
REMISSION = ["cell", "smear", "infil", "li", "blast", "temp"]


def homes() -> pd.DataFrame:
    """Venables and Ripley's housing: a row per household."""
    cells = data("housing")
    frame = cells.loc[cells.index.repeat(cells["Freq"])].reset_index(drop=True)
    return pd.DataFrame(
        {
            "sat": frame["Sat"].map({"Low": 1, "Medium": 2, "High": 3}),
            "infl_medium": frame["Infl"] == "Medium",
            "infl_high": frame["Infl"] == "High",
            "apartment": frame["Type"] == "Apartment",
            "atrium": frame["Type"] == "Atrium",
            "terrace": frame["Type"] == "Terrace",
            "cont_high": frame["Cont"] == "High",
        }
    )


def check_binary(name, frame, outcome, predictors):
    wald, profile = (logistic(frame, outcome, predictors, kind) for kind in ("wald", "profile"))
    agrees_with_r(wald.fit.iloc[0], f"glm {name}")
    joined = wald.terms.assign(profile_low=profile.terms["low"], profile_high=profile.terms["high"]).rename(
        columns={"low": "wald_low", "high": "wald_high"}
    )
    for row in joined.to_dict("records"):
        case = f"glm {name} {row['term']}"
        # confint interpolates the profile; expected.R finds its ends exactly as well.
        answers = ANSWERS[case]
        near = 1e-3 * row["standard_error"]
        assert row["profile_low"] == pytest.approx(answers["confint_low"], abs=near)
        assert row["profile_high"] == pytest.approx(answers["confint_high"], abs=near)
        agrees_with_r(row | {name: answers[name] for name in ("confint_low", "confint_high")}, case)
        assert row["odds_ratio"] == pytest.approx(np.exp(row["estimate"]))
        assert row["odds_ratio_high"] == pytest.approx(np.exp(row["wald_high"]))
    steps = forward_stepwise(frame, outcome, predictors).steps
    assert {f"step {name} {row.step} {row.term}" for row in steps.itertuples()} == {
        case for case in ANSWERS if case.startswith(f"step {name} ")
    }
    for row in steps.to_dict("records"):
        agrees_with_r(row, f"step {name} {row['step']} {row['term']}")


def check_ordinal(name, frame, outcome, predictors):
    model = ordinal_logistic(frame, outcome, predictors)
    agrees_with_r(model.fit.iloc[0], f"polr {name}")
    for row in model.terms.to_dict("records"):
        agrees_with_r(row, f"polr {name} {row['term']}")
    for row in proportional_odds_test(frame, outcome, predictors).to_dict("records"):
        agrees_with_r(row, f"brant {name} {row['term']}")


def test_r_agrees_on_binary_models():
    check_binary("birthwt", data("birthwt"), "low", BIRTHWT)


def test_r_agrees_on_ordinal_models():
    frame = homes()
    check_ordinal("housing", frame, "sat", list(frame.columns[1:]))
    frame = data("birthwt")
    frame["weight"] = np.digitize(frame["bwt"], [2500, 3000, 3500])
    check_ordinal("birthwt", frame, "weight", BIRTHWT)


@pytest.mark.real
def test_r_agrees_on_first_sif_ratings(official_mart):
    frame = panel(official_mart)
    predictors = list(frame.columns[2:])
    frame["good"] = frame["rating"] >= 3
    check_binary("panel", frame, "good", predictors)
    check_ordinal("panel", frame, "rating", predictors)


def test_venables_and_ripley_s_housing():
    # Venables and Ripley (2002, Modern Applied Statistics with S, 7.3).
    model = ordinal_logistic(homes(), "sat", list(homes().columns[1:]))
    assert model.terms["estimate"].round(3).tolist() == [
        0.566,
        1.289,
        -0.572,
        -0.366,
        -1.091,
        0.360,
        -0.496,
        0.691,
    ]
    assert model.terms["standard_error"].round(4).tolist()[:3] == [0.1047, 0.1272, 0.1192]
    assert model.terms["term"].tolist()[-2:] == ["1 | 2", "2 | 3"]
    assert round(model.fit.loc[0, "minus_2ll"], 3) == 3479.149
    named = homes().assign(sat=data("housing")["Sat"].repeat(data("housing")["Freq"]).to_numpy())
    named["sat"] = pd.Categorical(named["sat"], ["Low", "Medium", "High", "Full"], ordered=True)
    by_name = ordinal_logistic(named, "sat", list(named.columns[1:]))
    assert by_name.terms["term"].tolist()[-2:] == ["Low | Medium", "Medium | High"]
    assert by_name.terms["estimate"].tolist() == model.terms["estimate"].tolist()


def test_hosmer_and_lemeshow_s_low_birth_weight():
    # Hosmer and Lemeshow (2000, Applied Logistic Regression, table 2.3): log likelihood -111.286.
    frame = data("birthwt")
    frame["black"], frame["other"] = frame["race"] == 2, frame["race"] == 3
    model = logistic(frame, "low", ["age", "lwt", "black", "other", "ftv"])
    assert model.terms["estimate"].round(3).tolist() == [1.295, -0.024, -0.014, 1.004, 0.433, -0.049]
    assert model.terms["standard_error"].round(3).tolist() == [1.071, 0.034, 0.007, 0.498, 0.362, 0.167]
    fit = model.fit.iloc[0]
    assert (round(fit["minus_2ll"] / -2, 3), fit["n"], fit["events"]) == (-111.286, 189, 59)


def test_the_forward_selection_that_sas_prints():
    # SAS/STAT User's Guide, PROC LOGISTIC, example 1, on the data of Lee (1974); enter .3, stay .35.
    found = forward_stepwise(data("remission"), "remiss", REMISSION, enter=0.3, remove=0.35)
    assert found.steps["term"].tolist() == ["li", "temp", "cell"]
    assert found.steps["statistic"].round(4).tolist() == [7.9311, 1.2591, 1.4701]
    assert found.steps["p"].round(4).tolist() == [0.0049, 0.2618, 0.2253]
    terms = found.model.terms.set_index("term").loc[["intercept", "cell", "li", "temp"]]
    assert terms["estimate"].round(4).tolist() == [67.6339, 9.6522, 3.8671, -82.0738]
    assert terms["standard_error"].round(4).tolist() == [56.8875, 7.7511, 1.7783, 61.7124]
    fit = found.model.fit.iloc[0]
    assert (round(fit["hl_statistic"], 4), fit["hl_df"], round(fit["hl_p"], 4)) == (6.2983, 7, 0.5054)
    assert fit["hl_method"] == "9 groups: deciles of risk, equal risks together"
    assert found.left_out["term"].tolist() == ["smear", "infil", "blast"]
    assert (found.left_out["p"] > 0.3).all()


def test_a_term_leaves_and_a_model_that_comes_back_ends_the_selection():
    # temp enters by its score test (p .26) and leaves by its likelihood ratio, 9.7239 - 8.2988 (p .23).
    found = forward_stepwise(data("remission"), "remiss", REMISSION, enter=0.3, remove=0.2)
    assert found.steps[["action", "term"]].to_numpy().tolist() == [
        ["entered", "li"],
        ["entered", "temp"],
        ["removed", "temp"],
    ]
    last = found.steps.iloc[2]
    assert (round(last["statistic"], 4), round(last["p"], 4)) == (1.4251, 0.2326)
    assert last["method"] == "likelihood ratio test"
    assert found.model.terms["term"].tolist() == ["intercept", "li"]
    assert "temp" in found.left_out["term"].tolist()


def test_all_steps_use_the_cases_complete_over_all_candidates():
    frame = data("remission").astype(float)
    frame.loc[:4, "blast"] = np.nan
    found = forward_stepwise(frame, "remiss", ["li", "blast"])
    assert found.steps[["term", "n"]].to_numpy().tolist() == [["li", 22]]
    alone = logistic(frame[5:], "remiss", ["li"])
    pd.testing.assert_frame_equal(found.model.terms, alone.terms)


def test_deciles_of_risk_are_at_most_ten_and_never_part_equal_risks():
    generator = np.random.default_rng(1)
    for n, groups in ((27, 9), (44, 10), (47, 9), (54, 10), (83, 10), (189, 10)):
        risk = generator.permutation(np.linspace(0.1, 0.9, n))
        out = hosmer_lemeshow((generator.random(n) < risk).astype(float), risk)
        assert (out["hl_df"], out["hl_method"].split()[0]) == (groups - 2, str(groups))
    y = np.array([0, 1] * 30 + [0, 0, 1] * 10 + [0, 1, 1] * 10)
    rounding = np.linspace(0, 1e-14, 120)
    out = hosmer_lemeshow(y, np.repeat([0.5, 0.3, 0.6], [60, 30, 30]) + rounding)
    # By hand: three groups of 30, 60 and 30 cases with 10, 30 and 20 events.
    assert out["hl_statistic"] == pytest.approx(1 / 9 + 1 / 21 + 0 + 4 / 18 + 4 / 12)
    assert out["hl_df"] == 1


@pytest.mark.parametrize(
    ("risks", "reason"),
    [
        ([0.5, 0.4], "2 group(s) of different risk"),
        ([0.5, 0.3, 0.0], "a group has a fitted risk of 0 or 1 throughout"),
        ([1.0, 0.3, 0.4], "a group has a fitted risk of 0 or 1 throughout"),
    ],
)
def test_groups_that_can_show_nothing_are_said(risks, reason):
    risk = np.repeat(risks, 60)
    y = (np.arange(len(risk)) < risk.sum()).astype(float)
    assert hosmer_lemeshow(y, risk) == {"hl_method": f"no test: {reason}"}


def binary_frame():
    y = np.array([0, 0, 0, 0, 1, 0, 1, 1, 1, 1])
    return pd.DataFrame(
        {
            "y": y,
            "x": np.arange(10.0),
            "apart": y * 3.0 + np.arange(10) % 2,
            "touching": [0, 1, 2, 2, 2, 1, 2, 3, 4, 5],
            "half": [0.4, 1, 0, 0, 1, 1, 0, 1, 0, 0],
            "rest": 100 - np.arange(10.0) / 3,
            "flat": 0.3,
            "missing": [None] * 8 + [1.0, 2],
            "inf": [np.inf] + [1.0] * 9,
            "none": np.nan,
        }
    )


@pytest.mark.parametrize(
    ("predictors", "reason"),
    [
        (["apart"], "complete separation by apart: no finite coefficients"),
        (["x", "touching"], "quasi-complete separation by touching: no finite coefficients"),
        (["x", "rest"], "rest is a linear combination of x"),
        (["x", "flat"], "flat constant in the 10 complete cases"),
        (["missing"], "1 category of the outcome in the 2 complete cases; 2 are needed"),
        (["none"], "no complete case"),
        (["inf"], "infinite values"),
        ([], "no predictors"),
    ],
)
def test_no_model_has_its_reason(predictors, reason):
    frame = binary_frame()
    for model in (
        logistic(frame, "y", predictors),
        logistic(frame, "y", predictors, "profile"),
        ordinal_logistic(frame, "y", predictors),
    ):
        assert model.reason == reason == model.fit.loc[0, "reason"]
        assert model.terms.empty
        said_or_found(model.fit.iloc[0], "statistic", "p", "minus_2ll")
    out = proportional_odds_test(frame, "y", predictors)
    assert out["term"].tolist() == ["all", *predictors]
    assert out["reason"].str.contains(reason, regex=False).all() and out["statistic"].isna().all()


def test_predictors_that_separate_only_together_are_found():
    frame = pd.DataFrame({"y": [0, 0, 0, 0, 1, 1, 1], "a": [0, 1, 2, 3, 1, 2, 4], "b": [0, 1, 2, 3, 2, 3, 5]})
    assert logistic(frame, "y", ["a", "b"]).reason.startswith(
        "complete separation by the predictors together"
    )
    assert logistic(frame, "y", ["a"]).reason == ""


def test_too_few_cases_are_said():
    frame = binary_frame()[3:6]
    assert logistic(frame, "y", ["x", "half"]).reason == "3 complete cases are too few for 3 parameters"


def test_the_selection_stops_where_there_is_no_model():
    frame = binary_frame()
    found = forward_stepwise(frame, "y", ["half", "apart", "flat"])
    assert found.steps["term"].tolist() == ["apart"]
    assert found.model.reason == "complete separation by apart: no finite coefficients"
    left_out = found.left_out.set_index("term")
    assert left_out.loc["flat", "reason"] == "flat constant in the 10 complete cases"
    for row in found.left_out.to_dict("records"):
        said_or_found(row, "statistic", "df", "p")
    none = forward_stepwise(frame, "y", ["half"])
    reason = "no candidate has p below .05"
    assert (none.steps.empty, none.model.reason, len(none.left_out)) == (True, reason, 1)
    assert none.model.fit.loc[0, "reason"] == reason
    assert forward_stepwise(frame, "y", []).model.reason == "no predictors"
    entered = forward_stepwise(data("remission"), "remiss", ["temp"], enter=0.5, remove=0.1)
    assert entered.steps["action"].tolist() == ["entered", "removed"]
    assert entered.model.reason == "none stays with p up to .1"
    one = forward_stepwise(frame.assign(y=1), "y", ["half"])
    assert one.model.reason == one.left_out.loc[0, "reason"] != ""


def test_a_candidate_beside_a_risk_of_0_or_1_has_its_reason():
    a = [1, 100, 10_000, 100, 100_000, 100_000, 10, 100_000, 1, 1, 1000, 1]
    b = [3, 4, 2, 8, 2, 7, 5, 8, 6, 7, 8, 1]
    frame = pd.DataFrame({"y": [0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0], "a": a, "b": b})
    found = forward_stepwise(frame, "y", ["a", "b"])
    assert (found.steps["term"].tolist(), found.model.reason) == (["a"], "")
    assert found.left_out["reason"].tolist() == ["a fitted risk of 0 or 1: no score test"]
    said_or_found(found.left_out.iloc[0], "statistic", "df", "p")


def test_ordinal_separation_and_missing_cuts_are_said():
    frame = pd.DataFrame(
        {"y": [1, 1, 2, 2, 3, 3, 3], "x": [1.0, 2, 3, 4, 5, 6, 7], "z": [1, 2, 1, 3, 2, 3, 9]}
    )
    assert ordinal_logistic(frame, "y", ["x"]).reason.startswith("complete separation by x")
    assert ordinal_logistic(frame, "y", ["z"]).reason == ""
    at_a_cut = frame.assign(z=[5, 6, 1, 2, 1, 3, 4])
    assert ordinal_logistic(at_a_cut, "y", ["z"]).reason == ""
    assert proportional_odds_test(at_a_cut, "y", ["z"])["reason"].unique().tolist() == [
        "above 1: complete separation by z: no finite coefficients"
    ]
    x = [3, 0, 3, 0, 4, 5, 5, 3, 5, 2, 0, 3]
    crossing = pd.DataFrame({"y": np.repeat([1, 2, 3], [4, 5, 3]), "x": x})
    for row in proportional_odds_test(crossing, "y", ["x"]).to_dict("records"):
        assert row["reason"].startswith("the covariances of the fits at the cuts are not positive definite")
        said_or_found(row, "statistic", "df", "p")
    two = data("remission")
    assert (
        proportional_odds_test(two, "remiss", ["li"]).loc[0, "reason"].startswith("2 categories have one cut")
    )


def test_an_ordinal_model_of_two_categories_is_the_binary_one():
    binary, ordinal = (model(data("birthwt"), "low", BIRTHWT) for model in (logistic, ordinal_logistic))
    for name in ("estimate", "standard_error"):
        expected = binary.terms[name].tolist()
        # The threshold is the intercept with its sign turned.
        expected.append(expected.pop(0) * (-1 if name == "estimate" else 1))
        assert ordinal.terms[name].tolist() == pytest.approx(expected, rel=1e-5)
    same = ["n", "statistic", "df", "p", "minus_2ll", "mcfadden", "cox_snell", "nagelkerke"]
    assert ordinal.fit.loc[0, same].tolist() == pytest.approx(binary.fit.loc[0, same].tolist())


def test_profile_ends_are_right_where_the_steps_of_a_glm_run_away():
    # Nearly separated: from its usual start the GLM ends far from the maximum and calls that converged.
    a = [2, 0, -3, 0, -3, 0, -3, -2, -2, -3, -1, 1, -1, -3, -3, -3, -2, -3, 2, 3, 1, 3, 2, 3]
    b = [1, 1, -1, 1, 3, 3, 0, -3, 3, 3, 0, -3, -2, 2, 0, 1, -3, -1, 2, 0, 2, 1, 1, -3]
    y = np.repeat([0, 1], [18, 6])
    model = logistic(pd.DataFrame({"y": y, "a": a, "b": b}), "y", ["a", "b"], "profile")
    x = np.column_stack([np.ones(24), a, b])
    for place, row in model.terms.iterrows():
        for end in (row["low"], row["high"]):

            def deviance(others, place=place, end=end):
                odds = x @ np.insert(others, place, end)
                return 2 * (np.logaddexp(0, odds).sum() - y @ odds)

            least = optimize.minimize(deviance, np.zeros(2), method="Nelder-Mead", tol=1e-10).fun
            assert least - model.fit.loc[0, "minus_2ll"] == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-6)


def test_profile_ends_do_not_depend_on_the_unit():
    frame = data("birthwt")
    one = logistic(frame, "low", ["age", "lwt"], "profile").terms
    moved = frame.assign(age=frame["age"] * 1e5, lwt=1e3 + frame["lwt"] * 1e-4)
    two = logistic(moved, "low", ["age", "lwt"], "profile").terms
    for name in ("low", "high"):
        assert [two[name][1] * 1e5, two[name][2] * 1e-4] == pytest.approx(one[name].tolist()[1:])


def test_what_is_no_model_is_refused():
    frame = binary_frame()
    with pytest.raises(ValueError, match="touching is not 0 or 1"):
        logistic(frame, "touching", ["x"])
    with pytest.raises(ValueError, match="wald or profile"):
        logistic(frame, "y", ["x"], "exact")


cases = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(1, 3)), *[st.one_of(st.none(), st.integers(-3, 3))] * 2),
    max_size=24,
)


@PROPERTY
@given(cases, st.randoms(use_true_random=False), st.sampled_from([0.25, 1000]), st.integers(-500, 500))
def test_any_data_give_a_model_or_a_reason_whatever_their_order_and_unit(rows, random, factor, shift):
    def fits(rows, change):
        frame = pd.DataFrame(rows, columns=["rating", "a", "b"], dtype=float)
        frame["a"] = change(frame["a"])
        frame["good"] = (frame["rating"] >= 2).where(frame["rating"].notna())
        yield logistic(frame, "good", ["a", "b"])
        yield ordinal_logistic(frame, "rating", ["a", "b"])

    kept = list(fits(rows, lambda a: a))
    shuffled = fits(random.sample(rows, len(rows)), lambda a: a)
    moved = fits(rows, lambda a: factor * a + shift)
    turned = fits(rows, lambda a: -a)
    for model, *others in zip(kept, shuffled, moved, turned, strict=True):
        said_or_found(model.fit.iloc[0], "statistic", "p", "minus_2ll", "nagelkerke")
        assert (
            model.terms.drop(columns=["odds_ratio", "odds_ratio_low", "odds_ratio_high"])
            .notna()
            .all(axis=None)
        )
        for other, unit in zip(others, (1, factor, -1), strict=True):
            assert other.reason == model.reason
            if model.reason:
                continue
            one, two = (it.terms.set_index("term") for it in (model, other))
            assert two.loc["a", "estimate"] * unit == pytest.approx(
                one.loc["a", "estimate"], rel=1e-4, abs=1e-5
            )
            assert two.loc["b", "estimate"] == pytest.approx(one.loc["b", "estimate"], rel=1e-4, abs=1e-5)
            assert two.loc["a", "p"] == pytest.approx(one.loc["a", "p"], rel=1e-4, abs=1e-6)
            assert other.fit.loc[0, "minus_2ll"] == pytest.approx(model.fit.loc[0, "minus_2ll"])
