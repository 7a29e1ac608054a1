"""Words in both languages for what the bank's tables name by a key: one home for each.

What is registered (an indicator, a feature, a typology, a model) brings its words along, and
so does a rule, in the rulebook. Here stand the words of the shared vocabularies: units,
families of reasons, and the values of columns of `data.schema`.
"""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

CHINESE = re.compile(r"[\u3400-\u9fff]")


class Words(NamedTuple):
    """The same words in English and Chinese."""

    en: str
    zh: str


def complete(words: Words) -> Words:
    """The same words; refused where one language is missing or stands in the other's place.

    Raises
    ------
    ValueError : if the English holds a Chinese letter, the Chinese holds none, or one is empty
    """
    if not words.en.strip() or CHINESE.search(words.en):
        raise ValueError(f"expected English under 'en', found {words.en!r}")
    if not CHINESE.search(words.zh):
        raise ValueError(f"expected Chinese under 'zh', found {words.zh!r}")
    return words


Said = Annotated[Words, AfterValidator(complete)]  # of a parameter class: a pair {en, zh}


def listed(words: list[Words]) -> Words:
    """A list in one line of each language."""
    return Words(", ".join(part.en for part in words), "、".join(part.zh for part in words))


# Families of reasons: what indicators, features, rules and typologies are about.
FAMILIES = {
    "volume": Words("Amount of money moved", "资金规模"),
    "pass_through": Words("Money does not stay", "快进快出"),
    "behaviour_change": Words("Break with own history", "行为突变"),
    "profile_mismatch": Words("Does not fit the profile", "与身份不符"),
    "fan_in": Words("Many payers", "分散转入"),
    "fan_out": Words("Many payees", "分散转出"),
    "cash": Words("Cash", "现金"),
    "round_trip": Words("Money comes back", "资金回流"),
    "abroad": Words("Money across the border", "跨境资金"),
    "integration": Words("Money comes back clean", "资金洗白回流"),
    "calm": Words("Explained, ordinary money", "可解释的日常资金"),
    "rhythm": Words("Time and pattern of amounts", "时间与金额规律"),
    "dormancy": Words("Sleeping account comes alive", "休眠激活"),
    "profile": Words("Customer profile", "客户画像"),
    "demographic": Words("Person (for validators only)", "客户基本属性(仅供验证)"),
    "sequence": Words("The line of payments", "流水序列"),
    "network": Words("The network around the customer", "关联网络"),
}

# Units of indicators, features and parameters of rules.
UNITS = {
    "CNY": Words("CNY", "元"),
    "count": Words("count", "个数"),
    "share": Words("share", "占比"),
    "ratio": Words("ratio", "比值"),
    "days": Words("days", "天"),
    "hours": Words("hours", "小时"),
    "minutes": Words("minutes", "分钟"),
    "years": Words("years", "年"),
    "code": Words("code", "编码"),
    "bits": Words("bits", "比特"),
    "deviations": Words("deviations", "倍离差"),
}
# Units of what can lie below zero: an overdrawn balance over what came in, a value under its peers'.
SIGNED_UNITS = ("ratio", "deviations")

# Customers.kind, .occupation and .industry.
CUSTOMER_KIND_NAMES = {
    "person": Words("person", "个人"),
    "micro_business": Words("micro business", "个体工商户"),
    "company": Words("company", "企业"),
}
OCCUPATION_NAMES = {
    "worker": Words("worker", "工人"),
    "clerk": Words("clerk", "职员"),
    "professional": Words("professional", "专业人员"),
    "retired": Words("retired", "退休"),
    "self_employed": Words("self-employed", "自由职业"),
    "student": Words("student", "学生"),
    "unemployed": Words("unemployed", "无业"),
}
INDUSTRY_NAMES = {
    "repair": Words("repair", "维修"),
    "services": Words("services", "服务业"),
    "wholesale": Words("wholesale", "批发"),
    "catering": Words("catering", "餐饮"),
    "retail": Words("retail", "零售"),
    "software": Words("software", "软件"),
    "logistics": Words("logistics", "物流"),
    "construction": Words("construction", "建筑"),
    "manufacturing": Words("manufacturing", "制造"),
    "trade": Words("trade", "贸易"),
}

