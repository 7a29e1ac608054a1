"""The report's own words in both languages, and how numbers are printed.

What the data name by a key has its words elsewhere: in `data.words`, in the rulebook, in
the registry of models and in tables (`RunNames`). A key without words is printed as it is,
with blanks for underscores, so that foreign data never break the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from data.results import Interval, LabelModelName
from data.words import CUSTOMER_KIND_NAMES, INDUSTRY_NAMES, OCCUPATION_NAMES, PERIOD_NAMES, Words
from models.results.judged import RankerRecall
from models.schema import RULES, STACK
from models.zoo import MODELS

DASH = "–"
CHINESE_FROM = "\u2e80"  # the first letter of Chinese, Japanese and Korean writing
LONGEST_WORD = 30  # letters that stand together on the page

Text = Words  # as the report's modules call a pair
COMMA, SEMICOLON = Text(", ", "、"), Text("; ", "；")  # between names, and between clauses
NONE = Text("none", "无")

RANKERS = {RULES: Text("Rules", "规则"), STACK: Text("Stack of models", "模型堆叠")} | {
    name: Text(model.label_en, model.label_zh) for name, model in MODELS.items()
}

METRICS = {
    "recall_at_budget": Text("Recall at the budget", "固定预警量下的查全率（召回率）"),
    "precision_at_budget": Text("Precision at the budget", "预警准确率"),
    "precision_ceiling": Text("Precision ceiling", "预警准确率上限"),
    "average_precision": Text("Average precision", "平均精度"),
    "base_rate": Text("Base rate", "基准占比"),
}

# What a score is worth as a probability; of models only.
PROBABILITY = {
    "calibration_ratio": Text("Mean score over mean label", "平均得分与平均标签之比"),
    "calibration_slope": Text("Slope", "斜率"),
}

VIEWS = {"bank": Text("Bank sees", "银行所见"), "true": Text("True", "真值")}

ROLES = {name: PERIOD_NAMES[name] for name in ("train", "validation", "test")}

FACTS = CUSTOMER_KIND_NAMES | OCCUPATION_NAMES | INDUSTRY_NAMES

# Parties of payments as explain.cases names them; those without an account here are outsiders.
PARTIES = {
    "customer": "客户",
    "person": "行外个人",
    "company": "行外企业",
    "micro business": "行外个体户",
    "merchant": "商户",
    "cash desk": "现金柜台",
    "utility": "公用事业",
    "lender": "放贷机构",
    "broker": "证券公司",
    "insurer": "保险公司",
    "exchange": "虚拟货币交易平台",
    "overseas": "境外收款人",
    "wallet": "支付机构",
    "bank": "本行",
    "state": "税务社保机构",
}

KINDS = {
    "licit": Text("Licit life", "正常"),
    "look_alike": Text("Innocent look-alike", "正常对照"),
    "illicit": Text("Illicit", "涉案"),
}

DIRECTIONS = {"high": Text("high", "偏高"), "low": Text("low", "偏低")}


@dataclass(frozen=True)
class RunNames:
    """What a run calls its typologies, their look-alikes, parts of members and label models, by key."""

    typologies: dict[str, Text] = field(default_factory=dict)
    look_alikes: dict[str, Text] = field(default_factory=dict)
    roles: dict[str, Text] = field(default_factory=dict)
    label_models: dict[str, Text] = field(default_factory=dict)

    @classmethod
    def of(cls, typologies: pd.DataFrame, roles: pd.DataFrame, models: list[LabelModelName]) -> RunNames:
        """The names in the tables Typologies and MemberRoles, and those of label models."""

        def pairs(table: pd.DataFrame, key: str, words: str) -> dict[str, Text]:
            columns = (table[name] for name in (key, f"{words}_en", f"{words}_zh"))
            return {name: Text(en, zh) for name, en, zh in zip(*columns, strict=True)}

        return cls(
            pairs(typologies, "typology", "label"),
            pairs(typologies, "typology", "look_alike"),
            pairs(roles, "role", "label"),
            {row.model: Text(row.label_en, row.label_zh) for row in models},
        )


def named(names: dict[str, Text], key: str) -> Text:
    """The pair of a name, or the name itself."""
    plain = str(key).replace("_", " ")
    return names.get(key, Text(plain, plain))


def shortened(text: Text, letters: int) -> Text:
    """A name for a place in a drawing, where words cannot break; a Chinese letter counts as two."""

    def cut(words: str) -> str:
        width = [2 if letter > CHINESE_FROM else 1 for letter in words]
        if sum(width) <= letters:
            return words
        kept = next(place for place in range(len(words) + 1) if sum(width[: place + 1]) > letters - 1)
        return words[:kept].rstrip() + "…"

    return Text(cut(text.en), cut(text.zh))


def joined(texts: list[Text], between: Text) -> Text:
    """Several texts as one."""
    return Text(between.en.join(text.en for text in texts), between.zh.join(text.zh for text in texts))


def names_or_none(texts: list[Text], between: Text = COMMA) -> Text:
    """Several texts as one, or the word for none of them."""
    return joined(texts, between) if texts else NONE


def party(name: str) -> Text:
    """``person 12`` in both languages."""
    # The name of a foreign account may hold blanks itself.
    kind = max((kind for kind in PARTIES if name.startswith(f"{kind} ")), key=len, default="")
    return Text(name, PARTIES[kind] + name.removeprefix(kind) if kind else name)


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
    low, high = interval.low, interval.high
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
    return percent(interval.value, digits) + (f" ({inner})" if inner else "")


def share_or_count(row: RankerRecall) -> str:
    """A group's recall with its interval, or what was counted where it is too small to have one."""
    if row.recall.value is not None:
        return worded_interval(row.recall, 0)
    return f"{row.caught} of {row.customers}" if row.customers else DASH
