"""Models of repeated inspections: errors robust within an authority, or an intercept of each."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.special import expit, log_expit, logsumexp
from statsmodels.tools.numdiff import approx_fprime

from python_stats import proportional_odds
from python_stats.models import binary, form

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


def _cases(
    frame: pd.DataFrame, outcome: str, predictors: list[str], cluster: str, is_graded: bool = True
) -> tuple:
    """Outcome, predictors and numbered clusters of the complete cases, and why there is no model."""
    data = frame[[outcome, *predictors, cluster]].dropna()
    y, x = data[outcome].to_numpy(float), data[predictors].astype(float)
    groups, names = pd.factorize(data[cluster])
    values, codes = np.unique(y, return_inverse=True)
    if is_graded or len(values) < 2 or not len(x.columns):
        reason = form.no_model(codes, x)
    else:
        reason = form.redundant(x)
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
        design = binary.with_constant(x)
        start = binary.glm(y, design).params
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
        fit = sm.OLS(y, binary.with_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": groups})
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
        codes, z = np.unique(y, return_inverse=True)[1], form.standardised(x)
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
        design = sm.add_constant(form.standardised(x))
        without = binary.glm(y, design)

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
