"""Figures: colour-blind safe, readable in grey, each with words for who cannot see it.

Every function takes a tidy frame and returns the figure and its text. Colours are two of Okabe and Ito's
(2008), of different lightness; shapes tell the groups apart as well.
"""

import textwrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats

mpl.rcParams.update({"svg.hashsalt": "la-mart", "svg.fonttype": "path", "font.size": 9})
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#777777"
GROUPS = ((BLUE, "o", -0.17), (ORANGE, "D", 0.17))
RATING_WORDS = {1: "inadequate", 2: "requires improvement", 3: "good", 4: "outstanding"}


def _axes(n_rows: int, width: float = 8.0, row: float = 0.3):
    """A figure with room for so many rows, the first on top, and names on the left."""
    figure = Figure(figsize=(width, max(1.6, 0.9 + row * n_rows)))
    axes = figure.subplots()
    axes.set_ylim(max(n_rows, 1) - 0.5, -0.5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def rating_distribution(ratings: pd.Series) -> tuple[Figure, str]:
    """How many authorities have each rating; ratings : 1 (inadequate) to 4 (outstanding), one each."""
    counts = ratings.value_counts().reindex(RATING_WORDS, fill_value=0)
    figure, axes = _axes(len(counts), row=0.38)
    axes.barh(range(len(counts)), counts, color=BLUE, height=0.62)
    axes.set_yticks(range(len(counts)), [RATING_WORDS[code] for code in counts.index])
    for place, count in enumerate(counts):
        axes.text(count, place, f" {count}", va="center")
    axes.set_xlabel("local authorities")
    said = ", ".join(f"{RATING_WORDS[code]} {count}" for code, count in counts.items())
    return figure, f"Local authorities by rating: {said}."


def estimates(frame: pd.DataFrame, labels: list[str], across: str, chance: float = 0) -> tuple[Figure, str]:
    """Estimates with their intervals; what is beyond chance is filled.

    frame : a row each with estimate, low, high (NaN without a result); labels : the rows' names; chance : the
    value without any effect.
    """
    figure, axes = _axes(len(frame))
    axes.axvline(chance, color=GREY, linewidth=0.8)
    sure = (frame["low"] > chance) | (frame["high"] < chance)
    for place, (row, is_sure) in enumerate(zip(frame.itertuples(), sure, strict=True)):
        if pd.isna(row.estimate):
            axes.text(chance, place, " no result", va="center", color=GREY, style="italic")
            continue
        axes.plot([row.low, row.high], [place, place], color=BLUE, linewidth=1.4)
        axes.plot(row.estimate, place, "o", color=BLUE, markerfacecolor=BLUE if is_sure else "white")
    axes.set_yticks(range(len(frame)), labels)
    axes.set_xlabel(across)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    named = [name for name, is_sure in zip(labels, sure, strict=True) if is_sure]
    return figure, (
        f"{across}: {len(frame)} estimates with 95% intervals. "
        f"Intervals without {chance:g}: {', '.join(named) or 'none'}."
    )


def beside_chance(tidy: pd.DataFrame, across: str, upward: str) -> tuple[Figure, str]:
    """Observed numbers as points beside what chance gives as bars from low to high, a panel for each end.

    tidy : end, group (text), observed, expected, low, high; NaN without a result.
    """
    ends = list(dict.fromkeys(tidy["end"]))
    known = tidy.dropna(subset=["observed"])
    figure = Figure(figsize=(8.6, 3.4), layout="constrained")
    said = []
    for axes, end in zip(np.atleast_1d(figure.subplots(1, len(ends), sharey=True)), ends, strict=True):
        of_end = known[known["end"] == end]
        places = np.arange(len(of_end))
        axes.vlines(places, of_end["low"], of_end["high"], color=ORANGE, linewidth=7, label="95% of chance")
        axes.plot(places, of_end["expected"], "_", color="black", markersize=9, label="expected by chance")
        axes.plot(places, of_end["observed"], "o", color=BLUE, markersize=5, label="observed")
        axes.set_xticks(places, of_end["group"], rotation=45, ha="right", rotation_mode="anchor")
        axes.set_xlabel(across)
        axes.set_title(end)
        axes.spines[["top", "right"]].set_visible(False)
        outside = of_end[(of_end["observed"] < of_end["low"]) | (of_end["observed"] > of_end["high"])]
        named = [f"{it.group} ({it.observed:.0f}, expected {it.expected:.1f})" for it in outside.itertuples()]
        said.append(f"{end}: outside 95% of chance {', '.join(named) or 'none'}")
    figure.axes[0].set_ylabel(upward)
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    return figure, f"{upward.capitalize()} by {across}, observed beside chance. {'; '.join(said)}."


def ranges(overlap: pd.DataFrame, labels: dict[str, str]) -> tuple[Figure, str]:
    """Ranges of two groups one under the other: lowest to highest, the middle half thick, the median marked.

    overlap : what `groups.overlap` gives of two groups; labels : the indicators' names. Each indicator is
    drawn from the lowest to the highest value of both groups, which stand at the ends: units differ.
    """
    known = overlap.dropna(subset=["median"])
    indicators = list(dict.fromkeys(known["indicator"]))
    names = list(dict.fromkeys(overlap["group"]))
    figure, axes = _axes(len(indicators), row=0.46)
    said = []
    for place, indicator in enumerate(indicators):
        rows = known[known["indicator"] == indicator].set_index("group")
        low, high = rows["minimum"].min(), rows["maximum"].max()
        width = (high - low) or 1.0
        for name, (colour, shape, shift) in zip(names, GROUPS, strict=True):
            if name not in rows.index:
                continue
            row = rows.loc[name]
            at = place + shift
            axes.plot(
                [(row["minimum"] - low) / width, (row["maximum"] - low) / width], [at, at], color=colour
            )
            axes.plot(
                [(row["lower_quartile"] - low) / width, (row["upper_quartile"] - low) / width],
                [at, at],
                color=colour,
                linewidth=5,
                solid_capstyle="butt",
            )
            axes.plot(
                (row["median"] - low) / width,
                at,
                shape,
                color="white",
                markeredgecolor="black",
                markersize=5,
                label=name if place == 0 else None,
            )
        axes.text(-0.01, place, f"{low:,.4g}", ha="right", va="center", fontsize=7.5, color="#444444")
        axes.text(1.01, place, f"{high:,.4g}", ha="left", va="center", fontsize=7.5, color="#444444")
        shares = rows["estimate"].dropna()
        said.append(
            f"{labels[indicator]}: "
            + ", ".join(f"{share:.0%} of {name} within the other's range" for name, share in shares.items())
        )
    axes.set_yticks(range(len(indicators)), [labels[i] for i in indicators])
    axes.tick_params(axis="y", pad=26)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    handles = [
        mpl.lines.Line2D(
            [], [], color=colour, linewidth=4, marker=shape, markerfacecolor="white", markeredgecolor="black",
            label=name,
        )
        for name, (colour, shape, _) in zip(names, GROUPS, strict=True)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="lower center", ncols=2, frameon=False, bbox_to_anchor=(0.5, -0.02))
    return figure, "Ranges by group. " + "; ".join(said) + "."


def correlation_matrix(tidy: pd.DataFrame, names: list[str]) -> tuple[Figure, str]:
    """Correlations as squares, the number in each; tidy : what `association.correlation_matrix` gives."""
    matrix = pd.DataFrame(np.nan, index=names, columns=names)
    for row in tidy.itertuples():
        matrix.loc[row.first, row.second] = matrix.loc[row.second, row.first] = row.estimate
    size = 1.6 + 0.52 * len(names)
    figure = Figure(figsize=(size + 1.2, size))
    axes = figure.subplots()
    image = axes.imshow(matrix, cmap="PuOr", vmin=-1, vmax=1)
    for i in range(len(names)):
        for j in range(len(names)):
            value = matrix.iloc[i, j]
            if pd.notna(value):
                colour = "white" if abs(value) > 0.65 else "black"
                axes.text(j, i, f"{value:+.2f}", ha="center", va="center", fontsize=7.5, color=colour)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    figure.colorbar(image, ax=axes, shrink=0.7)
    strongest = tidy.loc[tidy["estimate"].abs().nlargest(3).index]
    said = "; ".join(f"{r.first} with {r.second} {r.estimate:+.2f}" for r in strongest.itertuples())
    return figure, f"Correlations of {len(names)} variables. The strongest: {said}."


def heat_map(tidy: pd.DataFrame, rows: list[str], columns: list[str]) -> tuple[Figure, str]:
    """Correlations by row and column as squares, the number in each.

    tidy : row, column, estimate (NaN without a result), is_below (starred), is_sure (framed), is_pale (few
    cases: italics, and no say in the range of colours); rows, columns : their names in order.
    """
    figure = Figure(figsize=(4.2 + 0.95 * len(columns), 1.2 + 0.26 * len(rows)))
    axes = figure.subplots()
    matrix = tidy.pivot(index="row", columns="column", values="estimate").reindex(rows, columns=columns)
    limit = max(0.5, tidy.loc[~tidy["is_pale"], "estimate"].abs().max())
    image = axes.imshow(matrix.astype(float), cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for cell in tidy.dropna(subset=["estimate"]).itertuples():
        x, y = columns.index(cell.column), rows.index(cell.row)
        colour = "white" if abs(cell.estimate) > 0.65 * limit else "black"
        axes.text(
            x, y, f"{cell.estimate:+.2f}{'*' if cell.is_below else ''}", ha="center", va="center",
            fontsize=7.5, color=colour, style="italic" if cell.is_pale else "normal",
            weight="bold" if cell.is_sure else "normal",
        )  # fmt: skip
        if cell.is_sure:
            frame = mpl.patches.Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, fill=False, linewidth=1.8)
            axes.add_patch(frame)
    axes.set_xticks(range(len(columns)), [column.replace(" ", "\n") for column in columns])
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, shrink=0.4, label="correlation with the rating")
    sure = tidy[tidy["is_sure"]]
    said = "; ".join(f"{it.row}, {it.column}: {it.estimate:+.2f}" for it in sure.itertuples())
    return figure, (
        f"Correlations with the rating of {len(rows)} indicators (rows) in {len(columns)} columns. "
        f"{int(tidy['is_below'].sum())} are starred. Framed: {said or 'none'}."
    )


