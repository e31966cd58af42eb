"""What was known when: as-of marts, revisions, and two releases of one edition."""

import csv
import json
import re
import shutil

import duckdb
import pandas as pd
import pytest

from pipeline.build import WITHOUT_POPULATION
from pipeline.cli import main
from pipeline.revisions import tables_of

from .conftest import seed, two_releases

AS_OF = "2018-12-31"


@pytest.fixture(scope="module")
def mart(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as con:
        yield con


def run(capsys, *args) -> tuple[int, str, str]:
    code = main(list(args))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_build_as_of_a_day_is_what_the_macro_says_of_it(
    mart, sample_warehouse, tmp_path, monkeypatch, capsys
):
    """Nothing published later is in it; whoever cannot rebuild gets the same rows from the whole mart."""
    shutil.copytree(sample_warehouse / "cache", tmp_path / "cache")  # the files are known
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.delenv("RAW_DIR", raising=False)
    code, out, _ = run(capsys, "build", "--as-of", AS_OF)
    assert code == 0
    assert out.split()[:3] == ["as", "of", AS_OF]
    with duckdb.connect(tmp_path / "mart.duckdb", read_only=True) as then:
        latest, years = then.sql("select max(known_on), max(year) from fct_indicator").fetchone()
        assert str(latest) <= AS_OF
        assert years == 2018
        for column in ("judgement_published_on", "next_inspection_published_on"):
            assert str(then.table("mart_la_year").max(column).fetchone()[0]) <= AS_OF
        editions = then.sql("select is_known, count(*) from dim_edition group by is_known").fetchall()
        assert dict(editions)[True] > 10
        assert dict(editions)[False] > 10
        rebuilt = then.sql("from fct_indicator order by la_code, year, indicator_code").df()
    asked = mart.sql(f"from indicator_as_of(date '{AS_OF}') order by la_code, year, indicator_code").df()
    pd.testing.assert_frame_equal(rebuilt, asked, rtol=1e-12)


@pytest.mark.parametrize("text", ["2018", "31/12/2018", "2018-02-30"])
def test_a_day_that_is_none_is_refused(text, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["build", "--as-of", text])
    assert stop.value.code == 2
    assert f"'{text}' is no day; write it as 2016-03-31" in capsys.readouterr().err


def test_the_mart_of_today_is_the_macro_of_today(mart):
    differ = "select * from (from {} except all from {})"
    for pair in (
        ("fct_indicator", "indicator_as_of(current_date)"),
        ("indicator_as_of(current_date)", "fct_indicator"),
    ):
        assert mart.sql(differ.format(*pair)).fetchall() == []


def test_every_row_of_dates_is_a_family_and_says_who_printed_it():
    families = {(f["return_name"], f["family"]) for f in seed("layouts/file_families")}
    rows = seed("layouts/publication_dates")
    assert len({(r["return_name"], r["edition"], r["family"]) for r in rows}) == len(rows)
    for row in rows:
        assert not row["family"] or (row["return_name"], row["family"]) in families, row
        assert row["source"], row
        assert len(row["published_on"]) == 10, row


def test_two_releases_of_one_edition_are_two_editions_in_order(finance_warehouse, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(finance_warehouse))
    with duckdb.connect(finance_warehouse / "mart.duckdb", read_only=True) as con:
        editions = "select edition, edition_no from dim_edition where return_name = 'section_251' order by 2"
        assert con.sql(editions).fetchall() == [("ye2025_first_release", 1), ("ye2025", 2)]
        known = "select distinct edition from {} where value is not null and edition like 'ye%'"
        assert con.sql(known.format("fct_indicator")).fetchall() == [("ye2025",)]
        then = con.sql(known.format("indicator_as_of(date '2025-12-31')")).fetchall()
        assert then == [("ye2025_first_release",)]
        cells, revised = con.sql(
            "select sum(n_cells), sum(n_revised) from fct_revision_summary "
            "where edition_from = 'ye2025_first_release' and edition_to = 'ye2025'"
        ).fetchone()
        assert cells >= revised > 100
    code, out, _ = run(capsys, "revisions", "--return", "section_251", "--edition", "ye2025")
    assert code == 0
    assert "ye2025_first_release" in out


def test_two_releases_without_dates_stop_the_build(tmp_path, monkeypatch, capsys, built_only):
    two_releases(tmp_path / "raw", "ye2025_v2")
    built_only("dim_edition")
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setenv("RAW_DIR", str(tmp_path / "raw"))
    code, _, err = run(capsys, "build")
    assert code == 1
    for text in ("section_251/ye2025_v2", "without a date of publication", "publication_dates.csv"):
        assert text in err


def test_a_release_without_the_population_of_its_rates_is_named():
    with duckdb.connect() as con:
        con.execute("create schema intermediate; create schema seeds")
        con.execute("create table seeds.rate_populations as select 'cin' as return_name, '2022' as edition")
        con.execute(
            "create table intermediate.int_formula_term as from (values "
            "('started_per_10k', 1, 'numerator', 'started_count'), "
            "('started_per_10k', 1, 'denominator', 'population_0_17_count')) "
            "t(indicator_code, priority, part, component)"
        )
        con.execute(
            "create table intermediate.int_component as from (values "
            "('cin', '2017', 'started_count'), ('cin', '2017', 'population_0_17_count'), "
            "('cin', '2022', 'started_count'), ('cin', '2023', 'other_count'), "
            "('cin', '2024', 'started_count'), "
            "('ssda903', '2024', 'started_count')) t(return_name, edition, component)"
        )
        assert con.sql(WITHOUT_POPULATION).fetchall() == [("cin/2024",)]


# --------------------------------------------------------------------------------- revisions


@pytest.fixture
def warehouse(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))


