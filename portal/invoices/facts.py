"""From the read CFDI to what the pages show: plain values, written once at reception.

The concepts are capped (`CONCEPTS`); the whole list is read from the XML when somebody asks for it. Amounts are kept
as text, exactly as the document wrote them.
"""
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from portal.cfdi.model import Comprobante, Concepto, Impuestos, Retencion, Traslado
from portal.cfdi.reader import read
from portal.cfdi.zones import moment

CONCEPTS = 50
RELATED = 50
TAXES = {"001": "ISR", "002": "IVA", "003": "IEPS"}  # c_Impuesto


def columns(document: Comprobante) -> dict[str, Any]:
    """Return the columns of an invoice that its CFDI (types I and E) decides. Amounts as written."""
    transferred, withheld = _totals(document)
    return {
        "cfdi_version": document.version, "cfdi_type": document.tipo_de_comprobante, "uuid": document.uuid[:36],
        "series": document.serie[:25], "folio": document.folio[:40], "number": number(document),
        "receiver_rfc": document.receptor.rfc, "issued_on": document.fecha.date(),
        "issued_at": moment(document.fecha, document.lugar_expedicion),
        "currency": document.moneda, "subtotal": document.sub_total, "discount": document.descuento or Decimal(0),
        "taxes": transferred, "withheld": withheld, "total": document.total, "payment_method": document.metodo_pago,
        "payment_form": document.forma_pago, "cfdi_use": document.receptor.uso_cfdi,
    }


def number(document: Comprobante) -> str:
    """Return what people click: series and folio, or the last part of the UUID when the invoice has neither."""
    written = "-".join(part for part in (document.serie.strip(), document.folio.strip()) if part)
    return written[:80] or document.uuid.rpartition("-")[2]


def facts(document: Comprobante) -> dict[str, Any]:
    """Return what the pages show of the document, JSON-ready."""
    return {
        "issued_at": document.fecha.isoformat(), "exchange_rate": _text(document.tipo_cambio),
        "place": document.lugar_expedicion, "conditions": document.condiciones_de_pago,
        "export": document.exportacion, "certificate": document.no_certificado,
        "issuer": {"rfc": document.emisor.rfc, "name": document.emisor.nombre,
                   "regime": document.emisor.regimen_fiscal},
        "receiver": {"rfc": document.receptor.rfc, "name": document.receptor.nombre,
                     "postcode": document.receptor.domicilio_fiscal_receptor,
                     "regime": document.receptor.regimen_fiscal_receptor, "use": document.receptor.uso_cfdi},
        "stamp": _stamp(document), "taxes": list(taxes(document)), "relations": relations(document),
        "concepts": [concept(c) for c in document.conceptos[:CONCEPTS]], "concepts_total": len(document.conceptos),
        "complements": [n.local_name for n in document.complementos if n.local_name != "TimbreFiscalDigital"],
    }


def concepts_of(data: bytes) -> list[dict[str, Any]]:
    """Return every concept of an XML that was accepted before; none when it cannot be read any more."""
    document = read(data).document
    return [concept(c) for c in document.conceptos] if document is not None else []


def concept(row: Concepto) -> dict[str, Any]:
    """Return one concept as the pages show it."""
    return {
        "key": row.clave_prod_serv, "sku": row.no_identificacion, "description": row.descripcion,
        "quantity": _text(row.cantidad), "unit_key": row.clave_unidad, "unit": row.unidad,
        "price": _text(row.valor_unitario), "amount": _text(row.importe), "discount": _text(row.descuento),
        "taxes": [*(_tax("transferred", t) for t in row.traslados), *(_tax("withheld", t) for t in row.retenciones)],
    }


def taxes(document: Comprobante) -> Iterator[dict[str, Any]]:
    """Yield the summary of taxes: federal ones, then local ones."""
    summary = document.impuestos
    if summary is not None:
        yield from (_tax("transferred", t) for t in summary.traslados)
        yield from (_tax("withheld", t) for t in summary.retenciones)
    for local in document.impuestos_locales:
        for row in local.traslados_locales:
            yield _local("transferred", row.imp_loc_trasladado, row.tasa_de_traslado, row.importe)
        for kept in local.retenciones_locales:
            yield _local("withheld", kept.imp_loc_retenido, kept.tasa_de_retencion, kept.importe)


def relations(document: Comprobante) -> list[dict[str, Any]]:
    """Return the related documents by kind of relation."""
    return [{"type": r.tipo_relacion, "uuids": list(r.uuids[:RELATED])} for r in document.cfdi_relacionados]


def withheld(kept: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """Return what of each tax the total is already less by: (name of the tax, amount), from the kept facts."""
    sums: dict[str, Decimal] = {}
    for row in (kept or {}).get("taxes", ()):
        if row.get("direction") == "withheld" and row.get("amount"):
            name = TAXES.get(row["tax"], row["tax"])
            sums[name] = sums.get(name, Decimal(0)) + Decimal(row["amount"])
    return list(sums.items())


def _stamp(document: Comprobante) -> dict[str, str]:
    stamp = document.timbre
    if stamp is None:
        return {}
    return {"uuid": document.uuid, "at": stamp.fecha_timbrado.isoformat(), "pac": stamp.rfc_prov_certif,
            "certificate": stamp.no_certificado_sat}


def _totals(document: Comprobante) -> tuple[Decimal, Decimal]:
    summary: Impuestos | None = document.impuestos
    transferred = (summary.total_impuestos_trasladados if summary else None) or Decimal(0)
    withheld = (summary.total_impuestos_retenidos if summary else None) or Decimal(0)
    for local in document.impuestos_locales:
        transferred += local.total_de_traslados
        withheld += local.total_de_retenciones
    return transferred, withheld


def _tax(direction: str, row: Traslado | Retencion) -> dict[str, Any]:
    return {"direction": direction, "tax": row.impuesto, "factor": row.tipo_factor, "rate": _text(row.tasa_o_cuota),
            "base": _text(row.base), "amount": _text(row.importe)}


def _local(direction: str, name: str, rate: Decimal, amount: Decimal) -> dict[str, Any]:
    return {"direction": direction, "tax": name, "local": True, "factor": "Tasa", "rate": _text(rate), "base": None,
            "amount": _text(amount)}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
