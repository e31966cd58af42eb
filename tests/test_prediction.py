"""Predictions out of sample: nothing known too late, nobody on both sides, no skill from noise."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from statsmodels.stats.inter_rater import cohens_kappa

from python_stats import panels, proportional_odds
from python_stats.__main__ import main
from python_stats.prediction import features, folds, measures, ridge, trials
from python_stats.prediction import report as prediction_report
from python_stats.prediction.features import ALL, ALL_PREVIOUS, BASE, Leak
from python_stats.prediction.folds import CROSS, FORWARD

WAVES = list(panels.WAVES)


def made_up(effect=0.0, authorities=60, n=3, seed=0, gaps=0.2):
    """Inspections of made-up authorities, one in each wave, whose grades share an intercept and a signal."""
    rng = np.random.default_rng(seed)
    rows = []
    for authority in range(authorities):
        own = rng.normal(size=n) * 0.7
        luck = rng.normal()
        for number, wave in enumerate(WAVES):
            x = own + rng.normal(size=n)
            latent = effect * x[0] + luck + 0.3 * (number - 2) + rng.logistic()
            grade = int(np.digitize(latent, [-1.5, 0, 2])) + 1
            first = pd.Timestamp(panels.WAVES[wave][1], 6, 1) + pd.Timedelta(days=int(rng.integers(300)))
            rows.append([f"{authority:03}", wave, first, first + pd.Timedelta(weeks=8), grade, *x])
    names = [f"x{i}" for i in range(n)]
    frame = pd.DataFrame(rows, columns=["la_code", "wave", "began_on", "published_on", "grade", *names])
    frame["wave"] = pd.Categorical(frame["wave"], WAVES, ordered=True)
    frame.index.name = "inspection_id"
    values = frame[names].mask(rng.random((len(frame), n)) < gaps)
    values[features.PREVIOUS] = frame.groupby("la_code")["grade"].shift()
    values[features.WAVE] = frame["wave"].cat.codes.astype(float)
    return features.Data(frame.drop(columns=names), values)


SETS = {BASE: [features.WAVE], ALL: [features.WAVE, "x0", "x1", "x2"]}


# ----------------------------------------------------------------- leaks


def test_a_feature_known_after_the_inspection_began_is_refused():
    inspections = made_up(authorities=3).inspections
    known = pd.DataFrame(
        {"inspection_id": inspections.index, "feature": "x", "known_on": inspections["began_on"]}
    )
    features.check_known(known, inspections)
    # The outcome itself, copied into a feature, is known when the report is out.
    outcome = known.assign(feature="grade", known_on=inspections["published_on"])
    with pytest.raises(Leak, match="18 figures were not known when the inspection began: grade of 0"):
        features.check_known(pd.concat([known, outcome]), inspections)
    undated = known.assign(known_on=pd.NaT)
    with pytest.raises(Leak, match="not known"):
        features.check_known(undated, inspections)


def test_an_authority_on_both_sides_and_a_report_from_the_future_are_refused():
    data = made_up()
    inspections, groups = data.inspections, data.inspections["la_code"].to_numpy()
    rng = np.random.default_rng(1)
    dealt = folds.grouped_folds(groups, 5, rng)
    folds.check_folds(dealt, inspections, CROSS)
    forward = folds.forward_folds(inspections)
    folds.check_folds(forward, inspections, FORWARD)
    assert [inspections.iloc[test]["wave"].unique().tolist() for _, test in forward] == [
        [w] for w in WAVES[2:]
    ]
    # Rows dealt to folds one by one put inspections of an authority on both sides.
    planted = folds.grouped_folds(np.arange(len(groups)), 5, rng)
    with pytest.raises(Leak, match="authorities on both sides"):
        folds.check_folds(planted, inspections, CROSS)
    train, test = forward[0]
    with pytest.raises(Leak, match="both sides"):
        folds.check_folds([(np.append(train, test[0]), test)], inspections, FORWARD)
    later = forward[1][1][:1]
    with pytest.raises(Leak, match="came out after"):
        folds.check_folds([(np.append(train, later), test)], inspections, FORWARD)


def test_folds_take_every_inspection_once():
    groups = np.repeat(list("abcdefg"), [1, 5, 2, 3, 1, 1, 4])
    dealt = folds.grouped_folds(groups, 3, np.random.default_rng(0))
    assert sorted(np.concatenate([test for _, test in dealt])) == list(range(len(groups)))
    sizes = [len(set(groups[test])) for _, test in dealt]
    assert sorted(sizes) == [2, 2, 3]
    again = folds.grouped_folds(groups, 3, np.random.default_rng(0))
    assert all((one[1] == other[1]).all() for one, other in zip(dealt, again, strict=True))


def test_preprocessing_fitted_on_all_the_data_is_found_out():
    data = made_up()
    x = data.features[SETS[ALL]].to_numpy()
    groups, grades = data.inspections["la_code"].to_numpy(), data.inspections["grade"].to_numpy() - 1
    train, test = folds.grouped_folds(groups, 5, np.random.default_rng(0))[0]
    given = (x[train], grades[train], groups[train], x[test])
    ridge.check_blind(ridge.predict, *given)

    def leaky(learnt, of, by, tried, rng):
        both = np.vstack([learnt, tried])
        middle, spread = np.nanmean(both, axis=0), np.nanstd(both, axis=0) ** 2
        return ridge.predict((learnt - middle) / spread, of, by, (tried - middle) / spread, rng) + (
            1e-3 * middle[1]
        )

    def filled_by_all(learnt, of, by, tried, rng):
        middle = np.nanmedian(np.vstack([learnt, tried]), axis=0)
        return ridge.predict(
            np.where(np.isnan(learnt), middle, learnt), of, by, np.where(np.isnan(tried), middle, tried), rng
        )

    for planted in (leaky, filled_by_all):
        with pytest.raises(Leak, match="depend on the test"):
            ridge.check_blind(planted, *given)


def test_every_check_stands_before_a_trial(monkeypatch):
    data = made_up(authorities=25)
    ungrouped = folds.grouped_folds

    def one_by_one(groups, k, rng):
        return ungrouped(np.arange(len(groups)), k, rng)

    monkeypatch.setattr(trials, "grouped_folds", one_by_one)
    with pytest.raises(Leak, match="authorities on both sides"):
        trials.trials(data, SETS, repeats=1)


# ----------------------------------------------------------------- what was known, and how gaps are filled


def test_a_standing_is_among_what_was_out_by_the_same_day():
    early, late = pd.Timestamp("2018-11-01"), pd.Timestamp("2019-03-01")
    frame = pd.DataFrame(
        {
            "la_code": list("abcd"),
            "indicator_code": "x",
            "year": 2018,
            "edition": "2018",
            "known_on": [early, early, early, late],
            "value": [1.0, 2.0, 2.0, 0.0],
        }
    )
    assert features.standings(frame)["standing"].tolist() == pytest.approx([1 / 6, 2 / 3, 2 / 3, 1 / 8])


def test_gaps_are_filled_by_the_median_of_the_training_and_told():
    train = np.array([[1.0, np.nan, 5, 2], [3, np.nan, 5, np.nan], [8, np.nan, 5, 4], [8, np.nan, 5, 6]])
    ready = ridge.prepare(train)
    # The second column has no value, the third does not vary; the gap of the last has a column of its own.
    of_train = ready(train)
    assert of_train.shape == (4, 3)
    assert of_train.mean(axis=0) == pytest.approx(0) and of_train.std(axis=0) == pytest.approx(1)
    filled = np.array([2.0, 4, 4, 6])
    assert of_train[:, 1] == pytest.approx((filled - 4) / filled.std())
    test = ready(np.array([[np.nan, 9, 9, np.nan]]))
    assert test[0, 0] == pytest.approx((5.5 - 5) / train[:, 0].std())
    assert test[0, 1] == pytest.approx(0) and test[0, 2] == pytest.approx((1 - 0.25) / np.sqrt(3 / 16))


# ----------------------------------------------------------------- the penalised likelihood


@pytest.mark.parametrize("grades", [2, 4])
def test_the_ridge_fit_is_the_maximum_that_another_optimiser_finds(grades):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(80, 3))
    codes = np.digitize(x[:, 0] + rng.logistic(size=80), [-1, 0, 1][: grades - 1])
    for penalty in (0.0, 7.0):
        params = proportional_odds.fit(x, codes, penalty)

        def down(at, penalty=penalty):
            height = proportional_odds.log_likelihood(at, x, codes)
            return 1e9 if np.isinf(height) else penalty / 2 * (at[grades - 1 :] ** 2).sum() - height

        other = optimize.minimize(
            down, params * 0.9, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 9000}
        )
        assert params == pytest.approx(other.x, abs=1e-4)
        scores, hessian = proportional_odds.derivatives(params, x, codes)
        assert scores.sum(axis=0)[: grades - 1] == pytest.approx(0, abs=1e-4)
        numeric = optimize.approx_fprime(
            params, lambda at: proportional_odds.derivatives(at, x, codes)[0].sum(axis=0), 1e-6
        )
        assert hessian == pytest.approx(numeric, abs=1e-3)
    assert proportional_odds.probabilities(params, x).sum(axis=1) == pytest.approx(1)


def test_a_penalty_holds_coefficients_that_separation_would_let_run_away():
    x = np.linspace(-1, 1, 20)[:, None]
    codes = (x[:, 0] > 0).astype(int)
    slopes = [proportional_odds.fit(x, codes, penalty)[1] for penalty in (1e-6, 0.1, 1.0, 10.0)]
    assert slopes[0] > 50 and slopes == sorted(slopes, reverse=True) and 0 < slopes[-1] < 1


def test_a_grade_that_the_training_has_not_seen_gets_no_chance():
    rng = np.random.default_rng(0)
    x, groups = rng.normal(size=(40, 2)), np.arange(40)
    grades = rng.choice([0, 2], size=40)
    out = ridge.predict(x, grades, groups, x[:5], rng)
    assert out.shape == (5, 4) and (out[:, [1, 3]] == 0).all() and out.sum(axis=1) == pytest.approx(1)
    assert ridge.predict(x, np.zeros(40, int), groups, x[:2], rng)[:, 0].tolist() == [1, 1]


# ----------------------------------------------------------------- measures


def test_auc_is_mann_and_whitneys():
    rng = np.random.default_rng(5)
    good, risk = rng.random(60) < 0.4, rng.integers(0, 8, 60) / 8
    u = stats.mannwhitneyu(risk[good], risk[~good]).statistic
    won, there = measures.pairs_won(good, risk, np.zeros(60))
    assert won.sum() / there.sum() == pytest.approx(u / good.sum() / (~good).sum())
    # Within strata: the pairs of each, added up.
    stratum = rng.integers(0, 3, 60)
    parts = [(good[stratum == s], risk[stratum == s]) for s in range(3)]
    won = sum(stats.mannwhitneyu(r[g], r[~g]).statistic for g, r in parts)
    pairs = sum(g.sum() * (~g).sum() for g, _ in parts)
    ahead, there = measures.pairs_won(good, risk, stratum)
    assert (ahead.sum(), there.sum()) == (won, pairs)


def test_kappa_is_cohens():
    rng = np.random.default_rng(6)
    observed = rng.integers(1, 5, 50)
    predicted = np.clip(observed + rng.integers(-1, 2, 50), 1, 4)
    table = pd.crosstab(observed, predicted).reindex(index=range(1, 5), columns=range(1, 5), fill_value=0)
    expected = cohens_kappa(table.to_numpy(), wt="quadratic").kappa
    assert measures.kappa(observed, predicted[None], np.ones((1, 50)))[0] == pytest.approx(expected)
    doubled = measures.kappa(observed, predicted[None], np.full((1, 50), 2.0))[0]
    assert doubled == pytest.approx(expected)


def by_hand():
    """Four inspections of one wave and fold, of three authorities, by two sets of features."""
    rows = pd.DataFrame(
        {
            "inspection_id": list("abcd"),
            "la_code": ["1", "2", "3", "3"],
            "wave": pd.Categorical(["w"] * 4),
            "grade": [4, 2, 3, 1],
            "scheme": CROSS,
            "repeat": 0,
            "fold": 0,
        }
    )
    base = rows.assign(features=BASE, risk=0.5, predicted=3)
    return pd.concat([base, rows.assign(features=ALL, risk=[0.9, 0.6, 0.5, 0.1], predicted=[4, 3, 1, 1])])


def test_measures_by_hand():
    table, drawn = measures.measures(by_hand(), draws=50)
    of = (
        table.set_index(["features", "measure"])["estimate"]
        .unstack()
        .rename(columns={words: name for name, words in measures.MEASURES.items()})
    )
    assert of.loc[BASE, ["auc", "brier", "skill"]].tolist() == pytest.approx([0.5, 0.25, 0])
    # Good are a and c; of the pairs a-b, a-d, c-b, c-d three are in order.
    brier = (0.1**2 + 0.6**2 + 0.5**2 + 0.1**2) / 4
    assert of.loc[ALL, ["auc", "brier", "skill"]].tolist() == pytest.approx([0.75, brier, 1 - brier / 0.25])
    assert of.loc[ALL, ["exact", "within_one"]].tolist() == pytest.approx([0.5, 0.75])
    assert (table["n"] == 4).all() and (table["n_authorities"] == 3).all()
    beside = measures.side_by_side(table).set_index("features")
    assert beside.loc[ALL, ["auc", "exact", "n"]].tolist() == pytest.approx([0.75, 0.5, 4])
    assert beside.loc[ALL, "auc_low"] <= 0.75 <= beside.loc[ALL, "auc_high"]
    gained = {**drawn} | {
        (CROSS, name, m): drawn[CROSS, BASE, m]
        for name in ("deprivation", "deprivation and spend", "previous rating", ALL_PREVIOUS)
        for m in measures.MEASURES
    }
    first = measures.gains(gained).iloc[0]
    assert (first["features"], first["beside"], first["estimate"]) == (ALL, BASE, pytest.approx(0.25))


def test_a_risk_that_is_right_is_calibrated_and_one_too_sure_is_not():
    rng = np.random.default_rng(8)
    logit = rng.normal(size=4000)
    good = rng.random(4000) < 1 / (1 + np.exp(-logit))
    frame = pd.DataFrame(
        {"inspection_id": range(4000), "la_code": np.arange(4000) % 400, "grade": np.where(good, 3, 2)}
    )
    frame = frame.assign(scheme=CROSS, repeat=0, fold=0)
    tried = pd.concat(
        frame.assign(features=name, risk=1 / (1 + np.exp(-times * logit - shift)))
        for name, times, shift in (("right", 1, 0), ("too sure", 2, 0), ("too high", 1, 1))
    )
    risks = measures.mean_risks(tried)
    out = measures.calibration(risks).set_index(["features", "term"])
    assert out.loc[("right", "slope"), ["low", "high"]].between(0.85, 1.15).all()
    assert out.loc[("right", "slope"), "estimate"] == pytest.approx(1, abs=0.1)
    assert out.loc[("too sure", "slope"), "estimate"] == pytest.approx(0.5, abs=0.05)
    assert out.loc[("too high", "intercept"), "estimate"] == pytest.approx(-1, abs=0.1)
    bins = measures.calibration_bins(risks).set_index(["features", "bin"])
    assert bins["n"].eq(800).all()
    right = bins.loc["right"]
    assert (right["foretold"] - right["estimate"]).abs().max() < 0.06 and right[
        "foretold"
    ].is_monotonic_increasing
    constant = risks.assign(logit=0.0)
    assert (measures.calibration(constant)["reason"] == "one outcome, or one risk for all").all()


# ----------------------------------------------------------------- noise and signal


def mean_auc(effect, runs, authorities):
    found = []
    for seed in range(runs):
        data = made_up(effect, authorities=authorities, seed=seed)
        table, _ = measures.measures(trials.trials(data, SETS, repeats=1, seed=seed), draws=2)
        aucs = table[(table["features"] == ALL) & (table["measure"] == measures.MEASURES["auc"])]
        found.append(aucs.set_index("scheme")["estimate"])
    found = pd.DataFrame(found)
    return found.mean(), found.std() / np.sqrt(runs)


def test_noise_tells_nothing_apart_and_a_signal_does(monkeypatch):
    monkeypatch.setattr(ridge, "INNER_FOLDS", 2)
    mean, _ = mean_auc(0.0, runs=4, authorities=25)
    assert ((mean - 0.5).abs() < 0.1).all()
    data = made_up(1.5, authorities=50)
    table, _ = measures.measures(trials.trials(data, SETS, repeats=1))
    of = table[table["measure"] == measures.MEASURES["auc"]].set_index(["scheme", "features"])
    assert of.loc[(CROSS, ALL), "low"] > 0.65 and of.loc[(FORWARD, ALL), "low"] > 0.6
    assert of.loc[(CROSS, BASE), "estimate"] == of.loc[(FORWARD, BASE), "estimate"] == 0.5
    first = ridge.coefficients(data, SETS[ALL], refits=20).iloc[0]
    assert first["feature"] == "x0" and first["low"] > 0


@pytest.mark.slow
def test_auc_of_noise_is_a_half_but_for_monte_carlo_error():
    mean, error = mean_auc(0.0, runs=200, authorities=40)
    assert (error < 0.01).all()
    assert ((mean - 0.5).abs() < 3 * error).all(), (mean, error)


def test_the_same_seed_gives_the_same(monkeypatch):
    monkeypatch.setattr(ridge, "INNER_FOLDS", 2)
    data = made_up(0.5, authorities=20)
    one, other = (trials.trials(data, SETS, repeats=1, seed=s) for s in (3, 3))
    pd.testing.assert_frame_equal(one, other)
    assert not one["risk"].equals(trials.trials(data, SETS, repeats=1, seed=4)["risk"])


def test_too_little_data_is_said():
    assert "too few for 5 folds" in trials.no_trial(made_up(authorities=5))
    assert trials.no_trial(made_up(authorities=60)) == ""


def test_the_answer_follows_from_the_numbers():
    def said(low, high, estimate, more):
        table = pd.DataFrame(
            [
                [s, f, measures.MEASURES[m], estimate, low, high]
                for s in (CROSS, FORWARD)
                for f in (ALL, "previous rating", "deprivation")
                for m in ("auc", "skill")
            ],
            columns=["scheme", "features", "measure", "estimate", "low", "high"],
        )
        gained = pd.DataFrame(
            [[ALL_PREVIOUS, "previous rating", measures.MEASURES["auc"], 0.03, more, 0.1]],
            columns=["features", "beside", "measure", "estimate", "low", "high"],
        )
        return prediction_report.answer(table, gained)

    assert "ratings? Yes, weakly: " in said(0.55, 0.7, 0.62, 0.01) and "is beyond chance" in said(
        0.55, 0.7, 0.62, 0.01
    )
    assert "Not beyond chance" in said(0.45, 0.6, 0.52, -0.1) and "not surely beyond" in said(
        0.45, 0.6, 0.52, -0.1
    )
    assert "fairly well" in said(0.7, 0.8, 0.75, 0) and "62 of 100 times" in said(0.55, 0.7, 0.62, 0)


# ----------------------------------------------------------------- the command


def test_a_number_of_repeats_that_is_none_is_said(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--repeats", "0"])
    assert "'0' is no count" in capsys.readouterr().err


@pytest.mark.filterwarnings("error")
def test_the_sample_is_predicted_and_said_to_be_synthetic(sample_warehouse, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    monkeypatch.setattr(prediction_report, "STUDIES", ("la-valle-2016",))
    monkeypatch.setattr(prediction_report, "coefficients", partial(ridge.coefficients, refits=5))
    monkeypatch.setattr(trials, "FOLDS", 2)
    monkeypatch.setattr(ridge, "INNER_FOLDS", 2)
    assert main(["predict", "--repeats", "1"]) == 0
    said = capsys.readouterr().out
    assert "Do performance indicators predict Ofsted ratings? " in said and "SYNTHETIC DATA" in said
    assert " nan " not in said


@pytest.mark.real
def test_official_indicators_tell_ratings_apart_weakly(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    codes = panels.load_study("ofsted-45")["variables"]["indicator_code"].unique()
    sets = {k: v for k, v in features.feature_sets(codes).items() if k in (BASE, ALL)}
    data = features.load([name for name in sets[ALL] if name != features.WAVE])
    assert len(data.inspections) == 444 and data.inspections["wave"].notna().all()
    table, _ = measures.measures(trials.trials(data, sets, repeats=1))
    of = table[(table["measure"] == measures.MEASURES["auc"]) & (table["features"] == ALL)].set_index(
        "scheme"
    )
    assert of["low"].gt(0.5).all() and of["estimate"].lt(0.75).all()
    assert of["n"].to_dict() == {CROSS: 444, FORWARD: 271}
