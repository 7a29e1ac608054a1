"""Stage alert: run the rulebook over the daily indicators and group the hits."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

import pipeline
from data import rulebook, schema
from data.rulebook import Rulebook
from data.schema import DAY_US


def rule_hits(daily: pd.DataFrame, kinds: pd.DataFrame, book: Rulebook) -> tuple[pd.DataFrame, set[str]]:
    """Every customer-day that a rule hits, and the rules that stepped aside.

    A rule steps aside when one of its indicators is empty throughout.
    """
    measured = {name for name in daily.columns if daily[name].notna().any()}
    aside = {rule.id for rule in book.rules if not rule.indicators() <= measured}
    multiplier = pd.DataFrame(
        {"kind": list(book.segment_multiplier), "seg": list(book.segment_multiplier.values())}
    )
    hits = []
    with duckdb.connect() as bench:
        bench.register("daily", daily)
        bench.register("kinds", kinds)
        bench.register("multiplier", multiplier)
        bench.execute(
            "CREATE VIEW indicators AS SELECT * FROM daily"
            " JOIN kinds USING (customer_id) JOIN multiplier USING (kind)"
        )
        for rule in book.rules:
            if rule.id not in aside:
                found = (
                    bench.sql(f"SELECT customer_id, as_of AS hit_at FROM indicators WHERE {rule.sql()}")
                    .to_arrow_table()
                    .to_pandas()
                )
                hits.append(found.assign(rule_id=rule.id))
    empty = pd.DataFrame(
        {"customer_id": daily["customer_id"].iloc[:0], "hit_at": daily["as_of"].iloc[:0], "rule_id": ""}
    )
    table = pd.concat([empty, *hits], ignore_index=True)
    table["hit_at"] = pd.to_datetime(table["hit_at"], utc=True).astype("datetime64[us, UTC]")
    return table.sort_values(["hit_at", "customer_id", "rule_id"], ignore_index=True), aside


def suppressed(hits: pd.DataFrame, suppress_days: dict[str, int]) -> pd.Series:
    """True for a hit within ``suppress_days`` of the last kept hit of its customer and rule."""
    order = np.lexsort((hits["hit_at"], hits["rule_id"], hits["customer_id"]))
    at = hits["hit_at"].astype("int64").to_numpy()[order]
    days = hits["rule_id"].map(suppress_days).to_numpy()[order]
    keys = list(zip(hits["customer_id"].to_numpy()[order], hits["rule_id"].to_numpy()[order], strict=True))
    result = np.zeros(len(hits), bool)
    last_key, last_kept = None, 0
    for i, key in enumerate(keys):
        if key == last_key and at[i] < last_kept + days[i] * DAY_US:
            result[order[i]] = True
        else:
            last_key, last_kept = key, at[i]
    return pd.Series(result, index=hits.index)


def alerts(hits: pd.DataFrame) -> pd.DataFrame:
    """One alert a customer and day, with the rules that fired."""
    grouped = hits.groupby(["hit_at", "customer_id"], sort=True)["rule_id"]
    table = grouped.agg(rule_ids=" ".join, rule_count="size").reset_index()
    table.insert(0, "alert_id", np.arange(1, len(table) + 1))
    return table.rename(columns={"hit_at": "alerted_at"})


def rules_table(book: Rulebook, hits: pd.DataFrame, aside: set[str]) -> pd.DataFrame:
    """The Rules table: the rulebook as it ran."""
    counts = hits.groupby("rule_id").size()
    rows = [
        {
            "rule_id": rule.id,
            "name_en": rule.name.en,
            "name_zh": rule.name.zh,
            "predicate": rule.sql(),
            "family": rule.family,
            "red_flags": ", ".join(flag.replace("_", " ") for flag in rule.red_flags),
            "source": f"{rule.source} [{rule.evidence}]",
            "known_false_positives": ", ".join(rule.known_false_positives),
            "is_applied": rule.id not in aside,
            "hits": int(counts.get(rule.id, 0)),
        }
        for rule in book.rules
    ]
    return pd.DataFrame(rows)


def main() -> None:
    """Write rules, hits and alerts."""
    book = rulebook.load()
    daily = pipeline.read(schema.DailyIndicators)
    customers = pipeline.read(schema.Customers, columns=["customer_id", "kind"])
    hits, aside = rule_hits(daily, customers, book)
    again = suppressed(hits, {rule.id: rule.suppress_days for rule in book.rules})
    pipeline.set_aside(hits[again], "rule_hits", "repeats a hit within the rule's suppression")
    pipeline.write(schema.Rules, rules_table(book, hits, aside))
    pipeline.write(schema.RuleHits, hits)
    pipeline.write(schema.Alerts, alerts(hits[~again]))
    for rule_id in sorted(aside):
        print(f"rule {rule_id} steps aside: the data set lacks what one of its indicators needs")


if __name__ == "__main__":
    pipeline.run_stage("alert", main)
