"""Contracts of the tables that the bank keeps: one class a table.

Money is integer minor units (cents). Times are UTC timestamps in microseconds.
An account without a customer is an account outside the bank: the bank sees the
payments that touch its own accounts, never the other flows of the outside ones.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.pandas import Field
from pandera.typing import Series

from data.schema.decisions import Dispositions as Dispositions
from data.schema.decisions import Labels as Labels
from data.schema.decisions import TrialDispositions as TrialDispositions
from data.schema.decisions import TrialLabels as TrialLabels
from data.schema.vocabulary import CHANNELS as CHANNELS
from data.schema.vocabulary import CUSTOMER_KINDS as CUSTOMER_KINDS
from data.schema.vocabulary import DAY_US as DAY_US
from data.schema.vocabulary import DECIDED as DECIDED
from data.schema.vocabulary import HOLDER_KINDS as HOLDER_KINDS
from data.schema.vocabulary import HOUR_US as HOUR_US
from data.schema.vocabulary import LABEL_SOURCES as LABEL_SOURCES
from data.schema.vocabulary import MINUTE_US as MINUTE_US
from data.schema.vocabulary import MONEY_INDICATORS as MONEY_INDICATORS
from data.schema.vocabulary import MONTH_DAYS as MONTH_DAYS
from data.schema.vocabulary import MONTH_US as MONTH_US
from data.schema.vocabulary import NEVER_US as NEVER_US
from data.schema.vocabulary import OFFERS as OFFERS
from data.schema.vocabulary import OUTCOMES as OUTCOMES
from data.schema.vocabulary import PURPOSES as PURPOSES
from data.schema.vocabulary import RULE_USES as RULE_USES
from data.schema.vocabulary import SECOND_US as SECOND_US
from data.schema.vocabulary import STREAMS as STREAMS
from data.schema.vocabulary import WEEK_US as WEEK_US
from data.schema.vocabulary import YEAR_US as YEAR_US
from data.schema.vocabulary import Time as Time
from pipeline import Table


class Periods(Table):
    """A stretch of the calendar in which subjects have one role. Key: name."""

    name: Series[str] = Field(
        unique=True,
        isin=["warm_up", "train", "embargo", "validation", "test"],
        description="role of the subjects whose as_of lies in the stretch",
    )
    starts_at: Series[Time] = Field(description="first moment of the stretch")
    ends_at: Series[Time] = Field(description="first moment after the stretch")


class Offers(Table):
    """Something that the data set can say at all, whatever its rows happen to hold. Key: name."""

    name: Series[str] = Field(unique=True, isin=OFFERS, description="kind of fact that is offered")


class Customers(Table):
    """A party with an account at this bank. Key: customer_id."""

    customer_id: Series[int] = Field(unique=True, description="key")
    kind: Series[str] = Field(isin=CUSTOMER_KINDS, description="segment of the customer")
    joined_at: Series[Time] = Field(description="start of the relation with the bank")
    birth_year: Series[pd.Int16Dtype] = Field(nullable=True, description="persons only")
    gender: Series[str] = Field(nullable=True, description="protected: for the fairness audit only")
    occupation: Series[str] = Field(nullable=True, description="stated at onboarding, persons only")
    industry: Series[str] = Field(nullable=True, description="stated at onboarding, firms only")
    city: Series[pd.Int16Dtype] = Field(nullable=True, description="home city code")
    monthly_income_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, ge=0, description="declared income (person) or turnover (firm) a month"
    )
    household_id: Series[pd.Int64Dtype] = Field(nullable=True, description="persons who live together")
    founded_at: Series[Time] = Field(nullable=True, description="founding, firms only")
    registered_capital_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, ge=0, description="registered capital, companies only"
    )
    employer_account_id: Series[pd.Int64Dtype] = Field(
        nullable=True, description="account that pays the wages, persons on a payroll only"
    )


class ProfileTags(Table):
    """The value of one profile tag over one stretch of time. Key: customer_id, tag, valid_from."""

    customer_id: Series[int] = Field(description="whose tag")
    tag: Series[str] = Field(description="name of the tag")
    value: Series[str] = Field(description="value of the tag in the stretch")
    valid_from: Series[Time] = Field(description="first moment at which the bank knew the value")
    valid_to: Series[Time] = Field(nullable=True, description="first moment after; empty: still valid")


class Accounts(Table):
    """An account that the bank holds or sees in a payment. Key: account_id."""

    account_id: Series[int] = Field(unique=True, description="key")
    customer_id: Series[pd.Int64Dtype] = Field(nullable=True, description="owner; empty: outside the bank")
    holder: Series[str] = Field(isin=HOLDER_KINDS, description="kind of party named on the payment")
    opened_at: Series[Time] = Field(nullable=True, description="opening; empty outside the bank")
    opening_balance_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, description="balance at the first moment of the ledger; empty: unknown"
    )
    closed_at: Series[Time] = Field(
        nullable=True, description="closing; empty: still open, or outside the bank"
    )
    credit_limit_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, ge=0, description="how far the account may be overdrawn; empty outside the bank"
    )
    country: Series[str] = Field(nullable=True, description="two-letter code of where the account is kept")


class AccountNames(Table):
    """What a foreign data set calls an account, as its file writes it; empty for a simulated bank.

    Key: account_id.
    """

    account_id: Series[int] = Field(unique=True, description="number of the account inside")
    name: Series[str] = Field(unique=True, description="its name outside")


class Devices(Table):
    """A customer used a device over a stretch of time. Key: customer_id, device_id, valid_from."""

    customer_id: Series[int] = Field(description="who used it")
    device_id: Series[int] = Field(description="phone, tablet or kiosk; the same id is the same device")
    valid_from: Series[Time] = Field(description="first moment at which the bank saw the two together")
    valid_to: Series[Time] = Field(nullable=True, description="first moment after; empty: still in use")


class Transactions(Table):
    """A settled payment, in order of time. Key: transaction_id."""

    transaction_id: Series[int] = Field(unique=True, description="key, in order of time")
    at: Series[Time] = Field(description="moment of settlement")
    payer_account_id: Series[int] = Field(description="account debited")
    payee_account_id: Series[int] = Field(description="account credited")
    amount_cents: Series[int] = Field(gt=0, description="amount")
    channel: Series[pd.CategoricalDtype] = Field(description="how it was paid: " + ", ".join(CHANNELS))
    purpose: Series[pd.CategoricalDtype] = Field(description="stated purpose: " + ", ".join(PURPOSES))
    city: Series[pd.Int16Dtype] = Field(nullable=True, description="city code of a counter or terminal")
    payer_balance_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, description="payer's balance after; empty outside the bank or unknown"
    )
    payee_balance_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, description="payee's balance after; empty outside the bank or unknown"
    )


class Truth(Table):
    """HIDDEN. Which transactions belong to which scheme. Key: transaction_id, scheme_id."""

    transaction_id: Series[int] = Field(description="transaction of the scheme")
    scheme_id: Series[int] = Field(description="scheme")
    is_illicit: Series[bool] = Field(description="false: a licit look-alike")
    is_patterned: Series[bool] = Field(
        description="part of the typology's shape; false: proceeds placed or spent outside it"
    )


class DriftPlan(Table):
    """What changes during the run of a simulated bank, in order of time; empty for a foreign one.

    Key: event.
    """

    event: Series[str] = Field(unique=True, description="key")
    starts_at: Series[Time] = Field(description="local midnight from which it holds")
    description_en: Series[str] = Field(description="what changes, in English")
    description_zh: Series[str] = Field(description="what changes, in Chinese")


class Schemes(Table):
    """HIDDEN. The members of every scheme and look-alike. Key: scheme_id, account_id."""

    scheme_id: Series[int] = Field(description="scheme")
    typology: Series[str] = Field(description="what the scheme does")
    is_illicit: Series[bool] = Field(description="false: a licit look-alike of the typology")
    sophistication: Series[int] = Field(ge=0, le=2, description="0 naive, 1 jittered, 2 threshold-aware")
    account_id: Series[int] = Field(description="member")
    customer_id: Series[pd.Int64Dtype] = Field(nullable=True, description="member's owner; empty: outside")
    role: Series[str] = Field(description="part that the member plays")
    starts_at: Series[Time] = Field(description="first transaction of the scheme")
    ends_at: Series[Time] = Field(description="last transaction of the scheme")


class Typologies(Table):
    """What a kind of scheme is called, and the innocent plan that looks like it. Key: typology."""

    typology: Series[str] = Field(unique=True, description="key")
    label_en: Series[str] = Field(description="English label")
    label_zh: Series[str] = Field(description="Chinese label")
    look_alike_en: Series[str] = Field(description="who looks alike, in English")
    look_alike_zh: Series[str] = Field(description="who looks alike, in Chinese")
    family: Series[str] = Field(description="family of reasons that should explain an alert on it")
    source_en: Series[str] = Field(description="description that it follows, in English")
    source_zh: Series[str] = Field(description="description that it follows, in Chinese")


class MemberRoles(Table):
    """What a part that a member of a scheme or look-alike plays is called. Key: role."""

    role: Series[str] = Field(unique=True, description="key; a kind of holder for those who play no part")
    label_en: Series[str] = Field(description="English label")
    label_zh: Series[str] = Field(description="Chinese label")


class GivenLabels(Table):
    """Labels that a foreign data set brings along; empty for a simulated bank."""

    customer_id: Series[int] = Field(description="whose behaviour")
    event_at: Series[Time] = Field(description="moment up to which the behaviour is judged, itself excluded")
    known_at: Series[Time] = Field(description="when the label was known")
    value: Series[float] = Field(ge=0, le=1, description="1 suspicious, 0 not")


class DailyIndicators(Table):
    """Indicators the morning after each day on which a customer was active.

    Key: customer_id, as_of. One column an indicator; the catalogue names them. Money keeps
    its cents, for rules compare it.
    """

    customer_id: Series[int] = Field(description="customer")
    as_of: Series[Time] = Field(description="midnight, bank time; only earlier events count")
    money: Series[float] = Field(
        alias=MONEY_INDICATORS,
        regex=True,
        nullable=True,
        description="one column an indicator in yuan, exact to the cent; empty: not measurable",
    )
    indicators: Series[np.float32] = Field(
        alias=f"^(?!customer_id$|as_of$)(?!{MONEY_INDICATORS[1:]})[a-z0-9_]+$",
        regex=True,
        nullable=True,
        description="one column any other indicator, to seven digits; empty: not measurable",
    )


class WeeklyIndicators(Table):
    """Indicators of every customer at each weekly scoring moment, for models.

    Key: customer_id, as_of. One column an indicator, money to seven digits, too.
    """

    customer_id: Series[int] = Field(description="customer")
    as_of: Series[Time] = Field(description="midnight, bank time; only earlier events count")
    indicators: Series[np.float32] = Field(
        alias="^(?!customer_id$|as_of$)[a-z0-9_]+$",
        regex=True,
        nullable=True,
        description="one column an indicator; empty: not measurable",
    )


class Rules(Table):
    """The rulebook as it ran: one row a rule. Key: rule_id."""

    rule_id: Series[str] = Field(unique=True, description="key")
    name_en: Series[str] = Field(description="English name")
    name_zh: Series[str] = Field(description="Chinese name")
    predicate: Series[str] = Field(description="SQL over indicators, parameters filled in")
    family: Series[str] = Field(description="family of reasons that the rule belongs to")
    red_flags_en: Series[str] = Field(description="what a business person sees, in English")
    red_flags_zh: Series[str] = Field(description="what a business person sees, in Chinese")
    typologies: Series[str] = Field(description="typologies for which it is written, separated by blanks")
    use: Series[str] = Field(
        isin=RULE_USES,
        description="label: votes; feature: recorded only; held_out: recorded for the audit only",
    )
    vote: Series[int] = Field(isin=(1, -1), description="1 speaks for suspicion, -1 against; labels only")
    source_en: Series[str] = Field(description="where the rule comes from, with its evidence mark")
    source_zh: Series[str] = Field(description="the same in Chinese")
    owner_en: Series[str] = Field(description="who answers for the rule, in English")
    owner_zh: Series[str] = Field(description="who answers for the rule, in Chinese")
    reviewed: Series[str] = Field(description="local date of the last review")
    case_refs: Series[str] = Field(description="cases behind the rule, separated by blanks")
    known_false_positives_en: Series[str] = Field(description="licit behaviour that it also hits, in English")
    known_false_positives_zh: Series[str] = Field(description="licit behaviour that it also hits, in Chinese")
    is_applied: Series[bool] = Field(description="false: stepped aside, its indicators are missing")
    hits: Series[int] = Field(ge=0, description="customer-days hit")


class RuleHits(Table):
    """A rule that speaks for suspicion fired for a customer on a day. Key: customer_id, hit_at, rule_id."""

    customer_id: Series[int] = Field(description="customer")
    hit_at: Series[Time] = Field(description="as_of of the indicators that fired")
    rule_id: Series[str] = Field(description="rule")
    use: Series[str] = Field(isin=RULE_USES, description="use of the rule")
    amount_cents: Series[pd.Int64Dtype] = Field(
        nullable=True, ge=0, description="money that the hit is about; empty: the rule names no amount"
    )
    is_suppressed: Series[bool] = Field(
        description="repeats a hit of the customer and rule within the suppression; raises no alert"
    )


class NegativeHits(Table):
    """A rule that speaks for innocence fired where another rule hit. Key: customer_id, hit_at, rule_id."""

    customer_id: Series[int] = Field(description="customer")
    hit_at: Series[Time] = Field(description="as_of of the indicators that fired")
    rule_id: Series[str] = Field(description="negative rule")


class Alerts(Table):
    """Rule hits of one customer and day after suppression. Key: alert_id."""

    alert_id: Series[int] = Field(unique=True, description="key, in order of time")
    customer_id: Series[int] = Field(description="customer")
    alerted_at: Series[Time] = Field(description="day of the hits")
    rule_ids: Series[str] = Field(description="rules that fired, separated by blanks")
    rule_count: Series[int] = Field(ge=1, description="how many")
    case_id: Series[int] = Field(ge=1, description="case that the alert belongs to")


class BelowLine(Table):
    """What would have been an alert, had the bank more hands; recorded, and reviewed by sample.

    Key: alert_id.
    """

    alert_id: Series[int] = Field(unique=True, description="key, of one numbering with Alerts")
    customer_id: Series[int] = Field(description="customer")
    alerted_at: Series[Time] = Field(description="day of the hits")
    rule_ids: Series[str] = Field(description="rules that fired, separated by blanks")
    rule_count: Series[int] = Field(ge=1, description="how many")


class Lines(Table):
    """The line of each rule that raises alerts: what lies below it is only recorded. Key: rule_id."""

    rule_id: Series[str] = Field(unique=True, description="rule")
    line_cny: Series[float] = Field(
        ge=0, description="money of a hit in CNY, on the scale of a person, from which it raises an alert"
    )
    above_count: Series[int] = Field(ge=0, description="alerts of the rule above the line, whole run")
    below_count: Series[int] = Field(ge=0, description="the same below it")


class Cases(Table):
    """Alerts of one customer, or of customers tied to each other, close in time. Key: case_id."""

    case_id: Series[int] = Field(unique=True, description="key, in order of the first alert")
    first_alert_at: Series[Time] = Field(description="first alert of the case")
    last_alert_at: Series[Time] = Field(description="last alert of the case")
    alert_count: Series[int] = Field(ge=1, description="alerts")
    customer_count: Series[int] = Field(ge=1, description="customers")


class LibraryPeriods(Periods):
    """A stretch of the calendar of the library bank. Key: name."""


class LibraryCustomers(Customers):
    """A customer of the library bank, which holds planted schemes and no others. Key: customer_id."""


class LibraryAccounts(Accounts):
    """An account that the library bank keeps or pays to. Key: account_id."""


class LibraryTransactions(Transactions):
    """A payment of the library bank. Key: transaction_id."""


class LibraryTags(ProfileTags):
    """A tag of a customer of the library bank from a day to another."""


class LibraryDevices(Devices):
    """A device from which a customer of the library bank signs in."""


class LibraryIndicators(WeeklyIndicators):
    """Indicators of a customer of the library bank as of a week."""


class LibraryMoments(Table):
    """A planted payment, seen from a customer of the library bank who takes part. Key: row number."""

    customer_id: Series[int] = Field(description="customer of the library bank")
    at: Series[Time] = Field(description="moment of the payment")
    scheme_id: Series[int] = Field(description="planted scheme or look-alike")
    typology: Series[str] = Field(description="typology, or the one that it looks like")
    is_illicit: Series[bool] = Field(description="false: an innocent look-alike")
    is_patterned: Series[bool] = Field(description="false: proceeds that are spent outside the shape")
    author: Series[int] = Field(ge=0, le=1, description="who wrote the scheme down; 1: only to be tried on")
