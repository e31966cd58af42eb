"""The benchmarks of a figure in fct_benchmark: which figures of whom each is put together from."""

import duckdb
from rich.console import Console

from pipeline.explain import words
from pipeline.explain.database import rows, sql
from pipeline.explain.figure import ask, editions_of, head, key_of, said_of, show_cells
from pipeline.names import joint_return

# The columns of fct_benchmark that belong together, by how they begin.
BENCHMARKS = {
    "england": ("england_",),
    "region": ("region_",),
    "neighbours_2021": ("neighbours_2021_",),
    "neighbours_2025": ("neighbours_2025_",),
    "rank": ("rank", "band", "decile"),
    "limits": ("limits_", "lower_", "upper_"),
    "funnel": ("funnel_",),
    "change": ("change",),
    "trend": ("trend_",),
    "worse_and_worsening": ("worse_and_worsening",),
}


def found(con: duckdb.DuckDBPyConnection, la: str, year: int, indicator: str) -> dict:
    """The figure of an authority's code or name, and its benchmarks, as a tree.

    Raises InputError if there is no such figure, or it is of a joint return.
    """
    return tree(con, key_of(con, la, year, indicator))


def tree(con: duckdb.DuckDBPyConnection, key: tuple[str, int, str]) -> dict:
    """The benchmarks of the figure of a la_code, year and indicator_code.

    `benchmarks` has the columns of fct_benchmark in groups; beside them `how` they are made, the `figures`
    they are made from and, of a published figure of England or the region, its `edition` with the cells.
    """
    ask(con, [key])
    (figure,) = rows(con, sql("figures"))
    columns = rows(con, "from fct_benchmark semi join asked using (la_code, year, indicator_code)")
    if not columns:
        raise joint_return(figure["la_code"], figure["la_name"])
    groups = {
        name: {column: value for column, value in columns[0].items() if column.startswith(begins)}
        for name, begins in BENCHMARKS.items()
    }
    made = made_from(con, figure, columns[0])
    return {**figure, "benchmarks": {name: {**groups[name], **made[name]} for name in BENCHMARKS}}


def made_from(con: duckdb.DuckDBPyConnection, figure: dict, benchmark: dict) -> dict[str, dict]:
    """How each benchmark is made, and from which figures."""
    (about,) = rows(con, sql("benchmark_indicator"))
    figures, neighbours = rows(con, sql("benchmark_figures")), rows(con, sql("neighbours"))
    editions = {edition["area_level"]: edition for edition in editions_of(con, "area_editions")}
    of_year = [row for row in figures if row["year"] == figure["year"]]
    of_region = [row for row in of_year if row["is_in_region"]]
    own = sorted((row for row in figures if row["la_code"] == figure["la_code"]), key=lambda row: row["year"])
    made = {
        "england": of_area(benchmark["england_basis"], about, of_year, editions.get("national")),
        "region": of_area(benchmark["region_basis"], about, of_region, editions.get("regional")),
        "rank": {
            "how": f"among all authorities that have a figure; polarity {about['polarity']}",
            "figures": [row for row in of_year if row["rank"] is not None],
        },
        "limits": {
            "how": f"numerator and denominator; limits {about['limits'] or 'none'}",
            "figures": own[-1:],
        },
        "funnel": {
            "how": "the limits of England's counts, or figure, at the authority's denominator",
            "funnel_centre": about["funnel_centre"],
            "figures": own[-1:],
        },
        "change": {
            "how": "less the year before",
            "figures": [row for row in own if row["year"] >= figure["year"] - 1],
        },
        "trend": {"how": f"five years; breaks {about['break_years'] or 'none'}", "figures": own},
        "worse_and_worsening": {
            "how": "; ".join(
                f"{column} {benchmark[column] or 'unknown'}"
                for column in ("funnel_verdict", "band", "trend_verdict")
            ),
            "figures": [],
        },
    }
    for row in neighbours:
        row["column"] = words.letters(row["col_no"])
    for version in ("2021", "2025"):
        listed = [row for row in neighbours if row["list_version"] == f"sn_{version}"]
        made[f"neighbours_{version}"] = {
            "how": "mean and median of those that have a figure",
            "list_file": listed[0]["list_file"] if listed else None,
            "list_sha256": listed[0]["list_sha256"] if listed else None,
            "figures": listed,
        }
    return made


def of_area(basis: str | None, about: dict, figures: list[dict], edition: dict | None) -> dict:
    """What the figure of England or a region is made from: an edition's cells, or authorities' figures."""
    if basis == "published":
        return {
            "how": f"as published, the newest of {edition['n_editions']}",
            "figures": [],
            "edition": edition,
        }
    # A joint return has the amounts of its members; they have its rates.
    with_amounts = [row for row in figures if not row["is_member"]]
    if basis == "sum_of_authorities" and about["aggregation"] == "ratio":
        added = [
            row for row in with_amounts if row["numerator"] is not None and row["denominator"] is not None
        ]
        top, bottom = (sum(row[part] for row in added) for part in ("numerator", "denominator"))
        ratio = words.ratio({"numerator": top, "denominator": bottom})
        return {"how": f"{about['multiplier']:,} x sum / sum: {ratio}", "figures": added}
    if basis == "sum_of_authorities":
        return {"how": "sum of all", "figures": with_amounts}
    if basis == "mean_of_authorities":
        return {
            "how": "mean, unweighted",
            "figures": [row for row in figures if row["value"] is not None and not row["is_joint"]],
        }
    return {"how": "none", "figures": []}


def show(console: Console, figure: dict) -> None:
    """Print the figure, then each benchmark with what it is made from."""
    head(console, figure)
    words.say(console, words.figure(figure) + (f", edition {figure['edition']}" if figure["edition"] else ""))
    for name, benchmark in figure["benchmarks"].items():
        words.say(console, "")
        words.say(console, f"{name}: {benchmark['how']}", "bold")
        said = [
            f"{column} {words.number(value) if isinstance(value, float) else value}"
            for column, value in benchmark.items()
            if column not in ("how", "figures", "edition") and value is not None
        ]
        words.say(console, f"  {', '.join(said) or 'none'}")
        if benchmark.get("edition"):
            words.say(console, f"  {said_of(benchmark['edition'])}")
            show_cells(console, benchmark["edition"])
        if benchmark["figures"]:
            words.say(console, f"  figures: {len(benchmark['figures'])}")
            for text in words.aligned([columns_of(row) for row in benchmark["figures"]], "    "):
                words.say(console, text)
    words.say(console, "")
    words.say(
        console,
        f"The cells of each: la-mart explain --la CODE --year YYYY --indicator {figure['indicator_code']}",
    )


def columns_of(row: dict) -> tuple[str, ...]:
    """A figure as columns: whose, of when, what it is, and where it stands."""
    return (
        row["la_code"],
        row["la_name"],
        str(row["year"]),
        words.figure(row),
        words.ratio(row),
        f"edition {row['edition']}" if row["edition"] else "",
        *(
            f"{name} {row[name]}" if row.get(name) is not None else ""
            for name in ("rank", "band", "decile", "neighbour_rank", "closeness")
        ),
        f"list: {words.place(row)}" if row.get("row_no") else "",
    )
