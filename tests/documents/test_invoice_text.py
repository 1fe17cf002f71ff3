"""The first guess at a foreign invoice: right on common layouts, humble on ambiguous ones, silent on nothing."""

import time
from datetime import date
from decimal import Decimal

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from portal.documents import reading
from portal.documents.invoice_text import guess

AMERICAN = """ACME TOOLS INC
123 Main Street, Austin TX 78701
Invoice Number: INV-2026/0042
Invoice Date: March 4, 2026
Due Date: April 3, 2026
Description Qty Price Amount
Widgets 10 100.00 1,000.00
Subtotal $1,000.00
Sales tax 8.25% $82.50
Total Due USD $1,082.50
"""
GERMAN = """Muster GmbH
Rechnungsnummer: 2026-117
Rechnungsdatum: 26.11.2026
Zwischensumme 1.000,00 EUR
USt. 19 % 190,00 EUR
Gesamtbetrag 1.190,00 EUR
"""
SPANISH = """Servicios Ibéricos, S.L.
Factura núm.: F/26-88
Fecha de emisión: 5 de noviembre de 2026
Base imponible 2.500,00 €
IVA 21% 525,00 €
Total a pagar
3.025,00 €
"""
FRENCH = """Société Exemple
Facture n° FA-00915
Date : 12 décembre 2026
Total HT 800,00 €
TVA 160,00 €
Total TTC 960,00 €
"""
BRITISH = """Invoice
Invoice No
GB-7781
Date of issue 2026-02-28
Grand Total £12,345.60
"""


@pytest.mark.parametrize(
    ("text", "number", "day", "total", "currency"),
    [
        (AMERICAN, "INV-2026/0042", date(2026, 3, 4), "1082.50", "USD"),
        (GERMAN, "2026-117", date(2026, 11, 26), "1190.00", "EUR"),
        (SPANISH, "F/26-88", date(2026, 11, 5), "3025.00", "EUR"),
        (FRENCH, "FA-00915", date(2026, 12, 12), "960.00", "EUR"),
        (BRITISH, "GB-7781", date(2026, 2, 28), "12345.60", "GBP"),
    ],
)
def test_common_layouts(text, number, day, total, currency):
    found = guess(text)
    assert found.number.value == number
    assert found.date.value == day
    assert found.total.value == Decimal(total)
    assert found.currency.value == currency
    assert min(found.number.confidence, found.date.confidence, found.total.confidence) >= 0.7
    assert found.total.seen in [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize(
    ("words", "day", "sure"),
    [
        ("Date: 2026-11-26", date(2026, 11, 26), True),
        ("Date: 26/11/2026", date(2026, 11, 26), True),
        ("Date: 11/26/2026", date(2026, 11, 26), True),
        ("Fecha: 03/04/2026", date(2026, 4, 3), False),
        ("Date: 03/04/2026 USD 1", date(2026, 3, 4), False),
        ("Datum: 03.04.2026", date(2026, 4, 3), True),
        ("Date: 3rd Nov 2026", date(2026, 11, 3), True),
        ("Issued on November 3, 2026", date(2026, 11, 3), True),
        ("Fecha: 3 de enero del 2026", date(2026, 1, 3), True),
        ("Date: 5/5/26", date(2026, 5, 5), True),
    ],
)
def test_dates(words, day, sure):
    found = guess(words).date
    assert found.value == day and (found.confidence >= 0.8) == sure


@pytest.mark.parametrize(
    "words", ["Date: 31/02/2026", "Date: 99/99/2026", "Due date: 2026-01-01", "Date: soon", "Date: 1/1/1899"]
)
def test_what_is_no_date_of_issue(words):
    assert guess(words).date is None


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("Total 1,234.56", "1234.56"), ("Total 1.234,56", "1234.56"), ("Total 1 234,56", "1234.56"),
        ("Total 1'234.50", "1234.50"),
        ("Total 1,234", "1234"), ("Total 1.234.567", "1234567"), ("Total 12,5", "12.5"), ("Total 0.125", "0.125"),
        ("Total 1,234.567", "1234.567"), ("Total: $99", "99"), ("TOTAL EUR 5,00", "5.00"), ("Total 10% 50.00", "50.00"),
        ("Subtotal 1.00\nTotal 2.00\nTotal 3.00", "3.00"), ("Total 2.00\nTotal tax 9.00", "2.00"),
        ("Total 900.00\nAmount due 100.00", "100.00"),
    ],
)  # fmt: skip
def test_totals(words, amount):
    assert guess(words).total.value == Decimal(amount)


@pytest.mark.parametrize(
    "words", ["", "\n\n", "Subtotal 5.00", "Hello", "Total to be agreed", "INVOICE", "Invoice number: pending"]
)
def test_nothing_is_made_up(words):
    found = guess(words)
    assert found.number is None and found.total is None and found.date is None


def test_a_dollar_alone_is_a_weak_guess():
    assert guess("Total $5.00").currency.confidence < 0.5
    assert guess("Total MX$5.00").currency.value == "MXN"
    assert guess("Total 5.00").currency is None


def test_the_word_invoice_with_a_number_is_a_guess_too():
    found = guess("Invoice 10042\nTotal 5 EUR").number
    assert found.value == "10042" and found.confidence < 0.7


def test_a_date_or_word_is_no_number():
    assert guess("Invoice date: 2026-01-01").number is None
    assert guess("Invoice No: 26/11/2026").number is None


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    found = guess(text)
    assert all(0 < one.confidence <= 1 for one in (found.number, found.date, found.total, found.currency) if one)


@pytest.mark.parametrize(
    "text",
    [
        "1," * 100_000,
        "1.1.1.1 " * 20_000,
        "invoice no " * 20_000,
        "total " * 50_000,
        "Date: " + "1/" * 50_000,
        "a" * 200_000,
        "\n".join(["Total 1,1,1,1,1"] * 5_000),
    ],
)
def test_every_pattern_is_linear(text):
    started = time.monotonic()
    guess(text)
    assert time.monotonic() - started < 3


def test_a_real_pdf():
    source = '#set page(paper: "a4")\n' + AMERICAN.replace("$", "\\$").replace("\n", " \\\n").replace("/", "\\/")
    found = guess(reading.pdf_text(typst.compile(source.encode())))
    assert (found.number.value, found.total.value) == ("INV-2026/0042", Decimal("1082.50"))
    assert found.date.value == date(2026, 3, 4)
