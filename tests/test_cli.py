"""What the commands have in common: the manual, JSON, tables, progress, errors, completion."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console

from pipeline import bench, cli
from pipeline.build import nodes_told, seconds_before
from pipeline.commands import COMMANDS
from pipeline.manual import name_of
from pipeline.profile import WIDE_ENOUGH
from pipeline.search import DROPPABLE, HEADS
from pipeline.settings import PROJECT, SAMPLE
from pipeline.terminal import print_table, progress_bar, track
from python_stats import __main__ as stats
from python_stats.commands import COMMANDS as STATISTICS_COMMANDS
from python_stats.results import Part

NAMES = [name_of(module) for module in COMMANDS]
STATISTICS = [name_of(module) for module in STATISTICS_COMMANDS]


def manual(parser, name: str, capsys, monkeypatch) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stop:
        parser().parse_args([name, "--help"] if name else ["--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def commands_of(text: str, prog: str) -> list[list[str]]:
    """The arguments of every example of a manual."""
    block = text[text.index("examples") :].replace("\\\n", " ")
    found = re.findall(rf"^  (?:\w+=\S+ )*{prog} ((?:\"[^\"]*\"|'[^']*'|[^\n|&>)])*)", block, re.M)
    return [shlex.split(re.split(r"  +(?! *--)", it)[0], comments=True) for it in found]


@pytest.mark.parametrize("name", ["", *NAMES])
def test_a_manual_fits_a_terminal_and_its_examples_are_commands(name, capsys, monkeypatch):
    text = manual(cli.parser, name, capsys, monkeypatch)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    examples = commands_of(text, "la-mart")
    assert examples
    for arguments in examples:
        if "COMMAND" not in arguments:
            assert cli.parser().parse_args(arguments).command == arguments[0]


@pytest.mark.parametrize("name", STATISTICS)
def test_examples_of_the_statistics_are_commands(name, capsys, monkeypatch):
    text = manual(stats.parser, name, capsys, monkeypatch)
    examples = [it for it in commands_of(text, "stats") if "..." not in it]
    assert examples
    for arguments in examples:
        assert stats.parser().parse_args(arguments).command == name


def test_help_waits_for_nothing_that_is_slow_to_import():
    code = "import sys; from pipeline import cli; cli.parser().format_help(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "argparse" in loaded
    assert loaded & {"dbt", "duckdb", "great_expectations", "numpy", "pandas", "requests", "rich"} == set()


@pytest.fixture
def on_sample(sample_warehouse, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    monkeypatch.delenv("RAW_DIR", raising=False)
    return sample_warehouse


def shown_in(module) -> object:
    """The JSON that a manual shows."""
    text = module.__doc__.split("\n--json")[1]
    found, _ = json.JSONDecoder().raw_decode(text[re.search(r"^  [\[{]", text, re.M).start() :].lstrip())
    return found


def assert_has(found, shown, where: str = "") -> None:
    """Every key of the example, and values of its types, down to the first item of each list."""
    if isinstance(shown, dict):
        assert set(shown) <= set(found), where
        for key in shown:
            assert_has(found[key], shown[key], f"{where}/{key}")
    elif isinstance(shown, list):
        assert isinstance(found, list), where
        if shown and found:
            assert_has(found[0], shown[0], f"{where}[]")
    elif None not in (found, shown):
        assert isinstance(found, type(shown)) or {type(found), type(shown)} <= {int, float}, where


FIGURE = ["--la", "Salford", "--year", "2015", "--indicator", "looked_after_per_10k"]
JSON = {
    "las": ["dorset"],
    "indicators": ["missing"],
    "revisions": ["--return", "ssda903", "--limit", "3"],
    "explain": FIGURE,
    "profile": ["Salford", "--theme", "care leavers"],
    "rollback": ["--list"],
    "check": [],
    "fetch": ["cin/2025", "--dry-run"],
}


@pytest.mark.parametrize("name", JSON)
def test_json_is_as_the_manual_shows(name, on_sample, capsys):
    assert cli.main([name, *JSON[name], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found
    assert_has(found, shown_in(COMMANDS[NAMES.index(name)]))


def test_json_of_a_build_is_as_the_manual_shows(on_sample, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setattr("pipeline.build.catalogue.read_grids", lambda *args: None)
    monkeypatch.setattr("pipeline.build.run_dbt", lambda *args: [])
    monkeypatch.setattr("pipeline.build.publish", lambda *args, **named: on_sample / "mart.duckdb")
    assert cli.main(["build", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert_has(found, shown_in(COMMANDS[NAMES.index("build")]))
    assert (found["indicators"] > 800, found["is_synthetic"], found["warnings"]) == (True, True, [])


def test_json_of_a_measurement_is_as_the_manual_shows(capsys, monkeypatch):
    monkeypatch.setattr(bench, "raw_dir", lambda: SAMPLE)
    monkeypatch.setattr(
        bench, "measure", lambda command, env: (2.0 if "pipeline.cli" in command else 0.5, 1.5)
    )
    monkeypatch.setattr(bench, "seconds_of", lambda tag, target: 1.0)
    assert cli.main(["bench", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert_has(found, shown_in(COMMANDS[NAMES.index("bench")]))
    assert [step["ratio"] for step in found["steps"]] == [1, 4, 4, 2]


def test_statistics_print_json_without_a_file(on_sample, capsys):
    arguments = ["rank", "--indicator", "dental_check_pct", "--year", "2025"]
    assert stats.main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"title", "lead", "is_synthetic", "tables"} and found["tables"]


NARROW = pd.DataFrame(
    {
        "indicator_code": ["missing_self_evaluation_score", "dental_check_pct"],
        "label": ["Missing children self-evaluation score", "Dental check"],
        "theme": ["looked-after children"] * 2,
        "unit": ["score", "percentage"],
        "first_year": [2010, 2010],
    }
)


@pytest.mark.parametrize(
    ("width", "gone"), [(20, ["unit", "theme"]), (60, ["unit", "theme"]), (80, ["unit"]), (120, [])]
)
def test_a_narrow_table_leaves_columns_out_and_breaks_no_word(width, gone):
    out = io.StringIO()
    print_table(Console(file=out, width=width), "found", NARROW, HEADS, [c for c in DROPPABLE if c in NARROW])
    text = out.getvalue()
    # 57 columns is what the words need: where there are fewer, lines run over.
    assert max(map(len, text.splitlines())) <= max(width, 57)
    assert ("on a wider terminal" in text) == bool(gone)
    words = set(text.split())
    for column in NARROW.columns:
        in_table = column not in gone
        assert ({w for v in NARROW[column].astype(str) for w in v.split()} <= words) == in_table, column


@pytest.mark.parametrize("command", ["revisions --la Salford", "profile Salford --theme finance"])
def test_on_a_narrow_terminal_every_number_is_whole(command, on_sample, capsys, monkeypatch):
    assert cli.main(shlex.split(command)) == 0
    wide = {word for word in capsys.readouterr().out.split() if re.search(r"\d", word)}
    for name, value in (("COLUMNS", "60"), ("LINES", "25"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(shlex.split(command)) == 0
    narrow = capsys.readouterr().out
    # The foot of a profile says how many columns would be enough.
    assert {word for word in narrow.split() if re.search(r"\d", word)} - wide <= {f"{WIDE_ENOUGH}"}
    assert "…" not in narrow and (" years " in narrow) == command.startswith("profile")


@pytest.mark.parametrize(("width", "blocks"), [(80, 4), (220, 1)])
def test_a_wide_table_of_the_statistics_goes_on_below_with_the_names_of_its_rows(width, blocks):
    figures = {f"a long heading {n}": [1234.5678, 0.1] for n in range(9)}
    table = pd.DataFrame({"rank": [1, 1], "la_name": ["Salford", "Bristol, City of"], **figures})
    out = io.StringIO()
    stats.results.print_table(Part("Ranking", "a note", table), Console(file=out, width=width))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert [sum(word in line for line in lines) for word in ("Salford", "Ranking", "a note")] == [
        blocks,
        1,
        1,
    ]
    assert all(f"a long heading {n}" in out.getvalue() for n in range(9))
    assert out.getvalue().count("1,234.568") == 9


def test_bars_and_colours_are_for_a_terminal_alone(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for is_terminal in (False, True):
        out = io.StringIO()
        console = Console(file=out, force_terminal=is_terminal, width=80)
        with progress_bar(console) as progress:
            assert list(track(progress, ["a", "b"], "read files")) == ["a", "b"]
        assert ("read files" in out.getvalue() and "2/2" in out.getvalue()) == is_terminal
        console.print("[red]x[/red]")
        assert ("\x1b[31m" in out.getvalue()) == is_terminal


def test_the_bar_of_a_build_counts_by_the_seconds_of_the_build_before(tmp_path):
    target = tmp_path / "target" / "run_results.json"
    assert seconds_before(tmp_path) == {}
    target.parent.mkdir()
    results = [{"unique_id": f"model.{n}", "status": "success", "execution_time": n} for n in (1, 9)]
    target.write_text(json.dumps({"results": results}))
    assert seconds_before(tmp_path) == {"model.1": 1, "model.9": 9}

    def bar(before: dict, n: int):
        def event(name, **data):
            return SimpleNamespace(info=SimpleNamespace(name=name), data=SimpleNamespace(**data))

        with progress_bar(Console(force_terminal=False)) as progress:
            tell = nodes_told(progress, before)
            tell(event("LogStartLine", total=n))
            tell(event("NodeFinished", node_info=SimpleNamespace(unique_id="model.9")))
        return progress.tasks[0]

    weighted, counted = bar(seconds_before(tmp_path), 2), bar(seconds_before(tmp_path), 3)
    assert (weighted.completed, weighted.total, weighted.fields["done"]) == (9, 10, "1/2")
    assert (counted.completed, counted.total, counted.fields["done"]) == (1, 3, "1/3")
    target.write_text(json.dumps({"results": [*results, {"status": "skipped"}]}))
    assert seconds_before(tmp_path) == {}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("las xyzzy", 1, "do:       try a part of the name"),
        ("indicators xyzzy", 1, "do:       try fewer words"),
        ("profile Salfrod", 1, "355 Salford"),
        ("profile Salford --year 1990", 1, "do: choose another --year"),
        ("profile Salford --year 90", 2, "'90' is no year"),
        ("profile Salford --theme carers", 1, "care leavers, child protection"),
        ("profile Salford --html no/such/folder.html", 1, "do:       make the folder"),
        ("profile Salford --html . ", 1, "do:       name a file in it"),
        ("profile Salford --html x --json", 2, "not allowed with"),
        ("explain --la Salford", 2, "found:    no --year and no --indicator"),
        ("explain --la Salford --year 1999 --indicator looked_after_per_10k", 1, "do:       choose another"),
        ("explain --la Salford --year 2015 --indicator looked_aftr", 1, "look it up with la-mart indicators"),
        ("explain --la Salford --inspection 1999-01-01", 1, "355_ilacs_"),
        ("revisions --return cinn", 1, "expected: cin\n"),
        ("revisions --edition 1999", 1, "do:       name one of these"),
        ("revisions --indicator dental_chek_pct", 1, "expected: dental_check_pct"),
        ("revisions --limit -1", 2, "'-1' is no count"),
        ("revisions --csv no/such/folder.csv", 1, "do:       make the folder"),
        ("export fct_indicater x.csv", 1, "expected: fct_indicator"),
        ("export 'select nosuch from mart_la_year' x.csv", 1, "describe fct_benchmark"),
        ("export mart_la_year .", 1, "do:       name a file in it"),
        ("export mart_la_year no/such/folder.csv", 1, "do:       make the folder"),
        ("sample --out .", 1, "do:       name another"),
        ("explore --out .", 1, "do:       choose another folder"),
        ("build --as-of 2016-31-03", 2, "write it as 2016-03-31"),
        ("check --without-mising", 2, "do: la-mart --help"),
        ("rollback nosuch", 1, "do:       name one of these"),
        ("fetch cim/2025 --dry-run", 1, "near: cin"),
        ("fetch", 1, "do:       say where to put them"),
        ("completion powershell", 2, "do: la-mart completion --help"),
        ("", 2, "do: la-mart --help"),
    ],
)
def test_what_is_wrong_says_what_to_do(arguments, code, said, on_sample, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "not empty").touch()
    try:
        ended = cli.main(shlex.split(arguments))
    except SystemExit as stop:
        ended = stop.code
    printed = capsys.readouterr()
    assert (ended, printed.out) == (code, "")
    assert said in printed.err and "Traceback" not in printed.err


@pytest.mark.parametrize("is_damaged", [False, True])
@pytest.mark.parametrize(
    "arguments", ["las", "profile Salford", "revisions", "export dim_year x.csv", "explore --out x"]
)
def test_a_mart_that_is_missing_or_damaged_says_what_to_do(
    is_damaged, arguments, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    if is_damaged:
        (tmp_path / "mart.duckdb").write_bytes(b"no database" * 1000)
    assert cli.main(shlex.split(arguments)) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "mart.duckdb") in said
    assert ("do: la-mart rollback" if is_damaged else "do: make build") in said


def test_a_working_database_that_is_damaged_says_what_to_do(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    (tmp_path / "work.duckdb").write_bytes(b"no database" * 1000)
    assert cli.main(["explain", *FIGURE]) == 1
    assert "or else build again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [("build", "nothing was published"), ("fetch", "fetch again to go on"), ("las", "stopped")],
)
def test_ctrl_c_says_what_stands(command, said, capsys, monkeypatch):
    def interrupted(console, args):
        raise KeyboardInterrupt

    monkeypatch.setattr(COMMANDS[NAMES.index(command)], "run", interrupted)
    assert cli.main([command]) == 130
    assert said in capsys.readouterr().err


def test_ctrl_c_ends_statistics_in_a_word(capsys, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("python_stats.commands.rank.rank", interrupted)
    assert stats.main(["rank", "--indicator", "x", "--year", "2025"]) == 130
    assert capsys.readouterr().err == "stopped\n"


@pytest.mark.parametrize("options", ["", "--json"])
def test_a_pipe_that_is_closed_is_no_fault(options, on_sample):
    command = f"{shlex.quote(sys.executable)} -m pipeline.cli indicators {options} | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


COMPLETE = """
source <({python} -m pipeline.cli completion bash)
COMP_WORDS=({words} "{last}"); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
$(complete -p la-mart | sed 's/.*-F \\([^ ]*\\).*/\\1/') la-mart "{last}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("words", "last", "found"),
    [
        ("la-mart", "", set(NAMES)),
        ("la-mart", "pro", {"profile"}),
        ("la-mart profile", "--h", {"--html", "--help"}),
        ("la-mart completion", "", {"bash", "zsh", "tcsh"}),
        ("la-mart profile --html", "READ", {"README.md"}),
        ("la-mart explore --out", "expec", {"expectations"}),
    ],
)
def test_bash_completes(words, last, found):
    script = COMPLETE.format(python=shlex.quote(sys.executable), words=words, last=last)
    done = subprocess.run(["bash", "-c", script], cwd=PROJECT, capture_output=True, text=True, env=os.environ)
    assert done.stderr == ""
    assert found <= set(done.stdout.split())
    assert found == set(done.stdout.split()) or not last
