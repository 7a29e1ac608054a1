"""Engines that run the bank's kernels by part: processes over Parquet parts, or Apache Spark.

`passes` says what is joined, dealt and asked, once for all engines, in SQL that DuckDB and Spark
understand alike; an engine (see `relations`) carries it out. The kernels are those of `data.parts`.
Run ``python -m engines --help``.
"""
