"""How fast the service answers under load, measured with wrk on the loopback.

    python -m benchmarks.serve --model artifacts

needs wrk (Debian: apt-get install wrk) and writes ``benchmarks/results/serve.json``. The service
runs as users run it, with the rate limit lifted: one client stands for many. The load tool and the
service share the machine's cores. Three loads: batches of transactions posted, alerts asked for
that are known already, and both at once, where every question for alerts makes a scoring of all
that is stored by then.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parameters import read_yaml, write_yaml
from serving.settings import SETTINGS_FILE

RESULT = Path("benchmarks/results/serve.json")
BATCH, SECONDS, CONNECTIONS = 100, 15, 8
# Posts batches of new ids, or asks for alerts, or every ``share``-th time the one and else the other.
SCRIPT = """
local number, run, share, batch = 0, "%(run)s", %(share)d, %(batch)d
local threads = 0
function setup(thread) thread:set("place", threads) threads = threads + 1 end
function request()
  number = number + 1
  if share == 0 or (share > 1 and number %% share == 0) then
    return wrk.format("GET", "/alerts?limit=20")
  end
  local rows = {}
  for i = 1, batch do
    local key = (place * 1000003 + number) * batch + i
    rows[i] = string.format(
      '{"id":"%%s-%%d-%%d-%%d","at":"2026-01-%%02dT%%02d:%%02d:00+08:00",' ..
      '"payer":"%%04d","payee":"%%04d","amount":%%d.50}',
      run, place, number, i, 1 + key %% 28, key %% 24, key %% 60, key * 7919 %% 1000,
      1000 + key * 104729 %% 1000, 100 + key %% 50000)
  end
  return wrk.format("POST", "/transactions", {["Content-Type"] = "application/json"},
    '{"transactions":[' .. table.concat(rows, ",") .. "]}")
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%%d,"seconds":%%f,"p50_ms":%%f,"p95_ms":%%f,"p99_ms":%%f,"longest_ms":%%f,"errors":%%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def asked(port: int, path: str) -> Any:
    """The answer to a question, parsed."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
        return json.loads(answer.read())


@contextmanager
def running(model: Path, folder: Path) -> Iterator[int]:
    """The service on a store of its own, without a rate limit; its port."""
    values = read_yaml(SETTINGS_FILE)
    values["service"] |= {"requests_per_second": 1_000_000, "burst": 1_000_000_000, "most_stored": 2_000_000}
    write_yaml(folder / "settings.yaml", values)
    port = free_port()
    command = [sys.executable, "-m", "serving", "--model", str(model), "--store", str(folder / "s.duckdb")]
    more = ["--port", str(port), "--settings", str(folder / "settings.yaml")]
    with subprocess.Popen([*command, *more], stderr=subprocess.DEVNULL) as service:
        try:
            for _ in range(600):
                try:
                    asked(port, "/health")
                    break
                except OSError:
                    time.sleep(0.5)
            yield port
        finally:
            service.send_signal(signal.SIGINT)


def load(port: int, folder: Path, run: str, share: int, connections: int = CONNECTIONS) -> dict[str, Any]:
    """One load; ``share``: 1 posts only, 0 questions only, n one question in n requests."""
    script = folder / f"{run}.lua"
    script.write_text(SCRIPT % {"run": run, "share": share, "batch": BATCH})
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s", "-s", str(script)]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    found = json.loads(re.findall(r"^\{.*\}$", done.stdout, re.M)[-1])
    return {
        "connections": connections,
        "requests_per_second": round(found["requests"] / found.pop("seconds"), 1),
        **{name: round(value, 2) for name, value in found.items()},
    }


def scoring_seconds(port: int, folder: Path) -> dict[str, Any]:
    """Seconds from a question for alerts to the answer when something new is stored."""
    spent = []
    for place in range(5):
        ends: dict[str, Any] = {"payer": "0001", "payee": "1001", "amount": 10.0}
        one = {"id": f"new-{folder.name}-{place}", "at": "2026-01-28T10:00:00+08:00", **ends}
        body = json.dumps({"transactions": [one]}).encode()
        url, kind = f"http://127.0.0.1:{port}/transactions", {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(url, body, kind), timeout=60).close()
        started = time.perf_counter()
        found = asked(port, "/alerts?limit=20")
        spent.append(time.perf_counter() - started)
    return {
        "transactions": found["transactions"],
        "accounts": found["accounts"],
        "median_seconds": round(sorted(spent)[2], 3),
        "longest_seconds": round(max(spent), 3),
    }


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", type=Path, default=Path("artifacts"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as where, running(given.model, Path(where)) as port:
        folder = Path(where)
        mixed = load(port, folder, "mixed", 10, 4)
        first = scoring_seconds(port, folder)
        known = load(port, folder, "questions", 0)
        posts = load(port, folder, "posts", 1)
        found = {
            "tool": subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout.split(" [")[0],
            "cores": os.cpu_count(),
            "seconds_a_load": SECONDS,
            "transactions_a_batch": BATCH,
            "mixed_one_question_in_ten": mixed,
            "scoring": first,
            "questions_known_alerts": known,
            "posts": posts | {"transactions_per_second": round(posts["requests_per_second"] * BATCH)},
        }
    RESULT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(RESULT)


if __name__ == "__main__":
    main()
