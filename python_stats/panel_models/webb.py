"""Webb, Bennett and Bywaters (2022): spend, deprivation and the grade, as far as the data reach."""

import numpy as np
import pandas as pd

from python_stats import panels
from python_stats.panel_models.clustered import BETWEEN, estimate_without_effects, logistic, mixed_logistic

PUBLISHED = pd.DataFrame(
    [["preventative", 69.0, 27.5, 124.0, 374], ["imd_decile", -16.0, -25.0, -5.7, 374]],
    columns=["term", "estimate", "low", "high", "n"],
)
"""Per cent of change in the odds of good or outstanding per GBP 100 of preventative spend per child, and per
decile of deprivation, with 95% intervals: Webb, Bennett and Bywaters (2022, Social Policy and Society,
doi:10.1017/S147474642200001X), abstract. Of safeguarding spend it says that it is not associated."""
NEAREST = "nearest to theirs"
GROSS, NET, BEFORE = "gross spend", "net instead of gross spend", "spend of the year before"
WEBB_TERMS = {
    "preventative": "GBP 100 of preventative spend per child",
    "safeguarding": "GBP 100 of safeguarding spend per child",
    "imd_decile": "decile of deprivation",
}
WEBB_FRAMEWORKS = ("SLAC", "CPI", "SIF", "ILACS")
WEBB_KINDS = ("first", "standard", "short")
WEBB_YEARS = range(2012, 2020)
"""Financial years of the reports. Theirs begin with 2011, whose returns show social work elsewhere than under
safeguarding."""
LATER_YEARS = range(2013, 2020)
WEBB_PRICES = 2019
SERVICES = ("total", "looked_after", "safeguarding", "family_support", "under_fives", "young_people")
WEBB_NOTE = """\
Theirs is a logistic model with random intercepts of authority and of year. Data and code that the authors
published (github.com/cjrwebb/osd-repo) show what went in: the first inspection of each authority under each
of four frameworks, to March 2019, no re-inspections; gross spend of the financial year in which the report
came out, in prices of 2018-19; preventative is all that is neither for looked-after children nor
safeguarding; deciles of deprivation of 2019. The spend of 2018-19 is theirs to the pound for the four
authorities compared; in some earlier years it differs by a few per cent, for safeguarding in 2011-12 by more.
Nearest to it here: the same, but effects of the year are fixed instead of random, {n} inspections instead of
374 as reports of 2010-11 are left out (its returns show social work elsewhere than under safeguarding), short
inspections count, and authorities that no longer stood in 2019 have their decile from 2015. SLAC gave no
overall grade: that for safeguarding stands for it, here as there.
The spend of the year of the report is partly spent after the inspection; the year before is a variant. What
counts as spend decides the size of its effect: compare the variants.
""".replace("\n", " ")


def webb_frame(
    inspections: pd.DataFrame, spend: pd.DataFrame, deprivation: pd.Series, lag: int = 0
) -> pd.DataFrame:
    """The inspections of Webb et al. with spend and deprivation.

    Parameters
    ----------
    inspections : what `panels.load_inspections` returns of WEBB_FRAMEWORKS.
    spend : pounds per child in prices of WEBB_PRICES, index (la_code, year), a column per service of
        SERVICES.
    deprivation : score by la_code.
    lag : years that the spend is before the financial year of the report.

    Returns
    -------
    A row per inspection: la_code, framework, year (financial, of the report), good (0 or 1), preventative,
    safeguarding and named (family support, under-fives, young people) in hundreds of pounds per child,
    imd_decile (10 the most deprived); NaN where the mart has no figure.
    """
    out = inspections[inspections["inspection_kind"].isin(WEBB_KINDS)].copy()
    out["year"] = (out["published_on"] + pd.DateOffset(months=9)).dt.year
    out["grade"] = out["overall_code"].fillna(out["safeguarding_code"])
    out = out[out["year"].isin(WEBB_YEARS)].dropna(subset=["grade"])
    amounts = pd.DataFrame(
        {
            "preventative": spend["total"] - spend["looked_after"] - spend["safeguarding"],
            "safeguarding": spend["safeguarding"],
            "named": spend[["family_support", "under_fives", "young_people"]].sum(axis=1, skipna=False),
        }
    )
    keys = pd.MultiIndex.from_arrays([out["la_code"], out["year"] - lag])
    out = out[["la_code", "framework", "year", "grade"]].assign(good=out["grade"].ge(3).astype(float))
    for name in amounts:
        out[name] = amounts[name].reindex(keys).to_numpy() / 100
    deciles = np.ceil(10 * deprivation.rank(method="first") / deprivation.notna().sum())
    return out.assign(imd_decile=out["la_code"].map(deciles)).reset_index(drop=True)


