"""View-model of the study that asks for doubles typology by typology, of many schemes."""

from __future__ import annotations

from dataclasses import dataclass

from models.results.audit_studies import DoublesStudy
from reports.evidence import Evidence
from reports.probe_tables import CHANCE, Area
from reports.wording import Text, named, percent

TOLD, NOT_TOLD = Text("yes", "是"), Text("no", "否")


@dataclass(frozen=True)
class ManyDoublesRow:
    """One typology of the study."""

    name: Text
    schemes: int
    look_alikes: int
    amounts: Area
    payments: Area
    told: Text


@dataclass(frozen=True)
class ManyDoubles:
    """The whole study as the template needs it."""

    rows: list[ManyDoublesRow]
    seen: Text


def is_told(study: DoublesStudy, value: float | None) -> bool:
    """Whether an area lies further from chance than nearly all probes of nothing."""
    return value is not None and study.null_margin is not None and abs(value - CHANCE) > study.null_margin


def many_doubles(evidence: Evidence) -> ManyDoubles | None:
    """The study, typologies that are told apart first; None where it is not kept."""
    study = evidence.experiments.studies.doubles
    if study is None:
        return None
    rows = [
        ManyDoublesRow(
            name=named(evidence.names.typologies, row.typology),
            schemes=row.amounts.schemes,
            look_alikes=row.amounts.look_alikes,
            amounts=Area.of(row.amounts.auc),
            payments=Area.of(row.payments.auc),
            told=TOLD if is_told(study, row.amounts.auc.value) else NOT_TOLD,
        )
        for row in sorted(study.rows, key=lambda row: -abs((row.amounts.auc.value or CHANCE) - CHANCE))
    ]
    told = [row for row in rows if row.told == TOLD]
    seen = Text(
        f"With {study.least} and more on a side, sums alone tell {len(told)} of {len(rows)} typologies from "
        f"their doubles. The interval of a probe is too narrow: of {study.null_probes} probes of nothing "
        f"{percent(study.null_excluded, 0)} leave 0.5 out instead of 5%, so that a typology counts as told "
        f"only beyond {study.null_margin or 0.0:.2f} from 0.5.",
        f"每侧不少于 {study.least} 个时，仅凭金额即可区分 {len(rows)} 种类型中的 {len(told)} 种。"
        f"检验的区间偏窄：{study.null_probes} 次无差异检验中有 {percent(study.null_excluded, 0)} 不含 0.5，"
        f"而非 5%；"
        f"因此偏离 0.5 超过 {study.null_margin or 0.0:.2f} 才算可区分。",
    )
    return ManyDoubles(rows, seen)
