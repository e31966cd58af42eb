"""Does an association hold: every indicator of both studies on every wave of inspections, and all together.

The value is what was last published on the authority before its inspection began, the rating what the
inspection gave. Of an authority inspected more than once in a wave the first inspection counts: whether a
second one comes depends on how the first went.
"""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from rich.console import Console
from rich.progress import track
from scipy import stats

from python_stats import (
    association,
    figures,
    groups,
    la_valle_2016,
    mart,
    models,
    ofsted_45,
    panels,
    rankings,
    studies,
)
from python_stats.results import Part, Result

NAME = "waves"
JUDGEMENTS = ("overall", "leaders", "help_and_protection", "children_in_care")
METHODS = tuple(association.CORRELATIONS)
DEPRIVATION, SPEND = "imd_average_rank", "s251_net_total_per_child_gbp"
OVERDUE, DENTAL = "assessments_over_45_days_pct", "dental_check_pct"
POOLED = "pooled"
ALPHA = 0.05
FEWEST = 10
"""Authorities a wave needs to be pooled: with fewer its ranks say next to nothing."""
ENOUGH = 30
"""Authorities a wave needs to have a say in a verdict: 30 show a correlation of .49 four times in five, and
one of .25 comes out with the wrong sign one time in ten."""
ENOUGH_WAVES = 2
SIMULATIONS = 2000
VERDICTS = {
    "holds": f"the same sign in every wave with at least {ENOUGH} authorities, and over all waves a p below "
    f"{ALPHA} after correction for the number of indicators (Holm)",
    "changes sign": "both signs among such waves, and they differ by more than chance (p differs below "
    f"{ALPHA})",
    "unsettled": f"a p below {ALPHA} in such a wave or over all, but neither of these",
    "never there": f"no p below {ALPHA} in any such wave or over all: too weak to be seen here, or nothing",
    "too little data": f"fewer than {ENOUGH_WAVES} waves with at least {ENOUGH} authorities",
}


# ----------------------------------------------------------------- who and what


def study_indicators(loaded: list[dict[str, pd.DataFrame]]) -> pd.DataFrame:
    """The indicators of both studies, each once; loaded : what `panels.load_study` gives of each.

    Returns a row per indicator_code, in the studies' order: variable (the first study's words for it),
    polarity (high, low, contested or context) and studies (which number it has where).
    """
    parts = [study["variables"].assign(study=number) for number, study in enumerate(loaded, 1)]
    every = pd.concat(parts, ignore_index=True)
    every["studies"] = every["study"].map("study {}: ".format) + every["variable_no"].astype(str)
    by_code = every.groupby("indicator_code", sort=False)
    return by_code.agg(
        variable=("variable", "first"), polarity=("polarity", "first"), studies=("studies", "; ".join)
    )


def samples(inspections: pd.DataFrame, known: pd.DataFrame, judgement: str) -> pd.DataFrame:
    """An authority's first inspection of a wave and what was known before it.

    inspections, known : what `panels.load_at_inspections` gives; judgement : one of JUDGEMENTS.

    Returns a row per authority and wave in the order of publication (index inspection_id): la_code, wave,
    rating (1 inadequate to 4 outstanding) and a column of values per indicator in `known`. Inspections
    without this judgement are left out. Raises ValueError for another judgement.
    """
    if judgement not in JUDGEMENTS:
        raise ValueError(f"no judgement {judgement!r}: {', '.join(JUDGEMENTS)}")
    rated = inspections.rename(columns={f"{judgement}_code": "rating"}).dropna(subset=["rating", "wave"])
    first = rated.sort_values("published_on", kind="stable").drop_duplicates(["la_code", "wave"])
    values = known.pivot(index="inspection_id", columns="indicator_code", values="value")
    return first[["la_code", "wave", "rating"]].join(values)


# ----------------------------------------------------------------- association, by wave and pooled


