"""Words and units that the tables share: codes of what a column may hold, and time in numbers."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

Time = Annotated[pd.DatetimeTZDtype, "us", "UTC"]

# Moments in arrays are UTC microseconds.
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
WEEK_US = 7 * DAY_US
YEAR_US = 365 * DAY_US
NEVER_US = np.iinfo(np.int64).max
MONTH_DAYS = 30.4
MONTH_US = MONTH_DAYS * DAY_US

CUSTOMER_KINDS = ("person", "micro_business", "company")
HOLDER_KINDS = (
    *CUSTOMER_KINDS,
    "merchant",
    "utility",
    "cash_desk",
    "lender",
    "broker",
    "insurer",
    "exchange",
    "overseas",
    "wallet",  # a payment institution: the ledger sees it, not the shop or friend behind it
    "bank",  # this bank itself: fees and interest
    "state",  # tax office and social insurance
)
CHANNELS = ("transfer", "cash_deposit", "cash_withdrawal", "pos", "qr", "wire")
PURPOSES = (
    "payroll",
    "rent",
    "shopping",
    "utility",
    "supplies",
    "takings",
    "cash",
    "savings",
    "family",
    "gift",
    "tuition",
    "donation",
    "goods",
    "investment",
    "insurance",
    "loan",
    "loan_repayment",
    "fee",
    "interest",
    "tax",
    "refund",
    "transfer",  # a remark that only says so
    "other",  # a remark that nobody can read: a joke, a misspelling
    "unstated",
)
OFFERS = ("cash", "balance", "income", "purpose", "hour", "device", "country", "firm")
# Names of indicators in yuan: those that a rule compares to the cent.
MONEY_INDICATORS = r"^([a-z0-9_]+_amount(_[0-9]+d)?|flow_before_[a-z0-9_]+)$"
RULE_USES = ("label", "feature", "held_out")
STREAMS = ("alert", "below_line", "random")
DECIDED = ("dismissed", "case", "reported")  # dismissed at once; looked into and closed; reported
OUTCOMES = (*DECIDED, "unreviewed")
LABEL_SOURCES = (
    "below_line_vote",
    "rule_vote",
    "random_review",
    "below_line_review",
    "disposition",
    "given",
)