def test_revisions_are_told_most_affected_first(warehouse, capsys):
    code, out, _ = run(capsys, "revisions", "--return", "ssda903", "--limit", "5", "--json")
    assert code == 0
    tables = json.loads(out)
    assert tables["years_in_one_edition"] is None
    shares = [row["revised_pct"] for row in tables["editions"] if row["revised_pct"] is not None]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0
    assert len(tables["authorities"]) == len(tables["changes"]) == 5
    weights = [
        c["difference"] ** 2 / max(abs(c["value_from"]), abs(c["value_to"])) for c in tables["changes"]
    ]
    assert weights == sorted(weights, reverse=True)


def test_revisions_of_an_authority_and_an_indicator(warehouse, mart, capsys, tmp_path):
    table = tmp_path / "changes.csv"
    code, out, _ = run(capsys, "revisions", "--la", "925", "--indicator", "ceased_count", "--csv", str(table))
    assert code == 0
    assert "925    Lincolnshire" in out
    with table.open(encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    expected = mart.sql(
        "select count(*) from fct_indicator_edition as b asof join fct_indicator_edition as a "
        "on a.la_code = b.la_code and a.year = b.year and a.indicator_code = b.indicator_code "
        "and b.known_on > a.known_on where a.indicator_code = 'ceased_count' and a.la_code = '925' "
        "and (a.value is distinct from b.value or a.status <> b.status)"
    ).fetchone()[0]
    assert len(rows) == expected > 0
    assert {r["la_code"] for r in rows} == {"925"}
    _, out, _ = run(capsys, "revisions", "--la", "925", "--indicator", "ceased_count", "--json")
    known = "from fct_indicator_edition where la_code = '925' and indicator_code = 'ceased_count'"
    editions = dict(mart.sql(f"select year, count(*) {known} group by year").fetchall())
    once = sorted(year for year, n in editions.items() if n == 1)
    assert json.loads(out)["years_in_one_edition"] == once and once and len(once) < len(editions)


@pytest.mark.parametrize(
    ("args", "texts"),
    [
        (["--edition", "1999"], ["--edition 1999", "no such edition", "2025"]),
        (["--return", "ssda"], ["--return ssda", "no such return", "ssda903"]),
        (["--indicator", "looked_after"], ["no such indicator", "looked_after_12_months_count"]),
        (["--la", "Atlantis"], ["no authority of that name"]),
        (["--la", "dorset"], ["several authorities", "835 Dorset", "838 Dorset", "three-digit code"]),
    ],
)
def test_what_the_mart_does_not_have_is_said(args, texts, warehouse, capsys):
    code, _, err = run(capsys, "revisions", *args)
    assert code == 1
    assert "Nothing was published" not in err
    for text in texts:
        assert text in err


def test_revisions_without_a_mart_say_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    code, _, err = run(capsys, "revisions")
    assert code == 1
    assert "make build" in err


# ------------------------------------------------------------------------ on the official files


@pytest.mark.real
def test_every_official_edition_is_dated_and_every_date_is_of_one(official_mart):
    """Releases that are not in this collection have a date as a whole, in their year or the next."""
    undated = official_mart.sql(
        "select distinct return_name, edition from dim_edition "
        "where published_on is null and return_name <> 'geography'"
    ).fetchall()
    assert undated == []
    have = official_mart.sql("select return_name, edition, family from dim_edition").fetchall()
    have = {(r, e, f) for r, e, f in have} | {(r, e, "") for r, e, _ in have}
    dates = {
        (r["return_name"], r["edition"], r["family"]): r["published_on"]
        for r in seed("layouts/publication_dates")
    }
    elsewhere = {key: day for key, day in dates.items() if key not in have}
    assert ("iod", "2025", "") in elsewhere and len(elsewhere) < 20
    returns = {r for r, *_ in have}
    for (return_name, edition, family), day in elsewhere.items():
        year = int(re.search(r"20\d\d", edition)[0])
        assert (return_name in returns, family) == (True, "") and year <= int(day[:4]) <= year + 1, edition


@pytest.mark.real
def test_editions_of_a_family_come_out_in_the_order_of_their_years(official_mart):
    assert (
        official_mart.sql(
            "select * from dim_edition qualify edition_year < lag(edition_year) over "
            "(partition by return_name, family order by edition_no)"
        ).fetchall()
        == []
    )


@pytest.mark.real
def test_as_of_april_2016_the_mart_has_what_la_valle_had(official_mart):
    """La Valle et al. (2016), Table A2a: the numbers of authorities of indicators 10 to 14, and every value
    that of the edition of 2015."""
    counts = official_mart.sql(
        "select la_valle_no, count(value), count(*) filter (where edition <> '2015') "
        "from indicator_as_of(date '2016-04-01') inner join dim_indicator using (indicator_code) "
        "where la_valle_no is not null and year = 2015 and edition is not null "
        "group by la_valle_no order by la_valle_no"
    ).fetchall()
    assert [n for n, *_ in counts] == list(range(1, 15))
    assert [later for *_, later in counts] == [0] * 14
    assert [n for _, n, _ in counts][9:] == [149, 150, 151, 149, 145]
    assert counts[3][1] == 145  # missing children, studies' table
    later = official_mart.sql(
        "select count(*) from indicator_as_of(date '2016-04-01') where known_on > '2016-04-01' or year > 2016"
    )
    assert later.fetchone() == (0,)


@pytest.mark.real
def test_as_of_2018_placement_figures_differ_from_todays_in_74_and_47_authorities(official_mart):
    rows = official_mart.sql(
        "select indicator_code, min(b.edition), max(b.edition), "
        "count(*) filter (where b.value <> a.value) "
        "from indicator_as_of(date '2018-12-31') as b inner join fct_indicator as a "
        "using (la_code, year, indicator_code) where year = 2018 and indicator_code in "
        "('stable_placement_2_years_pct', 'looked_after_3_plus_placements_pct') group by all order by 1"
    ).fetchall()
    assert rows == [
        ("looked_after_3_plus_placements_pct", "2018", "2018", 47),
        ("stable_placement_2_years_pct", "2018", "2018", 74),
    ]


@pytest.mark.real
def test_a_later_suppression_is_honoured(official_mart):
    """Of the cells that the last edition suppresses and an earlier one printed, none has the number."""
    n, undone = official_mart.sql(
        """
        with last as (
            select
                la_code, year, indicator_code,
                arg_max(status, (known_on, edition_year, edition)) as status,
                count(value) as printed
            from fct_indicator_edition where not (is_derived and status = 'not_available')
            group by all
        )
        select count(*), count(fact.value)
        from last inner join fct_indicator as fact using (la_code, year, indicator_code)
        where last.status = 'suppressed' and last.printed > 0
        """
    ).fetchone()
    assert n > 1000
    assert undone == 0


# Overlapping cells, same, revised, number to symbol, symbol to number. Counted on the files themselves by
# code, year, labels and measure, but for three rows, where that count has other cells: csww 220 more
# (probably joint returns), missing_year 12 more symbols that became numbers and absence 16 more cells that
# stayed the same (probably statuses corrected by a seed).
OVERLAPS = [
    ("cin", "children_in_need", "2020", "2021", 19440, 19310, 0, 0, 0),
    ("cin", "children_in_need", "2022", "2023", 24288, 22928, 1160, 0, 18),
    ("cin", "plans_31_march_abuse", "2020", "2021", 13365, 11397, 0, 40, 0),
    ("cin", "section_47", "2022", "2025", 16698, 16235, 0, 0, 37),
    ("cin", "referrals", "2022", "2023", 18216, 17609, 297, 0, 4),
    ("population", "release", "cin_2020", "cin_2021", 1215, 1215, 0, 0, 0),
    ("ssda903", "number_and_rate", "2021", "2022", 5544, 5167, 281, 0, 0),
    ("ssda903", "number_and_rate", "2022", "2023", 5616, 2473, 2957, 18, 0),
    ("ssda903", "stability", "2021", "2022", 4928, 4342, 486, 0, 0),
    ("ssda903", "new_placements", "2021", "2022", 23408, 14406, 2967, 118, 134),
    ("ssda903", "new_placements", "2022", "2023", 23712, 14712, 2746, 193, 200),
    ("ssda903", "started_year", "2021", "2022", 39424, 30623, 1213, 410, 432),
    ("ssda903", "missing_year", "2022", "2023", 8112, 5674, 1081, 43, 193),
    ("ssda903", "net_gain", "2021", "2022", 1848, 940, 876, 2, 0),
    ("ssda903", "short_term", "2022", "2023", 624, 409, 19, 5, 6),
    ("csww", "indicators", "2023", "2025", 22946, 22795, 0, 26, 1),
    ("education", "absence", "2022", "2023", 109200, 54671, 20537, 109, 154),
]  # fmt: skip


@pytest.mark.real
def test_what_editions_changed_is_what_was_counted_in_the_files(official_work):
    found = official_work.sql(
        """
        select
            return_name, family, edition_from, edition_to, count(*),
            count(*) filter (where value_from = value_to),
            count(*) filter (where value_from <> value_to),
            count(*) filter (where value_from is not null and value_to is null),
            count(*) filter (where value_from is null and value_to is not null)
        from intermediate.int_reprinted_cell inner join intermediate.int_figure using (series_no)
        where area_level = 'local_authority' group by all
        """
    ).fetchall()
    by_key = {row[:4]: row for row in found}
    assert [by_key[row[:4]] for row in OVERLAPS] == OVERLAPS


@pytest.mark.real
def test_what_was_printed_and_is_computed_now_is_not_revised(official_mart):
    for return_name, edition, indicator, cells, revised in (
        ("ssda903", "2019", "started_per_10k", 604, 20),
        ("cin", "2023", "cpp_started_per_10k", 1366, 0),
    ):
        found = tables_of(official_mart, return_name, edition, indicator=indicator)["editions"]
        assert found[["cells", "revised"]].values.tolist() == [[cells, revised]]


@pytest.mark.real
def test_millions_of_six_digits_are_the_pounds_they_round(official_mart):
    """But two, Newcastle and Slough; others were rounded twice on the way."""
    changed = official_mart.sql(
        "select count(*), count(*) filter (is_within_rounding), "
        "count(*) filter (abs(difference) > 1000) from fct_revision where family = 'summary' "
        "and edition_to = 'ye2020' and area_level = 'local_authority' and change = 'revised'"
    )
    assert changed.fetchone() == (753, 719, 2)


@pytest.mark.real
def test_absence_is_revised_in_a_quarter_of_its_cells_and_counts_in_need_never(official_mart):
    shares = official_mart.sql(
        "select edition_from, sum(n_revised) / sum(n_figures) from fct_revision_summary "
        "where family = 'absence' and area_level = 'local_authority' group by all order by 1"
    ).fetchall()
    assert [edition for edition, _ in shares] == ["2022", "2023"]
    assert 0.24 < shares[0][1] < 0.28
    counts = official_mart.sql(
        "select edition_from, count(*) from fct_revision where return_name = 'cin' and change = 'revised' "
        "and area_level = 'local_authority' and edition_from >= '2020' and component like '%count' "
        "group by all"
    ).fetchall()
    assert counts == []