def per_cent(terms: pd.DataFrame) -> pd.DataFrame:
    """Estimates and limits in per cent of change in the odds."""
    out = terms.copy()
    out[["estimate", "low", "high"]] = 100 * np.expm1(terms[["estimate", "low", "high"]].astype(float))
    return out


def webb(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Published beside found: per cent of change in the odds of good or outstanding.

    frames : what `webb_frame` returns, by the spend that is in it: of GROSS, BEFORE and NET.

    Returns a row per model and term: model, term, label, estimate, low, high, p, n, n_clusters, verdict (of
    those that were published), method, reason.
    """
    usual, years = ["preventative", "safeguarding", "imd_decile"], WEBB_YEARS
    named = ["named", *usual[1:]]
    asked = (
        (NEAREST, mixed_logistic, GROSS, usual, years),
        ("errors by authority instead of intercepts", logistic, GROSS, usual, years),
        ("reports from 2012-13 on", mixed_logistic, GROSS, usual, LATER_YEARS),
        (BEFORE, mixed_logistic, BEFORE, usual, LATER_YEARS),
        (NET, mixed_logistic, NET, usual, years),
        ("family support, under-fives, young people alone", mixed_logistic, GROSS, named, years),
    )
    tables = [
        PUBLISHED.assign(model="published", method="logistic, intercepts of authority and year", reason="")
    ]
    for name, method, spend, predictors, of_years in asked:
        frame = frames[spend][frames[spend]["year"].isin(of_years)]
        terms = estimate_without_effects(method, frame, "good", predictors, "la_code", "year")
        terms = per_cent(terms[terms["term"] != BETWEEN]).replace({"term": {"named": "preventative"}})
        tables.append(terms.assign(model=name))
    out = pd.concat(tables, ignore_index=True)
    printed = PUBLISHED.set_index("term").reindex(out["term"]).reset_index(drop=True)
    inside = out["estimate"].between(printed["low"], printed["high"])
    out["verdict"] = np.where(inside, "within their interval", "outside their interval")
    nothing = printed["estimate"].isna() | out["estimate"].isna() | out["model"].eq("published")
    out.loc[nothing, "verdict"] = ""
    out["label"] = out["term"].map(WEBB_TERMS)
    return out[
        [
            "model",
            "term",
            "label",
            "estimate",
            "low",
            "high",
            "p",
            "n",
            "n_clusters",
            "verdict",
            "method",
            "reason",
        ]
    ]


def load_webb() -> dict[str, pd.DataFrame]:
    """The frames that `webb` takes, from the mart."""
    inspections = panels.load_inspections(WEBB_FRAMEWORKS)
    deprivation = panels.wide(panels.load_panel(["imd_average_score"], [2019, 2020]))["imd_average_score"]
    by_year = deprivation.unstack("year").reindex(columns=[2019, 2020])
    scores = by_year[2020].combine_first(by_year[2019])
    gross = _spend("gross")
    return {
        GROSS: webb_frame(inspections, gross, scores),
        BEFORE: webb_frame(inspections, gross, scores, lag=1),
        NET: webb_frame(inspections, _spend("net"), scores),
    }


def _spend(kind: str) -> pd.DataFrame:
    """Spend by service, gross or net, as `webb_frame` takes it."""
    codes = {f"s251_{kind}_{service}_per_child_real_gbp": service for service in SERVICES}
    paid = f"s251_{kind}_total_per_child_gbp"
    panel = panels.load_panel([*codes, paid], range(WEBB_YEARS[0] - 1, WEBB_YEARS[-1] + 1))
    spend = panels.wide(panel).rename(columns=codes).reindex(columns=[*SERVICES, paid])
    # From the prices that the mart's constant ones are in to those of the year asked.
    of_year = spend[spend.index.get_level_values("year") == WEBB_PRICES]
    return spend[list(SERVICES)] / (of_year["total"] / of_year[paid]).median()
