"""A stamp whose certificate is not known yet: it may be sent, it is held, a job settles it."""
from uuid import UUID

import pytest

from portal.access.actor import system
from portal.accounts.models import FiscalProfile
from portal.cfdi.report import Status
from portal.cfdi.trust import TrustStore
from portal.core import db
from portal.core.db import session
from portal.core.errors import Invalid
from portal.invoices import findings, jobs, queries, services, trust
from portal.invoices.models import Invoice, InvoiceMoment, InvoiceStatus, StampState
from portal.jobs.models import OutboxRow
from portal.mail.models import Letter
from tests.invoices.conftest import pdf


@pytest.fixture()
def held(world, supplier, papers, authority):
    """An invoice that came in before the PAC's certificate was known, and was sent."""
    without_pac = TrustStore.production().with_sandbox(authority.root.certificate)
    trust.set_store(without_pac)
    with world.acting(supplier):
        invoice = services.receive(papers.upload(), pdf(), papers.seller.id, supplier).invoice
    with world.acting(supplier):
        services.send(invoice.id, 1, supplier)
    return invoice.id


def row(world, invoice_id):
    with world.owner():
        return session.get(Invoice, invoice_id, populate_existing=True)


def test_it_comes_in_warned_and_is_held(world, held, payables):
    invoice = row(world, held)
    assert (invoice.stamp, invoice.verdict) == (StampState.PENDING, "warned")
    assert invoice.status is InvoiceStatus.IN_REVIEW
    assert findings.group(invoice.findings).waiting
    with pytest.raises(Invalid), world.acting(payables):
        services.approve(queries.locked(payables, held), payables)


def settle(world, invoice_id, client_id):
    actor = system(client_id)
    with world.acting(actor):
        return services.settle_stamp(invoice_id, actor)


@pytest.mark.parametrize(("status", "waits"), [(InvoiceStatus.DRAFT, True), (InvoiceStatus.IN_REVIEW, True),
                                               (InvoiceStatus.REJECTED, False), (InvoiceStatus.WITHDRAWN, False)])
def test_the_sweep_takes_those_that_can_still_be_settled(world, held, buyer, status, waits):
    with world.owner():
        session.get_one(Invoice, held).status = status
    with db.transaction(db.DOOR):
        assert services.pending_stamps() == ([(buyer.id, held)] if waits else [])
    assert settle(world, held, buyer.id) is (StampState.PENDING if waits else None)


def test_nothing_happens_while_the_certificate_is_unknown(world, held, buyer):
    assert settle(world, held, buyer.id) is StampState.PENDING
    assert row(world, held).stamp is StampState.PENDING


def test_it_is_verified_once_the_certificate_is_known(world, held, buyer, authority, payables):
    trust.set_store(authority.trust())
    assert settle(world, held, buyer.id) is StampState.VERIFIED
    invoice = row(world, held)
    assert invoice.stamp is StampState.VERIFIED and not findings.group(invoice.findings).waiting
    with world.owner():
        whats = {m.what for m in session.query(InvoiceMoment).filter_by(invoice_id=held)}
    assert "stamp_verified" in whats
    assert settle(world, held, buyer.id) is None  # a second time there is nothing to do
    with world.acting(payables):
        services.approve(queries.locked(payables, held), payables)


@pytest.mark.parametrize(("status", "verdict"), [("warning", "warned"), ("passed", "accepted")])
def test_what_else_was_worth_a_look_still_is_when_the_stamp_is_settled(world, held, buyer, authority, status, verdict):
    with world.owner():
        invoice = session.get_one(Invoice, held)
        invoice.findings = [*invoice.findings, findings.own(findings.TWIN, status=Status(status), found="A-7")]
    trust.set_store(authority.trust())
    assert settle(world, held, buyer.id) is StampState.VERIFIED
    assert row(world, held).verdict == verdict


