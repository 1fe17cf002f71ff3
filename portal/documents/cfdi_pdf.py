"""The printed representation of a CFDI (RMF 2.7.1.7, Anexo 20): its data in words, SAT's QR, seals and cadena.

It shows what the XML says, whole and unchanged; whether that is right is the judgement's business (`portal.cfdi`).
"""

from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote

import segno

from portal.cfdi.model import Comprobante
from portal.cfdi.seal import stamp_cadena
from portal.documents import cfdi_lines
from portal.documents.cfdi_labels import LABELS
from portal.documents.lexicon import SatLexicon
from portal.documents.typesetting import breakable, typeset
from portal.documents.writing import amount, language_of, moment, number

VERIFICATION = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx"


class Lexicon(Protocol):
    """Where descriptions come from: SAT's catalogs in words, and amounts in words."""

    def describe(self, catalog: str, code: str, language: str) -> str:
        """Return the description of SAT's `code` ("UsoCFDI", "G03"); "" when there is none."""
        ...

    def in_words(self, amount: Decimal, currency: str, language: str) -> str:
        """Return an amount in words as a Mexican invoice writes it."""
        ...


def verification_url(document: Comprobante) -> str:
    """Return the address in the QR (Anexo 20, I.D): UUID, both RFCs, the total without idle zeros, the seal's tail.

    `&` and `Ñ` of an RFC, and the `+` of a seal, are escaped: they would mean something else in an address.
    """
    total = format(document.total.normalize(), "f")
    pairs = {
        "id": document.uuid,
        "re": document.emisor.rfc,
        "rr": document.receptor.rfc,
        "tt": total,
        "fe": document.sello[-8:],
    }
    return VERIFICATION + "?" + "&".join(f"{key}={quote(value, safe='/=')}" for key, value in pairs.items())


SAT: Lexicon = SatLexicon()


def render(document: Comprobante, lexicon: Lexicon = SAT, language: str = "es") -> bytes:
    """Return the PDF of a document that has passed its schema (others may raise `portal.cfdi.model.Unreadable`)."""
    tongue = language_of(language)
    words = LABELS[tongue]
    describe = _describer(lexicon, tongue)
    kind = words.get(document.tipo_de_comprobante, words["other"])
    folio = f"{document.serie} {document.folio}".strip()
    return typeset("cfdi", {
        "words": words,
        "lang": tongue,
        "title": f"{kind} {folio or document.uuid}".strip(),
        "author": document.emisor.nombre or document.emisor.rfc,
        "kind": kind,
        "folio": breakable(folio),
        "uuid": document.uuid,
        "issuer": _issuer(document, words, describe),
        "receiver": _receiver(document, words, describe),
        "facts": _facts(document, words, tongue, describe),
        "related": _related(document, describe),
        "lines": [cfdi_lines.line(one, words, describe) for one in document.conceptos],
        "totals": cfdi_lines.totals(document, words),
        "total": amount(document.total, document.moneda),
        "in_words": lexicon.in_words(document.total, document.moneda, tongue),
        "payments": cfdi_lines.payments(document, words, tongue, describe),
        "payments_total": cfdi_lines.payments_total(document),
        "stamp": _stamp(document, words),
    })  # fmt: skip


def _describer(lexicon: Lexicon, tongue: str) -> cfdi_lines.Describe:
    def describe(catalog: str, code: str) -> str:
        description = lexicon.describe(catalog, code, tongue) if code else ""
        return f"{code} · {description}" if description else code

    return describe


def _issuer(document: Comprobante, words: dict[str, str], describe: cfdi_lines.Describe) -> dict[str, Any]:
    issuer = document.emisor
    lines = [issuer.rfc, describe("RegimenFiscal", issuer.regimen_fiscal),
             f"{words['place']}: {words['postcode']} {document.lugar_expedicion}"]  # fmt: skip
    return {"name": breakable(issuer.nombre or issuer.rfc), "lines": [line for line in lines if line]}


def _receiver(document: Comprobante, words: dict[str, str], describe: cfdi_lines.Describe) -> dict[str, Any]:
    receiver = document.receptor
    postcode = receiver.domicilio_fiscal_receptor
    lines = [
        receiver.rfc,
        describe("RegimenFiscal", receiver.regimen_fiscal_receptor),
        f"{words['postcode']} {postcode}" if postcode else "",
        f"{words['use']}: {describe('UsoCFDI', receiver.uso_cfdi)}",
        f"{words['residence']}: {describe('Pais', receiver.residencia_fiscal)}" if receiver.residencia_fiscal else "",
        f"{words['foreign_id']}: {breakable(receiver.num_reg_id_trib)}" if receiver.num_reg_id_trib else "",
    ]
    return {"name": breakable(receiver.nombre or receiver.rfc), "lines": [line for line in lines if line]}


def _facts(
    document: Comprobante, words: dict[str, str], tongue: str, describe: cfdi_lines.Describe
) -> list[tuple[str, str]]:
    stamp, period = document.timbre, document.informacion_global
    rate = document.tipo_cambio
    pairs = [
        (words["issued"], moment(document.fecha, tongue)),
        (words["stamped"], moment(stamp.fecha_timbrado, tongue) if stamp is not None else ""),
        (words["kind"], f"{document.tipo_de_comprobante} · CFDI {document.version}"),
        (words["currency"], describe("Moneda", document.moneda)),
        (words["rate"], number(rate) if rate is not None and document.moneda != "MXN" else ""),
        (words["form"], describe("FormaPago", document.forma_pago)),
        (words["method"], describe("MetodoPago", document.metodo_pago)),
        (words["terms"], breakable(document.condiciones_de_pago)),
        (words["export"], describe("Exportacion", document.exportacion) if document.exportacion != "01" else ""),
        (words["confirmation"], document.confirmacion),
        (words["global"], f"{period.periodicidad} · {period.meses} · {period.anio}" if period is not None else ""),
    ]
    return [pair for pair in pairs if pair[1]]


def _related(document: Comprobante, describe: cfdi_lines.Describe) -> list[dict[str, Any]]:
    return [
        {"relation": describe("TipoRelacion", group.tipo_relacion), "uuids": list(group.uuids)}
        for group in document.cfdi_relacionados
    ]


def _stamp(document: Comprobante, words: dict[str, str]) -> dict[str, Any] | None:
    stamp = document.timbre
    if stamp is None:
        return None
    code = segno.make_qr(verification_url(document), error="m")
    return {
        "qr": code.svg_inline(border=0, scale=4, omitsize=False),
        "facts": [
            (words["certificate"], document.no_certificado),
            (words["sat_certificate"], stamp.no_certificado_sat),
            (words["pac"], stamp.rfc_prov_certif),
        ],
        "seals": [
            (words["seal"], breakable(document.sello)),
            (words["sat_seal"], breakable(stamp.sello_sat)),
            (words["cadena"], breakable(stamp_cadena(stamp).decode())),
        ],
    }
