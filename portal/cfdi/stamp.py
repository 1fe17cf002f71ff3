"""The stamp (Timbre Fiscal Digital 1.1): exactly one, of this document, made by a PAC that SAT certified, in time.

Rules: Anexo 20 (TFD), CFF 29 fracción IV and RMF (72 hours). The PAC's certificate is not inside the document: when
it is not known here the stamp is *not run*, and its number is told so that somebody fetches it and judges again.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from portal.cfdi import zones
from portal.cfdi.certificates import Certificate
from portal.cfdi.model import Comprobante, TimbreFiscalDigital, Unreadable
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.seal import signature, signed_by, stamp_cadena
from portal.cfdi.sentences import Family, Sentence, register
from portal.cfdi.trust import Chain, Trust, TrustStore

_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")
_NUMBER: Final = re.compile(r"\d{20}", re.ASCII)
_TEST_NUMBERS: Final = ("20001", "30001")  # SAT's test certificates; those with fiscal value start with 00001
_PROVIDER: Final = re.compile(r"^(?:MEGA)?PAC[\s:_-]*([A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3})", re.MULTILINE)
_SAT: Final = "SAT970701NN3"
_NOTHING: Final = timedelta(0)
_LIMIT: Final = timedelta(hours=72)
_AFTER: Final = timedelta(hours=2)
_BEFORE: Final = timedelta(hours=-3, minutes=-5)  # the country's zones lie three hours apart, and clocks go wrong
_LAST_33: Final = date(2023, 3, 31)
_CLOCK: Final = timedelta(minutes=10)
_HALF_A_DAY: Final = timedelta(hours=12)
_ASK_ES = "Pide a quien lo emitió el XML timbrado, tal como lo entregó su PAC."
_ASK_EN = "Ask the issuer for the stamped XML, as the PAC delivered it."

register(Family.STAMP, {
    "ACUSE-TFD-MISSING": Sentence(
        "El comprobante no está timbrado", "The document is not stamped",
        "Sin timbre no es un CFDI. " + _ASK_ES, "Without a stamp it is not a CFDI. " + _ASK_EN),
    "ACUSE-TFD-SEVERAL": Sentence(
        "El comprobante tiene más de un timbre", "The document has more than one stamp", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-VERSION": Sentence(
        "El timbre no es de la versión 1.1", "The stamp is not of version 1.1", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-UUID": Sentence(
        "El folio fiscal (UUID) del timbre no tiene la forma debida",
        "The stamp's fiscal folio (UUID) is malformed", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-SELLO": Sentence(
        "El timbre es de otro comprobante: su SelloCFD no es el sello de éste",
        "The stamp belongs to another document: its SelloCFD is not this document's seal", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-SEAL": Sentence(
        "El sello del SAT en el timbre no es auténtico", "SAT's seal in the stamp is not authentic", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-NUMBER": Sentence(
        "El número del certificado del PAC no tiene 20 dígitos",
        "The number of the PAC's certificate does not have 20 digits", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-PAC": Sentence(
        "El certificado con que se timbró no es del PAC que dice el timbre",
        "The certificate used to stamp does not belong to the PAC that the stamp names", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-PAC-CHAIN": Sentence(
        "El certificado del PAC no fue emitido por el SAT", "The PAC's certificate was not issued by SAT",
        _ASK_ES, _ASK_EN),
    "ACUSE-TFD-PAC-DATE": Sentence(
        "El certificado del PAC no estaba vigente al timbrar",
        "The PAC's certificate was not valid when it stamped", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-TEST": Sentence(
        "Se timbró en un ambiente de pruebas: no tiene valor fiscal",
        "It was stamped in a test environment: it has no fiscal value", _ASK_ES, _ASK_EN),
    "ACUSE-TFD-PAC-UNKNOWN": Sentence(
        "El timbre aún no se verifica: falta el certificado {number} del PAC",
        "The stamp is not verified yet: the PAC's certificate {number} is missing",
        "No tienes que hacer nada: se verificará en cuanto se obtenga del SAT.",
        "Nothing for you to do: it will be verified as soon as SAT provides it."),
    "ACUSE-TFD-DATE": Sentence(
        "Entre la fecha del comprobante y su timbrado no hay entre 0 y 72 horas",
        "The stamp is not between 0 and 72 hours after the document's date",
        "Pide que lo cancelen y emitan otro con la fecha correcta.",
        "Ask for its cancellation and a new one with the right date."),
    "ACUSE-CFDI-33-LATE": Sentence(
        "Es un CFDI 3.3 con fecha posterior al 31 de marzo de 2023, cuando dejó de valer",
        "It is a CFDI 3.3 dated after 31 March 2023, when that version ended",
        "Pide que lo emitan en la versión 4.0.", "Ask for it in version 4.0."),
    "ACUSE-TFD-FUTURE": Sentence(
        "El timbre tiene una fecha futura", "The stamp is dated in the future", _ASK_ES, _ASK_EN),
})  # fmt: skip


class Stamped(NamedTuple):
    """What the check of a stamp came to; `missing` is the PAC certificate's number when it is not known."""

    findings: tuple[Finding, ...]
    provider: Certificate | None = None
    chain: Chain | None = None
    missing: str = ""


