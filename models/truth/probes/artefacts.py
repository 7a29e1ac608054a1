"""How the rows were made: the artefact probe on customers, and the one on single payments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schema import MINUTE_US, SECOND_US
from models.intervals import UNMEASURED, rounded
from models.results.probes import ArtefactProbe, ColumnArea
from models.truth.areas import area_under_roc, ranks
from models.truth.calibration import JudgedBank
from models.truth.probes.customers import counter_artefacts, device_artefacts, own_burstiness, roundness
from models.truth.probes.learner import Probe, auc_interval, halves, held_out_ranks


def customer_artefacts(
    bank: JudgedBank, devices: pd.DataFrame, own_payments: int, rng: np.random.Generator
) -> pd.DataFrame:
    """How the rows of each customer were made; one row an early customer with enough payments.

    Who joined during the run had less time for anything; only customers of the first day
    are compared, so that the order of joining is an artefact and not a lack of time.

    Each customer gives the same number of payments, drawn at random among all but the
    first, so that no column tells how active a customer is. Gaps between ids shrink with
    activity, so only their last digit is used: it is even unless payments were inserted
    side by side.
    """
    events, count = bank.events, np.diff(bank.events.starts)
    by_id = bank.customers.reset_index(drop=True).sort_values("customer_id", kind="stable")
    chosen = np.flatnonzero((count > own_payments) & (by_id["joined_at"] <= bank.first_day).to_numpy())
    by_id = by_id.iloc[chosen]
    key = rng.random(len(events))
    key[events.starts[:-1][count > 0]] = 1.0  # the first has no gap before it: drawn last
    order = np.lexsort((key, events.customer))
    drawn = np.sort(order[events.starts[chosen][:, None] + np.arange(own_payments)], axis=1)
    row = events.payment[drawn]
    ids = bank.transactions["transaction_id"].to_numpy()
    gap = ids[row] - ids[events.payment[drawn - 1]]
    second, microsecond = events.at[drawn] % MINUTE_US // SECOND_US, events.at[drawn] % SECOND_US

    last = drawn[:, -1]
    ends = bank.transactions[["payer_account_id", "payee_account_id"]].to_numpy()
    account = ends[events.payment[last], events.is_credit[last].astype(int)]
    place = pd.Series(np.arange(len(bank.accounts)), index=bank.accounts["account_id"].to_numpy())
    columns = pd.DataFrame(
        {
            "customer_id": by_id["customer_id"].to_numpy(),
            "customer_row": by_id.index.to_numpy(),
            "account_id": account,
            "account_row": place.loc[account].to_numpy(),
            "joined_order": by_id["joined_at"].rank(method="dense").to_numpy(),
            "cents_median": np.median(events.cents[drawn] % 100, axis=1),
            "second_mean": second.mean(axis=1),
            "second_spread": second.std(axis=1),
            "microsecond_mean": microsecond.mean(axis=1),
            "microsecond_spread": microsecond.std(axis=1),
            "id_gap_digit_mean": (gap % 10).mean(axis=1),
            "id_behind_row": np.median(row - ids[row], axis=1),
            "round_excess": roundness(bank, drawn),
            "own_burstiness": own_burstiness(bank, chosen, own_payments, rng),
        }
    )
    who = columns["customer_id"].to_numpy()
    others = [
        device_artefacts(devices, who, bank.first_day),
        counter_artefacts(bank.accounts, who, bank.first_day),
    ]
    return pd.concat([columns, *others], axis=1)


def payment_artefacts(transactions: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """How single payments were made; ``rows`` are places in the table. Cents are behaviour here."""
    ids = transactions["transaction_id"].to_numpy()
    at = transactions["at"].astype("int64").to_numpy()
    before = np.maximum(rows - 1, 0)
    return pd.DataFrame(
        {
            "second": at[rows] % MINUTE_US // SECOND_US,
            "microsecond": at[rows] % SECOND_US,
            "id_digits": ids[rows] % 100,
            "id_gap": ids[rows] - ids[before],
            "id_behind_row": rows - ids[rows],
        }
    )


def artefact_probe(
    columns: pd.DataFrame, is_positive: np.ndarray, group: np.ndarray, probe: Probe, draws: int, seed: int
) -> ArtefactProbe:
    """Whether artefacts tell the positives: all columns together, then each alone.

    One half of the groups (customers) trains, the other is measured, and the other way
    round; no group is in both. Repeated with other halves, so that the result is not
    that of one lucky division. 0.5 is chance.
    """
    rng = np.random.default_rng(seed)
    counts = {"rows": len(columns), "positives": int(is_positive.sum())}
    folds = [halves(group, rng) for _ in range(probe.repeats)]
    if any(len(np.unique(is_positive[fold == half])) < 2 for fold in folds for half in (0, 1)):
        return ArtefactProbe(**counts, auc=UNMEASURED, columns=[])

    def held_out(chosen: pd.DataFrame, divisions: list[np.ndarray]) -> np.ndarray:
        parts = [
            held_out_ranks(chosen, is_positive, fold, probe.few_rows, seed + repeat)
            for repeat, fold in enumerate(divisions)
        ]
        return np.asarray(np.mean(parts, axis=0))

    def alone(name: str) -> float:
        # One division: these say where to look, not how much there is.
        return area_under_roc(ranks(held_out(columns[[name]], folds[:1])), is_positive)

    return ArtefactProbe(
        **counts,
        auc=auc_interval(held_out(columns, folds), is_positive, group, draws, rng),
        columns=[ColumnArea(column=name, auc=rounded(alone(name))) for name in columns],
    )


def artefacts_of_customers(
    bank: JudgedBank, devices: pd.DataFrame, illicit: pd.DataFrame, probe: Probe, draws: int, seed: int
) -> ArtefactProbe:
    """The artefact probe on customers: those ever illicit against all others.

    ``illicit`` are moments of illicit schemes: customer_id, scheme_id. Customers of one
    scheme lie in one half and are drawn together.
    """
    columns = customer_artefacts(bank, devices, probe.own_payments, np.random.default_rng(seed))
    customer = columns["customer_id"].to_numpy()
    scheme = illicit.drop_duplicates("customer_id").set_index("customer_id")["scheme_id"].reindex(customer)
    group = np.where(scheme.isna(), customer, -1 - scheme.fillna(0)).astype(np.int64)
    return artefact_probe(columns, scheme.notna().to_numpy(), group, probe, draws, seed)


def artefacts_of_payments(bank: JudgedBank, probe: Probe, draws: int, seed: int) -> ArtefactProbe:
    """The artefact probe on single payments: illicit ones against a draw of all others.

    Payments of one payer (or, paid from outside, of one payee) are in one half.
    """
    rng = np.random.default_rng(seed)
    illicit, others = np.flatnonzero(bank.is_illicit), np.flatnonzero(~bank.is_illicit)
    size = min(len(illicit) * probe.licit_per_illicit, len(others))
    rows = np.sort(np.concatenate([illicit, rng.choice(others, size, replace=False)]))
    owner = bank.accounts.set_index("account_id")["customer_id"]
    ends = bank.transactions[["payer_account_id", "payee_account_id"]].iloc[rows]
    group = ends["payer_account_id"].map(owner).fillna(ends["payee_account_id"].map(owner))
    columns = payment_artefacts(bank.transactions, rows)
    known = group.to_numpy(dtype=np.int64, na_value=-1)
    return artefact_probe(columns, bank.is_illicit[rows], known, probe, draws, seed)
