"""Which indicators tell ratings apart: binary and ordinal logistic regression, forward selection.

Only complete cases over the columns of a model are used; nothing is filled. Predictors are numeric: a
category stands as columns of 0 and 1. Where there is no model, `reason` says why (one category, constant or
collinear predictors, separation) instead of a model with huge coefficients.
"""

from python_stats.models.binary import hosmer_lemeshow, logistic
from python_stats.models.form import INTERVALS, Model
from python_stats.models.ordinal import ordinal_logistic, proportional_odds_test
from python_stats.models.stepwise import Stepwise, forward_stepwise

__all__ = [
    "INTERVALS",
    "Model",
    "Stepwise",
    "forward_stepwise",
    "hosmer_lemeshow",
    "logistic",
    "ordinal_logistic",
    "proportional_odds_test",
]