# Accounts.holder: what a party of a payment is called where it plays no part in a scheme.
HOLDER_NAMES = {
    "person": Words("person", "个人"),
    "micro_business": Words("micro business", "个体户"),
    "company": Words("company", "企业"),
    "merchant": Words("merchant", "商户"),
    "utility": Words("utility", "公用事业"),
    "cash_desk": Words("cash desk", "现金柜台"),
    "lender": Words("lender", "放贷机构"),
    "broker": Words("broker", "证券公司"),
    "insurer": Words("insurer", "保险公司"),
    "exchange": Words("exchange", "虚拟币交易所"),
    "overseas": Words("abroad", "境外"),
    "wallet": Words("wallet", "支付机构"),
    "bank": Words("the bank", "本行"),
    "state": Words("tax and insurance office", "税务社保机构"),
}

# Transactions.channel and .purpose.
CHANNEL_NAMES = {
    "transfer": Words("transfer", "转账"),
    "cash_deposit": Words("cash deposit", "现金存入"),
    "cash_withdrawal": Words("cash withdrawal", "现金支取"),
    "pos": Words("card terminal", "刷卡"),
    "qr": Words("QR code", "扫码"),
    "wire": Words("wire", "汇款"),
}
PURPOSE_NAMES = {
    "payroll": Words("payroll", "工资"),
    "rent": Words("rent", "租金"),
    "shopping": Words("shopping", "购物"),
    "utility": Words("utility", "公用事业"),
    "supplies": Words("supplies", "采购"),
    "takings": Words("takings", "营业款"),
    "cash": Words("cash", "现金"),
    "savings": Words("savings", "储蓄"),
    "family": Words("family", "家用"),
    "gift": Words("gift", "礼金"),
    "tuition": Words("tuition", "学费"),
    "donation": Words("donation", "捐赠"),
    "goods": Words("goods", "货款"),
    "investment": Words("investment", "投资"),
    "insurance": Words("insurance", "保险"),
    "loan": Words("loan", "借款"),
    "loan_repayment": Words("loan repayment", "还贷"),
    "fee": Words("fee", "手续费"),
    "interest": Words("interest", "利息"),
    "tax": Words("tax", "税费"),
    "refund": Words("refund", "退款"),
    "transfer": Words("transfer", "转账"),
    "other": Words("other", "其他"),
    "unstated": Words("unstated", "未注明"),
}

# Periods.name; three of them are roles of subjects.
PERIOD_NAMES = {
    "warm_up": Words("Warm-up", "预热期"),
    "train": Words("Training", "训练期"),
    "embargo": Words("Embargo (labels mature)", "隔离期（等待标签成熟）"),
    "validation": Words("Validation", "验证期"),
    "test": Words("Test", "测试期"),
}

# Schemes.sophistication.
SOPHISTICATION_NAMES = {
    0: Words("naive", "简单"),
    1: Words("jittered", "有意打散"),
    2: Words("threshold-aware", "规避阈值"),
}

# Rules.use, and what speaks for innocence.
RULE_USE_NAMES = {
    "label": Words("raises alerts", "产生预警"),
    "feature": Words("recorded only", "仅记录"),
    "held_out": Words("held out", "留作检验"),
    "against": Words("speaks against", "反向证据"),
}

# How well a rule, a case or a target is founded.
MARK_NAMES = {
    "V": Words("read in the source", "原始文献"),
    "V2": Words("second-hand", "二手来源"),
    "D": Words("assumption", "本项目假设"),
}

# Dispositions.outcome, .stream and .reason.
OUTCOME_NAMES = {
    "dismissed": Words("dismissed", "排除"),
    "case": Words("looked into and closed", "立案后排除"),
    "reported": Words("reported", "上报可疑"),
    "unreviewed": Words("closed unseen", "超期未审"),
}
STREAM_NAMES = {
    "alert": Words("alert", "预警"),
    "below_line": Words("sample below the line", "线下抽样"),
    "random": Words("random review", "随机抽查"),
}
REASON_NAMES = {
    "no plausible explanation found": Words("no plausible explanation found", "无合理解释"),
    "explained by business": Words("explained by business", "经营原因可以解释"),
    "explained by family": Words("explained by family", "家庭原因可以解释"),
    "one-off event": Words("one-off event", "一次性事件"),
    "known customer": Words("known customer", "熟悉的客户"),
}

# Labels.source, and subjects without a label.
LABEL_SOURCE_NAMES = {
    "disposition": Words("Decision on an alert", "预警甄别结论"),
    "random_review": Words("Random review", "随机抽查"),
    "below_line_review": Words("Sample below the line", "线下抽样"),
    "below_line_vote": Words("Rules only, below the line", "仅规则投票（线下）"),
    "rule_vote": Words("Rules only, not yet decided", "仅规则投票（尚无结论）"),
    "unreviewed": Words("Nobody looked", "未经审核"),
    "given": Words("Given by the data set", "数据集自带"),
}
