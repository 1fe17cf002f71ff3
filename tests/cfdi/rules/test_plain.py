"""The plain look and the rules agree: where the look answers, no rule finds anything, and the same rules are told."""

import random
from copy import deepcopy
from decimal import Decimal

import pytest
from lxml import etree

from portal.cfdi.context import Context, TaxProfile
from portal.cfdi.model import Comprobante
from portal.cfdi.report import Finding
from portal.cfdi.rules import plain, run
from portal.cfdi.rules.facts import Facts
from portal.local.cfdi_maker import Invoice, Line, make_cfdi
from tests.cfdi.rules import documents
from tests.cfdi.rules.documents import AT, FECHA, ISSUER, RECEIVER, Document

MAKERS = (
    "invoice dollars exempt untaxed discounted public abroad exported withheld hotel parts transfer payment".split()
)
PLAIN = {"invoice", "dollars", "exempt", "untaxed", "discounted", "withheld", "hotel"}
VALUES = (
    "", "0", "1", "-1", "0.00", "1.5", "NaN", "99", "01", "02", "03", "06", "PUE", "PPD", "MXN", "USD", "XXX", "I", "E",
    "T", "616", "601", "612", "G03", "S01", "XAXX010101000", "PUBLICO EN GENERAL", "MEX", "002", "001", "Tasa",
    "Exento", "Cuota", "0.160000", "0.16", "0.080000", "0.000000", " 1.00 ", "1000.500", "9" * 60, "0." + "1" * 30,
)  # fmt: skip
NAMES = (
    "Descuento TipoCambio MetodoPago ResidenciaFiscal NumRegIdTrib Importe Base TasaOCuota TotalImpuestosRetenidos "
    "TotalImpuestosTrasladados ObjetoImp Exportacion TipoFactor Impuesto Total SubTotal"
).split()
CENTS = ("0.01", "-0.01", "0.001", "0.005", "-0.005")


def both(root: etree._Element, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, bool]:
    """Whether the look answered, and whether with it and without it the rules say the same."""
    receiver = random.Random(len(root)).choice((None, TaxProfile("CLI990101XY2", "OTRO", "64000")))
    said = []
    for look in (plain.places, lambda facts: None):
        with monkeypatch.context() as patch:
            patch.setattr(run.plain, "places", look)
            context = Context(AT, receiver=receiver)
            found: list[Finding] = run.run(Comprobante(deepcopy(root)), context)
            said.append((found, context.ran))
    return looked(root, receiver), said[0] == said[1]


def looked(root: etree._Element, receiver: TaxProfile | None) -> bool:
    with run.localcontext(run.EXACT):
        return plain.places(Facts(Comprobante(deepcopy(root)), Context(AT, receiver=receiver))) is not None


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_plain(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert both(getattr(documents, name)().root, monkeypatch) == (name in PLAIN, True)


def test_a_rate_is_the_same_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    other = made(Line("Otra cosa", Decimal(10))).put(documents.TRASLADO, TasaOCuota="0.16")
    assert both(other.root, monkeypatch) == (True, True)
    twice = made().double(documents.ROW).put(documents.ROW, TasaOCuota="0.16")
    assert both(twice.root, monkeypatch) == (False, True)


def made(*lines: Line) -> Document:
    return Document(make_cfdi(ISSUER, RECEIVER, [Line("Servicio", Decimal(1000)), *lines], Invoice(FECHA)))


def not_withheld() -> Document:
    """Taxes withheld in the concepto that the summary does not have, with a Total that agrees with the summary."""
    document = documents.withheld().put("Impuestos", TotalImpuestosRetenidos=None).put("", Total="1160.00")
    return document.drop("Impuestos/Retenciones")


def in_the_wrong_group() -> Document:
    """The summary's transferred row stands among the withheld ones."""
    document = made().add("Impuestos", "Retenciones")
    document.find("Impuestos/Retenciones").append(document.find(documents.ROW))
    return document


FAULTY = {
    "a row in the wrong group": in_the_wrong_group,
    "a line without price": lambda: made(Line("Nada", Decimal(0), not_object=True)),
    "a line discounted below nothing": lambda: made(Line("X", Decimal(1), descuento=Decimal("1.50"), not_object=True)),
    "taxes not in the summary": not_withheld,
    "a part inside a tax": lambda: made().add(documents.TRASLADO, "Parte", ValorUnitario="0"),
    "a payment in an invoice": lambda: made().add("", "Complemento").add("Complemento", "pago:Pagos"),
    "another summary": lambda: made().double("Impuestos"),
    "an amount above SAT's limit": lambda: made(Line("Todo", Decimal(10) ** 18, not_object=True)),
    "two receivers": lambda: made().double("Receptor"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_amounts_that_agree_do_not_make_it_plain(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert both(FAULTY[name]().root, monkeypatch) == (False, True)


def mutated(rng: random.Random, root: etree._Element) -> None:
    """One change somewhere: an attribute set, removed or moved by cents; an element doubled, moved or dropped."""
    node = rng.choice([*root.iter(etree.Element)])
    kind = rng.random()
    parent = node.getparent()
    if kind < 0.3:
        node.set(rng.choice(NAMES), rng.choice(VALUES))
    elif kind < 0.8 and node.attrib:
        name = rng.choice(list(node.attrib))
        written = node.attrib[name]
        if kind < 0.45:
            node.set(name, rng.choice(VALUES))
        elif kind < 0.55:
            del node.attrib[name]
        elif written.replace(".", "").isdigit():
            node.set(name, str(Decimal(written) + Decimal(rng.choice(CENTS))))
    elif parent is not None:
        rng.choice((parent.remove, node.addnext, parent.append))(node if kind < 0.9 else deepcopy(node))


def test_the_look_and_the_rules_agree_on_thousands_of_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(40108)
    answered = 0
    for number in range(3000):
        root = getattr(documents, rng.choice(MAKERS))().root
        try:
            for _ in range(rng.choice((1, 1, 2))):
                mutated(rng, root)
        except ValueError:  # an element cannot be moved beside or into itself
            continue
        answer, agree = both(root, monkeypatch)
        assert agree, (number, etree.tostring(root).decode())
        answered += answer
    assert answered > 200


def test_an_invoice_of_many_amounts_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(40167)
    lines = [
        Line(f"Cosa {n}", Decimal(rng.randint(1, 999999)) / 1000, Decimal(rng.randint(1, 999)) / 10,
             iva=rng.choice((Decimal("0.16"), Decimal("0.08"), Decimal(0), None)), not_object=rng.random() < 0.1)
        for n in range(300)
    ]  # fmt: skip
    data = make_cfdi(ISSUER, RECEIVER, lines, Invoice(FECHA))
    assert both(etree.fromstring(data), monkeypatch) == (True, True)
