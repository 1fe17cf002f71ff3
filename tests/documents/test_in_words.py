"""Amounts in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.in_words import amount_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "CERO PESOS 00/100 M.N."),
        ("0.50", "CERO PESOS 50/100 M.N."),
        ("1", "UN PESO 00/100 M.N."),
        ("2.05", "DOS PESOS 05/100 M.N."),
        ("16", "DIECISÉIS PESOS 00/100 M.N."),
        ("21", "VEINTIÚN PESOS 00/100 M.N."),
        ("31", "TREINTA Y UN PESOS 00/100 M.N."),
        ("40", "CUARENTA PESOS 00/100 M.N."),
        ("100", "CIEN PESOS 00/100 M.N."),
        ("101", "CIENTO UN PESOS 00/100 M.N."),
        ("555", "QUINIENTOS CINCUENTA Y CINCO PESOS 00/100 M.N."),
        ("1000", "MIL PESOS 00/100 M.N."),
        ("1116.50", "MIL CIENTO DIECISÉIS PESOS 50/100 M.N."),
        ("21021", "VEINTIÚN MIL VEINTIÚN PESOS 00/100 M.N."),
        ("100000", "CIEN MIL PESOS 00/100 M.N."),
        ("700999.99", "SETECIENTOS MIL NOVECIENTOS NOVENTA Y NUEVE PESOS 99/100 M.N."),
        ("1000000", "UN MILLÓN DE PESOS 00/100 M.N."),
        ("1000001", "UN MILLÓN UN PESOS 00/100 M.N."),
        ("2500000", "DOS MILLONES QUINIENTOS MIL PESOS 00/100 M.N."),
        ("1001000000", "MIL UN MILLONES DE PESOS 00/100 M.N."),
        ("1000000000000", "UN BILLÓN DE PESOS 00/100 M.N."),
        ("2000001000000", "DOS BILLONES UN MILLÓN DE PESOS 00/100 M.N."),
        ("12.345", "DOCE PESOS 35/100 M.N."),
        ("0.999", "UN PESO 00/100 M.N."),
    ],
)
def test_spanish(amount, words):
    assert amount_in_words(Decimal(amount), "MXN") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ZERO DOLLARS 00/100 USD"),
        ("1.01", "ONE DOLLAR 01/100 USD"),
        ("21", "TWENTY-ONE DOLLARS 00/100 USD"),
        ("1116.50", "ONE THOUSAND ONE HUNDRED SIXTEEN DOLLARS 50/100 USD"),
        ("1000000", "ONE MILLION DOLLARS 00/100 USD"),
        ("90000000019", "NINETY BILLION NINETEEN DOLLARS 00/100 USD"),
    ],
)
def test_english(amount, words):
    assert amount_in_words(Decimal(amount), "USD", "en") == words


def test_other_currencies():
    assert amount_in_words(Decimal("1"), "USD") == "UN DÓLAR 00/100 USD"
    assert amount_in_words(Decimal("1000000"), "EUR") == "UN MILLÓN DE EUROS 00/100 EUR"
    assert amount_in_words(Decimal("1000000"), "BRL") == "UN MILLÓN 00/100 BRL"
    assert amount_in_words(Decimal("7"), "GBP", "en") == "SEVEN POUNDS 00/100 GBP"


@pytest.mark.parametrize("amount", ["-1", "1000000000000000"])
def test_what_no_invoice_holds(amount):
    assert amount_in_words(Decimal(amount), "MXN") == ""


@given(st.integers(0, 10**15 - 1), st.integers(0, 10**15 - 1), st.sampled_from(["es", "en"]))
def test_different_amounts_have_different_words(one, other, language):
    words = [amount_in_words(Decimal(value), "MXN", language) for value in (one, other)]
    assert (one == other) == (words[0] == words[1])
    assert all(text == text.upper() and "  " not in text for text in words)


def test_all_below_ten_thousand_differ():
    for language in ("es", "en"):
        assert len({amount_in_words(Decimal(value), "MXN", language) for value in range(10_000)}) == 10_000
