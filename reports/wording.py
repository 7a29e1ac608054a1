"""Words of the report in both languages, and how numbers are printed.

Names that come from the data (a typology, a label's source) have a pair here; one that
has none is printed as it is, with blanks for underscores, so that a new typology never
breaks the report.
"""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

DASH = "–"
CHINESE_FROM = "\u2e80"  # the first letter of Chinese, Japanese and Korean writing
LONGEST_WORD = 30  # letters that stand together on the page

Interval = dict[str, float | None]


class Text(NamedTuple):
    """The same words in English and Chinese."""

    en: str
    zh: str


RANKERS = {"rules": Text("Rules", "规则")} | {
    name: Text(shown, shown)
    for name, shown in (("lightgbm", "LightGBM"), ("xgboost", "XGBoost"), ("gnn", "GNN"))
}
RANKERS["gnn_without_edges"] = Text("GNN, no edges", "无边 GNN")

METRICS = {
    "recall_at_budget": Text("Recall at the budget", "预算内召回率"),
    "precision_at_budget": Text("Precision at the budget", "预算内精确率"),
    "precision_ceiling": Text("Precision ceiling", "精确率上限"),
    "average_precision": Text("Average precision", "平均精确率"),
    "base_rate": Text("Base rate", "基准占比"),
}

# What a score is worth as a probability; of models only.
PROBABILITY = {
    "calibration_ratio": Text("Mean score over mean label", "平均得分与平均标签之比"),
    "calibration_slope": Text("Slope", "斜率"),
}

VIEWS = {"bank": Text("Bank sees", "银行所见"), "true": Text("True", "真实")}

TYPOLOGIES = {
    "ant_moving_fx": Text("Ant-moving of foreign exchange", "分拆购汇"),
    "bipartite": Text("Bipartite", "二部转账"),
    "cash_intensive_front": Text("Cash-intensive front", "现金密集型门店"),
    "cash_structuring": Text("Cash structuring", "拆分存现"),
    "crypto_off_ramp": Text("Crypto off-ramp", "虚拟币出金"),
    "cycle": Text("Round trip", "回流"),
    "dormant_reactivation": Text("Dormant reactivation", "休眠激活"),
    "fan_in": Text("Fan-in collector", "归集"),
    "fan_out": Text("Fan-out disperser", "分散转出"),
    "gather_scatter": Text("Gather-scatter", "归集后分散"),
    "insurance_wash": Text("Insurance wash", "退保洗钱"),
    "loan_back": Text("Loan-back", "回贷"),
    "online_gambling": Text("Online gambling", "网络赌博"),
    "pass_through_chain": Text("Rapid pass-through chain", "快速过渡链"),
    "run_score": Text("Run-score platform", "跑分平台"),
    "scatter_gather": Text("Scatter-gather", "分散后归集"),
    "shell_company": Text("Shell company with sham invoices", "空壳公司虚开"),
    "smurfing": Text("Smurfing", "多人分拆"),
    "stack": Text("Stack", "多层堆叠"),
    "student_mule": Text("Student mule", "学生卡农"),
    "telecom_fraud": Text("Telecom-fraud dispersal", "电诈资金拆解"),
    "underground_bank_mirror": Text("Underground bank, domestic leg", "地下钱庄对敲"),
    "underground_bank_settlement": Text("Settlement-type underground bank", "结算型地下钱庄"),
    "virtual_gift_settlement": Text("Virtual-gift settlement", "虚拟礼物结算"),
}

