"""Figures: colour-blind safe, readable in grey, each with words for who cannot see it.

Every function takes a tidy frame and returns the figure and its text. Colours are two of Okabe and Ito's
(2008), of different lightness; shapes tell the groups apart as well.
"""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

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
