"""The queue: every alert of the explained model with what a reviewer wants to sort it by."""

from __future__ import annotations

import pandas as pd

from data.words import FAMILIES
from explain.dossier import Files, decisions_around
from explain.flow import DAYS
from explain.ledger import CaseLedger, sides


def queue_table(
    alerts: pd.DataFrame, reasons: pd.DataFrame, written: set[str], ledger: CaseLedger, files: Files
) -> pd.DataFrame:
    """The AlertQueue table, in order of week and rank.

    Parameters
    ----------
    alerts : of the model, by the bank's clock, with score and case_id
    reasons : rows of Reasons
    written : cases with a page
    """
    first = reasons[reasons["rank"] == 1].set_index("subject_id")["family"]
    customers = alerts.groupby("case_id")["customer_id"].nunique()
    hits = dict(iter(files.hits.groupby("customer_id")))
    rows = []
    for alert in alerts.sort_values(["as_of", "rank"], kind="stable").itertuples(index=False):
        since = alert.as_of - pd.Timedelta(days=DAYS)
        line = ledger.of_customers([alert.customer_id])
        line = line[(line["at"] < alert.as_of) & (line["at"] >= since) & (line["payer"] != line["payee"])]
        money_in, money_out = sides(
            pd.DataFrame({"yuan": line["amount_cents"] / 100, "is_in": line["payee"] == alert.customer_id})
        )
        met = hits.get(alert.customer_id, files.hits.iloc[:0])
        met = met[(met["hit_at"] <= alert.as_of) & (met["hit_at"] > since)]
        _, later = decisions_around(files, alert.customer_id, alert.as_of, DAYS)
        reason = FAMILIES[first[alert.subject_id]] if alert.subject_id in first.index else None
        rows.append(
            {
                "case_id": alert.case_id,
                "subject_id": alert.subject_id,
                "customer_name": ledger.called(alert.customer_id),
                "as_of": f"{alert.as_of:%Y-%m-%d}",
                "rank": alert.rank,
                "score": round(float(alert.score), 3),
                "kind": files.customers.loc[alert.customer_id, "kind"],
                "customers": int(customers[alert.case_id]),
                "rule_ids": " ".join(sorted(met["rule_id"].unique())),
                "money_in": money_in,
                "money_out": money_out,
                "reason_en": reason.en if reason else "",
                "reason_zh": reason.zh if reason else "",
                "outcome": later[-1].outcome if later else "",
                "has_page": alert.case_id in written,
            }
        )
    columns = [
        "case_id", "subject_id", "customer_name", "as_of", "rank", "score", "kind", "customers", "rule_ids",
        "money_in", "money_out", "reason_en", "reason_zh", "outcome", "has_page",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
