"""Score a file of one's own: alerts, reasons and pages for what its columns allow.

    python -m models.score_file --model artifacts --mapping my.yaml transactions.csv --out folder

``--model`` is the folder of a finished run, or of one saved model for files. The first file of a
kind (does it tell cash, does it know hours?) has a model fitted on the run's own payments as such
a file would show them; it is kept in the run's folder. Equal input gives equal bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

import pipeline
from data import observe
from data.asof.network import TrailLimits
from data.feeds import read_mapping
from features import build
from parameters import BadInput
from serving.alerts import FileAlert, FileVerdicts, judged
from serving.card import FileModelCard
from serving.feed import Feed, read_feed
from serving.file_model import CARD, FileModel, fit_file_model, load_file_model, read_bank, save_file_model
from serving.ledger import FACTS
from serving.measure import EngineParams
from serving.pages import alert_page, cost_in_words, index_page
from serving.settings import ServingSettings, read_settings
from serving.summary import ScoringSummary, summary_of

KEPT_IN = Path("models") / "for_files"  # of a run's folder, by facts
MARK = ".scored"  # in folders that this command made, so that it never clears another one
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet lets a formula begin


def read_engine() -> EngineParams:
    """How a bank is measured, from params.yaml."""
    return EngineParams(
        pipeline.params("observe", observe.Params),
        pipeline.params("build", build.Params),
        pipeline.params("observe.trails", TrailLimits),
    )


def model_for(
    folder: Path, facts: frozenset[str], engine: EngineParams, settings: ServingSettings
) -> FileModel:
    """The model for files with these facts: a saved one, or one fitted now and kept.

    Raises
    ------
    BadInput
        if ``folder`` is neither a saved model for such files nor a finished run
    """
    if (folder / CARD).is_file():
        found = load_file_model(folder)
        if not set(found.card.facts) <= facts:
            wanted = ", ".join(sorted(set(found.card.facts) - facts))
            raise BadInput(f"{folder}: the model needs what the file does not say: {wanted}")
        return found
    kept = folder / KEPT_IN / ("-".join(name for name in FACTS if name in facts) or "plain")
    if (kept / CARD).is_file():
        return load_file_model(kept)
    if folder.resolve() != pipeline.ARTIFACTS.resolve():
        raise BadInput(
            f"{folder}: expected {pipeline.ARTIFACTS} of this checkout after a finished run, or the "
            f"folder of one saved model for files (with {CARD})"
        )
    print("no model for such files yet: fitting one on the run's own payments, once", file=sys.stderr)
    made = fit_file_model(read_bank(facts, settings.model.learner, engine), settings.model)
    save_file_model(made, kept)
    return made


def as_the_model_sees(feed: Feed, card: FileModelCard) -> Feed:
    """The file with no more facts than the model was taught."""
    ledger = feed.ledger
    facts = frozenset(card.facts)
    return feed if ledger.facts == facts else replace(feed, ledger=ledger.without(ledger.facts - facts))


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> safe_cell("=1+1"), safe_cell("6222")
    ("'=1+1", '6222')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def alerts_csv(alerts: list[FileAlert]) -> str:
    """One row an alert, safe in spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["account", "as_of", "rank", "score", "reason_en", "reason_zh"])
    for alert in alerts:
        first = alert.reasons[0] if alert.reasons else None
        told = (first.text_en, first.text_zh) if first else ("", "")
        writer.writerow(
            [safe_cell(alert.account), alert.as_of, alert.rank, f"{alert.score:.4f}", *map(safe_cell, told)]
        )
    return text.getvalue()


def scores_csv(scores: pd.DataFrame) -> str:
    """Every active account and week, the highest score first; rank 0: no alert."""
    order = scores.sort_values(["as_of", "score", "account"], ascending=[False, False, True], kind="stable")
    shown = pd.DataFrame(
        {
            "account": order["account"].map(safe_cell),
            "as_of": order["as_of"].dt.strftime("%Y-%m-%d"),
            "score": order["score"].map("{:.4f}".format),
            "alert_rank": order["rank"],
        }
    )
    return str(shown.to_csv(index=False, lineterminator="\n"))


