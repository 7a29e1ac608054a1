"""Stage alert: run the rulebook over the daily indicators and group the hits.

Every rule's hits are recorded. Alerts are raised by rules of ``use: label`` only: those
of ``feature`` and ``held_out`` never reach an investigator or a label. Negative rules
vote against suspicion where another rule votes for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

import pipeline
from data import schema
from data.rules import rulebook
from data.rules.alert_line import LineParams, drawn_lines, votes_of
from data.rules.cases import CaseParams, case_ids, cases_table, customer_payments
from data.rules.rulebook import Rule, Rulebook
from data.schema import DAY_US
from data.words import Words, listed
from data.words.citations import cited


class Params(pipeline.Parameters):
    """Section ``alert`` of params.yaml."""

    line: LineParams
    cases: CaseParams


def rule_hits(daily: pd.DataFrame, kinds: pd.DataFrame, book: Rulebook) -> tuple[pd.DataFrame, set[str]]:
    """Every customer-day that a rule hits, with the money it is about, and the rules that stepped aside.

    A rule steps aside when one of its indicators is empty throughout, and when it is
    computed only after investigations, in the features room.
    """
    measured = {name for name in daily.columns if daily[name].notna().any()}
    aside = {
        rule.id for rule in book.every_rule if rule.computed_in != "data" or not rule.indicators() <= measured
    }
    multiplier = pd.DataFrame(
        {"kind": list(book.segment_multiplier), "seg": list(book.segment_multiplier.values())}
    )
    hits = []
    with duckdb.connect() as bench:
        # In the machine's zone moments would be of another type than the tables', and become objects.
        bench.execute("SET TimeZone = 'UTC'")
        bench.register("daily", daily)
        bench.register("kinds", kinds)
        bench.register("multiplier", multiplier)
        bench.execute(
            "CREATE VIEW indicators AS SELECT * FROM daily"
            " JOIN kinds USING (customer_id) JOIN multiplier USING (kind)"
        )
        for rule in book.every_rule:
            if rule.id not in aside:
                cents = f"round({rule.amount} * 100)" if rule.amount in measured else "NULL"
                found = bench.sql(
                    f"SELECT customer_id, as_of AS hit_at, CAST({cents} AS BIGINT) AS amount_cents"
                    f" FROM indicators WHERE {rule.sql()}"
                )
                hits.append(found.to_arrow_table().to_pandas().assign(rule_id=rule.id, use=rule.use))
    empty = pd.DataFrame(
        {"customer_id": daily["customer_id"].iloc[:0], "hit_at": daily["as_of"].iloc[:0]}
    ).assign(amount_cents=pd.array([], "Int64"), rule_id="", use="")
    columns = ["customer_id", "hit_at", "rule_id", "use", "amount_cents"]
    table = pd.concat([empty, *hits], ignore_index=True)[columns]
    table["hit_at"] = pd.to_datetime(table["hit_at"], utc=True).astype("datetime64[us, UTC]")
    table["amount_cents"] = table["amount_cents"].astype("Int64")
    return table.sort_values(["hit_at", "customer_id", "rule_id"], ignore_index=True), aside


def suppressed(hits: pd.DataFrame, rules: dict[str, Rule]) -> pd.Series:
    """True for a hit that repeats the last kept hit of its customer and rule.

    It repeats it within the rule's ``suppress_days``, unless the money that the hit is
    about has grown by the rule's ``growth`` since.
    """
    order = np.lexsort((hits["hit_at"], hits["rule_id"], hits["customer_id"]))
    at = hits["hit_at"].astype("int64").to_numpy()[order]
    days = hits["rule_id"].map({name: rule.suppress_days for name, rule in rules.items()}).to_numpy()[order]
    growth = hits["rule_id"].map({name: rule.growth for name, rule in rules.items()}).to_numpy()[order]
    # No amount never grows.
    amount = hits["amount_cents"].to_numpy(dtype=float, na_value=np.nan)[order]
    keys = list(zip(hits["customer_id"].to_numpy()[order], hits["rule_id"].to_numpy()[order], strict=True))
    result = np.zeros(len(hits), bool)
    last_key, last_kept, last_amount = None, 0, np.nan
    for i, key in enumerate(keys):
        repeats = key == last_key and at[i] < last_kept + days[i] * DAY_US
        # Nothing is no growth of nothing: a rule may be about money that only some of its hits move.
        has_grown = amount[i] > last_amount and amount[i] >= (1 + growth[i]) * last_amount
        if repeats and not has_grown:
            result[order[i]] = True
        else:
            last_key, last_kept, last_amount = key, at[i], amount[i]
    return pd.Series(result, index=hits.index)


def alerts(hits: pd.DataFrame) -> pd.DataFrame:
    """One alert a customer and day, with the rules that fired."""
    grouped = hits.groupby(["hit_at", "customer_id"], sort=True)["rule_id"]
    table = grouped.agg(rule_ids=" ".join, rule_count="size").reset_index()
    table.insert(0, "alert_id", np.arange(1, len(table) + 1))
    return table.rename(columns={"hit_at": "alerted_at"})


def negative_hits(found: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """Those hits of negative rules that answer a hit of another rule on the same day."""
    columns = ["customer_id", "hit_at", "rule_id"]
    voted = hits.loc[hits["use"] == "label", columns[:2]].drop_duplicates()
    return found[columns].merge(voted, on=columns[:2]).sort_values(columns, kind="stable", ignore_index=True)


def _both(name: str, words: Words) -> dict[str, str]:
    """The two columns of words."""
    return {f"{name}_en": words.en, f"{name}_zh": words.zh}


def rules_table(book: Rulebook, hits: pd.DataFrame, aside: set[str]) -> pd.DataFrame:
    """The Rules table: the rulebook as it ran."""
    counts = hits.groupby("rule_id").size()
    rows = [
        {
            "rule_id": rule.id,
            **_both("name", rule.name),
            "predicate": rule.sql(),
            "family": rule.family,
            **_both("red_flags", listed([book.red_flags[flag] for flag in rule.red_flags])),
            "typologies": " ".join(rule.typologies),
            "use": rule.use,
            "vote": rule.vote,
            **_both("source", Words(*(f"{words} [{rule.evidence}]" for words in cited(rule.source)))),
            **_both("owner", book.owners[rule.owner]),
            "reviewed": rule.reviewed.isoformat(),
            "case_refs": " ".join(rule.case_refs),
            **_both("known_false_positives", listed(rule.known_false_positives)),
            "is_applied": rule.id not in aside,
            "hits": int(counts.get(rule.id, 0)),
        }
        for rule in book.every_rule
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Raised:
    """What the rulebook makes of a day: the tables of the stage, and the rules that stepped aside."""

    rules: pd.DataFrame
    hits: pd.DataFrame
    negative_hits: pd.DataFrame
    alerts: pd.DataFrame
    aside: set[str]


def run(daily: pd.DataFrame, kinds: pd.DataFrame, book: Rulebook) -> Raised:
    """Run the rulebook: all hits are kept, those of rules that vote raise alerts."""
    found, aside = rule_hits(daily, kinds, book)
    speaks_against = found["rule_id"].isin([rule.id for rule in book.negative_rules])
    hits = found[~speaks_against].reset_index(drop=True)
    hits["is_suppressed"] = suppressed(hits, {rule.id: rule for rule in book.rules})
    raises = (hits["use"] == "label") & ~hits["is_suppressed"]
    return Raised(
        rules_table(book, found, aside),
        hits,
        negative_hits(found[speaks_against], hits),
        alerts(hits[raises]),
        aside,
    )


def say_what_stepped_aside(rule_ids: set[str]) -> None:
    """Print a sentence for each rule that could not run."""
    for rule_id in sorted(rule_ids):
        print(f"rule {rule_id} steps aside: the data set lacks what one of its indicators needs")


def taking_no_hands(raised: Raised, joins: np.ndarray) -> list[tuple[pd.DataFrame, str, str]]:
    """What raises no alert of its own: rows, their name, the reason; ``joins``, shape (alerts,)."""
    again = raised.hits["is_suppressed"] & (raised.hits["use"] == "label")
    return [
        (raised.hits[again], "rule_hits", "repeats a hit within the rule's suppression"),
        (raised.alerts[joins], "alerts", "joins an alert of the customer that is in hand"),
    ]


def tables_of(
    raised: Raised, above: pd.DataFrame, is_above: np.ndarray
) -> dict[type[pipeline.Table], pd.DataFrame]:
    """The tables of the stage but for the lines; ``above`` are the reviewed alerts with their cases."""
    return {
        schema.Rules: raised.rules,
        schema.RuleHits: raised.hits,
        schema.NegativeHits: raised.negative_hits,
        schema.Alerts: above,
        schema.BelowLine: raised.alerts[~is_above],
        schema.Cases: cases_table(above),
    }


def main() -> None:
    """Write rules, hits, alerts above and below the line, and cases."""
    params, book = pipeline.params("alert", Params), rulebook.load()
    daily = pipeline.read(schema.DailyIndicators, ["customer_id", "as_of", *book.indicators()])
    customers = pipeline.read(schema.Customers, columns=["customer_id", "kind"])
    until = pipeline.read(schema.Periods).set_index("name").loc["train", "ends_at"]
    raised = run(daily, customers, book)
    multiplier = customers.set_index("customer_id")["kind"].map(book.segment_multiplier)
    votes = votes_of(raised.alerts, raised.hits, multiplier)
    room = {rule.id: rule.room for rule in book.rules}
    lines, is_above, is_reviewed = drawn_lines(raised.alerts, votes, until, len(customers), room, params.line)
    accounts = pipeline.read(schema.Accounts, columns=["account_id", "customer_id"])
    ends = pipeline.read(schema.Transactions, columns=["at", "payer_account_id", "payee_account_id"])
    payments = customer_payments(ends, accounts)
    above = raised.alerts[is_reviewed].reset_index(drop=True)
    above["case_id"] = case_ids(above, payments, pipeline.read(schema.Devices), params.cases)
    for aside in taking_no_hands(raised, is_above & ~is_reviewed):
        pipeline.set_aside(*aside)
    pipeline.write(schema.Lines, lines)
    for table, frame in tables_of(raised, above, is_above).items():
        pipeline.write(table, frame)
    say_what_stepped_aside(raised.aside)


if __name__ == "__main__":
    pipeline.run_stage("alert", main)
