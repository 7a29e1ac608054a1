"""Questions beside the eleven on penalties: L1 against L2, and what collinear features do."""

from __future__ import annotations

from statistics import median

from models.results.penalties import AlikePair, PathPoint
from reports.evidence import Evidence
from reports.tracing import how_many
from reports.wording import SEMICOLON, Text, joined


def penalties_compared(evidence: Evidence) -> Text:
    """L1 and L2: what each keeps, and whether validation can tell them apart."""
    found = evidence.experiments.penalties
    told = []
    for share in dict.fromkeys(point.l1_share for point in found.points):
        mine = [point for point in found.points if point.l1_share == share]
        best = max(mine, key=_worth)
        name = _short(share)
        told.append(
            Text(
                f"{name.en} keeps {best.kept} of {found.features} features where validation likes it best "
                f"(average precision {_worth(best):.4f})",
                f"{name.zh} 在验证集最优处保留 {found.features} 个特征中的 {best.kept} 个"
                f"（平均精确率 {_worth(best):.4f}）",
            )
        )
    listed = joined(told, SEMICOLON)
    return Text(
        f"L2 shrinks all coefficients and drops none, L1 drops. Here {listed.en}. Validation knows "
        f"{found.customers} suspicious customers, so none is called better; I take L2 for coefficients that "
        f"hold still, L1 for a short list that people must read.",
        f"L2 收缩全部系数而不剔除，L1 会剔除。本次：{listed.zh}。验证集仅有 {found.customers} 名可疑客户，"
        f"不据此断言优劣；要系数稳定用 L2，要给人看的短清单用 L1。",
    )


def _worth(point: PathPoint) -> float:
    return point.average_precision if point.average_precision is not None else 0.0


def _short(share: float) -> Text:
    if 0 < share < 1:
        return Text(f"the elastic net ({100 * share:.0f} % L1)", f"弹性网（L1 占 {100 * share:.0f} %）")
    return Text("L2", "L2") if share == 0 else Text("L1", "L1")


def collinear(evidence: Evidence) -> Text:
    """Multicollinearity: what becomes of features that are nearly one."""
    found = evidence.experiments.penalties
    told = []
    for share in dict.fromkeys(pair.l1_share for pair in found.pairs):
        mine = [pair for pair in found.pairs if pair.l1_share == share]
        name, spread = _short(share), median(one.spread for pair in mine for one in pair.members)

        def is_kind(pair: AlikePair, share: float = share) -> bool:
            return pair.l1_share == share

        def is_dropped(pair: AlikePair, share: float = share) -> bool:
            return pair.l1_share == share and any(one.coefficient == 0 for one in pair.members)

        def is_opposed(pair: AlikePair, share: float = share) -> bool:
            one, other = (member.coefficient for member in pair.members)
            return pair.l1_share == share and one * other < 0

        size, dropped, opposed = (
            how_many(found.pairs, holds, what)
            for holds, what in (
                (is_kind, "pairs"),
                (is_dropped, "one dropped"),
                (is_opposed, "opposite signs"),
            )
        )
        told.append(
            Text(
                f"{name.en} drops one of the two in {dropped} of {size} pairs and gives them opposite signs "
                f"in "
                f"{opposed} (a coefficient varies by {spread:.3f})",
                f"{name.zh} 在 {size} 对中有 {dropped} 对舍去其一、{opposed} 对符号相反（单个系数波动 "
                f"{spread:.3f}）",
            )
        )
    listed = joined(told, SEMICOLON)
    return Text(
        f"Windows of several lengths tell nearly the same: {found.alike_features} of {found.features} "
        f"features have a twin with a correlation of {found.alike_from:g} or more. Refitted on samples of "
        f"customers, {listed.en}. Trees do not mind for ranking, but they split the credit; so reasons are "
        f"told by family, not by feature.",
        f"长短不同的时间窗几乎说同一件事：{found.features} 个特征中有 {found.alike_features} "
        f"个存在相关系数"
        f"不低于 {found.alike_from:g} 的近似特征。在客户重抽样上重新拟合：{listed.zh}。"
        f"树模型的排序不受影响，但会分散贡献；因此理由按类别而非单个特征说明。",
    )
