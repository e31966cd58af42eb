"""The two studies' own analyses on every wave of inspections."""

import numpy as np
import pandas as pd

from python_stats import (
    association,
    groups,
    la_valle_2016,
    models,
    ofsted_45,
    panels,
    rankings,
    studies,
)
from python_stats.waves.by_wave import ALPHA, DEPRIVATION, ENOUGH, POOLED, associations

OVERDUE, DENTAL = "assessments_over_45_days_pct", "dental_check_pct"


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