LOOK_ALIKES = {
    "ant_moving_fx": Text("families who pay one school abroad", "同校家庭各自汇付留学费用"),
    "bipartite": Text("market stalls and their wholesalers", "市场摊主向批发商付款"),
    "cash_intensive_front": Text("a seasonal shop’s takings", "旺季门店营业款"),
    "cash_structuring": Text("a shop’s daily takings", "商户日营业款存现"),
    "crypto_off_ramp": Text("a dealer in second-hand phones", "二手手机商收款进货"),
    "cycle": Text("lending within a family", "亲友间借款往来"),
    "dormant_reactivation": Text("a migrant who comes home", "返乡人员重新用卡"),
    "fan_in": Text("a group-buy leader who collects", "团购团长代收货款"),
    "fan_out": Text("a contractor who pays his workers", "包工头发放工资"),
    "gather_scatter": Text("an online seller who pays suppliers", "网店收款后支付供货商"),
    "insurance_wash": Text("a saver who switches policies", "投保人退保换购"),
    "loan_back": Text("a family loan or an early repayment", "亲属借款或提前还贷"),
    "online_gambling": Text("a lottery shop", "彩票店收款兑奖"),
    "pass_through_chain": Text("spouses who repay a loan", "夫妻转账归还房贷"),
    "run_score": Text("a stall at a fair or a live-stream sale", "展销摊位或直播带货收款"),
    "scatter_gather": Text("relatives who pool a gift, a shop’s float", "亲属凑款或门店备用金归集"),
    "shell_company": Text("a young trading firm", "初创贸易公司"),
    "smurfing": Text("a class parent who collects fees", "家委会代收学费"),
    "stack": Text("a chain of distributors", "逐级经销商付款"),
    "student_mule": Text("a student’s own budget", "学生收取家用与兼职收入"),
    "telecom_fraud": Text("a house deposit or an emergency", "购房定金或急用钱"),
    "underground_bank_mirror": Text("a small importer", "小型进口商收款付汇"),
    "underground_bank_settlement": Text("outsourced payroll", "劳务公司代发工资"),
    "virtual_gift_settlement": Text("a streamers’ agency", "主播公会结算"),
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
    "below_line_review": Text("Sample below the line", "线下抽样"),
    "below_line_vote": Text("Rules only, below the line", "仅规则投票（线下）"),
    "rule_vote": Text("Rules only, not yet decided", "仅规则投票（尚无结论）"),
    "unreviewed": Text("Nobody looked", "未经审核"),
    "given": Text("Given by the data set", "数据集自带"),
}

OUTCOMES = {
    "dismissed": Text("dismissed", "排除"),
    "case": Text("looked into and closed", "立案后排除"),
    "reported": Text("reported", "上报可疑"),
    "unreviewed": Text("closed unseen", "超期未审"),
}
STREAMS = {
    "alert": Text("alert", "预警"),
    "below_line": Text("sample below the line", "线下抽样"),
    "random": Text("random review", "随机抽查"),
}

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
    "lender": "放贷机构",
    "broker": "证券公司",
    "insurer": "保险公司",
    "exchange": "虚拟币交易所",
    "overseas": "境外收款人",
    "wallet": "支付机构",
    "bank": "本行",
    "state": "税务社保机构",
}

