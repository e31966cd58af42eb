"""The unit tests of dbt hold, and each fails when the rule it tests is broken."""

import gc
import shutil

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipeline.settings import PROJECT, SAMPLE

CALENDAR = "a_period_stands_in_the_la_year_its_calendar_says"
AREA = "an_area_is_what_level_code_and_name_say_together"
SYMBOL = "a_figure_may_have_thousands_separators_and_a_symbol_is_of_its_edition"
POPULATION = "rates_are_on_the_population_of_their_release"
BORROWED = "an_edition_borrows_the_population_its_rates_are_on"
SUPPRESSED = "a_suppressed_component_gives_a_suppressed_share"
FIRST = "the_first_formula_that_has_a_figure_decides"
DIFFERENCE = "a_difference_subtracts"
PUBLISHED = "a_published_value_is_kept_as_published"
RETURNS = "an_indicator_is_fed_by_its_returns_alone"
JOINT = "a_joint_return_shares_its_rates_and_not_its_counts"
MEMBER = "a_member_s_own_figure_stands_and_else_the_share"
LATEST = "the_latest_edition_decides_its_status_included_and_who_is_absent_is_not_returned"
TOTAL = "a_total_follows_from_its_authorities_within_what_is_suppressed"
INSPECTED = "an_inspection_is_of_the_authority_of_that_name_on_that_date"
IN_FORCE = "a_judgement_is_in_force_from_its_publication_and_not_handed_on"
ITEM = "the_latest_edition_decides_an_inspection_item_by_item"
DIVIDED = "spending_is_divided_by_what_was_known_when_it_came_out"
PRICES = "an_amount_stands_in_the_prices_of_the_year_whose_deflator_is_100_too"
ROUNDING = "a_revision_may_be_within_rounding"
KNOWN = "an_edition_is_known_from_its_publication"
REPRINTED = "a_figure_is_compared_with_the_last_edition_that_printed_it"
BOUNDARY = "who_was_taken_over_whole_counts_with_the_successor"
GROUP = "the_social_care_group_is_part_of_the_series"
RANK = "ranks_and_bands_are_those_of_lait"
PUT_TOGETHER = "an_area_is_as_published_and_else_put_together"
TREND = "a_change_or_trend_is_judged_where_it_can_be"
FUNNEL = "a_funnel_tells_by_polarity_who_differs_from_england"
WORSE = "an_authority_is_worse_and_worsening_if_it_is_both"

INTERMEDIATE, MARTS, MACROS = "models/intermediate/", "models/marts/", "dbt_project/macros/"

