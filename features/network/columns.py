"""The network's columns of the feature matrix, in words."""

from __future__ import annotations

from features.catalogue import Feature
from features.network.roles import ROLES

WINDOWS = (1, 7, 28)  # days of the degrees; the names say them
PORT_DAYS = 91  # as many as the warm-up, so that every subject looks back over the same time
ROLE_DAYS = 28
# Column of the sweep by window: name, English and Chinese label.
DEGREES = {
    "in_degree": ("Parties who paid the customer", "付款方数(入度)"),
    "out_degree": ("Parties whom the customer paid", "收款方数(出度)"),
    "new_in_degree": ("Payers seen for the first time", "首次出现的付款方数"),
    "new_out_degree": ("Payees seen for the first time", "首次出现的收款方数"),
}
REPEATED = {
    "repeated_in_degree": ("Payers who paid more than once", "重复付款方数"),
    "repeated_out_degree": ("Payees paid more than once", "重复收款方数"),
}
NEIGHBOUR_SOURCES = {
    "fast_out_share": ("fast_out_share_7d", "share", "pass-through", "快进快出占比"),
    "baseline_ratio": ("in_to_baseline_ratio_30d", "ratio", "surge", "突增倍数"),
    "payer_count": ("unexplained_payer_count_7d", "count", "count of payers", "付款方数"),
}


def _feature(name: str, label_en: str, label_zh: str, unit: str, source: str) -> Feature:
    return Feature(name, label_en, label_zh, unit, family="network", group="network", source=source)


def _windowed() -> list[Feature]:
    entries = [(name, days) for name in DEGREES for days in WINDOWS]
    entries += [(name, ROLE_DAYS) for name in REPEATED]
    return [
        _feature(
            f"{name}_{days}d",
            f"{words[0]}, {days} {'day' if days == 1 else 'days'}",
            f"近{days}天{words[1]}",
            "count",
            "Multi-GNN degree; FFIEC many counterparties",
        )
        for name, days in entries
        for words in [(DEGREES | REPEATED)[name]]
    ]


def _neighbours() -> list[Feature]:
    return [
        _feature(
            f"neighbour_{name}_{how}",
            f"{how_en} {label_en} among counterparties",
            f"对手方{how_zh}{label_zh}",
            unit,
            "neighbours' indicators",
        )
        for name, (_, unit, label_en, label_zh) in NEIGHBOUR_SOURCES.items()
        for how, how_en, how_zh in (("mean", "Mean", "平均"), ("max", "Largest", "最高"))
    ]


FEATURES = [
    *_windowed(),
    _feature("reciprocated_share_7d", "Share of counterparties with money both ways, 7 days",
             "近7天双向往来对手占比", "share", "AMLSim mutual"),
    _feature("reciprocated_share_28d", "Share of counterparties with money both ways, 28 days",
             "近28天双向往来对手占比", "share", "AMLSim mutual"),
    _feature("in_degree_91d", "Parties who paid the customer, 91 days (its ports in)",
             "近91天付款方数(入端口)", "count", "Multi-GNN ports"),
    _feature("out_degree_91d", "Parties whom the customer paid, 91 days (its ports out)",
             "近91天收款方数(出端口)", "count", "Multi-GNN ports"),
    _feature("customer_counterparty_count_28d", "Counterparties at this bank, 28 days",
             "近28天行内交易对手数", "count", "profile tags: relationship"),
    _feature("counterparty_degree_mean_28d", "How many customers the counterparties deal with",
             "交易对手平均关联客户数", "count", "SAML-D endpoint degree"),
    _feature("shared_counterparty_customer_count_28d", "Other customers behind the same outside persons",
             "共同外部对手关联客户数", "count", "FFIEC shared address/phone"),
    *_neighbours(),
    *ROLES,
    _feature("device_customer_count_28d", "Customers of other households on the same device",
             "同设备其他家庭客户数", "count", "R21 shared device; FFIEC shared address/phone"),
    _feature("device_counterparty_count_28d", "Counterparties on the same device",
             "同设备交易对手数", "count", "R21 shared device"),
    _feature("reported_counterparty_count_28d", "Counterparties with a report filed and known by then",
             "已报送交易对手数", "count", "R30 proximity to reported party"),
    _feature("reported_sharer_count", "Reported customers on the same device or in the same household",
             "同设备或同户已报送客户数", "count", "R30 proximity to reported party; R21 shared device"),
    _feature("report_distance_steps", "Steps to the nearest reported customer (most: further away)",
             "与最近已报送客户的步数(最大值表示更远)", "count", "R30 proximity to reported party"),
]  # fmt: skip
