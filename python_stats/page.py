"""A profile as one self-contained page: no script, no network, readable on paper and by a screen reader."""

from pathlib import Path

import jinja2
import pandas as pd

from python_stats import charts, profile

BASIS_NOTES = {
    "sum_of_authorities": " (from its authorities)",
    "mean_of_authorities": " (mean of its authorities)",
}


def page(of: profile.Profile) -> str:
    """The page of a profile as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True
    )
    peers = dict(iter(of.peers.groupby("indicator_code")))
    history = dict(iter(of.history.groupby("indicator_code")))
    themes = [
        (theme, [card(figure, peers, history) for figure in frame.itertuples()])
        for theme, frame in of.figures.groupby("theme", sort=False)
    ]
    return environment.get_template("profile.html.jinja").render(
        profile=of,
        words=profile,
        list=profile.NEIGHBOURS,
        themes=themes,
        summary=[summary(theme, frame) for theme, frame in of.figures.groupby("theme", sort=False)],
        both=[f for f in of.figures.itertuples() if f.worse_and_worsening],
    )


def summary(theme: str, figures: pd.DataFrame) -> dict[str, str | int]:
    """A row of the table at the top."""
    return {
        "theme": theme,
        "all": len(figures),
        "with_figure": int(figures["value"].notna().sum()),
        "a": int((figures["band"] == "A").sum()),
        "d": int((figures["band"] == "D").sum()),
        "better": int((figures["funnel_verdict"] == "better").sum()),
        "worse": int((figures["funnel_verdict"] == "worse").sum()),
        "both": int(figures["worse_and_worsening"].sum()),
    }


def card(figure, peers: dict[str, pd.DataFrame], history: dict[str, pd.DataFrame]) -> dict:
    """What the page shows of one indicator."""
    of_year, of_years = peers.get(figure.indicator_code), history[figure.indicator_code]
    drawn = []
    if of_year is not None:
        drawn.append(("All authorities", charts.distribution(figure, of_year)))
    if of_years[["value", "england_value"]].notna().any(axis=None):
        drawn.append(("Over the years", charts.series(figure, of_years)))
    funnel = None if of_year is None else charts.funnel(figure, of_year)
    if funnel:
        drawn.append(("By size, around England", funnel))
    tags = []
    if figure.worse_and_worsening:
        tags.append(("worse and worsening", "both"))
    if against := profile.against_england(figure):
        judged = isinstance(figure.funnel_verdict, str)
        words = against.replace(" ", " than England " if judged else " England ")
        tags.append((words, figure.funnel_verdict if judged else "other"))
    has_limits = pd.notna(figure.lower_95)
    return {
        "figure": figure,
        "has_value": pd.notna(figure.value),
        "unit": profile.UNIT_WORDS.get(figure.unit),
        "limits": has_limits
        and f"{profile.number(figure.lower_95, figure)} to {profile.number(figure.upper_95, figure)}",
        "band": figure.band if isinstance(figure.band, str) else None,
        "england_note": BASIS_NOTES.get(figure.england_basis, ""),
        "region_note": BASIS_NOTES.get(figure.region_basis, ""),
        "neighbours_n": int(figure.neighbours_n)
        if pd.notna(figure.neighbours_n) and figure.neighbours_n
        else 0,
        "charts": drawn,
        "tags": tags,
    }
