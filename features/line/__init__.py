"""The continuous line of a customer: the last payments, and what is measured of them.

A statistic is an entry of `LINE`, the name of its place beside it, and the value that the
kernel puts there: all in `kernel`.
"""

from features.line.kernel import COLUMNS, LINE, shift
from features.line.statistics import neighbours, statistics

__all__ = ["COLUMNS", "LINE", "neighbours", "shift", "statistics"]
