"""Spending and deprivation: the workbooks against the mart, and what a damaged one says."""

import re
import shutil

import openpyxl
import pandas as pd
import pytest
import python_calamine

from pipeline.cli import main
from pipeline.settings import SAMPLE
from python_stats.rankings import deprivation_rank
from tests.conftest import duckdb, seed

TABLE_A1 = "section_251/ye2018/S251ye2018.xlsx"
RO3 = "section_251/ye2018/RO3_2017-18_data_by_LA.xlsx"
RO3_NEWEST = "section_251/ye2025/RO3_LA_Data_2024-25_data_by_LA.xlsx"


def sheet_rows(path, sheet=None):
    """Rows of one sheet as calamine has them, without the project's own reader."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()


def number(cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None


# ------------------------------------------------------------------------------ on the sample


@pytest.fixture(scope="module")
def sample(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as con:
        yield con


def test_every_finance_indicator_is_in_pounds_of_the_year_or_says_which(sample):
    (base,) = [int(r["year"]) for r in seed("indicators/gdp_deflators") if float(r["deflator"]) == 100]
    said = f"prices of {base - 1}-{base % 100:02d}"
    rows = sample.sql("select indicator_code, label from dim_indicator where unit = 'pounds'").fetchall()
    assert len(rows) > 150
    for code, label in rows:
        assert code.endswith("_gbp")
        assert (said in label) == code.endswith("_real_gbp")


def test_constant_prices_are_the_amount_times_the_ratio_of_the_deflators(sample):
    deflator = {int(r["year"]): float(r["deflator"]) for r in seed("indicators/gdp_deflators")}
    rows = sample.sql(
        "select a.year, a.value, b.value from fct_indicator as a inner join fct_indicator as b "
        "using (la_code, year) where a.indicator_code = 'ro3_net_total_per_child_gbp' "
        "and b.indicator_code = 'ro3_net_total_per_child_real_gbp' and b.value is not null"
    ).fetchall()
    assert rows
    for year, nominal, real in rows:
        assert real == pytest.approx(nominal * 100 / deflator[year])


def test_every_year_of_spending_has_its_deflator():
    years = {int(r["year"]) for r in seed("indicators/gdp_deflators")}
    assert years >= set(range(2009, 2026))


def test_a_return_not_received_is_a_status_and_no_zero(sample):
    assert (
        sample.sql(
            "select value, status from fct_indicator where la_code = '211' and year = 2025 "
            "and indicator_code in ('ro3_net_total_gbp', 'ro3_net_total_per_child_gbp')"
        ).fetchall()
        == [(None, "not_returned")] * 2
    )


def test_the_two_returns_stand_side_by_side(sample):
    row = sample.sql(
        "select s251_gbp, ro3_gbp, difference_gbp from fct_spending_reconciliation "
        "where la_code = '202' and year = 2018 and service = 'total' and measure = 'net'"
    ).fetchone()
    rows = [r for r in sheet_rows(SAMPLE / TABLE_A1) if r[0] == 202 and r[5] == "5.0.2"]
    ro3 = next(r for r in sheet_rows(SAMPLE / RO3, "RO3 LA Data 2017-18") if r[2] == "Camden")
    assert row == (rows[0][12], 1000 * ro3[-1], 1000 * ro3[-1] - rows[0][12])


def test_deprivation_is_carried_and_says_so(sample):
    rows = sample.sql(
        "select year, edition, is_carried, count(value) from fct_indicator "
        "where indicator_code = 'imd_average_score' and edition is not null group by all order by year"
    ).fetchall()
    years = [
        y for (y,) in sample.sql("select year from dim_year where year >= 2013 order by year").fetchall()
    ]
    assert [(y, e) for y, e, *_ in rows] == [(y, "2015" if y < 2020 else "2019") for y in years]
    assert [y for y, _, carried, _ in rows if not carried] == [2016, 2020]


def test_the_layout_of_2025_is_read(finance_warehouse):
    with duckdb.connect(finance_warehouse / "mart.duckdb", read_only=True) as con:
        assert con.sql(
            "select year, count(value), count(distinct indicator_code) from fct_indicator "
            "where edition = '2025' group by year"
        ).fetchall() == [(2026, 153 * 34, 34)]


def test_deprivation_ranks_within_a_set_of_authorities():
    frame = pd.DataFrame({"la_code": ["1", "2", "3", "4"], "value": [10.0, 30.0, None, 20.0]})
    out = deprivation_rank(frame, ["1", "2", "3"])
    assert out[["la_code", "deprivation_rank", "n"]].fillna(0).values.tolist() == [
        ["1", 1, 2], ["2", 2, 2], ["3", 0, 2],
    ]  # fmt: skip
    assert deprivation_rank(frame)["deprivation_rank"].max() == 3
    with pytest.raises(ValueError, match="no row for the authorities 9"):
        deprivation_rank(frame, ["1", "9"])
    with pytest.raises(ValueError, match="stands twice"):
        deprivation_rank(pd.concat([frame, frame]))


# ---------------------------------------------------------------------------------- bad input


def edit_book(raw, name, change):
    book = openpyxl.load_workbook(raw / name)
    change(book)
    book.save(raw / name)


def replace(sheet, old, new):
    next(c for row in sheet.iter_rows() for c in row if c.value == old).value = new


BAD = {
    "a renamed line": (
        TABLE_A1,
        lambda raw: edit_book(
            raw, TABLE_A1,
            lambda b: replace(b["Table A1"], "3.1.1 Residential care", "3.1.1 Residential care homes"),
        ),
        [TABLE_A1, "'3.1.1 residential care homes | 3.1.1'", "nearest: '3.1.1 residential care | 3.1.1'"],
    ),
    "a moved header row": (
        TABLE_A1,
        lambda raw: edit_book(raw, TABLE_A1, lambda b: b["Table A1"].delete_rows(1)),
        [TABLE_A1, "no table with a row for 'LA|ident'"],
    ),
    "a wrong sheet": (
        RO3,
        lambda raw: edit_book(raw, RO3, lambda b: b.create_sheet("RO2 LA Data 2017-18")),
        [RO3, "no figures in sheet 'RO2 LA Data 2017-18'", "ignored_tables.csv"],
    ),
    "a renamed service": (
        RO3,
        lambda raw: edit_book(
            raw, RO3,
            lambda b: replace(b["RO3 LA Data 2017-18"], "Children's social care - Youth Justice", "Youth"),
        ),
        [RO3, "'youth / employees (c1)'", "section_251_series.csv"],
    ),
    "two files for one year": (
        TABLE_A1,
        lambda raw: (raw / "section_251/ye2018/s251ye2018.ods").write_bytes(b"x"),
        ["section_251/ye2018", "of the same family and edition as", "keep one"],
    ),
    "a total that its rows do not give": (
        RO3,
        lambda raw: edit_book(
            raw, RO3, lambda b: setattr(b["RO3 LA Data 2017-18"].cell(8, 12), "value", 999_999)
        ),
        [RO3, "for england in sheet RO3 LA Data 2017-18, row", "from its rows"],
    ),
    "an authority lost": (
        RO3,
        lambda raw: edit_book(raw, RO3, lambda b: b["RO3 LA Data 2017-18"].delete_rows(9)),
        [RO3, "no row for local authority", "every authority that existed in 2018", "la_absences.csv"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_damaged_workbook_stops_the_build_by_name(case, tmp_path, monkeypatch, capsys, built_only):
    built_only(
        "int_class_total", "int_inspection_cell", "stg_geography__flat_cell", "ignored_tables", "la_absences"
    )

    name, damage, expected = BAD[case]
    raw = tmp_path / "raw"
    (raw / name).parent.mkdir(parents=True)
    shutil.copy(SAMPLE / name, raw / name)
    damage(raw)
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    for text in [*expected, "found:", "expected:", "do:", "Nothing was published"]:
        assert text in said


# ------------------------------------------------------------------------- the official files


def table_a1_files(raw):
    return sorted(p for p in raw.glob("section_251/ye*/*") if re.search(r"(?i)s251ye|table a1", p.name))


@pytest.mark.real
def test_table_a1_total_of_every_authority_is_that_of_the_workbook(official_raw, official_mart):
    mart = {
        (edition, la): value
        for edition, la, value in official_mart.sql(
            "select edition, la_code, value from fct_indicator_edition "
            "where indicator_code = 's251_net_total_gbp'"
        ).fetchall()
    }
    seen = {}
    for path in table_a1_files(official_raw):
        rows = sheet_rows(path)
        start = next(i for i, r in enumerate(rows) if any("LA" in str(c) or "LEA" in str(c) for c in r[:2])
                     and "Name" in "".join(map(str, r)))  # fmt: skip
        header = [str(c).lower() for c in rows[start]]
        la = next(i for i, h in enumerate(header) if h in ("la", "lea", "lea number:"))
        net = next(i for i, h in enumerate(header) if h.replace(" ", "").startswith("netcurrentexp"))
        text = next(i for i, h in enumerate(header) if "reference" in h or "description" in h)
        for row in rows[start + 1 :]:
            line = re.sub(r"[^a-z]", "", str(row[text]).lower())
            if "excludingcera" in line and "children" in line:
                seen[path.parent.name, str(int(row[la]))] = float(row[net])
    assert {e for e, _ in seen} == {f"ye{y}" for y in range(2009, 2020)}
    assert {k: pytest.approx(v, abs=0.005) for k, v in seen.items()} == mart
    per_year = {e: sum(x == e for x, _ in seen) for e, _ in seen}
    assert per_year == {f"ye{y}": 150 if y == 2009 else 152 for y in range(2009, 2020)}


@pytest.mark.real
def test_no_cell_of_table_a1_or_of_the_indices_is_lost(official_raw, official_work):
    decoded = dict(
        official_work.sql(
            "select path, count(*) from intermediate.int_cell inner join raw.raw_file using (file_no) "
            "group by path"
        ).fetchall()
    )
    paths = table_a1_files(official_raw) + sorted(official_raw.glob("iod/*/*.xlsx"))
    assert len(paths) == 13
    for path in paths:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        counted = 0
        for sheet in book.sheet_names:
            rows = [[str(c).strip() for c in r] for r in book.get_sheet_by_name(sheet).to_python()]
            start = next(
                (i for i, r in enumerate(rows) if r and re.match(r"LE?A|ident|Upper Tier", r[0])), len(rows)
            )
            if start == len(rows):
                continue
            # Amounts follow the texts of a line; the measures of an index follow code and name.
            first = next(
                i for i, c in enumerate(rows[start])
                if re.match(r"PRIVATE|Own ?Provision", c) or (i > 1 and path.parts[-3] == "iod")
            )  # fmt: skip
            counted += sum(bool(c) for r in rows[start + 1 :] for c in r[first:])
        assert decoded[path.relative_to(official_raw).as_posix()] == counted, path.name


@pytest.mark.real
def test_no_cell_of_childrens_services_in_ro3_is_lost(official_raw, official_work):
    decoded = dict(
        official_work.sql(
            "select path, count(*) from intermediate.int_cell inner join raw.raw_file using (file_no) "
            "where area_level = 'local_authority' and starts_with(int_cell.family, 'ro3') group by 1"
        ).fetchall()
    )
    assert len(decoded) == 15
    childrens = re.compile(
        r"children'?s |total children|social care strategy - children|supporting people.*total children", re.I
    )
    column = re.compile(
        r"RO3-|employees|running|total (exp|inc)|sales|other income|net (current|total)|capital",
        re.IGNORECASE,
    )
    for name, found in decoded.items():
        book = python_calamine.CalamineWorkbook.from_path(str(official_raw / name))
        counted = 0
        for sheet in book.sheet_names:
            rows = [[str(c).strip() for c in r] for r in book.get_sheet_by_name(sheet).to_python()]
            top = next((i for i, r in enumerate(rows) if r and r[0] == "E-code"), None)
            if top is None or (re.search(r"\([23]\)", sheet) and "2014-15" in sheet):
                continue
            class_ = rows[top].index("Class")
            services, current = {}, ""
            for i in range(class_ + 1, len(rows[top])):
                above = [rows[k][i] for k in range(max(0, top - 6), top + 1) if rows[k][i]]
                named = [c for c in above if childrens.match(c) or (len(c) > 20 and not column.match(c))]
                current = named[-1] if named else current
                services[i] = current
            for row in rows[top + 1 :]:
                if row[class_] in ("UA", "MD", "L", "LB", "SC") and re.fullmatch(r"E\d{4}", row[0]):
                    counted += sum(bool(row[i]) for i, s in services.items() if childrens.match(s))
        assert found == counted, name


@pytest.mark.real
def test_dfe_tables_print_the_same_spending_in_thousands(official_raw, official_mart):
    """Tables of the first releases of 2010-11 to 2013-14: children's services by authority and England."""
    gross = {
        (year, la, service): value
        for year, la, service, value in official_mart.sql(
            "select year, la_code, regexp_extract(indicator_code, 's251_gross_(.*)_gbp', 1), value "
            "from fct_indicator_edition where starts_with(indicator_code, 's251_gross_') "
            "and not contains(indicator_code, '_per_') and edition = 'ye' || year"
        ).fetchall()
    }
    services = {
        "youth justice": "youth_justice",
        "children looked after": "looked_after",
        "family support services": "family_support",
    }
    compared = 0
    for path in sorted(official_raw.glob("section_251/ye201[1-4]/*")):
        if not re.match(r"osr03|sfr07|SR5", path.name):
            continue
        year = int(path.parent.name[2:])
        rows = [[str(c).strip() for c in r] for r in sheet_rows(path, "Table 6")]
        header = next(
            r for r in rows if any("hildren looked after" in c or "hildren Looked After" in c for c in r)
        )
        for label, service in services.items():
            column = next(i for i, c in enumerate(header) if c.lower().startswith(label))
            printed = {
                code.removesuffix(".0"): float(r[column])
                for r in rows
                for code in r[:2]
                if re.fullmatch(r"\d{3}(\.0)?", code) and r[column].replace(".", "", 1).isdigit()
            }
            england = next(float(r[column]) for r in rows if "ENGLAND" in [c.upper() for c in r[:3]])
            ours = {la: v for (y, la, s), v in gross.items() if y == year and s == service}
            assert len(printed) >= 150
            for la, value in printed.items():
                assert abs(ours[la] / 1000 - value) <= 0.51, (path.name, la, label)
                compared += 1
            assert abs(sum(ours.values()) / 1000 - england) <= 1.01, (path.name, label)
    assert compared > 1_500


