"""The arithmetic: whatever honest rounding writes lies within the limits, and the limits are as narrow as SAT's."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cfdi.rules.amounts import (
    EXACT,
    close,
    converted_limits,
    nd,
    product_limits,
    rounded,
    tax_limits,
)
from portal.local.cfdi_maker import Invoice, Line, make_cfdi
from tests.cfdi.rules.documents import FECHA, ISSUER, RECEIVER, Document, judged

D = Decimal
PLACES = st.integers(0, 6)
AMOUNTS = st.decimals("0.5", "999999.999999999", places=9)  # never nothing, however it is rounded


def written(value: Decimal, places: int) -> Decimal:
    """As an honest system writes it."""
    return value.quantize(D(1).scaleb(-places), ROUND_HALF_UP)


@given(quantity=AMOUNTS, price=AMOUNTS, q=PLACES, p=PLACES, m=PLACES)
def test_an_honest_product_is_within_its_limits(quantity: Decimal, price: Decimal, q: int, p: int, m: int) -> None:
    with localcontext(EXACT):
        low, high = product_limits(written(quantity, q), written(price, p), m)
        assert low <= written(quantity * price, m) <= high


@given(base=AMOUNTS, rate=st.sampled_from(["0.16", "0.08", "0.106667", "0.265", "1.6", "0"]), b=PLACES, m=PLACES)
def test_an_honest_tax_is_within_its_limits(base: Decimal, rate: str, b: int, m: int) -> None:
    with localcontext(EXACT):
        low, high = tax_limits(written(base, b), D(rate), m)
        assert low <= written(base * D(rate), m) <= high


@given(amount=AMOUNTS, rate=st.decimals("0.01", "99", places=10), a=st.integers(0, 2), m=st.integers(0, 2))
def test_an_honest_conversion_is_within_its_limits(amount: Decimal, rate: Decimal, a: int, m: int) -> None:
    with localcontext(EXACT):
        low, high = converted_limits(written(amount, a), rate, m)
        assert low <= written(written(amount, a) / rate, m) <= high


@given(quantity=AMOUNTS, price=AMOUNTS, m=PLACES)
def test_what_the_shortcut_lets_through_is_within_the_limits(quantity: Decimal, price: Decimal, m: int) -> None:
    with localcontext(EXACT):
        importe = written(quantity * price, m)
        low, high = product_limits(quantity, price, m)
        assert close(quantity * price, importe) and low <= importe <= high


@pytest.mark.parametrize(
    ("quantity", "price", "places", "low", "high"),
    [
        ("2", "10.50", 2, "15.74", "26.27"), ("1.000000", "100.00", 2, "99.99", "100.01"),
        ("1", "100", 0, "49", "151"), ("3.5", "0.333333", 6, "1.149997", "1.183334"),
    ],
)  # fmt: skip
def test_limits_of_a_product(quantity: str, price: str, places: int, low: str, high: str) -> None:
    with localcontext(EXACT):
        assert product_limits(D(quantity), D(price), places) == (D(low), D(high))


@pytest.mark.parametrize(
    ("base", "rate", "places", "low", "high"),
    [("1000.50", "0.16", 2, "160.07", "160.09"), ("100", "0.16", 2, "15.92", "16.08")],
)
def test_limits_of_a_tax(base: str, rate: str, places: int, low: str, high: str) -> None:
    with localcontext(EXACT):
        assert tax_limits(D(base), D(rate), places) == (D(low), D(high))


@pytest.mark.parametrize(
    ("value", "places", "result"), [("0.125", 2, "0.13"), ("0.124999", 2, "0.12"), ("2.5", 0, "3")]
)
def test_rounding_is_half_up(value: str, places: int, result: str) -> None:
    assert rounded(D(value), places) == D(result)


def test_written_decimals_are_counted() -> None:
    assert [nd(D(text)) for text in ("1", "1.0", "1.50", "0.000001", "10")] == [0, 1, 2, 6, 0]


# never below 0.05, so that a discount of a cent leaves something to tax
LINES = st.builds(
    Line, descripcion=st.just("Servicio"), valor_unitario=st.decimals("1.00", "99999.99", places=2),
    cantidad=st.decimals("0.1", "500", places=3), iva=st.sampled_from([D("0.16"), D("0.08"), D(0), None]),
    not_object=st.booleans(),
)  # fmt: skip


@given(lines=st.lists(LINES, min_size=1, max_size=8), discount=st.booleans())
def test_made_documents_have_no_findings(lines: list[Line], discount: bool) -> None:
    if discount:
        first = lines[0]
        lines[0] = Line("Servicio", first.valor_unitario, first.cantidad, descuento=D("0.01"), iva=first.iva)
    found = judged(Document(make_cfdi(ISSUER, RECEIVER, lines, Invoice(FECHA))))
    assert found == [], [(one.code, one.found, one.expected, one.where) for one in found]
