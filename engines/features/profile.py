"""Profile features of the customers of a part, and their comparison with customers alike.

A measure that needs more customers than a part has (the places of their cities, customers alike) is found
by a pass of its own and told; all others are asked of the part as of a bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from data import schema
from data.parts.bank import Tables, column, rows_by
from engines.features.own import ENDS, MOMENT, Own
from features.build import Params as BuildParams
from features.known import Known
from features.profile import PROFILE, Profile, peers, profile_features
from features.profile.identity import city_size_rank
from features.profile.view import ProfileMeasure
from features.profile.work import occupation

# Comparisons with customers alike, and the indicators that they compare.
DEVIATIONS = [name for name, entry in PROFILE.items() if entry.measure.__module__ == peers.__name__]
COMPARED = ("out_amount_30d", "payee_count_30d", "in_count_7d", "fast_out_share_7d")
ALIKE = {"kind": pa.string(), "industry": pa.string(), "birth_year": pa.float64(), "joined_at": MOMENT}
SUBJECT = {"customer": pa.int64(), "as_of": pa.int64()}
LIKENESSES = pa.schema(
    SUBJECT | ALIKE | {"occupation": pa.float64()} | {name: pa.float32() for name in COMPARED}
)
STANDINGS = pa.schema(SUBJECT | {name: pa.float64() for name in DEVIATIONS})


@dataclass(frozen=True)
class ProfileOfPart(Profile):
    """A profile of some customers, of which ``told`` says what only the whole bank knows."""

    told: Mapping[ProfileMeasure, np.ndarray] = field(default_factory=dict)

    def once(self, measure: ProfileMeasure) -> np.ndarray:
        """What a measure says, or what was told of it."""
        return self.told[measure] if measure in self.told else super().once(measure)


def profile_of(
    part: Tables,
    weeks: pa.Table,
    own: Own,
    params: BuildParams,
    told: Mapping[ProfileMeasure, np.ndarray] | None = None,
) -> ProfileOfPart:
    """What the bank knew of the subjects of a part.

    Parameters
    ----------
    part : of ``customers``, ``accounts``, ``devices`` and ``tags`` what is there
    weeks : the subjects in order of moment and customer, with indicators
    own : payments of the same customers
    told : measures of the subjects that were found before
    """
    weekly = pd.concat([own.subjects, weeks.drop_columns(list(SUBJECT)).to_pandas()], axis=1)
    empty = {"customers": schema.Customers, "accounts": schema.Accounts}
    empty |= {"devices": schema.Devices, "tags": schema.ProfileTags}
    known = Known(
        **{name: part[name].to_pandas() if name in part else table.empty() for name, table in empty.items()},
        transactions=schema.Transactions.empty(),
        weekly=weekly,
        dispositions=schema.Dispositions.empty(),
    )
    bank = Profile.of(own.subjects, known, own.events, own.parties, params.peers)
    on_file = bank.subjects, bank.customers, bank.accounts, bank.devices, bank.tags
    return ProfileOfPart(*on_file, bank.weekly, bank.past, bank.peers, told or {})


def likenesses_of_part(part: Tables, params: BuildParams) -> pa.Table:
    """What makes customers alike, and what is compared among them: one row a subject.

    Parameters
    ----------
    part : ``weeks`` with `COMPARED`, ``customers``, and ``tags`` of their occupation
    """
    weeks, customers = rows_by(part["weeks"], "as_of", "customer"), rows_by(part["customers"], "customer_id")
    own = Own.of(ENDS.empty_table(), weeks, params.line)
    work = profile_of(part, weeks, own, params).once(occupation)
    row = np.searchsorted(column(customers, "customer_id"), column(weeks, "customer"))
    found = customers.select(list(ALIKE)).take(pa.array(row))
    for name in (*SUBJECT, *COMPARED):
        found = found.append_column(name, pa.array(column(weeks, name), from_pandas=False))
    found = found.append_column("occupation", pa.array(work, from_pandas=False))
    return found.select(LIKENESSES.names).cast(LIKENESSES)


def standings_among_alike(part: Tables, params: BuildParams) -> pa.Table:
    """How far each subject lies from customers alike, see `features.profile.peers`.

    Parameters
    ----------
    part : ``likenesses`` of all customers of a kind at a moment
    """
    table = rows_by(part["likenesses"], "as_of", "customer")
    own = Own.of(ENDS.empty_table(), table, params.line)
    customers = table.rename_columns({"customer": "customer_id"}).select(["customer_id", *ALIKE])
    weeks = table.select([*SUBJECT, *COMPARED])
    told = {occupation: column(table, "occupation")}
    profile = profile_of({"customers": customers}, weeks, own, params, told)
    found = [pa.array(profile.once(PROFILE[name].measure), from_pandas=False) for name in DEVIATIONS]
    return pa.table([*weeks.select(list(SUBJECT)).columns, *found], schema=STANDINGS)


def profile_of_part(part: Tables, weeks: pa.Table, own: Own, params: BuildParams) -> pd.DataFrame:
    """Profile features by subject, columns as stage ``build`` has them.

    Parameters
    ----------
    part
        | ``customers``: the part's customers, and all others of their households
        | ``accounts``, ``devices`` and ``tags`` of the part's customers; of each tag that the bank keeps
          there is one row at least, though it be nobody's
        | ``compared``: by subject, what was found of the whole bank: `DEVIATIONS`, and the ``place`` of the
          customer's city
    weeks, own : see `profile_of`
    """
    compared = rows_by(part["compared"], "as_of", "customer")
    told = {PROFILE[name].measure: column(compared, name) for name in DEVIATIONS}
    told[city_size_rank] = column(compared, "place").astype(float)
    return profile_features(profile_of(part, weeks, own, params, told))
