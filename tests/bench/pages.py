"""How fast the long lists answer with a million invoices, beside a bare view that prints the same bytes.

The reference is the least that Flask can do for the same answer: a route without a session, a person, a transaction
or a policy; one SQL statement, through the driver itself, that reads the same rows by the same index as the schema's
owner; and a page that is one string with holes, filled with what those rows say. Requests alternate in one process,
one after the other, so that a busy machine weighs on both; printed are ratios of medians and of 95th percentiles, and
of the processor's time in Python, which says most while others work on the same machine.
"""
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from markupsafe import escape
from sqlalchemy.engine import make_url

from portal.access.policy import Role
from portal.approvals.models import ApprovalStep, StepState
from portal.core import db
from portal.core.clock import now
from portal.factory import create_app
from portal.invoices.models import InvoiceStatus
from tests import harness
from tests.bench.fill import CLIENTS, INVOICES, fill
from tests.factories import Buyer, World

ROUNDS = 300
COLUMNS = ("i.id, i.client_id, i.number, i.supplier_name, i.issued_on, i.sent_at, i.currency, i.total, i.status,"
           " i.stamp, i.stages, i.waiting_since, i.scheduled_on, i.reason, i.cfdi_type")
OF_CLIENT = (f"SELECT {COLUMNS} FROM invoices i"
             " WHERE i.client_id = %s AND i.sent_at IS NOT NULL AND i.status <> 'deleted'")
LIST = OF_CLIENT + " ORDER BY i.id DESC LIMIT 51"
SEARCHED = (OF_CLIENT + " AND (i.search LIKE '%%proveedora%%' AND i.search LIKE '%%17%%') IS TRUE"
            " ORDER BY i.id DESC LIMIT 51")
INBOX = ("SELECT s.id, i.id, i.number, i.supplier_name, s.label_es, s.label_en, s.started_at, i.total, i.currency,"
         " i.verdict, i.stamp FROM approval_steps s JOIN invoices i ON i.id = s.invoice_id"
         " WHERE s.client_id = %s AND s.state = 'current' AND s.approver_roles && ARRAY['approver']::varchar[]"
         " ORDER BY s.started_at, s.id LIMIT 51")
# name: (address, role, the least SQL)
PAGES = {
    "all invoices": ("/invoices/", Role.ACCOUNTS_PAYABLE, LIST),
    "all invoices, searched": ("/invoices/?q=proveedora+17", Role.ACCOUNTS_PAYABLE, SEARCHED),
    "inbox": ("/inbox/", Role.APPROVER, INBOX),
}


def main(invoices: int = INVOICES) -> None:
    """Print the ratios of the lists, for a large client and for one of average size."""
    with tempfile.TemporaryDirectory(prefix="acuse-bench-") as folder:
        os.chmod(folder, 0o755)
        cluster = harness.start_cluster(Path(folder))
        try:
            _measure(harness.copy_database(cluster.superuser_url, "bench"), Path(folder), invoices)
        finally:
            cluster.stop()


def _measure(url: str, home: Path, invoices: int) -> None:
    app = create_app(harness.settings(url, home))
    buyers = _prepared(app)
    start = time.perf_counter()
    fill(url, *(buyer.id for buyer in buyers.values()), invoices=invoices)
    print(f"\n{invoices:,} invoices of {CLIENTS} clients in PostgreSQL, filled in {time.perf_counter() - start:.0f} s;"
          f" ratio to a bare view of the same rows and bytes, {ROUNDS} requests each (aim 1.5):")
    for size, buyer in buyers.items():
        for name, page in PAGES.items():
            _compare(app, url, buyer, f"{name}, {size}", *page)


def _prepared(app: Flask) -> dict[str, Buyer]:
    """Two clients with people, and one of each row that `fill` copies."""
    world = World(app)
    buyers = {"large client": world.client(), "average client": world.client("Comercio del Sur", "CSU010101AB1")}
    seller = world.supplier(buyers["large client"])
    invoice = world.invoice(seller, status=InvoiceStatus.IN_REVIEW)
    with world.owner():
        db.session.add(ApprovalStep(
            client_id=invoice.client_id, relationship_id=seller.id, invoice_id=invoice.id, run=1, position=1,
            label_es="Compras", label_en="Purchasing", approver_roles=[Role.APPROVER.value],
            state=StepState.CURRENT, started_at=now()))
    return buyers


def _compare(app: Flask, url: str, buyer: Buyer, name: str, address: str, role: Role, sql: str) -> None:
    browser = World(app).sign_in(app.test_client(), buyer.people[role.value])
    answer = browser.get(address)
    assert answer.status_code == 200 and answer.data.count(b"<tr") == 51, (address, answer.status_code)
    bare = _bare(url, sql, buyer.id, answer.data).test_client()
    (ours, our_work), (least, least_work) = _alternate(lambda: browser.get(address), lambda: bare.get("/"))
    median = statistics.median(ours) / statistics.median(least)
    tail = _percentile(ours) / _percentile(least)
    work = statistics.median(our_work) / statistics.median(least_work)
    print(f"  {name:<40} median {median:5.2f} x ({statistics.median(ours) * 1e3:.2f} ms against"
          f" {statistics.median(least) * 1e3:.2f}), p95 {tail:5.2f} x, processor {work:5.2f} x,"
          f" {len(answer.data):,} bytes")


def _bare(url: str, sql: str, client_id: UUID, body: bytes) -> Flask:
    """A view that reads the rows and writes them into the page, which is otherwise a constant of the process."""
    app = Flask("bare")
    connection = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False), autocommit=True)
    rows = connection.execute(sql, (client_id,)).fetchall()[:50]
    page = _holed(body.decode(), [_cells(row) for row in rows])

    @app.get("/")
    def listed() -> str:
        found = connection.execute(sql, (client_id,)).fetchall()
        return page % tuple([cell for row in found[:50] for cell in _cells(row)])

    answer = app.test_client().get("/").data
    assert answer == body, "the bare view prints other bytes"
    return app


def _cells(row: tuple[Any, ...]) -> tuple[str, ...]:
    """What differs from row to row: the id, number, supplier and total, in the order of the page."""
    return str(row[0]), row[2], escape(row[3]), f"${row[7]:,.2f}"


def _holed(page: str, rows: list[tuple[str, ...]]) -> str:
    """Return `page` with a hole where each cell of `rows` stands for the first time after the one before."""
    parts, place = [], 0
    for cell in (cell for row in rows for cell in row):
        found = page.index(cell, place)
        parts.append(page[place:found].replace("%", "%%"))
        place = found + len(cell)
    return "%s".join([*parts, page[place:].replace("%", "%%")])


def _alternate(*calls: Callable[[], Any]) -> list[tuple[list[float], list[float]]]:
    """Return of each call the seconds on the clock and on the processor, in turns, after a warming."""
    times: list[tuple[list[float], list[float]]] = [([], []) for _call in calls]
    gc.collect()
    gc.freeze()  # as the server does before it answers (config/gunicorn.py)
    for turn in range(-20, ROUNDS):
        for call, (clock, processor) in zip(calls, times, strict=True):
            start, worked = time.perf_counter(), time.thread_time()
            call()
            if turn >= 0:
                clock.append(time.perf_counter() - start)
                processor.append(time.thread_time() - worked)
    return times


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]
