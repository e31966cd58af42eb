"""The house as a repository: one version, one lint, layers that hold everything."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from dbt.cli.main import dbtRunner

from pipeline.cli import main
from pipeline.settings import PROJECT


def test_the_version_stands_in_one_place(capsys):
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert (stop.value.code, capsys.readouterr().out) == (0, f"la-mart {version}\n")
    assert "version" not in yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))
    newest = re.search(r"^## \[([\d.]+)\]", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest[1] == version


@pytest.mark.build
def test_selectors_are_layers_that_together_hold_everything(tmp_path):
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    where += ["--target-path", str(tmp_path), "--log-path", str(tmp_path), "--quiet"]
    dbt = dbtRunner(manifest=dbtRunner().invoke(["parse", *where]).result)

    def listed(*chosen: str) -> set[str]:
        return set(dbt.invoke(["ls", "--output", "path", *chosen, *where]).result)

    selectors = yaml.safe_load((PROJECT / "selectors.yml").read_text("utf-8"))["selectors"]
    held = {selector["name"]: listed("--selector", selector["name"]) for selector in selectors}
    assert all(held.values())
    assert all(selector["description"] for selector in selectors)
    assert set().union(*held.values()) == listed()
    built = [path for of in held.values() for path in of if path.startswith(("models/", "seeds/"))]
    built = [path for path in built if path.endswith((".sql", ".csv"))]
    assert len(built) == len(set(built)) > 100


def test_every_test_file_belongs_to_a_layer_of_contributing():
    named = set(re.findall(r"`(?:tests/)?(test_\w+\.py)`", (PROJECT / "CONTRIBUTING.md").read_text("utf-8")))
    assert named == {path.name for path in (PROJECT / "tests").glob("test_*.py")}


def test_a_commit_is_held_against_the_lint(tmp_path):
    """The hooks of the repository, in a repository with one good and one bad file."""
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        (tmp_path / name).write_text((PROJECT / name).read_text("utf-8"), "utf-8")
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    (tmp_path / "it.py").write_text("import os\nx = {  'a' : 1}\n", "utf-8")

    def lint() -> tuple[int, list[str]]:
        subprocess.run(["git", "add", "it.py", ".pre-commit-config.yaml"], cwd=tmp_path, check=True)
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, re.findall(r"^(ruff \w+)\.+(?:\(.*\))?(\w+)$", done.stdout, re.M)

    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert lint() == (1, [("ruff check", "Failed"), ("ruff format", "Failed")])
    (tmp_path / "it.py").write_text('x = {"a": 1}\n', "utf-8")
    assert lint() == (0, [("ruff check", "Passed"), ("ruff format", "Passed")])
