"""The likelihood of ordered grades with proportional odds, with a ridge penalty or none.

With two grades it is that of logistic regression. statsmodels' OrderedModel has neither a penalty nor errors
by cluster, and takes its derivatives numerically: too slow for thousands of fits.
"""

import numpy as np
from scipy.special import expit

STEPS, TOLERANCE = 100, 1e-9


def _parts(params: np.ndarray, x: np.ndarray, codes: np.ndarray) -> tuple:
    """Of each case the probability of its grade, and of being up to the grade and below it."""
    thresholds = np.concatenate([[-np.inf], params[: -x.shape[1] or None], [np.inf]])
    middle = x @ params[len(params) - x.shape[1] :]
    above, below = expit(thresholds[codes + 1] - middle), expit(thresholds[codes] - middle)
    return np.maximum(above - below, 1e-300), above, below


def log_likelihood(params: np.ndarray, x: np.ndarray, codes: np.ndarray) -> float:
    """Without the penalty; minus infinity where thresholds are out of order."""
    if (np.diff(params[: len(params) - x.shape[1]]) <= 0).any():
        return -np.inf
    return float(np.log(_parts(params, x, codes)[0]).sum())


def derivatives(params: np.ndarray, x: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The score of each case (cases, parameters), and the Hessian of the log-likelihood."""
    n_thresholds = len(params) - x.shape[1]
    p, above, below = _parts(params, x, codes)
    upper, lower = above * (1 - above) / p, -below * (1 - below) / p
    bend_upper = upper * (1 - 2 * above) - upper**2
    bend_lower = lower * (1 - 2 * below) - lower**2
    both = -upper * lower
    # Columns of the thresholds above and below each case's grade, then of the predictors.
    at = np.arange(n_thresholds)
    is_upper = (codes[:, None] == at).astype(float)
    is_lower = (codes[:, None] == at + 1).astype(float)
    scores = np.hstack([is_upper * upper[:, None] + is_lower * lower[:, None], -(upper + lower)[:, None] * x])
    cross = is_upper.T @ (both[:, None] * is_lower)
    thresholds = is_upper.T @ (bend_upper[:, None] * is_upper) + is_lower.T @ (bend_lower[:, None] * is_lower)
    mixed = -(is_upper * (bend_upper + both)[:, None] + is_lower * (bend_lower + both)[:, None]).T @ x
    slopes = x.T @ ((bend_upper + bend_lower + 2 * both)[:, None] * x)
    return scores, np.block([[thresholds + cross + cross.T, mixed], [mixed.T, slopes]])


def fit(
    x: np.ndarray, codes: np.ndarray, penalty: float = 0.0, start: np.ndarray | None = None
) -> np.ndarray:
    """Thresholds, then coefficients, that maximise the log-likelihood less penalty / 2 times their squares.

    Parameters
    ----------
    x : array (cases, predictors), in comparable units, no constant; codes : array (cases,), all of 0 to K - 1
        occur; penalty : of the coefficients, not of the thresholds; start : where to begin.

    Returns
    -------
    array (K - 1 + predictors,): logit P(grade up to k) = threshold k - x B. Raises RuntimeError if the steps
    do not end. Without a penalty, predictors that part the grades have to be ruled out before.

    Source: McCullagh (1980, Journal of the Royal Statistical Society B 42): the log-likelihood is concave, so
    Newton's steps, halved while they do not rise, find its maximum.
    """
    n_thresholds = int(codes.max())
    weights = np.concatenate([np.zeros(n_thresholds), np.full(x.shape[1], float(penalty))])
    params = start
    if params is None:
        up_to = np.cumsum(np.bincount(codes))[:-1] / len(codes)
        params = np.concatenate([np.log(up_to / (1 - up_to)), np.zeros(x.shape[1])])

    def height(at):
        return log_likelihood(at, x, codes) - weights @ at**2 / 2

    now = height(params)
    for _ in range(STEPS):
        scores, hessian = derivatives(params, x, codes)
        slope = scores.sum(axis=0) - weights * params
        step = np.linalg.solve(np.diag(weights) - hessian, slope)
        if slope @ step < TOLERANCE:
            return params
        while (then := height(params + step)) < now:
            step = step / 2
            if np.abs(step).max() < 1e-12:
                return params
        params, now = params + step, then
    raise RuntimeError(f"no maximum after {STEPS} steps")


def probabilities(params: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Of each case the probability of each grade: array (cases, K)."""
    n_thresholds = len(params) - x.shape[1]
    up_to = expit(params[:n_thresholds] - (x @ params[n_thresholds:])[:, None])
    return np.diff(up_to, axis=1, prepend=0, append=1)
