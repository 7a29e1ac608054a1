"""benchmarks/README.md, rendered from the results: data, protocol, others' figures beside ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.published import (
    AMLGENTEX,
    AMLSIM_PAPER,
    AMLWORLD,
    AMLWORLD_FILES,
    ELLIPTIC,
    SAML_D,
)
from benchmarks.peers.speed import speed_lines
from benchmarks.peers.streams import FORMS
from data.feeds.elliptic import CLASSES, EDGES, FEATURES

PAGE = Path("benchmarks/README.md")
RESULTS = Path("benchmarks/results")
NOT_RUN = "not run"
AP, F1 = "average_precision", "f1_at_validation_threshold"

Rows = dict[str, Any]


def spread(values: dict[str, float]) -> str:
    """A mean over seeds with the least and the largest."""
    return f"**{values['mean']:.3f}** ({values['least']:.3f} to {values['most']:.3f})"


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table of Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def figure(rows: Rows, row: str, name: str) -> str:
    """A figure of ours, or that it was not run."""
    return spread(rows[row][name]) if row in rows else NOT_RUN


def resampled(rows: Rows, row: str) -> str:
    """The 95 % interval of the test rows drawn anew, or nothing."""
    if row not in rows:
        return NOT_RUN
    found = rows[row].get("resampled_average_precision")
    return f"{found['low']:.3f} to {found['high']:.3f}" if found else "not measured"


def against(rows: Rows, row: str, peer: float) -> str:
    """Whether the interval of a row of ours holds a peer's figure, in words."""
    if row not in rows:
        return f"`{row}` {NOT_RUN}"
    found = rows[row]["resampled_average_precision"]
    holds = found["low"] <= peer <= found["high"]
    side = "holds" if holds else "lies above" if found["low"] > peer else "lies below"
    return f"the interval of `{row.split('_')[0]}` {side} {peer:g}"


def _amlsim_paper(rows: Rows) -> list[str]:
    ours = (
        ("before_the_day", "ours, strictly before the day"),
        ("before_the_day_one_step", "ours, the same without scores of the ends' earlier payments"),
        ("before_the_day_without_first_seen_pairs", "ours, one step, without what tells a first-seen pair"),
        ("rolling_before_the_day", "ours, one step, rolling features alone"),
        ("network_before_the_day", "ours, one step, network features alone"),
        ("before_the_day_with_banks", "ours, one step, with the banks of both ends"),
        (
            "before_the_day_labelled_alerts_alone",
            "ours, the first row, alerts that lack labels apart",
        ),
        ("end_of_day", "ours, at the end of the day"),
    )
    lines = [
        "## AMLSim's Python port (`amlsim-paper`), each payment",
        "",
        f"{rows['data']['rows']}. Days 0 to 195 train, 196 to 276 choose the threshold, 277 to 364 are "
        f"judged: {rows['data']['test_payments']:,} payments, {rows['data']['test_positive']:,} positive. "
        "Rows are shuffled within the day, since the order of the file gives labels away. "
        "A payment is scored from earlier days alone, or at the end of its day from the whole day.",
        "",
    ]
    found = [(name, ap, f1, "") for name, ap, f1 in AMLSIM_PAPER]
    found += [
        (name, figure(rows, row, AP), figure(rows, row, F1), figure(rows, row, "recall_at_0.5%"))
        for row, name in ours
    ]
    lines += table(("", "PR-AUC", "F1 at validation threshold", "recall, 0.5 % looked at"), found)
    return [*lines, *_amlsim_words(rows)]


def _aim(rows: Rows, row: str, name: str, wanted: float) -> str:
    """Whether the mean over seeds reaches what was wanted, in words."""
    mean = rows[row][name]["mean"]
    return f"{wanted:.2f} {'is reached' if mean > wanted else 'is missed'} ({mean:.3f})"


