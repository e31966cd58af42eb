"""Repeated inspections of the same authorities: the grade on deprivation, spend and indicators.

Inspections of one authority are not independent: errors are robust to any dependence within it, or it has an
intercept of its own. Only complete cases are used; where there is no model `reason` says why.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.special import expit, log_expit, logsumexp
from statsmodels.tools.numdiff import approx_fprime

from python_stats import association, figures, mart, models, panels, prediction, proportional_odds
from python_stats.results import Part, Result

COLUMNS = [
    *("term", "estimate", "standard_error", "low", "high", "statistic", "df", "p"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high", "n", "n_clusters", "method", "reason"),
]
BETWEEN = "SD between authorities"
NODES = 40
"""Of the quadrature: for the few inspections an authority has, exact to six digits."""
METHODS = {
    "logistic": "logistic, errors by authority",
    "linear": "linear in the grade, errors by authority",
    "ordinal": "proportional odds, errors by authority",
    "mixed": "logistic with an intercept of each authority",
}

# ----------------------------------------------------------------- models


def _cases(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, is_graded: bool = True
) -> tuple:
    """Outcome, predictors and numbered clusters of the complete cases, and why there is no model."""
    data = frame[[outcome, *predictors, cluster]].dropna()
    y, x = data[outcome].to_numpy(float), data[predictors].astype(float)
    groups, names = pd.factorize(data[cluster])
    values, codes = np.unique(y, return_inverse=True)
    if is_graded or len(values) < 2 or not len(x.columns):
        reason = models._no_model(codes, x)
    else:
        reason = models._redundant(x)
    if not reason and len(names) <= x.shape[1] + 1:
        reason = f"{len(names)} authorities are too few for {x.shape[1] + 1} parameters"
    return y, x, groups, reason


def _table(names, estimates, errors, df, confidence: float, is_odds: bool) -> pd.DataFrame:
    """Rows with their tests by t (df may be infinite)."""
    margin = stats.t.ppf((1 + confidence) / 2, df) * errors
    out = pd.DataFrame({"term": names, "estimate": estimates, "standard_error": errors})
    out["low"], out["high"] = estimates - margin, estimates + margin
    out["statistic"] = estimates / errors
    out["df"] = df if np.isfinite(df) else np.nan
    out["p"] = 2 * stats.t.sf(np.abs(out["statistic"]), df)
    if is_odds:
        for of, name in (("estimate", ""), ("low", "_low"), ("high", "_high")):
            out[f"odds_ratio{name}"] = np.exp(out[of])
    return out


def _empty(predictors: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"term": predictors})


def _finished(out: pd.DataFrame, kind: str, n: int, groups: np.ndarray, reason: str) -> pd.DataFrame:
    about = {"n": n, "n_clusters": len(np.unique(groups)), "method": METHODS[kind], "reason": reason}
    return out.assign(**about).reindex(columns=COLUMNS)


def logistic(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Logistic regression with errors robust to dependence within a cluster.

    Parameters
    ----------
    frame : a row per inspection, `outcome` 0 or 1, predictors numeric, `cluster` the authority.

    Returns
    -------
    A row per predictor: term, estimate (log odds per unit), standard_error, low, high, statistic (t), df
    (clusters less 1), p, odds_ratio with its limits, n, n_clusters, method, reason.

    Source: Liang and Zeger (1986, Biometrika 73) by statsmodels, with its correction for few clusters,
    G / (G - 1) times (n - 1) / (n - k).
    """
    y, x, groups, reason = _cases(frame, outcome, predictors, cluster)
    out = _empty(predictors)
    if not reason:
        design = models._with_constant(x)
        start = models._glm(y, design).params
        glm = sm.GLM(y, design, family=sm.families.Binomial())
        fit = glm.fit(start_params=start, cov_type="cluster", cov_kwds={"groups": groups})
        df = groups.max()
        out = _table(predictors, fit.params[1:], fit.bse[1:], df, confidence, True)
    return _finished(out, "logistic", len(y), groups, reason)


