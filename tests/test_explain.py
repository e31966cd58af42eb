"""A figure is followed back to the very cells of the files."""

import csv
import json
import re
import subprocess
import sys
from itertools import islice

import duckdb
import pandas as pd
import pytest
import python_calamine

from pipeline import cli
from pipeline.explain import EDITION_KEY, KEY, explained, letters, tree_of

PER_RETURN = 500
"""Figures of each return that are looked up in the files."""


@pytest.fixture(scope="module")
def work(sample_warehouse):
    with duckdb.connect(sample_warehouse / "work.duckdb", read_only=True) as con:
        yield con


def tree(con, la_code: str, year: int, indicator_code: str) -> dict:
    return tree_of(explained(con, pd.DataFrame([(la_code, year, indicator_code)], columns=KEY)))


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


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letters(n) for n in (1, 26, 27, 52, 53, 702, 703)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


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


@pytest.mark.parametrize(
    ("la", "year", "indicator", "says"),
    [
        ("Salfrd", "2018", "looked_after_per_10k", ("no authority of that name", "355 Salford")),
        ("Salford", "2018", "looked_after_per_10", ("no indicator of that code", "looked_after_per_10k")),
        ("Salford", "1999", "looked_after_per_10k", ("no figure of that year", "2018")),
        ("Poole", "2024", "looked_after_per_10k", ("existed from before 2010 to 2019", "2017, 2018")),
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


def sampled(con, per_return: int) -> pd.DataFrame:
    """Figures of every return, the same ones every time."""
    return con.execute(
        """
        select la_code, year, indicator_code, split_part(source_file, '/', 1) as return_name
        from fct_indicator
        where source_file is not null
        qualify
            row_number() over (
                partition by return_name
                order by md5(concat_ws('|', 'explain', la_code, year, indicator_code))
            ) <= $n
        """,
        {"n": per_return},
    ).df()


def assert_it_adds_up(found, asked: pd.DataFrame) -> None:
    """Every figure and edition has its cells, once, and they make its value, numerator and denominator."""
    figures, editions, cells = found.figures, found.editions, found.cells
    assert len(figures) == len(asked)
    assert not editions.duplicated(EDITION_KEY).any()
    assert not cells.duplicated([*EDITION_KEY, "role", "component"]).any()
    assert cells.loc[cells["file"].notna(), ["raw_text", "column_header", "area_by"]].notna().all(axis=None)
    chosen = figures.merge(editions[editions["is_chosen"]], on=KEY, suffixes=("", "_of_edition"))
    assert len(chosen) == len(figures)
    assert (chosen["edition"] == chosen["edition_of_edition"]).all()

    sums = (
        cells.assign(signed=cells["value"] * cells["sign"].map({"+": 1, "-": -1}))
        .groupby([*EDITION_KEY, "role"])["signed"]
        .agg(lambda values: values.sum(skipna=False))
        .unstack("role")
    )
    made = editions.merge(sums.reset_index(), on=EDITION_KEY, how="left", suffixes=("", "_of_cells"))
    for part in ("numerator", "denominator"):
        both = made[part].notna()
        pd.testing.assert_series_equal(
            made.loc[both, part], made.loc[both, f"{part}_of_cells"], check_names=False
        )
    printed = made[~made["is_derived"] & made["value"].notna()]
    pd.testing.assert_series_equal(printed["value"], printed["published value"], check_names=False)
    computed = made[made["is_derived"] & made["value"].notna()]
    ratio = computed["multiplier"] * computed["numerator_of_cells"] / computed["denominator_of_cells"]
    ratio = ratio.where(computed["denominator"].notna(), computed["numerator_of_cells"])
    pd.testing.assert_series_equal(computed["value"], ratio, check_names=False)


def test_the_cells_make_the_figure(work):
    asked = sampled(work, 200)
    assert_it_adds_up(explained(work, asked), asked)


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
    """Whether the text is what the file has: the same text, or the same number in a workbook."""
    if isinstance(value, str):
        return raw_text == value.strip()
    try:
        return float(raw_text) == value
    except ValueError:
        return False


@pytest.mark.real
def test_every_cell_is_where_explain_says(official_work, official_raw):
    asked = sampled(official_work, PER_RETURN)
    assert asked.groupby("return_name").size().to_dict() == dict.fromkeys(
        ("cin", "cla_outcomes", "csww", "education", "iod", "population", "section_251", "ssda903"),
        PER_RETURN,
    )
    found = explained(official_work, asked)
    assert_it_adds_up(found, asked)

    wrong, n = [], 0
    cells = found.cells[found.cells["file"].notna()].copy()
    cells["sheet"] = cells["sheet"].fillna("")
    for file, group in cells.drop_duplicates(["file", "sheet", "row_no", "col_no"]).groupby("file"):
        path = official_raw / file
        wanted = set(zip(group["sheet"], group["row_no"].astype(int), strict=True))
        rows = (rows_of_csv if path.suffix.lower() == ".csv" else rows_of_workbook)(path, wanted)
        for cell in group.itertuples():
            row = rows[(cell.sheet, int(cell.row_no))]
            names = {" ".join(str(text).lower().split()) for text in row}
            is_of_the_area = any(name.startswith(cell.published_name) for name in names)
            # A header over several rows of a workbook is put together: of one cell it is in a CSV file.
            above = (rows.get(("", number), [])[int(cell.col_no) - 1 :] for number in range(1, 40))
            is_of_the_column = path.suffix.lower() != ".csv" or any(
                cells[:1] == [cell.column_header] for cells in above
            )
            n += 1
            text_is_there = is_printed(cell.raw_text, row[int(cell.col_no) - 1])
            if not (text_is_there and is_of_the_area and is_of_the_column):
                wrong.append((file, cell.sheet, cell.row_no, cell.column, cell.raw_text, cell.published_name))
    assert n > 8 * PER_RETURN
    assert wrong == []


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
