"""What this run answers to how a model is improved, and how people come to trust it: the feedback loop."""

from __future__ import annotations

from models.results.world_run import PastCases
from models.results.worlds import Worlds
from reports.evidence import Evidence
from reports.interview_frame import Answer
from reports.loop_pages import replay_of, replay_said, turns_seen, turns_told, who_decides
from reports.rankings import points, points_range
from reports.several_worlds import pair_name
from reports.tracing import how_many, share_of
from reports.wording import COMMA, RANKERS, Text, count, joined, named, worded_interval

NOT_MEASURED = Text("Not measured in this run:", "本次运行未测量：")
BLANK = Text(" ", "")
FEW_TURNS = 4  # that are told within a minute


def searched(evidence: Evidence) -> Text:
    """What was searched, and where."""
    trials = sum(how_many(result.trials, lambda _: True, "trials") for result in evidence.tuned.values())
    several = [name for name, result in evidence.tuned.items() if len(result.trials) > 1]
    names = joined([named(RANKERS, name) for name in several], COMMA) if several else Text("–", "–")
    return Text(
        f"Hyper-parameters are searched on weeks before the test, never on the test: {trials} trials in "
        f"all, more than one for {names.en}.",
        f"参数只在测试期之前的周次上搜索，从不使用测试集：共 {trials} 次试验，多于一次的有 {names.zh}。",
    )


def iterated(evidence: Evidence) -> Answer:
    """Question 10."""
    found, sought = evidence.experiments.studies.iterations, searched(evidence)
    if found is None or not found.iterations:
        return Answer(
            Text(
                f"Each change is one reproducible run of the pipeline, compared on the metrics kept in git. "
                f"{NOT_MEASURED.en} a log of hypothesis, change, paired result, kept or taken back "
                f"(make iterate runs it).",
                f"每次改动都是一次可复现的流水线运行，用纳入版本管理的指标比较。{NOT_MEASURED.zh}"
                f"“假设、改动、配对结果、保留或撤回”的迭代记录（运行命令：make iterate）。",
            ),
            Text(
                "The way is there and its log is empty; nothing is claimed of what iterating brought.",
                "方法已具备，记录尚空；对迭代的收益不作声称。",
            ),
            sought,
        )
    seen = turns_seen(found)
    first = found.model_copy(update={"iterations": found.iterations[:FEW_TURNS]})
    said = Text(
        f"From the errors that investigators name: a slice of false alarms, a hypothesis, one change, the "
        f"same customers before and after, and a rule fixed beforehand for what is kept. {seen.en} The first "
        f"of them: {turns_told(first).en}.",
        f"从甄别人员指出的错误出发：误报切片、假设、一项改动、相同客户前后配对比较，"
        f"并按事先写定的规则决定去留。"
        f"{seen.zh}前几轮：{turns_told(first).zh}。",
    )
    otherwise = how_many(
        found.iterations, lambda turn: turn.is_kept != turn.bank_would_keep, "the bank would end otherwise"
    )
    so = Text(
        f"One change at a time, a rule written down before, and the yardstick checked too: by the bank’s own "
        f"figures {otherwise} of these turns would have ended otherwise.",
        f"一次一项改动，规则事先写定，同时检查尺子本身：若只看银行自身数字，其中 {otherwise} 项结论会不同。",
    )
    return Answer(said, so, joined([turns_told(found), sought], BLANK))


def drawn_at_random(evidence: Evidence) -> Text:
    """What reviews found that no rule had chosen."""
    drawn = evidence.bank.funnel.decisions.random
    if not drawn.decided:
        return Text(
            f"With samples that no rule chose. {NOT_MEASURED.en} this data set has no reviews.",
            f"依靠不受规则影响的样本。{NOT_MEASURED.zh}该数据集没有甄别记录。",
        )
    found = worded_interval(share_of(drawn.reported, drawn.decided))
    return Text(
        f"With samples that no rule chose: {count(drawn.decided)} customers were reviewed at random and "
        f"{count(drawn.reported)} reported, {found}.",
        f"依靠不受规则影响的样本：随机抽查 {count(drawn.decided)} 名客户，上报 {count(drawn.reported)} 名，"
        f"占 {found}。",
    )


def worlds_told(found: Worlds) -> Text:
    """The first difference over fresh worlds, in one sentence."""
    row, worlds = found.gaps[0], how_many(found.worlds, lambda _: True, "worlds")
    name, size = pair_name(row.first, row.second), points(row.true.mean)
    return Text(
        f"In {worlds} worlds that nobody had looked at, {name.en} is {size} points of true recall "
        f"({points_range(row.true.mean)}), provably above zero in {row.true.above_zero} of them on their "
        f"own.",
        f"在 {worlds} 个此前无人看过的世界中，{name.zh} 的真实召回率差为 {size} 个百分点"
        f"（{points_range(row.true.mean)}），单独看有 {row.true.above_zero} 个经证实大于零。",
    )


def worlds_said(evidence: Evidence) -> Text | None:
    """What fresh worlds say; None where none was run."""
    worlds = evidence.experiments.studies.worlds
    return worlds_told(worlds) if worlds is not None and worlds.gaps else None


def shown_case(evidence: Evidence) -> PastCases | None:
    """The blind replay of the chosen model, else of the first."""
    rows = [row for row in replay_of(evidence) if row.cases]
    return next((row for row in rows if row.ranker == evidence.chosen), rows[0] if rows else None)


def convinced(evidence: Evidence) -> Answer:
    """Question 11."""
    studies, past = evidence.experiments.studies, shown_case(evidence)
    parts = [drawn_at_random(evidence)]
    if past is not None:
        replayed = replay_said([past], past.ranker, is_judged=False)
        parts += [replayed] if replayed else []
    if studies.worlds is not None and studies.worlds.gaps:
        parts.append(worlds_told(studies.worlds))
    if studies.iterations is not None:
        parts.append(turns_seen(studies.iterations))
    missing = [
        words
        for words, is_there in (
            (Text("a blind replay of past cases", "历史案例盲测回放"), past is not None),
            (Text("another world", "其他世界"), studies.worlds is not None),
            (
                Text("a change made on investigators’ feedback", "根据甄别人员反馈所作的改动"),
                studies.iterations is not None,
            ),
        )
        if not is_there
    ]
    if missing:
        told = joined(missing, COMMA)
        parts.append(Text(f"{NOT_MEASURED.en} {told.en}.", f"{NOT_MEASURED.zh}{told.zh}。"))
    so = who_decides(past) if past is not None else Text("", "")
    end = Text(
        "That is what one may say to the business, and where the model is worse it is said first.",
        "这就是可以对业务说的话；模型较差之处先说。",
    )
    return Answer(joined(parts, BLANK), joined([one for one in (so, end) if one.en], BLANK))
