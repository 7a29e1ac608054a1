"""重点可疑交易报告 in draft: sections one to five from the facts of a case, six and seven left to a human.

The form of a branch: how it was found, who the parties are, what was paid, who is linked, why it is
suspicious; then the first judgement and the measures taken, which only people write.
"""

from __future__ import annotations

from data.words import CHANNEL_NAMES, HOLDER_NAMES, UNITS
from explain.narrative import (
    FACT_WORDS,
    LINK_WORDS,
    TOLD_LINKS,
    TOLD_PARTIES,
    TOLD_PAYMENTS,
    largest_of,
)
from explain.reasons import yuan_worded
from explain.results.cases import CaseParty, DraftSection, FlowEdge, RuleCheck

OUTSIDE_KINDS = ("person", "company", "micro_business")  # that exist inside the bank as well
FOUND_BY = {"model": "模型预警", "rules": "规则预警", "below_cut": "预警线以下抽样", "asked": "人工指定"}


def chinese_party(name: str) -> str:
    """``person 12`` as a Chinese reader writes it: 行外个人 12."""
    if name.startswith("customer "):
        return f"客户 {name.removeprefix('customer ')}"
    kinds = [kind for kind in HOLDER_NAMES if name.startswith(f"{kind.replace('_', ' ')} ")]
    if not kinds:
        return name
    kind = max(kinds, key=len)
    outside = "行外" if kind in OUTSIDE_KINDS else ""
    return f"{outside}{HOLDER_NAMES[kind].zh} {name.removeprefix(kind.replace('_', ' ')).strip()}"


def yuan_zh(amount: float) -> str:
    """``12,345 元``."""
    return f"{amount:,.0f} 元"


def chinese_figure(value: float | None, unit: str) -> str:
    """A figure of a rule with its unit."""
    if value is None:
        return "无法计量"
    if unit == "CNY":
        return yuan_zh(value)
    if unit == "share":
        return f"{value:.0%}"
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return number if unit in ("count", "ratio", "code") else f"{number} {UNITS[unit].zh}"


def chinese_check(check: RuleCheck) -> str:
    """One comparison of a rule in words."""
    sign = {">=": "不低于", "<=": "不高于", ">": "高于", "<": "低于", "between": "介于"}[check.sign]
    bound = chinese_figure(check.threshold, check.unit)
    if check.upper is not None:
        bound = f"{bound}至{chinese_figure(check.upper, check.unit)}"
    return f"{check.label.zh}为 {chinese_figure(check.value, check.unit)}（标准：{sign} {bound}）"


def found_how(party: CaseParty) -> str:
    """One: how the party was found."""
    hits = "、".join(
        f"{hit.rule_id} {hit.name_zh}（{hit.days} 天，最近 {hit.last}）" for hit in party.rule_hits
    )
    place = "" if party.rank is None else f"，当周排名第 {party.rank} 位"
    return (
        f"客户 {party.customer_name}：{FOUND_BY[party.found_by]}，评分日 {party.as_of}{place}；"
        f"触发规则：{hits or '无'}。"
    )


def chinese_identity(party: CaseParty) -> str:
    """Two: who the party is, its accounts and tags."""
    what = FACT_WORDS.get(party.occupation or party.industry or party.kind)
    work = what.zh if what else party.occupation or party.industry or party.kind
    held = [account for account in party.accounts if account.closed is None]
    balance = sum(account.balance or 0.0 for account in held)
    income = "未登记" if party.declared_income is None else yuan_zh(party.declared_income)
    rating = next((tag.value for tag in party.tags if tag.tag == "risk_rating"), None)
    rated = {"low": "低", "medium": "中", "high": "高"}.get(rating or "", rating)
    return (
        f"客户 {party.customer_name}，{work}，{party.joined_at} 建立业务关系；"
        f"存续账户 {len(held)} 个，余额合计 {yuan_zh(balance)}；"
        f"{'申报月收入' if party.kind == 'person' else '申报月营业额'} {income}"
        + (f"；洗钱风险等级：{rated}。" if rated else "。")
    )


