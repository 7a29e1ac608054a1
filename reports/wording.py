"""Words of the report in both languages, and how numbers are printed.

Names that come from the data (a typology, a label's source) have a pair here; one that
has none is printed as it is, with blanks for underscores, so that a new typology never
breaks the report.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

DASH = "–"

Interval = dict[str, float | None]


class Text(NamedTuple):
    """The same words in English and Chinese."""

    en: str
    zh: str


RANKERS = {"rules": Text("Rules", "规则")} | {
    name: Text(shown, shown)
    for name, shown in (("lightgbm", "LightGBM"), ("xgboost", "XGBoost"), ("gnn", "GNN"))
}

METRICS = {
    "recall_at_budget": Text("Recall at the budget", "预算内召回率"),
    "precision_at_budget": Text("Precision at the budget", "预算内精确率"),
    "precision_ceiling": Text("Precision ceiling", "精确率上限"),
    "average_precision": Text("Average precision", "平均精确率"),
    "base_rate": Text("Base rate", "基准占比"),
}

VIEWS = {"bank": Text("Bank sees", "银行所见"), "true": Text("True", "真实")}

TYPOLOGIES = {
    "cash_structuring": Text("Cash structuring", "拆分存现"),
    "cycle": Text("Round trip", "闭环回流"),
    "dormant_reactivation": Text("Dormant account reactivated", "休眠账户激活"),
    "fan_in": Text("Fan-in (collection)", "分散转入（归集）"),
    "fan_out": Text("Fan-out (dispersal)", "集中转入分散转出"),
    "pass_through_chain": Text("Pass-through chain", "快进快出链"),
}

LOOK_ALIKES = {
    "cash_structuring": Text("a shop’s daily takings", "商户日营业款存现"),
    "cycle": Text("lending within a family", "亲友间借款往来"),
    "dormant_reactivation": Text("a migrant who comes home", "返乡人员重新用卡"),
    "fan_in": Text("a group-buy leader who collects", "团购团长代收货款"),
    "fan_out": Text("a contractor who pays his workers", "包工头发放工资"),
    "pass_through_chain": Text("card repayment through an app", "信用卡代还"),
}

SOPHISTICATION = {
    0: Text("naive", "简单"),
    1: Text("jittered", "有意打散"),
    2: Text("threshold-aware", "规避阈值"),
}

PERIODS = {
    "warm_up": Text("Warm-up", "预热期"),
    "train": Text("Training", "训练期"),
    "embargo": Text("Embargo (labels mature)", "隔离期（等待标签成熟）"),
    "validation": Text("Validation", "验证期"),
    "test": Text("Test", "测试期"),
}

ROLES = {name: PERIODS[name] for name in ("train", "validation", "test")}

LABEL_SOURCES = {
    "disposition": Text("Decision on an alert", "预警甄别结论"),
    "random_review": Text("Random review", "随机抽查"),
    "rule_vote": Text("Rules only, not yet decided", "仅规则投票（尚无结论）"),
    "unreviewed": Text("Nobody looked", "未经审核"),
    "given": Text("Given by the data set", "数据集自带"),
}

OUTCOMES = {
    "dismissed": Text("dismissed", "排除"),
    "reported": Text("reported", "上报可疑"),
    "unreviewed": Text("closed unseen", "超期未审"),
}
STREAMS = {"alert": Text("alert", "预警"), "random": Text("random review", "随机抽查")}

FACTS = {
    "person": Text("person", "个人"),
    "micro_business": Text("micro business", "个体工商户"),
    "company": Text("company", "企业"),
    "worker": Text("worker", "工人"),
    "clerk": Text("clerk", "职员"),
    "professional": Text("professional", "专业人员"),
    "retired": Text("retired", "退休"),
    "self_employed": Text("self-employed", "自由职业"),
    "student": Text("student", "学生"),
    "unemployed": Text("unemployed", "无业"),
    "repair": Text("repair", "维修"),
    "services": Text("services", "服务业"),
    "wholesale": Text("wholesale", "批发"),
    "catering": Text("catering", "餐饮"),
    "retail": Text("retail", "零售"),
    "software": Text("software", "软件"),
    "logistics": Text("logistics", "物流"),
    "construction": Text("construction", "建筑"),
    "manufacturing": Text("manufacturing", "制造"),
    "trade": Text("trade", "贸易"),
}

PARTIES = {
    "customer": "客户",
    "person": "行外个人",
    "company": "行外企业",
    "micro business": "行外个体户",
    "merchant": "商户",
    "cash desk": "现金柜台",
    "utility": "公用事业",
}

# Of the rulebook; a phrase that the rulebook gains is printed in English until it stands here.
FALSE_POSITIVES = {
    "daily takings of a shop": "商户日营业款",
    "wedding and festival cash": "婚礼与节庆礼金",
    "sales representatives": "外勤销售",
    "drivers": "司机",
    "rent collectors": "代收房租",
    "group-buy leaders": "团购团长",
    "grain buyers": "粮食收购",
    "charities": "慈善组织",
    "labour contractors": "包工头",
    "informal payroll": "非正式代发工资",
    "prize pay-outs": "奖金发放",
    "card repayment": "信用卡还款",
    "wages passed to a spouse": "工资转给配偶",
    "treasury sweeps": "资金归集",
    "returning migrants and students": "返乡务工人员与学生",
    "inheritance": "继承",
    "house or car sale": "卖房卖车",
    "bonus": "奖金",
    "family support": "家庭资助",
    "family lending": "亲友借贷",
    "intra-group loans": "集团内借款",
    "refunds": "退款",
}


def named(names: dict[str, Text], key: str) -> Text:
    """The pair of a name, or the name itself."""
    plain = str(key).replace("_", " ")
    return names.get(key, Text(plain, plain))


def party(name: str) -> Text:
    """``person 12`` in both languages."""
    kind, _, number = name.rpartition(" ")
    return Text(name, f"{PARTIES.get(kind, kind)} {number}".strip())


def false_positives(phrases: str) -> Text:
    """The known false positives of a rule."""
    parts = [part.strip() for part in phrases.split(",")]
    return Text(", ".join(parts), "、".join(FALSE_POSITIVES.get(part, part) for part in parts))


def chinese(words: str) -> str:
    """Chinese with the punctuation that belongs to it, and amounts in yuan."""
    wide = {",": "，", ":": "：", ";": "；", "(": "（", ")": "）"}
    amounts = re.sub(r"CNY (\d{1,3}(?:,\d{3})*(?!\d))", r"\1 元", words)
    return re.sub(r"(?<!\d)[,:;]|[,:;](?!\d)|[()]|(?<=\d),(?=\d+分位)", lambda mark: wide[mark[0]], amounts)


def same(words: str) -> Text:
    """Words that are alike in both languages."""
    return Text(words, words)


# ------------------------------------------------------------------ numbers


def percent(value: float | None, digits: int = 1) -> str:
    """0.5568 as ``55.7%``; a dash where there is no value."""
    return DASH if value is None else f"{value * 100:.{digits}f}%"


def percent_range(interval: Interval, digits: int = 1) -> str:
    """The interval of a share, ``44.2–65.2``; empty without one."""
    low, high = interval["low"], interval["high"]
    return "" if low is None or high is None else f"{low * 100:.{digits}f}–{high * 100:.{digits}f}"


def count(number: float | None) -> str:
    """12345 as ``12,345``."""
    return DASH if number is None else f"{number:,.0f}"


def yuan(amount: float) -> str:
    """Money in whole yuan, ``¥12,345``."""
    return f"¥{amount:,.0f}"


def worded_interval(interval: Interval, digits: int = 1) -> str:
    """A share with its interval for running text, ``55.7% (44.2–65.2)``."""
    inner = percent_range(interval, digits)
    return percent(interval["value"], digits) + (f" ({inner})" if inner else "")


def wilson(hits: int, size: int) -> Interval:
    """A share of a count with its 95% Wilson interval."""
    if size == 0:
        return {"value": None, "low": None, "high": None}
    z, share = 1.96, hits / size
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    return {"value": share, "low": max(centre - half, 0.0), "high": min(centre + half, 1.0)}
