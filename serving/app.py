"""The service: post transactions, get alerts with reasons. The same code as for a file."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from parameters import BadInput
from serving.alerts import FileAlert, FileVerdicts, judged
from serving.card import FileModelCard
from serving.drift import FeatureDrift
from serving.file_model import FileModel
from serving.limits import Buckets
from serving.measure import EngineParams
from serving.pages import alert_page
from serving.posted import LONGEST_ID, PostedBatch, faults_of
from serving.settings import ServiceSettings, ServingSettings
from serving.store import Conflict, Full, TransactionStore

JSON = "application/json"
AccountQuery = Annotated[str | None, Query(max_length=LONGEST_ID, description="only of this account")]
SCHEMAS = "#/components/schemas/{model}"


class Refusal(Exception):
    """A request that is not served: status, code for programs, sentence for people."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


class Stored(BaseModel):
    """What became of a posted batch."""

    accepted: int = Field(description="new transactions")
    repeated: int = Field(description="known already with the same contents; they count once")
    stored: int = Field(description="transactions in the store")


class AlertPage(BaseModel):
    """Alerts, the newest week first, and in a week by rank."""

    transactions: int = Field(description="stored transactions that the alerts are made of")
    moments: list[str] = Field(description="dates as of whose midnight accounts were scored")
    accounts: int = Field(description="accounts that were scored")
    total: int = Field(description="alerts in all")
    alerts: list[FileAlert] = Field(description="those asked for")


class Health(BaseModel):
    """Whether the service works."""

    status: str = Field(description="ok")
    transactions: int = Field(description="in the store")
    scored: int = Field(description="transactions that the present alerts are made of")


class DriftPage(BaseModel):
    """How the last week's accounts differ from those that the model learnt from."""

    transactions: int = Field(description="stored transactions that it is made of")
    features: list[FeatureDrift] = Field(description="the most drifted first")


@dataclass
class Scorer:
    """Alerts of what is stored, made anew when something was added and somebody asks."""

    store: TransactionStore
    model: FileModel
    engine: EngineParams
    settings: ServingSettings
    found: FileVerdicts | None = None
    made_of: int = 0
    _work: threading.Lock = field(default_factory=threading.Lock)
    _waiting: int = 0
    _door: threading.Lock = field(default_factory=threading.Lock)

    def verdicts(self) -> tuple[FileVerdicts | None, int]:
        """Alerts that know everything stored when they were asked for, and of how many it is.

        Raises
        ------
        Refusal
            if too many wait for them
        """
        wanted = self.store.count
        if self.made_of >= wanted:
            return self.found, self.made_of
        with self._door:
            if self._waiting >= self.settings.service.most_waiting:
                raise Refusal(429, "busy", "too many requests wait for a scoring", retry_after=1)
            self._waiting += 1
        try:
            with self._work:
                if self.made_of < wanted:
                    ledger, names, count = self.store.ledger(self.settings.scoring.history_days)
                    self.found = judged(ledger, names, self.model, self.engine, self.settings)
                    self.made_of = count
                return self.found, self.made_of
        finally:
            with self._door:
                self._waiting -= 1


