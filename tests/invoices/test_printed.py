"""A PDF that names another folio fiscal than its XML is told, once, for as long as it is there."""
from uuid import UUID

import pytest

from portal.core.db import session
from portal.core.types import Upload
from portal.documents.box import BoxFailure
from portal.invoices import findings, printed, services
from portal.invoices.examination import Examined
from portal.invoices.models import Invoice, StampState
from portal.local.demo.papers import plain_pdf

OURS, OTHERS = UUID(int=0xA1B2C3), UUID(int=0xD4E5F6)


def printing(text):
    return Upload("impresa.pdf", plain_pdf("Factura", text))


def told(found):
    return [f for f in found if f["code"] == findings.OTHER_PDF]


@pytest.mark.parametrize(("text", "other"), [
    (f"Folio fiscal {OURS}", ""),
    (f"Folio fiscal {str(OURS).upper()} sustituye a {OTHERS}", ""),
    (f"Folio fiscal {str(OURS)[:20]} {str(OURS)[20:]} y {OTHERS}", ""),  # a line that ends within it
    ("Una hoja sin folio", ""),
    ("00000000-0000-0000-0000-00000a1b2c3", ""),  # a digit short: no folio fiscal at all
    (f"Folio fiscal {OTHERS}", str(OTHERS).upper()),
])
def test_what_a_pdf_names(text, other):
    assert printed.another_named(printing(text), str(OURS).upper()) == other


def test_of_what_does_not_open_nothing_is_known(monkeypatch):
    assert printed.another_named(Upload("roto.pdf", b"%PDF-1.7 nada"), str(OURS)) == ""

    def away(*_args, **_options):
        raise BoxFailure("no process")

    monkeypatch.setattr(printed.reading, "pdf_text", away)
    assert printed.another_named(printing(str(OTHERS)), str(OURS)) == ""


@pytest.fixture()
def wrong(world, supplier, papers):
    """A draft whose PDF is another invoice's."""
    with world.acting(supplier):
        made = services.receive(papers.upload(uuid=OURS), printing(str(OTHERS)), papers.seller.id, supplier)
        session.flush()
        session.expunge_all()
        return made


def exchanged(world, supplier, wrong, xml=None, pdf=None):
    with world.acting(supplier):
        services.replace(wrong.invoice.id, wrong.invoice.version, xml, pdf, supplier)
    with world.owner():
        return session.get_one(Invoice, wrong.invoice.id)


def test_the_wrong_pdf_is_told_and_does_not_refuse(wrong):
    (finding,) = told(wrong.invoice.findings)
    assert finding["found"] == f"impresa.pdf: {str(OTHERS).upper()}" and finding["expected"] == str(OURS).upper()
    assert wrong.invoice.verdict == wrong.attempt.verdict == "warned"
    assert told(wrong.attempt.findings) == [finding]


def test_the_right_pdf_takes_the_warning_away(world, supplier, wrong):
    invoice = exchanged(world, supplier, wrong, pdf=printing(str(OURS)))
    assert not told(invoice.findings) and invoice.verdict == "accepted"
    assert len(invoice.findings) == len(wrong.invoice.findings) - 1  # what was said of the XML stays


def test_the_same_wrong_pdf_is_told_once(world, supplier, wrong):
    assert len(told(exchanged(world, supplier, wrong, pdf=printing(str(OTHERS))).findings)) == 1


def test_another_xml_is_compared_with_the_pdf_that_is_there(world, supplier, papers, wrong):
    assert not told(exchanged(world, supplier, wrong, xml=papers.upload(uuid=OTHERS)).findings)
    third = UUID(int=0x777777)
    with world.owner():
        invoice = session.get_one(Invoice, wrong.invoice.id)
        session.expunge_all()
    with world.acting(supplier):
        services.replace(invoice.id, invoice.version, papers.upload(uuid=third), None, supplier)
    with world.owner():
        assert told(session.get_one(Invoice, invoice.id).findings)


def test_a_stamp_that_is_not_verified_yet_stays_unsure_whatever_the_pdf(world, supplier, wrong):
    with world.owner():
        session.get_one(Invoice, wrong.invoice.id).stamp = StampState.PENDING
        session.flush()
        session.expunge_all()
    invoice = exchanged(world, supplier, wrong, pdf=printing(str(OURS)))
    assert not told(invoice.findings) and invoice.verdict == "warned"


def test_the_judgement_of_a_new_xml_is_the_verdict(world, supplier, papers, monkeypatch):
    monkeypatch.setattr(Examined, "verdict", property(lambda self: "judged"))
    with world.acting(supplier):
        made = services.receive(papers.upload(uuid=OURS), printing(str(OURS)), papers.seller.id, supplier)
        assert made.invoice.verdict == made.attempt.verdict == "judged"
