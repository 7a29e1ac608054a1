"""Questions that stand beside the eleven, each answered in a few lines from the run's own evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.results import Interval
from models.results.learning import SizePoint
from reports.adjacent_penalties import collinear, penalties_compared
from reports.drift_tables import drift_counts
from reports.evidence import Evidence
from reports.interview_frame import METRICS_FILE, TRUTH, Source
from reports.judging_answer import moved_said
from reports.model_answers import compared_in_truth, family_costs, sentences
from reports.steps import REFERENCE, effect, signed
from reports.tracing import how_many
from reports.trial_tables import handling_seen
from reports.wording import Text, named, percent

FOREST, OTHER_BOOSTER, K_MEANS = "random_forest", "xgboost", "k_means"
EXPERIMENTS = "experiments"
ZOO, SERVED = "benchmarks/results/zoo.json", "benchmarks/results/serve.json"
PAIRED = Text("paired differences", "配对差异")
COST = Text("seconds and memory", "时间与内存")
SINGLES = Text("what one indicator finds", "单个指标能发现什么")
LOAD = Text("load test", "压力测试")
TABLE = Text("table and picture", "表与图")


def _source(page: str, result: str, key: str) -> Source:
    return Source(page, TABLE, f"artifacts/models/{result}.json", key)


@dataclass(frozen=True)
class AdjacentAnswer:
    """A question, what the run says to it, and where that stands."""

    key: str
    asked: Text
    said: Text
    sources: tuple[Source, ...]


def bagging_boosting(evidence: Evidence) -> Text:
    """Bagging against boosting, on the same budget, with what each costs."""
    intro = Text(
        "A forest averages deep trees grown apart, which lowers variance; boosting adds shallow trees, each "
        "on "
        "what is still wrong, which lowers bias and overfits rare labels sooner.",
        "随机森林对独立生长的深树取平均，降低方差；提升法逐棵修正残差，降低偏差，也更早对稀有标签过拟合。",
    )
    return sentences((intro, compared_in_truth(evidence, FOREST, REFERENCE), family_costs(evidence)))


def two_boosters(evidence: Evidence) -> Text:
    """LightGBM against XGBoost."""
    intro = Text(
        "The same idea; LightGBM grows the best leaf first over histograms, XGBoost by depth as a rule.",
        "思想相同；LightGBM 基于直方图按最优叶子生长，XGBoost 通常按层生长。",
    )
    end = Text(
        "I choose by speed and by what the house can run, not by recall.",
        "按速度与运维条件选择，不按召回率。",
    )
    return sentences((intro, compared_in_truth(evidence, REFERENCE, OTHER_BOOSTER), end))


def folds_in_time(evidence: Evidence) -> Text:
    """Cross-validation in time: folds in order, and how far they differ."""
    intro = Text(
        "Never shuffled: a fold is judged on weeks after those it learnt from, with labels known by then, "
        "and "
        "whole customers and schemes would leak across a random split.",
        "从不打乱：每折用其学习期之后的周次评判，且只用当时已知的标签；随机划分会让同一客户与案件两边泄露。",
    )
    result = evidence.tuned.get(REFERENCE)
    folds = result.trials[0].folds if result and result.trials else []
    known = [fold for fold in folds if fold.customers]
    if not known:
        return intro
    shares = sorted(fold.caught / fold.customers for fold in known)
    size = how_many(folds, lambda fold: fold.customers > 0, "folds with a suspicious customer")
    fewest = min(fold.customers for fold in known)
    return sentences(
        (
            intro,
            Text(
                f"Here {size} folds, the smallest with {fewest} suspicious customers; one and the same model "
                f"reaches {percent(shares[0], 0)} of them in one fold and {percent(shares[-1], 0)} in "
                f"another, "
                f"so one fold is no ground for a choice.",
                f"本次 {size} 折，最少的一折仅 {fewest} 名可疑客户；同一模型在不同折的召回率为 "
                f"{percent(shares[0], 0)} 至 {percent(shares[-1], 0)}，只看一折不足以作选择。",
            ),
        )
    )


def rare_positives(evidence: Evidence) -> Text:
    """Imbalance: what was tried, and what it was worth."""
    tried = evidence.experiments.imbalance
    size, balance = how_many(tried.rows, lambda _: True, "handlings"), f"{tried.balance:.0f}"
    handled = handling_seen(evidence)
    return Text(
        f"Weights that balance the classes would count a suspicious week {balance} times. {size} handlings "
        f"were tried, weights, focal loss and sampling among them. {handled.en} A weight moves the level "
        f"of the score first, and at a fixed number of alerts only the order counts.",
        f"若用权重使两类平衡，一个可疑客户周要计 {balance} 次。共试 {size} 种处理，包括加权、焦点损失与抽样。"
        f"{handled.zh}加权首先改变的是得分水平，而固定预警量下只有次序起作用。",
    )


def data_or_model_drift(evidence: Evidence) -> Text:
    """Drift of data against drift of the model, and what the stability index sees."""
    counts, moved = drift_counts(evidence.experiments.drift), moved_said(evidence)
    return Text(
        f"Data drift moves the inputs, which a stability index over bins of training sees without labels; "
        f"model drift changes what inputs mean, which only labels or random reviews see, late. {moved.en} Of "
        f"{counts.planted} drifts planted on purpose {counts.costly} cost recall, and {counts.silent} of "
        f"these "
        f"no alarm told: a moved index is a question, a still one no answer.",
        f"数据漂移改变输入，按训练期分箱的稳定性指标无需标签即可看到；模型漂移改变输入的含义，"
        f"只有标签或随机抽查才能发现，而且较晚。{moved.zh}特意植入的 {counts.planted} 项漂移中 "
        f"{counts.costly} "
        f"项降低召回率，其中 {counts.silent} 项没有警报识别：指标变动只是疑问，指标不动也不是答案。",
    )


def two_curves(evidence: Evidence) -> Text:
    """ROC against precision and recall, by the best single indicator."""
    found = evidence.truth.difficulty.indicators.bank
    best = found.best_single
    if best is None or best.auc is None:
        return Text("Not measured on this data set.", "该数据集未测量。")
    feature = evidence.catalogue.get(best.indicator)
    label = feature.label if feature else named({}, best.indicator)
    return Text(
        f"ROC counts false alarms as a share of the innocent, of whom there are too many for any share to "
        f"look "
        f"large; precision counts them against the alerts that people read. By the bank’s labels the best "
        f"single indicator, “{label.en}”, has an area under the ROC of {best.auc:.3f} and an average "
        f"precision "
        f"of {best.average_precision:.4f}, at a base rate of {found.base_rate:.4f}. The first figure sells, "
        f"the "
        f"second one works.",
        f"ROC 以正常客户为分母计误报，而正常客户太多，比例总显得很小；精确率以人要看的预警为分母。"
        f"按银行标签，最好的单个指标“{label.zh}”ROC 曲线下面积为 {best.auc:.3f}，平均精确率只有 "
        f"{best.average_precision:.4f}，基准占比 {found.base_rate:.4f}。前一个数字好看，后一个数字才管用。",
    )


def from_scratch(evidence: Evidence) -> Text:
    """K-means written out, and what its distance is worth as a score."""
    intro = Text(
        "Written out in the zoo in a few functions: starts drawn by squared distance (k-means++), then "
        "assign "
        "and average until nobody moves; scaled first, for distance has units. The score is the distance "
        "from "
        "the nearest centre.",
        "在模型库中用几个函数写成：按距离平方抽取初始中心（k-means++），再反复归类与取均值，直到不再变动；"
        "距离有量纲，须先缩放。得分是到最近中心的距离。",
    )
    return sentences((intro, compared_in_truth(evidence, K_MEANS, REFERENCE)))


def learning_told(evidence: Evidence) -> Text:
    """Whether more data or more rounds would help."""
    curves = evidence.experiments.curves
    parts = [point for point in curves.sizes if point.share < 1]
    told = []
    if parts:
        part = max(parts, key=_by_share)
        share, size, word = (
            f"{100 * part.share:.0f}",
            signed(part.worth.true_gain),
            effect(part.worth.true_gain),
        )
        told.append(
            Text(
                f"With {share} % of the schemes true recall is {size.en} against all of them ({word.en}).",
                f"只用 {share} % 的案件，真实召回率与全部相比为 {size.zh}（{word.zh}）。",
            )
        )
    if curves.rounds:
        first, last = curves.rounds[0], curves.rounds[-1]
        told.append(
            Text(
                f"From {first.rounds} to {last.rounds} rounds the average precision in training goes from "
                f"{first.train_average_precision or 0.0:.2f} to {last.train_average_precision or 0.0:.2f}: "
                f"it "
                f"fits its labels ever closer, and true recall changes by "
                f"{signed(_last_less_first(first.worth.true_gain)).en}.",
                f"从 {first.rounds} 轮到 {last.rounds} 轮，训练集平均精确率由 "
                f"{first.train_average_precision or 0.0:.2f} 升至 {last.train_average_precision or 0.0:.2f}："
                f"对标签越拟合越紧，而真实召回率变化 {signed(_last_less_first(first.worth.true_gain)).zh}。",
            )
        )
    intro = Text(
        "Two curves: over the size of training for lack of data, over rounds for lack of restraint.",
        "两条曲线：随样本量看数据是否不足，随轮数看是否过拟合。",
    )
    return sentences((intro, *told))


def _by_share(point: SizePoint) -> tuple[float, float]:
    return point.share, -point.repeat


def _last_less_first(gain: Interval) -> Interval:
    """The gain of the last over a point, from that of the point over the last."""
    ends = {"value": gain.value, "low": gain.high, "high": gain.low}
    return gain.model_copy(update={name: None if end is None else -end for name, end in ends.items()})


def served(evidence: Evidence) -> Text:
    """Serving: what a small service does in a second, and what it does not do."""
    intro = Text(
        "Payments are posted, indicators kept up to date, an alert is asked for by customer; the same "
        "kernels "
        "as in training, so that nothing is computed two ways.",
        "流水入站、指标持续更新、按客户查询预警；与训练使用同一套计算内核，避免两套口径。",
    )
    found = evidence.serving
    if found is None:
        return intro
    asked, posted = found.questions_known_alerts, found.posts
    return sentences(
        (
            intro,
            Text(
                f"On {found.cores} cores it answers {asked.requests_per_second:.0f} questions a second, "
                f"half of "
                f"them within {asked.p50_ms:.0f} ms and ninety-nine in a hundred within {asked.p99_ms:.0f}; "
                f"it takes in "
                f"{posted.transactions_per_second:,.0f} payments a second; scoring "
                f"{found.scoring.accounts:,} "
                f"accounts takes {found.scoring.median_seconds:.1f} s. Alerts are a weekly choice, so this "
                f"is "
                f"enough; it would not do to stop a payment on its way.",
                f"在 {found.cores} 个核上每秒应答 {asked.requests_per_second:.0f} 次查询，一半在 "
                f"{asked.p50_ms:.0f} 毫秒内，百分之九十九在 {asked.p99_ms:.0f} 毫秒内；每秒入站 "
                f"{posted.transactions_per_second:,.0f} 笔；为 {found.scoring.accounts:,} 个账户评分需 "
                f"{found.scoring.median_seconds:.1f} 秒。预警按周选择，这已足够；若要拦截在途交易则不够。",
            ),
        )
    )


ASKED: tuple[tuple[str, Text, Callable[[Evidence], Text], tuple[Source, ...]], ...] = (
    (
        "l1-l2",
        Text("L1 or L2?", "L1 还是 L2？"),
        penalties_compared,
        (_source(EXPERIMENTS, "penalty_paths", "points"),),
    ),
    (
        "multicollinearity",
        Text("What does multicollinearity do?", "多重共线性有什么影响？"),
        collinear,
        (_source(EXPERIMENTS, "penalty_paths", "pairs"),),
    ),
    (
        "bagging-boosting",
        Text("Bagging or boosting?", "Bagging 与 Boosting 有何不同？"),
        bagging_boosting,
        (Source("models", PAIRED, METRICS_FILE, "paired"), Source("models", COST, ZOO, "models")),
    ),
    (
        "lightgbm-xgboost",
        Text("LightGBM or XGBoost?", "LightGBM 与 XGBoost 如何选？"),
        two_boosters,
        (Source("models", PAIRED, METRICS_FILE, "paired"),),
    ),
    (
        "cross-validation",
        Text("How do you cross-validate over time?", "时间序列上如何做交叉验证？"),
        folds_in_time,
        (_source(EXPERIMENTS, "tuned/lightgbm", "trials"),),
    ),
    (
        "imbalance",
        Text("How do you handle imbalance?", "样本不平衡怎么处理？"),
        rare_positives,
        (_source(EXPERIMENTS, "imbalance", "rows"),),
    ),
    (
        "drift",
        Text(
            "Data drift or model drift, and what does PSI tell?",
            "数据漂移与模型漂移有何不同？PSI 能说明什么？",
        ),
        data_or_model_drift,
        (_source("monitoring", "drift_trials", "plants"), _source("monitoring", "over_time", "inputs")),
    ),
    (
        "roc-pr",
        Text("ROC or precision and recall?", "看 ROC 还是 PR 曲线？"),
        two_curves,
        (Source("difficulty", SINGLES, TRUTH, "difficulty"),),
    ),
    (
        "k-means",
        Text("Write K-means from scratch: what matters?", "手写 K-means：要点是什么？"),
        from_scratch,
        (Source("models", PAIRED, METRICS_FILE, "paired"),),
    ),
    (
        "learning-curves",
        Text("What do learning curves tell?", "学习曲线说明什么？"),
        learning_told,
        (_source(EXPERIMENTS, "learning_curves", "sizes"),),
    ),
    (
        "serving",
        Text("How is the model served?", "模型如何上线服务？"),
        served,
        (Source("method", LOAD, SERVED, "questions_known_alerts"),),
    ),
)


def adjacent_questions(evidence: Evidence) -> list[AdjacentAnswer]:
    """Every question that stands beside the eleven, with its answer."""
    return [AdjacentAnswer(key, asked, said(evidence), sources) for key, asked, said, sources in ASKED]
