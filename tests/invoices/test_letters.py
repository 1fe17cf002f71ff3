"""Letters in both languages, texts with their Spanish, sentences of the audit trail."""
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract

from portal.core.i18n import catalog, speaking
from portal.invoices import emails, events
from portal.mail import render

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2)}


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("letter", sorted(emails.LETTERS))
def test_a_letter_reads_in_its_readers_language(letter, locale, ctx):
    drawn = render.render(letter, locale, "Ana", emails.LETTERS[letter])
    for part in (drawn.text, drawn.html):
        assert "A-1023" in part and emails.LETTERS[letter]["link"] in part and "$1,160.00 MXN" in part
    assert ("factura" in drawn.text.lower()) is (locale == "es")
    if "reason" in emails.LETTERS[letter]:
        assert emails.LETTERS[letter]["reason"] in drawn.text
    assert drawn.subject and "%" not in drawn.subject


def test_sent_is_not_approved_is_said(ctx):
    assert "no es aprobada" in render.render("invoice_sent", "es", "Ana", emails.LETTERS["invoice_sent"]).text


def test_every_letter_has_its_templates():
    folders = {p.parent.name for p in (ROOT / "templates/email").glob("*/subject.txt")}
    assert set(emails.LETTERS) <= folders


def texts():
    places = [*ROOT.glob("portal/invoices/*.py"), *ROOT.glob("templates/invoices/*.html")]
    for name in emails.LETTERS:
        places += (ROOT / "templates/email" / name).glob("*")
    for place in places:
        method = "python" if place.suffix == ".py" else "jinja2.ext:babel_extract"
        with place.open("rb") as source:
            for _line, message, _comments, _context in extract(method, source, keywords=KEYWORDS):
                yield place.name, message if isinstance(message, str) else message[0]


def test_every_text_has_its_spanish_with_the_same_holes():
    known = catalog("es")._catalog
    for place, text in texts():
        assert text in known or (text, 0) in known, f"{place}: {text!r} has no Spanish"
        spanish = known.get(text) or known[text, 0]
        assert set(re.findall(r"%\((\w+)\)", spanish)) == set(re.findall(r"%\((\w+)\)", text)), text


def test_every_event_has_its_sentence(ctx):
    classes = [c for c in vars(events).values() if isinstance(c, type) and issubclass(c, events.Event)]
    concrete = {c.__name__: c for c in classes} .keys() - {"Event", "InvoiceEvent"}
    assert concrete == set(events.SENTENCES)
    with speaking("es"):
        assert str(events.SENTENCES["InvoiceSent"]) == "La factura %(subject)s se envió a revisión"
