"""New invoices, told to accounts payable as each person chose: each, every morning, not at all."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import NewInvoiceLetters as Wants
from portal.accounts.models import User
from portal.core.clock import now
from portal.core.db import session
from portal.invoices import digest, queries
from portal.invoices.models import Invoice
from portal.invoices.models import InvoiceStatus as S
from portal.jobs.models import OutboxRow
from portal.mail import render, sealing
from portal.mail.models import Letter
from tests.forms import guard


@pytest.fixture()
def told(world, buyer):
    """Tell of an invoice; return (the letters about new invoices, the waiting jobs)."""
    def tell(invoice):
        with world.owner():
            digest.tell(queries.letter_facts(invoice.id))
        with world.owner():
            letters = [row.name for row in session.scalars(select(Letter).where(Letter.name.like("invoice%received")))]
            return letters, session.scalars(select(OutboxRow).filter_by(name=digest.JOB)).all()
    return tell


@pytest.fixture()
def person(buyer):
    return buyer.people["accounts_payable"].user


def choose(world, person, wants):
    with world.owner():
        session.get_one(User, person.id).new_invoice_letters = wants


@pytest.mark.parametrize(("wants", "letters", "jobs"), [
    (Wants.EACH, ["invoice_received"], 0), (Wants.DAILY, [], 1), (Wants.NONE, [], 0)])
def test_each_is_told_as_they_chose(wants, letters, jobs, world, seller, person, told):
    choose(world, person, wants)
    found, waiting = told(world.invoice(seller, status=S.IN_REVIEW))
    assert (found, len(waiting)) == (letters, jobs)


def arrivals(world, buyer, person, since):
    with world.acting(world.actor(buyer, "administrator")) as actor:
        digest.tell_arrivals(person.id, since, actor)
    with world.owner():
        return [sealing.unseal(x.id, x.client_id, x.context) | {"to": x.to_email}
                for x in session.scalars(select(Letter).filter_by(name="invoices_received"))]


def test_one_letter_names_what_came_in_since_and_waits(world, buyer, seller, person, told):
    choose(world, person, Wants.DAILY)
    world.invoice(seller, status=S.IN_REVIEW, number="OLD", sent_at=now() - timedelta(days=2))
    first = world.invoice(seller, status=S.IN_REVIEW, number="A-1")
    told(first)
    _letters, (job,) = told(world.invoice(seller, status=S.IN_REVIEW, number="A-2"))
    world.invoice(seller, status=S.APPROVED, number="DONE")
    assert job.available_at > now() and job.payload["since"] == first.sent_at.isoformat()
    (context,) = arrivals(world, buyer, person, first.sent_at)
    assert context["to"] == person.email and (context["count"], context["more"]) == (2, 0)
    assert [line.split(" · ")[0] for line in context["invoices"]] == ["A-1", "A-2"]
    for locale, subject in (("es", "2 facturas nuevas esperan revisión"), ("en", "2 new invoices wait for review")):
        drawn = render.render("invoices_received", locale, "Ana", context)
        assert drawn.subject == subject and "A-1 · " in drawn.text and "/inbox/" in drawn.html


def test_a_long_morning_is_cut(world, buyer, seller, person):
    choose(world, person, Wants.DAILY)
    since = now()
    for _ in range(digest.LISTED + 2):
        world.invoice(seller, status=S.IN_REVIEW)
    (context,) = arrivals(world, buyer, person, since)
    assert (context["count"], len(context["invoices"]), context["more"]) == (digest.LISTED + 2, digest.LISTED, 2)


def test_there_is_no_letter_about_nothing_or_to_who_left(world, buyer, seller, person):
    since = now()
    choose(world, person, Wants.DAILY)
    assert arrivals(world, buyer, person, since) == []
    invoice = world.invoice(seller, status=S.IN_REVIEW)
    for wants, who in ((Wants.NONE, person), (Wants.DAILY, buyer.people["treasury"].user)):
        choose(world, who, wants)
        assert arrivals(world, buyer, who, since) == []
    choose(world, person, Wants.EACH)  # changed their mind: what was collected is still told
    assert len(arrivals(world, buyer, person, since)) == 1
    with world.owner():
        assert session.get_one(Invoice, invoice.id)


def test_another_client_hears_nothing(world, buyer, seller, person):
    other = world.client("Ajena", "AJE010101AA1")
    since = now()
    world.invoice(seller, status=S.IN_REVIEW)
    for stranger in (person, other.people["accounts_payable"].user):
        assert arrivals(world, other, stranger, since) == []


def test_the_morning_is_the_persons_own():
    for zone in ("America/Tijuana", "Asia/Tokyo"):
        then = digest.morning(zone)
        assert (then.hour, then.minute) == (digest.HOUR, 0)
        assert timedelta(0) < then - now() <= timedelta(hours=25)


def test_it_is_chosen_on_the_own_profile_by_who_receives_invoices(world, buyer, person, client):
    world.sign_in(client, buyer.people["treasury"])
    assert "new_invoice_letters" not in client.get("/profile").text
    world.sign_in(client, buyer.people["accounts_payable"])
    page = client.get("/profile").text
    assert "Correo sobre facturas nuevas" in page
    given = guard(page) | {"name": "Ana", "locale": "es", "zone": "America/Mexico_City", "theme": "auto"}
    assert client.post("/profile", data=given | {"new_invoice_letters": "weekly"}).status_code == 422
    for more in ({"new_invoice_letters": "daily"}, {}):  # a form without it leaves it as it is
        fresh = guard(client.get("/profile").text)
        assert client.post("/profile", data=given | fresh | more).status_code == 303
        with world.owner():
            assert session.get_one(User, person.id).new_invoice_letters is Wants.DAILY
