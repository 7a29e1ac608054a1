"""Stage audit_explanations: what the explanations are worth, judged by the truth.

A part of the audit that stands here because it judges what this room makes. It reads the truth
and what is written already: reasons, attributions, rankings of parties. Nothing learns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

import pipeline
from data import schema as data_schema
from data.asof import Parties, happened_within, moments_of
from explain import schema
from explain.judgements.aided_reviews import aided_reviews, fitting_share_needed, seen
from explain.judgements.ring_recovery import recovered, ring_parties
from explain.judgements.signatures import JudgedAlerts, judged_alerts, signature_hits, worst_miss
from explain.results.explanation_audit import BreakEven, ExplanationAudit
from models import schema as models_schema
from parameters import Count, Days, Draws, Part, Positive, Seed

MOMENT_COLUMNS = ["transaction_id", "at", "payer_account_id", "payee_account_id"]


class Params(pipeline.Parameters):
    """Section ``audit_explanations`` of params.yaml."""

    window_days: Days
    reasons: Count
    least_hit: Part
    parties: Count
    trusts: tuple[Part, ...] = Field(min_length=1)
    harms: tuple[Positive, ...] = Field(min_length=1)
    sway: float = Field(ge=0, le=1)
    bootstrap_draws: Draws
    seed: Seed


@dataclass(frozen=True)
class ExplainedInputs:
    """What was explained, and the truth.

    ``alerts`` are rows of ModelAlerts of the explained model, ``graph_alerts`` subjects of
    ``weights``; ``moments`` are those of all schemes and look-alikes, ``payments`` the illicit
    payments with their scheme, ``members`` rows of Schemes.
    """

    explained: str
    alerts: pd.DataFrame
    graph_alerts: pd.DataFrame
    reasons: pd.DataFrame
    contributions: pd.DataFrame
    weights: pd.DataFrame
    moments: pd.DataFrame
    payments: pd.DataFrame
    members: pd.DataFrame
    parties: Parties
    family: dict[str, str]
    visibility: dict[str, float]
    visibility_else: float
    innocent: float

    @property
    def patterned(self) -> pd.DataFrame:
        """Illicit moments that show a shape; what is spent outside it looks like anybody's."""
        return self.moments[self.moments["is_illicit"] & self.moments["is_patterned"]]


def read_inputs() -> ExplainedInputs:
    """Read what was written, and the truth."""
    explained = str(pipeline.param("explain")["model"])
    reviewers = pipeline.param("investigate")["reviewers"]
    weights = pipeline.read(schema.PartyWeights)
    reasons, contributions = pipeline.read(schema.Reasons), pipeline.read(schema.Contributions)
    of_all = pipeline.read(models_schema.ModelAlerts)
    typologies = pipeline.read(data_schema.Typologies, columns=["typology", "family"])
    transactions = pipeline.read(data_schema.Transactions, columns=MOMENT_COLUMNS)
    accounts = pipeline.read(data_schema.Accounts, columns=["account_id", "customer_id", "holder"])
    customers = pipeline.read(data_schema.Customers, columns=["customer_id"])["customer_id"]
    truth, schemes = pipeline.read(data_schema.Truth), pipeline.read(data_schema.Schemes)
    illicit = truth.loc[truth["is_illicit"], ["transaction_id", "scheme_id"]]
    everyone = of_all[["subject_id", "customer_id", "as_of"]].drop_duplicates("subject_id")
    return ExplainedInputs(
        explained=explained,
        alerts=of_all[of_all["ranker"] == explained].drop(columns="ranker").reset_index(drop=True),
        graph_alerts=everyone[everyone["subject_id"].isin(weights["subject_id"])].reset_index(drop=True),
        reasons=reasons,
        contributions=contributions,
        weights=weights,
        moments=moments_of(transactions, accounts, truth, schemes),
        payments=illicit.merge(transactions, on="transaction_id"),
        members=schemes.loc[schemes["is_illicit"], ["scheme_id", "account_id"]],
        parties=Parties.of(customers, accounts),
        family=dict(zip(typologies["typology"], typologies["family"], strict=True)),
        visibility=dict(reviewers["visibility"]),
        visibility_else=float(reviewers["visibility_else"]),
        innocent=float(reviewers["innocent_case_share"]),
    )


def true_and_alike(inputs: ExplainedInputs, params: Params) -> tuple[JudgedAlerts, JudgedAlerts]:
    """Alerts on schemes, and alerts on look-alikes of customers without an illicit payment in the days."""
    shown = inputs.reasons[inputs.reasons["rank"].between(1, params.reasons)]
    named = {int(str(subject)): frozenset(mine) for subject, mine in shown.groupby("subject_id")["family"]}
    alerts, illicit = inputs.alerts, inputs.moments[inputs.moments["is_illicit"]]
    is_guilty = happened_within(illicit, alerts["customer_id"], alerts["as_of"], params.window_days)
    alike = inputs.moments[~inputs.moments["is_illicit"]]
    return (
        judged_alerts(alerts, inputs.patterned, named, inputs.family, params.window_days),
        judged_alerts(alerts[~is_guilty], alike, named, inputs.family, params.window_days),
    )


def audit_explanations(inputs: ExplainedInputs, params: Params) -> ExplanationAudit:
    """Signatures, rings, and reviewers who are swayed."""
    true, alike = true_and_alike(inputs, params)
    shown = inputs.reasons[inputs.reasons["rank"] <= params.reasons]
    chance = seen(true.typologies, inputs.visibility, inputs.visibility_else)
    ring = ring_parties(
        inputs.graph_alerts,
        inputs.patterned,
        inputs.payments,
        inputs.members,
        inputs.parties,
        params.window_days,
    )
    return ExplanationAudit(
        explained=inputs.explained,
        reasons=params.reasons,
        signature=signature_hits(true, alike, params.least_hit, params.bootstrap_draws, params.seed),
        missed=worst_miss(true, shown, inputs.contributions),
        parties=params.parties,
        ring_size=round(float(ring.groupby("subject_id").size().mean()), 2) if len(ring) else None,
        rings=list(recovered(inputs.weights, ring, params.parties, params.bootstrap_draws, params.seed)),
        reviewers=list(
            aided_reviews(
                true,
                chance,
                inputs.innocent,
                params.sway,
                params.trusts,
                params.harms,
                params.bootstrap_draws,
                params.seed,
            )
        ),
        unaided=round(float(np.mean(chance)), 4) if len(chance) else None,
        break_even=[BreakEven(harm=harm, hit=fitting_share_needed(chance, harm)) for harm in params.harms],
    )


def main() -> None:
    """Write what the explanations are worth."""
    params = pipeline.params("audit_explanations", Params)
    pipeline.write_result(audit_explanations(read_inputs(), params))


if __name__ == "__main__":
    pipeline.run_stage("audit_explanations", main)
