"""A figure, an inspection and a benchmark are followed back to the very cells of the files."""

import csv
import json
import re
import subprocess
import sys
from datetime import date
from itertools import islice

import duckdb
import numpy as np
import pandas as pd
import pytest
import python_calamine

from pipeline import cli
from pipeline.explain import benchmark, figure, inspection
from pipeline.explain.database import rows, sql
from pipeline.explain.figure import EDITION_KEY, KEY

PER_RETURN = 250
"""Figures of a return, and cells of the lists of inspections, that are looked up in the files."""
MORE_FIGURES = {"iod": 520, "section_251": 430}
"""Of returns whose figures are made of one or two cells each, so that 500 cells of every return are."""


@pytest.fixture(scope="module")
def work(sample_warehouse):
    with duckdb.connect(sample_warehouse / "work.duckdb", read_only=True) as con:
        yield con


def tree(con, la_code: str, year: int, indicator_code: str) -> dict:
    return figure.trees(con, [(la_code, year, indicator_code)])[0]


def some(con, condition: str) -> tuple:
    """Any one figure of the mart that meets a condition."""
    return con.sql("from fct_indicator").filter(condition).order("all").project(", ".join(KEY)).fetchone()


def roles(edition: dict) -> list[tuple]:
    return [(cell["sign"], cell["role"], cell["component"]) for cell in edition["cells"]]


def run(monkeypatch, capsys, warehouse, *options: str) -> tuple[int, str, str]:
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    code = cli.main(["explain", *options])
    out, err = capsys.readouterr()
    return code, out, err


# ------------------------------------------------------------------------------------ the sample


def test_a_printed_value_is_shown_with_the_counts_beside_it(work):
    found = tree(work, "355", 2018, "looked_after_per_10k")
    chosen = found["editions"][0]
    assert chosen["is_chosen"] and chosen["value"] == found["value"] and not chosen["is_derived"]
    assert chosen["formula"] == "looked_after_count / population_0_17_count"
    assert roles(chosen) == [
        ("+", "published value", "looked_after_per_10k"),
        ("+", "numerator", "looked_after_count"),
        ("+", "denominator", "population_0_17_count"),
    ]
    cell = chosen["cells"][0]
    assert float(cell["raw_text"]) == cell["value"] == found["value"]
    assert (cell["area_code"], cell["area_by"]) == ("355", "DfE code and name")
    assert cell["file"] == found["source_file"] and len(cell["sha256"]) == 64
    assert not set(EDITION_KEY) & cell.keys()


def test_editions_stand_newest_first_and_one_decides(work):
    found = tree(work, *some(work, "indicator_code = 'looked_after_per_10k' and year = 2015"))
    known = [edition["known_on"] for edition in found["editions"]]
    assert len(known) > 1 and known == sorted(known, reverse=True)
    assert [edition["is_chosen"] for edition in found["editions"]] == [True] + [False] * (len(known) - 1)
    assert found["rule"].startswith("of the editions that have it the one published last")
    assert found["editions"][1]["rule"] == "a later edition has it"


def test_an_edition_of_later_than_the_marts_day_does_not_decide(sample_warehouse):
    with duckdb.connect(sample_warehouse / "work.duckdb", read_only=True) as con:
        of = some(con, "indicator_code = 'looked_after_per_10k' and year = 2015")
        con.execute("create temp view fct_indicator as from main.indicator_as_of(date '2016-01-31')")
        found = tree(con, *of)
    assert found["edition"] == "2015" and len(found["editions"]) > 1
    assert found["editions"][0]["rule"] == "came out after the day the mart is of"
    assert [edition["edition"] for edition in found["editions"] if edition["is_chosen"]] == ["2015"]


def test_a_computed_ratio_has_its_parts_and_the_population_of_another_file(work):
    of = some(work, "is_derived and value is not null and indicator_code = 'cpp_31_march_per_10k'")
    found = tree(work, *of)
    chosen = found["editions"][0]
    numerator, denominator = chosen["cells"]
    assert chosen["how"] == "computed: 10,000 x numerator / denominator"
    assert numerator["borrowed"] is None and denominator["file"].startswith("population/")
    assert denominator["borrowed"] == "the population this edition's rates are on"
    assert found["value"] == pytest.approx(10000 * numerator["value"] / denominator["value"])


