"""Draft of the narrative of a suspicious activity report: who, what, when, where, why, how.

In the order that FinCEN and FFIEC's Appendix L ask for, from facts of the case alone. It says what
was seen, never that a crime was committed; an investigator confirms it, adds what was asked of the
customer, and decides whether it is filed.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.words import CHANNEL_NAMES, CUSTOMER_KIND_NAMES, INDUSTRY_NAMES, OCCUPATION_NAMES, UNITS, Words
from explain.results.cases import CaseParty, CasePayment, CaseRuleHit, DraftSection, FlowEdge, RuleCheck

TOLD_PAYMENTS, TOLD_LINKS, TOLD_PARTIES = 8, 5, 3  # of a party, at most
FACT_WORDS = CUSTOMER_KIND_NAMES | OCCUPATION_NAMES | INDUSTRY_NAMES
LINK_WORDS = {
    "same_case": Words("is alerted in the same case", "同案预警"),
    "device": Words("used the same device", "共用设备"),
    "paid": Words("was paid by this customer", "收到本客户付款"),
    "paid_by": Words("paid this customer", "向本客户付款"),
    "shared_payee": Words("paid the same party", "向同一收款人付款"),
}


def cny_worded(yuan: float) -> str:
    """``CNY 12,345``."""
    return f"CNY {yuan:,.0f}"


def worded_figure(value: float | None, unit: str) -> str:
    """A figure of a rule with its unit; what could not be measured is said."""
    if value is None:
        return "not measurable"
    if unit == "CNY":
        return cny_worded(value)
    if unit == "share":
        return f"{value:.0%}"
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return number if unit in ("count", "ratio", "code") else f"{number} {UNITS[unit].en}"


def check_words(check: RuleCheck) -> str:
    """One comparison of a rule in words."""
    bound = worded_figure(check.threshold, check.unit)
    if check.upper is not None:
        bound = f"{bound} to {worded_figure(check.upper, check.unit)}"
    sign = {"between": "range"}.get(check.sign, check.sign)
    return f"{check.label.en}: {worded_figure(check.value, check.unit)} ({sign} {bound})"


def who_is(party: CaseParty) -> str:
    """A party in a sentence or two."""
    what = FACT_WORDS.get(party.occupation or party.industry or party.kind)
    work = what.en if what else party.occupation or party.industry or party.kind
    held = sum(account.closed is None for account in party.accounts)
    income = "not on file" if party.declared_income is None else cny_worded(party.declared_income)
    home = "" if party.city is None else f", home city code {party.city}"
    return (
        f"Customer {party.customer_name} ({work}{home}) has been a customer since {party.joined_at} and "
        f"holds {held} open account{'s' if held != 1 else ''}. "
        f"Declared monthly {'income' if party.kind == 'person' else 'turnover'}: {income}."
    )


def by_channel(party: CaseParty) -> str:
    """Money by channel, in a clause."""
    return "; ".join(
        f"{cny_worded(row.yuan)} {'in' if row.is_in else 'out'} by "
        f"{CHANNEL_NAMES[row.channel].en if row.channel in CHANNEL_NAMES else row.channel} "
        f"({row.payments} payment{'s' if row.payments != 1 else ''})"
        for row in party.channels
    )


def what_moved(party: CaseParty, as_of: str, days: int) -> str:
    """The amounts of the days, by channel, beside the months before."""
    return (
        f"In the {days} days before {as_of}, customer {party.customer_name} received "
        f"{cny_worded(party.money_in)} from {party.payers} payers and paid {cny_worded(party.money_out)} to "
        f"{party.payees} payees ({by_channel(party)}). In a usual earlier month it received "
        f"{cny_worded(party.money_in_month_before)}."
    )


def told_payment(row: CasePayment) -> str:
    """A payment in a clause."""
    return f"{row.at} {'from' if row.is_in else 'to'} {row.other}: {cny_worded(row.yuan)}"


def largest_of(payments: Sequence[CasePayment], most: int) -> list[CasePayment]:
    """The largest of some payments, in order of time."""
    chosen = sorted(payments, key=lambda row: (-row.yuan, row.at))[:most]
    return sorted(chosen, key=lambda row: row.at)


def when_moved(party: CaseParty) -> str:
    """The busiest day and the largest payments in order of time."""
    day, told = party.busiest_day, largest_of(party.payments, TOLD_PAYMENTS)
    if day is None:
        return f"Customer {party.customer_name} neither received nor paid anything in these days."
    listed = "; ".join(map(told_payment, told))
    return (
        f"Customer {party.customer_name}: most money moved on {day.day} ({cny_worded(day.money_in)} in, "
        f"{cny_worded(day.money_out)} out). The largest payments in order of time: {listed}."
    )


def where_moved(party: CaseParty) -> str:
    """Cities of cash, and money across the border."""
    abroad = [row for row in party.counterparties if row.name.startswith("overseas")]
    total = sum(row.money_in + row.money_out for row in abroad)
    cash = f"cash was handled in city {', '.join(map(str, party.cities))}" if party.cities else "no cash"
    across = (
        f"{cny_worded(total)} with {len(abroad)} of its largest counterparties abroad"
        if abroad
        else "none of its largest counterparties is abroad"
    )
    return f"Customer {party.customer_name}: {cash}; {across}."


def met_checks(hit: CaseRuleHit) -> str:
    """The comparisons of a rule that hold, in a clause."""
    return "; ".join(check_words(check) for check in hit.checks if check.is_met)


def why_suspicious(party: CaseParty) -> list[str]:
    """Rules with the customer's figures, then what contributed to the model's score."""
    told = [
        f"Customer {party.customer_name} met rule {hit.rule_id} ({hit.name_en}) on {hit.days} "
        f"day{'s' if hit.days != 1 else ''}, last on {hit.last}: {met_checks(hit)}."
        for hit in party.rule_hits
    ]
    reasons = [row for row in party.reasons if row.rank > 0]
    if reasons:
        listed = "; ".join(row.text_en for row in reasons)
        told.append(f"Contributed to the model's score of customer {party.customer_name}: {listed}.")
    return told or [f"No rule was met by customer {party.customer_name}, and the model raised no alert."]


def how_done(party: CaseParty, ring: list[FlowEdge]) -> list[str]:
    """To whom it paid most, and what ties it to others."""
    payees = sorted((row for row in party.counterparties if row.money_out), key=lambda row: -row.money_out)
    payers = sorted((row for row in party.counterparties if row.money_in), key=lambda row: -row.money_in)
    received = "; ".join(
        f"{cny_worded(row.money_in)} from {row.name}{' (new)' if row.is_new else ''}"
        for row in payers[:TOLD_PARTIES]
    )
    paid = "; ".join(
        f"{cny_worded(row.money_out)} to {row.name}{' (new)' if row.is_new else ''}"
        for row in payees[:TOLD_PARTIES]
    )
    told = [
        f"Customer {party.customer_name} received most as follows: {received or 'nothing'}. "
        f"It paid most as follows: {paid or 'nothing'}."
    ]
    links = [
        f"customer {link.name} {LINK_WORDS[link.how].en}"
        + (f" {link.through}" if link.how == "shared_payee" else "")
        + (f" ({cny_worded(link.yuan)} in {link.payments})" if link.payments else "")
        for link in party.links[:TOLD_LINKS]
    ]
    if links:
        told.append(f"Linked to customer {party.customer_name}: {'; '.join(links)}.")
    if ring:
        total = sum(edge.yuan for edge in ring)
        told.append(f"{len(ring)} payments of {cny_worded(total)} tie the parties of this case together.")
    return told


def narrative(parties: list[CaseParty], ring: list[FlowEdge], as_of: str, days: int) -> list[DraftSection]:
    """The six sections, of all parties of a case, and what is left to a human.

    ``ring`` are the payments that tie the parties, ``as_of`` is the local date of the case, ``days``
    are looked back from it.
    """
    sections = {
        ("who", "Who"): [who_is(party) for party in parties],
        ("what", "What"): [what_moved(party, as_of, days) for party in parties],
        ("when", "When"): [when_moved(party) for party in parties],
        ("where", "Where"): [where_moved(party) for party in parties],
        ("why", "Why it is unusual"): [line for party in parties for line in why_suspicious(party)],
        ("how", "How"): [
            line
            for place, party in enumerate(parties)
            for line in how_done(party, ring if place == len(parties) - 1 else [])
        ],
        ("decision", "Conclusion, law enforcement, documents kept"): [],
    }
    return [DraftSection(key=key, title=title, text=text) for (key, title), text in sections.items()]
