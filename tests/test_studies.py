"""The two studies from the mart, and how printed and reproduced figures are held against each other."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from python_stats import (
    association,
    figures,
    la_valle_2016,
    mart,
    models,
    ofsted_45,
    panels,
    rankings,
    report,
    studies,
)
from python_stats.__main__ import main
from python_stats.asked import Asked
from python_stats.commands import compare, model
from python_stats.results import (
    SYNTHETIC,
    Part,
    Result,
    drawn,
    html,
    markdown,
    show,
    shown,
    slug,
    write,
    write_csv,
)

from .conftest import NO_WARNINGS, seed


@pytest.fixture
def on_sample(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))


@pytest.fixture
def on_official(official_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(official_warehouse))


# ----------------------------------------------------------------- printed beside reproduced


@pytest.mark.parametrize(
    ("printed", "reproduced", "expected"),
    [
        ("-.364", -0.3638, "exact"),
        ("-.364", 0.3638, "opposite sign"),
        (".690", 0.6902, "exact"),
        (".690", 0.6906, "near"),
        ("59", 48, "not reproduced"),
        ("59", 54, "near"),
        ("0", 0, "exact"),
        ("0", 1, "not reproduced"),
        (".1", float("nan"), "not reproduced"),
    ],
)
def test_a_verdict_goes_by_the_printed_digits(printed, reproduced, expected):
    assert studies.verdict(printed, reproduced) == expected


def test_every_printed_figure_needs_one_that_was_computed():
    results = pd.DataFrame(
        [["T", "1", "", "r", ".5", "why"]], columns=[*studies.KEY[:2], "label", "statistic", "printed", "why"]
    )
    found = pd.DataFrame(
        [["T", "1", "r", 0.9, 7, "few"]], columns=[*studies.KEY, "reproduced", "n", "reason"]
    )
    out = studies.beside_printed(results, found, False).iloc[0]
    assert (out.verdict, out.why, out.n) == ("not reproduced", "few. why", 7)
    assert studies.beside_printed(results, found, True).why.iloc[0] == "few. The data are synthetic"
    assert studies.beside_printed(results.assign(printed=".9"), found, False).why.iloc[0] == ""
    held = studies.beside_printed(results, found, False)
    assert studies.beside_part(held, "More.").text.endswith("\n[1] few. why.\nMore.")
    with pytest.raises(ValueError, match="nothing was computed for: T / 2 / r"):
        studies.beside_printed(results.assign(item="2"), found, False)


# ----------------------------------------------------------------- who is among the extremes


def extremes(rule, end="best", polarity="low"):
    values = pd.DataFrame({"x": [1, 1, 1, 4, 5, 6, 7, 8, 9, np.nan]}, index=list("abcdefghij"))
    out = rankings.extremes(values, {"x": polarity}, end, 0.2, rule)
    return out, "".join(out.loc[out["is_in"], "la_code"])


def test_rules_of_the_best_and_the_worst_differ_in_their_ties():
    # PERCENTILE.INC of nine values at 0.2 is 1; a fifth of ten authorities is two.
    assert extremes("percentile")[1] == "abc"
    assert extremes("take-ties-in")[1] == "abc"
    assert extremes("take-ties-out")[1] == ""
    assert extremes("take-by-code")[1] == "ab"
    assert extremes("percentile", "worst")[1] == extremes("percentile", "best", "high")[1] == "hi"
    frame = extremes("percentile")[0]
    assert (frame.n.iloc[0], frame.n_in.iloc[0], len(frame)) == (9, 3, 9)
    for wrong in ({"end": "top"}, {"rule": "none"}, {"polarity": "none"}):
        with pytest.raises(ValueError, match="expected"):
            extremes(**({"rule": "percentile"} | wrong))


def test_appearances_count_authorities_without_any_too():
    values = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, np.nan]}, index=list("abc"))
    among = rankings.extremes(values, {"x": "low", "y": "high"}, share=0.34)
    out = rankings.appearances(among, ["a", "b", "c", "d"])
    assert out.set_index("la_code").times.to_dict() == {"a": 1, "b": 1, "c": 0, "d": 0}
    assert out.set_index("la_code").n.to_dict() == {"a": 2, "b": 2, "c": 1, "d": 0}
    assert rankings.appearance_counts(pd.Series([0, 2, 2])).n_authorities.tolist() == [1, 0, 2]


# ----------------------------------------------------------------- assessments overdue


def test_a_suppressed_late_band_is_what_the_total_leaves():
    bands = pd.DataFrame(
        0.0,
        index=["all known", "late hidden", "both hidden", "nobody"],
        columns=[*ofsted_45.EARLY, *ofsted_45.LATE, "all"],
    )
    bands.loc["all known", ["same_day", "61_plus_days", "all"]] = 80, 20, 100
    bands.loc["late hidden", ["same_day", "61_plus_days", "all"]] = 90, np.nan, 100
    bands.loc["both hidden", ["same_day", "1_to_10_days", "61_plus_days", "all"]] = np.nan, 50, np.nan, 100
    assert ofsted_45.overdue(bands).to_dict() == {
        "all known": 20,
        "late hidden": 10,
        "both hidden": 50,
        "nobody": 0,
    }


def test_what_suppressed_bands_leave_open_tells_the_possible_from_the_impossible():
    rng = np.random.default_rng(904)
    rated = rng.integers(1, 5, 60)
    frame = pd.DataFrame(
        {
            5: rng.permutation(60) + 1.0, 24: rng.uniform(60, 100, 60), 7: rng.uniform(0, 40, 60),
            "rating": rated, "is_high": (rated >= 3).astype(int),
        },
        index=[f"{code}" for code in range(60)],
    )  # fmt: skip
    bands = pd.DataFrame(10.0, frame.index, [*ofsted_45.EARLY, *ofsted_45.LATE]).assign(all=90.0)
    bands.loc["0", ["same_day", "61_plus_days"]] = np.nan
    bands.loc["1", ["same_day", "1_to_10_days", "46_to_50_days"]] = np.nan
    bands.loc["2", "same_day"] = bands.loc["3", "61_plus_days"] = np.nan  # the rest says how many
    bands.loc["4", ["same_day", "61_plus_days", "all"]] = np.nan, np.nan, 0
    ends = ofsted_45.left_open(frame, bands)
    assert (90 / 100 * ends).round(9).T.to_dict("list") == {"0": [20, 40], "1": [20, 50]}

    def at(most: float) -> float:
        filled = frame.assign(late=frame[7])
        filled.loc[ends.index, "late"] = ends["fewest"] + most * (ends["most"] - ends["fewest"])
        return association.correlate(filled, "rating", ["late"])["estimate"].iloc[0]

    key = {"place": "Correlations", "item": "7", "statistic": "rho", "label": ""}
    printed = [f"{at(0.5):.4f}", f"{at(0.5) + 0.3:.4f}"]
    results = pd.DataFrame([{**key, "printed": figure} for figure in printed])
    found = ofsted_45.possible(frame, ends, results)
    assert found["is_possible"].tolist() == [True, False]
    assert (found["lowest"] <= min(at(0), at(1))).all() and (found["highest"] >= max(at(0), at(1))).all()


# ----------------------------------------------------------------- the mart as panels


def test_a_panel_is_what_was_known_then_on_the_boundaries_asked(on_sample):
    code = "looked_after_per_10k"
    now = panels.load_panel([code], [2018, 2025])
    assert set(now.year) == {2018, 2025} and not now.duplicated(["la_code", "year"]).any()
    assert panels.wide(now).shape == (len(now), 1)
    then = panels.load_panel([code], [2018], as_of=date(2018, 12, 31))
    assert set(then.edition.dropna()) == {"2018"} and (then.known_on.dropna() <= "2018-12-31").all()
    current = panels.load_panel([code], [2018], boundary="current")
    assert {"836", "837"} <= set(now.la_code) and not {"836", "837"} & set(current.la_code)
    for arguments, said in (
        ((["nothing"], [2018]), "no indicator 'nothing'"),
        (([code], [1990]), "no figure of looked_after_per_10k in 1990"),
        (([code], []), "no indicator or no year"),
    ):
        with pytest.raises(mart.MartError, match=said):
            panels.load_panel(*arguments)
    with pytest.raises(mart.MartError, match="expected: as_reported, current, constant"):
        panels.load_panel([code], [2018], boundary="old")


def test_inspections_come_by_window(on_sample):
    out = panels.load_inspections(["SIF"], ["first"], published_to=date(2015, 12, 31))
    assert set(out.framework) == {"SIF"} and out.published_on.max() <= pd.Timestamp("2015-12-31")
    assert out.la_code.is_unique and out.overall_code.isin([1, 2, 3, 4]).all()
    with pytest.raises(mart.MartError, match="no inspection of SIF published from 2030-01-01"):
        panels.load_inspections(["SIF"], published_from=date(2030, 1, 1))


# ----------------------------------------------------------------- results


def result(**changes):
    table = pd.DataFrame({"la_name": ["A|B", "=1+1"], "p": [0.00001, np.nan], "n": [3, 4], "gone": ["", ""]})
    drawn, alt = figures.rating_distribution(pd.Series([1, 3, 3]))
    parts = [Part("Table 1: all", "<b>", table), Part("Drawn", "", figure=drawn, alt=alt)]
    return Result("it", "It & more", "lead", True, parts, **changes)


def test_a_result_says_the_same_everywhere_and_that_it_is_synthetic(tmp_path):
    assert slug("Table 1: all") == "table-1-all"
    page = html(result())
    assert page.count("SYNTHETIC DATA") == 2 and "&lt;b&gt;" in page and "It &amp; more" in page
    assert (
        'alt="Local authorities by rating: inadequate 1, requires improvement 0, good 2, outstanding 0."'
        in page
    )
    assert "&lt;0.0001" in page and "gone" not in page and "http" not in page.replace("http-equiv", "")
    text = markdown(result())
    assert "| A\\|B | <0.0001 | 3 |" in text and "SYNTHETIC" in text and "(it-drawn.svg)" in text
    assert html(result()) == page
    real = replace(result(), is_synthetic=False)
    for one in (result(), real):
        title = drawn(one.parts[1], one).partition(b"<dc:title>")[2].partition(b"</dc:title>")[0]
        assert title.startswith(SYNTHETIC.encode()) == one.is_synthetic and b"inadequate 1" in title
    # The words are drawn too.
    assert len(drawn(one.parts[1], result())) > len(drawn(one.parts[1], real)) + 10_000


def test_a_table_without_rows_keeps_its_title_and_says_so(tmp_path, capsys):
    empty = pd.DataFrame(columns=["term", "p"])
    parts = [Part("Terms", "no predictors", empty), Part("Steps", "", empty)]
    none = Result("it", "It", "lead", True, parts)
    show(none, Console())
    assert capsys.readouterr().out.split("\n")[3:8] == ["Terms", "no predictors", "", "Steps", "None."]
    assert "## Terms\n\nno predictors\n\n## Steps\n\nNone.\n" in markdown(none) and "|" not in markdown(none)
    assert '<p class="text">None.</p>' in html(none)
    # Nor is there a CSV, which could not say that the data are synthetic.
    for name in ("mine.csv", "it-steps.csv"):
        (tmp_path / name).write_text("of an earlier run", "utf-8")
    with pytest.raises(mart.MartError, match=r"mine\.csv: not written, as the first table has no rows"):
        write_csv(none, tmp_path / "mine.csv")
    write(none, tmp_path)
    assert [path.name for path in tmp_path.glob("*.csv")] == ["mine.csv"]
    assert "it-steps.csv: no such table, as it has no rows" in capsys.readouterr().err


def test_cells_are_shown_as_readers_read_them():
    assert shown(0.00001, "p", 3) == shown(1e-9, "p_holm", 3) == "<0.0001"
    assert shown(0.04321, "p", 3) == "0.0432"
    assert (shown(12.0, "n", 3), shown(2018, "year", 3), shown(1234.5, "value", 1)) == (
        "12",
        "2018",
        "1,234.5",
    )
    assert shown(-1e-12, "difference", 3) == "0.000"
    assert (shown(None, "x", 3), shown(float("nan"), "x", 3), shown("=1", "x", 3)) == ("", "", "=1")


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank", "--indicator", "convicted_pct", "--year", "2025"],
        ["associate", "--indicator", "convicted_pct", "--indicator", "sdq_average_score", "--year", "2025"],
        ["associate", "--indicator", "convicted_pct", "--year", "2025", "--method", "regression"],
        ["compare", "--indicator", "convicted_pct", "--year", "2025", "--framework", "ILACS"],
        ["model", "--indicator", "convicted_pct", "--indicator", "sdq_average_score", "--year", "2025"],
        ["model", "--indicator", "convicted_pct", "--year", "2025", "--kind", "stepwise"],
        [
            "model",
            "--indicator",
            "convicted_pct",
            "--year",
            "2025",
            "--kind",
            "ordinal",
            "--judgement",
            "leaders",
        ],
        ["la-valle-2016", "--ratings", "corrected", "--rule", "take-ties-in"],
        ["ofsted-45"],
    ],
    ids=" ".join,
)
@pytest.mark.filterwarnings(*NO_WARNINGS)
def test_every_command_gives_out_the_same_and_says_that_the_data_are_synthetic(
    arguments, on_sample, tmp_path, capsys
):
    to = [
        "--csv",
        str(tmp_path / "a.csv"),
        "--json",
        str(tmp_path / "a.json"),
        "--out",
        str(tmp_path / "out"),
    ]
    code = main([*arguments, *to])
    said = capsys.readouterr().out
    assert "SYNTHETIC DATA" in said and "nan" not in said.lower().replace("finan", "").replace(
        "maintenan", ""
    )
    told = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert told["is_synthetic"] and told["title"] in said
    n = len(next(iter(told["tables"].values())))
    assert (tmp_path / "a.csv").exists() == (n > 0) == (code == 0)
    if n:
        first = pd.read_csv(tmp_path / "a.csv")
        assert len(first) == n and first["is_synthetic"].all()
    written = sorted((tmp_path / "out").iterdir())
    assert {p.suffix for p in written} >= {".html", ".md", ".json", ".csv"}
    for path in written:
        if path.suffix in (".html", ".md", ".svg"):
            assert "SYNTHETIC DATA" in path.read_text("utf-8")
        if path.suffix == ".csv":
            assert pd.read_csv(path)["is_synthetic"].eq(True).any()


def test_json_goes_to_the_terminal_alone(on_sample, capsys):
    assert main(["rank", "--indicator", "convicted_pct", "--year", "2025", "--json", "-"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["is_synthetic"] and len(told["tables"]["ranking"]) == 153


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["associate", "--indicator", "convicted", "--year", "2025"], "no indicator 'convicted'"),
        (["compare", "--indicator", "convicted_pct", "--year", "1990"], "no figure of convicted_pct in 1990"),
        (
            ["model", "--indicator", "convicted_pct", "--year", "2025", "--published-from", "2040-01-01"],
            "no inspection of SIF, ILACS published from 2040-01-01",
        ),
        (
            ["change", "--indicator", "imd_average_score"],
            "so there is no movement\n  do: name another indicator",
        ),
    ],
)
def test_what_cannot_be_answered_is_one_message(arguments, message, on_sample, capsys):
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert message in said and "Traceback" not in said


OF_X = ["--indicator", "x", "--year", "2025"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", *OF_X, "--as-of", "2016-31-03"], "'2016-31-03' is no day"),
        (["chance", "--simulations", "0"], "'0' is no count"),
        *(
            ([name, "--seed", "-1"], "'-1' is no seed")
            for name in ("waves", "chance", "change", "reliability", "suppression", "predict")
        ),
        (["model", *OF_X, "--kind", "ordinal", "--interval", "profile"], "'profile' with --kind ordinal"),
    ],
)
def test_an_option_that_cannot_be_is_said(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and message in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["logistic", "stepwise", "ordinal"])
def test_a_model_says_that_it_takes_who_has_all_figures(kind, on_sample):
    asked = Asked(["convicted_pct", "sdq_average_score"], 2025)
    assert "an authority without all of the figures is left out" in model.model(asked, kind, "wald").lead
    assert "left out of that indicator alone" in compare.compare(asked).lead


@pytest.mark.parametrize("kind", ["logistic", "stepwise"])
def test_a_model_has_the_interval_asked_for(kind, on_sample, monkeypatch):
    frame = pd.DataFrame({"x": np.arange(12.0), "rating": [1, 2, 2, 1, 3, 2, 2, 3, 4, 3, 3, 4]})
    monkeypatch.setattr(model, "chosen", lambda *_: (frame, {}, ""))
    terms = model.model(Asked(["x"], 2025), kind, "profile").parts[0].table
    assert set(terms["method"]) == {models.INTERVALS["profile"]} and len(terms) == 2


# ----------------------------------------------------------------- La Valle et al. (2016), official files

# Table A2a: unsigned R and p as printed, n, and the corrected correlation.
A2A = {
    2: (0.05072353, 0.652922, 81, 0.011), 3: (0.010736985, 0.923729, 82, -0.030),
    4: (0.35181615, 0.001475, 79, 0.374), 6: (0.187421372, 0.138075, 64, -0.187),
    7: (0.136037979, 0.336242, 52, -0.136), 9: (0.011249889, 0.924211, 74, -0.011),
    10: (0.042843958, 0.700546, 83, -0.059), 11: (0.158428602, 0.155141, 82, 0.199),
    12: (0.184723557, 0.094562, 83, -0.196), 13: (0.112336769, 0.311959, 83, -0.120),
    14: (0.417130524, 0.000118, 80, -0.438),
}  # fmt: skip
SIGNS = {2: 1, 3: 1, 4: 1, 5: 1, 6: -1, 7: -1, 8: 1, 9: -1, 10: -1, 11: 1, 12: -1, 13: -1, 14: -1}


@pytest.fixture(scope="module")
def la_valle(official_warehouse):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DIR", str(official_warehouse))
        return {which: la_valle_2016.report(which).tables for which in la_valle_2016.RATINGS}


def test_the_note_on_counts_is_true_of_every_rule():
    whys = [row["why"] for row in seed("published/study_results") if row["place"] in ("Table 1", "Table 3")]
    assert len(whys) == 11 and all("percentile gives the lists" in why for why in whys)


def test_a_rule_that_leaves_an_authority_out_says_how_often_it_has_it():
    often = {"best": pd.DataFrame({"la_code": ["a", "b"], "times": [3, 5]})} | {
        "worst": pd.DataFrame({"la_code": ["a"], "times": [0]})
    }
    a2a = pd.DataFrame(columns=["variable_no", "n", "multiple_r", "p", "reason"])
    rows = la_valle_2016.found(a2a, pd.Series([1, 3]), often).query("statistic == 'listed'")
    assert rows[["place", "item", "reproduced"]].to_numpy().tolist() == [
        ["Table 2", "a", 0],
        ["Table 2", "b", 1],
        ["Table 4", "a", 0],
    ]
    assert rows["reason"].iloc[0] == (
        "By this rule it is among the best 10% on 3 indicators: too few for the list"
    )


def without_a_why(beside: pd.DataFrame) -> list[str]:
    return beside.loc[beside["verdict"].ne("exact") & beside["why"].eq(""), "label"].tolist()


def test_the_sample_s_counts_and_picture_say_whose_ratings_they_are(on_sample):
    out = la_valle_2016.report()
    said = {part.title: part.text for part in out.parts}
    assert "The printed counts are those of Ofsted's own ratings" in said["Ratings of the sample"]
    assert not without_a_why(out.tables["printed-beside-reproduced"])


@pytest.mark.real
def test_no_verdict_but_exact_is_without_a_why_and_the_default_lists_best(on_official):
    off, wrong = {}, {}
    for rule in rankings.EXTREME_RULES:
        for which in la_valle_2016.RATINGS:
            part = la_valle_2016.report(which, rule).parts[0]
            beside = part.table
            assert not without_a_why(beside), (which, rule)
            assert beside["why"].str.contains("Kingston upon Thames as Ofsted").sum() == (
                16 if which == "corrected" else 0
            )
        off[rule] = beside.loc[beside["statistic"].eq("n_authorities"), "difference"].abs().sum()
        others = part.text.partition("not printed: ")[2]
        wrong[rule] = (beside["statistic"].eq("listed") & beside["verdict"].ne("exact")).sum(), others
    assert off == {"percentile": 46, "take-ties-in": 65, "take-ties-out": 58, "take-by-code": 38}
    assert wrong == {
        "percentile": (0, "Table 2: Westminster."),
        "take-ties-in": (0, "Table 2: Westminster, Ealing; Table 4: West Berkshire."),
        "take-ties-out": (6, "Table 2: Westminster."),
        "take-by-code": (4, "Table 2: Westminster, Ealing."),
    }


@pytest.mark.real
def test_eleven_regressions_of_la_valle_come_out_to_every_digit(la_valle):
    table = la_valle["as-published"]["table-a2a-ratings-as-published"].set_index("variable_no")
    for number, (r, p, n, _) in A2A.items():
        row = table.loc[number]
        assert (abs(row.multiple_r - r) < 5e-9, abs(row.p - p) < 5e-7, row.n) == (True, True, n), number
    assert {number: int(np.sign(table.r[number])) for number in SIGNS} == SIGNS
    assert (round(table.r[5], 3), round(table.r[8], 3), table.n[5], table.n[8]) == (0.117, 0.007, 70, 79)
    beside = la_valle["as-published"]["printed-beside-reproduced"]
    a2a = beside[beside.place == "Table A2a"]
    assert a2a.groupby("verdict").size().to_dict() == {"exact": 22, "not reproduced": 2}
    first = a2a[a2a.item == "1"]
    assert first.verdict.eq("not reproduced").all() and first.why.str.contains("19 of the 83").all()


@pytest.mark.real
def test_with_kingston_as_rated_by_ofsted_two_indicators_survive_correction(la_valle):
    table = la_valle["corrected"]["table-a2a-ratings-corrected"].set_index("variable_no")
    for number, (_, _, _, r) in A2A.items():
        assert round(table.r[number], 3) == r, number
    assert round(table.p[4], 4) == 0.0007 and round(table.p[14], 5) == 0.00005
    assert table.index[table.p_holm < 0.05].tolist() == [4, 14]


@pytest.mark.real
def test_the_named_rule_finds_the_six_worst_and_the_six_best_among_seven(la_valle):
    tables = la_valle["as-published"]
    counts = tables["tables-1-and-3-authorities-by-times-among-the-best-and-the-worst-10"]
    assert counts.n_authorities_best.tolist() == [48, 49, 36, 12, 5, 2]
    assert counts.n_authorities_worst.dropna().tolist() == [59, 51, 24, 12, 6]
    worst = set(tables["table-4-worst-4-times-or-more"].local_authority)
    assert worst == {
        "Central Bedfordshire",
        "East Sussex",
        "Leicester",
        "Plymouth",
        "Reading",
        "Worcestershire",
    }
    best = set(tables["table-2-best-4-times-or-more"].local_authority)
    assert best - {"Westminster"} == {
        "Brighton and Hove", "Lambeth", "Salford", "Cheshire West and Chester", "Croydon", "Sandwell",
    }  # fmt: skip


# ----------------------------------------------------------------- 45 indicators, official files


@pytest.fixture(scope="module")
def of_45(official_warehouse):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DIR", str(official_warehouse))
        return ofsted_45.report().tables


@pytest.mark.real
def test_the_second_study_s_figures_come_out(of_45):
    """The reproduced column: signs included, to the digits given."""
    beside = of_45["printed-beside-reproduced"].set_index(studies.KEY).reproduced
    rho = {
        "1": -0.3445, "2": -0.4032, "4": -0.3942, "1 x 2": 0.6902, "1 x 4": 0.5873, "2 x 4": 0.5542,
        "3": -0.283, "1 x 3": 0.633, "2 x 3": 0.601, "3 x 4": 0.723, "7": -0.330, "24": 0.3638,
        "10": 0.014, "5": -0.430, "6": -0.463, "5 x 6": 0.500,
    }  # fmt: skip
    for item, expected in rho.items():
        digits = len(str(expected).partition(".")[2])
        assert round(beside["Correlations", item, "rho"], digits) == expected, item
    assert round(beside["Correlations", "24", "p"], 4) == 0.0119
    assert round(beside["Correlations", "7", "p"], 3) == 0.023
    groups = [round(beside["Groups", "6", s], 2) for s in ("mean_low", "sd_low", "mean_high", "sd_high", "t")]
    assert groups == [845.40, 200.76, 695.76, 170.63, 2.75]
    assert [beside["Groups", third, "n"] for third in "123"] == [10, 8, 5]
    fitted = beside["Logistic model"]
    assert [round(fitted[v, s], 3) for v in ("5", "24") for s in ("B", "SE", "odds_ratio")] == [
        -0.090, 0.032, 0.914, 0.098, 0.046, 1.103,
    ]  # fmt: skip
    assert round(fitted["all", "nagelkerke"], 3) == 0.453
    # The filling of four suppressed bands is not written down: -.065 and 19.515 with another.
    assert abs(fitted["7", "B"] + 0.065) < 0.001 and abs(fitted["all", "chi2"] - 19.515) < 0.02
    open_ = of_45["what-suppressed-assessments-leave-open"].set_index(studies.KEY)
    for key, expected in ((("7", "B"), -0.065), (("all", "chi2"), 19.515)):
        assert open_.lowest["Logistic model", *key] < expected < open_.highest["Logistic model", *key]
    parts = of_45["the-overall-rating-and-its-parts"].set_index("indicator").estimate.round(3)
    assert parts.to_dict() == {"leaders": 0.909, "help and protection": 0.861, "children in care": 0.875}


@pytest.mark.real
def test_the_second_study_s_verdicts_and_sample(of_45):
    beside = of_45["printed-beside-reproduced"].set_index(studies.KEY)
    assert beside.verdict["Correlations", "24", "rho"] == "opposite sign"
    assert (beside.verdict["Correlations"].loc["10"] == "not reproduced").all()
    exact = [("Correlations", item, "rho") for item in ("1", "2", "4", "1 x 2", "1 x 4", "2 x 4")]
    assert beside.verdict.loc[exact].eq("exact").all() and beside.verdict["Sample"].eq("exact").all()
    # Suppressed counts may be why the study's correlation is another; the model's fit and dental checks not.
    open_ = of_45["what-suppressed-assessments-leave-open"].set_index(studies.KEY).sort_index()
    is_possible = open_.is_possible
    assert open_.loc[("Correlations", "7", "rho"), ["lowest", "highest"]].astype(float).round(3).tolist() == [
        -0.358, -0.326,
    ]  # fmt: skip
    assert is_possible["Correlations", "7"].all() and is_possible["Logistic model", "7", "B"]
    assert not is_possible["Logistic model", "all", "chi2"] and not is_possible["Logistic model", "24", "B"]
    # Whatever is not exact says why.
    assert beside.why[beside.verdict != "exact"].ne("").all()
    sample = of_45["sample"]
    assert len(sample) == 47 and sample.framework.value_counts().to_dict() == {"ILACS": 41, "SIF": 6}
    two_categories = of_45["low-rated-against-high-rated"]
    assert set(two_categories.kind) == {"student", "welch"} and len(two_categories) == 90
    n = of_45["correlations-of-45-variables-with-the-rating"].set_index("variable_no").n
    assert (n[7], n[20], n[30], n[34], n[45]) == (47, 29, 7, 22, 26)


# ----------------------------------------------------------------- every analysis on one page


def test_the_report_puts_the_answer_first_and_every_table_behind(on_sample, monkeypatch, tmp_path, capsys):
    verdicts = pd.DataFrame({"variable": ["Agency", "Missing"], "verdict": ["holds", "never there"]})
    drawn, alt = figures.rating_distribution(pd.Series([1, 3]))
    parts = [Part("Verdicts", "", verdicts), Part("Drawn", "seen", figure=drawn, alt=alt)]
    found = {
        "waves": Result("waves", "Waves", "Does it? In part.", True, parts),
        "prediction": Result("predict", "Foretold", "Do they? Yes, weakly.\nMore.", True, parts[:1]),
    }
    analyses = {
        name: report.Analysis(f"Question {name}?", lambda result=result: result)
        for name, result in found.items()
    }
    monkeypatch.setattr(report, "ANALYSES", analyses)
    assert main(["report", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.index("Yes, weakly.") < said.index("wave after wave: agency.") < said.index("Question waves?")
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<details>") == 2 and "Question waves? Verdicts" in page and alt in page
    assert "SYNTHETIC" in said and "SYNTHETIC" in page
    tables = json.loads((tmp_path / "report.json").read_text("utf-8"))["tables"]
    assert list(tables) == ["question-waves-verdicts", "question-prediction-verdicts"]


@pytest.mark.slow
@pytest.mark.real
def test_the_report_of_the_official_files_answers_every_question(on_official):
    out = report.report()
    assert [part.title for part in out.parts if part.title in {a.question for a in report.ANALYSES.values()}]
    assert len(out.tables) > 30 and not out.is_synthetic and "wave after wave: none" not in out.lead