# Parts that members of a scheme or of its look-alike play; who plays none goes by the kind of holder.
MEMBERS = {
    "agency": Text("agency", "公会"),
    "agent": Text("agent", "代理"),
    "banker": Text("banker", "钱庄账户"),
    "beneficiary": Text("beneficiary", "受益人"),
    "between": Text("go-between", "中间账户"),
    "borrower": Text("borrower", "借款人"),
    "broker": Text("broker", "证券公司"),
    "buyer": Text("buyer", "购汇人"),
    "card": Text("card", "银行卡"),
    "cash_desk": Text("cash desk", "现金柜台"),
    "client": Text("client", "客户"),
    "club": Text("club", "公会"),
    "collector": Text("collector", "归集账户"),
    "company": Text("company", "企业"),
    "contractor": Text("contractor", "包工头"),
    "depositor": Text("depositor", "存款人"),
    "disperser": Text("disperser", "分散账户"),
    "distributor": Text("distributor", "经销商"),
    "exchange": Text("exchange", "虚拟币交易所"),
    "exit": Text("exit", "出口账户"),
    "front": Text("front", "掩护门店"),
    "funder": Text("funder", "出资人"),
    "giver": Text("giver", "付出方"),
    "hub": Text("hub", "中转账户"),
    "insurer": Text("insurer", "保险公司"),
    "leader": Text("leader", "团长"),
    "lender": Text("lender", "放贷机构"),
    "level_1": Text("level-1 card", "一级卡"),
    "level_2": Text("level-2 card", "二级卡"),
    "merchant": Text("merchant", "商户"),
    "micro_business": Text("micro business", "个体户"),
    "migrant": Text("migrant", "返乡人员"),
    "mule": Text("mule", "卡农"),
    "operator": Text("operator", "平台方"),
    "overseas": Text("abroad", "境外"),
    "wallet": Text("wallet", "支付机构"),
    "bank": Text("the bank", "本行"),
    "state": Text("tax and insurance office", "税务社保机构"),
    "owner": Text("owner", "店主"),
    "parent": Text("parent", "家长"),
    "payee": Text("payee", "收款人"),
    "payer": Text("payer", "付款人"),
    "person": Text("person", "个人"),
    "player": Text("player", "玩家"),
    "policyholder": Text("policyholder", "投保人"),
    "pool": Text("pool", "资金池"),
    "private_account": Text("private account", "个人账户"),
    "relative": Text("relative", "亲属"),
    "ring": Text("ring", "环上账户"),
    "runner": Text("runner", "跑分者"),
    "seller": Text("seller", "卖家"),
    "shell": Text("shell", "空壳公司"),
    "shop": Text("shop", "门店"),
    "smurf": Text("smurf", "分拆人"),
    "source": Text("source", "来源账户"),
    "spouse": Text("spouse", "夫妻"),
    "stall": Text("stall", "摊主"),
    "start_up": Text("start-up", "初创公司"),
    "streamer": Text("streamer", "主播"),
    "student": Text("student", "学生"),
    "supplier": Text("supplier", "供货商"),
    "taker": Text("taker", "收取方"),
    "third_party": Text("third party", "第三方"),
    "till": Text("till", "收银账户"),
    "trader": Text("trader", "商贩"),
    "utility": Text("utility", "公用事业"),
    "wholesaler": Text("wholesaler", "批发商"),
    "worker": Text("worker", "工人"),
}

KINDS = {
    "licit": Text("Licit life", "正常"),
    "look_alike": Text("Innocent look-alike", "形似正常"),
    "illicit": Text("Illicit", "违法"),
}

DIRECTIONS = {"high": Text("high", "偏高"), "low": Text("low", "偏低")}

ARTEFACTS = {
    "customer_id": Text("Customer id", "客户编号"),
    "customer_row": Text("Row of the customer", "客户表行序"),
    "account_id": Text("Account id", "账户编号"),
    "account_row": Text("Row of the account", "账户表行序"),
    "joined_order": Text("Order of joining", "开户先后"),
    "cents_median": Text("Cents of the payments, median", "金额分位中位数"),
    "second_mean": Text("Second within the minute, mean", "秒数均值"),
    "second_spread": Text("Second within the minute, spread", "秒数离散度"),
    "microsecond_mean": Text("Microseconds, mean", "微秒均值"),
    "microsecond_spread": Text("Microseconds, spread", "微秒离散度"),
    "id_gap_digit_mean": Text("Gap between own payment ids, last digit", "本人相邻交易编号差的末位"),
    "id_behind_row": Text("Row of the payment less its id", "交易行序与编号之差"),
    "second": Text("Second within the minute", "秒数"),
    "microsecond": Text("Microseconds", "微秒"),
    "id_digits": Text("Payment id, last two digits", "交易编号末两位"),
    "id_gap": Text("Gap to the id of the row before", "与前一行编号之差"),
    "round_excess": Text("Rounder sums than like payments", "金额比同类交易更整"),
    "own_burstiness": Text("Burstiness of own ordinary payments", "本人日常交易间隔的突发性"),
    "device_users": Text("Users of the busiest device", "共用设备的最多人数"),
    "device_same_instant": Text("Users who begin at one instant", "同一瞬间开始使用的人数"),
    "device_midnight_share": Text("Devices that begin at midnight", "从零点开始使用的设备占比"),
    "device_open_share": Text("Devices without an end", "没有结束时间的设备占比"),
    "opened_hour": Text("Hour of account opening", "开户时刻"),
    "opened_off_counter_share": Text("Openings outside counter hours", "非营业时间开户占比"),
    "closed_hour": Text("Hour of account closing", "销户时刻"),
    "closed_off_counter_share": Text("Closings outside counter hours", "非营业时间销户占比"),
}

