"""What the section on the world calls its figures: probes, goals, targets and dates of the calendar."""

from __future__ import annotations

from reports.wording import Text

# Days of the calendar, by their key in section simulate of params.yaml.
CALENDAR = {
    "festivals": Text("Festival", "节日"),
    "promotions": Text("Great online sale", "电商大促"),
}

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
        "AUC: illicit payment from all others, among like payments", "AUC：同类交易中区分涉案交易与其他交易"
    ),
    "illicit_payment_auc_unstratified": Text("The same among all payments", "同上，在全部交易中"),
    "illicit_payment_lift": Text(
        "Average precision over base rate, among like payments", "同类交易中平均精度与基准占比之比"
    ),
    "illicit_payment_lift_unstratified": Text("The same among all payments", "同上，在全部交易中"),
    "cell_lookup_recall": Text(
        "Recall at the budget of a lookup of channel, purpose and parties",
        "按渠道、用途与双方类型查表：固定预警量下的召回率",
    ),
    "cell_lookup_ap_over_base": Text(
        "Its average precision over base rate", "该查表的平均精度与基准占比之比"
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
        "Recall at the budget of a model taught who organises", "已知组织者身份的模型：固定预警量下的召回率"
    ),
    "look_alike_amounts_auc": Text(
        "AUC: scheme from look-alike, amounts alone", "AUC：仅凭金额区分案件与正常对照"
    ),
    "look_alike_payments_auc": Text(
        "AUC: scheme from look-alike, one payment", "AUC：凭单笔交易区分案件与正常对照"
    ),
}

# A calibrated figure: its name, its unit, and who can measure it.
CALIBRATION = {
    "illicit_transaction_share": (Text("Illicit share of payments", "涉案交易占比"), "share", "true"),
    "illicit_customers_per_year": (Text("Customers illicit in a year", "年度涉案客户占比"), "share", "true"),
    "patternless_illicit_share": (
        Text("Illicit payments outside fixed patterns", "不属于固定模式的涉案交易"),
        "share",
        "true",
    ),
    "rule_alerts_per_thousand_customers_month": (
        Text("Rule alerts per thousand customers and month", "每千客户每月规则预警"),
        "",
        "bank",
    ),
    "rule_precision": (
        Text("True precision of the rules’ alerts", "规则预警的真实预警准确率"),
        "share",
        "true",
    ),
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
        Text("Amounts of schemes and look-alikes, shared area", "案件与正常对照金额分布的重叠"),
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
