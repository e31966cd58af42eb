"""Small charts as SVG: one authority among all, over the years, and in the funnel.

Shapes tell as much as colours: the authority is a diamond, the others are dots, its neighbours the darker
ones at the foot of a stack, England is a dashed line. Colours are classes of the page's style sheet.
"""

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from python_stats import benchmarks
from python_stats.profile import number

WIDTH, HEIGHT = 250, 108
LEFT, RIGHT, TOP, BOTTOM = 6, 6, 14, 16
SERIES_LEFT = 46


def distribution(figure, peers: pd.DataFrame) -> Markup:
    """Where the authority stands among all: a dot each, equal ones stacked, low values to the left.

    figure : a row of Profile.figures; peers : the rows of Profile.peers of its indicator.
    """
    ends = [peers["value"].min(), peers["value"].max()]
    if pd.notna(figure.england_value):
        ends = [min(ends[0], figure.england_value), max(ends[1], figure.england_value)]
    across = scale(*ends, LEFT + 4, WIDTH - RIGHT - 4)
    floor = HEIGHT - BOTTOM - 4
    bins = np.round(across(peers["value"].to_numpy()) / 4.2).astype(int)
    frame = peers.assign(x=bins * 4.2).sort_values(["x", "is_neighbour", "la_code"])
    # The authority lies at the foot of its stack, its neighbours next.
    mine = frame["la_code"] == figure.la_code
    frame = frame.assign(order=np.select([mine, frame["is_neighbour"]], [0, 1], 2)).sort_values(
        ["x", "order"]
    )
    height = frame.groupby("x").cumcount()
    step = min(4.2, (floor - TOP) / max(height.max(), 1))
    frame["y"] = floor - height * step
    parts = [
        line(LEFT, floor + 4, WIDTH - RIGHT, floor + 4, "axis"),
        dots(frame[frame["order"] == 2], "other"),
        dots(frame[frame["order"] == 1], "neighbour"),
        england(across, figure, TOP - 4, floor + 4),
    ]
    own = frame[frame["order"] == 0]
    if len(own):
        parts.append(diamond(across(figure.value), own["y"].iloc[0]))
    low, high = (
        ("best", "") if figure.polarity == "low" else ("", "best") if figure.polarity == "high" else ("", "")
    )
    parts += [
        label(LEFT, HEIGHT - 3, " ".join(filter(None, (number(ends[0], figure), low)))),
        label(WIDTH - RIGHT, HEIGHT - 3, " ".join(filter(None, (high, number(ends[1], figure)))), "end"),
    ]
    said = f"{len(peers)} authorities from {number(ends[0], figure)} to {number(ends[1], figure)}"
    if pd.notna(figure.value):
        said += f"; this one {number(figure.value, figure)}"
    if pd.notna(figure.england_value):
        said += f"; England {number(figure.england_value, figure)}"
    if pd.notna(figure.neighbours_mean):
        said += f"; neighbours' mean {number(figure.neighbours_mean, figure)}"
    return drawing(said, parts)


def series(figure, history: pd.DataFrame) -> Markup:
    """The authority over the years, beside England and its neighbours' mean.

    A dotted upright marks a break, a cross at the foot a year without a figure. history : the rows of
    Profile.history of the indicator.
    """
    columns = ["value", "england_value", "neighbours_mean"]
    known = history[columns].to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    first, last = int(history["year"].min()), int(history["year"].max())
    across = scale(first, last, SERIES_LEFT, WIDTH - RIGHT - 6)
    bottom = HEIGHT - BOTTOM - 4
    up = scale(known.min(), known.max(), bottom - 4, TOP)
    parts = [line(SERIES_LEFT - 4, bottom, WIDTH - RIGHT, bottom, "axis")]
    breaks = [int(y) for y in figure.break_years.split() if first < int(y) <= last]
    parts += [line(across(y - 0.5), TOP - 8, across(y - 0.5), bottom, "break") for y in breaks]
    for column, name in (("england_value", "england"), ("neighbours_mean", "neighbours"), ("value", "own")):
        parts.append(polyline(across, up, history["year"], history[column], name, breaks))
    own = history[history["value"].notna()]
    parts.append(dots(own.assign(x=across(own["year"]), y=up(own["value"])), "own"))
    parts += [cross(across(y), bottom - 3) for y in history.loc[history["value"].isna(), "year"]]
    parts += [
        label(SERIES_LEFT - 8, up(known.max()) + 4, number(known.max(), figure), "end"),
        label(SERIES_LEFT - 8, up(known.min()) + 4, number(known.min(), figure), "end"),
        label(across(first), HEIGHT - 3, str(first), "middle" if first == last else "start"),
    ]
    if last > first:
        parts.append(label(across(last) + 6, HEIGHT - 3, str(last), "end"))
    said = "; ".join(f"{row.year} {number(row.value, figure) or row.status}" for row in history.itertuples())
    said = f"By year: {said}" + "".join(f"; break before {y}" for y in breaks)
    return drawing(said, parts)


