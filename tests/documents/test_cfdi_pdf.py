"""The printed representation of a CFDI: all of it, legible, accessible, verifiable, quick."""

import io
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import quoteattr

import pikepdf
import pytest

from portal.cfdi import reader
from portal.documents import cfdi_pdf, reading
from portal.documents.cfdi_labels import LABELS

UUID = "C2832671-DA6D-11EF-A83D-00155D012007"
SEAL = "WZzQVFmM/0E21+v4Th3K9K3a8yfN8TPwkarBsD28YUb6lTNo" * 7 + "a+/Njw=="
NAMESPACES = (
    'xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" '
    'xmlns:pago20="http://www.sat.gob.mx/Pagos20" xmlns:implocal="http://www.sat.gob.mx/implocal"'
)
STAMP = (
    f'<tfd:TimbreFiscalDigital Version="1.1" UUID="{UUID}" FechaTimbrado="2025-01-24T10:10:42" '
    f'RfcProvCertif="TBN040609RKA" SelloCFD="{SEAL}" NoCertificadoSAT="00001000000708361114" SelloSAT="{SEAL[::-1]}"/>'
)


class Lexicon:
    """A few descriptions, so that these tests do not hang on SAT's catalogs."""

    WORDS = {
        "601": "General de Ley Personas Morales",
        "G03": "Gastos en general",
        "03": "Transferencia",
        "E48": "Servicio",
    }

    def describe(self, catalog, code, language):
        return self.WORDS.get(code, "")

    def in_words(self, amount, currency, language):
        return f"({amount} {currency} con letra)"


def line(description="Asesoría", **more):
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in more.items())
    return (
        f'<cfdi:Concepto ClaveProdServ="80141628" Cantidad="1.500" ClaveUnidad="E48" '
        f'Descripcion={quoteattr(description)} ValorUnitario="66.666667" Importe="100.00" '
        f'ObjetoImp="02" {attributes}><cfdi:Impuestos><cfdi:Traslados>'
        '<cfdi:Traslado Base="100" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="16.00"/>'
        "</cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>"
    )


def invoice(lines=None, inside="", complement=STAMP, **changes):
    """The read model of an invoice; attributes of Comprobante by name."""
    attributes = {
        "Version": "4.0", "Serie": "A", "Folio": "15", "Fecha": "2025-01-24T10:10:41", "Sello": SEAL, "FormaPago": "03",
        "MetodoPago": "PUE", "NoCertificado": "00001000000510877575", "Certificado": "AAAA", "SubTotal": "100.00",
        "Moneda": "MXN", "Total": "116.00", "TipoDeComprobante": "I", "LugarExpedicion": "11529", "Exportacion": "01",
    } | changes  # fmt: skip
    head = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    xml = (
        f"<cfdi:Comprobante {NAMESPACES} {head}>{inside.partition('@')[0]}"
        '<cfdi:Emisor Rfc="ISD950921HE5" Nombre="PASE" RegimenFiscal="601"/>'
        '<cfdi:Receptor Rfc="ÑAN&amp;8001137NA" Nombre="FERRETERÍA LA ÑANDÚ" DomicilioFiscalReceptor="52176" '
        'RegimenFiscalReceptor="601" UsoCFDI="G03"/>'
        f"<cfdi:Conceptos>{''.join(lines or [line()])}</cfdi:Conceptos>{inside.partition('@')[2]}"
        f"<cfdi:Complemento>{complement}</cfdi:Complemento></cfdi:Comprobante>"
    )
    document = reader.read(xml.encode()).document
    assert document is not None
    return document