@pytest.mark.real
def test_englands_gross_spending_is_the_sum_of_the_authorities(official_raw, official_mart):
    """The outturn summary of 2019-20 prints England in millions of pounds, to six digits."""
    path = official_raw / "section_251/ye2020/cfr-s251_highlightssummary_v1.2.csv"
    printed = pd.read_csv(path, dtype=str, encoding="utf-8-sig").query("geographic_level == 'National'")
    ours = dict(
        official_mart.sql(
            "select year, sum(value) / 1e6 from fct_indicator_edition where edition = 'ye2020' "
            "and indicator_code = 's251_gross_total_gbp' group by year"
        ).fetchall()
    )
    assert len(printed) == 6
    for row in printed.itertuples():
        assert ours[2000 + int(row.time_period[-2:])] == pytest.approx(float(row.cyps_spend), abs=0.06)


@pytest.mark.real
def test_printed_totals_of_england_and_the_classes_are_the_sum_of_their_rows(official_work):
    verdicts = dict(official_work.sql(
        "select verdict, count(*) from intermediate.int_class_total group by verdict"
    ).fetchall())  # fmt: skip
    assert "unexplained" not in verdicts
    assert verdicts["the sum of its rows"] > 6_900
    estimated = official_work.sql(
        "select distinct edition from intermediate.int_class_total inner join raw.raw_file using (file_no) "
        "where verdict like 'with the publisher%' order by 1"
    ).fetchall()
    assert [e for (e,) in estimated] == ["ye2017", "ye2021", "ye2023", "ye2025"]


