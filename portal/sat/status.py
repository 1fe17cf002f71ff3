"""SAT's status service (ConsultaCFDIService): is this document valid, cancelled or not there.

One question, one answer. Retrying, pacing and keeping the evidence are the caller's. What is not understood is UNKNOWN.
"""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from typing import Final

from lxml import etree

from portal.sat import fetch

SERVICE: Final = "https://consultaqr.facturaelectronica.sat.gob.mx/ConsultaCFDIService.svc"
_ACTION: Final = "http://tempuri.org/IConsultaCFDIService/Consulta"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:tem="http://tempuri.org/"><soap:Body><tem:Consulta><tem:expresionImpresa>{}</tem:expresionImpresa>'
    "</tem:Consulta></soap:Body></soap:Envelope>"
)
_TIMEOUT: Final = 10.0
_MOST: Final = 64 * 1024


class State(StrEnum):
    """What SAT says of the document."""

    VALID = "valid"
    CANCELLED = "cancelled"
    NOT_FOUND = "not_found"  # also just after stamping
    UNKNOWN = "unknown"


class Cancelable(StrEnum):
    """EsCancelable."""

    NO = "No cancelable"
    WITHOUT_ACCEPTANCE = "Cancelable sin aceptación"
    WITH_ACCEPTANCE = "Cancelable con aceptación"
    UNKNOWN = "unknown"


class Cancellation(StrEnum):
    """EstatusCancelacion."""

    NONE = ""
    IN_PROCESS = "En proceso"
    WITHOUT_ACCEPTANCE = "Cancelado sin aceptación"
    WITH_ACCEPTANCE = "Cancelado con aceptación"
    EXPIRED = "Plazo vencido"
    REFUSED = "Solicitud rechazada"
    UNKNOWN = "unknown"


class Efos(StrEnum):
    """ValidacionEFOS: is the issuer on the 69-B list as Definitivo."""

    LISTED = "listed"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Status:
    """The answer with the bytes it was read from; `reason` says why the state is UNKNOWN."""

    state: State
    asked_at: datetime
    reason: str = ""
    code: str = ""
    cancelable: Cancelable = Cancelable.UNKNOWN
    cancellation: Cancellation = Cancellation.UNKNOWN
    efos: Efos = Efos.UNKNOWN
    evidence: bytes = b""


_STATES: Final = {"Vigente": State.VALID, "Cancelado": State.CANCELLED}
_EFOS: Final = dict.fromkeys(("100", "101", "104"), Efos.LISTED) | dict.fromkeys(
    ("102", "103", "200", "201"), Efos.NOT_LISTED
)


def expression(issuer: str, receiver: str, total: str, uuid: str, seal: str) -> str:
    """SAT's printed expression: RFCs entity-escaped, `total` as the XML writes it, `fe` the seal's last eight."""
    return f"?re={escape(issuer)}&rr={escape(receiver)}&tt={total}&id={uuid}&fe={seal[-8:]}"


def ask(expression: str, now: datetime, *, url: str = SERVICE, timeout: float = _TIMEOUT) -> Status:
    """Ask SAT about one printed expression; `timeout` seconds bound the whole call. Never raises."""
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{_ACTION}"'}
    got = fetch.post(url, _ENVELOPE.format(escape(expression)).encode(), headers, timeout=timeout, most=_MOST)
    return read(got.data, now) if got.data is not None else Status(State.UNKNOWN, now, got.reason)


def read(data: bytes, now: datetime) -> Status:
    """Read SAT's answer; anything that is not one is UNKNOWN with the bytes as evidence."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Status(State.UNKNOWN, now, "not XML", evidence=data)
    results = root.findall(".//{http://tempuri.org/}ConsultaResult")
    if root.getroottree().docinfo.doctype or len(results) != 1:
        return Status(State.UNKNOWN, now, "not an answer of the service", evidence=data)
    names = [etree.QName(one).localname for one in results[0].iterchildren("{*}*")]
    if len(names) != len(set(names)):
        return Status(State.UNKNOWN, now, "a field twice", evidence=data)
    fields = {etree.QName(one).localname: (one.text or "").strip() for one in results[0].iterchildren("{*}*")}
    return _status(fields, now, data)


def _status(fields: dict[str, str], now: datetime, data: bytes) -> Status:
    code = fields.get("CodigoEstatus", "")
    state = _state(code, fields.get("Estado", ""))
    return Status(
        state,
        now,
        "" if state is not State.UNKNOWN else f"{code} / {fields.get('Estado', '')}"[:200],
        code,
        next((one for one in Cancelable if one == fields.get("EsCancelable")), Cancelable.UNKNOWN),
        next((one for one in Cancellation if one == fields.get("EstatusCancelacion")), Cancellation.UNKNOWN),
        _EFOS.get(fields.get("ValidacionEFOS", ""), Efos.UNKNOWN),
        data,
    )


def _state(code: str, estado: str) -> State:
    """Valid and cancelled need the code S; not found needs 602: each word alone decides nothing."""
    if code.startswith("S - "):
        return _STATES.get(estado, State.UNKNOWN)
    return State.NOT_FOUND if code.startswith("N - 602") and estado == "No Encontrado" else State.UNKNOWN
