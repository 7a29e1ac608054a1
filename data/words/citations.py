"""Works and practice that indicators, features, rules and typologies are drawn from, in both languages.

A source is a pair of `Words`, or a text that names works in the short form in which this
project cites them, separated by semicolons: ``FFIEC App. F; 2006办法 Art.11(3)``. A work
that several entries cite has its words here. A proper name is the same in both languages
and needs none.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from data.words import CHINESE, Words, complete

# Laws and notices: the name before the article.
LAWS = {
    "2006办法": Words("2006 Measures", "2006办法"),
    "3号令": Words("PBoC Order 3 (2016)", "3号令"),
    "银发〔2016〕261号": Words("PBoC notice Yinfa [2016] 261", "银发〔2016〕261号"),
    "汇发〔2009〕56号": Words("SAFE notice Huifa [2009] 56", "汇发〔2009〕56号"),
}

CITED = {
    "assumption": Words("assumption", "本项目假设"),
    "no source": Words("no source", "无文献依据"),
    "practice of banks": Words("practice of banks", "银行惯例"),
    "open bank code": Words("open bank code", "银行开源代码"),
    "the report line": Words("the report line", "报告线"),
    "AMLGentex burstiness": Words("AMLGentex burstiness", "AMLGentex 突发性"),
    "AMLSim fan-in": Words("AMLSim fan-in", "AMLSim 归集"),
    "AMLSim fan-out": Words("AMLSim fan-out", "AMLSim 分散"),
    "AMLSim mutual": Words("AMLSim mutual", "AMLSim 互转"),
    "AMLworld bipartite": Words("AMLworld bipartite", "AMLworld 二部图"),
    "AMLworld cycle": Words("AMLworld cycle", "AMLworld 回环"),
    "AMLworld fan-in": Words("AMLworld fan-in", "AMLworld 归集"),
    "AMLworld fan-out": Words("AMLworld fan-out", "AMLworld 分散"),
    "AMLworld gather-scatter": Words("AMLworld gather-scatter", "AMLworld 归集后分散"),
    "AMLworld scatter-gather": Words("AMLworld scatter-gather", "AMLworld 分散后归集"),
    "AMLworld stack": Words("AMLworld stack", "AMLworld 多层堆叠"),
    "bank case of a gambling ring, 2025": Words(
        "bank case of a gambling ring, 2025", "2025年网络赌博团伙银行案例"
    ),
    "CFCA feature 3008": Words("CFCA feature 3008", "CFCA 特征 3008"),
    "CMLN advisory": Words("CMLN advisory", "CMLN 提示"),
    "FATF VA red flags 2020": Words("FATF VA red flags 2020", "FATF 2020 年虚拟资产可疑特征"),
    "FFIEC App. F": Words("FFIEC App. F", "FFIEC 附录 F"),
    "FFIEC App. F/G": Words("FFIEC App. F/G", "FFIEC 附录 F/G"),
    "FFIEC App. F distant branch": Words("FFIEC App. F distant branch", "FFIEC 附录 F 异地网点"),
    "FFIEC cash-intensive business": Words("FFIEC cash-intensive business", "FFIEC 现金密集型企业"),
    "FFIEC cash-intensive businesses": Words("FFIEC cash-intensive businesses", "FFIEC 现金密集型企业"),
    "FFIEC insurance": Words("FFIEC insurance", "FFIEC 保险"),
    "FFIEC insurance red flags": Words("FFIEC insurance red flags", "FFIEC 保险可疑特征"),
    "FFIEC lending": Words("FFIEC lending", "FFIEC 贷款"),
    "FFIEC many counterparties": Words("FFIEC many counterparties", "FFIEC 对手众多"),
    "FFIEC shared address/phone": Words("FFIEC shared address/phone", "FFIEC 共用地址或电话"),
    "FFIEC shell red flags": Words("FFIEC shell red flags", "FFIEC 空壳公司可疑特征"),
    "Multi-GNN degree": Words("Multi-GNN degree", "Multi-GNN 度数"),
    "Multi-GNN ports": Words("Multi-GNN ports", "Multi-GNN 端口"),
    "neighbours' indicators": Words("neighbours' indicators", "对手方的监测指标"),
    "police list of shell firms": Words("police list of shell firms", "公安机关空壳公司特征清单"),
    "police notice on 地下钱庄": Words("police notice on underground banks", "公安机关关于地下钱庄的通报"),
    "profile tags": Words("profile tags", "画像标签"),
    "profile tags: burst index": Words("profile tags: burst index", "画像标签：突发指数"),
    "profile tags: corporate": Words("profile tags: corporate", "画像标签：企业"),
    "profile tags: hour-of-day profile": Words("profile tags: hour-of-day profile", "画像标签：时段分布"),
    "profile tags: identity": Words("profile tags: identity", "画像标签：身份"),
    "profile tags: job/income": Words("profile tags: job/income", "画像标签：职业与收入"),
    "profile tags: payroll seen": Words("profile tags: payroll seen", "画像标签：代发工资"),
    "profile tags: product": Words("profile tags: product", "画像标签：产品"),
    "profile tags: product/channel": Words("profile tags: product/channel", "画像标签：产品与渠道"),
    "profile tags: region": Words("profile tags: region", "画像标签：地区"),
    "profile tags: relationship": Words("profile tags: relationship", "画像标签：关系"),
    "profile tags: sequence input": Words("profile tags: sequence input", "画像标签：序列输入"),
    "profile tags: value/credit": Words("profile tags: value/credit", "画像标签：价值与信用"),
    "R19 round trip": Words("R19 round trip", "R19 资金回流"),
    "R20 layered chain": Words("R20 layered chain", "R20 多层划转"),
    "R21 shared device": Words("R21 shared device", "R21 共用设备"),
    "R30 proximity to reported party": Words("R30 proximity to reported party", "R30 关联已报送客户"),
    "SAFE notice on split purchases": Words("SAFE notice on split purchases", "外汇局关于分拆购汇的通知"),
    "SAML-D behavioural change": Words("SAML-D behavioural change", "SAML-D 行为突变"),
    "SAML-D endpoint degree": Words("SAML-D endpoint degree", "SAML-D 端点度数"),
    "UNODC points running": Words("UNODC points running", "UNODC 跑分"),
}

# What may be said of a number behind the name of the work.
REMARKS = {
    "(assumption)": Words("(assumption)", "（假设）"),
    "(value is an assumption)": Words("(value is an assumption)", "（取值为假设）"),
    "(values are an assumption)": Words("(values are an assumption)", "（取值为假设）"),
}

ENTRIES = {"rule": "规则", "typology": "类型"}  # of this project, cited by their id

Source = str | Words


def cited(source: Source) -> Words:
    """A source in both languages."""
    if isinstance(source, Words):
        return source
    works = [_work(name) for name in source.split("; ")]
    return Words("; ".join(work.en for work in works), "；".join(work.zh for work in works))


def _work(name: str) -> Words:
    for remark, words in REMARKS.items():
        if name.endswith(f" {remark}"):
            work = _work(name.removesuffix(f" {remark}"))
            return Words(f"{work.en} {words.en}", work.zh + words.zh)
    title, _, place = name.partition(" Art.")
    if title in LAWS:
        law, article = LAWS[title], re.sub(r"^\d+", r"第\g<0>条", place)
        return Words(f"{law.en} Art. {place}", law.zh + article) if place else law
    kind, _, which = name.partition(" ")
    if kind in ENTRIES:
        return Words(name, f"{ENTRIES[kind]} {which}")
    return CITED.get(name, Words(name, name))


def check_source(source: Source) -> Source:
    """The same source.

    Raises
    ------
    ValueError : if a pair lacks a language, or a name is neither proper nor known here
    """
    if isinstance(source, Words):
        return complete(source)
    for name in source.split("; "):
        words = _work(name)
        is_prose = re.search(r"(?<![\w.(/-])[a-z]{2,}", words.zh)  # a proper name begins with a capital
        if not name.strip() or is_prose or CHINESE.search(words.en):
            raise ValueError(
                f"expected a name, a pair {{en, zh}} or a work of data/words/citations.py, found {name!r}"
            )
    return source


CitedSource = Annotated[Source, AfterValidator(check_source)]  # of a parameter class
