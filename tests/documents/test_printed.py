"""What our PDFs are told to print, before they are set: every amount, name and particular, in its place."""
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace as Made
from typing import Any

import pytest

from portal.documents import cfdi_lines, cfdi_pdf, remittance
from portal.documents.cfdi_labels import LABELS
from portal.documents.remittance import AppliedCredit, PaidInvoice, Party, Remittance

D = Decimal
ES = LABELS["es"]
DAY = date(2026, 11, 26)


def _describe(catalog: str, code: str) -> str:
    return f"{code} · {catalog}" if code else ""


@pytest.fixture()
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is given to the typesetter."""
    found: dict[str, Any] = {}
    for module in (remittance, cfdi_pdf):
        monkeypatch.setattr(module, "typeset", lambda name, data: found.update(data) or b"")
    return found


def test_a_remittance_adds_up(told: dict[str, Any]) -> None:
    paid = (PaidInvoice("A-1", "ab-1", DAY, D("1160.00"), D("1000.00"), D("160.00"), "MXN"),
            PaidInvoice("", "", DAY, D("58"), D("1000"), D("0"), "USD"))
    credits = (AppliedCredit("NC-1", "cd-2", DAY, "A-1", D("250.50"), D("9.50")),)
    remittance.render(Remittance(
        Party("Valle", "CVA010101AB1", ("Calle 1", "")), Party("Ñandú", "PNA020202CD2"), "P-1", DAY, "Transferencia",
        D("1749.50"), "MXN", "•••• 9718", paid, bank="BBVA", reference="R-1", rate="18.5", note="abono",
        asks_for_rep=False, credits=credits), "es-MX")
    assert told["invoices"] == [
        {"folio": "A-1", "uuid": "AB-1", "date": "26 nov 2026", "total": "$1,160.00", "paid": "$1,000.00",
         "balance": "$160.00"},
        {"folio": "—", "uuid": "—", "date": "26 nov 2026", "total": "$58.00 USD", "paid": "$1,000.00",
         "balance": "$0.00 USD"}]
    assert told["credits"] == [{"folio": "NC-1", "uuid": "CD-2", "date": "26 nov 2026", "invoice": "A-1",
                                "applied": "−$250.50", "left": "$9.50"}]
    assert (told["invoiced"], told["sum"], told["amount"]) == ("$2,000.00 MXN", "$1,749.50 MXN", "$1,749.50")
    assert told["payer"] == {"name": "Valle", "lines": ["CVA010101AB1", "Calle 1"]}
    assert told["payee"] == {"name": "Ñandú", "lines": ["PNA020202CD2"]}
    assert [told[one] for one in ("lang", "title", "author", "number", "currency", "date", "method", "bank", "account",
                                  "reference", "rate", "note", "asks_for_rep")] == [
        "es", "Aviso de pago P-1", "Valle", "P-1", "MXN", "26 nov 2026", "Transferencia", "BBVA", "•••• 9718", "R-1",
        "18.5", "abono", False]


def _tax(kind: str, rate: str | None, amount: str | None, factor: str = "Tasa") -> Made:
    return Made(impuesto=kind, tipo_factor=factor, tasa_o_cuota=None if rate is None else D(rate),
                importe=None if amount is None else D(amount))


def _concept(**more: Any) -> Made:
    return Made(**{"unidad": "", "clave_unidad": "H87", "cantidad": D("1200.50"), "clave_prod_serv": "01010101",
                   "descripcion": "Tinta", "valor_unitario": D("2.5"), "descuento": None, "importe": D("3001.25"),
                   "no_identificacion": "", "traslados": (), "retenciones": (), "informacion_aduanera": (),
                   "cuenta_predial": (), "a_cuenta_terceros": None, "partes": (), **more})


def test_a_line_says_how_much_of_what() -> None:
    row = cfdi_lines.line(_concept(), ES, _describe)
    assert row == {"quantity": "1,200.5", "unit": "ClaveUnidad", "unit_key": "H87", "key": "01010101", "notes": [],
                   "description": "Tinta", "price": "$2.5", "discount": "", "amount": "$3,001.25"}
    own = cfdi_lines.line(_concept(unidad="Pieza", descuento=D("1.25")), ES, _describe)
    assert (own["unit"], own["discount"]) == ("Pieza", "$1.25")
    assert cfdi_lines.line(_concept(), ES, lambda _catalog, code: code)["unit"] == "H87"


def test_a_line_has_its_taxes_and_particulars_below_it() -> None:
    row = cfdi_lines.line(_concept(
        no_identificacion="SKU-1", traslados=(_tax("002", "0.160000", "480.20"), _tax("002", None, None, "Exento")),
        retenciones=(_tax("001", "0.100000", "300.12"),), informacion_aduanera=(Made(numero_pedimento="21  47"),),
        cuenta_predial=(Made(numero="P-9"),), a_cuenta_terceros=Made(nombre="Otra", rfc="OTR010101AB1"),
        partes=(Made(cantidad=D("2.0"), descripcion="Rueda"),)), ES, _describe)
    assert row["notes"] == [
        f"{ES['item']} SKU-1",
        f"IVA 16% $480.20 · IVA {ES['exempt']} · {ES['withheld']} ISR 10% $300.12",
        f"{ES['customs']} 21  47", f"{ES['property']} P-9", f"{ES['third']} Otra (OTR010101AB1)",
        f"{ES['part']}: 2 Rueda"]


@pytest.mark.parametrize(("tax", "name"), [
    (_tax("003", "5.00", "1", "Cuota"), "IEPS $5.00"), (_tax("002", "0.08", "1"), "IVA 8%"),
    (_tax("001", None, "1"), "ISR"), (_tax("009", "0.01", "1"), "009 1%")])
def test_a_tax_is_named_with_its_rate(tax: Any, name: str) -> None:
    assert cfdi_lines.tax_name(tax, ES) == name


def test_the_totals_end_the_invoice() -> None:
    local = Made(traslados_locales=(Made(imp_loc_trasladado="ISH", tasa_de_traslado=D("3.00"), importe=D("30.00")),),
                 retenciones_locales=(Made(imp_loc_retenido="Cedular", tasa_de_retencion=D("1.50"),
                                           importe=D("15.00")),))
    document: Any = Made(sub_total=D("1000.00"), descuento=D("10.00"), impuestos_locales=(local,), impuestos=Made(
        traslados=(_tax("002", "0.16", "158.40"),), retenciones=(_tax("001", None, "99.00"), _tax("002", None, None))))
    assert cfdi_lines.totals(document, ES) == [
        (ES["subtotal"], "$1,000.00"), (ES["discount"], "−$10.00"), ("IVA 16%", "$158.40"),
        (f"{ES['withheld']} ISR", "−$99.00"), (f"{ES['withheld']} IVA", "—"), (f"ISH 3% ({ES['local']})", "$30.00"),
        (f"{ES['withheld']} Cedular 1.5% ({ES['local']})", "−$15.00")]
    document.descuento, document.impuestos, document.impuestos_locales = None, None, ()
    assert cfdi_lines.totals(document, ES) == [(ES["subtotal"], "$1,000.00")]


def test_a_complement_shows_its_payments_and_their_total() -> None:
    paid = Made(serie="A", folio="7", id_documento="ab-1", num_parcialidad="2", moneda_dr="USD",
                imp_saldo_ant=D("100.00"), imp_pagado=D("40.00"), imp_saldo_insoluto=D("60.00"))
    payment = Made(fecha_pago=datetime(2026, 11, 26, 12), forma_de_pago_p="03", monto=D("800.00"), moneda_p="USD",
                   tipo_cambio_p=D("20.10"), num_operacion="", doctos_relacionados=(paid,))
    complement = Made(pagos=(payment,), totales=Made(monto_total_pagos=D("16080.00")))
    document: Any = Made(pagos=(complement, complement))
    [shown, _again] = cfdi_lines.payments(document, ES, "es", _describe)
    assert shown == {
        "facts": [(ES["paid_on"], "26 nov 2026"), (ES["form"], "03 · FormaPago"), (ES["paid"], "$800.00 USD"),
                  (ES["rate"], "20.1")],
        "documents": [{"folio": "A 7", "uuid": "AB-1", "instalment": "2", "currency": "USD", "before": "$100.00",
                       "applied": "$40.00", "after": "$60.00"}]}
    assert cfdi_lines.payments_total(document) == "$32,160.00 MXN"
    payment.moneda_p = "MXN"
    assert ES["rate"] not in dict(cfdi_lines.payments(document, ES, "es", _describe)[0]["facts"])
    for of in ((), (Made(pagos=(), totales=None),)):
        assert cfdi_lines.payments_total(Made(pagos=of)) == ""  # type: ignore[arg-type]


def test_the_parties_and_the_facts_are_those_of_the_document() -> None:
    issuer = Made(nombre="", rfc="AAA010101AAA", regimen_fiscal="601")
    receiver = Made(nombre="Valle", rfc="XEXX010101000", regimen_fiscal_receptor="616", uso_cfdi="S01",
                    domicilio_fiscal_receptor="06300", residencia_fiscal="USA", num_reg_id_trib="98-1")
    document: Any = Made(
        emisor=issuer, receptor=receiver, lugar_expedicion="64000", timbre=None, tipo_cambio=D("18.500"), moneda="USD",
        informacion_global=Made(periodicidad="04", meses="11", anio="2026"), fecha=datetime(2026, 11, 26, 9, 5, 1),
        tipo_de_comprobante="I", version="4.0", forma_pago="99", metodo_pago="PPD", condiciones_de_pago="30 días",
        exportacion="02", confirmacion="C-1")
    assert cfdi_pdf._issuer(document, ES, _describe) == {"name": "AAA010101AAA", "lines": [
        "AAA010101AAA", "601 · RegimenFiscal", f"{ES['place']}: {ES['postcode']} 64000"]}
    assert cfdi_pdf._receiver(document, ES, _describe) == {"name": "Valle", "lines": [
        "XEXX010101000", "616 · RegimenFiscal", f"{ES['postcode']} 06300", f"{ES['use']}: S01 · UsoCFDI",
        f"{ES['residence']}: USA · Pais", f"{ES['foreign_id']}: 98-1"]}
    assert cfdi_pdf._facts(document, ES, "es", _describe) == [
        (ES["issued"], "26 nov 2026, 09:05:01"), (ES["kind"], "I · CFDI 4.0"), (ES["currency"], "USD · Moneda"),
        (ES["rate"], "18.5"), (ES["form"], "99 · FormaPago"), (ES["method"], "PPD · MetodoPago"),
        (ES["terms"], "30 días"), (ES["export"], "02 · Exportacion"), (ES["confirmation"], "C-1"),
        (ES["global"], "04 · 11 · 2026")]
    document.moneda, document.exportacion, document.informacion_global = "MXN", "01", None
    shown = dict(cfdi_pdf._facts(document, ES, "es", _describe))
    assert not {ES["rate"], ES["export"], ES["global"], ES["stamped"]} & set(shown)