def funnel(figure, peers: pd.DataFrame) -> Markup | None:
    """The authorities by size, and what chance allows around England (95%, 99.8%); None without counts."""
    counted = peers[(peers["denominator"] > 0) & peers["numerator"].notna()]
    if pd.isna(figure.limits) or len(counted) < 10 or pd.isna(figure.england_value):
        return None
    counted = counted.assign(share=counted["numerator"] / counted["denominator"])
    size, times = counted["denominator"].to_numpy(dtype=float), float(figure.multiplier)
    across = scale(np.log(size.min()), np.log(size.max()), SERIES_LEFT, WIDTH - RIGHT - 4)
    grid = np.exp(np.linspace(np.log(size.min()), np.log(size.max()), 40))
    expected = figure.england_value / times * grid
    curves = [benchmarks.limits(expected, grid, figure.limits, confidence) for confidence in (0.95, 0.998)]
    top = max(counted["share"].max(), min(curves[1][1].max(), 1.5 * counted["share"].max()))
    bottom = HEIGHT - BOTTOM - 4
    up = scale(0, top, bottom - 2, TOP)
    parts = [line(SERIES_LEFT - 4, bottom, WIDTH - RIGHT, bottom, "axis")]
    for limits, name in zip(curves, ("limit-95", "limit-99"), strict=True):
        for limit in limits:
            inside = limit <= top
            parts.append(path(across(np.log(grid[inside])), up(limit[inside]), name))
    level = up(figure.england_value / times)
    parts.append(line(SERIES_LEFT - 4, level, WIDTH - RIGHT, level, "england"))
    placed = counted.assign(x=across(np.log(size)), y=up(counted["share"]))
    mine = placed["la_code"] == figure.la_code
    parts += [
        dots(placed[~mine & ~placed["is_neighbour"]], "other"),
        dots(placed[~mine & placed["is_neighbour"]], "neighbour"),
    ]
    parts += [diamond(row.x, row.y) for row in placed[mine].itertuples()]
    parts += [
        label(SERIES_LEFT - 8, up(top) + 4, number(times * top, figure), "end"),
        label(SERIES_LEFT - 8, bottom, number(0, figure), "end"),
        label(SERIES_LEFT, HEIGHT - 3, f"n {size.min():,.0f}"),
        label(WIDTH - RIGHT, HEIGHT - 3, f"{size.max():,.0f}", "end"),
    ]
    position = figure.funnel_position
    said = "not in the funnel" if pd.isna(position) else position
    return drawing(f"Funnel around England by size: this authority is {said}", parts)


def scale(low: float, high: float, start: float, end: float):
    """A linear scale from values to places; what has no range lies in the middle."""

    def place(value):
        if high == low:
            return np.zeros_like(np.asarray(value, float)) + (start + end) / 2
        return start + (np.asarray(value, float) - low) / (high - low) * (end - start)

    return place


def drawing(said: str, parts: list[str | None]) -> Markup:
    """An SVG whose title says in words what it shows."""
    inside = "".join(part for part in parts if part)
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(said)}</title>{inside}</svg>'
    )


def dots(frame: pd.DataFrame, name: str) -> str:
    """All dots of a kind as one path: round ends of lines without length."""
    if frame.empty:
        return ""
    places = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in zip(frame["x"], frame["y"], strict=True))
    return f'<path class="dot {name}" d="{places}"/>'


def diamond(x: float, y: float) -> str:
    """The authority itself."""
    return f'<path class="self" d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5-5.5z"/>'


def cross(x: float, y: float) -> str:
    """A year without a figure."""
    return f'<path class="missing" d="M{x - 2.5:.1f} {y - 2.5:.1f}l5 5m0-5l-5 5"/>'


def line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    """A straight line."""
    return f'<path class="{name}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def path(x: np.ndarray, y: np.ndarray, name: str) -> str:
    """A curve through points; nothing if none is left."""
    if not len(x):
        return ""
    return f'<path class="{name}" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))}"/>'


def polyline(across, up, years: pd.Series, values: pd.Series, name: str, breaks: list[int]) -> str:
    """A line over the years, interrupted where a year has no value and at breaks."""
    pen, before = "", None
    for year, value in zip(years, values, strict=True):
        if pd.isna(value):
            continue
        joined = before == year - 1 and year not in breaks
        pen += f"{'L' if joined else 'M'}{across(year):.1f} {up(value):.1f}"
        before = year
    return f'<path class="{name}" d="{pen}"/>' if pen else ""


def england(across, figure, top: float, bottom: float) -> str | None:
    """England as an upright."""
    if pd.isna(figure.england_value):
        return None
    x = across(figure.england_value)
    return line(x, top, x, bottom, "england")


def label(x: float, y: float, text: str, anchor: str = "start") -> str:
    """A few words."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>' if text else ""
