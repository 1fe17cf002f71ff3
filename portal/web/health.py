"""Is it alive, is it ready, and how is it doing: for load balancers and for Prometheus."""
from hmac import compare_digest
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.core import db
from portal.core.clock import now
from portal.jobs.queries import lag

OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest job that waits in the outbox")
PARKED = Gauge("outbox_parked", "Jobs that were given up and wait for an operator")


def install(app: Flask) -> None:
    """Add /healthz (the process answers), /readyz (the database answers) and /metrics (loopback or token)."""

    @app.get("/healthz")
    def healthz() -> Any:
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> Any:
        parts = {"database": _database(), "redis": _redis(app)}
        # Without Redis the portal works on: jobs wait in the database and are swept.
        return jsonify(status="ok" if parts["database"] else "unavailable", time=now().isoformat(), **parts), (
            200 if parts["database"] else 503)

    @app.get("/metrics")
    def metrics() -> Response:
        token = app.extensions["portal_settings"].metrics_token
        local = request.remote_addr in ("127.0.0.1", "::1") and not request.headers.get("X-Forwarded-For")
        given = request.headers.get("Authorization", "").encode()
        if not (compare_digest(given, f"Bearer {token}".encode()) if token else local):
            abort(404)
        with db.transaction(db.DOOR):
            oldest, parked = lag()
        OLDEST.set(oldest)
        PARKED.set(parked)
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        with db.transaction(db.DOOR):
            db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis(app: Flask) -> bool:
    url = app.extensions["portal_settings"].redis_url
    try:
        return bool(url and Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5).ping())
    except RedisError:
        return False
