"""Ordinal logistic regression with proportional odds, and the test of them."""

from itertools import pairwise

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.linalg import block_diag
from statsmodels.miscmodels.ordinal_model import OrderedModel

from python_stats.models.binary import glm
from python_stats.models.form import (
    INTERVALS,
    TERMS,
    Model,
    complete,
    no_model,
    pseudo_r2,
    standardised,
    terms_of,
)


def _ordered(outcomes: pd.Series) -> tuple[list, np.ndarray]:
    """The categories that occur, in order, and their codes from 0."""
    categories = outcomes.astype("category").cat.remove_unused_categories().cat
    return list(categories.categories), categories.codes.to_numpy()


def ordinal_logistic(
    frame: pd.DataFrame, outcome: str, predictors: list[str], confidence: float = 0.95
) -> Model:
    """Ordinal logistic regression with proportional odds.

    Parameters
    ----------
    frame : a row per case; `outcome` is numeric or an ordered categorical, lowest category first; the
        predictors are numeric.

    Returns
    -------
    A Model: logit P(outcome up to a category) = its threshold - B x, so that a positive B goes with the
    higher categories. The terms are the predictors, then the thresholds, such as `1 | 2`, which have no odds
    ratio. `fit` has `n`, `categories` (how many occur), `statistic` (likelihood ratio chi-squared against the
    thresholds alone), `df`, `p`, `minus_2ll`, `mcfadden`, `cox_snell`, `nagelkerke`, `method`, `reason`.

    Source: McCullagh (1980, Journal of the Royal Statistical Society B 42), by statsmodels' OrderedModel,
    whose standard errors come from numerical derivatives: right to five digits.
    """
    outcomes, x = complete(frame, outcome, predictors)
    categories, codes = _ordered(outcomes)
    method = "ordinal logistic regression, proportional odds"
    reason = no_model(codes, x)
    row = {"n": len(codes), "categories": len(categories), "method": method, "reason": reason}
    terms = pd.DataFrame(columns=TERMS)
    if not reason:
        ordered = OrderedModel(codes, standardised(x), distr="logit")
        near = ordered.fit(method="bfgs", maxiter=1000, disp=False)
        fit = ordered.fit(near.params, method="newton", disp=False)
        # From standard deviations and logarithms of steps back to units and thresholds.
        k, scale, steps = len(predictors), x.std(ddof=0).to_numpy(), np.exp(fit.params[len(predictors) + 1 :])
        back = block_diag(np.diag(1 / scale), np.tri(len(steps) + 1) * np.append(1, steps))
        back[k:, :k] = x.mean().to_numpy() / scale
        thresholds = fit.params[k] + np.cumsum(np.append(0, steps))
        estimates = np.append(np.zeros(k), thresholds) + back[:, :k] @ fit.params[:k]
        errors = np.sqrt(np.diag(back @ fit.cov_params() @ back.T))
        margin = stats.norm.ppf((1 + confidence) / 2) * errors
        names = [*predictors, *(f"{below} | {above}" for below, above in pairwise(categories))]
        terms = terms_of(names, estimates, errors, estimates - margin, estimates + margin, INTERVALS["wald"])
        terms.loc[k:, ["odds_ratio", "odds_ratio_low", "odds_ratio_high"]] = np.nan
        row |= {
            "statistic": fit.llr,
            "df": k,
            "p": fit.llr_pvalue,
            "minus_2ll": -2 * fit.llf,
            **pseudo_r2(fit.llf, fit.llnull, len(codes)),
        }
    columns = "n categories statistic df p minus_2ll mcfadden cox_snell nagelkerke method reason"
    return Model(terms, pd.DataFrame([row], columns=columns.split()), reason)


def proportional_odds_test(frame: pd.DataFrame, outcome: str, predictors: list[str]) -> pd.DataFrame:
    """Brant's test of whether a predictor has the same coefficient at every cut between categories.

    Returns
    -------
    A row for all predictors together (`term` is "all"), then one for each: `term`, `statistic` (Wald
    chi-squared; a small p speaks against proportional odds), `df`, `p`, `n`, `method`, `reason`.

    Source: Brant (1990, Biometrics 46): binary regressions at every cut and the covariances between them.
    """
    outcomes, x = complete(frame, outcome, predictors)
    categories, codes = _ordered(outcomes)
    above = [codes > cut for cut in range(len(categories) - 1)]
    reasons = [(at, no_model(y.astype(int), x)) for at, y in zip(categories, above, strict=False)]
    reason = no_model(codes, x) or "; ".join(f"above {at}: {it}" for at, it in reasons if it)
    if not reason and len(above) < 2:
        reason = "2 categories have one cut; there is nothing to compare"
    out = pd.DataFrame({"term": ["all", *predictors], "statistic": np.nan, "df": np.nan, "p": np.nan})
    if not reason:
        design = sm.add_constant(standardised(x))
        fits = [glm(y.astype(float), design) for y in above]

        def covariance(one, other):
            # A case above the higher of two cuts is above both.
            low, high = sorted((one.fittedvalues, other.fittedvalues), key=np.sum, reverse=True)
            middle = design.T @ (design * (high * (1 - low))[:, None])
            return one.cov_params() @ middle @ other.cov_params()

        covariances = np.block([[covariance(one, other) for other in fits] for one in fits])
        if np.linalg.eigvalsh(covariances).min() <= 0:
            reason = (
                "the covariances of the fits at the cuts are not positive definite, as where these cross: "
                "too few cases"
            )
    if not reason:
        coefficients = np.concatenate([fit.params for fit in fits])
        # The first cut less each other one, a row per cut and predictor.
        width, differences = design.shape[1], np.hstack([np.ones((len(fits) - 1, 1)), -np.eye(len(fits) - 1)])
        for place in range(len(out)):
            tested = np.eye(width)[1:] if place == 0 else np.eye(width)[[place]]
            contrast = np.kron(differences, tested)
            off = contrast @ coefficients
            chi2 = off @ np.linalg.solve(contrast @ covariances @ contrast.T, off)
            out.loc[place, ["statistic", "df", "p"]] = chi2, len(off), stats.chi2.sf(chi2, len(off))
    return out.assign(n=len(codes), method="Brant (1990)", reason=reason)