# What the probes of single payments and of the world's makers find, by key of metrics.json.
GOALS = {
    "planned_from_life_auc": Text(
        "AUC: planned payment from ordinary life, among like payments",
        "AUC：同类交易中区分编排交易与日常交易",
    ),
    "planned_from_life_auc_unstratified": Text("The same among all payments", "同上，在全部交易中"),
    "planned_without_life_share": Text(
        "Planned payments without ordinary ones like them", "没有同类日常交易的编排交易占比"
    ),
    "illicit_payment_auc": Text(
        "AUC: illicit payment from all others, among like payments", "AUC：同类交易中区分违法交易与其他交易"
    ),
    "illicit_payment_auc_unstratified": Text("The same among all payments", "同上，在全部交易中"),
    "illicit_payment_lift": Text(
        "Average precision over base rate, among like payments", "同类交易中平均精确率与基准占比之比"
    ),
    "illicit_payment_lift_unstratified": Text("The same among all payments", "同上，在全部交易中"),
    "cell_lookup_recall": Text(
        "Recall at the budget of a lookup of channel, purpose and parties",
        "按渠道、用途与双方类型查表：预算内召回率",
    ),
    "cell_lookup_ap_over_base": Text(
        "Its average precision over base rate", "该查表的平均精确率与基准占比之比"
    ),
    "cells_mostly_planned": Text(
        "Cells of that lookup that ordinary life hardly uses", "该表中日常交易很少使用的单元格数"
    ),
    "digits_auc": Text(
        "AUC: planned payment from ordinary life, digits alone", "AUC：仅凭金额数字区分编排交易与日常交易"
    ),
    "digits_auc_of_like_sums": Text("The same among sums of one size", "同上，在同一数量级的金额中"),
    "artefact_probe_auc": Text("AUC: the artefact probe by customer", "AUC：按客户的痕迹检验"),
    "organiser_oracle_recall": Text(
        "Recall at the budget of a model taught who organises", "已知组织者身份的模型：预算内召回率"
    ),
    "look_alike_amounts_auc": Text(
        "AUC: scheme from look-alike, amounts alone", "AUC：仅凭金额区分案件与形似场景"
    ),
    "look_alike_payments_auc": Text(
        "AUC: scheme from look-alike, one payment", "AUC：凭单笔交易区分案件与形似场景"
    ),
}

# Days of the calendar, by their key in section simulate of params.yaml.
CALENDAR = {
    "festivals": Text("Festival", "节日"),
    "promotions": Text("Great online sale", "电商大促"),
}

