"""The lines, taxes, totals and payments of a CFDI as plain texts for its PDF. Amounts keep their written decimals."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from portal.cfdi.model import Comprobante, Concepto, Retencion, Traslado
from portal.documents.typesetting import breakable
from portal.documents.writing import amount, day, number

Describe = Callable[[str, str], str]
"""(catalog, code) → the code with its description, in the document's language."""

TAX_NAMES = {"001": "ISR", "002": "IVA", "003": "IEPS"}


def line(concepto: Concepto, words: dict[str, str], describe: Describe) -> dict[str, Any]:
    """One row of the table: what, how much of it, and under its description its taxes and particulars."""
    unit = concepto.unidad or describe("ClaveUnidad", concepto.clave_unidad).partition(" · ")[2]
    return {
        "quantity": number(concepto.cantidad),
        "unit": breakable(unit or concepto.clave_unidad),
        "unit_key": concepto.clave_unidad,
        "key": concepto.clave_prod_serv,
        "description": breakable(concepto.descripcion),
        "notes": [breakable(note) for note in _notes(concepto, words)],
        "price": amount(concepto.valor_unitario),
        "discount": amount(concepto.descuento) if concepto.descuento else "",
        "amount": amount(concepto.importe),
    }


def _notes(concepto: Concepto, words: dict[str, str]) -> Iterator[str]:
    if concepto.no_identificacion:
        yield f"{words['item']} {concepto.no_identificacion}"
    taxes = [f"{tax_name(tax, words)} {amount(tax.importe)}" for tax in concepto.traslados]
    taxes += [f"{words['withheld']} {tax_name(tax, words)} {amount(tax.importe)}" for tax in concepto.retenciones]
    if taxes:
        yield " · ".join(tax.removesuffix(" —") for tax in taxes)
    yield from (f"{words['customs']} {one.numero_pedimento}" for one in concepto.informacion_aduanera)
    yield from (f"{words['property']} {one.numero}" for one in concepto.cuenta_predial)
    third = concepto.a_cuenta_terceros
    if third is not None:
        yield f"{words['third']} {third.nombre} ({third.rfc})"
    yield from (f"{words['part']}: {number(part.cantidad)} {part.descripcion}" for part in concepto.partes)


def tax_name(tax: Traslado | Retencion, words: dict[str, str]) -> str:
    """Name a tax with its rate: `IVA 16%`, `IEPS $5.00`, `IVA exento`."""
    name = TAX_NAMES.get(tax.impuesto, tax.impuesto)
    if tax.tipo_factor == "Exento":
        return f"{name} {words['exempt']}"
    if tax.tasa_o_cuota is None:
        return name
    if tax.tipo_factor == "Cuota":
        return f"{name} {amount(tax.tasa_o_cuota)}"
    return f"{name} {number(tax.tasa_o_cuota * 100)}%"


def totals(document: Comprobante, words: dict[str, str]) -> list[tuple[str, str]]:
    """The column that ends the invoice: (name, amount), the total apart."""
    rows: list[tuple[str, str]] = [(words["subtotal"], amount(document.sub_total))]
    if document.descuento:
        rows.append((words["discount"], amount(-document.descuento)))
    summary = document.impuestos
    if summary is not None:
        rows += [(tax_name(tax, words), amount(tax.importe)) for tax in summary.traslados]
        rows += [
            (f"{words['withheld']} {tax_name(tax, words)}", amount(_minus(tax.importe))) for tax in summary.retenciones
        ]
    return rows + list(_local_taxes(document, words))


def _local_taxes(document: Comprobante, words: dict[str, str]) -> Iterator[tuple[str, str]]:
    for local in document.impuestos_locales:
        for traslado in local.traslados_locales:
            name = f"{traslado.imp_loc_trasladado} {number(traslado.tasa_de_traslado)}% ({words['local']})"
            yield name, amount(traslado.importe)
        for retencion in local.retenciones_locales:
            name = f"{words['withheld']} {retencion.imp_loc_retenido} {number(retencion.tasa_de_retencion)}%"
            yield f"{name} ({words['local']})", amount(_minus(retencion.importe))


def _minus(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def payments(document: Comprobante, words: dict[str, str], language: str, describe: Describe) -> list[dict[str, Any]]:
    """The payments of a payment complement, each with the documents that it pays."""
    return [
        {
            "facts": _shown([
                (words["paid_on"], day(payment.fecha_pago, language)),
                (words["form"], describe("FormaPago", payment.forma_de_pago_p)),
                (words["paid"], amount(payment.monto, payment.moneda_p)),
                (words["rate"], _rate(payment.tipo_cambio_p, payment.moneda_p)),
                (words["operation"], breakable(payment.num_operacion)),
            ]),
            "documents": [
                {
                    "folio": breakable(f"{paid.serie} {paid.folio}".strip()),
                    "uuid": paid.id_documento.upper(),
                    "instalment": paid.num_parcialidad,
                    "currency": paid.moneda_dr,
                    "before": amount(paid.imp_saldo_ant),
                    "applied": amount(paid.imp_pagado),
                    "after": amount(paid.imp_saldo_insoluto),
                }
                for paid in payment.doctos_relacionados
            ],
        }
        for complement in document.pagos
        for payment in complement.pagos
    ]  # fmt: skip


def payments_total(document: Comprobante) -> str:
    """The total of a payment complement 2.0, in pesos; "" for version 1.0 and other documents."""
    found = [complement.totales.monto_total_pagos for complement in document.pagos if complement.totales is not None]
    return amount(sum(found, Decimal(0)), "MXN") if found else ""


def _rate(rate: Decimal | None, currency: str) -> str:
    return number(rate) if rate is not None and currency != "MXN" else ""


def _shown(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[1]]
