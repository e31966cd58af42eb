"""What a study printed beside what the mart gives."""

import pandas as pd

from python_stats.results import Part

VERDICTS = {
    "exact": "the same to every printed digit",
    "opposite sign": "the same to every printed digit but for its sign",
    "near": "within 10% of the printed figure",
    "not reproduced": "further off, or nothing to compute it from",
}
KEY = ["place", "item", "statistic"]


def digits(printed: str) -> int:
    """Digits after the point of a printed figure."""
    return len(printed.partition(".")[2])


def verdict(printed: str, reproduced: float) -> str:
    """One of VERDICTS: how near a figure comes to a printed one, such as "-.091", judged by its digits."""
    if pd.isna(reproduced):
        return "not reproduced"
    value, half = float(printed), 0.5 * 10 ** -digits(printed) + 1e-12
    if abs(reproduced - value) <= half:
        return "exact"
    if abs(reproduced + value) <= half:
        return "opposite sign"
    return "near" if abs(reproduced - value) <= abs(value) / 10 else "not reproduced"


def beside_printed(results: pd.DataFrame, found: pd.DataFrame, is_synthetic: bool) -> pd.DataFrame:
    """Hold what was found against what a study printed.

    Parameters
    ----------
    results : the study's printed figures, as `panels.load_study` gives them.
    found : a row per figure computed: place, item, statistic, reproduced (float), n, reason.
    is_synthetic : made-up figures reproduce nothing; the study's own reasons would mislead.

    Returns
    -------
    The rows of `results` in their order with `reproduced`, `difference`, `n`, `verdict` and `why`, which is
    empty for what is exact; of what could not be computed it starts with the reason. Raises ValueError if a
    printed figure has no counterpart or several.
    """
    out = results.merge(found, on=KEY, how="left", validate="one_to_one", indicator=True)
    if (out["_merge"] != "both").any():
        lost = out.loc[out["_merge"] != "both", KEY].agg(" / ".join, axis=1)
        raise ValueError(f"nothing was computed for: {'; '.join(lost)}")
    out["difference"] = out["reproduced"] - out["printed"].astype(float)
    out["verdict"] = [verdict(p, r) for p, r in zip(out["printed"], out["reproduced"], strict=True)]
    if is_synthetic:
        out["why"] = "The data are synthetic"
    whys = zip(out["reason"].fillna(""), out["why"].fillna(""), strict=True)
    out["why"] = [". ".join(filter(None, both)) for both in whys]
    out.loc[out["verdict"] == "exact", "why"] = ""
    return out[[*KEY, "label", "printed", "reproduced", "difference", "n", "verdict", "why"]]


def summary(beside: pd.DataFrame, is_synthetic: bool) -> str:
    """How many printed figures came out how, in a sentence."""
    if is_synthetic:
        return "The data are made up, so no printed figure can come out: build from the official files."
    counts = beside["verdict"].value_counts()
    said = ", ".join(f"{counts[word]} {word}" for word in VERDICTS if word in counts)
    return f"Of {len(beside)} printed figures come out: {said}."


def beside_part(beside: pd.DataFrame, more: str = "") -> Part:
    """The table of printed and reproduced figures, a digit more than printed; reasons as numbered notes.

    more : what else there is to say of it.
    """
    reasons = [why for why in dict.fromkeys(beside["why"]) if why]
    numbers = {why: str(number) for number, why in enumerate(reasons, 1)}
    means = "; ".join(f"{word}: {meaning}" for word, meaning in VERDICTS.items())
    notes = [f"[{number}] {why}." for why, number in numbers.items()]
    text = "\n".join(filter(None, [f"{means}.", *notes, more]))
    table = beside.assign(note=beside["why"].map(numbers).fillna(""))
    decimals = [digits(printed) + (digits(printed) > 0) for printed in beside["printed"]]
    return Part("Printed beside reproduced", text, table, decimals=decimals, hidden=("why",))


def figures_used(study: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Where the figures are from: a row per variable and use, with the edition and how many have a value."""
    figures = study["figures"]
    counted = figures.groupby(["variable_no", "indicator_code"]).agg(
        n=("value", "count"), files=("source_file", lambda files: ", ".join(sorted(set(files.dropna()))))
    )
    out = study["variables"].join(counted, on=["variable_no", "indicator_code"])
    out["n"] = out["n"].fillna(0).astype(int)
    out["files"] = out["files"].fillna("not in this mart")
    return out.sort_values(["variable_no", "indicator_code"], ignore_index=True)


def values_of(study: dict[str, pd.DataFrame], used_for: str | None = None) -> pd.DataFrame:
    """The study's variables as columns (variable_no), a row per authority (la_code), its rules applied.

    `nobody_is_zero` is: a share or average of nobody counts as 0, as the tables print it. The other rules
    need more than the variable and are left to the study.
    """
    figures = study["figures"].merge(
        study["variables"][["variable_no", "indicator_code", "used_for", "rule"]],
        on=["variable_no", "indicator_code"],
    )
    if used_for:
        figures = figures[figures["used_for"].str.split().map(lambda uses: used_for in uses)]
    nobody = figures["rule"].eq("nobody_is_zero") & figures["status"].eq("not_applicable")
    figures = figures.assign(value=figures["value"].mask(nobody, 0.0))
    wanted = sorted(study["variables"]["variable_no"].unique())
    return figures.pivot(index="la_code", columns="variable_no", values="value").reindex(columns=wanted)
