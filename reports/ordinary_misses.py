"""Why a figure of ordinary life lies where it does: what it follows from, and where its lever is."""

from __future__ import annotations

from reports.evidence import Evidence
from reports.misses import EXPLANATIONS, Explanation, by_segment, plain_number
from reports.wording import Text

__all__ = ["EXPLANATIONS"]  # with those of every other figure


# What a figure of ordinary life follows from, and the module that holds its lever.
OF_ORDINARY_LIFE = {
    "main_events_month": (
        Text("how much main-bank customers do", "主办行客户的活跃度"),
        "data/world/custom.py",
    ),
    "second_events_month": (
        Text("how much second-bank customers do", "次要行客户的活跃度"),
        "data/world/livelihoods/shopping.py",
    ),
    "idle_events_month": (
        Text("interest, which every account bears", "每个账户的结息"),
        "data/world/livelihoods/bank_itself.py",
    ),
    "burstiness_median": (
        Text("sessions and days of different activity", "成串付款与各日活跃度差异"),
        "data/world/tempo.py",
    ),
    "purchase_median_cny": (
        Text("the usual price and its spread", "常见价格及其离散度"),
        "data/world/livelihoods/shopping.py",
    ),
    "purchase_large_share": (
        Text("the spread of prices", "价格的离散度"),
        "data/world/livelihoods/shopping.py",
    ),
    "wallet_purchase_share": (
        Text("the share of purchases through a wallet", "经支付机构的消费占比"),
        "data/world/livelihoods/shopping.py",
    ),
    "person_transfers_month": (
        Text("transfers in a circle and with strangers", "熟人与陌生人之间的转账"),
        "data/world/livelihoods/family.py",
    ),
    "person_transfer_median_cny": (
        Text("the usual transfer", "常见转账金额"),
        "data/world/livelihoods/family.py",
    ),
    "person_transfer_mean_cny": (
        Text("the heavy tail of transfers: cars, homes, loans", "转账的厚尾：购车、购房、借款"),
        "data/world/livelihoods/family.py",
    ),
    "empty_remark_share": (
        Text("how seldom people write a remark", "附言的填写率"),
        "data/world/expression.py",
    ),
    "shop_size_gini": (
        Text("the spread of the fame of shops", "商户名气的离散度"),
        "data/world/livelihoods/shopping.py",
    ),
    "shop_met_once_share": (
        Text("how often a new shop is tried", "尝试新商户的频率"),
        "data/world/livelihoods/shopping.py",
    ),
    "favourite_shop_share": (
        Text("how fond people are of few shops", "对少数商户的偏好"),
        "data/world/livelihoods/shopping.py",
    ),
    "outsider_met_once_share": (
        Text("how many strangers are new to the whole bank", "对全行均属首次的陌生人占比"),
        "data/world/livelihoods/__init__.py",
    ),
    "company_partners_median": (
        Text("how many partners a usual company has", "一般公司的交易伙伴数"),
        "data/world/livelihoods/business.py",
    ),
    "company_partners_p99": (
        Text("the spread of partners of companies", "公司交易伙伴数的离散度"),
        "data/world/livelihoods/business.py",
    ),
    "largest_buyer_share": (
        Text("how much a firm deals with its first partner", "与首要伙伴的交易占比"),
        "data/world/livelihoods/__init__.py",
    ),
    "weekend_wages_share": (
        Text("weekends that are worked for holidays, when wages may be paid", "调休工作的周末可发薪"),
        "params.yaml",
    ),
}


def of_ordinary_life(name: str) -> Explanation:
    """What a figure follows from, where its lever is, and the rhythm of each segment beside it."""
    cause, place = OF_ORDINARY_LIFE[name]

    def told(evidence: Evidence) -> Text:
        rhythm = by_segment(evidence, lambda row: row.payments_per_month, plain_number)
        return Text(
            f"It follows from {cause.en} ({place}). Payments a month by segment: {rhythm.en}.",
            f"取决于{cause.zh}（{place}）。各客群月交易笔数：{rhythm.zh}。",
        )

    return told


for _name in OF_ORDINARY_LIFE:
    EXPLANATIONS.register(_name)(of_ordinary_life(_name))