def test_a_suppressed_part_is_shown_as_printed(work):
    found = tree(work, *some(work, "is_derived and status = 'suppressed' and edition_year >= 2021"))
    hidden = [c for c in found["editions"][0]["cells"] if c["status"] == "suppressed"]
    assert found["value"] is None and hidden
    assert {c["raw_text"] for c in hidden} <= {"c", "x"} and all(c["value"] is None for c in hidden)


def test_a_member_of_a_joint_return_is_led_to_the_joint_row(work):
    rate = tree(work, "314", 2025, "agency_rate_fte_pct")["editions"][0]
    assert "joint return" in rate["how"]
    assert {(c["area_code"], c["area_by"]) for c in rate["cells"]} == {("314 / 318", "joint return")}
    count = tree(work, "318", 2024, "social_worker_leavers_fte")
    assert count["status"] == "not_available"
    assert count["editions"][0]["how"].startswith("a count of the joint return")


def test_amounts_in_constant_prices_are_led_to_what_was_printed(work):
    of = some(
        work, "value > 0 and year < 2020 and indicator_code = 's251_net_safeguarding_per_child_real_gbp'"
    )
    found = tree(work, *of)
    amount, children = found["editions"][0]["cells"]
    printed, factor = float(amount["raw_text"]), float(amount["borrowed"].rpartition("x ")[2])
    assert factor > 1 and amount["value"] == pytest.approx(printed * factor, rel=1e-3)
    assert children["borrowed"].startswith("another return's")
    assert found["value"] == pytest.approx(amount["value"] / children["value"])


def test_a_corrected_cell_says_why(work):
    cells = [
        cell
        for edition in tree(work, "355", 2015, "started_count")["editions"]
        for cell in edition["cells"]
        if cell["corrections"]
    ]
    assert [(c["file"].split("/")[1], c["corrections"][0]["seed"]) for c in cells] == [
        ("2015", "column_years")
    ]
    assert cells[0]["corrections"][0]["reason"].startswith("the header of the 2014 release was kept")
    assert cells[0]["cell_year"] == 2015 and "2014" in cells[0]["column_header"]


def test_an_edition_of_the_indices_is_carried(work):
    found = tree(work, *some(work, "is_carried and indicator_code = 'imd_average_score'"))
    (edition,) = found["editions"]
    assert edition["printed_year"] != found["year"] and edition["carried_reason"]


def test_who_is_in_no_edition_has_the_reason(work):
    found = tree(work, "420", 2015, "missing_more_than_once_pct")
    assert (found["status"], found["editions"]) == ("not_returned", [])
    assert "left out of the release" in found["absence_reason"]


# --------------------------------------------------------------------- inspections of the sample


@pytest.fixture(scope="module")
def inspections(work):
    """Every inspection of the sample, by its id."""
    ids = [row[0] for row in work.sql("select inspection_id from fct_inspection").fetchall()]
    return {found["inspection_id"]: found for found in inspection.trees(work, ids)}


def test_the_cells_that_decide_make_the_inspection(work, inspections):
    facts = work.sql("from fct_inspection").df().astype(object)
    facts = facts.where(facts.notna(), None).set_index("inspection_id")
    assert inspections.keys() == set(facts.index) and len(inspections) > 500
    for inspection_id, found in inspections.items():
        fact = facts.loc[inspection_id]
        cells = [cell for edition in found["editions"] for cell in edition["cells"] if cell["is_chosen"]]
        judged = {cell["item"]: cell for cell in cells if f"{cell['item']}_code" in fact}
        for column in (name for name in fact.index if f"{name.removesuffix('_judgement')}_code" in fact):
            item = column.removesuffix("_judgement")
            cell = judged.pop(item, {"text": None, "judgement_code": None})
            assert (cell["text"], cell["judgement_code"]) == (fact[column], fact[f"{item}_code"])
        assert not judged
        days = {cell["item"]: cell["decoded"] for cell in cells if cell["item"].endswith("_on")}
        assert days["published_on"] == found["published_on"] == fact["published_on"].date().isoformat()
        assert days.get("inspection_started_on") == found["inspection_started_on"]
        (decides,) = (edition for edition in found["editions"] if edition["is_chosen"])
        assert (decides["edition"], decides["file"]) == (fact["edition"], fact["source_file"])
        assert (decides["sheet"], decides["row_no"]) == (fact["source_sheet"], fact["source_row"])