# One round breaks a rule in several models at once: the file, what stands there, what then stands there,
# the unit tests that must fail.
ROUNDS = [
    [
        (
            INTERMEDIATE + "int_published_cell.sql",
            "coalesce(series_calendars.year_offset, return_calendars.year_offset)", "0", {CALENDAR},
        ),
        (
            INTERMEDIATE + "int_area.sql",
            "published.published_code = joint_returns.joint_code", "false", {AREA},
        ),
        (INTERMEDIATE + "int_cell.sql", "replace(raw_text, ',', '')", "raw_text", {SYMBOL}),
        (
            INTERMEDIATE + "int_rate_population.sql",
            "coalesce(rate_populations.population_year, rate_years.year)", "rate_years.year", {POPULATION},
        ),
        (
            INTERMEDIATE + "int_formula_value.sql",
            "{{ worst_status('components.status') }}", "'published'", {SUPPRESSED, FIRST},
        ),
        (
            INTERMEDIATE + "int_indicator_edition.sql",
            "string_split(indicators.source_returns, ' ')",
            "[coalesce(published.return_name, computed.return_name)]", {RETURNS},
        ),
        (
            INTERMEDIATE + "int_member_share.sql",
            "if(indicators.is_amount, null, joint.value)", "joint.value", {JOINT},
        ),
        (INTERMEDIATE + "int_reconciliation.sql", "and 5 * (", "and 6 * (", {TOTAL}),
        (MACROS + "flat_cells.sql", "nullif(rows_placed.series_keys, '')", "null", {GROUP}),
        (
            MARTS + "fct_indicator_edition.sql",
            "placed.joint_code is not null desc", "placed.joint_code is null desc", {MEMBER},
        ),
        (
            MACROS + "indicator_as_of.sql",
            "{{ newest_first() }}", "value desc nulls last", {LATEST},
        ),
        (
            INTERMEDIATE + "int_rank.sql",
            "if(figures.polarity = 'high', -figures.value, figures.value)", "figures.value", {RANK},
        ),
        (
            INTERMEDIATE + "int_area_benchmark.sql",
            "put_together.n_counted >= 0.95 *", "put_together.n_counted >= 0.5 *", {PUT_TOGETHER},
        ),
        (
            INTERMEDIATE + "int_trend.sql",
            "when list_contains(windowed.break_years, windowed.year) then 'break_in_series'\n", "", {TREND},
        ),
        (INTERMEDIATE + "int_funnel.sql", "> chance.funnel_upper_99_8", "> 1000", {FUNNEL}),
        (MARTS + "fct_benchmark.sql", "and ranks.band = 'D'", "", {WORSE}),
    ],
    [
        (
            INTERMEDIATE + "int_published_cell.sql",
            "2000 + try_cast(right(cells.published_period, 2)",
            "try_cast(left(cells.published_period, 4)", {CALENDAR},
        ),
        (
            INTERMEDIATE + "int_area.sql",
            "published.published_code = joint_rows.published_code", "false", {AREA},
        ),
        (
            INTERMEDIATE + "int_cell.sql",
            "numbers.edition_year between value_symbols.edition_from", "2022 between 0", {SYMBOL},
        ),
        (
            INTERMEDIATE + "int_rate_population.sql",
            "cells.edition = editions.return_name || '_' || editions.edition", "false", {POPULATION},
        ),
        (
            INTERMEDIATE + "int_formula_value.sql",
            "added_up('terms.sign * components.value', \"terms.part = 'numerator'\")",
            "added_up('components.value', \"terms.part = 'numerator'\")", {DIFFERENCE},
        ),
        (
            INTERMEDIATE + "int_indicator_edition.sql",
            "when published.status is not null then published.value\n", "", {PUBLISHED, RETURNS},
        ),
        (
            MARTS + "fct_indicator_edition.sql",
            "placed.year + calendars.authorities_offset", "placed.year", {MEMBER},
        ),
        (MACROS + "indicator_as_of.sql", "'not_returned'", "'suppressed'", {LATEST}),
        (MACROS + "half_a_step.sql", "{{ unit }} * greatest(", "9 * greatest(", {ROUNDING}),
        (MARTS + "dim_edition.sql", "order by known_on, ", "order by ", {KNOWN}),
        (
            MACROS + "indicator_by_boundary.sql",
            "merged.aggregation = 'sum' and merged.parts_status = 'published'", "merged.aggregation = 'sum'",
            {BOUNDARY},
        ),
        (
            INTERMEDIATE + "int_rank.sql",
            "cut < figures.value)) as quarter", "cut <= figures.value)) as quarter", {RANK},
        ),
        (INTERMEDIATE + "int_area_benchmark.sql", "known_on <= {{ as_of() }}", "true", {PUT_TOGETHER}),
        (
            MACROS + "verdict.sql",
            "({{ difference }} > 0) =", "({{ difference }} < 0) =", {TREND, FUNNEL, WORSE},
        ),
    ],
    [
        (
            INTERMEDIATE + "int_published_cell.sql",
            "raw_file.edition_year - file_families.may_lag", "raw_file.edition_year", {CALENDAR},
        ),
        (
            INTERMEDIATE + "int_formula_value.sql",
            "order by status <> 'published', priority asc", "order by priority asc", {FIRST},
        ),
        (
            INTERMEDIATE + "int_component.sql",
            "populations.population_year = printed.year", "populations.year = printed.year", {BORROWED},
        ),
        (
            INTERMEDIATE + "int_shared_denominator.sql",
            "printed.known_on > borrowers.known_on,\n                list", "list", {DIVIDED},
        ),
        (
            INTERMEDIATE + "int_component.sql",
            "printed.value * deflators.to_constant_prices", "printed.value", {PRICES},
        ),
        (MACROS + "indicator_as_of.sql", "is_derived and status = 'not_available', ", "", {LATEST}),
        (
            INTERMEDIATE + "int_reprinted_cell.sql",
            "order by known_on, edition_year, edition", "order by edition", {REPRINTED},
        ),
        (INTERMEDIATE + "int_printed_inspection.sql", "printed.inspection_started_on, ", "", {INSPECTED}),
        (MACROS + "judgement_in_force.sql", "published_on <= {{ known_on }}", "true", {IN_FORCE}),
        (MARTS + "fct_inspection.sql", "(cells.text, printed", "(cells.text, -printed", {ITEM}),
        (INTERMEDIATE + "int_reconciliation.sql", "n_suppressed - rounding - 1e-6", "-9", {TOTAL}),
        (
            INTERMEDIATE + "int_rank.sql",
            "least(placed.place, chance.rank_low_95)", "chance.rank_low_95", {RANK},
        ),
        (
            INTERMEDIATE + "int_area_benchmark.sql",
            "filter (value is null and not is_member)", "filter (value is null)", {PUT_TOGETHER},
        ),
        (INTERMEDIATE + "int_trend.sql", "if(windowed.is_carried, 'carried', null)", "null", {TREND}),
        (INTERMEDIATE + "int_funnel.sql", "where counted.numerator is not null", "", {FUNNEL}),
        (MACROS + "neighbours_reason.sql", "when {{ n }} is null then 'no_list'\n", "", {WORSE}),
    ],
]  # fmt: skip


