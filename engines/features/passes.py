"""The passes of the feature matrix; see `engines.features`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

import pipeline
from data import schema
from data.parts import MomentsAsked
from data.parts.bank import Tables
from data.schema import CUSTOMER_KINDS, WEEK_US
from engines.features.matrix import WINDOWS, features_of_part
from engines.features.own import lines_of_part
from engines.features.profile import (
    ALIKE,
    COMPARED,
    LIKENESSES,
    STANDINGS,
    likenesses_of_part,
    standings_among_alike,
)
from engines.features.scores import TABLE as SCORES
from engines.features.scores import Scored, ScoresAsked
from engines.network.passes import NetworkAsked, given_to_network, prepare_network
from engines.passes import coded
from engines.relations import Dealing, Engine, Measured, Named, Query
from features import schema as feature_schema
from features.build import Params as BuildParams
from features.sequence import Line

ON_FILE = (
    *("customer_id", "household_id", "city", "monthly_income_cents", "registered_capital_cents"),
    *("employer_account_id", *ALIKE),
)
TOKENS = pipeline.table_name(feature_schema.Sequences)
SUBJECT_LINES = "subject_lines"


@dataclass(frozen=True)
class FeaturesAsked:
    """Moments of the ledger, sections ``observe`` and ``build``."""

    calendar: MomentsAsked
    network: NetworkAsked
    build: BuildParams

    @classmethod
    def read(cls) -> FeaturesAsked:
        """Read them from params.yaml and the table of periods."""
        network = NetworkAsked.read()
        calendar = MomentsAsked.of(pipeline.read(schema.Periods), network.observe.peers_from_day)
        return cls(calendar, network, pipeline.params("build", BuildParams))


def deal_subjects(engine: Engine, dealing: Dealing) -> None:
    """Who is asked about when: with all indicators as ``active_weeks``, with those compared as ``weeks``."""
    values = ", ".join(WINDOWS)
    engine.view(
        "active_weeks",
        f"""SELECT {dealing.of("customer_id")} AS part, customer_id AS customer, unix_micros(as_of) AS as_of,
            {values} FROM weekly_indicators WHERE payer_count_30d > 0 OR payee_count_30d > 0""",
    )
    engine.once("weeks", f"SELECT part, customer, as_of, {', '.join(COMPARED)} FROM active_weeks")
    engine.table("profile_tags", pipeline.table_path(schema.ProfileTags))


def compare_alike(engine: Engine, dealing: Dealing, asked: FeaturesAsked) -> None:
    """What only the whole bank knows of a subject: name ``compared``.

    Likenesses by part, then all customers of a kind and week; and the places of the cities by week.
    """
    mine = dealing.of("customer_id")
    given = {
        "weeks": "weeks",
        "customers": f"SELECT {mine} AS part, customer_id, {', '.join(ALIKE)} FROM customers",
        "tags": f"SELECT {mine} AS part, * FROM profile_tags WHERE tag = 'occupation'",
    }
    engine.by_part("likenesses", partial(likenesses_of_part, params=asked.build), given, LIKENESSES)
    first = int(asked.calendar.mondays[0])
    kinds = coded("kind", CUSTOMER_KINDS)
    part = f"CAST(({kinds} + 1) * 100000 + (as_of - {first}) / {WEEK_US} AS INT)"
    alike = {"likenesses": f"SELECT {part} AS part, * FROM likenesses"}
    engine.by_part("standings", partial(standings_among_alike, params=asked.build), alike, STANDINGS)
    engine.once(
        "places",
        """SELECT as_of, city, row_number() OVER (PARTITION BY as_of ORDER BY size DESC, city) AS place
            FROM (SELECT w.as_of, c.city, count(*) AS size FROM (SELECT DISTINCT as_of FROM weeks) w
                JOIN customers c ON unix_micros(c.joined_at) < w.as_of WHERE c.city IS NOT NULL
                GROUP BY w.as_of, c.city) sizes""",
    )
    engine.once(
        "compared",
        f"""SELECT {dealing.of("s.customer")} AS part, s.*, p.place FROM standings s
            JOIN customers c ON c.customer_id = s.customer
            LEFT JOIN places p ON p.as_of = s.as_of AND p.city = c.city""",
        by={"standings": "customer", "customers": "customer_id", "places": ""},
    )


def given_to_features(dealing: Dealing) -> dict[str, Query]:
    """What the kernel of a customer's own features is given of each part, in SQL; see `features_of_part`."""
    mine, file = dealing.of("customer_id"), ", ".join(f"c.{name}" for name in ON_FILE)
    when = "valid_from, valid_to"
    # Of each tag a row of nobody's: a part may lack what the bank keeps of others.
    nobody = """SELECT tag, max(value) AS value, max(valid_from) AS valid_from, max(valid_to) AS valid_to
        FROM profile_tags GROUP BY tag"""
    return {
        "weeks": "SELECT * FROM active_weeks",
        "ends": "ends",
        "customers": f"""SELECT {dealing.of("c.customer_id")} AS part, {file} FROM customers c UNION
            SELECT {dealing.of("me.customer_id")} AS part, {file} FROM customers me
            JOIN customers c ON c.household_id = me.household_id""",
        "accounts": f"""SELECT {mine} AS part, customer_id, opened_at, closed_at, credit_limit_cents
            FROM accounts WHERE customer_id IS NOT NULL""",
        "devices": f"SELECT {mine} AS part, customer_id, {when} FROM devices",
        "tags": f"""SELECT {mine} AS part, customer_id, tag, value, {when} FROM profile_tags UNION ALL
            SELECT p.part, CAST(-1 AS BIGINT) AS customer_id, tag, value, {when}
            FROM (SELECT DISTINCT part FROM weeks) p CROSS JOIN ({nobody}) n""",
        "compared": "compared",
    }


