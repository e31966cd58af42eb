"""What the hidden counts can be, and what that does to a correlation."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from python_stats import suppression
from python_stats.__main__ import main

NONE = pd.DataFrame(columns=["la_code", "indicator_code", "value", "status"])


def shown(*rows):
    columns = ["la_code", "value", "status", "numerator", "denominator"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"value": float, "numerator": float, "denominator": float}
    )


def formula(numerator, denominator):
    return pd.Series({"numerator": numerator, "denominator": denominator})


# ----------------------------------------------------------------- what hidden figures can be


def test_a_hidden_count_is_1_to_5_or_from_0_where_no_0_is_printed():
    hidden = ("h", None, "suppressed", None, 50)
    printed = ("a", 12, "published", 6, 50)
    cells, unknown = suppression.possible(shown(hidden, printed), formula(["x"], ["n"]), 100, NONE)
    assert cells["count"].tolist() == [0, 1, 2, 3, 4, 5] and cells["value"].tolist() == [0, 2, 4, 6, 8, 10]
    zero = ("z", 0, "published", 0, 40)
    cells, _ = suppression.possible(shown(hidden, printed, zero), formula(["x"], ["n"]), 100, NONE)
    assert cells["count"].tolist() == [1, 2, 3, 4, 5] and unknown.empty
    tiny = ("h", None, "suppressed", None, 3)
    cells, _ = suppression.possible(shown(tiny, zero), formula(["x"], ["n"]), 100, NONE)
    assert cells["value"].tolist() == pytest.approx([100 / 3, 200 / 3, 100])


def test_the_rest_of_a_denominator_can_be_hidden_or_known_by_itself():
    agency = formula(["agency"], ["agency", "employed"])
    counts = pd.DataFrame([["h", "employed", 95.0, "published"]], columns=NONE.columns)
    zero = ("z", 0, "published", 0, 40)
    rows = shown(("h", None, "suppressed", None, None), ("u", None, "suppressed", None, None), zero)
    cells, unknown = suppression.possible(rows, agency, 100, counts)
    assert cells["la_code"].unique() == ["h"] and cells["value"].iloc[-1] == 5
    assert unknown.to_numpy().tolist() == [["u", suppression.NO_DENOMINATOR]]
    planned = formula(["planned"], ["planned", "unplanned"])
    full = ("z", 100, "published", 40, 40)
    cells, _ = suppression.possible(shown(("h", None, "suppressed", 45, None), full), planned, 100, NONE)
    assert cells["value"].iloc[[0, -1]].tolist() == pytest.approx([4500 / 46, 90])


def test_hidden_parts_of_a_sum_add_up_and_known_counts_are_taken():
    late = formula(["late", "later", "latest"], ["all"])
    hidden = [["h", part, None, "suppressed"] for part in ("later", "latest")]
    counts = pd.DataFrame([["h", "late", 20.0, "published"], *hidden], columns=NONE.columns)
    zero = ("z", 0, "published", 0, 40)
    rows = shown(("h", None, "suppressed", None, 200), ("k", None, "suppressed", 0, 80), zero)
    cells, _ = suppression.possible(rows, late, 100, counts)
    of = cells.set_index("la_code")["value"]
    assert (of["h"].min(), of["h"].max(), of["k"]) == (11, 15, 0)


def test_an_average_has_no_small_count():
    rows = shown(("h", None, "suppressed", None, None), ("a", 14.0, "published", None, None))
    cells, unknown = suppression.possible(rows, None, 1, NONE)
    assert cells.empty and unknown["reason"].tolist() == [suppression.NO_COUNTS]


def test_a_doubtful_figure_may_be_anything_up_to_the_printed_ones():
    cells = pd.DataFrame({"la_code": ["a"] * 2 + ["b"] * 2, "count": [1, 5] * 2, "value": [1.0, 4, 8, 12]})
    printed = pd.Series([10.0, 60])
    narrow, wide = (suppression.ranges(cells, printed, wide=it) for it in (False, True))
    assert narrow.to_numpy().tolist() == [[1, 4], [8, 12]]
    assert wide.to_numpy().tolist() == [[1, 60], [8, 12]]


# ----------------------------------------------------------------- bounds

unit = st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=100, deadline=None)
@pytest.mark.filterwarnings("error")
@given(st.lists(unit, min_size=4, max_size=6), st.sampled_from(["pearson", "spearman"]))
def test_no_hidden_counts_lead_beyond_the_bounds(units, method):
    """Exhaustive: every combination of whole counts between the limits of each unit."""
    low, width, y = (np.array(it, float) for it in zip(*units, strict=True))
    assume(np.ptp(y) > 0)
    least, most = suppression.correlation_bounds(low, low + width, y, method)
    x = low + np.array(list(product(*(range(int(it) + 1) for it in width))))
    x = x[np.ptp(x, axis=1) > 0]
    if method == "spearman":
        x, y = stats.rankdata(x, axis=1), stats.rankdata(y)
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean()
    r = x @ y / np.sqrt((x**2).sum(axis=1) * (y @ y))
    assert (least - 1e-6 <= r).all() and (r <= most + 1e-6).all()


@pytest.mark.parametrize("slope", [-3, -0.5, 0, 0.5, 3])
def test_the_bounds_are_reached(slope):
    """Of the corners and a walk inside, the best comes near the bound: it is no idle one."""
    rng = np.random.default_rng(8)
    y = rng.integers(1, 5, 40).astype(float)
    low = slope * y + rng.normal(size=40) * 2
    high = low + np.where(np.arange(40) < 10, 1.5, 0)
    least, most = suppression.correlation_bounds(low, high, y)
    tried = [low[None] + (high - low) * np.pad(list(product([0, 1], repeat=10)), ((0, 0), (0, 30)))]
    tried.append(low + (high - low) * rng.random((20000, 40)))
    x, centred = np.vstack(tried), y - y.mean()
    x = x - x.mean(axis=1, keepdims=True)
    r = x @ centred / np.sqrt((x**2).sum(axis=1) * (centred @ centred))
    assert least <= min(r) + 1e-9 and max(r) - 1e-9 <= most
    assert min(r) - least < 0.01 and most - max(r) < 0.01


def test_known_values_have_their_own_correlation_as_bounds():
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(2, 30))
    for method, correlation in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        r = correlation(x, y).statistic
        assert suppression.correlation_bounds(x, x, y, method) == pytest.approx((r, r), abs=2e-5)


# ----------------------------------------------------------------- imputation and verdicts


def test_where_nothing_is_open_imputation_is_fisher_s_z():
    rng = np.random.default_rng(10)
    y = pd.Series(rng.normal(size=30), index=[f"{i:02d}" for i in range(30)])
    known = pd.DataFrame({"value": y[:28] + rng.normal(size=28)})
    cells = pd.DataFrame({"la_code": ["28", "29"], "count": np.nan, "value": [0.5, 1.0]})
    out = suppression.imputed(known, cells, y, "pearson", seed=0)
    x = np.append(known["value"], [0.5, 1.0])
    expected = stats.pearsonr(x, y)
    assert out["mi_estimate"] == pytest.approx(expected.statistic)
    interval = expected.confidence_interval()
    assert (out["mi_low"], out["mi_high"]) == pytest.approx((interval.low, interval.high), abs=1e-9)


def family(seed=1):
    rng = np.random.default_rng(seed)
    las = [f"{i:02d}" for i in range(60)]
    rating = pd.Series(rng.integers(1, 5, 60).astype(float), index=las)
    values = pd.DataFrame({1: 5 * rating + rng.normal(size=60), 2: rng.normal(size=60), 3: 1.0}, index=las)
    values.loc[las[:6], 1] = np.nan
    values.loc[las[:30], 2] = np.nan
    cells = {
        no: pd.DataFrame(
            [(la, count, scale * count) for la in las[:k] for count in range(1, 6)],
            columns=["la_code", "count", "value"],
        )
        for no, k, scale in ((1, 6, 3.0), (2, 30, 1.0))
    }
    nothing = pd.DataFrame(columns=["la_code", "reason"])
    return values, {no: (it, nothing) for no, it in cells.items()}, rating


@pytest.mark.build
@pytest.mark.filterwarnings("error")
def test_a_strong_finding_stands_and_half_a_column_hidden_leaves_all_open():
    values, hidden, rating = family()
    out = suppression.sensitivity(values, hidden, rating, values, "pearson").set_index("variable_no")
    assert (out.verdict_holm[1], out.verdict_holm[2]) == ("stands", "may arise")
    assert "constant" in out.reason[3] and pd.isna(out.verdict[3])
    for no in (1, 2):
        assert out.lowest[no] <= out.all_least[no] <= out.highest[no]
        assert out.lowest[no] <= out.all_most[no] <= out.highest[no]
        assert out.lowest[no] <= out.mi_estimate[no] <= out.highest[no]
        assert out.lowest_wide[no] <= out.lowest[no] and out.highest[no] <= out.highest_wide[no]
    again = suppression.sensitivity(values, hidden, rating, values, "pearson").set_index("variable_no")
    pd.testing.assert_frame_equal(out, again)
    other = suppression.sensitivity(values, hidden, rating, values, "pearson", seed=1)
    assert other.set_index("variable_no").mi_estimate[2] != out.mi_estimate[2]


def test_verdicts():
    assert suppression.verdict(0.5, 0.01, 0.3, 0.6, 0.04, 0.001) == "stands"
    assert suppression.verdict(0.5, 0.01, 0.1, 0.6, 0.3, 0.001) == "may fall"
    assert suppression.verdict(-0.5, 0.01, 0.3, 0.6, 0.04, 0.001) == "may fall"
    assert suppression.verdict(0.1, 0.4, -0.1, 0.2, 1, 0.06) == "still none"
    assert suppression.verdict(0.1, 0.4, -0.1, 0.4, 1, 0.01) == "may arise"


# ----------------------------------------------------------------- from the mart


@pytest.mark.filterwarnings("error")
def test_the_command_says_what_it_found(sample_warehouse, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    assert main(["suppression", "--json", str(tmp_path / "it.json")]) == 0
    said = capsys.readouterr().out
    assert "SYNTHETIC DATA" in said and " nan " not in said.lower()


@pytest.mark.real
def test_the_two_findings_of_study_1_stand_whatever_is_hidden(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))
    tables = suppression.report().tables
    table = tables["la-valle-et-al-2016-14-indicators-what-stands"].set_index("variable_no")
    assert table.index[table.verdict_holm == "stands"].tolist() == [4, 14]
    assert table.index[table.verdict_holm_wide == "stands"].tolist() == [4, 14]
    # As printed in the study's Table A2a: n; 19 of the 83 have a hidden count of unplanned returns.
    assert (table.n[1], table.n_hidden[1], table.n[14], table.n_unknown[2]) == (64, 19, 80, 2)
    assert table.estimate[14] == pytest.approx(-0.438, abs=5e-4)