def linear(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Least squares with errors robust to dependence within a cluster; `estimate` in grades per unit.

    Takes and returns what `logistic` does, for any numeric outcome, without odds ratios. Source: as there.
    """
    y, x, groups, reason = _cases(frame, outcome, predictors, cluster, is_graded=False)
    out = _empty(predictors)
    if not reason:
        fit = sm.OLS(y, models._with_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": groups})
        out = _table(predictors, fit.params[1:], fit.bse[1:], groups.max(), confidence, False)
    return _finished(out, "linear", len(y), groups, reason)


def ordinal(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Proportional odds with errors robust to dependence within a cluster.

    Takes and returns what `logistic` does, for an outcome of ordered grades: a positive estimate goes with
    the higher grades. With two grades it is `logistic`. Source: as there, with the scores of
    `proportional_odds.derivatives`.
    """
    y, x, groups, reason = _cases(frame, outcome, predictors, cluster)
    out = _empty(predictors)
    if not reason:
        codes, z = np.unique(y, return_inverse=True)[1], models._standardised(x)
        params = proportional_odds.fit(z, codes)
        scores, hessian = proportional_odds.derivatives(params, z, codes)
        by_cluster = np.zeros((groups.max() + 1, scores.shape[1]))
        np.add.at(by_cluster, groups, scores)
        bread, many, n, k = np.linalg.inv(-hessian), len(by_cluster), len(y), len(params)
        few = many / (many - 1) * (n - 1) / (n - k)
        errors = np.sqrt(np.diag(few * bread @ by_cluster.T @ by_cluster @ bread))[-z.shape[1] :]
        scale = x.std(ddof=0).to_numpy()
        slopes = params[-z.shape[1] :]
        out = _table(predictors, slopes / scale, errors / scale, many - 1, confidence, True)
    return _finished(out, "ordinal", len(y), groups, reason)


def mixed_log_likelihood(
    params: np.ndarray, design: np.ndarray, y: np.ndarray, groups: np.ndarray
) -> tuple[float, np.ndarray]:
    """Log-likelihood and its gradient of a logistic model with a normal intercept of each group.

    params : array (predictors + 1,), the last the standard deviation of the intercepts; design : array
    (cases, predictors), with its constant; y : array (cases,) of 0 and 1; groups : array (cases,), numbered
    from 0.

    Source: Gauss-Hermite quadrature with NODES nodes (Pinheiro and Bates 1995, Journal of Computational and
    Graphical Statistics 4).
    """
    at, weights = np.polynomial.hermite_e.hermegauss(NODES)
    sign = 2 * y - 1
    middle = sign[:, None] * ((design @ params[:-1])[:, None] + params[-1] * at)
    by_group = np.zeros((groups.max() + 1, NODES))
    np.add.at(by_group, groups, log_expit(middle))
    joint = by_group + np.log(weights / weights.sum())
    of_group = logsumexp(joint, axis=1, keepdims=True)
    slope = np.exp(joint - of_group)[groups] * sign[:, None] * expit(-middle)
    return float(of_group.sum()), np.append(design.T @ slope.sum(axis=1), (slope * at).sum())


def mixed_logistic(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Logistic regression with an intercept of each cluster, normal around a common one.

    Takes and returns what `logistic` does, with `statistic` normal (no df), and a last row BETWEEN: the
    standard deviation of the intercepts (log odds; 0 if authorities differ by no more than chance), its p
    of the likelihood ratio against none (half a chi-squared with one df: it cannot be negative).
    Coefficients are of one authority, not of the average over them, so further from 0 than those of
    `logistic`.

    Source: maximum likelihood, errors from the Hessian; Self and Liang (1987, Journal of the American
    Statistical Association 82) for the test.
    """
    y, x, groups, reason = _cases(frame, outcome, predictors, cluster)
    if not reason and len(y) == len(np.unique(groups)):
        reason = "one inspection of each authority: nothing to tell apart what is theirs"
    out = _empty([*predictors, BETWEEN])
    if not reason:
        design = sm.add_constant(models._standardised(x))
        without = models._glm(y, design)

        def down(params):
            height, slope = mixed_log_likelihood(params, design, y, groups)
            return -height, -slope

        found = optimize.minimize(down, np.append(without.params, 1.0), jac=True, method="BFGS")
        slope = np.abs(down(found.x)[1]).max()
        hessian = approx_fprime(found.x, lambda at: down(at)[1], centered=True)
        hessian = (hessian + hessian.T) / 2
        sd = abs(found.x[-1])
        if slope > 1e-2 or np.linalg.eigvalsh(hessian)[0] <= 0:
            reason = "the likelihood has no maximum that the steps could find: the model does not converge"
        else:
            covariance = np.linalg.inv(hessian)
            scale = x.std(ddof=0).to_numpy()
            errors = np.sqrt(np.diag(covariance))
            out = _table(predictors, found.x[1:-1] / scale, errors[1:-1] / scale, np.inf, confidence, True)
            margin = stats.norm.ppf((1 + confidence) / 2) * errors[-1]
            ratio = max(0.0, 2 * (-found.fun - without.llf))
            between = {
                "term": BETWEEN,
                "estimate": sd,
                "standard_error": errors[-1],
                "low": max(0.0, sd - margin),
                "high": sd + margin,
                "statistic": ratio,
                "df": 1.0,
                "p": stats.chi2.sf(ratio, 1) / 2,
            }
            out.loc[len(out)] = between
    return _finished(out, "mixed", len(y), groups, reason)


def with_effects(frame: pd.DataFrame, of: str) -> tuple[pd.DataFrame, list[str]]:
    """The frame with a column of 0 and 1 for every value of a column that occurs, but the first."""
    dummies = pd.get_dummies(frame[of].astype(str), prefix=of, drop_first=True, dtype=float)
    return frame.join(dummies), list(dummies)


def estimate_without_effects(
    method: Callable, frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, effects: str
) -> pd.DataFrame:
    """The rows of the predictors from a model that has a fixed effect of every value of `effects` besides."""
    complete = frame.dropna(subset=[outcome, *predictors, cluster])
    ready, more = with_effects(complete, effects)
    out = method(ready, outcome, [*predictors, *more], cluster)
    return out[~out["term"].isin(more)].reset_index(drop=True)


# ----------------------------------------------------------------- Webb, Bennett and Bywaters (2022)

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


# ----------------------------------------------------------------- from the mart

MODELS = {
    "deprivation": prediction.DEPRIVATION,
    "deprivation and spend (section 251)": [*prediction.DEPRIVATION, prediction.SPEND[0]],
    "deprivation and spend (RO3)": [*prediction.DEPRIVATION, prediction.SPEND[1]],
}


SHORT = {prediction.DEPRIVATION[0]: "deprivation"} | dict.fromkeys(prediction.SPEND, "spend per child")
DETAILS = (
    *("term", "standard_error", "statistic", "df"),
    *("odds_ratio", "odds_ratio_low", "odds_ratio_high"),
)
"""In the CSV and JSON alone."""


def of_all_kinds(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """MODELS fitted in all four ways, with effects of the wave: what `logistic` returns, by model and label.

    frame : a row per inspection: la_code, wave, grade, good and the predictors in tenths.
    """
    ways = ((logistic, "good"), (mixed_logistic, "good"), (ordinal, "grade"), (linear, "grade"))
    tables = [
        estimate_without_effects(method, frame, outcome, predictors, "la_code", "wave").assign(model=name)
        for name, predictors in MODELS.items()
        for method, outcome in ways
    ]
    out = pd.concat(tables, ignore_index=True)
    out.insert(0, "label", out["term"].map(labels | {BETWEEN: BETWEEN}))
    for name in ("method", "model"):
        out.insert(0, name, out.pop(name))
    return out


def one_by_one(frame: pd.DataFrame, indicators: list[str], labels: dict[str, str]) -> pd.DataFrame:
    """Each indicator beside deprivation and the wave: its row of `ordinal`, corrected for their number."""
    rows = []
    for code in indicators:
        predictors = [code, *prediction.DEPRIVATION]
        fit = estimate_without_effects(ordinal, frame, "grade", predictors, "la_code", "wave")
        rows.append(fit[fit["term"] == code])
    out = association.adjust(pd.concat(rows, ignore_index=True))
    out.insert(0, "label", out["term"].map(labels))
    return out.sort_values("p", ignore_index=True)


def report() -> Result:
    """Grades of repeated inspections on deprivation, spend and indicators, beside Webb et al. (2022)."""
    codes = sorted(
        {c for s in prediction.STUDIES for c in panels.load_study(s)["variables"]["indicator_code"]}
        | {*prediction.DEPRIVATION, *prediction.SPEND}
    )
    data, synthetic = prediction.load(codes), mart.is_synthetic()
    labels = {code: mart.indicator(code).label for code in codes}
    frame = pd.concat([data.inspections, 10 * data.features[codes]], axis=1)
    frame["good"] = frame["grade"].ge(prediction.GOOD).astype(float)
    deprived_twice = ("imd_average_score", "imd_average_rank")
    indicators = [code for code in codes if code not in (*deprived_twice, *prediction.SPEND)]
    by_kind, singly = of_all_kinds(frame, SHORT), one_by_one(frame, indicators, labels)
    frames = load_webb()
    compared = webb(frames)
    counts = frame.groupby("la_code").size().value_counts().sort_index()
    repeated = pd.DataFrame({"inspections": counts.index, "n_authorities": counts.to_numpy()})
    of_both = compared[compared["term"].isin(["preventative", "imd_decile"])].sort_values(
        "term", kind="stable", ascending=False
    )
    drawn, alt = figures.estimates(
        of_both,
        [f"{r.label}: {r.model}" for r in of_both.itertuples()],
        "change in the odds of good or outstanding, per cent",
    )
    known = singly.dropna(subset=["estimate"]).head(20)
    forest, forest_alt = figures.estimates(
        known, list(known["label"]), "log odds of a higher grade per tenth of authorities"
    )
    used = compared.loc[compared["model"] == NEAREST, "n"].iloc[0]
    parts = [
        Part(
            "Webb et al. (2022) published beside found",
            "Change in the odds of good or outstanding, per cent, 95% intervals.\n"
            + WEBB_NOTE.format(n=used),
            compared,
            decimals=1,
            hidden=("method", "term"),
        ),
        Part(
            "Published beside found with intervals",
            "Filled: the interval leaves 0 out.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Deprivation and spend in four models",
            "Per tenth of authorities, the most deprived and the highest spending at the top; effects of the "
            "wave in all; what was published before the inspection began. Linear: grades; others: log odds.",
            by_kind,
            hidden=DETAILS,
        ),
        Part(
            "Indicators one by one",
            "Proportional odds of a higher grade per tenth of authorities, beside deprivation and the wave; "
            "errors by authority; p_holm and p_bh are corrected for the number of tests. Not causes.",
            singly,
            hidden=("method", *DETAILS),
        ),
        Part(
            "The twenty surest indicators",
            "Filled: the interval leaves 0 out, before correction for their number.",
            figure=forest,
            alt=forest_alt,
        ),
        Part("Inspections of an authority", f"{len(frame)} inspections.", repeated),
    ]
    lead = f"{_webb_words(compared)}\n{_words(by_kind, singly)}"
    return Result("panel", "Repeated inspections: deprivation, spend and indicators", lead, synthetic, parts)


def _webb_words(compared: pd.DataFrame) -> str:
    """Published beside found, in a sentence."""
    nearest = compared[compared["model"] == NEAREST].set_index("term")
    said = []
    for row in PUBLISHED.itertuples():
        ours = nearest.loc[row.term]
        found = f"{_span(ours)}, {ours['verdict']}"
        if ours["reason"]:
            found = f"no result ({ours['reason']})"
        said.append(f"per {WEBB_TERMS[row.term]} {_span(row._asdict())} there, here {found}")
    of_spend = compared[compared["term"].eq("preventative") & compared["model"].ne("published")]["estimate"]
    variants = ""
    if of_spend.notna().any():
        variants = (
            f" By what counts as such spend, and of when, the first goes from {of_spend.min():+.0f}% "
            f"to {of_spend.max():+.0f}%."
        )
    return (
        "Webb, Bennett and Bywaters (2022) report how the odds of good or outstanding change, in 374 "
        f"inspections, beside {nearest['n'].iloc[0]} here: {'; '.join(said)}.{variants}"
    )


def _span(row) -> str:
    """Per cent of change with its interval."""
    return f"{row['estimate']:+.0f}% ({row['low']:+.0f} to {row['high']:+.0f})"


def _words(by_kind: pd.DataFrame, singly: pd.DataFrame) -> str:
    """What stands out of the panel, in a sentence."""
    first = by_kind[(by_kind["model"] == "deprivation") & (by_kind["method"] == METHODS["logistic"])].iloc[0]
    deprived = (
        f"no result for deprivation ({first['reason']})"
        if first["reason"]
        else f"the odds change by {100 * (first['odds_ratio'] - 1):+.0f}% per tenth of deprivation "
        f"({100 * (first['odds_ratio_low'] - 1):+.0f} to {100 * (first['odds_ratio_high'] - 1):+.0f})"
    )
    sure = singly[singly["p_holm"] < 0.05]
    names = ", ".join(f"{r.label} ({'+' if r.estimate > 0 else '-'})" for r in sure.itertuples())
    return (
        f"In SIF and ILACS {deprived}. Of {int(singly['p'].notna().sum())} indicators, beside deprivation "
        f"and corrected for their number (Holm), go with the grade: {names or 'none'}."
    )