def test_the_latest_list_of_an_inspection_decides(inspections):
    both = next(found for found in inspections.values() if len(found["editions"]) == 2)
    assert [edition["edition"] for edition in both["editions"]] == ["2025", "2023"]
    assert [edition["rule"] for edition in both["editions"]] == [
        "the latest edition that lists it: it decides on all that it prints",
        "a later edition lists it",
    ]
    assert not any(cell["is_chosen"] for cell in both["editions"][1]["cells"])


def test_what_the_latest_list_does_not_print_an_earlier_one_decides():
    edition = {"n_editions": 2, "is_chosen": False}
    cells = [{"item": "overall", "is_chosen": True}, {"item": "leaders", "is_chosen": False}]
    assert inspection.rule({**edition, "cells": cells}) == (
        "a later edition lists it; decides on overall, which that does not print"
    )


def test_an_inspection_says_how_its_authority_and_type_were_found(inspections):
    editions = flat(list(inspections.values()), "editions")
    assert set(editions.loc[editions["edition"] == "2025", "area_by"]) == {"ONS code and name"}
    of_one_name = editions["inspection_id"].str[:3].isin(["835", "838"]) & (editions["edition"] == "2023")
    assert set(editions.loc[of_one_name, "area_by"]) == {
        "name alone: of those of this name the one that existed on the day"
    }
    assert (editions.loc[~of_one_name & (editions["edition"] == "2023"), "area_by"] == "name alone").all()
    by = editions.groupby(editions["published_type"].str.startswith("ILACS"))["type_by"].unique()
    assert [list(ways) for ways in by] == [["the group of its columns"], ["its cell"]]


def test_a_corrected_cell_of_an_inspection_has_both_texts_and_the_reason(inspections):
    cells = flat(list(inspections.values()), "editions", "cells")
    (cell,) = cells[cells["correction_reason"].notna()].to_dict("records")
    assert (cell["raw_text"], cell["text"]) == ("ILACS Standard Inspection", "ILACS Short Inspection")
    assert cell["correction_reason"].startswith("the type of the inspection is another")
    assert (cells["raw_text"] != cells["text"]).sum() == 1


# ---------------------------------------------------------------------- benchmarks of the sample


def keys_of_benchmarks(con, n: int) -> list[tuple]:
    """Keys of figures, `n` of each basis of England's and of the region's; the same ones every time."""
    return con.execute(
        """
        select distinct la_code, year, indicator_code
        from (
            select *
            from fct_benchmark
            where value is not null
            qualify
                row_number() over (
                    partition by england_basis, region_basis
                    order by md5(concat_ws('|', la_code, year, indicator_code))
                ) <= $n
        )
        order by all
        """,
        {"n": n},
    ).fetchall()


def assert_they_make(found: dict, area: str, aggregation: str) -> None:
    """An edition, or the figures of authorities, make the figure of England or the region."""
    benchmark = found["benchmarks"][area]
    value, basis, n = (benchmark[f"{area}_{name}"] for name in ("value", "basis", "n"))
    figures = benchmark["figures"]
    if basis == "published":
        assert benchmark["edition"]["value"] == value and benchmark["edition"]["cells"]
    elif basis == "mean_of_authorities":
        assert np.mean([row["value"] for row in figures]) == pytest.approx(value)
        assert len(figures) == n
    elif aggregation == "sum" and basis:
        assert sum(row["value"] for row in figures) == pytest.approx(value)
    elif basis:
        top, bottom = (sum(row[part] for row in figures) for part in ("numerator", "denominator"))
        times = float(benchmark["how"].partition(" x ")[0].replace(",", ""))
        assert times * top / bottom == pytest.approx(value)
    else:
        assert benchmark[f"{area}_reason"] and not figures


