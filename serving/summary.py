"""What became of a file: rows, features, drift, alerts. The same for the command and the service."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record
from serving.alerts import FileVerdicts, NewGap
from serving.card import MissingFeature, NarrowCost
from serving.file_model import FileModel
from serving.settings import DriftSettings


class ScoringSummary(Record):
    """A scored file in numbers."""

    file: str = Field(description="name of the file")
    rows_read: int = Field(description="rows of the file")
    rows_kept: int = Field(description="payments that were used")
    rows_set_aside: int = Field(description="rows that were not, each with its reason in set_aside.parquet")
    set_aside: dict[str, int] = Field(description="the same by reason")
    notes: list[str] = Field(description="what had to be assumed, in sentences")
    facts: list[str] = Field(description="what the file says beside payer, payee, amount and day")
    moments: list[str] = Field(description="dates as of whose midnight accounts were scored")
    accounts: int = Field(description="accounts scored, active in the 30 days before a moment")
    alerts: int = Field(description="alerts within the bank's budget")
    features: list[str] = Field(description="what the model reads")
    left_out: list[MissingFeature] = Field(
        description="features of the bank's model that the file cannot fill"
    )
    gaps: list[NewGap] = Field(description="features that some account lacks and no training row did")
    cost: NarrowCost = Field(description="what the narrow view costs on the bank's validation weeks")
    drifted: int = Field(description="features whose stability index lies above the limit")
    many_drifted: bool = Field(description="so many that the scores may not carry over")
    drifted_most: list[str] = Field(description="the ten most drifted of them, by name")


def no_alert_said(accounts: int, alerts: int, per_thousand_week: float) -> list[str]:
    """Why a file has no alert though its accounts are ranked; nothing where it has some."""
    if alerts:
        return []
    due = per_thousand_week * accounts / 1000
    share = f", {due:.2g} a week among the {accounts:,} here" if due < 1 else ""
    return [
        f"no alert: the bank's budget is {per_thousand_week:g} a thousand accounts and week{share}; "
        "scores.csv ranks every account all the same"
    ]


def summary_of(
    file: str,
    rows: tuple[int, int],
    set_aside: dict[str, int],
    notes: list[str],
    facts: frozenset[str],
    model: FileModel,
    verdicts: FileVerdicts,
    settings: DriftSettings,
) -> ScoringSummary:
    """The summary; ``rows`` are those read and those kept."""
    drifted = [one.feature for one in verdicts.drift if one.is_drifted]
    accounts, alerts = int(verdicts.scores["account"].nunique()), len(verdicts.alerts)
    budget = model.card.alerts_per_thousand_customers_week
    return ScoringSummary(
        file=file,
        rows_read=rows[0],
        rows_kept=rows[1],
        rows_set_aside=sum(set_aside.values()),
        set_aside=dict(sorted(set_aside.items())),
        notes=[*notes, *no_alert_said(accounts, alerts, budget)],
        facts=sorted(facts),
        moments=verdicts.moments,
        accounts=accounts,
        alerts=alerts,
        features=model.card.features,
        left_out=model.card.left_out,
        gaps=verdicts.gaps,
        cost=model.card.cost,
        drifted=len(drifted),
        many_drifted=len(drifted) > settings.most_drifted_share * len(model.card.features),
        drifted_most=drifted[:10],
    )
