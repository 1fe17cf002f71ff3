"""The seal: SAT's cadena original of the received tree, and the issuer's RSA-SHA256 signature of it (Anexo 20)."""

from binascii import a2b_base64, b2a_base64
from functools import cache
from typing import Final

from lxml import etree

from portal.cfdi import resources, stylesheet
from portal.cfdi.certificates import Certificate
from portal.cfdi.model import Comprobante, TimbreFiscalDigital
from portal.cfdi.report import Finding, Step
from portal.cfdi.sentences import Family, Sentence, register

_MAX_SIGNATURE: Final = 4096
_STAMP_PARTS: Final = (
    "Version", "UUID", "FechaTimbrado", "RfcProvCertif", "SelloCFD", "NoCertificadoSAT",
)  # fmt: skip

_TITLE_ES = "El sello del emisor no corresponde al contenido del comprobante"
_TITLE_EN = "The issuer's seal does not match the content of the document"
_REMEDY_ES = "El archivo cambió después de sellarse. Pide a quien lo emitió el XML original que le entregó su PAC."
_REMEDY_EN = "The file changed after it was sealed. Ask the issuer for the original XML, as the PAC delivered it."
_BROKEN = Sentence(_TITLE_ES, _TITLE_EN, _REMEDY_ES, _REMEDY_EN)
_FORM = Sentence(
    "El sello no está escrito en Base64 válido",
    "The seal is not written in valid Base64",
    _REMEDY_ES,
    _REMEDY_EN,
)
CODES: Final = {"4.0": "CFDI40102", "3.3": "CFDI33102"}
register(Family.SEAL, {code: _BROKEN for code in CODES.values()} | {f"{code}#form": _FORM for code in CODES.values()})


@cache
def _transform(version: str) -> etree.XSLT:
    """SAT's stylesheet, compiled once; safe to share among threads."""
    return stylesheet.compiled(resources.cadena_xslt(version))


def warm(*versions: str) -> None:
    """Compile the stylesheets now, so that the first document does not wait."""
    for version in versions or CODES:
        _transform(version)


def cadena_original(root: etree._Element, version: str) -> bytes:
    """SAT's cadena original of the tree, UTF-8. `root`: cfdi:Comprobante without comments; `version`: "4.0", "3.3"."""
    return bytes(_transform(version)(root))


def stamp_cadena(stamp: TimbreFiscalDigital) -> bytes:
    """The stamp's cadena original, by hand: the same text as SAT's stylesheet, eight times faster."""
    get = stamp.element.get
    parts = [get(name, "") for name in _STAMP_PARTS]
    leyenda = get("Leyenda")
    if leyenda is not None:
        parts.insert(4, leyenda)
    text = "|".join(parts)
    if text.split() != [text]:
        text = "|".join([" ".join(part.split()) for part in parts])
    return f"||{text}||".encode()


def signature(text: str) -> bytes | None:
    """The bytes of a Base64 seal, None unless it is canonical: another spelling of the same bytes is a change too."""
    compact = "".join(text.split())
    if not compact or len(compact) > _MAX_SIGNATURE:
        return None
    try:
        data = a2b_base64(compact, strict_mode=True)
    except ValueError:
        return None
    tail = data[-(len(data) % 3 or 3):]  # nothing but the bits that fill up the last letters can be spelt otherwise
    return data if compact.endswith(b2a_base64(tail, newline=False).decode()) else None


def signed_by(certificate: Certificate, seal: bytes, cadena: bytes) -> bool:
    """Whether the holder's key made this RSA-SHA256 seal of the cadena."""
    return certificate.sealed(seal, cadena)


def check(document: Comprobante, certificate: Certificate | None) -> list[Finding] | None:
    """The issuer's seal against the received content and the certificate inside it.

    Without a readable certificate only a seal that is none can be told; any other is not judged: None.
    """
    code = CODES[document.version]
    seal = signature(document.sello)
    if seal is None:
        found, where = document.sello[:24], document.where("Sello")
        return [Finding(code, found=found, expected="Base64", where=where, step=Step.SEAL, reason="form")]
    if certificate is None:
        return None
    if signed_by(certificate, seal, cadena_original(document.element, document.version)):
        return []
    return [Finding(code, found=f"…{document.sello[-8:]}", where=document.where("Sello"), step=Step.SEAL)]