TAXES = (
    '<cfdi:Impuestos TotalImpuestosTrasladados="16.00" TotalImpuestosRetenidos="1.25"><cfdi:Retenciones>'
    '<cfdi:Retencion Impuesto="001" Importe="1.25"/></cfdi:Retenciones><cfdi:Traslados>'
    '<cfdi:Traslado Base="100" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="16.00"/>'
    '<cfdi:Traslado Base="100" Impuesto="003" TipoFactor="Cuota" TasaOCuota="5.911300" Importe="5.91"/>'
    '<cfdi:Traslado Base="100" Impuesto="002" TipoFactor="Exento"/></cfdi:Traslados></cfdi:Impuestos>'
)
LOCAL = (
    '<implocal:ImpuestosLocales version="1.0" TotaldeRetenciones="2.00" TotaldeTraslados="3.00">'
    '<implocal:RetencionesLocales ImpLocRetenido="CINCO AL MILLAR" TasadeRetencion="0.50" Importe="2.00"/>'
    '<implocal:TrasladosLocales ImpLocTrasladado="ISH" TasadeTraslado="3.00" Importe="3.00"/>'
    "</implocal:ImpuestosLocales>"
)
PAYMENT = (
    '<pago20:Pagos Version="2.0"><pago20:Totales MontoTotalPagos="15000.00"/>'
    '<pago20:Pago FechaPago="2023-06-12T12:00:00" FormaDePagoP="03" MonedaP="USD" TipoCambioP="18.1234" Monto="827.66" '
    'NumOperacion="963852"><pago20:DoctoRelacionado IdDocumento="00000000-1111-2222-3333-00000000000a" Serie="B" '
    'Folio="7" MonedaDR="USD" EquivalenciaDR="1" NumParcialidad="2" ImpSaldoAnt="12000.00" ImpPagado="827.66" '
    'ImpSaldoInsoluto="11172.34" ObjetoImpDR="01"/></pago20:Pago></pago20:Pagos>'
)


def text_of(pdf):
    return " ".join(reading.pdf_text(pdf).replace("\u200b", "").split())


def without_blanks(pdf):
    return text_of(pdf).replace(" ", "")


def test_everything_that_the_law_asks_for_is_on_it():
    pdf = cfdi_pdf.render(invoice(inside="@" + TAXES), Lexicon())
    text = text_of(pdf)
    for fact in [
        "Factura", "A 15", UUID, "PASE", "ISD950921HE5", "601 · General de Ley Personas Morales", "C.P. 11529",
        "FERRETERÍA LA ÑANDÚ", "ÑAN&8001137NA", "C.P. 52176", "G03 · Gastos en general", "24 ene 2025, 10:10:41",
        "24 ene 2025, 10:10:42", "I · CFDI 4.0", "MXN", "03 · Transferencia", "PUE", "Asesoría", "80141628", "1.5",
        "Servicio", "E48", "$66.666667", "$100.00", "IVA 16% $16.00", "Subtotal", "Retención de ISR", "−$1.25",
        "IEPS $5.9113", "$5.91", "IVA exento", "$116.00 MXN", "(116.00 MXN con letra)", "00001000000510877575",
        "00001000000708361114", "TBN040609RKA", "representación impresa de un CFDI", "Página 1 de 1",
    ]:  # fmt: skip
        assert fact in text, fact


def test_seals_and_cadena_are_whole():
    text = without_blanks(cfdi_pdf.render(invoice(), Lexicon()))
    for whole in (SEAL, SEAL[::-1], f"||1.1|{UUID}|2025-01-24T10:10:42|TBN040609RKA|{SEAL}|00001000000708361114||"):
        assert whole in text


def test_english():
    text = text_of(cfdi_pdf.render(invoice(), Lexicon(), "en"))
    for fact in ("Invoice", "Issuer", "Receiver", "Jan 24, 2025, 10:10:41", "Page 1 of 1", "printed representation"):
        assert fact in text


def test_the_address_of_sats_page():
    url = cfdi_pdf.verification_url(invoice(Total="116.500000"))
    assert url.startswith(
        "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=" + UUID + "&re=ISD950921HE5&rr="
    )
    assert parse_qs(urlsplit(url).query) == {
        "id": [UUID], "re": ["ISD950921HE5"], "rr": ["ÑAN&8001137NA"], "tt": ["116.5"], "fe": ["a+/Njw=="],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("total", "shown"), [("1000.00", "1000"), ("0", "0"), ("0.000001", "0.000001"), ("100", "100")]
)
def test_the_total_in_the_address_has_no_idle_zeros(total, shown):
    assert f"&tt={shown}&" in cfdi_pdf.verification_url(invoice(Total=total))


def test_the_qr_holds_that_address(monkeypatch):
    seen = []
    real = cfdi_pdf.segno.make_qr
    monkeypatch.setattr(cfdi_pdf.segno, "make_qr", lambda text, **how: (seen.append((text, how)), real(text, **how))[1])
    document = invoice()
    cfdi_pdf.render(document, Lexicon())
    assert seen == [(cfdi_pdf.verification_url(document), {"error": "m"})]


