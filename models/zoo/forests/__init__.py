"""Forests grown by scikit-learn, kept as plain arrays and walked by a kernel of their own.

scikit-learn's own way to keep a forest is a pickle, which runs code when it is read and is of one
version of the library. Here a forest is its nodes.
"""

from models.zoo.forests import isolation_forest, random_forest

__all__ = ["isolation_forest", "random_forest"]