def in_json(values: object) -> str:
    """JSON as people read it."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def contents(summary: ScoringSummary, verdicts: FileVerdicts, most_pages: int) -> dict[str, str]:
    """Every text file of the folder by its name."""
    width = len(str(len(verdicts.alerts)))
    pages = [f"alert-{place:0{width}}.html" for place in range(1, len(verdicts.alerts) + 1)][:most_pages]
    return {
        "index.html": index_page(summary, verdicts.alerts, verdicts.drift, pages),
        "summary.json": in_json(summary.model_dump(mode="json")),
        "alerts.json": in_json([alert.model_dump(mode="json") for alert in verdicts.alerts]),
        "alerts.csv": alerts_csv(verdicts.alerts),
        "scores.csv": scores_csv(verdicts.scores),
        "drift.json": in_json([one.model_dump(mode="json") for one in verdicts.drift]),
        **{name: alert_page(alert) for name, alert in zip(pages, verdicts.alerts, strict=False)},
    }


def fresh_folder(out: Path) -> Path:
    """An empty folder beside ``out``, which may only be missing, empty or made by this command.

    Raises
    ------
    BadInput
        if something else lies there
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).is_file())):
        raise BadInput(f"{out}: expected a new or empty folder, or one that this command made")
    aside = out.with_name(f".{out.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    return aside


def put_in_place(aside: Path, out: Path) -> None:
    """Let the finished folder take the place of what an earlier run left."""
    (aside / MARK).write_text("made by score_file\n", encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    aside.replace(out)


def named_customers(path: Path | None) -> frozenset[str] | None:
    """The accounts of a text file, one a line; None without a file."""
    if path is None:
        return None
    try:
        names = frozenset(line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path}: expected a text file in UTF-8 with one account a line") from None
    if not names:
        raise BadInput(f"{path}: expected one account a line, found none")
    return names


def score_file(
    model: Path, mapping: Path, path: Path, out: Path, customers: Path | None = None
) -> ScoringSummary:
    """Read, score and write; see the module.

    Raises
    ------
    BadInput
        in one sentence, whatever is wrong; ``out`` is then as it was
    """
    settings, engine = read_settings(), read_engine()
    said, wanted = read_mapping(mapping), named_customers(customers)
    aside = fresh_folder(out)
    try:
        feed = read_feed(path, said, settings.scoring.history_days, aside / "set_aside.parquet", wanted)
        fitted = model_for(model, feed.ledger.facts, engine, settings)
        feed = as_the_model_sees(feed, fitted.card)
        verdicts = judged(feed.ledger, feed.names, fitted, engine, settings)
        account = feed.accounting
        summary = summary_of(
            path.name,
            (account.read, account.kept),
            dict(account.set_aside),
            [*account.notes, *feed.notes],
            feed.ledger.facts,
            fitted,
            verdicts,
            settings.drift,
        )
        for name, text in contents(summary, verdicts, settings.scoring.most_pages).items():
            (aside / name).write_text(text, encoding="utf-8")
        put_in_place(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return summary


def told(summary: ScoringSummary, out: Path) -> list[str]:
    """What the command says when it is done."""
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in summary.set_aside.items())
    lines = [
        f"{summary.rows_read:,} rows read: {summary.rows_kept:,} kept, {summary.rows_set_aside:,} set aside"
        + (f" ({reasons})" if reasons else ""),
        *summary.notes,
        f"{len(summary.features)} features computed, {len(summary.left_out)} of the bank's left out "
        "(summary.json says why)",
        cost_in_words(summary.cost)[0],
        f"{summary.drifted} of {len(summary.features)} features have drifted from the training data"
        + (f", most of all {', '.join(summary.drifted_most[:3])}" if summary.drifted else ""),
    ]
    if summary.many_drifted:
        lines.append("WARNING: so many that the scores may not carry over to this file")
    if summary.gaps:
        lines.append(
            f"{len(summary.gaps)} features lack values that training always had: its medians stand in"
        )
    lines.append(f"{summary.alerts} alerts among {summary.accounts:,} accounts; open {out / 'index.html'}")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; a fault of the input is one sentence and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m models.score_file", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("transactions", type=Path, help="CSV (plain or packed) or Parquet")
    parser.add_argument(
        "--model", type=Path, required=True, help="folder of a finished run (artifacts), or of a saved model"
    )
    parser.add_argument(
        "--mapping", type=Path, required=True, help="YAML file that says what the columns mean"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--customers", type=Path, help="text file with the accounts to look at, one a line")
    given = parser.parse_args(arguments)
    try:
        summary = score_file(given.model, given.mapping, given.transactions, given.out, given.customers)
    except BadInput as error:
        pipeline.fail(str(error))
    for line in told(summary, given.out):
        print(line)


if __name__ == "__main__":
    main()
