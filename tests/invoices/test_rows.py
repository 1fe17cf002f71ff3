"""The rows of the lists: words, dots, and money written as everywhere else."""
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.core import i18n
from portal.core.clock import now
from portal.core.i18n import speaking
from portal.invoices import history, rows
from portal.invoices.models import Invoice, InvoiceMoment, InvoiceStatus

ZONE = "America/Mexico_City"


def stage(state, since=None, es="Área", en="Area"):
    return {"es": es, "en": en, "state": state, "since": (since or now()).isoformat()}


@pytest.mark.parametrize("amount", ["0", "0.005", "1234.5", "999999999999.99", "-12.3", "1160.000000"])
def test_money_is_written_as_everywhere(amount, ctx):
    assert rows.money(Decimal(amount)) == i18n.plain_money(Decimal(amount))


def test_every_cell_of_the_lists_has_its_heading(app):
    table = app.jinja_env.loader.get_source(app.jinja_env, "invoices/_rows.html")[0]
    assert table.count("<th ") == table.count("<td ") > 5


def test_every_status_has_its_word_in_both_languages(ctx):
    for status in InvoiceStatus:
        words = set()
        for lang in ("es", "en"):
            with speaking(lang):
                words.add(rows.status_of(Invoice(status=status))[0])
        assert len(words) == 2 and all(words), status


def test_a_returned_draft_says_so(ctx):
    with speaking("en"):
        assert rows.status_of(Invoice(status=InvoiceStatus.DRAFT, sent_at=now())) == ("Returned to be corrected",
                                                                                      "warning")


def test_the_dots_speak(ctx):
    old = datetime(2026, 11, 3, 5, tzinfo=UTC)  # the 2nd in Mexico
    recent = now() - timedelta(days=2)
    row = Invoice(status=InvoiceStatus.IN_REVIEW, stages=[stage("approved", old), stage("current", recent),
                                                          stage("waiting")])
    with speaking("en"):
        made = rows.dots(row, ZONE)
        assert [d["state"] for d in made] == ["done", "current", "waiting", "waiting"]
        assert made[0]["sentence"] == "approved on Nov 2, 2026"
        assert made[1]["sentence"] == "it is here, since 2 days ago" and made[1]["name"] == "Area"
        assert made[3] == {"name": "Payment", "state": "waiting", "sentence": "to come"}
    with speaking("es"):
        assert rows.dots(row, ZONE)[1] == {"name": "Área", "state": "current",
                                           "sentence": "está aquí, desde hace 2 días"}


@pytest.mark.parametrize(("status", "said"), [(InvoiceStatus.DRAFT, "returned"), (InvoiceStatus.REJECTED, "rejected")])
def test_what_came_back_to_be_corrected_was_not_rejected(status, said, ctx):
    row = Invoice(status=status, stages=[stage("rejected", datetime(2026, 11, 3, 12, tzinfo=UTC))])
    with speaking("en"):
        assert rows.dots(row, ZONE)[0] == {"name": "Area", "state": "rejected", "sentence": f"{said} on Nov 3, 2026"}


def test_nobody_holds_what_was_taken_back(ctx):
    row = Invoice(status=InvoiceStatus.WITHDRAWN, stages=[stage("approved"), stage("current"), stage("waiting")])
    with speaking("en"):
        made = rows.dots(row, ZONE)
    assert [d["state"] for d in made] == ["done", "waiting", "waiting", "waiting"]
    assert [d["sentence"] for d in made[1:]] == ["not reached"] * 3


@pytest.mark.parametrize(("status", "day", "state", "sentence"), [
    (InvoiceStatus.APPROVED, None, "current", "waits for its date"),
    (InvoiceStatus.SCHEDULED, date(2026, 12, 1), "current", "scheduled for Dec 1, 2026"),
    (InvoiceStatus.PAID, date(2026, 12, 1), "done", "paid"), (InvoiceStatus.REJECTED, None, "waiting", "not reached"),
    (InvoiceStatus.IN_REVIEW, None, "waiting", "to come"),
])
def test_the_last_dot_is_the_payment(status, day, state, sentence, ctx):
    row = Invoice(status=status, stages=[stage("approved")], scheduled_on=day)
    with speaking("en"):
        assert rows.dots(row, ZONE)[-1] == {"name": "Payment", "state": state, "sentence": sentence}


@pytest.mark.parametrize(("kind", "status", "name", "state", "sentence"), [
    ("E", InvoiceStatus.APPROVED, "Application", "current", "waits to be applied to an invoice"),
    ("E", InvoiceStatus.PARTLY_APPLIED, "Application", "current", "waits to be applied to an invoice"),
    ("E", InvoiceStatus.APPLIED, "Application", "done", "applied to other invoices"),
    ("E", InvoiceStatus.NOTHING_OWED, "Application", "done", "nothing owed"),
    ("I", InvoiceStatus.NOTHING_OWED, "Payment", "done", "nothing owed"),
    ("E", InvoiceStatus.IN_REVIEW, "Application", "waiting", "to come"),
    ("E", InvoiceStatus.REJECTED, "Application", "waiting", "not reached"),
])
def test_the_last_dot_of_a_credit_note_and_of_what_is_for_zero(kind, status, name, state, sentence, ctx):
    row = Invoice(status=status, stages=[stage("approved")], cfdi_type=kind)
    with speaking("en"):
        assert rows.dots(row, ZONE)[-1] == {"name": name, "state": state, "sentence": sentence}


def test_an_invoice_without_stages_has_no_dots(ctx):
    assert rows.dots(Invoice(status=InvoiceStatus.DRAFT, stages=[]), ZONE) == []


def test_how_long_ago_is_said_in_its_unit(ctx):
    moment = now()
    with speaking("en"):
        for minutes, said in ((0, "just now"), (7, "7 minutes ago"), (150, "2 hours ago"), (3000, "2 days ago")):
            assert rows._ago(moment - timedelta(minutes=minutes), moment, "en") == said


def test_people_of_the_other_side_are_shown_by_their_organization(supplier, payables):
    moment = InvoiceMoment(what="rejected", side="client", user_name="Luisa", organization_name="Compradora",
                           reason="No llegó", created_at=now())
    with speaking("es"):
        theirs, ours = history.lines([moment], supplier)[0], history.lines([moment], payables)[0]
    assert (theirs.who, theirs.text, theirs.quote, theirs.kind) == ("Compradora", "Rechazada en definitiva",
                                                                    "No llegó", "danger")
    assert ours.who == "Luisa"