def check(document: Comprobante, trust: TrustStore, at: datetime) -> Stamped:
    """The stamp of the document, judged at the aware moment `at` (only to refuse a stamp of the future)."""
    stamps = document.timbres
    if not stamps:
        return Stamped((_finding("ACUSE-TFD-MISSING", document.where()),))
    if len(stamps) > 1:
        return Stamped((_finding("ACUSE-TFD-SEVERAL", stamps[1].where(), str(len(stamps)), "1"),))
    stamp = stamps[0]
    try:
        findings = [*_form(document, stamp), *_dates(document, stamp, at)]
    except Unreadable as problem:
        where = stamp.where("FechaTimbrado")
        return Stamped((_finding("ACUSE-TFD-DATE", where, str(problem), "AAAA-MM-DDThh:mm:ss"),))
    return _by_provider(stamp, findings, trust)


def _finding(code: str, where: str, found: str = "", expected: str = "") -> Finding:
    return Finding(code, found=found, expected=expected, where=where, step=Step.STAMP)


def _form(document: Comprobante, stamp: TimbreFiscalDigital) -> list[Finding]:
    findings = []
    if stamp.version != "1.1":
        findings.append(_finding("ACUSE-TFD-VERSION", stamp.where("Version"), stamp.version, "1.1"))
    if not _UUID.fullmatch(stamp.uuid):
        findings.append(_finding("ACUSE-TFD-UUID", stamp.where("UUID"), stamp.uuid[:40]))
    if not stamp.sello_cfd or not _same_seal(stamp.sello_cfd, document.sello):
        where = stamp.where("SelloCFD")
        findings.append(_finding("ACUSE-TFD-SELLO", where, f"…{stamp.sello_cfd[-8:]}", f"…{document.sello[-8:]}"))
    return findings


def _same_seal(one: str, other: str) -> bool:
    """Whether they are one seal, up to where its lines are broken: blanks are no part of Base64."""
    return one == other or "".join(one.split()) == "".join(other.split())


def _dates(document: Comprobante, stamp: TimbreFiscalDigital, at: datetime) -> list[Finding]:
    fecha, stamped = document.fecha, stamp.fecha_timbrado
    findings = []
    plain, zoned = stamped - fecha, zones.until_stamp(fecha, document.lugar_expedicion, stamped)
    if not _NOTHING <= zoned <= _LIMIT and not _by_local_clock(plain, zoned):
        findings.append(_untimely(document, stamp, plain, zoned))
    if _is_future(stamped, document.lugar_expedicion, at):
        findings.append(_finding("ACUSE-TFD-FUTURE", stamp.where("FechaTimbrado"), str(stamped)))
    if document.version == "3.3" and fecha.date() > _LAST_33:
        findings.append(_finding("ACUSE-CFDI-33-LATE", document.where("Fecha"), str(fecha), f"<= {_LAST_33}"))
    return findings


def _by_local_clock(plain: timedelta, zoned: timedelta) -> bool:
    """Whether the PAC stamped by the clock of the issuer's place, as some do, and not by Mexico Centre's."""
    return _NOTHING <= plain <= _LIMIT and _BEFORE <= zoned < _NOTHING


