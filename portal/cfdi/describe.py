"""A judgement and a document in words, as lines of text for a terminal. No colour: the caller dresses them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from portal.cfdi.model import Comprobante, Concepto, Unreadable
from portal.cfdi.report import Finding, Report, Status, Verdict

_WORDS: Final = {
    "es": {
        "accepted": "ACEPTADO", "warned": "CON AVISOS", "rejected": "RECHAZADO", "found": "encontrado",
        "expected": "esperado", "issuer": "Emisor", "receiver": "Receptor", "date": "Fecha", "type": "Tipo",
        "series": "Serie y folio", "uuid": "Folio fiscal", "payment": "Pago", "currency": "Moneda", "use": "Uso",
        "subtotal": "Subtotal", "discount": "Descuento", "transferred": "Impuestos trasladados",
        "withheld": "Impuestos retenidos", "total": "Total", "stamped": "Timbrado", "certificate": "Certificado",
        "unreadable": "El documento no se puede leer completo", "lines": "Conceptos", "payments": "Pagos",
        "paid": "Total de pagos", "balance": "saldo", "local": "Impuestos locales",
    },
    "en": {
        "accepted": "ACCEPTED", "warned": "WARNED", "rejected": "REJECTED", "found": "found",
        "expected": "expected", "issuer": "Issuer", "receiver": "Receiver", "date": "Date", "type": "Type",
        "series": "Series and folio", "uuid": "Fiscal folio", "payment": "Payment", "currency": "Currency",
        "use": "Use", "subtotal": "Subtotal", "discount": "Discount", "transferred": "Transferred taxes",
        "withheld": "Withheld taxes", "total": "Total", "stamped": "Stamped", "certificate": "Certificate",
        "unreadable": "The document cannot be read in full", "lines": "Lines", "payments": "Payments",
        "paid": "Total paid", "balance": "balance", "local": "Local taxes",
    },
}  # fmt: skip
_TYPES: Final = {
    "es": {"I": "Ingreso", "E": "Egreso", "T": "Traslado", "N": "Nómina", "P": "Pago"},
    "en": {"I": "Income", "E": "Credit note", "T": "Transfer of goods", "N": "Payroll", "P": "Payment"},
}
_MARKS: Final = {Status.FAILED: "✗", Status.WARNING: "!", Status.PASSED: "✓", Status.NOT_RUN: "–"}
VERDICT_MARKS: Final = {Verdict.ACCEPTED: "✓", Verdict.WARNED: "!", Verdict.REJECTED: "✗"}


def words(lang: str) -> dict[str, str]:
    """The words of a language ("es" unless "en…")."""
    return _WORDS["en" if lang.startswith("en") else "es"]


def type_name(code: str, lang: str) -> str:
    """The name of a TipoDeComprobante; the code itself when it is not SAT's."""
    return _TYPES["en" if lang.startswith("en") else "es"].get(code, code)


