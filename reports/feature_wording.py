"""The words of the section on features, in both languages."""

from __future__ import annotations

from reports.wording import Text

RUNGS = {
    "single_line": Text("Single payments", "单笔流水"),
    "windows": Text("+ windows", "＋时间窗"),
    "profile": Text("+ profile", "＋画像"),
    "sequence": Text("+ sequence", "＋序列"),
    "network": Text("+ network", "＋关联网络"),
}
CHECKS = {
    "encoded": Text("+ names by their mean label, in fold", "＋类别的折内目标编码"),
    "network_dealt": Text("Network features of another customer", "换成他人的关联网络特征"),
}
RATINGS = {
    "network": Text("Without the rating", "不使用风险等级"),
    "rating_dated": Text("Rating as of the day", "按日读取的风险等级"),
    "rating_leaked": Text("Rating of today, in training and in the test", "训练与测试均用当前风险等级"),
    "rating_leaked_live": Text(
        "The same model at work: the rating of the day", "同一模型上线后：只有当日等级"
    ),
}
GROUPS = {
    "windows": Text("Windows (the indicators)", "时间窗（监测指标）"),
    "profile": Text("Profile", "画像"),
    "sequence": Text("Sequence", "序列"),
    "network": Text("Network", "关联网络"),
}
ENCODINGS = {
    "number": Text("number", "数值"),
    "order": Text("ordered code; embedding", "有序编码；嵌入"),
    "name": Text("code, mean label in fold; embedding", "编码、折内目标编码；嵌入"),
    "flag": Text("yes or no", "是否"),
}
APPLIES_TO = {
    "all": Text("everybody", "全部"),
    "person": Text("persons", "个人"),
    "firm": Text("firms", "企业"),
}
TESTS = (
    (Text("Future mask", "未来遮蔽"), "tests/property/test_future_proof.py"),
    (Text("Label shuffle", "标签打乱"), "models/audit_ladder.py"),
    (Text("Ids and row order", "编号与行序"), "tests/property/test_row_order.py"),
    (Text("Tag as of the day", "标签按日读取"), "tests/spec/test_leakage.py"),
    (Text("Filed date of a neighbour’s report", "关联方上报日期"), "tests/property/test_network_future.py"),
    (Text("Encoders in fold", "折内编码"), "tests/spec/test_leakage.py"),
    (Text("Simulator artefacts", "模拟器痕迹"), "tests/spec/test_probes.py"),
    (Text("Transductive against inductive", "直推式对归纳式"), "tests/spec/test_leakage.py"),
    (Text("Edges dealt anew", "打乱连边"), "tests/spec/test_leakage.py"),
)


def window(code: str) -> Text:
    """How far a feature looks back."""
    if code == "line":
        return Text("last payments", "最近若干笔")
    if code == "day":
        return Text("as of the day", "当日")
    number, unit = code[:-1], {"d": ("days", "天"), "h": ("hours", "小时")}[code[-1]]
    return Text(f"{number} {unit[0].removesuffix('s') if number == '1' else unit[0]}", f"{number} {unit[1]}")
