"""Contract of what the audit tells the case pages: who took part in what, and when."""

from __future__ import annotations

from pydantic import Field

from pipeline import Record, Result


class AuditedMember(Record):
    """HIDDEN TRUTH. A customer's part in a scheme or an innocent look-alike."""

    customer_id: int = Field(description="customer")
    scheme_id: int = Field(description="scheme or look-alike")
    typology: str = Field(description="what it does, or what it looks like")
    role: str = Field(description="part that the customer plays")
    is_illicit: bool = Field(description="false: an innocent look-alike")
    first: str = Field(description="local date of the customer's first payment in it")
    last: str = Field(description="local date of the last one")
    payments: int = Field(description="payments of the customer in it")


class AuditedCases(Result):
    """HIDDEN TRUTH. Everybody who took part in something planted that reached into the test's windows."""

    members: list[AuditedMember] = Field(description="in order of customer and scheme")
