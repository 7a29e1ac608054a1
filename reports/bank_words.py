"""The words of a mainland bank: what the Chinese pages say in place of words that come from elsewhere.

Words of typologies, labels, families and outcomes stand beside what they name, in files that the whole
pipeline is made from. Where the usual word of a mainland bank is another one, it is put in here, at the
report's edge: on the finished Chinese pages, and nowhere else. Terms with an official text are listed
with it; the list is shown on a page and kept in GLOSSARY.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.words import MARK_NAMES
from reports.wording import Text

# What a bank says -> what is put in its place. Longer words come first.
SAID = {
    # 立案 is an act of the police; a bank looks closer and clears or reports.
    "立案后排除": "复核后排除",
    "立案调查": "深度甄别",
    "立案": "甄别",
    # 线上, 线下 would be read as channels.
    "仅规则投票（线下）": "仅规则投票（预警线以下）",
    "线下抽样": "预警线以下抽样",
    "线上线下": "预警线上下",
    # 形似正常 would mean: seems innocent and is not.
    "形似正常": "正常对照",
    "形似合法": "正常对照",
    "形似场景": "正常对照",
    # 违法 is for a court to say; in the simulation it is known and is called 涉案.
    "违法": "涉案",
    "真实：": "真值：",
    # A rule triggers (触发), a ranker recognises (识别).
    "捕获": "识别",
    "命中": "触发",
    "被规则命中": "触发规则",
    "被任何规则命中": "触发任何规则",
    "反向证据": "排除因素",
    # Typologies as supervisors and banks name them; concentration and dispersal as rules R04 and R05 do.
    "休眠激活": "长期不动户突然启用",
    "回贷": "自我借贷（以贷洗钱）",
    "二部转账": "多对多交叉转账",
    "电诈资金拆解": "电诈资金拆分转移",
    "归集后分散": "先集中后分散",
    "分散后归集": "先分散后集中",
    "分散归集": "先分散后集中",
    "虚拟币交易所": "虚拟货币交易平台",
    "虚拟币出金": "虚拟货币变现",
    "虚拟币": "虚拟货币",
    # A reviewer's reason that stands in one language only where it is drawn.
    "unusual, yet explained by documents": "异常但有材料可以解释",
    # 代购 buys abroad for others with their quotas of foreign currency; who shops for neighbours is meant.
    "代购人员": "跑腿代买人员",
    # Measures.
    "预算内召回率": "固定预警量下的召回率",
    "预算内精确率": "预警准确率",
    "平均精确率": "平均精度",
    "预警精确率": "预警准确率",
    "精确率": "预警准确率",
}
# Where the law is meant: suspicion is no finding of guilt, and that must be said in so many words.
KEPT = ("违法由司法认定", "违法是认定", "违法交易吗", "上报即违法")
# What must stand on no Chinese page, outside of `KEPT`.
UNSAID = re.compile(
    "立案|(?<!预警)线上|(?<!预警)(?<!曲)线下|形似|违法|反向证据|捕获|命中|休眠激活|回贷|二部|"
    "归集后分散|分散后归集|虚拟币|变化计划|一票|预算内(?:召回|精确)率"
)

_SAID = re.compile("|".join(map(re.escape, sorted((*KEPT, *SAID), key=len, reverse=True))))
_GAP = re.compile(r"） (?=[\u3400-\u9fff])")
_KEPT = re.compile("|".join(map(re.escape, KEPT)))


def as_a_bank_says(page: str) -> str:
    """Chinese text in the words of a mainland bank; text without such words is left as it is.

    After a wide bracket Chinese goes on without a blank.
    """
    return _GAP.sub("）", _SAID.sub(lambda found: SAID.get(found[0], found[0]), page))


def unsaid_words(page: str) -> list[str]:
    """Words of Chinese text that no mainland bank would use there."""
    return [found[0] for found in UNSAID.finditer(_KEPT.sub("", page))]


@dataclass(frozen=True)
class OfficialTerm:
    """A term with the official text that it comes from.

    Parameters
    ----------
    term : in both languages
    text : the law, order or notice, with its article where that was read
    mark : how the text was read, a key of `MARK_NAMES`
    """

    term: Text
    text: Text
    mark: str

    @property
    def read(self) -> Text:
        """How the text was read, in words."""
        return MARK_NAMES[self.mark]


LAW = "反洗钱法（2024年修订，2025年1月1日施行）"
ORDER_3 = "人民银行令〔2016〕第3号"
TERMS = (
    OfficialTerm(
        Text("customer due diligence", "客户尽职调查"),
        Text("Anti-Money-Laundering Law of 2024, Art. 29 and 30", f"{LAW}第二十九条、第三十条"),
        "V",
    ),
    OfficialTerm(
        Text("suspicious transaction report, due promptly", "可疑交易报告（应当及时提交）"),
        Text("Anti-Money-Laundering Law of 2024, Art. 35(2)", f"{LAW}第三十五条第二款"),
        "V",
    ),
    OfficialTerm(
        Text("secrecy of anti-money-laundering information", "反洗钱信息保密"),
        Text("Anti-Money-Laundering Law of 2024, Art. 7", f"{LAW}第七条"),
        "V",
    ),
    OfficialTerm(
        Text("records kept for ten years at least", "客户身份资料及交易记录保存（不少于十年）"),
        Text("Anti-Money-Laundering Law of 2024, Art. 34", f"{LAW}第三十四条"),
        "V",
    ),
    OfficialTerm(
        Text("large-value transaction report", "大额交易报告"),
        Text("Order No. 3 of 2016 of the People’s Bank of China, Art. 5", f"{ORDER_3}第五条"),
        "V2",
    ),
    OfficialTerm(
        Text(
            "analysis of every alert by a person, reasons for clearing kept",
            "人工分析、识别（排除须记录理由）",
        ),
        Text("Order No. 3 of 2016 of the People’s Bank of China, Art. 14", f"{ORDER_3}第十四条"),
        "V2",
    ),
    OfficialTerm(
        Text(
            "to monitor, verify and delay; limits on use of device data", "监测、核实、延迟；设备数据用途受限"
        ),
        Text("Law against Telecom and Online Fraud, Art. 18", "反电信网络诈骗法第十八条"),
        "V",
    ),
    OfficialTerm(
        Text("no lending or selling of accounts", "不得出租、出借、出售账户"),
        Text("Law against Telecom and Online Fraud, Art. 31", "反电信网络诈骗法第三十一条"),
        "V",
    ),
    OfficialTerm(
        Text("joint discipline of account dealers", "电信网络诈骗联合惩戒"),
        Text("Measures in force since 1 December 2024", "联合惩戒办法（2024年12月1日施行）"),
        "V2",
    ),
    OfficialTerm(
        Text("virtual currency", "虚拟货币"),
        Text(
            "Notice Yinfa [2021] No. 237, in force throughout the run",
            "银发〔2021〕237号（本次模拟期间有效）",
        ),
        "V2",
    ),
    OfficialTerm(
        Text("concealing proceeds of crime", "掩饰、隐瞒犯罪所得"),
        Text("Judicial interpretation Fashi [2025] No. 13", "法释〔2025〕13号"),
        "V2",
    ),
)


def terms_table() -> str:
    """The terms as a table of GLOSSARY.md."""
    rows = [
        f"| {row.term.en} | {row.term.zh} | {row.text.zh} ({row.text.en}); {row.read.en} |" for row in TERMS
    ]
    return "\n".join(["| word | 中文 | text it comes from, and how that was read |", "|---|---|---|", *rows])