def _is_future(stamped: datetime, postcode: str, at: datetime) -> bool:
    """Whether the stamp lies after `at` by either clock; when it is half a day old, no zone need be looked at."""
    if stamped.replace(tzinfo=UTC) < at - _HALF_A_DAY:
        return False
    return min(zones.moment(stamped), zones.moment(stamped, postcode)) > at + _CLOCK


def _untimely(document: Comprobante, stamp: TimbreFiscalDigital, plain: timedelta, zoned: timedelta) -> Finding:
    """Outside the 72 hours: a warning when a clock or a wrong zone explains it, a failure when nothing does."""
    explained = any(_BEFORE <= between <= _LIMIT + _AFTER for between in (plain, zoned))
    return Finding(
        "ACUSE-TFD-DATE", Status.WARNING if explained else Status.FAILED,
        found=f"{document.written('Fecha')} → {stamp.written('FechaTimbrado')}", expected="0–72 h",
        where=stamp.where("FechaTimbrado"), step=Step.STAMP,
    )  # fmt: skip


def _by_provider(stamp: TimbreFiscalDigital, findings: list[Finding], trust: TrustStore) -> Stamped:
    number = stamp.no_certificado_sat
    if not _NUMBER.fullmatch(number):
        return Stamped((*findings, _finding("ACUSE-TFD-NUMBER", stamp.where("NoCertificadoSAT"), number[:40])))
    provider = trust.provider(number)
    if provider is None:
        where = stamp.where("NoCertificadoSAT")
        if number.startswith(_TEST_NUMBERS):
            return Stamped((*findings, _finding("ACUSE-TFD-TEST", where, number)))
        unknown = Finding(
            "ACUSE-TFD-PAC-UNKNOWN", Status.NOT_RUN, number, where=where, step=Step.STAMP, params={"number": number}
        )
        return Stamped((*findings, unknown), missing=number)
    chain = trust.chain(provider)
    return Stamped((*findings, *_provider(stamp, provider, chain)), provider, chain)


def _provider(stamp: TimbreFiscalDigital, provider: Certificate, chain: Chain) -> list[Finding]:
    findings = _identity(stamp, provider, chain)
    seal = signature(stamp.sello_sat)
    if seal is None or not signed_by(provider, seal, stamp_cadena(stamp)):
        findings.append(_finding("ACUSE-TFD-SEAL", stamp.where("SelloSAT"), f"…{stamp.sello_sat[-8:]}"))
    return findings


def _identity(stamp: TimbreFiscalDigital, provider: Certificate, chain: Chain) -> list[Finding]:
    """The provider's certificate: signed by SAT, valid then, of the PAC that the stamp names."""
    faults: list[tuple[str, str, str]] = []
    if chain.trust is not Trust.TRUSTED:
        faults.append(("ACUSE-TFD-PAC-CHAIN", provider.issuer_name, ""))
    stamped = stamp.fecha_timbrado
    if not provider.surely_valid_at(stamped) and not provider.valid_at(zones.moment(stamped)):
        faults.append(("ACUSE-TFD-PAC-DATE", stamp.written("FechaTimbrado"), _validity(provider)))
    if stamp.rfc_prov_certif != provider_rfc(provider):
        faults.append(("ACUSE-TFD-PAC", stamp.rfc_prov_certif[:20], provider_rfc(provider)))
    if not faults:
        return []
    found = [_finding(code, stamp.where("NoCertificadoSAT"), found, expected) for code, found, expected in faults]
    return [replace(one, status=Status.WARNING) if _unnamed(one, provider) else one for one in found]


def _unnamed(finding: Finding, provider: Certificate) -> bool:
    """SAT's own stamp certificate whose unit names no PAC in a way that we can read: nobody else can have one."""
    return finding.code == "ACUSE-TFD-PAC" and not finding.expected and provider.rfc == _SAT


@lru_cache(maxsize=1024)
def provider_rfc(certificate: Certificate) -> str:
    """The RFC of the PAC that a stamp certificate belongs to: in its unit ("PAC…"), or SAT itself."""
    match = _PROVIDER.search(certificate.unit)
    if match is not None:
        return match.group(1)
    return _SAT if certificate.rfc == _SAT and "PAC" not in certificate.unit else ""


def _validity(certificate: Certificate) -> str:
    return f"{certificate.not_before:%Y-%m-%d} – {certificate.not_after:%Y-%m-%d}"
