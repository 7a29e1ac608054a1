"""Words of case pages: what would clear an alert, what to do next, tags, ties and ways of finding."""

from __future__ import annotations

from reports.wording import Text

# Documents that would clear a look-alike, by the family of the rule or reason that it meets.
DOCUMENTS = {
    "cash": Text("daily sales records, card-terminal reports, tax filings", "日销售台账、收单流水、纳税申报"),
    "fan_in": Text(
        "list of payers and what each paid for, class or group-buy roster", "付款人及事由清单、班级或团购名单"
    ),
    "fan_out": Text("labour contracts and payroll list, list of expenses", "劳务合同与工资表、费用清单"),
    "pass_through": Text(
        "contract behind the payment in and the payment out, card or loan statement",
        "转入转出对应的合同、信用卡或贷款账单",
    ),
    "profile_mismatch": Text(
        "contract of sale, inheritance deed, bonus letter, tax certificate",
        "买卖合同、继承文书、奖金证明、完税证明",
    ),
    "behaviour_change": Text(
        "what changed and since when, with its contract or licence", "变化原因及时间，附合同或证照"
    ),
    "abroad": Text(
        "letter of admission and invoice, export contract and customs form",
        "录取通知与缴费单、外贸合同与报关单",
    ),
    "integration": Text(
        "loan contract, insurance policy, source of the repaid money", "借款合同、保单、还款资金来源证明"
    ),
    "round_trip": Text(
        "loan between relatives or within the group, refund papers", "亲属或集团内借款合同、退款凭证"
    ),
    "network": Text(
        "relation of the parties: family register, contract, common project",
        "各方关系证明：亲属证明、合同、共同项目",
    ),
    "dormancy": Text(
        "reason of the pause: study or work away, inheritance", "长期不动户启用原因：异地求学务工、继承"
    ),
    "rhythm": Text(
        "explanation of hours and sums: shifts, fixed prices", "时间与金额规律的说明：班次、固定价格"
    ),
    "volume": Text(
        "source of the money: contract, invoice, tax certificate", "资金来源：合同、发票、完税证明"
    ),
    "sequence": Text("order of the payments explained by their contracts", "以合同说明交易先后顺序"),
    "calm": Text("usual source of income", "日常收入来源"),
    "profile": Text("up-to-date customer file", "更新后的客户资料"),
}
FOUND_BY_WORDS = {
    "model": Text("alert of the model", "模型预警"),
    "rules": Text("alert of rules in the same case", "同案规则预警"),
    "below_cut": Text("nearest below the cut, no alert", "最接近预警线，未预警"),
    "asked": Text("asked for by name", "人工指定"),
}
TAG_WORDS = {
    "risk_rating": Text("risk rating", "洗钱风险等级"),
    "income_band": Text("income band", "收入档"),
    "occupation": Text("occupation", "职业"),
    "product_savings_account": Text("savings product", "储蓄产品"),
    "product_broker_link": Text("link to a broker", "银证转账"),
    "product_credit_line": Text("credit line", "信用额度"),
    "product_wealth_fund": Text("wealth fund", "理财产品"),
    "product_merchant_qr": Text("merchant QR code", "商户收款码"),
    "channel_web": Text("web banking", "网上银行"),
    "channel_mobile": Text("mobile banking", "手机银行"),
    "channel_counter": Text("counter", "柜台"),
}
TIE_WORDS = {
    "same_case": Text("alerted in the same case", "同案预警"),
    "device": Text("used the same device", "共用设备"),
    "paid": Text("was paid by the customer", "收到本客户付款"),
    "paid_by": Text("paid the customer", "向本客户付款"),
    "shared_payee": Text("paid the same party", "向同一收款人付款"),
}
STREAM_WORDS = {  # why people looked: the bank's own alert, or a sample
    "alert": Text("alert", "预警"),
    "below_line": Text("sample below the line", "预警线以下抽样"),
    "random": Text("random review", "随机抽查"),
}
STATE_WORDS = {
    "caught": Text("caught", "识别"),
    "wrong": Text("wrongly alerted", "误报"),
    "missed": Text("missed", "漏报"),
    "passed": Text("rightly let pass", "正确未报"),
}
NEXT_STEPS = (
    Text(
        "Ask nobody outside the team: telling the customer is tipping-off.",
        "对外保密：不得向客户透露预警或报告情况。",
    ),
    Text(
        "Read the list of payments beside the declared business and income.",
        "对照申报职业与收入逐笔核对交易。",
    ),
    Text(
        "Look at the linked customers together before deciding on one of them.",
        "先一并核查关联客户，再对单一客户作结论。",
    ),
    Text(
        "Ask for the documents named above; note what was seen and what was missing.",
        "收集上列材料，并记录已见与缺失的内容。",
    ),
    Text(
        "Decide, write down the reason, and have a second person review a report or a closed case.",
        "作出结论并记录理由；上报或排除均须复核。",
    ),
)