def ranking(frame: pd.DataFrame, label: str, unit: str) -> tuple[Figure, str]:
    """Authorities in order, each value with its 95% limits where it has them.

    frame : a row per authority with la_name, value, low, high, in order; those without a value are left out.
    """
    known = frame.dropna(subset=["value"]).reset_index(drop=True)
    figure, axes = _axes(len(known), row=0.145)
    places = np.arange(len(known))
    has = known["low"].notna()
    axes.hlines(places[has], known.loc[has, "low"], known.loc[has, "high"], color=ORANGE, linewidth=1.6)
    axes.plot(known["value"], places, "o", color=BLUE, markersize=2.6)
    axes.set_yticks(places, known["la_name"], fontsize=5.5)
    axes.set_xlabel(f"{label} ({unit})")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    if known.empty:
        return figure, f"{label}: no authority has a figure."
    first, last = known.iloc[0], known.iloc[-1]
    return figure, (
        f"{label}: {len(known)} authorities in order, from {first.la_name} ({first.value:,.4g}) to "
        f"{last.la_name} ({last.value:,.4g}), with 95% limits where the counts allow."
    )


def signal(table: pd.DataFrame, by_year: pd.DataFrame) -> tuple[Figure, str]:
    """Signal shares in order, each with its interval and its other years as light marks.

    table : a row per indicator with indicator, label, year, estimate, low, high; by_year : indicator, year,
    estimate.
    """
    figure, axes = _axes(len(table), row=0.24)
    for place, row in enumerate(table.itertuples()):
        others = by_year[(by_year["indicator"] == row.indicator) & (by_year["year"] != row.year)]
        axes.plot(others["estimate"], [place] * len(others), "|", color=GREY, alpha=0.6, markersize=7)
        axes.plot([row.low, row.high], [place, place], color=BLUE, linewidth=1.6)
        axes.plot(row.estimate, place, "o", color=BLUE, markersize=4.5)
    axes.set_yticks(range(len(table)), [f"{row.label} ({row.year:.0f})" for row in table.itertuples()])
    axes.set_xlim(-0.02, 1.02)
    axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xlabel("share of the variance between authorities that is more than chance")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    if table.empty:
        return figure, "Signal shares: no indicator has the counts."
    first, last = table.iloc[0], table.iloc[-1]
    return figure, (
        f"Signal shares of {len(table)} indicators in order, from {first.label} ({first.estimate:.2f}) to "
        f"{last.label} ({last.estimate:.2f}), with 95% intervals."
    )


