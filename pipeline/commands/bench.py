"""measure a build: seconds, memory, ratio to a plain script

Build the mart of RAW_DIR twice in a folder that is thrown away, and print the
seconds, the memory and how often they are those of a plain DuckDB script that
reads and unpivots the same CSV files. Takes minutes; what else the machine
does shows in the seconds.

examples:
  la-mart bench                           the embedded sample
  RAW_DIR=~/official la-mart bench        the official files
  la-mart bench --json > bench.json

--json prints the same:
  {"version": "0.1.0", "files": 79, "megabytes": 21.4, "cores": 2,
   "steps": [{"step": "plain DuckDB script, CSV only", "seconds": 1.9,
              "ratio": 1.0, "gigabytes": null}]}
"""

from pipeline.options import add_json

STOPPED = "stopped; nothing is left behind"


def add_options(parser) -> None:
    add_json(parser)


def run(console, args) -> None:
    from pipeline.bench import bench

    bench(console, args.json)
