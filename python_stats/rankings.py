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
