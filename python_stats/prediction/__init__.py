"""Do performance indicators predict Ofsted's ratings? Out of sample: no inspection helps to predict itself.

Every feature of an inspection carries the day it was known on, which must not be after the inspection began.
Models are fitted to some authorities and tried on others (cross-validation), or fitted to earlier waves of
inspections and tried on later ones (forward in time). What is learnt from the data - what fills a gap, means
and spreads, how strongly to shrink - is learnt from the training side alone.
"""
