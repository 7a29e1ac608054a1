"""Self-contained pages of alerts, in both languages; whatever comes from a file is escaped."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from serving.account_view import VIEW_DAYS, MoneyDay
from serving.alerts import FileAlert
from serving.card import NarrowCost
from serving.drift import FeatureDrift
from serving.summary import ScoringSummary

WIDE, HALF = 940, 90  # of the drawing, in its own units
TEMPLATES = Path(__file__).with_name("templates")


@cache
def templates() -> jinja2.Environment:
    """The templates; every value is escaped, and an unknown one is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return found


def days_drawn(days: list[MoneyDay], as_of: str) -> Markup:
    """Money in (up) and out (down) on each of the days before an alert; a drawing without words but dates."""
    end = date.fromisoformat(as_of)
    largest = max((max(day.money_in, day.money_out) for day in days), default=0.0) or 1.0
    start, width = end - timedelta(days=VIEW_DAYS), WIDE / VIEW_DAYS
    parts = [f'<line class="zero" x1="0" y1="{HALF}" x2="{WIDE}" y2="{HALF}"/>']
    for day in days:
        x = (date.fromisoformat(day.day) - start).days * width
        for amount, way in ((day.money_in, "in"), (day.money_out, "out")):
            size = amount / largest * (HALF - 4)
            y = HALF - size if way == "in" else HALF
            box = f'x="{x + 2:.1f}" y="{y:.1f}" width="{width - 4:.1f}" height="{size:.1f}"'
            told = f"{day.day}: {amount:,.2f}"
            parts.append(f'<rect class="money-{way}" {box}><title>{told}</title></rect>')
    for week in range(0, VIEW_DAYS, 7):
        x, y = week * width, 2 * HALF + 16
        parts.append(f'<text class="tick" x="{x:.1f}" y="{y}">{start + timedelta(days=week)}</text>')
    return Markup(f'<svg viewBox="0 0 {WIDE} {2 * HALF + 22}" role="img">{"".join(parts)}</svg>')


def alert_page(alert: FileAlert) -> str:
    """The page of one alert."""
    return (
        templates()
        .get_template("alert.html")
        .render(
            title=f"{alert.account} · {alert.as_of}",
            alert=alert,
            days=VIEW_DAYS,
            picture=days_drawn(alert.view.days, alert.as_of),
        )
    )


def index_page(
    summary: ScoringSummary, alerts: list[FileAlert], drift: list[FeatureDrift], pages: list[str]
) -> str:
    """The page that leads to all others; ``pages`` are the names of those of the first alerts."""
    cost_en, cost_zh = cost_in_words(summary.cost)
    return (
        templates()
        .get_template("index.html")
        .render(
            title=summary.file,
            summary=summary,
            alerts=alerts,
            drift=drift,
            pages=pages,
            cost_en=cost_en,
            cost_zh=cost_zh,
        )
    )


def cost_in_words(cost: NarrowCost) -> tuple[str, str]:
    """What the narrow view costs, in English and Chinese; no difference where its interval holds zero."""
    lost = cost.recall_lost
    one, other = cost.recall_of_bank.value, cost.recall_of_file.value
    if one is None or other is None or lost.low is None or lost.high is None:
        return (
            "What that costs cannot be measured: the bank's validation weeks have nobody suspicious.",
            "代价无法衡量：银行的验证期内没有可疑客户。",
        )
    is_clear = lost.low > 0 or lost.high < 0
    range_en = f"difference {lost.value:+.1%}, 95 % interval {lost.low:+.1%} to {lost.high:+.1%}, paired"
    en = (
        f"On the bank's own validation weeks it finds {other:.1%} of the {cost.customers} customers that its "
        f"labels suspect at the alert budget, the bank's full model {one:.1%} ({range_en})"
    )
    zh = (
        f"在银行自身验证期内、同一预警预算下，本模型找到标签所示 {cost.customers} 名可疑客户的 {other:.1%}，"
        f"银行完整模型为 {one:.1%}"
        f"（配对差值 {lost.value:+.1%}，95% 区间 {lost.low:+.1%} 至 {lost.high:+.1%}）"
    )
    return en + ("." if is_clear else ": not told apart."), zh + ("。" if is_clear else "：无法区分。")
