"""Money: decimals, rounding, and amounts as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import NotAnAmount, decimals, parse_amount, quantize, written


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


def test_decimals_of_the_currency_bound_what_may_be_typed():
    assert parse_amount("100", "JPY") == Decimal("100")
    with pytest.raises(NotAnAmount, match="decimals"):
        parse_amount("100.5", "JPY")


@given(st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False, allow_infinity=False))
def test_what_we_write_we_read(amount):
    assert parse_amount(f"${amount:,.2f} MXN") == amount


@pytest.mark.parametrize(("text", "amount"), [(".5", "0.50"), ("5.", "5.00"), ("007", "7.00"), ("1.5000", "1.50"),
                                              ("999999999999999.99", "999999999999999.99")])
def test_edges_of_what_is_read(text, amount):
    assert str(parse_amount(text)) == amount


def test_a_rate_has_more_decimals_than_its_currency():
    assert parse_amount("18.432500", places=6) == Decimal("18.4325")
    with pytest.raises(NotAnAmount, match="decimals"):
        parse_amount("18.1234567", places=6)


@pytest.mark.parametrize(("amount", "text"), [("1234567.5", "1,234,567.50"), ("0", "0.00"), ("18.432500", "18.4325"),
                                              ("1E+6", "1,000,000.00"), ("-0.01", "-0.01")])
def test_an_amount_is_written_with_its_thousands(amount, text):
    assert written(Decimal(amount)) == text