# A calibrated figure: its name, its unit, and who can measure it.
CALIBRATION = {
    "illicit_transaction_share": (Text("Illicit share of payments", "违法交易占比"), "share", "true"),
    "illicit_customers_per_year": (Text("Customers illicit in a year", "年度违法客户占比"), "share", "true"),
    "patternless_illicit_share": (
        Text("Illicit payments outside fixed patterns", "不属于固定模式的违法交易"),
        "share",
        "true",
    ),
    "rule_alerts_per_thousand_customers_month": (
        Text("Rule alerts per thousand customers and month", "每千客户每月规则预警"),
        "",
        "bank",
    ),
    "rule_precision": (Text("True precision of the rules’ alerts", "规则预警的真实精确率"), "share", "true"),
    "rule_recall": (
        Text("True recall of the rules by customer", "规则的真实召回率（按客户）"),
        "share",
        "true",
    ),
    "amount_median_cny": (Text("Amount of a payment, median", "单笔金额中位数"), "CNY", "bank"),
    "amount_p90_cny": (Text("Amount of a payment, 90th percentile", "单笔金额第 90 百分位"), "CNY", "bank"),
    "payments_per_customer_month": (
        Text("Payments per customer and month", "每客户每月交易笔数"),
        "",
        "bank",
    ),
    "gap_p90_hours": (
        Text("Time between a customer’s payments, 90th percentile", "同一客户相邻交易间隔第 90 百分位"),
        "hours",
        "bank",
    ),
    "gap_median_hours": (
        Text("Time between a customer’s payments, median", "同一客户相邻交易间隔中位数"),
        "hours",
        "bank",
    ),
    "counterparties_median": (
        Text("Counterparties of a customer, median", "客户交易对手数中位数"),
        "",
        "bank",
    ),
    "counterparties_p99": (
        Text("Counterparties of a customer, 99th percentile", "客户交易对手数第 99 百分位"),
        "",
        "bank",
    ),
    "amount_overlap": (
        Text("Amounts of schemes and look-alikes, shared area", "案件与形似场景金额分布的重叠"),
        "share",
        "true",
    ),
    "gap_overlap": (
        Text("Times between payments of both, shared area", "二者交易间隔分布的重叠"),
        "share",
        "true",
    ),
    "counterparties_overlap": (
        Text("Counterparties of customers of both, shared area", "二者客户对手数分布的重叠"),
        "share",
        "true",
    ),
    "declined_share": (Text("Share of payments declined", "被拒交易占比"), "share", "bank"),
    "main_events_month": (
        Text(
            "Payments a month of the busiest 45 % of persons, median", "最活跃 45% 个人客户的月交易笔数中位数"
        ),
        "",
        "bank",
    ),
    "second_events_month": (
        Text("The same of the next 35 %", "其后 35% 个人客户的月交易笔数中位数"),
        "",
        "bank",
    ),
    "idle_events_month": (Text("The same of the others", "其余个人客户的月交易笔数中位数"), "", "bank"),
    "burstiness_median": (
        Text(
            "Burstiness of the gaps between a busy person’s payments, median",
            "活跃个人付款间隔的突发性中位数",
        ),
        "",
        "bank",
    ),
    "purchase_median_cny": (Text("Purchase, median", "消费金额中位数"), "CNY", "bank"),
    "purchase_large_share": (Text("Purchases above CNY 300", "超过 300 元的消费占比"), "share", "bank"),
    "wallet_purchase_share": (
        Text("Purchases whose payee is a wallet", "对手方为支付机构的消费占比"),
        "share",
        "bank",
    ),
    "person_transfers_month": (
        Text("Transfers with persons a month of a busy person, median", "活跃个人与个人的月转账笔数中位数"),
        "",
        "bank",
    ),
    "person_transfer_median_cny": (
        Text("Transfer between persons, median", "个人间转账金额中位数"),
        "CNY",
        "bank",
    ),
    "person_transfer_mean_cny": (Text("Transfer between persons, mean", "个人间转账金额均值"), "CNY", "bank"),
    "empty_remark_share": (
        Text("Transfers between persons without a remark", "个人间转账无附言占比"),
        "share",
        "bank",
    ),
    "shop_size_gini": (Text("Inequality of shops by payments, Gini", "商户交易笔数的基尼系数"), "", "bank"),
    "shop_met_once_share": (
        Text("Shops that a person met once", "个人只去过一次的商户占比"),
        "share",
        "bank",
    ),
    "favourite_shop_share": (
        Text("Share of a person’s favourite shop, median", "个人最常去商户的占比中位数"),
        "share",
        "bank",
    ),
    "outsider_met_once_share": (
        Text("Persons at other banks met once", "只出现一次的他行个人占比"),
        "share",
        "bank",
    ),
    "company_partners_median": (
        Text("Firms with which a company deals, median", "公司交易企业数中位数"),
        "",
        "bank",
    ),
    "company_partners_p99": (
        Text("Firms with which a company deals, 99th percentile", "公司交易企业数第 99 百分位"),
        "",
        "bank",
    ),
    "largest_buyer_share": (
        Text("Share of a company’s largest buyer, median", "公司最大买方占比中位数"),
        "share",
        "bank",
    ),
    "weekend_wages_share": (
        Text("Companies’ wages on Saturdays and Sundays", "公司周末发薪占比"),
        "share",
        "bank",
    ),
}

