"""Every data test of dbt is shown rows that must fail it."""

import shutil

import duckdb
import pytest

from pipeline.settings import PROJECT

# What to break in the working database so that the test of that name must return rows.
BREAK = {
    "every_series_is_known": "update intermediate.int_cell set is_known_series = false where row_no = 7",
    "every_symbol_is_known": "update intermediate.int_cell set status = null where row_no = 7",
    "no_count_is_negative": (
        "update intermediate.int_cell set value = -value where component = 'ceased_count'"
    ),
    "every_area_is_known": "update intermediate.int_area set area_level = null where area_code = '841'",
    "every_ons_code_is_that_of_the_authority": (
        "update intermediate.int_published_cell set ons_code = 'E06000001' where published_code = '840'"
    ),
    "every_year_is_one_the_edition_can_hold": (
        "update intermediate.int_published_cell set published_period = '2014-15' where row_no = 7"
    ),
    "every_series_has_one_cell_for_each_area_and_year": (
        "insert into intermediate.int_cell from intermediate.int_cell limit 1"
    ),
    "every_component_is_published_once_in_an_edition": (
        "insert into intermediate.int_cell select * replace (value + 1 as value, series || '2' as series) "
        "from intermediate.int_cell where component is not null and value is not null limit 1"
    ),
    "every_local_authority_is_in_every_table": (
        "delete from intermediate.int_cell where area_code = '841' and family = 'health'"
    ),
    "every_table_has_cells": "delete from intermediate.int_cell where sheet = 'LAG1'",
    "every_correction_corrects_something": (
        "update raw.raw_file set is_synthetic = false; "
        "update seeds.column_years set published_year = 2013 where edition = '2015'"
    ),
    "every_inspection_column_is_known": (
        "update raw.raw_column set column_key = 'impact of leader' "
        "where column_key = 'first ilacs framework impact of leaders'"
    ),
    "every_inspection_cell_is_known": (
        "update intermediate.int_inspection_cell set is_known_judgement = false where item = 'lscb'"
    ),
    "every_inspection_has_its_authority": (
        "update intermediate.int_printed_inspection set la_code = null where la_code = '315'"
    ),
    "every_inspection_is_dated_and_judged": (
        "update intermediate.int_printed_inspection set published_on = '2031-01-01' where la_code = '315'"
    ),
    "every_inspection_stands_once_in_an_edition": (
        "insert into intermediate.int_printed_inspection from intermediate.int_printed_inspection limit 1"
    ),
    "an_inspection_is_the_same_in_every_edition": (
        "update intermediate.int_inspection_cell set text = 'Good' "
        "where item = 'leaders' and edition_year = 2025"
    ),
    "every_local_authority_is_in_every_list_of_inspections": (
        "delete from intermediate.int_printed_inspection where la_code = '315' and edition_year = 2025"
    ),
    "a_repeated_header_names_the_same_columns": (
        "update raw.raw_column set column_key = 'lscb' where column_key = 'lscb overall effectiveness'"
    ),
    "no_authority_stands_above_the_header": (
        "update raw.raw_sheet set first_data_row = 9 where sheet = 'ILACS_inspection_history'"
    ),
    "no_inspection_is_lost": "delete from fct_inspection where la_code = '315'",
    "no_cell_is_lost": "delete from intermediate.int_cell where row_no = 7",
    "no_figure_is_left_out_with_an_authority_that_did_not_exist": (
        "update seeds.local_authorities set last_year = 2014 where la_code = '841'"
    ),
    "every_return_has_its_calendar": "delete from seeds.calendars where return_name = 'csww'",
    "every_seed_row_is_used_and_resolves": (
        "update intermediate.int_series set component = 'unused' where component = 'ceased_count'"
    ),
    "england_and_regions_follow_from_their_local_authorities": (
        "update intermediate.int_reconciliation set verdict = 'unexplained' where year = 2018"
    ),
    "a_published_share_agrees_with_its_counts": (
        "update intermediate.int_indicator_edition set value = 99 where indicator_code = 'convicted_pct'"
    ),
    "every_table_has_its_england_row": (
        "delete from intermediate.int_cell where area_level = 'national' and family = 'health'"
    ),
    "every_authority_not_returned_is_known_to_be_left_out": (
        "update fct_indicator set status = 'not_returned', edition = null "
        "where la_code = '841' and year = 2018; "
        "delete from fct_indicator_edition where la_code = '841' and year = 2018"
    ),
    "every_file_reaches_the_year_of_its_edition": (
        "update raw.raw_file set edition_year = edition_year + 1 where family = 'stability'"
    ),
    "every_column_reaches_the_year_of_its_edition": (
        "update intermediate.int_cell set year = 2017 where series = 'cla_mar{year}'"
    ),
    "every_mart_has_one_row_for_each_key": "insert into fct_indicator from fct_indicator limit 1",
    "a_value_stands_with_the_status_published_and_no_other": (
        "update fct_indicator_edition set value = 0 where status = 'suppressed'"
    ),
    "a_share_is_its_numerator_over_its_denominator": (
        "update fct_indicator_edition set value = value + 1 where is_derived"
    ),
    "a_percentage_is_from_0_to_100": (
        "update fct_indicator_edition set value = 101 where indicator_code = 'convicted_pct'"
    ),
    "the_matrix_is_complete": "delete from fct_indicator where la_code = '841' and year = 2018",
    "the_latest_edition_decides": (
        "update fct_indicator set edition = '2021' where edition = '2023' and year = 2021"
        " or edition = '2025' and year = 2023"
    ),
    "the_wide_mart_says_what_the_long_one_says": "update mart_la_year set looked_after_count = 1",
    "every_indicator_has_a_column_in_the_wide_mart": "delete from dim_indicator where unit = 'score'",
    "printed_class_totals_are_the_sum_of_their_rows": (
        "update intermediate.int_class_total set verdict = 'unexplained' where total_of = 'england'"
    ),
    "every_place_in_the_lists_of_geography_is_known": (
        "update dim_statistical_neighbour set neighbour_la_code = '999' where la_code = '202' "
        "and neighbour_rank = 1"
    ),
    "an_edition_beside_a_later_one_is_dated": (
        "insert into dim_edition "
        "select * replace ('2024' as edition, 2024 as edition_year, null as published_on) "
        "from dim_edition where return_name = 'cin' and edition = '2025' limit 1"
    ),
    "a_benchmark_stands_or_says_why": "update fct_benchmark set rank_reason = null where rank is null",
    "every_figure_has_its_benchmarks": "delete from fct_benchmark where la_code = '841'",
    "every_word_of_a_benchmark_is_known": "update fct_benchmark set band = 'E' where band = 'D'",
    "england_is_the_same_on_all_boundaries": "delete from fct_indicator_current where area_code = '841'",
}


def names_of_tests():
    return sorted(p.stem for p in (PROJECT / "dbt_project/data_tests").rglob("*.sql"))


def test_every_data_test_has_a_case_here():
    assert names_of_tests() == sorted(BREAK)


@pytest.fixture(scope="module")
def copy(sample_warehouse, tmp_path_factory):
    """Connection to a copy of the working database of the sample."""
    file = tmp_path_factory.mktemp("broken") / "work.duckdb"
    shutil.copy(sample_warehouse / "work.duckdb", file)
    with duckdb.connect(file) as con:
        yield con


@pytest.mark.parametrize("name", names_of_tests())
def test_a_data_test_fails_on_rows_that_break_its_rule(name, sample_warehouse, copy):
    compiled = next((sample_warehouse / "target/compiled").rglob(f"{name}.sql")).read_text("utf-8")
    copy.execute("begin")
    try:
        assert copy.execute(compiled).fetchall() == []
        for statement in BREAK[name].split(";"):
            copy.execute(statement)
        assert copy.execute(compiled).fetchall() != []
    finally:
        copy.execute("rollback")
