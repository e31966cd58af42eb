"""Names and codes of authorities however they are typed, and looking up what the mart calls things."""

import json

import duckdb
import pytest

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.names import LAST, matches, one_authority


@pytest.fixture(scope="module")
def authorities(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as con:
        return con.table("dim_local_authority").df().set_index("la_code")


@pytest.fixture(autouse=True)
def on_sample(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("355", "355"), (" 355 ", "355"), ("E08000006", "355"), ("e08000006", "355"), ("salford", "355"),
        ("SALFORD", "355"), ("Sálford", "355"), ("salf", "355"),
        ("St Helens", "342"), ("St. Helens", "342"), ("st-helens", "342"), ("St Helens MBC", "342"),
        ("E06000048", "929"),  # the code that Northumberland had until 2013
        ("City of Bristol", "801"), ("bristol", "801"), ("hull", "810"), ("stoke", "861"),
        ("hammersmith & fulham", "205"), ("Hammersmith and Fulham", "205"),
        ("northamptonshire", "928"), ("314 / 318", "314 / 318"), ("314", "314"),
        ("richmond", "318"),  # not what it returns jointly with Kingston
    ],
)  # fmt: skip
def test_one_authority_is_meant(typed, code, authorities):
    assert one_authority(typed, authorities) == code


def test_every_name_and_code_of_the_mart_is_its_own(authorities):
    for code, row in authorities.iterrows():
        assert one_authority(code, authorities) == code
        if isinstance(row["ons_code"], str):
            assert one_authority(row["ons_code"], authorities) == code
        assert code in matches(row["la_name"], authorities)[0]


def test_a_year_tells_two_of_one_name_apart(authorities):
    assert one_authority("dorset", authorities, 2018) == "835"
    assert one_authority("dorset", authorities, LAST) == "838"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("dorset", ["several", "835 Dorset (to 2019)", "838 Dorset (from 2020)", "three-digit code"]),
        ("kingston", ["several", "314 Kingston upon Thames", "810 Kingston upon Hull"]),
        ("north", ["several", "392 North Tyneside", "940 North Northamptonshire (from 2022)"]),
        ("Salfrd", ["no authority", "355 Salford", "la-mart las"]),
        ("E99999999", ["no authority"]),
        ("", ["no authority"]),
    ],
)
def test_what_is_not_clear_asks_back(typed, said, authorities):
    with pytest.raises(InputError) as error:
        one_authority(typed, authorities)
    assert [text for text in said if text not in str(error.value)] == []


def test_of_many_that_are_meant_some_are_listed(authorities):
    with pytest.raises(InputError, match=r"and \d+ more"):
        one_authority("s", authorities)


@pytest.mark.parametrize("command", [["profile", "st helens"], ["revisions", "--la", "E08000013"]])
def test_commands_take_names_as_they_are_typed(command, capsys):
    assert main(command) == 0
    assert "St. Helens" in capsys.readouterr().out


def test_looking_up_authorities(capsys):
    assert main(["las", "dorset"]) == 0
    out = capsys.readouterr().out
    assert "835" in out
    assert "838" in out
    assert main(["las", "northamptonshire", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["la_code"] for row in found] == ["940", "940 / 941", "928", "941"]
    assert found[0]["first_year"] == 2022
    assert main(["las", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 150


def test_looking_up_indicators(capsys):
    assert main(["indicators", "missing"]) == 0
    assert "missing_in_year_pct" in capsys.readouterr().out
    # Every word, in any order; those with it in the label before those with it in the definition.
    assert main(["indicators", "Placements more", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[0]["indicator_code"] == "looked_after_3_plus_placements_pct"
    in_label = [all(w in row["label"].lower() for w in ("placements", "more")) for row in found]
    assert in_label == sorted(in_label, reverse=True)
    assert {"definition", "polarity", "first_year", "last_year"} <= set(found[0])
    assert main(["indicators", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 800


@pytest.mark.parametrize("command", [["las", "Salfrd"], ["indicators", "mising"]])
def test_what_is_not_found_names_what_comes_near(command, capsys):
    assert main(command) == 1
    error = capsys.readouterr().err
    assert "355 Salford" in error or "issing" in error.split("expected")[1]
    assert "Traceback" not in error
