"""View-model of what nobody sees: kinds of laundering that stay hidden, and who left no pattern at all.

What would see them is judgement of this project, drawn from how the kind works; nothing of it is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.schema import RULES
from reports.evidence import Evidence, in_a_sentence
from reports.wording import RANKERS, Text, named

MOST_SEEN = 0.2  # of its customers: a kind of which the chosen model finds no more counts as hidden

# By typology: why payments alone hardly show it, and what would.
SIGHT = {
    "cash_intensive_front": Text(
        "Paid in as takings of a real shop. Card-terminal and tax figures of like shops in the same street, "
        "goods bought beside goods sold, a visit.",
        "以真实门店营业款名义存入。需同街同业的收单与纳税数据、进销对照、实地走访。",
    ),
    "loan_back": Text(
        "The money returns as a loan with a contract. Who owns the lender, and where its money came from.",
        "资金以有合同的借款形式回流。需出借方的受益所有人及其资金来源。",
    ),
    "run_score": Text(
        "Many small customers of one platform, each with few payments. Merchant codes and devices shared "
        "between banks, lists of codes that the police confirmed.",
        "平台下众多“码商”各只走少量流水。需跨行共享的收款码与设备信息、警方确认的涉案码清单。",
    ),
    "virtual_gift_settlement": Text(
        "It began in the test, and a live-stream agency pays alike. The platform’s list of gifts by sender.",
        "测试期才出现，且与主播公会结算相似。需直播平台按打赏人的明细。",
    ),
    "underground_bank_settlement": Text(
        "The second leg lies abroad. Payments of the same parties at the other bank, and customs figures.",
        "另一端在境外。需同一对手在他行的流水与海关数据。",
    ),
    "underground_bank_mirror": Text(
        "The second leg lies abroad. Payments of the same parties at the other bank, and customs figures.",
        "另一端在境外。需同一对手在他行的流水与海关数据。",
    ),
    "bipartite": Text(
        "Traders and their wholesalers pay the same way. Delivery notes and invoices.",
        "商户与批发商的往来形态相同。需送货单与发票。",
    ),
    "shell_company": Text(
        "Invoices look like trade. The tax office’s invoice data, staff and social insurance of the firm.",
        "发票使其看似贸易。需税务发票数据、企业用工与社保信息。",
    ),
    "student_mule": Text(
        "Sums like pocket money and odd jobs. The same device or address across banks.",
        "金额近似生活费与兼职收入。需跨行的同设备、同地址信息。",
    ),
    "smurfing": Text(
        "Each person stays small. Who else pays the same account at other banks.",
        "每人金额都很小。需同一账户在他行的付款人。",
    ),
    "insurance_wash": Text(
        "The policy hides the middle. The insurer’s record of who paid, who changed it and who was paid out.",
        "保单隔断了中间环节。需保险公司的缴费人、变更与退保收款记录。",
    ),
    "cycle": Text(
        "The circle closes outside the bank. The same payments seen by the other banks of the circle.",
        "回路在行外闭合。需回路中其他银行的流水。",
    ),
    "cash_structuring": Text(
        "Sums below the report line, in a trade that lives on cash. Deposits at all banks together.",
        "现金行业中低于报告标准的存款。需各行存款的合并视图。",
    ),
}
ELSEWHERE = Text("The other half of the payments, at other banks.", "需他行的另一半流水。")


@dataclass(frozen=True)
class HiddenRow:
    """A kind of laundering of which the chosen model finds little: counts, and what would see it."""

    name: Text
    customers: int
    rules: int
    chosen: int
    best: int
    best_name: Text
    needed: Text


@dataclass(frozen=True)
class BlindSpots:
    """What the template needs."""

    chosen: Text
    hidden: list[HiddenRow]
    patternless: Text | None


def patternless_words(evidence: Evidence) -> Text | None:
    """How many paid nothing of a pattern in the window, and how many of them the chosen model finds."""
    row = next((one for one in evidence.truth.headlines if one.ranker == evidence.chosen), None)
    if row is None or not row.parts.patternless.customers:
        return None
    none, all_ = row.parts.patternless, row.parts.everyone
    name = in_a_sentence(evidence.chosen)
    return Text(
        f"{none.customers} of the {all_.customers} illicit customers only placed or spent proceeds in these "
        f"weeks, outside any pattern: {name.en} alerts {none.caught} of them. They stay in the "
        "denominator of every recall. Only where the money came from would tell: "
        "whoever paid it in before, here or at another bank.",
        f"{all_.customers} 名涉案客户中有 {none.customers} 名在这些周内仅存入或花费赃款，不具任何形态："
        f"{name.zh} 预警其中 {none.caught} 名。他们仍计入各项召回率的分母。"
        "只有资金的来处能说明问题：此前在本行或他行由谁转入。",
    )


def hidden_rows(evidence: Evidence) -> list[HiddenRow]:
    """Kinds large enough to compare of which the chosen model finds a fifth at most, the least first."""
    kinds: dict[str, dict[str, int]] = {}
    sizes: dict[str, int] = {}
    for row in evidence.truth.by_typology:
        kinds.setdefault(row.typology, {})[row.ranker] = row.caught
        sizes[row.typology] = row.customers
    found = []
    for typology, caught in kinds.items():
        size, mine = sizes[typology], caught.get(evidence.chosen, 0)
        if size < evidence.truth.least_group or mine > MOST_SEEN * size:
            continue
        best = max(caught, key=lambda ranker: caught[ranker])
        name = named(evidence.names.typologies, typology)
        found.append(
            HiddenRow(
                name=name,
                customers=size,
                rules=caught.get(RULES, 0),
                chosen=mine,
                best=caught[best],
                best_name=named(RANKERS, best) if caught[best] else Text("nobody", "无"),
                needed=SIGHT.get(typology, ELSEWHERE),
            )
        )
    return sorted(found, key=lambda row: (row.chosen / row.customers, -row.customers))


def blind_spots(evidence: Evidence) -> BlindSpots:
    """The page's own part."""
    return BlindSpots(in_a_sentence(evidence.chosen), hidden_rows(evidence), patternless_words(evidence))
