"""What a client may post: a batch of transactions, every field as strict as a bank's message.

The framework would take "20250106" for a number of seconds and NaN for an amount; ids that are
numbers would lose their leading zeros. So each field is read by what it must look like.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"
MOST_YUAN = 1e10  # of one payment: half a million of them add up within 64 bits
LONGEST_ID = 128
SHOWN_FAULTS = 20

PATTERN = "string_pattern_mismatch"
NO_NAME = "expected text without control characters and outer blanks"
PROBLEMS = {
    (PATTERN, "at"): "expected a time like 2025-01-06T09:30:00+08:00",
    **{(PATTERN, end): NO_NAME for end in ("id", "payer", "payee")},
}

# Letters of any script, but nothing that moves a terminal or hides on a page.
Id = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\p{C}\s]([^\p{C}]*[^\p{C}\s])?$")
]


class PostedTransaction(BaseModel):
    """One payment. An ``id`` that is known already must say the same again, and changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Id = Field(description="the client's own key of the payment; text")
    at: Annotated[str, StringConstraints(max_length=40, pattern=TIME)] = Field(
        description="2025-01-06T09:30:00+08:00; without an offset on the service's clock"
    )
    payer: Id | None = Field(default=None, description="account debited; text; null where cash is paid in")
    payee: Id | None = Field(default=None, description="account credited; text; null where cash is drawn")
    amount: float = Field(gt=0, le=MOST_YUAN, allow_inf_nan=False, description="in yuan, to the cent")
    kind: Literal["transfer", "cash"] = Field(default="transfer", description="cash has one account")

    @model_validator(mode="after")
    def ends_fit(self) -> PostedTransaction:
        """A transfer has two accounts, cash one; the moment exists and a cent at least moves."""
        if (self.payer is None) + (self.payee is None) != (self.kind == "cash"):
            raise ValueError("expected two accounts of a transfer, one of cash (the other null)")
        if self.cents < 1:
            raise ValueError("expected an amount of a cent at least")
        try:
            self.at_us(0)
        except (ValueError, OverflowError):
            raise ValueError(f"at: no such moment: {self.at}") from None
        return self

    @property
    def cents(self) -> int:
        """The amount in cents."""
        return round(self.amount * 100)

    def at_us(self, zone_hours: float) -> int:
        """The moment in UTC microseconds; one without an offset is on the service's clock."""
        found = datetime.fromisoformat(self.at)
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone(timedelta(hours=zone_hours)))
        return int((found - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


class PostedBatch(BaseModel):
    """Payments that are stored all or not at all."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    transactions: list[PostedTransaction] = Field(min_length=1, description="in any order")


def faults_of(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong and where, without a word of what the client sent beyond its place."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {
            "place": ".".join(str(part) for part in one["loc"]) or "body",
            "problem": PROBLEMS.get(
                (one["type"], str((one["loc"] or ("",))[-1])), one["msg"].removeprefix("Value error, ")
            ),
        }
        for one in found[:SHOWN_FAULTS]
    ]