def _standard(frame: pd.DataFrame, method: str) -> pd.DataFrame | str:
    """Rating and indicator (the first two columns) as scores of mean 0 and SD 1, or why there are none.

    They are ranks for Spearman; what the third column, if there is one, says of them by a straight line is
    taken out.
    """
    if any(association.is_constant(frame[column].to_numpy()) for column in frame):
        return f"no variation among {len(frame)} authorities"
    values = (frame.rank() if method == "spearman" else frame).to_numpy(float)
    values = values - values.mean(axis=0)
    spread = values.std(axis=0)
    wanted, given = values[:, :2], values[:, 2:]
    if given.size:
        wanted = wanted - given @ np.linalg.lstsq(given, wanted, rcond=None)[0]
    left = wanted.std(axis=0)
    if (left <= 1e-9 * spread[:2]).any():
        return f"nothing is left of it after adjustment among {len(frame)} authorities"
    return pd.DataFrame(wanted / left, index=frame.index, columns=["rating", "indicator"])


def _complete(frame: pd.DataFrame, indicator: str, given: str | None) -> pd.DataFrame:
    columns = ["rating", indicator] + ([given] if given else [])
    return frame[columns].astype(float).dropna()


def partial(frame: pd.DataFrame, indicators: list[str], given: str, method: str = "spearman") -> pd.DataFrame:
    """Correlation of the rating with each indicator, another variable held fixed.

    frame : a row per authority with `rating`, `given` and the indicators; method : spearman or pearson.

    Returns a row per indicator: indicator, estimate, low, high, statistic (t), df (n - 3), p, n, method,
    reason. Source: Fisher (1924); for Spearman the partial correlation of the ranks, as R's ppcor::pcor.test.
    """
    rows = []
    for indicator in indicators:
        row = {"indicator": indicator, "n": 0, "reason": "is what is held fixed"}
        if indicator != given:
            known = _complete(frame, indicator, given)
            n = row["n"] = len(known)
            scores = _standard(known, method) if n >= FEWEST else f"{n} authorities; {FEWEST} are needed"
            row["reason"] = scores if isinstance(scores, str) else ""
        if not row["reason"]:
            r = float(np.clip((scores["rating"] * scores["indicator"]).mean(), -1, 1))
            with np.errstate(divide="ignore"):
                t = r * np.sqrt(np.divide(n - 3, 1 - r**2))
                z = np.arctanh(r)
            margin = stats.norm.ppf(0.975) * np.sqrt((1 if method == "pearson" else 1 + r**2 / 2) / (n - 4))
            row |= {"estimate": r, "low": np.tanh(z - margin), "high": np.tanh(z + margin), "statistic": t}
            row |= {"df": n - 3, "p": 2 * stats.t.sf(abs(t), n - 3)}
        rows.append(row)
    columns = "indicator estimate low high statistic df p n method reason"
    return pd.DataFrame(rows, columns=columns.split()).assign(method=f"partial {method} correlation")


