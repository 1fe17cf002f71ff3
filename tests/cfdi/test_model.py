"""The read model: SAT's names, types, what was written, places; frozen and lazy."""

from datetime import datetime
from decimal import Decimal

import pytest
from lxml import etree

from portal.cfdi.lazy import modestly_kept
from portal.cfdi.model import CFD3, CFD4, IMPLOCAL, Comprobante, Unreadable, count_decimals, decimal, moment
from portal.cfdi.reader import read
from portal.local.cfdi_maker import Invoice, PaidDocument, make_cfdi, make_pago
from tests.cfdi.conftest import FECHA, ISSUER, RECEIVER, lines, unsealed

UUID = "0A1B2C3D-0000-4000-8000-00000000ABCD"


def document(data: bytes) -> Comprobante:
    """The document of bytes that can be read."""
    found = read(data).document
    assert found is not None
    return found


def test_an_invoice_reads_with_sats_names() -> None:
    cfdi = document(unsealed())
    assert (cfdi.version, cfdi.serie, cfdi.folio, cfdi.tipo_de_comprobante) == ("4.0", "A", "101", "I")
    assert cfdi.fecha == FECHA
    assert cfdi.sub_total == Decimal("3001.50")
    assert cfdi.total == Decimal("3481.74")
    assert cfdi.descuento is None
    assert cfdi.tipo_cambio is None
    assert (cfdi.metodo_pago, cfdi.forma_pago, cfdi.moneda) == ("PUE", "03", "MXN")
    assert (cfdi.emisor.rfc, cfdi.emisor.nombre, cfdi.emisor.regimen_fiscal) == (ISSUER.rfc, ISSUER.name, "601")
    assert (cfdi.receptor.rfc, cfdi.receptor.uso_cfdi) == (RECEIVER.rfc, "G03")
    assert cfdi.receptor.domicilio_fiscal_receptor == RECEIVER.postcode
    assert [c.importe for c in cfdi.conceptos] == [Decimal("1000.50"), Decimal("2001.00")]
    tax = cfdi.conceptos[1].traslados[0]
    assert (tax.base, tax.impuesto, tax.tasa_o_cuota) == (Decimal("2001.00"), "002", Decimal("0.160000"))
    assert cfdi.impuestos is not None
    assert cfdi.impuestos.total_impuestos_trasladados == Decimal("480.24")
    assert (cfdi.timbre, cfdi.uuid, cfdi.timbres, cfdi.pagos, cfdi.informacion_global) == (None, "", (), (), None)


def test_what_was_written_is_kept() -> None:
    cfdi = document(unsealed())
    assert cfdi.written("Total") == "3481.74"
    assert cfdi.decimals("Total") == 2
    assert cfdi.conceptos[0].decimals("Cantidad") == 0
    assert (cfdi.written("Descuento"), cfdi.has("Descuento"), cfdi.get("Descuento")) == ("", False, None)
    assert [count_decimals(text) for text in ("1", "1.", "1.50", " 1.500 ", "")] == [0, 0, 2, 3, 0]


def test_places_count_siblings() -> None:
    cfdi = document(unsealed())
    assert cfdi.where("Total") == "/Comprobante/@Total"
    assert cfdi.conceptos[1].where("Importe") == "/Comprobante/Conceptos/Concepto[2]/@Importe"
    assert cfdi.conceptos[0].traslados[0].where() == (
        "/Comprobante/Conceptos/Concepto[1]/Impuestos/Traslados/Traslado"
    )