def test_an_unstamped_document_says_so_and_has_no_qr():
    text = text_of(cfdi_pdf.render(invoice(complement=""), Lexicon()))
    assert "no tiene validez" in text and "Sello digital" not in text


def test_local_taxes_are_named():
    text = text_of(cfdi_pdf.render(invoice(complement=LOCAL + STAMP), Lexicon()))
    assert "ISH 3% (local)" in text and "Retención de CINCO AL MILLAR 0.5% (local)" in text and "−$2.00" in text


def test_a_payment_complement_shows_its_payments():
    document = invoice(complement=PAYMENT + STAMP, TipoDeComprobante="P", Moneda="XXX", SubTotal="0", Total="0")
    text = text_of(cfdi_pdf.render(document, Lexicon()))
    for fact in [
        "Complemento de pago", "12 jun 2023", "03 · Transferencia", "$827.66 USD", "18.1234", "963852", "B 7",
        "00000000-1111-2222-3333-00000000000A", "$12,000.00", "$11,172.34", "Total de pagos", "$15,000.00 MXN",
    ]:  # fmt: skip
        assert fact in text, fact
    assert "Importe con letra" not in text


def test_discounts_make_a_column():
    text = text_of(cfdi_pdf.render(invoice([line(Descuento="10.00")], Descuento="10.00"), Lexicon()))
    assert "Descuento" in text and "$10.00" in text and "−$10.00" in text
    assert "Descuento" not in text_of(cfdi_pdf.render(invoice(), Lexicon()))


def test_related_documents_and_other_currencies():
    related = '<cfdi:CfdiRelacionados TipoRelacion="01"><cfdi:CfdiRelacionado UUID="0a-1"/></cfdi:CfdiRelacionados>@'
    text = text_of(
        cfdi_pdf.render(invoice(inside=related, Moneda="USD", TipoCambio="18.1234", TipoDeComprobante="E"), Lexicon())
    )
    assert "Nota de crédito" in text and "0A-1" in text and "18.1234" in text and "$116.00 USD" in text


@pytest.mark.parametrize(
    "words", ['#read("/etc/passwd") *x* $y$', "<img src=file:///etc/passwd>", '#import "x"', "\\ // /* ] ) }"]
)
def test_a_suppliers_words_stay_words(words):
    text = text_of(
        cfdi_pdf.render(invoice([line(words, NoIdentificacion=words)], Folio=words, CondicionesDePago=words), Lexicon())
    )
    assert text.count(words) >= 4 and "root:" not in text


def test_it_is_tagged():
    pdf = cfdi_pdf.render(invoice(), Lexicon())
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked and "/StructTreeRoot" in opened.Root
        assert b"pdfuaid" in opened.Root.Metadata.read_bytes()
        assert str(opened.docinfo["/Title"]) == "Factura A 15"


@pytest.mark.parametrize("count", [1, 10, 200])
def test_every_line_is_there(count):
    document = invoice([line(f"Concepto {number} con una descripción de largo común") for number in range(count)])
    pdf = cfdi_pdf.render(document, Lexicon(), "en")
    assert f"Concepto {count - 1} con" in text_of(pdf)


def test_two_thousand_lines_and_endless_words():
    document = invoice([line("X" * 1000)] + [line()] * 1999)
    pdf = cfdi_pdf.render(document, Lexicon())
    assert reading.inspect_pdf(pdf).pages > 20
    assert "X" * 900 in without_blanks(pdf)


def test_both_languages_have_the_same_labels():
    assert LABELS["es"].keys() == LABELS["en"].keys()
    assert all(text.strip() for table in LABELS.values() for text in table.values())


def test_amounts_keep_their_decimals():
    assert "$66.666667" in text_of(cfdi_pdf.render(invoice(), Lexicon()))
    assert cfdi_pdf.amount(Decimal("-1234567.8900"), "USD") == "−$1,234,567.8900 USD"
    assert cfdi_pdf.amount(Decimal("5"), "JPY") == "$5 JPY"
    assert cfdi_pdf.amount(None) == "—"
