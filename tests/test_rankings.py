"""Ranks by LAIT's rule, and the command that prints them."""

import pandas as pd
import pytest

from python_stats.__main__ import main
from python_stats.rankings import rank


def frame(*values):
    return pd.DataFrame(
        {
            "la_name": [f"LA {i}" for i in range(len(values))],
            "value": [float("nan") if v is None else float(v) for v in values],
            "status": ["suppressed" if v is None else "published" for v in values],
            "joint_code": [None] * len(values),
        }
    )


def ranks(out):
    return {r.la_name: (None if pd.isna(r.rank) else int(r.rank)) for r in out.itertuples()}


def test_ties_share_the_smallest_rank_and_the_next_is_skipped():
    assert ranks(rank(frame(10, 20, 20, 30), "low")) == {"LA 0": 1, "LA 1": 2, "LA 2": 2, "LA 3": 4}
    assert ranks(rank(frame(10, 20, 20, 30), "high")) == {"LA 3": 1, "LA 1": 2, "LA 2": 2, "LA 0": 4}


def test_a_missing_value_has_no_rank_and_is_not_counted():
    out = rank(frame(5, None, 7), "high")
    assert ranks(out) == {"LA 2": 1, "LA 0": 2, "LA 1": None}
    assert out.n.tolist() == [2, 2, 2]
    assert out.note.tolist() == ["", "", "suppressed"]


def test_without_polarity_there_is_no_rank():
    out = rank(frame(5, None, 3), "none")
    assert ranks(out) == {"LA 2": None, "LA 0": None, "LA 1": None}
    assert out.la_name.tolist() == ["LA 2", "LA 0", "LA 1"]


def test_the_size_of_a_tie_is_told():
    assert rank(frame(1, 1, 2), "low").ties.tolist() == [2, 2, 1]


def test_a_rate_shared_in_a_joint_return_is_ranked_and_says_so():
    shared = frame(5, 5, 7)
    shared.loc[[0, 1], "joint_code"] = "314 / 318"
    out = rank(shared, "low")
    assert ranks(out) == {"LA 0": 1, "LA 1": 1, "LA 2": 3}
    assert out.note.tolist() == ["joint return 314 / 318", "joint return 314 / 318", ""]


@pytest.fixture
def on_sample(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))


def test_rank_prints_and_writes_the_same_table(on_sample, tmp_path, capsys):
    target = tmp_path / "rank.csv"
    code = main(["rank", "--indicator", "convicted_pct", "--year", "2025", "--csv", str(target)])
    out = capsys.readouterr().out
    table = pd.read_csv(target, dtype={"la_code": str})
    assert code == 0
    assert f"N = {table.value.notna().sum()} of {len(table)} authorities" in out
    assert "SYNTHETIC" in out and table.is_synthetic.all()
    assert table.la_code.str.len().eq(3).all() and len(table) == 153
    assert (table[table.value.isna()]["rank"].isna()).all()
    assert out.count("suppressed") == (table.status == "suppressed").sum() > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--indicator", "convicted_pc", "--year", "2025"], "nearest: convicted_pct"),
        (["--indicator", "convicted_pct", "--year", "1999"], "years it has: 2015"),
    ],
)
def test_what_the_mart_cannot_answer_is_said_in_one_message(on_sample, arguments, message, capsys):
    assert main(["rank", *arguments]) == 1
    assert message in capsys.readouterr().err


def test_without_a_mart_the_next_step_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    assert main(["rank", "--indicator", "x", "--year", "2025"]) == 1
    assert "make build" in capsys.readouterr().err
