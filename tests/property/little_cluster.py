"""A cluster of Spark on this machine whose workers have addresses of their own.

Spark tries a slow task a second time only on another host, and to ``local-cluster`` all is one host.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from engines.session import load_pyspark

HOSTS = ("127.0.0.2", "127.0.0.3")
PATIENCE_S = 120
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # what lives for a minute needs no thorough compiler


@contextmanager
def little_cluster(folder: Path) -> Iterator[str]:
    """The address of a master with a worker at each of `HOSTS`, of one core and one gigabyte."""
    with ExitStack() as running:
        master = running.enter_context(daemon(folder / "master.log", "Master", "--host", "127.0.0.1"))
        address = told(master, r"Starting Spark master at (spark://\S+)")
        for host in HOSTS:
            asked = (
                "--host",
                host,
                "--cores",
                "1",
                "--memory",
                "1g",
                "--work-dir",
                str(folder / host),
                address,
            )
            running.enter_context(daemon(folder / f"{host}.log", "Worker", *asked))
        for host in HOSTS:
            told(folder / f"{host}.log", r"Successfully registered with (master)")
        yield address


@contextmanager
def daemon(log: Path, kind: str, *asked: str) -> Iterator[Path]:
    """Spark's master or a worker, on ports that are free; ended with this context."""
    home = Path(load_pyspark().__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
    }
    command = [str(home / "bin/spark-class"), f"org.apache.spark.deploy.{kind.lower()}.{kind}"]
    ports = ["--port", "0", "--webui-port", "0"]
    with log.open("wb") as told_to:
        process = subprocess.Popen(
            [*command, *ports, *asked], env=environment, stdout=told_to, stderr=subprocess.STDOUT
        )
    try:
        yield log
    finally:
        process.terminate()
        process.wait()


def told(log: Path, pattern: str) -> str:
    """What a log says after a while, as the group of a pattern."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if said := re.search(pattern, log.read_text("utf-8", errors="replace")):
            return said[1]
        time.sleep(0.2)
    raise TimeoutError(f"{log.name} never says {pattern}: {log.read_text('utf-8', errors='replace')[-2000:]}")
