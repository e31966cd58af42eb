"""Repeated inspections: errors by authority by hand and by statsmodels, their intercepts, coverage."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import integrate, optimize, special, stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from python_stats.__main__ import main
from python_stats.panel_models import clustered, webb
from python_stats.prediction import features


def made_up(authorities=80, each=3, slope=0.6, spread=1.0, seed=0, grades=2):
    """Inspections whose outcome hangs on x, which the authority and the inspection share in."""
    rng = np.random.default_rng(seed)
    n = authorities * each
    group = np.repeat(np.arange(authorities), each)
    x = rng.normal(size=authorities)[group] + rng.normal(size=n)
    latent = slope * x + spread * rng.normal(size=authorities)[group] + rng.logistic(size=n)
    grade = np.digitize(latent, [0.0] if grades == 2 else [-1.5, 0, 2])
    return pd.DataFrame({"y": grade, "x": x, "z": rng.normal(size=n), "la": group, "latent": latent})


# ----------------------------------------------------------------- errors by authority


def sandwich(design, residual, weights, groups):
    """Coefficient errors by cluster, written out."""
    bread = np.linalg.inv(design.T @ (design * weights[:, None]))
    meat = np.zeros_like(bread)
    for group in np.unique(groups):
        score = design[groups == group].T @ residual[groups == group]
        meat += np.outer(score, score)
    many, (n, k) = len(np.unique(groups)), design.shape
    return np.sqrt(np.diag(many / (many - 1) * (n - 1) / (n - k) * bread @ meat @ bread))


def test_errors_of_the_linear_model_by_hand():
    frame = made_up()
    design = sm.add_constant(frame[["x", "z"]].to_numpy())
    beta = np.linalg.lstsq(design, frame["latent"])[0]
    errors = sandwich(design, frame["latent"] - design @ beta, np.ones(len(frame)), frame["la"].to_numpy())
    out = clustered.linear(frame, "latent", ["x", "z"], "la")
    assert out["estimate"].to_numpy() == pytest.approx(beta[1:])
    assert out["standard_error"].to_numpy() == pytest.approx(errors[1:])
    margin = stats.t.ppf(0.975, 79) * errors[1:]
    assert out["high"].to_numpy() == pytest.approx(beta[1:] + margin) and (out["df"] == 79).all()
    assert (out["n"] == 240).all() and (out["n_clusters"] == 80).all() and (out["reason"] == "").all()


def test_errors_of_the_logistic_and_the_ordinal_model_by_hand_and_by_statsmodels():
    frame = made_up()
    design = sm.add_constant(frame[["x", "z"]].to_numpy())
    fit = sm.Logit(frame["y"], design).fit(disp=0, cov_type="cluster", cov_kwds={"groups": frame["la"]})
    risk = fit.predict()
    errors = sandwich(design, (frame["y"] - risk).to_numpy(), risk * (1 - risk), frame["la"].to_numpy())
    binary = clustered.logistic(frame, "y", ["x", "z"], "la")
    ordered = clustered.ordinal(frame, "y", ["x", "z"], "la")
    for out in (binary, ordered):
        assert out["estimate"].to_numpy() == pytest.approx(fit.params.to_numpy()[1:], rel=1e-5)
        assert out["standard_error"].to_numpy() == pytest.approx(errors[1:], rel=1e-5)
        assert out["standard_error"].to_numpy() == pytest.approx(fit.bse.to_numpy()[1:], rel=1e-5)
        assert out["odds_ratio_low"].to_numpy() == pytest.approx(np.exp(out["low"]).to_numpy())


def test_four_grades_have_the_coefficients_of_statsmodels_and_errors_that_clusters_widen():
    frame = made_up(grades=4, spread=2.0, authorities=200)
    frame["of_authority"] = frame.groupby("la")["x"].transform("mean")
    fit = OrderedModel(frame["y"], frame[["of_authority"]], distr="logit").fit(method="bfgs", disp=False)
    out = clustered.ordinal(frame, "y", ["of_authority"], "la").iloc[0]
    assert out["estimate"] == pytest.approx(fit.params.iloc[0], rel=1e-4)
    assert out["standard_error"] > 1.15 * fit.bse.iloc[0]
    # In another unit, the same.
    scaled = clustered.ordinal(
        frame.assign(of_authority=1e4 * frame["of_authority"]), "y", ["of_authority"], "la"
    )
    assert scaled["p"].iloc[0] == pytest.approx(out["p"]) and scaled["estimate"].iloc[0] == pytest.approx(
        out["estimate"] / 1e4
    )


def test_without_a_model_the_reason_says_why():
    frame = made_up(authorities=30)
    parted = frame.assign(y=(frame["x"] > 0).astype(int))
    for method in (clustered.logistic, clustered.ordinal, clustered.mixed_logistic):
        out = method(parted, "y", ["x"], "la")
        assert out["reason"].str.contains("complete separation by x").all() and out["estimate"].isna().all()
    straight = clustered.linear(parted, "y", ["x"], "la")
    assert (straight["reason"] == "").all() and straight["estimate"].notna().all()
    few = clustered.logistic(made_up(authorities=3, each=30), "y", ["x", "z"], "la")
    assert (few["reason"] == "3 authorities are too few for 3 parameters").all()
    constant = clustered.linear(frame.assign(x=1.0), "y", ["x"], "la")
    assert constant["reason"].str.contains("x constant").all()
    alone = clustered.mixed_logistic(made_up(authorities=90, each=1), "y", ["x"], "la")
    assert alone["reason"].str.contains("one inspection of each authority").all()
    gone = frame.assign(x=frame["x"].where(frame["la"] < 20))
    assert (clustered.logistic(gone, "y", ["x"], "la")["n"] == 60).all()


# ----------------------------------------------------------------- an intercept of each authority


def test_the_mixed_likelihood_is_the_integral():
    frame = made_up(authorities=5, each=4, spread=2.0)
    design, y, groups = (
        sm.add_constant(frame[["x"]].to_numpy()),
        frame["y"].to_numpy(),
        frame["la"].to_numpy(),
    )
    params = np.array([0.2, 0.7, 1.8])

    def of_group(group):
        rows = groups == group
        middle, sign = design[rows] @ params[:2], 2 * y[rows] - 1
        return integrate.quad(
            lambda u: special.expit(sign * (middle + params[2] * u)).prod() * stats.norm.pdf(u), -9, 9
        )[0]

    height, slope = clustered.mixed_log_likelihood(params, design, y, groups)
    assert height == pytest.approx(sum(np.log(of_group(group)) for group in range(5)), abs=1e-6)
    numeric = optimize.approx_fprime(
        params, lambda at: clustered.mixed_log_likelihood(at, design, y, groups)[0], 1e-7
    )
    assert slope == pytest.approx(numeric, abs=1e-4)


def test_a_mixed_model_finds_the_spread_of_authorities_or_says_that_there_is_none():
    out = clustered.mixed_logistic(made_up(authorities=300, each=4), "y", ["x", "z"], "la").set_index("term")
    assert out.loc["x", "low"] < 0.6 < out.loc["x", "high"] and out.loc["z", "low"] < 0 < out.loc["z", "high"]
    between = out.loc[clustered.BETWEEN]
    assert between["low"] < 1 < between["high"] and between["p"] < 1e-6
    marginal = clustered.logistic(made_up(authorities=300, each=4), "y", ["x", "z"], "la")["estimate"].iloc[0]
    assert abs(marginal) < abs(out.loc["x", "estimate"])
    # Authorities more alike than chance would have them: good and bad by turns.
    frame = made_up(spread=0.0, each=4)
    frame["y"] = np.tile([0, 1, 0, 1], 80)
    none = clustered.mixed_logistic(frame, "y", ["x"], "la").set_index("term")
    plain = sm.Logit(frame["y"], sm.add_constant(frame["x"])).fit(disp=0)
    assert none.loc["x", "estimate"] == pytest.approx(plain.params["x"], rel=1e-3)
    between = none.loc[clustered.BETWEEN]
    assert (between["estimate"], between["low"], between["p"]) == (pytest.approx(0, abs=1e-3), 0, 0.5)


def test_effects_are_in_the_model_and_not_in_the_table():
    frame = made_up(authorities=120)
    frame["wave"] = np.tile(["a", "b", "c"], 120)
    frame["latent"] += frame["wave"].map({"a": 0, "b": 5, "c": -5})
    out = clustered.estimate_without_effects(clustered.linear, frame, "latent", ["x"], "la", "wave")
    assert list(out["term"]) == ["x"] and out["standard_error"].iloc[0] < 0.2
    dummies = pd.get_dummies(frame["wave"], drop_first=True, dtype=float)
    beta = np.linalg.lstsq(np.column_stack([np.ones(360), frame["x"], dummies]), frame["latent"])[0]
    assert out["estimate"].iloc[0] == pytest.approx(beta[1])
    # A wave without a complete case has no effect, and no constant column.
    empty = frame.assign(x=frame["x"].where(frame["wave"] != "c"))
    assert (
        clustered.estimate_without_effects(clustered.linear, empty, "latent", ["x"], "la", "wave")[
            "reason"
        ].iloc[0]
        == ""
    )


def coverage(runs, method, truth, **about):
    """How often the interval of x has the truth in it."""
    inside = []
    for seed in range(runs):
        out = method(made_up(authorities=150, seed=seed, **about)).iloc[0]
        assert out["reason"] == ""
        inside.append(out["low"] <= truth <= out["high"])
    return np.mean(inside)


@pytest.mark.slow
def test_intervals_of_the_panel_models_have_the_truth_in_them():
    # The linear slope and the one within an authority are what was put in.
    straight = coverage(1000, lambda f: clustered.linear(f, "latent", ["x"], "la"), 0.6)
    assert 0.93 <= straight <= 0.97, straight
    within = coverage(500, lambda f: clustered.mixed_logistic(f, "y", ["x"], "la"), 0.6)
    assert 0.93 <= within <= 0.97, within
    # The slope on average over authorities: of a predictor of two values, from the risks themselves.
    at, weights = np.polynomial.hermite_e.hermegauss(60)
    risks = [(special.expit(b + at) * weights / weights.sum()).sum() for b in (0.0, 0.6)]
    marginal = special.logit(risks[1]) - special.logit(risks[0])

    def two_values(frame):
        rng = np.random.default_rng(int(1e6 * abs(frame["z"].iloc[0])))
        x = rng.integers(0, 2, 150).repeat(3)
        y = rng.random(450) < special.expit(0.6 * x + rng.normal(size=150).repeat(3))
        return clustered.logistic(
            pd.DataFrame({"y": y.astype(int), "x": x, "la": frame["la"]}), "y", ["x"], "la"
        )

    average = coverage(1000, two_values, marginal)
    assert 0.93 <= average <= 0.97, average

    # Errors that take every inspection for its own are too small.
    def naive(frame):
        fit = sm.OLS(frame["latent"], sm.add_constant(frame.groupby("la")["x"].transform("mean"))).fit()
        low, high = fit.conf_int().iloc[1]
        return pd.DataFrame([{"low": low, "high": high, "reason": ""}])

    assert coverage(300, naive, 0.6, spread=3.0) < 0.9


# ----------------------------------------------------------------- Webb et al.


def test_the_sample_of_webb_is_made_by_rule():
    inspections = pd.DataFrame(
        {
            "la_code": ["1", "1", "2", "3", "1", "2"],
            "framework": ["SLAC", "SIF", "SIF", "ILACS", "ILACS", "SIF"],
            "inspection_kind": ["first", "first", "re-inspection", "standard", "standard", "first"],
            "published_on": pd.to_datetime(
                ["2012-03-31", "2014-04-01", "2016-01-01", "2019-03-01", "2019-04-01", "2018-03-31"]
            ),
            "overall_code": [np.nan, 3, 3, 1, 4, 2],
            "safeguarding_code": [4, np.nan, np.nan, np.nan, np.nan, np.nan],
        }
    )
    index = pd.MultiIndex.from_product([["1", "2", "3"], range(2011, 2020)], names=["la_code", "year"])
    spend = pd.DataFrame({"total": 1000.0, "looked_after": 400.0, "safeguarding": 200.0}, index=index)
    spend = spend.assign(family_support=100.0, under_fives=50.0, young_people=np.nan)
    spend.loc[("1", 2014), "total"] = 1100.0
    deprivation = pd.Series(range(20), index=[str(code) for code in range(20)], dtype=float)
    out = webb.webb_frame(inspections, spend, deprivation)
    assert out["year"].tolist() == [2012, 2015, 2019, 2018]
    assert out["good"].tolist() == [1, 1, 0, 0] and out["imd_decile"].tolist() == [1, 1, 2, 2]
    assert (out["preventative"] == 4).all() and (out["safeguarding"] == 2).all() and out["named"].isna().all()
    before = webb.webb_frame(inspections, spend, deprivation, lag=1)
    assert before["preventative"].tolist() == [4, 5, 4, 4]


def test_odds_change_in_per_cent():
    terms = pd.DataFrame({"estimate": [np.log(1.69)], "low": [0.0], "high": [np.log(2.24)]})
    assert webb.per_cent(terms).iloc[0].tolist() == pytest.approx([69, 0, 124])


@pytest.mark.filterwarnings("error")
def test_the_sample_gives_reasons_and_says_that_it_is_synthetic(sample_warehouse, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    monkeypatch.setattr(features, "STUDIES", ("la-valle-2016",))
    assert main(["panel"]) == 0
    said = capsys.readouterr().out
    assert "SYNTHETIC DATA" in said and " nan " not in said and "+69% (+28 to +124) there" in said


@pytest.mark.real
def test_official_spend_and_deprivation_come_near_webb(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    out = webb.webb(webb.load_webb()).set_index(["model", "term"])
    nearest = out.loc[webb.NEAREST]
    assert nearest["estimate"].round().to_dict() == {"preventative": 69, "safeguarding": 4, "imd_decile": -19}
    assert nearest["n"].tolist() == [341] * 3 and nearest.loc["safeguarding", "p"] > 0.5
    verdicts = nearest["verdict"].to_dict()
    assert verdicts["preventative"] == verdicts["imd_decile"] == "within their interval"
    assert out.loc["published", "n"].tolist() == [374, 374]
