"""What the waves say of an indicator together, and what chance alone would say."""

import numpy as np
import pandas as pd
from scipy import stats

from python_stats.waves.by_wave import ALPHA, ENOUGH, POOLED

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