def chinese_movements(party: CaseParty, as_of: str, days: int) -> list[str]:
    """Three: all of it, where from and to, and beside the past."""
    channels = "；".join(
        f"{CHANNEL_NAMES[row.channel].zh if row.channel in CHANNEL_NAMES else row.channel}"
        f"{'转入' if row.is_in else '转出'} {row.payments} 笔 {yuan_zh(row.yuan)}"
        for row in party.channels
    )
    payers = sorted((row for row in party.counterparties if row.money_in), key=lambda row: -row.money_in)
    payees = sorted((row for row in party.counterparties if row.money_out), key=lambda row: -row.money_out)
    sources = "、".join(
        f"{chinese_party(row.name)} {yuan_zh(row.money_in)}{'（新增）' if row.is_new else ''}"
        for row in payers[:TOLD_PARTIES]
    )
    ends = "、".join(
        f"{chinese_party(row.name)} {yuan_zh(row.money_out)}{'（新增）' if row.is_new else ''}"
        for row in payees[:TOLD_PARTIES]
    )
    told = [
        f"总体情况：{as_of} 前 {days} 天，客户 {party.customer_name} 由 {party.payers} 个付款方转入 "
        f"{yuan_zh(party.money_in)}，向 {party.payees} 个收款方转出 {yuan_zh(party.money_out)}。{channels}。",
        f"来源去向：主要来源为{sources or '无'}；主要去向为{ends or '无'}。",
        f"历史比较：此前通常每月转入 {yuan_zh(party.money_in_month_before)}。",
    ]
    listed = "；".join(
        f"{row.at} {'来自' if row.is_in else '付给'}{chinese_party(row.other)} {yuan_zh(row.yuan)}"
        for row in largest_of(party.payments, TOLD_PAYMENTS)
    )
    return [*told, f"主要交易：{listed}。"] if listed else told


def chinese_links(party: CaseParty) -> str:
    """Four: who is linked, and how."""
    told = "；".join(
        f"客户 {link.name}，{LINK_WORDS[link.how].zh}"
        + (f"（{chinese_party(link.through)}）" if link.how == "shared_payee" else "")
        + (f"，{link.payments} 笔 {yuan_zh(link.yuan)}" if link.payments else "")
        for link in party.links[:TOLD_LINKS]
    )
    return f"客户 {party.customer_name} 的关联方：{told or '未发现'}。"


def chinese_suspicion(party: CaseParty) -> list[str]:
    """Five: which standards were met, and what contributed to the score."""
    told = [
        f"客户 {party.customer_name} 触发 {hit.rule_id}（{hit.name_zh}）："
        f"{'；'.join(chinese_check(check) for check in hit.checks if check.is_met)}。"
        for hit in party.rule_hits
    ]
    reasons = "；".join(yuan_worded(row.text_zh) for row in party.reasons if row.rank > 0)
    if reasons:
        told.append(f"客户 {party.customer_name} 的模型得分主要由以下特征贡献：{reasons}。")
    return told or [f"客户 {party.customer_name} 未触发规则，模型亦未预警。"]


def report_form(parties: list[CaseParty], ring: list[FlowEdge], as_of: str, days: int) -> list[DraftSection]:
    """The seven sections, of all parties of a case; arguments as of `explain.narrative.narrative`."""
    links = [chinese_links(party) for party in parties]
    if ring:
        total = sum(edge.yuan for edge in ring)
        links.append(f"各方之间及与共同对手之间交易 {len(ring)} 笔，合计 {yuan_zh(total)}。")
    sections = {
        ("1", "一、发现过程"): [found_how(party) for party in parties],
        ("2", "二、可疑主体基本情况"): [chinese_identity(party) for party in parties],
        ("3", "三、可疑交易情况"): [
            line for party in parties for line in chinese_movements(party, as_of, days)
        ],
        ("4", "四、关联单位及人员"): links,
        ("5", "五、可疑点分析"): [line for party in parties for line in chinese_suspicion(party)],
        ("6", "六、初步判断"): [],
        ("7", "七、已采取措施"): [],
    }
    return [DraftSection(key=key, title=title, text=text) for (key, title), text in sections.items()]
