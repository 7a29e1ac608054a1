"""Stage audit_cases: who took part in which scheme or look-alike, for the folded truth of case pages.

Cases are picked and written out by what the bank knows; only the report lays this beside them.
"""

from __future__ import annotations

import pandas as pd

import pipeline
from data import schema as data_schema
from data.asof import bank_time, moments_of
from models.results.audited_cases import AuditedCases, AuditedMember
from models.truth.illicit import MOMENT_COLUMNS
from parameters import Days


class Params(pipeline.Parameters):
    """Section ``audit_cases`` of params.yaml."""

    days_before: Days


def audited_members(
    moments: pd.DataFrame, schemes: pd.DataFrame, since: pd.Timestamp, midnight: pd.Timestamp
) -> list[AuditedMember]:
    """The members with a payment at ``since`` or later, in order of customer and scheme.

    Parameters
    ----------
    moments : of all schemes and look-alikes, as `data.asof.moments_of` gives them
    schemes : rows of Schemes, which name the roles
    midnight : a midnight of the bank's clock in UTC
    """
    local = moments.assign(at=bank_time(moments["at"], midnight))
    spans = local.groupby(["customer_id", "scheme_id"]).agg(
        typology=("typology", "first"),
        is_illicit=("is_illicit", "first"),
        first=("at", "min"),
        last=("at", "max"),
        payments=("at", "size"),
    )
    roles = schemes.dropna(subset=["customer_id"]).astype({"customer_id": "int64"})
    roles = roles.drop_duplicates(["customer_id", "scheme_id"]).set_index(["customer_id", "scheme_id"])[
        "role"
    ]
    from_then = bank_time(pd.Series([since]), midnight)[0]
    return [
        AuditedMember(
            customer_id=int(customer),
            scheme_id=int(scheme),
            typology=str(row["typology"]),
            role=str(roles[(customer, scheme)]),
            is_illicit=bool(row["is_illicit"]),
            first=f"{row['first']:%Y-%m-%d}",
            last=f"{row['last']:%Y-%m-%d}",
            payments=int(row["payments"]),
        )
        for (customer, scheme), row in spans[spans["last"] >= from_then].iterrows()
    ]


def main() -> None:
    """Write them."""
    params = pipeline.params("audit_cases", Params)
    schemes, periods = pipeline.read(data_schema.Schemes), pipeline.read(data_schema.Periods)
    moments = moments_of(
        pipeline.read(data_schema.Transactions, MOMENT_COLUMNS),
        pipeline.read(data_schema.Accounts),
        pipeline.read(data_schema.Truth),
        schemes,
    )
    test = periods.set_index("name")["starts_at"]["test"]
    since = test - pd.Timedelta(days=params.days_before)
    members = audited_members(moments, schemes, since, periods["starts_at"].min())
    pipeline.write_result(AuditedCases(members=members))


if __name__ == "__main__":
    pipeline.run_stage("audit_cases", main)
