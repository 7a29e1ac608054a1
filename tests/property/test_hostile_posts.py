"""Whatever is posted, the service answers in its own words: never a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from tests.spec.test_service import ONE, client_of

KEYS = ["id", "at", "payer", "payee", "amount", "kind"]
NAMES = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["007", "cash", "<script>alert(1)</script>", "=1+1", "\ud800", "a\u0000b", "🙂", "a/b", ""]
    ),
)
TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(
        ["20250106", "2025-01-06T24:00", "0000-00-00T00:00", "2025-01-06T10:00+23:59", "9999-12-31T23:59Z"]
    ),
)
NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([1e400, -0.0, 1e-320, 10**400, 0.1 + 0.2]),
    st.floats(0.01, 1e10),
)
SIMPLE = st.one_of(st.none(), st.booleans(), NUMBERS, NAMES, TIMES)
ANYTHING = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {
        "id": NAMES,
        "at": TIMES,
        "payer": st.one_of(st.none(), NAMES),
        "payee": st.one_of(st.none(), NAMES),
        "amount": NUMBERS,
    },
    optional={"kind": st.sampled_from(["transfer", "cash", "wire"])},
)
CHANGED = st.tuples(st.sampled_from(KEYS), ANYTHING).map(lambda change: {**ONE, change[0]: change[1]})
BATCHES = st.one_of(
    st.lists(st.one_of(NEARLY, CHANGED, ANYTHING), max_size=4).map(lambda rows: {"transactions": rows}),
    ANYTHING,
)
DEEP = b'{"transactions":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
JSON_TYPES = ["application/json", "application/json; charset=utf-8", "text/plain", "application/xml", ""]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("hostile") / "store.duckdb"
    with client_of(path, requests_per_second=1e6, burst=10**6, most_body_bytes=300_000) as found:
        yield found


def as_sent(batch: Any) -> bytes:
    """As a careless client writes it: NaN and Infinity are words of no JSON, lone surrogates stay."""
    return json.dumps(batch).encode("utf-8", "surrogatepass")


def told(client: TestClient, body: bytes, kind: str = JSON_TYPES[0]) -> int:
    """The status of an answer, which is one of the service's own."""
    answer = client.post("/transactions", content=body, headers={"content-type": kind})
    assert answer.status_code in (200, 409, 413, 415, 422), answer.text
    said = answer.json()
    assert ("accepted" in said) if answer.status_code == 200 else {"code", "message"} <= set(said["error"])
    return answer.status_code


@settings(max_examples=300)
@given(BATCHES, st.sampled_from(JSON_TYPES[:2]))
@example({"transactions": []}, JSON_TYPES[0])
@example({"transactions": [{**ONE, "amount": 10**400}]}, JSON_TYPES[0])
@example({"transactions": [{**ONE, "id": "\ud800"}]}, JSON_TYPES[0])
def test_no_json_is_a_fault_of_the_service(client: TestClient, batch: Any, kind: str) -> None:
    told(client, as_sent(batch), kind)


@settings(max_examples=100)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8"))),
    st.sampled_from(JSON_TYPES),
)
@example(DEEP, JSON_TYPES[0])
@example(b"", JSON_TYPES[0])
@example(b"\xff\xfe{}", JSON_TYPES[0])
@example(as_sent({"transactions": [ONE]})[:-1], JSON_TYPES[0])
def test_no_bytes_are_a_fault_of_the_service(client: TestClient, body: bytes, kind: str) -> None:
    assert told(client, body, kind) in (413, 415, 422)


@settings(max_examples=100)
@given(NAMES.filter(lambda text: text.isprintable()), ANYTHING)
def test_no_question_is_a_fault_of_the_service(client: TestClient, account: str, limit: Any) -> None:
    for path in ("/alerts/page", "/alerts"):
        asked = {"account": account, "limit": str(limit)[:50].encode("utf-8", "replace").decode()}
        assert client.get(path, params=asked).status_code in (200, 404, 422)


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.sampled_from("abcd"),
            st.sampled_from("abcd"),
            st.sampled_from([0.01, 1.0, 1e10]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_is_stored_can_be_scored(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    path = tmp_path_factory.mktemp("stored") / "store.duckdb"
    with client_of(path) as client:
        transactions = [
            {
                "id": str(number), "payer": payer, "payee": payee, "amount": amount,
                "at": f"{1971 + days // 365}-01-{1 + days % 28:02}T00:00",
            }
            for number, (days, payer, payee, amount) in enumerate(rows)
        ]  # fmt: skip
        assert told(client, as_sent({"transactions": transactions})) == 200
        for question in ("/alerts", "/drift"):
            answer = client.get(question)
            assert answer.status_code in (200, 409), answer.text