def test_the_figures_make_the_benchmarks(work):
    keys = keys_of_benchmarks(work, 3)
    about = work.sql("select indicator_code, aggregation, polarity from dim_indicator").df()
    about = about.set_index("indicator_code")
    bases = set()
    for key in keys:
        found = benchmark.tree(work, key)
        groups, aggregation = found["benchmarks"], about["aggregation"][key[2]]
        for area in ("england", "region"):
            assert_they_make(found, area, aggregation)
            bases.add(groups[area][f"{area}_basis"])
        for name in ("neighbours_2021", "neighbours_2025"):
            values = [row["value"] for row in groups[name]["figures"] if row["value"] is not None]
            assert len(values) == (groups[name][f"{name}_n"] or 0)
            if values:
                assert np.mean(values) == pytest.approx(groups[name][f"{name}_mean"])
                assert np.median(values) == pytest.approx(groups[name][f"{name}_median"])
        ranked, sign = groups["rank"]["figures"], -1 if about["polarity"][key[2]] == "high" else 1
        assert len(ranked) == (groups["rank"]["rank_n"] or 0)
        if ranked:
            better = [row for row in ranked if sign * row["value"] < sign * found["value"]]
            assert groups["rank"]["rank"] == len(better) + 1
        change = [row["value"] for row in groups["change"]["figures"] if row["value"] is not None]
        if groups["change"]["change"] is not None:
            assert change[1] - change[0] == pytest.approx(groups["change"]["change"])
        assert groups["trend"]["trend_n"] == sum(
            row["value"] is not None for row in groups["trend"]["figures"]
        )
        assert groups["limits"]["figures"][0]["denominator"] == found["denominator"]
    assert bases == {"published", "sum_of_authorities", "mean_of_authorities", None}


def test_a_joint_return_is_added_in_the_place_of_its_members():
    joint, member, other = (
        {"is_joint": is_joint, "is_member": is_member, "value": 5.0, "numerator": 2.0, "denominator": 4.0}
        for is_joint, is_member in ((True, False), (False, True), (False, False))
    )
    without = {**other, "value": None, "numerator": None}
    figures = [joint, member, other, without]
    for basis, aggregation, makes in (
        ("sum_of_authorities", "ratio", [joint, other]),
        ("sum_of_authorities", "sum", [joint, other, without]),
        ("mean_of_authorities", "none", [member, other]),
        (None, "sum", []),
    ):
        about = {"aggregation": aggregation, "multiplier": 100}
        assert benchmark.of_area(basis, about, figures, None)["figures"] == makes


def test_every_column_of_a_benchmark_is_in_one_group(work):
    key = keys_of_benchmarks(work, 1)[0]
    columns = set(work.table("fct_benchmark").columns) - {*KEY, "value", "status"}
    for column in columns:
        assert sum(column.startswith(begins) for begins in benchmark.BENCHMARKS.values()) == 1, column
    groups = benchmark.tree(work, key)["benchmarks"]
    assert columns <= {column for group in groups.values() for column in group}


def test_england_is_led_to_an_edition_of_the_marts_day(sample_warehouse):
    chosen = {}
    for day in ("2016-01-31", "2100-01-01"):
        with duckdb.connect(sample_warehouse / "work.duckdb", read_only=True) as con:
            con.execute(
                "create temp table dim_edition as "
                "select * replace (known_on <= ?::date as is_known) from work.dim_edition",
                [day],
            )
            figure.ask(con, [some(con, "indicator_code = 'looked_after_per_10k' and year = 2015")])
            editions = figure.editions_of(con, "area_editions")
        assert {edition["area_level"] for edition in editions} == {"national", "regional"}
        chosen[day] = {edition["edition"] for edition in editions}
    assert chosen["2016-01-31"] == {"2015"} and min(chosen["2100-01-01"]) > "2015"


# ------------------------------------------------------------------------------------ the command


