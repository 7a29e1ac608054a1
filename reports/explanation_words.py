"""What the tests of explanations are called in both languages."""

from __future__ import annotations

from reports.wording import Text

EXPLAINERS = {"random": Text("Noise (planted)", "随机噪声（有意植入）")}
CHECKS = {
    "additivity": Text("adds up: largest gap, log-odds", "可加性：最大缺口，对数几率"),
    "deletion": Text("deletion: fall above a drawn order", "删除检验：降幅超出随机次序"),
    "insertion": Text("insertion: rise above a drawn order", "插入检验：升幅超出随机次序"),
    "noise_order": Text("under noise: rank correlation", "加噪后：秩相关"),
    "noise_top": Text("under noise: same three largest", "加噪后：前三类重合度"),
    "seed_order": Text("another seed: rank correlation", "换种子：秩相关"),
    "seed_top": Text("another seed: same three largest", "换种子：前三类重合度"),
    "background_order": Text("another background: rank correlation", "换背景：秩相关"),
    "background_top": Text("another background: same three largest", "换背景：前三类重合度"),
    "untrained_order": Text("untrained weights: rank correlation", "未训练权重：秩相关"),
}
METHODS = {
    "gnn": Text("masks of the graph network", "图模型掩码"),
    "gnn_untrained": Text("masks of an untrained graph network", "未训练图模型的掩码"),
    "latest": Text("counterparties dealt with last", "最近交易的对手方"),
    "largest_value": Text("counterparties with most money", "金额最大的对手方"),
    "page_rank": Text("PageRank from the customer", "以客户为起点的 PageRank"),
    "money_flow": Text("parties of the money-flow picture", "资金流向图中的各方"),
    "chance": Text("counterparties in a drawn order", "随机次序的对手方"),
}
REASONS_SHOWN = {
    "reasons": Text("the run’s reasons", "本次运行的理由"),
    "exchanged": Text("other alerts’ reasons", "其他预警的理由"),
    "always_fit": Text("reasons that always fit", "始终相符的理由"),
}


def missed_why(place: int | None, contribution: float, shown: int) -> Text:
    """Why a page misses the family that its scheme is known by."""
    if place is None or contribution <= 0:
        return Text(
            "The model did not use it: to it, that family speaks against the alert or says nothing.",
            "模型并未使用它：该类别对模型而言是排除因素，或没有贡献。",
        )
    if place > shown:
        return Text(
            f"The model did use it ({contribution:+.2f} log-odds, place {place}), but families that hold "
            f"more features gave more, and the page ends after {shown}.",
            f"模型用到了它（对数几率 {contribution:+.2f}，第 {place} 位），但特征更多的类别贡献更大，"
            f"而页面只列前 {shown} 类。",
        )
    return Text(
        f"The model did use it ({contribution:+.2f} log-odds, place {place}); "
        f"the page orders by more than that.",
        f"模型用到了它（对数几率 {contribution:+.2f}，第 {place} 位），但页面并非只按贡献排序。",
    )