USES = {
    "label": Text("raises alerts", "产生预警"),
    "feature": Text("recorded only", "仅记录"),
    "held_out": Text("held out", "留作检验"),
    "against": Text("speaks against", "反向证据"),
}

OWNERS = {
    "AML operations": Text("AML operations", "反洗钱运营"),
    "AML analytics": Text("AML analytics", "反洗钱数据分析"),
}

# What the rulebook says of a source beside its name; longer phrases first.
ORIGINS = {
    "(values are an assumption)": "（取值为假设）",
    "(value is an assumption)": "（取值为假设）",
    "(firms are an assumption)": "（单位取值为假设）",
    "1.5 times the report line": "报告线的 1.5 倍",
    "(assumption)": "（假设）",
    "assumption": "本项目假设",
    "domain ": "领域资料 ",
    " says one year": "为一年",
    " says ": " 为 ",
    " there; ": " 为原值；",
}

LABEL_MODELS = {
    "any_rule": Text("Any rule", "任一规则"),
    "weighted_vote": Text("Weighted vote", "加权投票"),
    "dawid_skene": Text("Dawid-Skene", "Dawid-Skene"),
    "noisy_or": Text("Noisy-OR", "Noisy-OR"),
}

# Stated by the simulated investigators, with underscores for blanks.
REASONS = {
    "no_plausible_explanation_found": Text("no plausible explanation found", "无合理解释"),
    "explained_by_business": Text("explained by business", "经营原因可以解释"),
    "explained_by_family": Text("explained by family", "家庭原因可以解释"),
    "one-off_event": Text("one-off event", "一次性事件"),
    "known_customer": Text("known customer", "熟悉的客户"),
}

# Of the rulebook; one that it gains is printed in English until it stands here.
RED_FLAGS = {
    "deposits_below_report_line": Text("deposits below the report line", "存款略低于报告线"),
    "deposits_add_up": Text("deposits add up", "合计金额较大"),
    "deposits_far_from_home": Text("deposits far from home", "异地存现"),
    "funds_leave_fast": Text("funds leave fast", "资金快速转出"),
    "few_payers": Text("few payers", "付款方少"),
    "many_payers": Text("many payers", "付款方多"),
    "few_payees": Text("few payees", "收款方少"),
    "many_payees": Text("many payees", "收款方多"),
    "no_balance_kept": Text("no balance kept", "不留余额"),
    "commission_kept": Text("only a commission stays", "仅留存少量手续费"),
    "same_pattern_repeats": Text("the same pattern repeats", "同一模式反复出现"),
    "income_exceeded": Text("income exceeded", "超出收入"),
    "sudden_volume": Text("sudden volume", "交易量突增"),
    "long_silence": Text("long silence", "长期沉默"),
    "money_returns_to_origin": Text("money returns to its origin", "资金回到起点"),
    "accounts_come_and_go": Text("accounts come and go", "频繁开销户"),
    "far_from_peers": Text("far from peers", "明显偏离同类"),
    "firm_pays_persons": Text("firm pays persons", "单位向个人付款"),
    "firms_pay_person": Text("firms pay person", "多家单位汇款给个人"),
    "large_sums_before_closing": Text("large sums before closing", "销户前大额流水"),
    "new_customer": Text("new customer", "新客户"),
    "no_wages_stated": Text("no wages stated", "未注明工资"),
    "payees_are_strangers": Text("payees are strangers", "收款方均为陌生人"),
    "payers_are_strangers": Text("payers are strangers", "付款方均为陌生人"),
    "round_sums": Text("round sums", "整数金额"),
    "same_pair_repeats": Text("same pair repeats", "同一对手反复往来"),
    "same_tail_figures": Text("same tail figures", "尾数相同"),
    "sums_are_alike": Text("sums are alike", "金额相近"),
    "sums_below_report_line": Text("sums below report line", "金额略低于报告线"),
    "tiny_test_payment": Text("tiny test payment", "小额试探"),
    "cash_rises_alone": Text("cash rises alone", "仅现金增长"),
    "early_surrender": Text("early surrender", "提前退保"),
    "employer_or_family_on_file": Text("employer or family on file", "来源为已备案雇主或亲属"),
    "exchange_counterparty": Text("exchange counterparty", "对手为虚拟币平台"),
    "few_counterparties": Text("few counterparties", "对手集中"),
    "first_payment_to_exchange": Text("first payment to exchange", "首次付给虚拟币平台"),
    "high_risk_country": Text("high risk country", "高风险地区"),
    "income_kept": Text("income kept", "与收入相符"),
    "loan_repaid_early": Text("loan repaid early", "提前还贷"),
    "many_residents_at_once": Text("many residents at once", "多名居民同时办理"),
    "money_to_private_accounts": Text("money to private accounts", "公转私"),
    "new_corridor": Text("new corridor", "新的往来地区"),
    "night_activity": Text("night activity", "夜间活动"),
    "no_new_counterparty": Text("no new counterparty", "无新对手"),
    "no_repeat_payer": Text("no repeat payer", "无回头客"),
    "no_running_costs": Text("no running costs", "无经营开支"),
    "odd_amounts": Text("odd amounts", "非整数金额"),
    "official_counterparties": Text("official counterparties", "对手为官方机构"),
    "one_payee_abroad": Text("one payee abroad", "同一境外收款人"),
    "own_money_lent_back": Text("own money lent back", "自有资金回贷"),
    "premium_above_means": Text("premium above means", "保费超出能力"),
    "prizes_paid": Text("prizes paid", "对外派奖"),
    "reported_counterparty": Text("reported counterparty", "对手曾被报送"),
    "several_hops": Text("several hops", "多层划转"),
    "shared_device": Text("shared device", "共用设备"),
    "stable_income": Text("stable income", "收入稳定"),
    "third_party_payout": Text("third party payout", "向第三方给付"),
    "turnover_exceeded": Text("turnover exceeded", "超出营业额"),
    "usual_stakes": Text("usual stakes", "常见投注金额"),
    "wages_only": Text("wages only", "仅有工资"),
    "withdrawals_below_report_line": Text("withdrawals below report line", "取现略低于报告线"),
    "young_firm": Text("young firm", "成立不久"),
}