def test_a_payment_reads_down_to_the_taxes_of_its_documents() -> None:
    paid = [PaidDocument(UUID, Decimal("1160.00"), Decimal("580.00"), serie="A", folio="7")]
    cfdi = document(make_pago(ISSUER, RECEIVER, paid, FECHA, datetime(2026, 11, 19, 12, 0, 0)))
    pago = cfdi.pagos[0].pagos[0]
    assert (cfdi.pagos[0].version, pago.monto, pago.fecha_pago.day) == ("2.0", Decimal("580.00"), 19)
    one = pago.doctos_relacionados[0]
    assert (one.id_documento, one.num_parcialidad, one.imp_saldo_insoluto) == (UUID, "1", Decimal("580.00"))
    assert one.impuestos_dr is not None
    assert one.impuestos_dr.traslados[0].base == Decimal("500.00")
    assert pago.impuestos_p is not None
    assert pago.impuestos_p.traslados[0].importe == Decimal("80.00")
    totales = cfdi.pagos[0].totales
    assert totales is not None
    assert totales.total_traslados_base_iva16 == Decimal("500.00")
    assert totales.monto_total_pagos == Decimal("580.00")


def test_relations_are_upper_case() -> None:
    data = make_cfdi(ISSUER, RECEIVER, lines(), Invoice(FECHA, tipo="E", relations=[("01", [UUID.lower()])]))
    related = document(data).cfdi_relacionados[0]
    assert (related.tipo_relacion, related.uuids) == ("01", (UUID,))


def test_every_complement_of_every_node_is_reached() -> None:
    local = f'<l:ImpuestosLocales xmlns:l="{IMPLOCAL}" version="1.0" TotaldeRetenciones="5" TotaldeTraslados="0">'
    local += '<l:RetencionesLocales ImpLocRetenido="CEDULAR" TasadeRetencion="1" Importe="5"/></l:ImpuestosLocales>'
    data = (
        f'<c:Comprobante xmlns:c="{CFD3}" Version="3.3"><c:Complemento>{local}</c:Complemento><c:Complemento/>'
        '<c:Complemento><x:Otro xmlns:x="http://www.sat.gob.mx/otro" Version="1.0"/></c:Complemento></c:Comprobante>'
    )
    cfdi = document(data.encode())
    assert [node.local_name for node in cfdi.complementos] == ["ImpuestosLocales", "Otro"]
    assert cfdi.impuestos_locales[0].retenciones_locales[0].importe == Decimal(5)
    other = cfdi.complementos[1]
    assert (other.get("Version"), other.namespace) == ("1.0", "http://www.sat.gob.mx/otro")


def test_it_is_frozen_and_reads_once() -> None:
    cfdi = document(unsealed())
    with pytest.raises(AttributeError):
        cfdi.total = Decimal(0)
    assert cfdi.conceptos is cfdi.conceptos
    assert cfdi.complementos is cfdi.complementos


@pytest.mark.parametrize("text", "NaN Infinity -Infinity 1E+9 1e3 1_000.00 . 1,000 0x1 ١ 1-".split() + ["", "1 0"])
def test_what_is_not_a_decimal_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        decimal(text)


def test_decimals_are_those_of_xml_schema() -> None:
    written = (" 12.50 ", "+2.00", ".50", "-0", "7.")
    assert [decimal(text) for text in written] == [Decimal(text) for text in ("12.5", "2", "0.5", "0", "7")]


@pytest.mark.parametrize(
    "text", "x 2026-11-20 2026-11-20T10:00:00Z 2026-13-01T00:00:00 2026-11-20T10:00:00.5 0001-01-01T00:00:00".split()
)
def test_moments_have_no_zone_and_no_fraction(text: str) -> None:
    with pytest.raises(Unreadable):
        moment(text)


def test_what_is_required_and_absent_is_unreadable_only_when_asked() -> None:
    cfdi = Comprobante(etree.fromstring(f'<c:Comprobante xmlns:c="{CFD4}" Version="4.0" Total="abc"/>'))
    assert cfdi.conceptos == ()
    for name in ("sub_total", "total", "fecha", "emisor", "receptor"):
        with pytest.raises(Unreadable):
            getattr(cfdi, name)


def test_what_a_stranger_makes_long_is_not_kept() -> None:
    asked: list[str] = []

    @modestly_kept
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [length("short"), length("short"), length("x" * 5000), length("x" * 5000)] == [5, 5, 5000, 5000]
    assert asked == ["short", "x" * 5000, "x" * 5000]
    for number in range(1024):
        length(str(number))
    assert length("short") == 5
    assert asked.count("short") == 2