def _amlsim_words(rows: Rows) -> list[str]:
    """What helped, what did not, and what the errors are, of a run that was not cut short."""
    if not {"before_the_day", "end_of_day", "errors"} <= set(rows):
        return []
    errors = rows["errors"]
    return [
        "Of the aims, means over seeds: strictly before the day PR-AUC "
        f"{_aim(rows, 'before_the_day', AP, 0.90)}, F1 {_aim(rows, 'before_the_day', F1, 0.82)}; "
        f"at the end of the day PR-AUC {_aim(rows, 'end_of_day', AP, 0.93)}.",
        "",
        "What helped, by validation: whether a payment was due (the rhythm of the payer's days, whose turn "
        "it was in its round of payees), and a second booster that also knows how a first one scored "
        "the ends' payments of earlier days. What did not: network features beside these. How columns and "
        "settings were chosen: learnt before day 131 and judged to day 195, learnt before day 196 and judged "
        "to day 276. The test was looked at before, with rolling and network features and one step (PR-AUC "
        "0.841, F1 0.779), and once with the present settings; nothing was changed after it.",
        "",
        "Shortcuts of the generator: much hangs on whether the pair was seen before, as the table shows. "
        "Which bank an end is at is a setting of the alerts: the row with it stands apart, and no other "
        "uses it.",
        "",
        f"What stands in the way before the day: {errors['positive_first_day']:,} of the test's positives "
        f"fall on the first day of their scheme, where recall at the threshold is "
        f"{errors['recall_first_day']:.2f}; of the other {errors['positive_later']:,} it is "
        f"{errors['recall_later']:.2f}. And labels: the alerts of the kinds `bipartite` and `stack` are "
        f"laundering by the list of members, and {errors['without_label']:,} payments between their "
        f"members in their days lie in the file ({errors['without_label_in_test']:,} in the test), "
        f"labelled ordinary and of no alert. Of {errors['false']:.0f} false alarms at the threshold (mean "
        f"over seeds) {errors['false_without_label']:.0f} are such payments and "
        f"{errors['false_of_ordinary_alerts']:.0f} belong to alerts that the file calls ordinary by design. "
        "The row that sets the payments without label apart judges and chooses its threshold without "
        "them; training has them as the file does.",
        "",
    ]


def _amlgentex(rows: Rows) -> list[str]:
    def found(row: str) -> tuple[str, str, str]:
        of = rows.get(row)
        size = f"{of['positive']:,} of {of['rows']:,}" if of else NOT_RUN
        return size, figure(rows, row, AP), resampled(rows, row)

    ways = rows.get("induc_ways_to_train", {})
    chosen = str(ways.get("chosen", NOT_RUN)).replace("_", " ")
    tried = ", ".join(f"{name.replace('_', ' ')} {ways[name]:.3f}" for name in ways if name != "chosen")
    ours = {
        "trans": (
            ("trans", "all columns"),
            ("trans_without_spending_and_balance", "without columns of spending and balance"),
            ("trans_without_partners", "without columns of partners"),
        ),
        "induc": (
            ("induc", f"all columns, trained on {chosen}"),
            ("induc_trained_as_published", "all columns, trained on the published window and labels"),
            ("induc_without_spending_and_balance", "without columns of spending and balance"),
            ("induc_first_time", "judged on accounts that were never positive before"),
            ("induc_positive_before", "judged on accounts that were positive before"),
            ("induc_with_earlier_labels", "joined with whether the account was positive before"),
            ("induc_no_model_positive_before", "no model: was positive before"),
        ),
    }
    lines = [
        "## AMLGentex, each account",
        "",
        f"{rows['data']['rows']}. `trans`: accounts of one window of 100 days, parted by lot. `induc`: days "
        "0 to 50 train, 51 to 75 choose, 76 to 100 are judged. Positive: a payment marked SAR touches the "
        "account in the window. Features see payments inside the row's own window, and no label, pattern "
        "or profile; the account is scored at the window's end.",
        "",
        *table(("peers, PR-AUC", "trans", "induc"), [tuple(row) for row in AMLGENTEX]),
    ]
    for split, names in ours.items():
        of_split = [(name, *found(row)) for row, name in names]
        header = (f"ours, {split}", "positive", "PR-AUC over seeds", "95 %, accounts drawn anew")
        lines += table(header, of_split)
    return [
        *lines,
        f"How `induc` trains was chosen on its validation rows, by PR-AUC there: {tried}. Windows of "
        "equal length are labelled by the same rule from payments of the first window; published labels "
        "tell of the window as a whole. The columns and the booster's settings were written once; in a "
        "first run test figures of `trans` and of two ways of training were seen beside the validation's, "
        "and nothing was changed after it.",
        "",
        f"Beside the best of the peers: {against(rows, 'trans', 0.967)}; without spending and balance "
        f"{against(rows, 'trans_without_spending_and_balance', 0.739)}; {against(rows, 'induc', 0.456)}. "
        "Peers' intervals are not known, and their scores are not here to be paired with ours.",
        "",
        "What helped: by validation, windows of equal length. Without spending and balances all falls as the "
        "tables show: much of these labels is a shortcut of the simulator. What did not: `trans` has so few "
        "positives that little can be told apart there; `induc` is the honest split, and most of its "
        "positives were positive before, which the rows that part them show.",
        "",
    ]