def test_the_command_says_place_and_text(monkeypatch, capsys, sample_warehouse):
    code, out, err = run(
        monkeypatch, capsys, sample_warehouse,
        "--la", "Salford", "--year", "2018", "--indicator", "looked_after_per_10k",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert out.startswith("Salford (355), year ending 31 March 2018\nlooked_after_per_10k: ")
    assert re.search(r'published value  looked_after_per_10k +"\d+" +\d+ +row \d+, column [A-Z]+ ', out)
    assert re.search(r"row \d+: la | 355 | salford is 355, by DfE code and name", out)
    assert re.search(r"ssda903/\d{4}/\S+\.csv  sha256 [0-9a-f]{64}\n", out)


def test_json_says_the_same(monkeypatch, capsys, sample_warehouse, work):
    code, out, _ = run(
        monkeypatch, capsys, sample_warehouse,
        "--la", "355", "--year", "2018", "--indicator", "looked_after_per_10k", "--json",
    )  # fmt: skip
    assert code == 0 and json.loads(out) == tree(work, "355", 2018, "looked_after_per_10k")


def test_the_command_explains_an_inspection(monkeypatch, capsys, sample_warehouse, inspections):
    chosen = max(inspections.values(), key=lambda found: len(found["editions"][0]["cells"]))
    inspection_id, la_code, day = (chosen[name] for name in ("inspection_id", "la_code", "published_on"))
    code, out, err = run(monkeypatch, capsys, sample_warehouse, "--inspection", inspection_id)
    assert (code, err) == (0, "")
    assert f"\n{inspection_id}: {chosen['framework']}, " in out
    cell = chosen["editions"][0]["cells"][-1]
    place = rf"sheet '{re.escape(cell['sheet'])}', row {cell['row_no']}, column {cell['column']}"
    assert re.search(rf'\* +{cell["item"]} +"{cell["raw_text"]}" +{cell["decoded"]} +{place}', out)
    assert re.search(r"ofsted/\d{4}/\S+\.xlsx  sha256 [0-9a-f]{64}\n", out)
    # By a day of the authority, in JSON, the same; without one all of the authority, newest first.
    options = ("--la", la_code, "--json", "--inspection")
    assert json.loads(run(monkeypatch, capsys, sample_warehouse, *options, day)[1]) == [chosen]
    every = json.loads(run(monkeypatch, capsys, sample_warehouse, *options)[1])
    assert every == sorted(
        (found for found in inspections.values() if found["la_code"] == la_code),
        key=lambda found: found["published_on"],
        reverse=True,
    )


def test_the_command_explains_benchmarks(monkeypatch, capsys, sample_warehouse, work):
    key = some(work, "value is not null and indicator_code = 're_referrals_pct' and year = 2025")
    options = ("--la", key[0], "--year", "2025", "--indicator", key[2], "--benchmarks")
    found = benchmark.tree(work, key)
    code, out, err = run(monkeypatch, capsys, sample_warehouse, *options)
    assert (code, err) == (0, "")
    assert re.findall(r"^(\w+): ", out, re.MULTILINE)[1:] == list(benchmark.BENCHMARKS)
    rank = found["benchmarks"]["rank"]
    assert f"  rank {rank['rank']}, rank_n {rank['rank_n']}" in out and f"figures: {rank['rank_n']}\n" in out
    figures = r"neighbours_2025_mean \d.*\n  figures: 10\n +\d{3}  .* 2025 .* neighbour_rank 1 "
    assert re.search(figures + r".* list: sheet '.+', row \d+, column [A-Z]+\n", out)
    assert json.loads(run(monkeypatch, capsys, sample_warehouse, *options, "--json")[1]) == found


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--inspection"], ("neither an authority nor an inspection's id", "--la")),
        (["--inspection", "355_sif_1999-01-01"], ("no such inspection", "355_sif_")),
        (
            ["--la", "Salford", "--inspection", "1999-01-01"],
            ("no such inspection of Salford (355)", "355_sif_"),
        ),
        (["--la", "Salfrd", "--inspection"], ("no authority of that name", "355 Salford")),
        (
            ["--la", "Salford", "--inspection", "--year", "2015"],
            ("no figure and no inspection", "--inspection with --la or an id"),
        ),
        (
            ["--la", "Salford", "--year", "2015"],
            ("no --indicator", "--la, --year and --indicator together"),
        ),
        (
            ["--la", "314 / 318", "--year", "2024", "--indicator", "agency_rate_fte_pct", "--benchmarks"],
            ("a joint return, which has no benchmarks", "314, 318"),
        ),
    ],
)
def test_what_cannot_be_explained_is_one_message(monkeypatch, capsys, sample_warehouse, options, says):
    code, out, err = run(monkeypatch, capsys, sample_warehouse, *options)
    is_usage = says[0] in ("no figure and no inspection", "no --indicator")
    assert (code, out) == (2 if is_usage else 1, "") and all(text in err for text in says)
    assert err.count("found:") == 1 and "Traceback" not in err


