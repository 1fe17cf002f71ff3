"""Money: rounding, currencies apart, and amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import (
    CurrencyMismatch,
    Money,
    NotAnAmount,
    convert,
    decimals,
    parse_amount,
    quantize,
    sum_by_currency,
)


@pytest.mark.parametrize(
    ("currency", "expected"), [("MXN", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XXX", 0), ("XAU", 0)]
)
def test_decimals_follow_the_standard(currency, expected):
    assert decimals(currency) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("2.345", "MXN", "2.35"),
        ("2.355", "MXN", "2.36"),
        ("-2.345", "MXN", "-2.35"),
        ("1.5", "JPY", "2"),
        ("2.5", "JPY", "3"),
        ("0.0005", "KWD", "0.001"),
    ],
)
def test_rounding_is_half_up(amount, currency, expected):
    assert str(quantize(Decimal(amount), currency)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.50", "1234.50"),
        ("$1,234.50 MXN", "1234.50"),
        ("MXN 1234.5", "1234.50"),
        ("1234", "1234.00"),
        (" 1 234 567.1 ", "1234567.10"),
        ("1\u00a0234", "1234.00"),
        ("1'234.00", "1234.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("１２.５", "12.50"),
        ("0001.500", "1.50"),
        ("$ 0", "0.00"),
        ("mxn $5", "5.00"),
    ],
)
def test_amounts_as_people_type_them(text, expected):
    assert str(parse_amount(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  $ ", "empty"),
        ("1.234,50", "format"),
        ("1234,50", "format"),
        ("1,23", "format"),
        ("12 34", "format"),
        ("1,2345", "format"),
        ("1e5", "format"),
        ("NaN", "format"),
        ("Infinity", "format"),
        ("1_000", "format"),
        ("--1", "format"),
        ("٣", "format"),
        ("1.5.5", "format"),
        ("5 USD", "format"),
        ("-1", "sign"),
        ("1.005", "decimals"),
        ("9" * 16, "size"),
        ("=1+1", "format"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_code(text, code):
    with pytest.raises(NotAnAmount) as refused:
        parse_amount(text)
    assert refused.value.code == code


def test_a_negative_amount_needs_leave():
    assert parse_amount("−1,000.10", allow_negative=True) == Decimal("-1000.10")


def test_decimals_of_the_currency_bound_what_may_be_typed():
    assert parse_amount("100", "JPY") == Decimal("100")
    with pytest.raises(NotAnAmount, match="decimals"):
        parse_amount("100.5", "JPY")


@given(st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False, allow_infinity=False))
def test_what_we_write_we_read(amount):
    assert parse_amount(f"${amount:,.2f} MXN") == amount


def test_currencies_are_never_mixed():
    pesos, dollars = Money(Decimal("10"), "MXN"), Money(Decimal("1"), "USD")
    for act in (lambda: pesos + dollars, lambda: pesos - dollars, lambda: pesos < dollars, lambda: pesos >= dollars):
        with pytest.raises(CurrencyMismatch):
            act()
    assert pesos != dollars


def test_arithmetic_of_one_currency():
    one, two = Money(Decimal("0.10"), "MXN"), Money(Decimal("0.20"), "MXN")
    assert one + two == Money(Decimal("0.30"), "MXN")
    assert one - two == -one
    assert one < two <= two < Money(Decimal("1"), "MXN")
    assert two > one and two >= one


@pytest.mark.parametrize("amount", [1.5, Decimal("NaN"), Decimal("Infinity")])
def test_money_is_exact_and_finite(amount):
    with pytest.raises(ValueError, match="finite"):
        Money(amount, "MXN")


def test_money_has_a_real_currency():
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), "pesos")


def test_conversion_at_a_frozen_rate():
    assert convert(Money(Decimal("100"), "USD"), "MXN", Decimal("18.12345")) == Money(Decimal("1812.35"), "MXN")
    with pytest.raises(ValueError, match="itself"):
        convert(Money(Decimal(1), "MXN"), "MXN", Decimal("1.1"))
    for rate in ("0", "-1", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="positive"):
            convert(Money(Decimal(1), "USD"), "MXN", Decimal(rate))


def test_totals_stay_apart_and_pesos_come_first():
    totals = sum_by_currency(
        [Money(Decimal("1"), "EUR"), Money(Decimal("2"), "MXN"), Money(Decimal("3"), "EUR"), Money(Decimal("4"), "CAD")]
    )
    assert list(totals.items()) == [("MXN", Decimal(2)), ("CAD", Decimal(4)), ("EUR", Decimal(4))]
