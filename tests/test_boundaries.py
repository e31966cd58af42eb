"""Boundaries: every reorganisation since 2009, on the official files."""

import duckdb
import pytest

from pipeline.settings import PROJECT

from .conftest import seed

COUNT = "looked_after_count"


def values(mart, policy: str, first: int, last: int, indicator: str, year: int) -> dict[str, tuple]:
    """Value, parts and status of every area of a policy, by its code."""
    rows = mart.execute(
        "select area_code, value, parts, status, parts_left_out from indicator_by_boundary(?, ?, ?) "
        "where indicator_code = ? and year = ?",
        [policy, first, last, indicator, year],
    ).fetchall()
    assert len({code for code, *_ in rows}) == len(rows)
    return {code: tuple(rest) for code, *rest in rows}


def reported(mart, indicator: str, year: int) -> dict[str, float]:
    return dict(
        mart.execute(
            "select la_code, value from fct_indicator where indicator_code = ? and year = ?",
            [indicator, year],
        ).fetchall()
    )


def test_every_succession_has_both_its_authorities_and_whole_means_one_successor():
    rows = seed("reference/la_successions")
    wholes = [r["predecessor_code"] for r in rows if r["extent"] == "whole"]
    for code in wholes:
        assert [r["predecessor_code"] for r in rows].count(code) == 1


