"""What a build costs, beside a plain DuckDB script that reads and unpivots the same files."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from pipeline import catalogue
from pipeline.settings import package_version, raw_dir
from pipeline.terminal import print_json, progress_bar, track

# The least that any tool must do: every CSV of every family into one long table of text.
PLAIN = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
con.execute("create table cell (file varchar, name varchar, value varchar)")
for path in sys.argv[2:]:
    con.execute(
        "insert into cell select filename, name, value from ("
        "unpivot (select row_number() over () as row_no, * from read_csv(?, header = true, "
        "all_varchar = true, delim = ',', quote = '\\"', escape = '\\"', filename = true)) "
        "on columns(* exclude (row_no, filename)))", [path])
print(con.sql("select count(*) from cell").fetchone()[0])
"""


def measure(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Run a command; return its seconds and the most memory it took, in GB. Raises CalledProcessError."""
    start = time.perf_counter()
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, used.ru_maxrss / 1e6


def seconds_of(tag: str, target: Path) -> float:
    """Seconds that the models of a tag took in the last build, all threads together."""
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    results = json.loads((target / "run_results.json").read_text("utf-8"))["results"]
    return sum(r["execution_time"] for r in results if tag in nodes[r["unique_id"]]["tags"])


def bench(console: Console, as_json: bool = False) -> None:
    """Print seconds, memory and the ratio of a first and a second build to the plain script."""
    files = [f for f in catalogue.scan(raw_dir()) if f.family]
    tables = [str(raw_dir() / f.path) for f in files if f.layout.format == "csv"]
    build = [sys.executable, "-m", "pipeline.cli", "build"]
    with tempfile.TemporaryDirectory() as folder, progress_bar(console) as progress:
        env = {**os.environ, "WAREHOUSE_DIR": folder, "RAW_DIR": str(raw_dir().resolve())}
        script = Path(folder) / "plain.py"
        script.write_text(PLAIN, "utf-8")
        plainly = [sys.executable, str(script), str(Path(folder) / "plain.duckdb"), *tables]
        (plain, _), (first, memory), (again, memory_again) = (
            measure(command, env) for command in track(progress, [plainly, build, build], "measure")
        )
        benchmarks = seconds_of("benchmarks", Path(folder) / "target")
    steps = [
        {"step": step, "seconds": seconds, "ratio": seconds / plain, "gigabytes": peak}
        for step, seconds, peak in (
            ("plain DuckDB script, CSV only", plain, None),
            ("build, nothing cached", first, memory),
            ("build, files known", again, memory_again),
            ("of it fct_benchmark, both threads", benchmarks, None),
        )
    ]
    size, cores = sum(f.bytes for f in files) / 1e6, os.cpu_count()
    if as_json:
        of = {"version": package_version(), "files": len(files), "megabytes": size, "cores": cores}
        print_json(of | {"steps": steps})
        return
    console.print(f"{len(files)} files, {size:.0f} MB, {cores} cores", highlight=False)
    for step in steps:
        gigabytes = f"{step['gigabytes']:5.1f} GB" if step["gigabytes"] else ""
        line = f"{step['step']:<34}{step['seconds']:7.1f} s {step['ratio']:6.1f} x {gigabytes}"
        console.print(line, highlight=False)