async def body_of(request: Request, limits: ServiceSettings) -> bytes:
    """The body, counted while it arrives: what a client says of its length may be wrong.

    Raises
    ------
    Refusal
        415, 413 or 408
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Refusal(415, "content_type", f"expected {JSON}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "content_encoding", "expected a body that is not packed")
    too_large = Refusal(413, "too_large", f"expected at most {limits.most_body_bytes:,} bytes")
    said = request.headers.get("content-length", "")
    if said.isdigit() and (len(said) > 18 or int(said) > limits.most_body_bytes):
        raise too_large
    found = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for part in request.stream():
                found += part
                if len(found) > limits.most_body_bytes:
                    raise too_large
    except TimeoutError:
        raise Refusal(408, "too_slow", f"expected the body within {limits.body_seconds:g} seconds") from None
    return bytes(found)


def batch_of(body: bytes, limits: ServiceSettings) -> PostedBatch:
    """The posted transactions.

    Raises
    ------
    Refusal
        422 with what is wrong and where, 413 where there are too many
    """
    try:
        batch = PostedBatch.model_validate_json(body)
    except ValidationError as error:
        raise Refusal(422, "invalid", "the batch is not stored", faults=faults_of(error)) from None
    if len(batch.transactions) > limits.most_batch:
        raise Refusal(413, "too_many", f"expected at most {limits.most_batch:,} transactions")
    latest_us = (time.time() + limits.ahead_days * 86_400) * 1e6
    for place, one in enumerate(batch.transactions):
        if not 0 <= one.at_us(limits.zone_hours) <= latest_us:
            problem = f"expected a moment from 1970 to {limits.ahead_days:g} days from now"
            faults = [{"place": f"transactions.{place}.at", "problem": problem}]
            raise Refusal(422, "invalid", "the batch is not stored", faults=faults)
    return batch


def refused(refusal: Refusal) -> JSONResponse:
    """The answer to a request that is not served."""
    told = {"code": refusal.code, "message": refusal.message, **refusal.more}
    headers = {"Retry-After": str(told["retry_after"])} if "retry_after" in told else {}
    if refusal.status in (408, 413, 415):  # the body was not read to its end
        headers["Connection"] = "close"
    return JSONResponse({"error": told}, refusal.status, headers)


def service(
    store: TransactionStore,
    model: FileModel,
    engine: EngineParams,
    settings: ServingSettings,
    clock: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """The application on an open store, which it closes when it ends."""
    limits = settings.service
    scorer = Scorer(store, model, engine, settings)
    buckets = Buckets(limits.requests_per_second, limits.burst, limits.most_clients, clock)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(title="Alerts for transactions", version="1", lifespan=life)
    add_answers_to_faults(app)
    add_rate_limit(app, buckets)
    add_routes(app, scorer, limits)
    describe_body(app)
    return app


def add_answers_to_faults(app: FastAPI) -> None:
    """Every error in one form; none repeats what the client sent."""

    @app.exception_handler(Refusal)
    async def _(_: Request, error: Refusal) -> JSONResponse:
        return refused(error)

    @app.exception_handler(BadInput)
    async def _(_: Request, error: BadInput) -> JSONResponse:
        return refused(Refusal(409, "cannot_score", str(error)))

    @app.exception_handler(Exception)
    async def _(_: Request, __: Exception) -> JSONResponse:
        return refused(Refusal(500, "fault", "the service failed; its log says why"))

    @app.exception_handler(HTTPException)
    async def _(_: Request, error: HTTPException) -> JSONResponse:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
        answer = refused(Refusal(error.status_code, code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def _(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [
            {"place": ".".join(str(part) for part in one["loc"]), "problem": str(one["msg"])}
            for one in error.errors()
        ]
        return refused(Refusal(422, "invalid", "the request cannot be read", faults=faults))


def add_rate_limit(app: FastAPI, buckets: Buckets) -> None:
    """A client that asks too often is told when to come again."""

    @app.middleware("http")
    async def _(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        wait = buckets.wait(request.client.host if request.client else "")
        if wait > 0:
            return refused(Refusal(429, "too_often", "too many requests", retry_after=math.ceil(wait)))
        found = await answer(request)
        found.headers["X-Content-Type-Options"] = "nosniff"
        return found


def add_routes(app: FastAPI, scorer: Scorer, limits: ServiceSettings) -> None:
    """What can be asked for."""

    @app.get("/health")
    def health() -> Health:
        """Whether the service works."""
        return Health(status="ok", transactions=scorer.store.count, scored=scorer.made_of)

    @app.get("/model")
    def model() -> FileModelCard:
        """What the model reads, what it does without, and what that costs."""
        return scorer.model.card

    @app.post("/transactions")
    async def post(request: Request) -> Stored:
        """Store a batch, all or nothing; an id that is known with the same contents counts once."""
        batch = batch_of(await body_of(request, limits), limits)
        try:
            added = await run_in_threadpool(scorer.store.add, batch.transactions)
        except Conflict as clash:
            message = "ids are known with other contents; the batch is not stored"
            raise Refusal(409, "conflict", message, ids=clash.ids[:20]) from None
        except Full:
            message = f"the store holds at most {scorer.store.most_stored:,} transactions"
            raise Refusal(413, "full", message) from None
        return Stored(accepted=added.accepted, repeated=added.repeated, stored=added.stored)

    @app.get("/alerts")
    def alerts(
        account: AccountQuery = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> AlertPage:
        """Alerts of everything stored by now, with reasons."""
        found, made_of = scorer.verdicts()
        if found is None:
            return AlertPage(transactions=0, moments=[], accounts=0, total=0, alerts=[])
        mine = [alert for alert in found.alerts if account in (None, alert.account)]
        return AlertPage(
            transactions=made_of,
            moments=found.moments,
            accounts=int(found.scores["account"].nunique()),
            total=len(mine),
            alerts=mine[offset : offset + limit],
        )

    @app.get("/alerts/page", response_class=HTMLResponse)
    def page(account: Annotated[str, Query(max_length=LONGEST_ID)]) -> HTMLResponse:
        """The newest alert of an account as a page in both languages."""
        found, _ = scorer.verdicts()
        mine = [alert for alert in (found.alerts if found else []) if alert.account == account]
        if not mine:
            raise Refusal(404, "not_found", "the account has no alert")
        return HTMLResponse(alert_page(mine[0]))

    @app.get("/drift")
    def drift() -> DriftPage:
        """How what is stored differs from what the model learnt from."""
        found, made_of = scorer.verdicts()
        return DriftPage(transactions=made_of, features=found.drift if found else [])


def describe_body(app: FastAPI) -> None:
    """Put what may be posted into the OpenAPI page: the body is read by hand, within the limits."""

    def described() -> dict[str, Any]:
        if not app.openapi_schema:
            found = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schema = PostedBatch.model_json_schema(ref_template=SCHEMAS)
            parts = schema.pop("$defs")
            found["components"]["schemas"] |= {**parts, "PostedBatch": schema}
            content = {JSON: {"schema": {"$ref": SCHEMAS.format(model="PostedBatch")}}}
            found["paths"]["/transactions"]["post"]["requestBody"] = {"required": True, "content": content}
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
