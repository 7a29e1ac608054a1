"""View-model of a study: what the literature adds to a graph network, part by part."""

from __future__ import annotations

from dataclasses import dataclass

from data.results import Interval
from models.results.adaptations import AdaptationStudy, AdaptationWorth
from reports.evidence import Evidence
from reports.rankings import points, points_range
from reports.steps import EFFECTS, effect, signed
from reports.wording import DASH, SEMICOLON, Text, named, names_or_none

AS_IT_IS, NET = "as_it_is", "net"
ADAPTED = {
    AS_IT_IS: Text("the graph network as it is", "现有图网络"),
    "ports": Text("ports (the order in which parties first dealt)", "端口编号（双方首次往来的次序）"),
    "time_encoding": Text("ages of payments as waves", "交易时间的周期编码"),
    "edge_updates": Text(
        "edge updates (ties told of their subject, messages twice)", "边更新（边得知主体状态，消息传递两轮）"
    ),
    "together": Text("ports, waves and edge updates together", "端口、周期编码与边更新合用"),
    "stopped_early": Text("stopped early in place of averaged weights", "以早停代替权重平均"),
    "not_pretrained": Text("without learning to foretell payments first", "不预先学习预测交易"),
    NET: Text("the plain net, which sees no payment", "普通神经网络（不看交易）"),
}


@dataclass(frozen=True)
class AdaptationRow:
    """One network as the table prints it; differences in points with their range."""

    name: Text
    found: AdaptationWorth
    bank_gain: tuple[str, str]
    true_gain: tuple[str, str]
    over_net: tuple[str, str]
    times: str
    verdict: Text


@dataclass(frozen=True)
class AdaptationSection:
    """What the template needs."""

    rows: list[AdaptationRow]
    study: AdaptationStudy
    seen: Text


def gap_cells(gap: Interval, is_itself: bool) -> tuple[str, str]:
    """A difference and its range; a dash where a network would be compared with itself."""
    return (DASH, "") if is_itself else (points(gap), points_range(gap))


def adaptation_row(found: AdaptationWorth, seconds: float) -> AdaptationRow:
    """As the table prints it; ``seconds`` are those of the network as it is."""
    is_base, is_net = found.adaptation == AS_IT_IS, found.adaptation == NET
    return AdaptationRow(
        name=named(ADAPTED, found.adaptation),
        found=found,
        bank_gain=gap_cells(found.bank.over_network, is_base),
        true_gain=gap_cells(found.true.over_network, is_base),
        over_net=gap_cells(found.true.over_net, is_net),
        times=f"{found.seconds / seconds:.1f}" if seconds else DASH,
        verdict=Text(DASH, DASH) if is_base else effect(found.true.over_network),
    )


def adaptations_seen(study: AdaptationStudy) -> Text:
    """What to see: which parts provably move recall in either view, and where the network as it is stands."""
    true = _by_effect([(row.adaptation, row.true.over_network) for row in study.rows])
    bank = _by_effect([(row.adaptation, row.bank.over_network) for row in study.rows])
    up, level, down = (names_or_none(true[EFFECTS[side]], SEMICOLON) for side in (1, 0, -1))
    seen_up, seen_down = (names_or_none(bank[EFFECTS[side]], SEMICOLON) for side in (1, -1))
    base = next(row for row in study.rows if row.adaptation == AS_IT_IS)
    over_net = signed(base.true.over_net)
    return Text(
        f"Of these changes of the graph network, true recall rises provably with: {up.en}. It falls "
        f"provably with: {down.en}. No difference shown: {level.en}. By the bank’s labels it rises provably "
        f"with: {seen_up.en}; it falls provably with: {seen_down.en}. As it is, the network’s true recall "
        f"less that of the plain net: {over_net.en}.",
        f"图网络的这些改动中，真实召回率经证实提高的有：{up.zh}。经证实降低的有：{down.zh}。"
        f"未显示差异：{level.zh}。按银行标签，经证实提高的有：{seen_up.zh}；经证实降低的有：{seen_down.zh}。"
        f"现有图网络的真实召回率减去普通神经网络：{over_net.zh}。",
    )


def _by_effect(gaps: list[tuple[str, Interval]]) -> dict[Text, list[Text]]:
    """Names of adaptations by what their paired difference shows; not the network as it is, nor the net."""
    sides: dict[Text, list[Text]] = {word: [] for word in EFFECTS.values()}
    for name, gap in gaps:
        if name not in (AS_IT_IS, NET):
            sides.setdefault(effect(gap), []).append(named(ADAPTED, name))
    return sides


def adaptation_section(evidence: Evidence) -> AdaptationSection | None:
    """The study; None where none was kept."""
    study = evidence.experiments.studies.adaptations
    if study is None:
        return None
    seconds = next(row.seconds for row in study.rows if row.adaptation == AS_IT_IS)
    return AdaptationSection(
        [adaptation_row(one, seconds) for one in study.rows], study, adaptations_seen(study)
    )