def failed_unit_tests(folder, warehouse, monkeypatch) -> set[str]:
    """Run the unit tests of the project in `folder` on a warehouse; return the names that failed."""
    monkeypatch.setenv("RAW_DIR", str(SAMPLE))
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    asked = [
        "--quiet", "test", "--select", "test_type:unit",
        "--project-dir", str(folder), "--profiles-dir", str(folder),
        "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
    ]  # fmt: skip
    outcome = dbtRunner(callbacks=[]).invoke(asked)
    DuckDBConnectionManager.close_all_connections()
    gc.collect()
    results = outcome.result.results
    assert {r.status for r in results} <= {"pass", "fail"}, outcome.exception
    assert len(results) > 10, outcome.exception
    return {r.node.name for r in results if r.status == "fail"}


@pytest.fixture(scope="module")
def project(sample_warehouse, tmp_path_factory):
    """A copy of the dbt project, and of a built warehouse beside it."""
    beside = tmp_path_factory.mktemp("rules")
    folder = beside / "project"
    for name in ("models", "seeds", "analyses", "dbt_project"):
        shutil.copytree(PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, folder / name)
    (beside / "warehouse").mkdir()
    shutil.copy(sample_warehouse / "work.duckdb", beside / "warehouse")
    shutil.copytree(sample_warehouse / "cache", beside / "warehouse/cache")
    return folder, beside / "warehouse"


def test_the_rules_hold(project, monkeypatch):
    assert failed_unit_tests(*project, monkeypatch) == set()


@pytest.mark.parametrize("breaks", ROUNDS, ids=["first", "second", "third"])
def test_a_broken_rule_fails_its_unit_test(breaks, project, monkeypatch):
    folder, warehouse = project
    for name, old, new, _ in breaks:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new), "utf-8")
    failed = failed_unit_tests(folder, warehouse, monkeypatch)
    for name, *_ in breaks:
        shutil.copy(PROJECT / name, folder / name)
    assert failed == set().union(*(names for *_, names in breaks))


def test_every_rule_is_broken_in_some_round():
    files = [yaml.safe_load(p.read_text("utf-8")) for p in (PROJECT / "models").rglob("*unit_tests.yml")]
    assert {t["name"] for f in files for t in f["unit_tests"]} == {
        name for breaks in ROUNDS for *_, names in breaks for name in names
    }