def pooled(
    frame: pd.DataFrame, indicators: list[str], given: str | None = None, method: str = "spearman"
) -> pd.DataFrame:
    """Association of the rating with each indicator over all waves, both taken within their wave.

    Parameters
    ----------
    frame : what `samples` gives; waves with fewer than FEWEST authorities, or without variation, are left
        out of an indicator.
    given : a column to hold fixed within each wave.
    method : "spearman" (ranks within the wave) or "pearson" (values).

    Returns
    -------
    A row per indicator: indicator, estimate (the mean of the waves' correlations, weighted by their n), low,
    high, statistic (t), df (effective authorities - 1), p, n (inspections), n_authorities, n_waves, method,
    reason.

    Source: least squares of one on the other, both of mean 0 and SD 1 in each wave; standard errors clustered
    by authority (Liang and Zeger 1986; statsmodels), as authorities recur from wave to wave; degrees of
    freedom by their effective number (Carter, Schnepel and Steigerwald 2017, Review of Economics and
    Statistics 99): with their plain number 6.7% of simulated families without an effect pass Holm, so 5.7%.
    """
    rows = []
    for indicator in indicators:
        if indicator == given:
            rows.append({"indicator": indicator, "n": 0, "reason": "is what is held fixed"})
            continue
        known = _complete(frame, indicator, given)
        waves = [part for _, part in known.groupby(frame["wave"], observed=True) if len(part) >= FEWEST]
        scores = [
            found for found in (_standard(part, method) for part in waves) if not isinstance(found, str)
        ]
        if not scores:
            reason = f"no wave with {FEWEST} authorities that differ and have both"
            rows.append({"indicator": indicator, "n": 0, "reason": reason})
            continue
        data = pd.concat(scores)
        authority = pd.factorize(frame["la_code"].reindex(data.index))[0]
        fit = sm.OLS(data["rating"].to_numpy(), data["indicator"].to_numpy()).fit(
            cov_type="cluster", cov_kwds={"groups": authority}
        )
        # Means taken out wave by wave are estimated too.
        error = fit.bse[0] * np.sqrt(len(data) / (len(data) - len(scores) * (2 if given else 1)))
        weight = np.bincount(authority, data["indicator"] ** 2)
        df = weight.sum() ** 2 / (weight**2).sum() - 1
        t, margin = fit.params[0] / error, error * stats.t.ppf(0.975, df)
        rows.append(
            {
                "indicator": indicator,
                "estimate": fit.params[0],
                "low": fit.params[0] - margin,
                "high": fit.params[0] + margin,
                "statistic": t,
                "df": df,
                "p": 2 * stats.t.sf(abs(t), df),
                "n": len(data),
                "n_authorities": authority.max() + 1,
                "n_waves": len(scores),
                "reason": "",
            }
        )
    columns = "indicator estimate low high statistic df p n n_authorities n_waves method reason"
    words = f"{method} correlation within waves, errors clustered by authority"
    return pd.DataFrame(rows, columns=columns.split()).assign(method=words)


def associations(
    frame: pd.DataFrame, indicators: list[str], given: str | None = None, method: str = "spearman"
) -> pd.DataFrame:
    """Association of the rating with each indicator in each wave, and pooled.

    frame, given, method : as `pooled` takes them; `given` adds the association with it held fixed.

    Returns a row per wave of `panels.WAVES` and POOLED, and indicator: wave, indicator, estimate, low, high,
    statistic, df, p, p_holm, p_bh (within the wave), m, smallest (the smallest correlation, without its sign,
    that n authorities show four times in five; pooled: as if all inspections were of different authorities),
    given_deprivation (with `given` held fixed), given_deprivation_p, n, n_authorities, n_waves, method,
    reason.
    """
    parts = []
    for wave in [*panels.WAVES, POOLED]:
        if wave == POOLED:
            of_wave = pooled(frame, indicators, None, method)
            held = pooled(frame, indicators, given, method) if given else None
        else:
            part = frame[frame["wave"] == wave]
            of_wave = association.correlate(part, "rating", indicators, method).drop(columns="outcome")
            held = partial(part, indicators, given, method) if given else None
        if held is not None:
            of_wave["given_deprivation"] = held["estimate"].astype(float)
            of_wave["given_deprivation_p"] = held["p"].astype(float)
            of_wave["given_deprivation_reason"] = held["reason"]
        parts.append(association.adjust(of_wave).assign(wave=wave))
    out = pd.concat(parts, ignore_index=True)
    smallest = [association.smallest_detectable(n) for n in out["n"]]
    out["smallest"] = [np.nan if isinstance(it, str) else it for it in smallest]
    columns = (
        "wave indicator estimate low high statistic df p p_holm p_bh m smallest given_deprivation "
        "given_deprivation_p given_deprivation_reason n n_authorities n_waves method reason"
    )
    return out.reindex(columns=columns.split())


# ----------------------------------------------------------------- verdicts


def telling(of_waves: pd.DataFrame) -> pd.Series:
    """Which waves have a say in a verdict; of_waves : rows of `associations`."""
    return of_waves["n"].ge(ENOUGH) & of_waves["p"].notna()