def tokens_and_lines(part: Tables, origin_us: int, line: Line) -> Mapping[str, pa.Table]:
    """The two tables of `lines_of_part` by their names."""
    return dict(zip((TOKENS, SUBJECT_LINES), lines_of_part(part, origin_us, line), strict=True))


def write_lines(engine: Engine, asked: FeaturesAsked, folder: Path) -> Mapping[str, int]:
    """Write the payments as tokens, and which of them are the line of each subject; rows by table."""
    kernel = partial(tokens_and_lines, origin_us=asked.calendar.origin, line=asked.build.line)
    given = {"ends": "ends", "weeks": "SELECT part, customer, as_of FROM weeks"}
    return engine.write(folder, kernel, given, [TOKENS, SUBJECT_LINES])


def prepare_features(
    engine: Engine, asked: FeaturesAsked, dealing: Dealing, weekly: Sequence[Path] = ()
) -> None:
    """All passes before customers can be measured.

    The bank must be open and its customers dealt, see `engines.passes.deal_customers`.
    """
    engine.table("weekly_indicators", *(weekly or [pipeline.table_path(schema.WeeklyIndicators)]))
    engine.table("dispositions", pipeline.table_path(schema.Dispositions))
    deal_subjects(engine, dealing)
    compare_alike(engine, dealing, asked)
    prepare_network(engine, asked.network, dealing)


def write_features(
    engine: Engine, asked: FeaturesAsked, dealing: Dealing, folder: Path, scores: ScoresAsked | None = None
) -> Mapping[str, int]:
    """Measure each part of a prepared bank and write the feature matrix to ``folder``; rows by table.

    Parameters
    ----------
    scores : the model that scores each part, to a table of its own; nobody is scored if None
    """
    tables = [pipeline.table_name(feature_schema.FeatureMatrix)]
    measure = partial(features_of_part, origin_us=asked.calendar.origin, params=asked.build)
    kernel: Measured = Named(tables[0], measure)
    if scores is not None:
        kernel = Scored(measure, engine.shared(scores))
        tables.append(SCORES)
    given = given_to_features(dealing) | given_to_network(dealing)
    return engine.write(folder, kernel, given, tables)


def measure_features(
    engine: Engine,
    asked: FeaturesAsked,
    dealing: Dealing,
    folder: Path,
    weekly: Sequence[Path] = (),
    scores: ScoresAsked | None = None,
) -> Mapping[str, int]:
    """Write the feature matrix of the whole bank and the lines of payments to ``folder``; rows by table.

    Parameters
    ----------
    weekly : files of the weekly indicators, which say who is asked about when; stage ``observe``'s if none
    scores : as for `write_features`
    """
    prepare_features(engine, asked, dealing, weekly)
    rows = dict(write_features(engine, asked, dealing, folder, scores))
    rows.update(write_lines(engine, asked, folder))
    return rows