def _not_here(found: dict[str, Any]) -> list[str]:
    lines = [
        "## AMLworld, each payment",
        "",
        "Minority-class F1 in per cent, 60/20/20 in order of time, at 0.5 where not said otherwise. "
        "Most peers' test graphs hold later edges of the test period; ours would not.",
        "",
    ]
    rows = [tuple(row) for row in AMLWORLD]
    ours = found.get("amlworld", {})
    for row, name in (
        ("as_of_the_moment", "ours, strictly as of the payment's moment"),
        ("as_of_the_moment_without_tail", "ours, the same, days 0 to 9 alone"),
        ("without_shortcut", "ours, without the payment format"),
        ("without_shortcut_without_tail", "ours, without the payment format, days 0 to 9 alone"),
    ):
        cells = [figure(ours, f"{file}_Trans {row}", "f1_at_half") for file in AMLWORLD_FILES]
        rows.append((name, *cells))
    sums = FORMS["amlworld"].checksums
    lines += table(("", *AMLWORLD_FILES), rows)
    lines += [
        "The full files are not to be had here (Kaggle, behind an account). With them in `FOLDER/amlworld/`: "
        "`python -m benchmarks.peers FOLDER`. A file with another checksum is refused: "
        + "; ".join(f"`{name}` SHA-256 `{digest}`" for name, digest in sums.items())
        + ". For the other files no checksum is known here; theirs is written beside the result.",
        "",
        "## SAML-D, each payment",
        "",
        "Train to April 2023, validation May and June, test July and August.",
        "",
    ]
    saml = found.get("saml_d", {})
    of_saml = [tuple(row) for row in SAML_D]
    for row, name in (
        ("as_of_the_moment", "ours, strictly as of the payment's moment"),
        ("without_shortcut", "ours, without columns of the ends' degree"),
    ):
        place = next((key for key in saml if key.endswith(f" {row}")), row)
        of_saml.append((name, figure(saml, place, AP)))
    lines += table(("", "PR-AUC"), of_saml)
    lines += [
        "The full file is not to be had here either. With it in `FOLDER/saml-d/`: the same command; no "
        "checksum is known here, the file's own is written beside the result.",
        "",
    ]
    return lines


def _elliptic(rows: Rows) -> list[str]:
    ours = (
        ("all_columns", "ours, all columns"),
        ("local_columns", "ours, local columns alone"),
        ("all_columns_before_shutdown", "ours, all columns, judged on steps 35 to 42"),
        ("all_columns_from_shutdown", "ours, all columns, judged on steps 43 to 49"),
    )
    peers = [(name, f1, "", "") for name, f1 in ELLIPTIC]
    found = [
        (name, figure(rows, row, "f1_at_half"), figure(rows, row, F1), figure(rows, row, AP))
        for row, name in ours
    ]
    files = ", ".join(f"`{name}`" for name in (FEATURES, CLASSES, EDGES))
    read = rows.get("data")
    here = (
        f"{read['transactions']:,} transactions: {read['illicit']:,} illicit, {read['licit']:,} licit, the "
        "others without a label."
        if read
        else f"The set is not to be had here (Kaggle, behind an account). With {files} in "
        "`FOLDER/elliptic/`: `python -m benchmarks.peers FOLDER`."
    )
    return [
        "## Elliptic, each transaction",
        "",
        "Steps 1 to 34 train, 35 to 49 are judged, by F1 of the illicit. Our threshold is chosen on steps "
        "30 to 34 by a booster that learnt those before; a transaction is told from its own columns, no "
        f"edge is used. {here}",
        "",
        *table(("", "F1, as published; ours at 0.5", "F1 at validation threshold", "PR-AUC"), peers + found),
    ]


def page(found: dict[str, Any], file_speed: dict[str, Any] | None = None) -> str:
    """The whole page; ``file_speed``: what ``benchmarks.feeds`` measured."""
    lines = [
        "# Other people's data, other people's figures",
        "",
        "Rendered from [results/peers.json](results/peers.json) by `python -m benchmarks.peers FOLDER` "
        "(`make bench DATA=FOLDER`), which measures the sets that the folder holds and keeps the figures of "
        "those that it does not. Ours: LightGBM without a search (AMLSim's settings are the best of a few "
        "that were tried on validation rows), three seeds; the "
        "mean stands with the least and the largest. Thresholds are chosen on validation rows. Others' "
        "figures: published, or from their own code on the same files (benchmarks/peers/published.py says "
        "which).",
        "",
    ]
    if "amlsim_paper" in found:
        lines += _amlsim_paper(found["amlsim_paper"])
    if "amlgentex" in found:
        lines += _amlgentex(found["amlgentex"])
    lines += [*_not_here(found), *_elliptic(found.get("elliptic", {})), *speed_lines(file_speed)]
    return "\n".join(lines).rstrip() + "\n"


def read_results(name: str) -> dict[str, Any] | None:
    """Results as they are kept, or nothing."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def main() -> None:
    """Write the page from the results as they are kept."""
    PAGE.write_text(page(read_results("peers") or {}, read_results("feeds")), encoding="utf-8")


if __name__ == "__main__":
    main()