def differs(of_waves: pd.DataFrame) -> float:
    """The p of Cochran's Q: do the correlations of these waves differ by more than chance.

    of_waves : estimate (no more than a correlation of 1 in size) and n. As if no authority came twice.
    """
    r = of_waves["estimate"].to_numpy(float)
    weight = (of_waves["n"].to_numpy(float) - 3) / (1 + r**2 / 2)
    z = np.arctanh(np.clip(r, -0.999, 0.999))
    q = (weight * (z - np.average(z, weights=weight)) ** 2).sum()
    return float(stats.chi2.sf(q, len(z) - 1))


def verdict(of_waves: pd.DataFrame, over_all: pd.Series) -> tuple[str, float]:
    """One of VERDICTS, and the p of `differs` (NaN with too little data).

    of_waves : an indicator's rows of the waves, with estimate, p, n; over_all : its pooled p and p_holm.
    """
    told = of_waves[telling(of_waves)]
    if len(told) < ENOUGH_WAVES or pd.isna(over_all["p"]):
        return "too little data", np.nan
    same = told["estimate"].gt(0).all() or told["estimate"].lt(0).all()
    p_differs = differs(told)
    if same and over_all["p_holm"] < ALPHA:
        return "holds", p_differs
    if not same and p_differs < ALPHA:
        return "changes sign", p_differs
    passes = over_all["p"] < ALPHA or told["p"].lt(ALPHA).any()
    return "unsettled" if passes else "never there", p_differs


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """A row per indicator: verdict, signs (of the waves, in order: + - and . where there is too little),
    p_differs (see `differs`) and the pooled row of `associations`; table : what that gives."""
    rows = []
    for indicator, of in table.groupby("indicator", sort=False):
        over_all = of[of["wave"] == POOLED].iloc[0]
        of_waves = of[of["wave"] != POOLED]
        word, p_differs = verdict(of_waves, over_all)
        signs = np.where(telling(of_waves), np.where(of_waves["estimate"] > 0, "+", "-"), ".")
        rows.append(
            {"indicator": indicator, "verdict": word, "signs": "".join(signs), "p_differs": p_differs}
            | over_all.drop(["indicator", "wave"]).to_dict()
        )
    return pd.DataFrame(rows)


