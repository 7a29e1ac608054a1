"""The feature matrix of the whole bank by part: windows, profile, line of payments and network.

A customer's own payments and what the bank has on file lie in one part. What is usual among customers
alike, the places of the cities and what runs from party to party are passes of their own, see `passes`.
"""

from engines.features.passes import FeaturesAsked, measure_features
from engines.features.scores import ScoresAsked

__all__ = ["FeaturesAsked", "ScoresAsked", "measure_features"]