def test_it_is_refused_when_the_stamp_turns_out_false(world, held, buyer, authority, papers, supplier):
    """The kept XML is judged again: here its bytes carry a stamp by somebody who is not the PAC it names."""
    with world.owner():
        invoice = session.get_one(Invoice, held)
        forged = papers.xml(uuid=UUID(invoice.uuid))
        at = forged.index(b'SelloSAT="') + 20
        broken = forged[:at] + (b"A" if forged[at:at + 1] != b"A" else b"B") + forged[at + 1:]
        from portal.storage import stores
        from portal.storage.models import StoredFile
        file = session.get_one(StoredFile, invoice.xml_file_id)
        file.sha256 = stores.current().put(broken).sha256
    trust.set_store(authority.trust())
    assert settle(world, held, buyer.id) is StampState.REFUSED
    assert (row(world, held).stamp, row(world, held).verdict) == (StampState.REFUSED, "rejected")
    with world.owner():
        assert [m.name for m in session.query(Letter)].count("stamp_refused") == 2  # supplier and payables


def test_another_clients_invoice_is_not_touched(world, held, authority):
    other = world.client("Otra", "OCO050505IJ6")
    trust.set_store(authority.trust())
    assert settle(world, held, other.id) is None
    assert row(world, held).stamp is StampState.PENDING


def test_a_client_that_changed_its_name_does_not_refuse_an_old_stamp(world, held, buyer, authority):
    with world.owner():
        session.query(FiscalProfile).filter_by(client_id=buyer.id).one().name = "OTRO NOMBRE"
    before = {f["code"] for f in row(world, held).findings if f["status"] == "passed"}
    trust.set_store(authority.trust())
    assert settle(world, held, buyer.id) is StampState.VERIFIED
    grouped = findings.group(row(world, held).findings)
    assert not grouped.mend and not grouped.waiting
    assert before <= {f.code for f in grouped.good}


def test_the_first_wall_of_settling_holds_by_itself(world, held, authority):
    stranger = system(world.client("Otra", "OCO050505IJ6").id)
    trust.set_store(authority.trust())
    with world.owner():
        assert services.settle_stamp(held, stranger) is None
        assert services.missing_certificates(held, stranger) == ()


def test_the_sweep_asks_for_each_once(world, held, buyer, ctx):
    assert asked(world) == [(buyer.id, str(held))]  # asked for when it came in
    with world.owner():
        session.query(OutboxRow).filter_by(name="invoices.settle_stamp").delete()
    with db.transaction(db.DOOR):
        jobs.settle_stamps(system())
        jobs.settle_stamps(system())
    assert asked(world) == [(buyer.id, str(held))]


def asked(world):
    with world.owner():
        rows = session.query(OutboxRow).filter_by(name="invoices.settle_stamp").all()
        return [(r.client_id, r.payload["invoice_id"]) for r in rows]


def test_the_job_fetches_what_is_missing_and_settles(world, held, buyer, authority, monkeypatch):
    fetched = []

    def fetch(number, store):
        fetched.append(number)
        assert not db.is_open()  # no network call inside a transaction
        trust.set_store(authority.trust())

    monkeypatch.setattr(jobs.certificates, "fetch_provider", fetch)
    jobs.settle_stamp(system(buyer.id), invoice_id=held)
    assert fetched == [authority.provider.number]
    assert row(world, held).stamp is StampState.VERIFIED
    jobs.settle_stamp(system(buyer.id), invoice_id=held)
    assert len(fetched) == 1


def test_when_sat_does_not_answer_it_waits_on(world, held, buyer, monkeypatch):
    monkeypatch.setattr(jobs.certificates, "fetch_provider", lambda number, store: None)
    jobs.settle_stamp(system(buyer.id), invoice_id=held)
    assert row(world, held).stamp is StampState.PENDING


def test_a_verified_stamp_asks_for_nothing(world, draft):
    assert asked(world) == []
