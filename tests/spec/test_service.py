"""The service: what is posted counts once and outlives a restart, and its limits hold."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from parameters import BadInput
from serving.app import service
from serving.limits import Buckets
from serving.score_file import read_engine
from serving.settings import ServingSettings
from serving.store import TransactionStore
from tests.spec import strangers

JSON = {"content-type": "application/json"}


def settings(**limits: Any) -> ServingSettings:
    base = strangers.SERVING
    return base.model_copy(update={"service": base.service.model_copy(update=limits)})


def client_of(path: Path, **limits: Any) -> TestClient:
    said = settings(**limits)
    store = TransactionStore(path, said.service.most_stored, said.service.zone_hours)
    app = service(store, strangers.file_model(), read_engine(), said)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path / "store.duckdb", requests_per_second=1e6, burst=10**6) as found:
        yield found


def posted(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "at": row.booked.replace(" ", "T"),
            "payer": row.payer,
            "payee": row.payee or None,
            "amount": float(row.amount),
            "kind": row.kind,
        }
        for row in rows.rename(columns={"from": "payer", "to": "payee"}).itertuples()
    ]


ONE = {"id": "T1", "at": "2025-01-06T10:00:00+08:00", "payer": "007", "payee": "8", "amount": 12.5}


def post(client: TestClient, *transactions: Any) -> tuple[int, Any]:
    answer = client.post("/transactions", content=json.dumps({"transactions": transactions}), headers=JSON)
    return answer.status_code, answer.json()


def test_alerts_come_with_reasons_are_those_of_a_restart_and_of_any_order(tmp_path: Path) -> None:
    everything = posted(strangers.payments())
    with client_of(tmp_path / "a.duckdb") as one:
        for first in range(0, len(everything), 500):
            assert post(one, *everything[first : first + 500])[0] == 200
        before = one.get("/alerts").json()
        assert before["transactions"] == len(everything) and before["alerts"]
        assert all(alert["reasons"] for alert in before["alerts"])
        assert {"0000", "0001", "0002"} & {alert["account"] for alert in before["alerts"]}
        assert one.get("/drift").json()["transactions"] == len(everything)
        account = before["alerts"][0]["account"]
        page = one.get("/alerts/page", params={"account": account})
        assert page.status_code == 200 and account in page.text
        assert one.get("/alerts/page", params={"account": "nobody"}).status_code == 404
        mine = one.get("/alerts", params={"account": account, "limit": 1}).json()
        assert [alert["account"] for alert in mine["alerts"]] == [account]
    with client_of(tmp_path / "a.duckdb") as again:
        assert again.get("/health").json() == {"status": "ok", "transactions": len(everything), "scored": 0}
        assert again.get("/alerts").json() == before
    with client_of(tmp_path / "b.duckdb") as other:
        assert post(other, *everything[::-1])[0] == 200
        assert other.get("/alerts").json() == before


def test_an_id_counts_once_and_one_that_says_something_else_stores_nothing(client: TestClient) -> None:
    assert post(client, ONE, ONE) == (200, {"accepted": 1, "repeated": 1, "stored": 1})
    assert post(client, ONE) == (200, {"accepted": 0, "repeated": 1, "stored": 1})
    status, said = post(client, {**ONE, "id": "T2"}, {**ONE, "amount": 13})
    assert status == 409 and said["error"]["ids"] == ["T1"]
    status, said = post(client, {**ONE, "id": "T3"}, {**ONE, "id": "T3", "payer": "9"})
    assert status == 409 and said["error"]["ids"] == ["T3"]
    assert client.get("/health").json()["transactions"] == 1


def test_the_same_moment_in_two_zones_is_the_same(client: TestClient) -> None:
    post(client, ONE)
    assert post(client, {**ONE, "at": "2025-01-06T02:00:00Z"})[1]["repeated"] == 1
    assert post(client, {**ONE, "at": "2025-01-06T10:00"})[1]["repeated"] == 1  # the service's clock


@pytest.mark.parametrize(
    "change",
    [
        {"id": 7}, {"id": ""}, {"id": " T"}, {"id": "a\u202eb"}, {"id": "a\u0000"}, {"id": "x" * 129},
        {"id": None},
        {"at": "20250106"}, {"at": 20250106}, {"at": "2025-02-30T10:00"}, {"at": "2025-01-06"},
        {"at": "2999-01-01T00:00"}, {"at": "1969-12-31T00:00"}, {"at": "2025-01-06T10:00+99:00"},
        {"amount": "12"}, {"amount": 0}, {"amount": -1}, {"amount": 0.001}, {"amount": 1e11},
        {"amount": True},
        {"amount": float("nan")}, {"amount": float("inf")}, {"payer": 7}, {"payee": None}, {"kind": "wire"},
        {"kind": "cash"}, {"more": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_a_field_that_is_not_what_it_must_be_is_named_and_nothing_is_stored(
    client: TestClient, change: dict[str, Any]
) -> None:
    status, said = post(client, ONE, {**ONE, "id": "T2", **change})
    assert status == 422
    place = said["error"]["faults"][0]["place"]
    assert place == f"transactions.1.{next(iter(change))}" or place == "transactions.1"
    assert client.get("/health").json()["transactions"] == 0


def test_limits_on_size_are_kept_whatever_a_client_says_of_it(tmp_path: Path) -> None:
    with client_of(tmp_path / "s.duckdb", most_body_bytes=2_000, most_batch=3, most_stored=4) as client:
        large = json.dumps({"transactions": [{**ONE, "id": "x" * 100}] * 40})
        assert client.post("/transactions", content=large, headers=JSON).status_code == 413
        parts = (large[place : place + 100].encode() for place in range(0, len(large), 100))
        assert client.post("/transactions", content=parts, headers=JSON).status_code == 413
        assert post(client, *[{**ONE, "id": f"{n}"} for n in range(4)])[1]["error"]["code"] == "too_many"
        assert post(client, *[{**ONE, "id": f"{n}"} for n in range(3)])[0] == 200
        status, said = post(client, *[{**ONE, "id": f"{n}"} for n in range(2, 5)])
        assert status == 413 and said["error"]["code"] == "full"
        assert post(client, *[{**ONE, "id": f"{n}"} for n in range(2, 4)])[1]["stored"] == 4


def test_a_client_that_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with client_of(tmp_path / "s.duckdb", requests_per_second=0.5, burst=2) as client:
        found = [client.get("/health") for _ in range(3)]
        assert [answer.status_code for answer in found] == [200, 200, 429]
        assert found[2].json()["error"]["code"] == "too_often" and found[2].headers["retry-after"] == "2"


def test_a_bucket_fills_again_and_forgets_who_was_silent_longest() -> None:
    now = [0.0]
    buckets = Buckets(rate=1, burst=1, most=2, clock=lambda: now[0])
    assert [buckets.wait("a"), buckets.wait("a")] == [0, 1]
    now[0] = 1.0
    assert buckets.wait("a") == 0
    assert [buckets.wait("b"), buckets.wait("c"), buckets.wait("a")] == [0, 0, 0]  # a was forgotten


def test_a_body_of_another_kind_is_refused(client: TestClient) -> None:
    body = json.dumps({"transactions": [ONE]})
    for headers in ({"content-type": "text/plain"}, {}, {**JSON, "content-encoding": "gzip"}):
        answer = client.post("/transactions", content=body, headers=headers)
        assert answer.status_code == 415 and answer.json()["error"]["code"].startswith("content_")


def test_without_transactions_there_are_no_alerts(client: TestClient) -> None:
    assert client.get("/alerts").json() == {
        "transactions": 0, "moments": [], "accounts": 0, "total": 0, "alerts": []
    }  # fmt: skip
    assert client.get("/drift").json()["features"] == []


def test_a_first_payment_is_scored(client: TestClient) -> None:
    post(client, ONE)
    assert client.get("/alerts").json()["accounts"] == 2


def test_payments_to_oneself_alone_cannot_be_scored_and_say_so(client: TestClient) -> None:
    post(client, {**ONE, "payee": ONE["payer"]})
    answer = client.get("/alerts")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "cannot_score")


def test_what_may_be_posted_stands_in_the_openapi_page(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    body = found["paths"]["/transactions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/PostedBatch"}
    assert set(found["components"]["schemas"]["PostedTransaction"]["properties"]) == {*ONE, "kind"}
    assert client.get("/docs").status_code == 200
    assert client.get("/nowhere").json()["error"]["code"] == "not_found"
    assert client.put("/alerts").json()["error"]["code"] == "method_not_allowed"
    assert client.get("/alerts", params={"limit": 10**6}).json()["error"]["code"] == "invalid"


def test_a_store_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.duckdb").write_text("dear Sir " * 1_000)
    with pytest.raises(BadInput, match="the store cannot be opened"):
        TransactionStore(tmp_path / "letter.duckdb", 10, 8.0)


def test_a_slow_body_does_not_wait_for_ever(tmp_path: Path) -> None:
    import asyncio

    from serving.app import Refusal, body_of

    class Slow:
        headers = JSON

        async def stream(self) -> Any:
            yield b"{"
            await asyncio.sleep(60)

    started = time.monotonic()
    # In a thread of its own: the browser tests leave a loop running in theirs.
    with ThreadPoolExecutor(1) as apart, pytest.raises(Refusal) as refused:
        apart.submit(asyncio.run, body_of(Slow(), settings(body_seconds=0.05).service)).result()
    assert refused.value.status == 408 and time.monotonic() - started < 5