@pytest.mark.parametrize(
    ("la", "year", "indicator", "says"),
    [
        ("Salfrd", "2018", "looked_after_per_10k", ("no authority of that name", "355 Salford")),
        ("Salford", "2018", "looked_after_per_10", ("no indicator of that code", "looked_after_per_10k")),
        ("Salford", "1999", "looked_after_per_10k", ("no figure of that year", "2018")),
        ("Poole", "2024", "looked_after_per_10k", ("existed from before 2010 to 2019", "2017, 2018")),
        # In the workforce new authorities stand half a year early.
        ("Dorset", "2019", "vacancy_rate_fte_pct", ("Dorset (838), 2019",)),
        ("Dorset", "2018", "vacancy_rate_fte_pct", ("Dorset (835), 2018",)),
    ],
)
def test_what_is_not_there_is_one_message(monkeypatch, capsys, sample_warehouse, la, year, indicator, says):
    code, out, err = run(
        monkeypatch, capsys, sample_warehouse, "--la", la, "--year", year, "--indicator", indicator
    )
    assert (code, out) == (1, "") and all(text in err for text in says)
    assert err.count("found:") == 1 and "Traceback" not in err


def test_a_warehouse_that_was_never_built_is_one_message(monkeypatch, capsys, tmp_path):
    code, _, err = run(
        monkeypatch, capsys, tmp_path, "--la", "355", "--year", "2018", "--indicator", "looked_after_per_10k"
    )
    assert code == 1 and "no working database" in err and "make build" in err


def test_a_warehouse_that_is_being_built_is_one_message(monkeypatch, capsys, tmp_path):
    builds = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", builds, str(tmp_path / "work.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        other.stdout.readline()
        code, _, err = run(
            monkeypatch, capsys, tmp_path,
            "--la", "355", "--year", "2018", "--indicator", "looked_after_per_10k",
        )  # fmt: skip
        other.stdin.write("\n")
    assert code == 1 and "another process writes to" in err and "free some space" not in err


# ------------------------------------------------------------------------------------ all figures


def sampled(con, per_return: int, more: dict[str, int] | None = None) -> list[tuple]:
    """Keys of figures of every return, the same ones every time; of some returns `more`."""
    return con.execute(
        """
        select la_code, year, indicator_code
        from fct_indicator
        where source_file is not null
        qualify
            row_number() over (
                partition by split_part(source_file, '/', 1)
                order by md5(concat_ws('|', 'explain', la_code, year, indicator_code))
            ) <= coalesce(map($returns, $figures)[split_part(source_file, '/', 1)], $n)
        """,
        {"n": per_return, "returns": list(more or []), "figures": list((more or {}).values())},
    ).fetchall()


def flat(trees: list[dict], *names: str) -> pd.DataFrame:
    """What stands at the end of the branches `names`, a row each, with the keys on the way to it."""
    for name in names:
        trees = [
            {**{key: tree[key] for key in (*EDITION_KEY, "inspection_id") if key in tree}, **child}
            for tree in trees
            for child in tree[name]
        ]
    return pd.DataFrame(trees)


def assert_it_adds_up(found: list[dict], asked: list[tuple]) -> None:
    """Every figure and edition has its cells, once, and they make its value, numerator and denominator."""
    figures, editions, cells = flat(found), flat(found, "editions"), flat(found, "editions", "cells")
    assert len(figures) == len(asked)
    assert not editions.duplicated([*EDITION_KEY]).any()
    assert not cells.duplicated([*EDITION_KEY, "role", "component"]).any()
    assert cells.loc[cells["file"].notna(), ["raw_text", "column_header", "area_by"]].notna().all(axis=None)
    chosen = figures.merge(editions[editions["is_chosen"]], on=[*KEY], suffixes=("", "_of_edition"))
    assert len(chosen) == len(figures)
    assert (chosen["edition"] == chosen["edition_of_edition"]).all()
    assert_cells_make(editions, cells)