def passed_by_chance(
    frame: pd.DataFrame,
    indicators: list[str],
    method: str = "spearman",
    simulations: int = SIMULATIONS,
    seed: int = 0,
) -> np.ndarray:
    """How many indicators pass p < ALPHA when the ratings of a wave are dealt out anew at random.

    frame : the rows of one wave. What authorities have a figure, and how the indicators go together, stays;
    so the numbers spread far wider than if the tests had nothing to do with each other.

    Returns an array (simulations,) of numbers of indicators. Ratings are ranked in the wave, not again among
    those with a figure.
    """
    values = frame[indicators].astype(float)
    has = values.notna().to_numpy()
    n = has.sum(axis=0)
    rating = frame["rating"].to_numpy(float)
    if method == "spearman":
        values, rating = values.rank(), stats.rankdata(rating)
    scores = (values - values.mean()).fillna(0).to_numpy()
    shuffled = np.random.default_rng(seed).permuted(np.tile(rating, (simulations, 1)), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = shuffled**2 @ has - (shuffled @ has) ** 2 / n
        r = shuffled @ scores / np.sqrt(spread * (scores**2).sum(axis=0))
        t = np.abs(r) * np.sqrt((n - 2) / (1 - np.minimum(r**2, 1)))
    return (t > stats.t.isf(ALPHA / 2, np.maximum(n - 2, 1)))[:, n > 2].sum(axis=1)


def against_chance(
    frame: pd.DataFrame,
    table: pd.DataFrame,
    method: str = "spearman",
    simulations: int = SIMULATIONS,
    seed: int = 0,
) -> pd.DataFrame:
    """How many tests of a wave pass and how many would by chance.

    frame : what `samples` gives; table : what `associations` gives of it by the same method.

    Returns a row per wave and POOLED: wave, n (authorities; pooled: inspections), m, expected (ALPHA of m),
    passed (p < ALPHA), low, high (95% of the numbers that chance gives), p (how often chance gives at least
    as many), holm, bh (that pass after correction), smallest (see `associations`, at the median n), reason.
    """
    rows = []
    for wave, of in table.groupby("wave", sort=False):
        tested, part = of[of["p"].notna()], frame[frame["wave"] == wave]
        row = {
            "wave": wave,
            "n": len(frame) if wave == POOLED else len(part),
            "m": len(tested),
            "expected": ALPHA * len(tested),
            "passed": int((tested["p"] < ALPHA).sum()),
            "holm": int((tested["p_holm"] < ALPHA).sum()),
            "bh": int((tested["p_bh"] < ALPHA).sum()),
            "smallest": tested["smallest"].median(),
            "reason": "" if len(tested) else "no indicator can be tested",
        }
        if wave == POOLED:
            row["reason"] = "authorities recur, so ratings cannot be dealt out at random"
        elif len(tested):
            by_chance = passed_by_chance(part, list(tested["indicator"]), method, simulations, seed)
            row["low"], row["high"] = np.percentile(by_chance, [2.5, 97.5])
            row["p"] = (1 + (by_chance >= row["passed"]).sum()) / (1 + simulations)
        rows.append(row)
    columns = "wave n m expected passed low high p holm bh smallest reason"
    return pd.DataFrame(rows, columns=columns.split())


# ----------------------------------------------------------------- the studies' analyses on every wave


def appearing(frame: pd.DataFrame, polarity: dict[str, str], rule: str = "percentile") -> pd.DataFrame:
    """How often each authority is among the best and the worst 10% of its wave (study 1).

    frame : what `samples` gives; polarity : of the indicators to rank, "high" or "low"; rule : one of
    `rankings.EXTREME_RULES`. An indicator counts in a wave with ENOUGH figures.

    Returns la_code, wave, rating, best, worst (times; NaN in a wave without such an indicator) and
    n_indicators.
    """
    parts = []
    for _, part in frame.groupby("wave", observed=True):
        ranked = [code for code in polarity if code in part and part[code].notna().sum() >= ENOUGH]
        out = part[["la_code", "wave", "rating"]].assign(best=np.nan, worst=np.nan, n_indicators=len(ranked))
        for end in ("best", "worst") if ranked else ():
            among = rankings.extremes(part.set_index("la_code")[ranked], polarity, end, rule=rule)
            times = rankings.appearances(among, list(part["la_code"])).set_index("la_code")["times"]
            out[end] = out["la_code"].map(times).astype(float)
        parts.append(out)
    return pd.concat(parts)


def study_1(frame: pd.DataFrame, polarity: dict[str, str], rule: str = "percentile") -> pd.DataFrame:
    """Does appearing often among the best or the worst 10% go with the rating, by wave and pooled.

    Returns a row per wave and end: wave, end, n_indicators, n, n_often (authorities that appear
    `la_valle_2016.OFTEN` times or more), high_often, high_others (of them, and of the others, rated good or
    outstanding, as a share of 1), and estimate to reason of `associations`, of how often with the rating.
    """
    counted = appearing(frame, polarity, rule)
    table = associations(counted, ["best", "worst"]).rename(columns={"indicator": "end"})
    rows = []
    for wave, end in table[["wave", "end"]].itertuples(index=False):
        part = counted if wave == POOLED else counted[counted["wave"] == wave]
        often = part[end] >= la_valle_2016.OFTEN
        high = part["rating"] >= 3
        rows.append(
            {
                "n_indicators": np.nan if wave == POOLED else part["n_indicators"].max(),
                "n_often": int(often.sum()),
                "high_often": high[often].mean(),
                "high_others": high[~often & part[end].notna()].mean(),
            }
        )
    none = table["n"].eq(0)
    table.loc[none, "reason"] = f"no indicator has figures on {ENOUGH} authorities of the wave"
    columns = (
        "wave end n_indicators n n_often high_often high_others estimate low high p p_holm m method reason"
    )
    return pd.concat([table, pd.DataFrame(rows)], axis=1).reindex(columns=columns.split())


def high_low(frame: pd.DataFrame) -> pd.DataFrame:
    """`samples` with `is_high` (rated good or outstanding, 0 or 1) and `level` of it."""
    is_high = frame["rating"].ge(3).astype(int)
    level = pd.Categorical(
        is_high.map({1: ofsted_45.HIGH, 0: ofsted_45.LOW}), [ofsted_45.LOW, ofsted_45.HIGH]
    )
    return frame.assign(is_high=is_high, level=level)


def study_2_t_tests(frame: pd.DataFrame, indicators: list[str], names: dict[str, str]) -> pd.DataFrame:
    """High against low rated by Student's t on every indicator, counted by wave (study 2).

    Returns a row per wave: wave, n_high, n_low, m, expected (ALPHA of m), passed, holm, which (of those that
    survive Holm, with Hedges' g: above 0 is more in the low rated), method, reason.
    """
    rows = []
    for wave in panels.WAVES:
        part = high_low(frame[frame["wave"] == wave])
        tests = association.adjust(groups.t_test(part, indicators, "level"))
        sure = tests[tests["p_holm"] < ALPHA]
        m = int(tests["p"].notna().sum())
        rows.append(
            {
                "wave": wave,
                "n_high": int(part["is_high"].sum()),
                "n_low": int((1 - part["is_high"]).sum()),
                "m": m,
                "expected": ALPHA * m,
                "passed": int((tests["p"] < ALPHA).sum()),
                "holm": len(sure),
                "which": "; ".join(
                    f"{names[it.indicator]} (g {it.hedges_g:+.2f})" for it in sure.itertuples()
                ),
                "method": tests["method"].iloc[0],
                "reason": "" if m else "no indicator can be tested",
            }
        )
    return pd.DataFrame(rows)


def study_2_models(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Study 2's logistic model of a high rating on every wave: deprivation, dental checks, overdue.

    Returns a row per wave and predictor: wave, term, odds_ratio, odds_ratio_low, odds_ratio_high, statistic
    (Wald), df, p, p_holm, p_bh, m (over all waves), n, events (rated high), nagelkerke, method, reason; one
    row where there is no model. Deprivation is the rank within the wave (the highest is the most deprived).
    """
    predictors = [DEPRIVATION, DENTAL, OVERDUE]
    parts = []
    for wave in panels.WAVES:
        part = high_low(frame[frame["wave"] == wave]).reindex(columns=["is_high", *predictors])
        known = part.dropna()
        known = known.assign(**{DEPRIVATION: known[DEPRIVATION].rank()})
        reason, terms = f"{len(known)} authorities with all three; {ENOUGH} are needed", pd.DataFrame()
        nagelkerke = np.nan
        if len(known) >= ENOUGH:
            model = models.logistic(known, "is_high", predictors)
            terms, reason = model.terms.iloc[1:], model.reason
            nagelkerke = model.fit["nagelkerke"].iloc[0]
        if terms.empty:
            terms = pd.DataFrame([{"term": "none", "p": np.nan}])
        facts = {"n": len(known), "events": int(known["is_high"].sum()), "nagelkerke": nagelkerke}
        parts.append(terms.assign(wave=wave, reason=reason, **facts))
    out = association.adjust(pd.concat(parts, ignore_index=True))
    out["term"] = out["term"].map(lambda term: names.get(term, term))
    columns = (
        "wave term odds_ratio odds_ratio_low odds_ratio_high statistic df p p_holm p_bh m n events "
        "nagelkerke method reason"
    )
    return out.reindex(columns=columns.split())


def first_sif(study: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Study 1's indicators but the first, as printed in 2015, and the first SIF grade of every authority.

    study : what `panels.load_study` gives of it.

    Returns a row per indicator: variable_no, variable and what `association.correlate` gives by Pearson, with
    p_holm, p_bh, m. The first indicator cannot be had as the study did: see its remarks.
    """
    values = studies.values_of(study, "regression").drop(columns=1)
    rating = panels.load_inspections(["SIF"], ["first"]).set_index("la_code")["overall_code"]
    frame = values.reindex(rating.index).assign(rating=rating)
    out = association.adjust(association.correlate(frame, "rating", list(values), "pearson"))
    labels = study["variables"].drop_duplicates("variable_no").set_index("variable_no")["variable"]
    out.insert(0, "variable_no", out.pop("indicator").astype(int))
    out.insert(1, "variable", out["variable_no"].map(labels))
    return out.drop(columns="outcome")


# ----------------------------------------------------------------- the report


def listed(rows: pd.DataFrame) -> str:
    """Indicators with their pooled estimates, in a sentence."""
    return ", ".join(f"{it.variable.lower()} ({it.estimate:+.2f})" for it in rows.itertuples()) or "none"


def report(judgement: str = "overall", method: str = "spearman", seed: int = 0) -> Result:
    """Every indicator of both studies on every wave and pooled, the verdicts, and the studies' own analyses.

    judgement : one of JUDGEMENTS, for the tables by wave; the verdicts are given for all. method : one of
    METHODS. seed : of the numbers that pass by chance.
    """
    loaded = [panels.load_study(study) for study in (la_valle_2016.NAME, ofsted_45.NAME)]
    about = study_indicators(loaded)
    inspections, known = panels.load_at_inspections(about.index)
    names, synthetic = about["variable"].to_dict(), mart.is_synthetic()
    tables, frames, by_judgement = {}, {}, []
    console = Console(stderr=True)
    for name in track(
        JUDGEMENTS, "associations", console=console, transient=True, disable=not console.is_terminal
    ):
        frames[name] = samples(inspections, known, name).reindex(
            columns=["la_code", "wave", "rating", *about.index]
        )
        given = DEPRIVATION if name == judgement else None
        tables[name] = associations(frames[name], list(about.index), given, method)
        found = verdicts(tables[name])
        found.insert(1, "variable", found["indicator"].map(names))
        by_judgement.append(found.assign(judgement=name.replace("_", " ")))
    frame, table = frames[judgement], tables[judgement]
    told = by_judgement[JUDGEMENTS.index(judgement)]
    order = told.assign(
        place=told["verdict"].map(list(VERDICTS).index), size=told["estimate"].abs()
    ).sort_values(["place", "size"], ascending=[True, False])
    told = order.drop(columns=["place", "size", "judgement"]).reset_index(drop=True)
    told.insert(2, "studies", told["indicator"].map(about["studies"]))
    told.insert(3, "polarity", told["indicator"].map(about["polarity"]))
    told["as_polarity_says"] = [
        "" if polarity not in ("high", "low") or pd.isna(estimate)
        else "yes" if (estimate > 0) == (polarity == "high") else "no"
        for polarity, estimate in zip(told["polarity"], told["estimate"], strict=True)
    ]  # fmt: skip
    every = pd.concat(by_judgement, ignore_index=True)
    counts = pd.crosstab(every["judgement"], every["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    counts = counts.loc[[name.replace("_", " ") for name in JUDGEMENTS]].reset_index()
    counts["which_hold"] = [
        listed(every[(every["judgement"] == name) & (every["verdict"] == "holds")])
        for name in counts["judgement"]
    ]
    drawn, alt = figures.heat_map(
        table.assign(
            row=table["indicator"].map(names),
            column=table["wave"],
            is_below=table["p"] < ALPHA,
            is_sure=table["p_holm"] < ALPHA,
            is_pale=(table["n"] < ENOUGH) & (table["wave"] != POOLED),
        ),
        [names[code] for code in told["indicator"]],
        [*panels.WAVES, POOLED],
    )
    by_wave = table.assign(variable=table["indicator"].map(names))
    by_wave.insert(1, "variable", by_wave.pop("variable"))
    ranked = loaded[0]["variables"]
    ranked = ranked[ranked["used_for"].str.contains("percentiles")].set_index("indicator_code")["polarity"]
    of_45 = about.index[about["studies"].str.contains("study 2")]
    all_sif = first_sif(loaded[0])
    rest = all_sif[all_sif["p_holm"] < ALPHA]
    words = judgement.replace("_", " ")
    chance = against_chance(frame, table, method, seed=seed)
    parts = [
        Part(
            "Verdicts",
            "\n".join(f"{name}: {means}." for name, means in VERDICTS.items())
            + "\nestimate: the mean of the waves' correlations with the rating, weighted by n; above 0: more "
            "of it, better rated; its interval and p take into account that authorities recur.\n"
            f"given deprivation: the same among equally deprived authorities ({DEPRIVATION}, of the Indices "
            "that were out; the mart has none before 2015).\n"
            "as polarity says: whether more of what is good goes with a better rating.\n"
            f"signs: by wave, {', '.join(panels.WAVES)}; a point where there is too little.\n"
            "smallest: the smallest correlation that n would show four times in five. p differs: do the "
            "waves differ by more than chance (Cochran's Q).",
            told,
            hidden=(
                "indicator",
                "studies",
                "polarity",
                "statistic",
                "df",
                "m",
                "method",
                "given_deprivation_reason",
                "given_deprivation_p",
                "n_authorities",
                "n_waves",
            ),
        ),
        Part(
            "Indicators by wave",
            "Correlation of the value last published before the inspection with the rating. A star: p below "
            f"{ALPHA}; a frame: still so after correction for the number of indicators in the wave (Holm); "
            f"italics: fewer than {ENOUGH} authorities.",
            figure=drawn,
            alt=alt,
        ),
        Part(
            "Against chance",
            f"expected: how many of m tests pass p < {ALPHA} by chance alone, on average; low, high, p: what "
            "chance gives when the ratings of the wave are dealt out at random (the indicators go together, "
            "so the number spreads widely); smallest: the correlation that the median n shows four times in "
            "five.",
            chance,
        ),
        Part(
            "Verdicts by judgement",
            "The same for the overall grade and its parts; with what holds, its pooled correlation.",
            counts,
            decimals=0,
        ),
        Part(
            "All 152 first SIF inspections with the figures of 2015",
            "Pearson's r of study 1's indicators as printed in 2015, but the first, with the overall grade "
            "of every authority's first SIF inspection, of which many were before or long after 2015.",
            all_sif,
            hidden=("method",),
        ),
        Part(
            "Study 1 on every wave",
            f"Does being among the best or worst 10% of those inspected in the wave ({la_valle_2016.OFTEN} "
            "times or more: often) go with the rating? high: share rated good or outstanding; estimate: "
            "Spearman's rho of how often with the rating. Only indicators that "
            f"{ENOUGH} of the wave have a figure on.",
            study_1(frame, ranked.to_dict()),
            hidden=("method",),
        ),
        Part(
            "Study 2 on every wave, high against low rated",
            "Student's t of study 2's 45 variables between those rated good or outstanding and the others.",
            study_2_t_tests(frame, list(of_45), names),
            hidden=("method",),
        ),
        Part(
            "Study 2 on every wave, logistic model",
            "Odds of a rating of good or outstanding, per rank of deprivation within the wave and per "
            "percentage point of the others; p_holm over all waves.",
            study_2_models(frame, names),
            hidden=("method",),
        ),
        Part(
            "All associations by wave",
            f"{association.CORRELATIONS[method]}; pooled: clustered by authority.",
            by_wave,
            hidden=("indicator", "statistic", "df", "method", "given_deprivation_reason"),
        ),
    ]
    tally = told["verdict"].value_counts()
    said = ", ".join(f"{tally.get(name, 0)} {name}" for name in VERDICTS)
    lead = (
        f"Do {len(about)} indicators of the two studies go with Ofsted's judgement ({words})? Each is the "
        "value last published before the inspection began; of an authority inspected more than once in a "
        f"wave the first inspection counts; {len(frame)} inspections of {frame['la_code'].nunique()} "
        f"authorities in {frame['wave'].nunique()} waves; suppressed figures are left out. Verdicts: {said}. "
        f"Holds: {listed(told[told['verdict'] == 'holds'])}. On all first SIF inspections with the figures "
        f"of 2015, after correction (Holm): {listed(rest)}. An indicator's definition can change from year "
        "to year, and figures that go with a rating need not be its reason."
    )
    return Result(NAME, f"Indicators and Ofsted's ratings, wave by wave: {words}", lead, synthetic, parts)
