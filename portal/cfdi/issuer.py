"""The issuer's certificate inside the document: readable, its number, its holder, a CSD, valid then, signed by SAT."""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from portal.cfdi import zones
from portal.cfdi.certificates import Certificate, Kind, NotACertificate, from_attribute
from portal.cfdi.model import Comprobante, Unreadable
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.sentences import Family, Sentence, register
from portal.cfdi.trust import Chain, Trust, TrustStore

CODES: Final = {"4.0": "CFDI40106", "3.3": "CFDI33105"}
_ASK_ES = "Pide a quien lo emitió que lo selle con su Certificado de Sello Digital (CSD) vigente."
_ASK_EN = "Ask the issuer to seal it with its valid digital seal certificate (CSD)."
_WAIT_ES = "No tienes que hacer nada: se verificará en cuanto se importe el certificado del SAT."
_WAIT_EN = "Nothing for you to do: it will be verified as soon as SAT's certificate is imported."

_CAUSES: Final = {
    "": ("El certificado del emisor no es válido", "The issuer's certificate is not valid"),
    "unreadable": ("El certificado del emisor no se puede leer", "The issuer's certificate cannot be read"),
    "number": (
        "El NoCertificado no es el del certificado incluido",
        "NoCertificado is not the number of the certificate inside",
    ),
    "rfc": ("El certificado es de otro RFC", "The certificate belongs to another RFC"),
    "kind": (
        "Se selló con una e.firma o con un certificado que no es de sello digital (CSD)",
        "It was sealed with an e.firma or another certificate that is not a digital seal (CSD)",
    ),
    "date": (
        "El certificado no estaba vigente en la fecha del comprobante",
        "The certificate was not valid on the document's date",
    ),
    "chain": ("El certificado del emisor no fue emitido por el SAT", "The issuer's certificate was not issued by SAT"),
    "test": (
        "El certificado es de un ambiente de pruebas y no tiene valor fiscal",
        "The certificate is from a test environment and has no fiscal value",
    ),
}
register(Family.CERTIFICATE, {
    f"{code}#{cause}" if cause else code: Sentence(es, en, _ASK_ES, _ASK_EN)
    for code in CODES.values() for cause, (es, en) in _CAUSES.items()
} | {
    "ACUSE-CERT-AUTHORITY-MISSING": Sentence(
        "Aún no se verifica quién emitió el certificado: falta la autoridad «{authority}» del SAT",
        "Who issued the certificate is not verified yet: SAT's authority “{authority}” is missing", _WAIT_ES, _WAIT_EN),
})  # fmt: skip
register(Family.NOTE, {
    "ACUSE-NOTE-EFIRMA": Sentence(
        "Una persona física selló con su e.firma: se permite",
        "A natural person sealed with an e.firma: it is allowed", "", ""),
    "ACUSE-NOTE-SANDBOX": Sentence(
        "Documento de la autoridad de prueba de esta demostración: no tiene valor fiscal",
        "A document of this demonstration's sandbox authority: it has no fiscal value", "", ""),
})  # fmt: skip


class Issuer(NamedTuple):
    """What the check of the issuer's certificate came to."""

    findings: tuple[Finding, ...]
    certificate: Certificate | None = None


def check(document: Comprobante, trust: TrustStore) -> Issuer:
    """The certificate inside the document, without its seal."""
    try:
        certificate = from_attribute(document.certificado)
    except NotACertificate as problem:
        return Issuer((_finding(document, "unreadable", "Certificado", str(problem)),))
    chain = trust.chain(certificate)
    findings = [*_identity(document, certificate), *_dates(document, certificate)]
    return Issuer((*findings, *_authority(document, certificate, chain)), certificate)


def _finding(document: Comprobante, reason: str, attribute: str, found: str, expected: str = "") -> Finding:
    return Finding(
        CODES[document.version], found=found[:120], expected=expected, where=document.where(attribute),
        step=Step.CERTIFICATE, reason=reason,
    )  # fmt: skip


def _identity(document: Comprobante, certificate: Certificate) -> list[Finding]:
    findings = []
    if document.no_certificado != certificate.number:
        findings.append(_finding(document, "number", "NoCertificado", document.no_certificado, certificate.number))
    rfc = _issuer_rfc(document)
    if certificate.rfc != rfc:
        findings.append(_finding(document, "rfc", "Certificado", certificate.rfc, rfc))
    if certificate.kind is Kind.EFIRMA and certificate.is_person:
        findings.append(_note("ACUSE-NOTE-EFIRMA", certificate.number))
    elif certificate.kind is not Kind.CSD:
        findings.append(_finding(document, "kind", "Certificado", certificate.kind.value, Kind.CSD.value))
    return findings


def _issuer_rfc(document: Comprobante) -> str:
    try:
        return document.emisor.rfc
    except Unreadable:
        return ""


def _dates(document: Comprobante, certificate: Certificate) -> list[Finding]:
    try:
        if certificate.surely_valid_at(document.fecha):
            return []
        when: datetime = zones.moment(document.fecha, document.lugar_expedicion)
    except Unreadable:
        return [_finding(document, "date", "Fecha", document.written("Fecha"))]
    if certificate.valid_at(when):
        return []
    validity = f"{certificate.not_before:%Y-%m-%d} – {certificate.not_after:%Y-%m-%d}"
    return [_finding(document, "date", "Fecha", document.written("Fecha"), validity)]


def _authority(document: Comprobante, certificate: Certificate, chain: Chain) -> list[Finding]:
    issuer = certificate.issuer_name
    if chain.trust is Trust.MISSING:
        return [Finding(
            "ACUSE-CERT-AUTHORITY-MISSING", Status.NOT_RUN, issuer, where=document.where("Certificado"),
            step=Step.CERTIFICATE, params={"authority": issuer},
        )]  # fmt: skip
    if chain.trust is not Trust.TRUSTED:
        reason = "test" if chain.trust is Trust.TEST else "chain"
        return [_finding(document, reason, "Certificado", issuer)]
    return [_note("ACUSE-NOTE-SANDBOX", issuer)] if chain.sandbox else []


@lru_cache(maxsize=1024)
def _note(code: str, found: str) -> Finding:
    return Finding(code, Status.PASSED, found, step=Step.CERTIFICATE)