MARKS = {
    "V": Text("read in the source", "原始文献"),
    "V2": Text("second-hand", "二手来源"),
    "D": Text("assumption", "本项目假设"),
}

# Of params.yaml; a source that it gains is printed as it stands there.
TARGET_SOURCES = {
    "no source": Text("no source", "无文献依据"),
    "no source measures it": Text("no source measures it", "无文献可测"),
    "what amounts give away needs no model": Text(
        "what amounts give away needs no model", "金额能泄露的，无需模型"
    ),
    "what the clock gives away needs no model": Text(
        "what the clock gives away needs no model", "时钟能泄露的，无需模型"
    ),
    "what counting gives away needs no model": Text(
        "what counting gives away needs no model", "计数能泄露的，无需模型"
    ),
    "about 9, from the arithmetic of budget and prevalence": Text(
        "about 9, from the arithmetic of budget and prevalence", "约 9，由预算与占比推算"
    ),
    "4 % of alerts become reports (BPI); 1 to 5 % (DataRobot)": Text(
        "4 % of alerts become reports (BPI); 1 to 5 % (DataRobot)",
        "预警转报告 4 %（BPI），1 至 5 %（DataRobot）",
    ),
    "AMLworld 1/1,948 to 1/807; SAML-D 1/963": Text(
        "AMLworld 1/1,948 to 1/807; SAML-D 1/963", "AMLworld 1/1,948 至 1/807；SAML-D 1/963"
    ),
    "AMLworld LI-Large: 0.81 outside its patterns [V]": Text(
        "in AMLworld LI-Large 81 % lie outside its patterns", "AMLworld LI-Large 中 81 % 不属于其模式"
    ),
}