def plain(text: str) -> str:
    """The text without control characters: what a document says must not drive a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def verdict_line(name: str, report: Report, lang: str) -> str:
    """Verdict, file, type and UUID on one line."""
    facts = " · ".join(fact for fact in (type_name(report.type, lang), report.uuid) if fact)
    head = f"{VERDICT_MARKS[report.verdict]} {words(lang)[report.verdict.value]}  {name}"
    return plain(f"{head}  {facts}".rstrip())


def finding_lines(finding: Finding, lang: str) -> Iterator[str]:
    """A finding: its mark, code and sentence; what was found and where; how to mend it."""
    word = words(lang)
    yield plain(f"    {_MARKS[finding.status]} {finding.code}  {finding.title(lang)}")
    pairs = (("found", finding.found), ("expected", finding.expected))
    details = [f"{word[key]}: {value}" for key, value in pairs if value]
    if finding.where:
        details.append(finding.where)
    if details:
        yield plain("        " + " · ".join(details))
    remedy = finding.remedy(lang)
    if remedy and finding.status is not Status.PASSED:
        yield plain(f"        → {remedy}")


def report_lines(name: str, report: Report, lang: str, *, everything: bool = False) -> Iterator[str]:
    """The verdict and what decides it; `everything` adds what was not run and the notes."""
    yield verdict_line(name, report, lang)
    shown = set(Status) if everything else {Status.FAILED, Status.WARNING}
    decisive = {step for step in report.unfinished}
    for finding in report.findings:
        if finding.status in shown or (finding.status is Status.NOT_RUN and finding.step in decisive):
            yield from finding_lines(finding, lang)


def document_lines(document: Comprobante, lang: str) -> Iterator[str]:
    """The document for a person: who, to whom, what for and how much. What cannot be read is said."""
    try:
        parts = (_head, _lines, _payments, _totals)
        yield from map(plain, [line for part in parts for line in part(document, lang)])
    except Unreadable as problem:
        yield plain(f"{words(lang)['unreadable']}: {problem}")


def _head(document: Comprobante, lang: str) -> Iterator[str]:
    word, issuer, receiver = words(lang), document.emisor, document.receptor
    kind = f"{document.tipo_de_comprobante} {type_name(document.tipo_de_comprobante, lang)} · CFDI {document.version}"
    pairs = [
        ("type", kind),
        ("series", f"{document.serie} {document.folio}".strip()),
        ("uuid", document.uuid),
        ("date", f"{document.fecha:%Y-%m-%d %H:%M:%S} · {document.lugar_expedicion}"),
        ("issuer", f"{issuer.rfc} · {issuer.nombre} · {issuer.regimen_fiscal}"),
        ("receiver", f"{receiver.rfc} · {receiver.nombre} · {receiver.regimen_fiscal_receptor}".rstrip(" ·")),
        ("use", receiver.uso_cfdi),
        ("payment", f"{document.metodo_pago} {document.forma_pago}".strip()),
        ("currency", f"{document.moneda} {document.written('TipoCambio')}".strip()),
        ("certificate", document.no_certificado),
    ]
    stamp = document.timbre
    if stamp is not None:
        pairs.append(("stamped", f"{stamp.fecha_timbrado:%Y-%m-%d %H:%M:%S} · {stamp.rfc_prov_certif}"))
    width = max(len(word[key]) for key, _ in pairs)
    yield from (f"{word[key]:<{width}}  {value}" for key, value in pairs if value)


def _lines(document: Comprobante, lang: str) -> Iterator[str]:
    yield f"{words(lang)['lines']} ({len(document.conceptos)})"
    yield from (_line(concepto) for concepto in document.conceptos)


def _line(concepto: Concepto) -> str:
    amount = f"{concepto.importe:,.2f}"
    head = f"  {concepto.cantidad:>12} {concepto.clave_unidad:<4} {concepto.clave_prod_serv}"
    return f"{head}  {amount:>16}  {concepto.descripcion}"


def _payments(document: Comprobante, lang: str) -> Iterator[str]:
    """The payments of a payment document, each with the documents that it pays."""
    word = words(lang)
    paid = [pago for complement in document.pagos for pago in complement.pagos]
    if paid:
        yield f"{word['payments']} ({len(paid)})"
    for pago in paid:
        yield f"  {pago.fecha_pago:%Y-%m-%d} {pago.forma_de_pago_p:<2} {_money(pago.monto, pago.moneda_p)}"
        for one in pago.doctos_relacionados:
            number = f"{one.serie} {one.folio}".strip()
            parts = [one.id_documento, number, f"#{one.num_parcialidad}", _money(one.imp_pagado, one.moneda_dr)]
            parts.append(f"{word['balance']} {_money(one.imp_saldo_insoluto, one.moneda_dr)}")
            yield "    " + " · ".join(part for part in parts if part)


def _money(value: Decimal | None, currency: str) -> str:
    return f"{'—' if value is None else format(value, ',.2f')} {currency}"


def _totals(document: Comprobante, lang: str) -> Iterator[str]:
    word, taxes = words(lang), document.impuestos
    local = [one.total_de_traslados - one.total_de_retenciones for one in document.impuestos_locales]
    rows = [
        ("subtotal", document.sub_total),
        ("discount", document.descuento),
        ("transferred", taxes.total_impuestos_trasladados if taxes is not None else None),
        ("withheld", taxes.total_impuestos_retenidos if taxes is not None else None),
        ("local", sum(local, start=Decimal()) if local else None),
        ("total", document.total),
    ]
    yield from (f"{word[key]:>30}  {value:>16,.2f} {document.moneda}" for key, value in rows if value is not None)
    for totals in filter(None, (one.totales for one in document.pagos)):
        yield f"{word['paid']:>30}  {totals.monto_total_pagos:>16,.2f} MXN"
