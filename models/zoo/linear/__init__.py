"""Lines drawn through scaled features: one solver, and the models that differ in loss and features.

A subject's margin is ``intercept + values · coefficients``. What is made small is the weighted
mean of a loss of margin and label, plus the penalty of the elastic net,

    penalty · (l1_share · |coefficients| + (1 - l1_share) / 2 · coefficients²),

which scikit-learn writes as ``C = 1 / (penalty · sum of weights)``. The intercept is free. Losses
take labels from 0 to 1 as they are: a belief of 0.3 is 0.3 of a suspicious subject and 0.7 of
another, without a row of each.
"""

from models.zoo.linear import logistic, svm_linear, svm_rbf

__all__ = ["logistic", "svm_linear", "svm_rbf"]
