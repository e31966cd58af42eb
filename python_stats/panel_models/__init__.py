"""Repeated inspections of the same authorities: the grade on deprivation, spend and indicators.

Inspections of one authority are not independent: errors are robust to any dependence within it, or it has an
intercept of its own. Only complete cases are used; where there is no model `reason` says why.
"""