def assert_cells_make(editions: pd.DataFrame, cells: pd.DataFrame) -> None:
    """The cells of editions are the terms of their formulas, and make values, numerators, denominators."""
    terms = cells[cells["role"] != "published value"].groupby([*EDITION_KEY])["component"].agg(set)
    formulas = editions.set_index([*EDITION_KEY])["formula"].dropna()
    pd.testing.assert_series_equal(
        terms.sort_index(),
        formulas.map(lambda formula: set(re.findall("[a-z0-9_]+", formula))).sort_index(),
        check_names=False,
    )
    sums = (
        cells.assign(signed=cells["value"] * cells["sign"].map({"+": 1, "-": -1}))
        .groupby([*EDITION_KEY, "role"])["signed"]
        .agg(lambda values: values.sum(skipna=False))
        .unstack("role")
    )
    made = editions.merge(sums.reset_index(), on=[*EDITION_KEY], how="left", suffixes=("", "_of_cells"))
    for part in ("numerator", "denominator"):
        both = made[part].notna()
        pd.testing.assert_series_equal(
            made.loc[both, part], made.loc[both, f"{part}_of_cells"], check_names=False
        )
    printed = made[~made["is_derived"] & made["value"].notna()]
    pd.testing.assert_series_equal(printed["value"], printed["published value"], check_names=False)
    computed = made[made["is_derived"] & made["value"].notna()]
    ratio = computed["multiplier"] * computed["numerator_of_cells"] / computed["denominator_of_cells"]
    ratio = ratio.where(computed["is_ratio"], computed["numerator_of_cells"])
    pd.testing.assert_series_equal(computed["value"], ratio, check_names=False)


def test_the_cells_make_the_figure(work):
    asked = sampled(work, 200)
    assert_it_adds_up(figure.trees(work, asked), asked)


def rows_of_csv(path, wanted: set) -> dict:
    """Numbered rows of a CSV file, as Python's own reader has them."""
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = enumerate(csv.reader(f), start=1)
        return {("", number): row for number, row in islice(rows, max(n for _, n in wanted))}