@pytest.mark.real
def test_table_a1_and_ro3_of_2017_18_stand_side_by_side(official_mart):
    n, table_a1, ro3 = official_mart.sql(
        "select count(*), sum(s251_gbp), sum(ro3_gbp) from fct_spending_reconciliation "
        "where year = 2018 and service = 'total' and measure = 'net' and s251_gbp is not null "
        "and ro3_gbp is not null"
    ).fetchone()
    # RO3's England: 8,833,736 thousand, 1,593 of it in shire districts.
    assert (n, round(table_a1 / 1e6), round(ro3 / 1000)) == (152, 8633, 8832143)


@pytest.mark.real
def test_authorities_whose_return_was_not_received_have_no_figure(official_mart):
    rows = official_mart.sql(
        "select edition, count(*), count(value) from fct_indicator_edition "
        "where indicator_code = 'ro3_net_total_gbp' and status = 'not_returned' group by edition order by 1"
    ).fetchall()
    assert [(e, values) for e, _, values in rows] == [("ye2023", 0), ("ye2025", 0)]
    assert all(1 <= n <= 10 for _, n, _ in rows)


@pytest.mark.real
def test_the_indices_are_those_of_the_workbooks(official_raw, official_mart):
    for edition, n in (("2015", 152), ("2019", 151)):
        rows = sheet_rows(official_raw / f"iod/{edition}/imd-{edition}.xlsx", "IMD")
        column = next(i for i, c in enumerate(rows[0]) if c.strip() == "IMD - Average rank")
        printed = sorted(r[column] for r in rows[1:] if r[0])
        ours = official_mart.sql(
            "select value from fct_indicator where indicator_code = 'imd_average_rank' "
            "and edition = $edition and not is_carried order by value",
            params={"edition": edition},
        ).fetchall()
        assert len(ours) == n and [v for (v,) in ours] == printed
        for (_, rank), value in zip(
            sorted((r[column], r[column + 1]) for r in rows[1:] if r[0]),
            reversed(range(1, n + 1)),
            strict=True,
        ):
            assert rank == value
