"""Where authorities stand: ranks by LAIT's rule."""

import pandas as pd

STATUS_WORDS = {
    "published": "",
    "suppressed": "suppressed",
    "not_applicable": "not applicable",
    "not_available": "not available",
    "negligible": "rounds to 0 but is not 0",
    "low_reliability": "low reliability",
    "not_returned": "not returned",
}


def rank(frame: pd.DataFrame, polarity: str) -> pd.DataFrame:
    """Rank the rows of one indicator and year.

    Parameters
    ----------
    frame : a row per authority with `value` (float, NaN without a figure), `status`, `la_name`,
        `joint_code` (of the joint return the figure is of, else None).
    polarity : "high" (the highest value is rank 1), "low" (the lowest is) or "none" (no ranks).

    Returns
    -------
    The frame with `rank` (1 is best; ties share the smallest rank, the next one is skipped; empty
    without a value or a polarity), `n` (authorities with a value), `ties` (how many share the rank)
    and `note` (why there is no value, or with whom it is shared), ranked rows first, in order.

    Source: the Local Authority Interactive Tool's rule: 1, 2, 2, 4; missing unranked; no polarity, no
    rank.
    """
    out = frame.copy()
    out["n"] = int(out["value"].notna().sum())
    if polarity == "none":
        out["rank"] = pd.array([pd.NA] * len(out), dtype="Int64")
    else:
        out["rank"] = out["value"].rank(method="min", ascending=polarity == "low").astype("Int64")
    out["ties"] = out.groupby("rank")["rank"].transform("size").astype("Int64")
    out["note"] = out["status"].map(STATUS_WORDS).fillna(out["status"])
    joint = out["joint_code"].notna()
    out.loc[joint, "note"] = "joint return " + out.loc[joint, "joint_code"]
    order = ["rank", "la_name"] if polarity != "none" else ["value", "la_name"]
    return out.sort_values(order, na_position="last", kind="stable").reset_index(drop=True)


def deprivation_rank(frame: pd.DataFrame, la_codes: list[str] | None = None) -> pd.DataFrame:
    """Rank authorities by deprivation within a chosen set of them.

    Parameters
    ----------
    frame : a row per authority with `la_code` and `value`, a measure of the Indices of Deprivation in
        one year, such as `imd_average_rank`: higher is more deprived.
    la_codes : the set to rank within; all of the frame if not given.

    Returns
    -------
    The rows of the set with `deprivation_rank` (1 is the least, n the most deprived; ties share the
    mean rank; empty without a value) and `n` (authorities with a value), least deprived first.

    Raises ValueError for a code that is not in the frame, or that stands in it twice.

    Source: the study of 45 performance indicators ranks its 47 authorities so, 47 the most deprived.
    """
    chosen = frame if la_codes is None else frame[frame["la_code"].isin(la_codes)]
    missing = sorted(set(la_codes or []) - set(chosen["la_code"]))
    if missing:
        raise ValueError(f"no row for the authorities {', '.join(missing)}: choose among those of the year")
    if chosen["la_code"].duplicated().any():
        raise ValueError("an authority stands twice: choose one indicator and one year")
    out = chosen.copy()
    out["deprivation_rank"] = out["value"].rank(method="average")
    out["n"] = int(out["value"].notna().sum())
    return out.sort_values(["deprivation_rank", "la_code"], na_position="last").reset_index(drop=True)


EXTREME_RULES = {
    "percentile": "at or beyond the percentile (Excel's PERCENTILE.INC), ties in",
    "take-ties-in": "the nearest whole number of authorities, and all that tie with the last of them",
    "take-ties-out": "the nearest whole number of authorities, less those that tie across its end",
    "take-by-code": "the nearest whole number of authorities, ties in the order of their codes",
}


def extremes(
    values: pd.DataFrame,
    polarity: dict[str, str],
    end: str = "best",
    share: float = 0.1,
    rule: str = "percentile",
) -> pd.DataFrame:
    """Which authorities are among the best or the worst on each of several indicators.

    Parameters
    ----------
    values : a row per authority (index la_code), a column per indicator, NaN without a figure.
    polarity : of each column, "high" (the highest is best) or "low".
    end : "best" or "worst".
    share : how many of the authorities, as a share of 1.
    rule : one of EXTREME_RULES. The percentile is of the authorities with a figure, the number of
        authorities of all of them.

    Returns
    -------
    A row per authority and indicator with a figure: la_code, indicator, value, is_in, n (authorities with a
    figure), n_in, method. Raises ValueError for a polarity, end, share or rule that is none.

    Source: the best and worst 10% of La Valle et al. (2016), who do not state their rule.
    """
    if end not in ("best", "worst") or rule not in EXTREME_RULES or not 0 < share < 1:
        raise ValueError(
            f"{end!r}, {share}, {rule!r}: expected best or worst, a share between 0 and 1, and one of "
            f"{', '.join(EXTREME_RULES)}"
        )
    taken, parts = round(share * len(values)), []
    for column in values:
        if polarity[column] not in ("high", "low"):
            raise ValueError(f"{column}: polarity {polarity[column]!r}, expected high or low")
        known = values[column].dropna().sort_index()
        # As if low were wanted, so that one comparison serves both ends.
        sign = 1 if (polarity[column] == "low") == (end == "best") else -1
        order = sign * known
        if rule == "percentile":
            is_in = order <= order.quantile(share) + 1e-12
        elif rule == "take-ties-in":
            is_in = order.rank(method="min") <= taken
        elif rule == "take-ties-out":
            is_in = order.rank(method="max") <= taken
        else:
            is_in = order.rank(method="first") <= taken
        parts.append(
            pd.DataFrame(
                {
                    "la_code": known.index,
                    "indicator": column,
                    "value": known.to_numpy(),
                    "is_in": is_in.to_numpy(),
                    "n": len(known),
                    "n_in": int(is_in.sum()),
                }
            )
        )
    return pd.concat(parts, ignore_index=True).assign(method=f"{end} {share:.0%}: {EXTREME_RULES[rule]}")


def appearances(among: pd.DataFrame, la_codes: list[str]) -> pd.DataFrame:
    """How often each authority is among the extremes.

    among : what `extremes` returns; la_codes : all authorities, also those without a figure.

    Returns a row per authority: la_code, times (indicators it is among the extremes on), n (indicators it
    has a figure on), indicators (on which, one after another), most often first.
    """
    found = among[among["is_in"]].groupby("la_code")["indicator"].agg(["size", ", ".join])
    out = pd.DataFrame({"la_code": la_codes}).set_index("la_code")
    out["times"] = found["size"].reindex(out.index).fillna(0).astype(int)
    out["n"] = among.groupby("la_code").size().reindex(out.index).fillna(0).astype(int)
    out["indicators"] = found["join"].reindex(out.index).fillna("")
    return out.reset_index().sort_values(["times", "la_code"], ascending=[False, True], ignore_index=True)


def appearance_counts(times: pd.Series) -> pd.DataFrame:
    """How many authorities appear never, once, twice and so on: times, n_authorities; no number left out."""
    counts = times.value_counts().reindex(range(int(times.max()) + 1), fill_value=0)
    return pd.DataFrame({"times": counts.index, "n_authorities": counts.to_numpy()})