def rows_of_workbook(path, wanted: set) -> dict:
    """Numbered rows of the sheets of a workbook, as they stand in it."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {
        (sheet, number): row
        for sheet in {sheet for sheet, _ in wanted}
        for number, row in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), start=1)
    }


def is_printed(raw_text: str, value) -> bool:
    """Whether the text is what the file has: the same text, or the same number or day in a workbook."""
    if isinstance(value, str):
        return raw_text == value.strip()
    if isinstance(value, date):
        return raw_text == value.isoformat()
    try:
        return float(raw_text) == value
    except ValueError:
        return False


def rows_of(path, wanted: set) -> dict:
    """Numbered rows of a file, by the sheet and number of some that are wanted, read without the build's own
    reader."""
    return (rows_of_csv if path.suffix.lower() == ".csv" else rows_of_workbook)(path, wanted)


def not_where_said(cells: pd.DataFrame, raw) -> list[tuple]:
    """Cells whose text, area or column is not at their place in the official file."""
    wrong = []
    cells = cells.assign(sheet=cells["sheet"].fillna("")).astype({"row_no": int, "col_no": int})
    for file, group in cells.drop_duplicates(["file", "sheet", "row_no", "col_no"]).groupby("file"):
        rows = rows_of(raw / file, set(zip(group["sheet"], group["row_no"], strict=True)))
        is_flat = file.lower().endswith(".csv") or file.startswith("ofsted/")
        for cell in group.itertuples():
            row = rows[(cell.sheet, cell.row_no)]
            names = {" ".join(str(text).lower().split()) for text in row}
            is_of_the_area = any(name.startswith(cell.published_name) for name in names)
            if file.startswith("ofsted/") and isinstance(cell.published_code, str):
                is_of_the_area &= cell.published_code in row
            # A header over several rows of a workbook is put together: elsewhere it is in one cell.
            above = (rows.get((cell.sheet, number), [])[cell.col_no - 1 :] for number in range(1, 40))
            headers = {str(texts[0]).strip() for texts in above if texts}
            is_of_the_column = not is_flat or cell.column_header.strip() in headers
            text_is_there = is_printed(cell.raw_text, row[cell.col_no - 1])
            if not (text_is_there and is_of_the_area and is_of_the_column):
                wrong.append((file, cell.sheet, cell.row_no, cell.column, cell.raw_text, cell.published_name))
    return wrong


@pytest.mark.real
def test_every_cell_is_where_explain_says(official_work, official_raw):
    asked = sampled(official_work, PER_RETURN, MORE_FIGURES)
    found = figure.trees(official_work, asked)
    assert_it_adds_up(found, asked)
    returns = flat(found)["source_file"].str.split("/").str[0]
    assert (
        returns.value_counts().to_dict()
        == dict.fromkeys(
            ("cin", "cla_outcomes", "csww", "education", "iod", "population", "section_251", "ssda903"),
            PER_RETURN,
        )
        | MORE_FIGURES
    )
    cells = flat(found, "editions", "cells")
    cells = cells[cells["file"].notna()]
    looked_up = cells.drop_duplicates(["file", "sheet", "row_no", "col_no"])
    assert looked_up["file"].str.split("/").str[0].value_counts().min() >= 500
    assert not_where_said(cells, official_raw) == []


@pytest.mark.real
def test_every_cell_of_an_inspection_is_where_explain_says(official_work, official_raw):
    ids = official_work.sql("select inspection_id from fct_inspection order by md5(inspection_id)").fetchall()
    found = inspection.trees(official_work, [row[0] for row in ids])
    editions = flat(found, "editions")[
        ["inspection_id", "edition", "file", "published_name", "published_code"]
    ]
    cells = flat(found, "editions", "cells").merge(editions, on=["inspection_id", "edition"])
    # Every cell of the two lists that tells of an inspection, each once.
    assert (
        len(cells)
        == official_work.sql(
            "select count(*) from intermediate.int_inspection_cell where inspection is not null"
        ).fetchone()[0]
    )
    judged = cells[cells["decoded"].isin(["1", "2", "3", "4", "not judged"])]
    words = {
        "Outstanding": "4",
        "Good": "3",
        "Requires improvement to be good": "2",
        "Inadequate": "1",
        "-": "not judged",
    }
    assert len(judged) > 3_000 and (judged["decoded"] == judged["text"].map(words)).all()
    some = cells.sample(PER_RETURN, random_state=903)
    corrected = cells[cells["correction_reason"].notna()]
    assert len(corrected) == 2 and some["file"].nunique() == 2
    assert not_where_said(pd.concat([some, corrected]), official_raw) == []


@pytest.mark.real
def test_every_neighbour_stands_where_explain_says(official_work, official_raw):
    asked = official_work.sql(
        "select la_code, max(year), 'looked_after_per_10k' from fct_benchmark group by la_code"
    ).fetchall()
    figure.ask(official_work, asked)
    listed = rows(official_work, sql("neighbours"))
    assert len(listed) == official_work.table("dim_statistical_neighbour").count("*").fetchone()[0] > 3_000
    there = {
        file: rows_of_workbook(official_raw / file, {(row["sheet"], 1) for row in listed})
        for file in {row["list_file"] for row in listed}
    }
    printed = [there[row["list_file"]][row["sheet"], row["row_no"]][row["col_no"] - 1] for row in listed]
    assert [f"{code:.0f}" for code in printed] == [row["la_code"] for row in listed]


@pytest.mark.real
def test_england_and_the_regions_are_led_to_the_edition_that_decides(official_work):
    """Of indicators and years one authority each: what is published of its areas is what its edition has."""
    asked = official_work.sql(
        "select min_by(la_code, md5(la_code || indicator_code)), year, indicator_code from fct_benchmark "
        "group by year, indicator_code order by md5(concat(indicator_code, year)) limit 500"
    ).fetchall()
    figure.ask(official_work, asked)
    found = figure.editions_of(official_work, "area_editions")
    editions, cells = flat(found), flat(found, "cells")
    assert_cells_make(editions, cells)
    published = official_work.sql("""
        select 'E92000001' as la_code, year, indicator_code, england_value as value
        from fct_benchmark semi join asked using (la_code, year, indicator_code)
        where england_basis = 'published'
        union all
        select region_code, year, indicator_code, region_value
        from fct_benchmark
        semi join asked using (la_code, year, indicator_code)
        inner join dim_local_authority using (la_code)
        where region_basis = 'published'
    """).df()
    both = published.merge(editions, on=[*KEY], how="left", suffixes=("", "_of_edition"))
    assert len(both) == len(published) > 700
    pd.testing.assert_series_equal(both["value"], both["value_of_edition"], check_names=False)


@pytest.mark.real
def test_a_status_that_was_corrected_says_why(official_work):
    found = tree(official_work, "204", 2021, "missing_incidents_count")
    reasons = [
        correction["reason"]
        for edition in found["editions"]
        for cell in edition["cells"]
        for correction in cell["corrections"]
    ]
    assert any(reason.startswith("Hackney made no return") for reason in reasons)
