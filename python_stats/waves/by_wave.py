"""Association of each indicator with the rating, wave by wave and over all waves."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from python_stats import association, panels

DEPRIVATION, SPEND = "imd_average_rank", "s251_net_total_per_child_gbp"
POOLED = "pooled"
ALPHA = 0.05
FEWEST = 10
"""Authorities a wave needs to be pooled: with fewer its ranks say next to nothing."""
ENOUGH = 30
"""Authorities a wave needs to have a say in a verdict: 30 show a correlation of .49 four times in five, and
one of .25 comes out with the wrong sign one time in ten."""
JUDGEMENTS = ("overall", "leaders", "help_and_protection", "children_in_care")
METHODS = tuple(association.CORRELATIONS)


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