# Of the rulebook; a phrase that the rulebook gains is printed in English until it stands here.
FALSE_POSITIVES = {
    "daily takings of a shop": "商户日营业款",
    "wedding and festival cash": "婚礼与节庆礼金",
    "sales representatives": "外勤销售",
    "drivers": "司机",
    "rent collectors": "代收房租",
    "group-buy leaders": "团购团长",
    "agents who buy for others": "代购人员",
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
    "agents' commissions": "代理佣金",
    "card binding": "绑卡验证",
    "change of job": "换工作",
    "crowdfunding": "众筹",
    "dividends": "分红",
    "down payment in parts": "分笔首付",
    "expense claims": "费用报销",
    "farm purchases": "农产品收购",
    "first month of a business": "开业首月",
    "first sales of a market seller": "网店首单",
    "first wages": "首份工资",
    "freelancers": "自由职业者",
    "growing business": "业务增长",
    "insurance claims": "保险理赔",
    "move to another bank": "换银行",
    "new shop": "新开门店",
    "outsourced wages": "劳务代发工资",
    "promotion hunters": "开户薅优惠者",
    "property fees": "物业费",
    "red packets": "红包",
    "red packets of a large family": "大家庭红包",
    "rent": "房租",
    "sale of a house": "卖房",
    "savings habit": "储蓄习惯",
    "streamers": "主播",
    "supplier instalments under a daily limit": "受日限额约束的分期货款",
    "tuition": "学费",
    "tuition collection": "代收学费",
    "wedding gifts": "婚礼礼金",
    "wrong industry code": "行业代码有误",
    "a broken card reader": "刷卡机故障",
    "customers who pay in cash": "顾客习惯付现",
    "a foreman who pays his crew in cash": "包工头以现金发放工资",
    "first order from a new supplier": "首次向新供应商采购",
    "a change of prices": "调价",
    "a spouse who is paid out": "配偶领取给付",
    "an extended family that pays for one student": "亲属共同资助一名学生",
    "bars": "酒吧",
    "bonus or house sale": "奖金或卖房",
    "brokerage chains": "经纪结算链",
    "change to another policy": "换购保单",
    "dormitory and kiosk devices": "宿舍与自助终端设备",
    "employers": "用人单位",
    "exporters": "出口商",
    "families of students abroad": "留学生家庭",
    "holding companies": "控股公司",
    "landlords": "房东",
    "large merchants": "大型商户",
    "lending in a family": "亲属间借款",
    "live-stream sales": "直播带货",
    "lottery shops": "彩票店",
    "money passed on in a family": "家庭内部转手",
    "need of cash": "急需现金",
    "night shifts and delivery riders": "夜班与外卖骑手",
    "phones of families": "家庭共用手机",
    "private traders of coins": "个人币商",
    "project companies": "项目公司",
    "refinancing": "再融资",
    "sellers of game credit": "游戏点卡商",
    "settlement of payment firms": "支付机构结算",
    "shops for tourists": "旅游商店",
    "stalls at fairs": "展销摊位",
    "start-ups": "初创公司",
    "tablets of shops": "门店平板",
    "the season": "旺季",
    "tour groups": "旅行团",
    "trade with other time zones": "跨时区贸易",
    "travel": "旅行",
}


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


def party(name: str) -> Text:
    """``person 12`` in both languages."""
    # The name of a foreign account may hold blanks itself.
    kind = max((kind for kind in PARTIES if name.startswith(f"{kind} ")), key=len, default="")
    return Text(name, PARTIES[kind] + name.removeprefix(kind) if kind else name)


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


def share_or_count(row: dict[str, Any]) -> str:
    """A group's recall with its interval, or what was counted where it is too small to have one."""
    if row["recall"]["value"] is not None:
        return worded_interval(row["recall"], 0)
    return f"{row['caught']} of {row['customers']}" if row["customers"] else DASH


def wilson(hits: int, size: int) -> Interval:
    """A share of a count with its 95% Wilson interval."""
    if size == 0:
        return {"value": None, "low": None, "high": None}
    z, share = 1.96, hits / size
    centre = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    return {"value": share, "low": max(centre - half, 0.0), "high": min(centre + half, 1.0)}