def event_study(courses: pd.DataFrame, labels: dict[str, str]) -> tuple[Figure, str]:
    """Mean courses around a change of grade, a small chart each: up, down, and unchanged in grey.

    courses : indicator, direction ("up", "down", "unchanged"), event_time, estimate, low, high; labels : of
    the indicators to draw.
    """
    columns = min(len(labels), 3) or 1
    rows = -(-len(labels) // columns) or 1
    figure = Figure(figsize=(8.4, 0.9 + 2.3 * rows), layout="constrained")
    charts = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    styles = {"unchanged": (GREY, "s", 0.0), "up": (BLUE, "o", -0.1), "down": (ORANGE, "D", 0.1)}
    said = []
    for axes in charts[len(labels) :]:
        axes.set_visible(False)
    for axes, (code, label) in zip(charts, labels.items(), strict=False):
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.axvline(-0.5, color=GREY, linewidth=0.8, linestyle=":")
        for direction, (colour, shape, shift) in styles.items():
            of = courses[(courses["indicator"] == code) & (courses["direction"] == direction)]
            of = of.dropna(subset=["estimate"])
            at = of["event_time"] + shift
            axes.vlines(at, of["low"], of["high"], color=colour, linewidth=1.1)
            axes.plot(
                at, of["estimate"], shape + "-", color=colour, markersize=3.6, label=f"grade {direction}"
            )
            if len(of):
                last = of.iloc[-1]
                said.append(f"{label}, grade {direction}: {last.estimate:+.2f} in year {last.event_time:+d}")
        axes.set_title("\n".join(textwrap.wrap(label, 30)), fontsize=8)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    figure.supxlabel("years from the year of the report", fontsize=9)
    figure.supylabel("standard deviations", fontsize=9)
    if labels:
        handles, names = charts[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=3, frameon=False)
    return figure, "Mean courses around a change of grade. " + (
        "; ".join(said) or "No indicator to draw"
    ) + "."


def bounds(table: pd.DataFrame, across: str) -> tuple[Figure, str]:
    """Correlations as published, with what is possible around them.

    table : a row each with variable, n, n_hidden, estimate, lowest, highest, lowest_wide, highest_wide.
    """
    figure, axes = _axes(len(table), row=0.26)
    n = int((table["n"] + table["n_hidden"]).max()) if len(table) else 0
    if n > 2:
        t = stats.t.ppf(0.975, n - 2)
        chance = t / np.sqrt(n - 2 + t**2)
        axes.axvspan(-chance, chance, color="#eeeeee")
    axes.axvline(0, color=GREY, linewidth=0.8)
    for place, row in enumerate(table.itertuples()):
        axes.plot([row.lowest_wide, row.highest_wide], [place, place], color=ORANGE, linewidth=1.2)
        axes.plot(
            [row.lowest, row.highest], [place, place], color=ORANGE, linewidth=4.5, solid_capstyle="butt"
        )
        axes.plot(row.estimate, place, "o", color=BLUE, markersize=4.5)
    names = [f"{row.variable} ({row.n}, {row.n_hidden} hidden)" for row in table.itertuples()]
    axes.set_yticks(range(len(table)), names)
    axes.set_xlabel(across)
    axes.set_xlim(-1, 1)
    if table.empty:
        return figure, f"{across}: nothing to draw."
    widest = table.loc[(table["highest"] - table["lowest"]).idxmax()]
    return figure, (
        f"{across} of {len(table)} variables with what hidden counts allow; the widest: "
        f"{widest['variable']}, from {widest['lowest']:+.2f} to {widest['highest']:+.2f}."
    )


def calibration(bins: pd.DataFrame) -> tuple[Figure, str]:
    """Observed beside foretold shares, with intervals; on the dashed line they are equal.

    bins : a row per scheme and bin with foretold, estimate, low, high (shares of 1), of two schemes.
    """
    figure = Figure(figsize=(5.2, 5.0))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=0.8)
    said = []
    parts = bins.groupby("scheme", sort=False)
    for (name, part), (colour, shape, _) in zip(parts, GROUPS, strict=False):
        axes.vlines(part["foretold"], part["low"], part["high"], color=colour, linewidth=1.4)
        axes.plot(
            part["foretold"], part["estimate"], shape, color=colour, markeredgecolor="black", label=name
        )
        pairs = zip(part["foretold"], part["estimate"], strict=True)
        said.append(
            f"{name}: " + ", ".join(f"{risk:.0%} foretold, {share:.0%} seen" for risk, share in pairs)
        )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel("foretold share of good or outstanding")
    axes.set_ylabel("share that was (95% interval)")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    return figure, f"Foretold and observed shares. {'; '.join(said)}."
