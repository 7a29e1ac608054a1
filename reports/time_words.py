"""What the alarms over time are called, and what is to be done when one fires."""

from __future__ import annotations

from dataclasses import dataclass

from reports.wording import Text


@dataclass(frozen=True)
class RunbookEntry:
    """One kind of alarm: what it reads, who is called, what is looked at first, what is done."""

    kind: str
    name: Text
    reads: Text
    owner: Text
    look: Text
    act: Text


RUNBOOK = (
    RunbookEntry(
        "data",
        Text("Data", "数据"),
        Text(
            "share of features, those of the profile left out, whose index passed the bound",
            "指数超限的特征占比（不含客户资料特征）",
        ),
        Text("data engineering", "数据工程"),
        Text(
            "the feeds and the share of missing values of the features that moved most; the calendar",
            "变动最大特征的数据源与缺失率；日历效应",
        ),
        Text(
            "a broken feed: score again from the last good day. A season: compare with last year. "
            "Otherwise go on to the alarm of behaviour",
            "数据源中断：自最后正常日重新打分；季节性：记录并与去年同期比较；否则转查行为告警",
        ),
    ),
    RunbookEntry(
        "labels",
        Text("Labels", "标签"),
        Text("share reported of the rule alerts decided in the stretch", "该阶段内已决规则预警的上报占比"),
        Text("head of investigations", "甄别负责人"),
        Text(
            "the backlog, new reviewers, instructions changed, second reviews that disagree",
            "积压、新进人员、口径变化、复核不一致",
        ),
        Text(
            "hold learning anew until the cause is known; send a sample to second review",
            "查明原因前暂停重训；抽样送复核",
        ),
    ),
    RunbookEntry(
        "population",
        Text("Population", "客群"),
        Text(
            "largest index of a feature that says who the customer is on the day",
            "当日客户资料特征中的最大指数",
        ),
        Text("product and branch management", "产品与网点管理"),
        Text(
            "campaigns, new products, migrated customers, closed branches",
            "营销活动、新产品、客户迁移、网点撤并",
        ),
        Text(
            "report recall by segment; set the budget by segment until the mix settles",
            "分客群报告召回率；客群结构稳定前按客群分配预算",
        ),
    ),
    RunbookEntry(
        "behaviour",
        Text("Behaviour", "行为"),
        Text("index of the model’s scores since it went to work", "模型上线以来得分的指数"),
        Text("model owner", "模型负责人"),
        Text(
            "which families of features moved the scores; twenty cases of those that rose most",
            "推高得分的特征族；升幅最大的二十例",
        ),
        Text(
            "review the risen ones beside the budget; learn anew if they are reported as often as usual, "
            "ask for new red flags if not",
            "在预算之外甄别升幅最大者；上报率如常则重训，否则补充可疑特征",
        ),
    ),
    RunbookEntry(
        "threshold",
        Text("Threshold", "阈值"),
        Text(
            "what the cut of the first stretch raises now, over what it raised then",
            "首阶段切点现在的预警量与当时之比",
        ),
        Text("AML operations", "反洗钱运营"),
        Text(
            "whether the budget of alerts or a fixed cut is in force; hands at work",
            "现行为预算还是固定切点；在岗人力",
        ),
        Text(
            "set the cut anew from the last four weeks, with both alert numbers on the sign-off",
            "按最近四周重设切点，并在签批中列明前后预警量",
        ),
    ),
)
KIND_NAMES = {entry.kind: entry.name for entry in RUNBOOK}
