"""Two at the same moment, with real commits: one wins, the other is told."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask

from portal.core.db import session
from portal.core.errors import PortalError
from portal.invoices import findings, services
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceMoment, InvoiceStatus
from tests.factories import World
from tests.invoices.conftest import Papers, pdf


@pytest.fixture()
def scene(live: Flask, live_world: World, authority):
    with live.app_context():
        buyer = live_world.client()
        seller = live_world.supplier(buyer)
        session.expunge_all()
        return live_world, Papers(authority, seller, buyer), live_world.actor(seller)


def together(world, actor, act, times=4):
    """Run `act` in as many threads at once; return what each came to: a result, or the error it met."""
    gate = Barrier(times)

    def run(_n):
        gate.wait()
        try:
            with world.acting(actor):
                return act()
        except PortalError as refused:
            return refused

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def looked(world, kind, **like):
    with world.owner():
        return session.query(kind).filter_by(**like).all()


def test_the_same_uuid_at_the_same_moment_comes_in_once(scene):
    world, papers, actor = scene
    upload = papers.upload(uuid=uuid4())
    results = together(world, actor, lambda: services.receive(upload, pdf(), papers.seller.id, actor))
    accepted = [r for r in results if r.invoice is not None]
    refused = [r for r in results if r.invoice is None]
    assert (len(accepted), len(refused)) == (1, 3)
    assert all(findings.codes(r.findings) == ("ACUSE-IN-DUPLICATE",) for r in refused)
    assert all(r.findings[0]["twin"] == str(accepted[0].invoice.id) for r in refused)
    assert len(looked(world, Invoice)) == 1
    assert len(looked(world, IntakeAttempt)) == 4  # nothing is discarded silently


def test_two_sends_are_one(scene):
    world, papers, actor = scene
    with world.acting(actor):
        invoice = services.receive(papers.upload(), pdf(), papers.seller.id, actor).invoice
    results = together(world, actor, lambda: services.send(invoice.id, 1, actor))
    assert [type(r).__name__ for r in results].count("Invoice") == 1
    assert [type(r).__name__ for r in results].count("Conflict") == 3
    assert len(looked(world, InvoiceMoment, what="sent")) == 1


def test_withdrawn_or_decided_never_both(scene):
    world, papers, actor = scene
    payables = world.actor(papers.buyer, "accounts_payable")
    with world.acting(actor):
        invoice = services.receive(papers.upload(), pdf(), papers.seller.id, actor).invoice
    with world.acting(actor):
        services.send(invoice.id, 1, actor)
    version = looked(world, Invoice)[0].version
    gate = Barrier(2)

    def withdraw():
        gate.wait()
        with world.acting(actor):
            services.withdraw(invoice.id, version, actor)

    def reject():
        from portal.invoices import queries
        gate.wait()
        with world.acting(payables):
            services.reject(queries.locked(payables, invoice.id), "No procede", payables)

    with ThreadPoolExecutor(2) as pool:
        errors = [f.exception() for f in [pool.submit(withdraw), pool.submit(reject)]]
    assert sum(e is None for e in errors) == 1, errors
    assert all(e is None or isinstance(e, PortalError) for e in errors)
    assert looked(world, Invoice)[0].status in (InvoiceStatus.WITHDRAWN, InvoiceStatus.REJECTED)