def test_as_reported_is_the_mart_and_a_policy_that_is_none_is_refused(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.sql(
            "select count(*), count(*) filter (where is_merged) "
            "from indicator_by_boundary('as_reported', null, null)"
        ).fetchone() == (mart.sql("select count(*) from fct_indicator").fetchone()[0], 0)
        for policy in ("'curent'", "null"):
            with pytest.raises(duckdb.Error, match="as_reported, current or constant"):
                mart.sql(f"from indicator_by_boundary({policy}, null, null)").fetchall()


# old authorities, new ones, last year of the old (31 March)
REORGANISATIONS = [
    (["835", "836", "837"], ["838", "839"], 2019),
    (["928"], ["940", "941"], 2021),
    (["909"], ["942", "943"], 2023),
]


@pytest.mark.real
@pytest.mark.parametrize(("old", "new", "last_year"), REORGANISATIONS, ids=["Dorset", "Northants", "Cumbria"])
def test_a_constant_area_is_its_authorities_on_both_sides_of_the_change(old, new, last_year, official_mart):
    area = "+".join(new)
    for year, codes in ((last_year - 1, old), (last_year, old), (last_year + 1, new), (last_year + 2, new)):
        was = reported(official_mart, COUNT, year)
        value, parts, status, _ = values(
            official_mart, "constant", last_year - 2, last_year + 2, COUNT, year
        )[area]
        assert (value, parts, status) == (sum(was[c] for c in codes), " ".join(codes), "published")
        rates = values(official_mart, "constant", last_year - 2, last_year + 2, "looked_after_per_10k", year)
        children = official_mart.execute(
            "select sum(numerator), sum(denominator) from fct_indicator where indicator_code = "
            "'looked_after_per_10k' and year = ? and list_contains(?, la_code)",
            [year, codes],
        ).fetchone()
        if len(codes) > 1 and None not in children:
            assert rates[area][0] == pytest.approx(10000 * children[0] / children[1])


@pytest.mark.real
@pytest.mark.parametrize(("old", "new", "last_year"), REORGANISATIONS, ids=["Dorset", "Northants", "Cumbria"])
def test_a_span_that_the_change_is_not_in_keeps_the_authorities(old, new, last_year, official_mart):
    before = values(official_mart, "constant", last_year - 3, last_year, COUNT, last_year)
    after = values(official_mart, "constant", last_year + 1, 2025, COUNT, last_year + 1)
    assert set(old) <= set(before)
    assert set(new) <= set(after)


@pytest.mark.real
def test_todays_boundaries_put_poole_with_bournemouth_and_split_no_county(official_mart):
    was = reported(official_mart, COUNT, 2018)
    now = values(official_mart, "current", 2018, 2018, COUNT, 2018)
    assert now["839"] == (was["836"] + was["837"], "836 837", "published", "835")
    assert now["835"] == (was["835"], "835", "published", None)
    for code in ("928", "909"):
        assert now[code][0] == was[code]
    for code in ("836", "837", "838", "940", "941", "942", "943"):
        assert code not in now
    scores = values(official_mart, "current", 2018, 2018, "imd_average_score", 2018)
    assert scores["839"][::2] == (None, "not_additive")


@pytest.mark.real
def test_bedfordshire_and_cheshire_of_2009(official_mart):
    """Their last year is 2008-09, in section 251 alone."""
    rows = official_mart.sql(
        "select area_code, parts, value from indicator_by_boundary('constant', 2009, 2012) "
        "where indicator_code = 's251_net_total_gbp' and year = 2010 and is_merged order by 1"
    ).fetchall()
    was = reported(official_mart, "s251_net_total_gbp", 2010)
    assert [(c, p) for c, p, _ in rows] == [("822+823", "822 823"), ("895+896", "895 896")]
    sums = [was["822"] + was["823"], was["895"] + was["896"]]
    assert [v for *_, v in rows] == [round(it, 6) for it in sums]
    old = official_mart.sql(
        "select area_code, parts from indicator_by_boundary('constant', 2009, 2012) "
        "where indicator_code = 's251_net_total_gbp' and year = 2009 and parts in ('820', '875') order by 1"
    ).fetchall()
    assert old == [("822+823", "820"), ("895+896", "875")]


@pytest.mark.real
def test_workforce_sees_new_authorities_a_year_early(official_mart):
    """30 September 2019 is in the LA-year 2019: its constant areas to 2019 cross the change of Dorset."""
    workers = values(official_mart, "constant", 2017, 2019, "social_workers_fte", 2019)
    assert workers["838+839"][1] == "838 839"
    assert "835" in values(official_mart, "constant", 2017, 2019, COUNT, 2019)


@pytest.mark.real
def test_a_joint_return_stands_for_the_constant_area_of_its_members(official_mart):
    joint = reported(official_mart, "social_workers_fte", 2022)["940 / 941"]
    area = values(official_mart, "constant", 2017, 2025, "social_workers_fte", 2022)
    assert area["940+941"][:2] == (joint, "940 / 941")
    assert "940 / 941" not in area
    assert area["314 / 318"][0] == reported(official_mart, "social_workers_fte", 2022)["314 / 318"]


@pytest.mark.real
def test_a_new_ons_code_alone_changes_nothing(official_mart):
    codes = [r["la_code"] for r in seed("reference/la_ons_codes")]
    renamed = {c for c in codes if codes.count(c) > 1}
    assert {"825", "815", "933", "390", "929"} <= renamed
    for policy in ("current", "constant"):
        assert official_mart.execute(
            "select count(*) from indicator_by_boundary(?, null, null) as area "
            "left join fct_indicator as fact "
            "on area.area_code = fact.la_code and area.year = fact.year "
            "and area.indicator_code = fact.indicator_code "
            "where list_contains(?, area.area_code) and (fact.la_code is null or area.is_merged "
            "or area.value is distinct from fact.value or area.status <> fact.status)",
            [policy, sorted(renamed)],
        ).fetchone() == (0,)


@pytest.mark.real
@pytest.mark.parametrize(("first", "last"), [(2013, 2025), (2019, 2020), (2010, 2018), (None, None)])
def test_england_is_the_same_under_the_three_policies(first, last, official_mart):
    sums = [
        dict(
            ((i, y), v)
            for i, y, v in official_mart.execute(
                "select indicator_code, year, coalesce(sum(known_value), 0) "
                "from indicator_by_boundary(?, ?, ?) inner join dim_indicator using (indicator_code) "
                "where aggregation = 'sum' and (joint_code is null or joint_code = area_code) group by all",
                [policy, first, last],
            ).fetchall()
        )
        for policy in ("as_reported", "current", "constant")
    ]
    assert len(sums[0]) > 100
    assert sums[1] == pytest.approx(sums[0])
    assert sums[2] == pytest.approx(sums[0])


@pytest.mark.real
def test_the_panel_of_the_worked_query_is_balanced(official_mart):
    sql = (PROJECT / "analyses/a_balanced_panel.sql").read_text("utf-8")
    panel = official_mart.execute(sql).df()
    years = panel.groupby("area_code")["year"].agg(["min", "max", "count"])
    assert (years["count"] == 13).all()
    assert len(years) == 150
    for year, total in panel.groupby("year")["value"].sum().items():
        was = sum(v for v in reported(official_mart, COUNT, year).values() if v is not None)
        assert total == was
