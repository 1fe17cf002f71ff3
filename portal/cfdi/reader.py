"""From bytes to the read model: one strict parse of what was received, within limits, never repaired in silence.

Refused with its own reason: no XML (PDF, ZIP, HTML, nothing), another encoding than UTF-8, any DOCTYPE, malformed XML,
limits, and XML that is not a CFDI 4.0 or 3.3. Accepted and said: a byte order mark, leading blanks, SAT's own
`xmlns:schemaLocation`, an addenda, also one whose prefixes nobody declared. The limits come before anything that walks
attributes: lxml lists them in quadratic time, so one element with 200,000 of them would take minutes.
"""

import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from lxml import etree

from portal.cfdi.mending import START_TAG, only_names, without_addenda, without_schema_location
from portal.cfdi.model import CFD3, CFD4, Comprobante
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.sentences import Family, Sentence, register

BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_SMALL: Final = 64 * 1024  # below this, no number of namespaces takes long
_RESEND_ES = "Envía el XML tal como lo entregó el PAC, sin abrirlo ni guardarlo con otro programa."
_RESEND_EN = "Send the XML just as the PAC delivered it, without opening and saving it in another program."
_CFDI_ES = "Envía el XML de la factura (CFDI 4.0)."
_CFDI_EN = "Send the invoice's XML (CFDI 4.0)."

register(Family.READ, {
    "ACUSE-XML-EMPTY": Sentence("El archivo está vacío", "The file is empty", _CFDI_ES, _CFDI_EN),
    "ACUSE-XML-SIZE": Sentence(
        "El archivo pesa más de lo permitido", "The file is larger than allowed", _CFDI_ES, _CFDI_EN),
    "ACUSE-XML-PDF": Sentence("El archivo es un PDF, no un XML", "The file is a PDF, not an XML", _CFDI_ES, _CFDI_EN),
    "ACUSE-XML-ZIP": Sentence("El archivo es un ZIP, no un XML", "The file is a ZIP, not an XML",
        "Descomprime el archivo y envía el XML.", "Unzip the file and send the XML."),
    "ACUSE-XML-HTML": Sentence(
        "El archivo es una página web, no un CFDI", "The file is a web page, not a CFDI", _CFDI_ES, _CFDI_EN),
    "ACUSE-XML-TEXT": Sentence("El archivo no es XML", "The file is not XML", _CFDI_ES, _CFDI_EN),
    "ACUSE-XML-ENCODING": Sentence(
        "El XML no está en UTF-8, la codificación que pide el SAT",
        "The XML is not in UTF-8, the encoding that SAT requires", _RESEND_ES, _RESEND_EN),
    "ACUSE-XML-DOCTYPE": Sentence(
        "El XML trae una declaración DOCTYPE, que un CFDI no lleva",
        "The XML has a DOCTYPE declaration, which a CFDI never has", _RESEND_ES, _RESEND_EN),
    "ACUSE-XML-MALFORMED": Sentence(
        "El XML está mal formado o incompleto", "The XML is malformed or incomplete", _RESEND_ES, _RESEND_EN),
    "ACUSE-XML-LIMITS": Sentence(
        "El XML tiene demasiados elementos, atributos o niveles",
        "The XML has too many elements, attributes or levels", _RESEND_ES, _RESEND_EN),
    "ACUSE-CFDI-OTHER": Sentence("El XML no es un CFDI", "The XML is not a CFDI", _CFDI_ES, _CFDI_EN),
    "ACUSE-CFDI-VERSION": Sentence(
        "La versión del CFDI no es 4.0 ni 3.3", "The CFDI's version is neither 4.0 nor 3.3", _CFDI_ES, _CFDI_EN),
    "ACUSE-CFDI-32": Sentence(
        "Es un CFDI 3.2 o anterior, que ya no se recibe", "It is a CFDI 3.2 or older, no longer received",
        _CFDI_ES, _CFDI_EN),
    "ACUSE-CFDI-RETENCIONES": Sentence(
        "Es un CFDI de retenciones, no una factura", "It is a withholding CFDI, not an invoice", _CFDI_ES, _CFDI_EN),
    "ACUSE-CFDI-STAMP": Sentence(
        "Es sólo el timbre, sin el comprobante", "It is the stamp alone, without the document", _CFDI_ES, _CFDI_EN),
})  # fmt: skip
register(Family.NOTE, {
    "ACUSE-NOTE-BOM": Sentence(
        "El archivo empieza con una marca de orden de bytes (BOM): se acepta",
        "The file starts with a byte order mark (BOM): accepted", "", ""),
    "ACUSE-NOTE-BLANKS": Sentence(
        "El archivo empieza con espacios en blanco: se acepta", "The file starts with blanks: accepted", "", ""),
    "ACUSE-NOTE-SCHEMALOCATION": Sentence(
        "El XML escribe «xmlns:schemaLocation» en vez de «xsi:schemaLocation»: se acepta",
        "The XML writes “xmlns:schemaLocation” instead of “xsi:schemaLocation”: accepted", "", ""),
    "ACUSE-NOTE-ADDENDA-NAMES": Sentence(
        "La addenda usa prefijos que nadie declaró: se acepta sin leerla",
        "The addenda uses prefixes that nobody declared: accepted without reading it", "", ""),
    "ACUSE-NOTE-ADDENDA": Sentence(
        "El comprobante trae una addenda, que no se sella ni se valida",
        "The document has an addenda, which is neither sealed nor validated", "", ""),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read. A concepto with one tax is four elements and some 450 bytes: 50,000 conceptos fit.

    Attributes are counted in each element; addenda with a hundred of them are seen in practice.
    """

    bytes: int = 40 * 1024 * 1024
    elements: int = 400_000
    attributes: int = 256
    depth: int = 64


DEFAULT_LIMITS: Final = Limits()


class Reading(NamedTuple):
    """What reading came to: the document, or the failure that says why there is none; and the notes."""

    document: Comprobante | None
    findings: tuple[Finding, ...] = ()
    version: str = ""


_MENDS: Final = (
    ("ACUSE-NOTE-SCHEMALOCATION", without_schema_location),
    ("ACUSE-NOTE-ADDENDA-NAMES", without_addenda),
)
_VERSIONS: Final = {f"{{{CFD4}}}Comprobante": "4.0", f"{{{CFD3}}}Comprobante": "3.3"}
_PARSER_OPTIONS: Final = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False, "huge_tree": False,
    "recover": False, "remove_comments": True, "remove_pis": True,
}  # fmt: skip
_thread: Final = threading.local()
_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{0,40})["']""")
_UTF8: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
# How nearly every document begins: then nothing of the prolog is to be refused.
_USUAL: Final = re.compile(
    rb"""<\?xml version=["']1\.0["'] encoding=["'](?:UTF|utf)-8["'] ?\?>\s*<cfdi:Comprobante\s"""
)
_FOREIGN_STARTS: Final = (
    b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00\xfe\xff", b"\x00\x00\x00<", b"Lo\xa7\x94",
)  # fmt: skip
_HTML: Final = re.compile(rb"\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)
_DOCTYPE: Final = b"<!DOCTYPE"
_RETENCIONES: Final = "http://www.sat.gob.mx/esquemas/retencionpago/"
_STAMP: Final = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read a CFDI 4.0 or 3.3 from its original bytes. Never raises: the reason is in the findings."""
    code = _before_parsing(data, limits)
    if code:
        return _refused(code, found=_shown(data))
    notes: list[Finding] = []
    try:
        root = _parse(_without_dirt(data, notes))
    except etree.XMLSyntaxError as problem:
        return _mend_or_refuse(data, notes, problem, limits)
    return _judge_root(root, notes, limits)


def _refused(code: str, found: str = "", expected: str = "", where: str = "") -> Reading:
    return Reading(None, (Finding(code, found=found, expected=expected, where=where, step=Step.WELLFORMED),))


def _note(code: str) -> Finding:
    return Finding(code, Status.PASSED, step=Step.WELLFORMED)


def _shown(data: bytes) -> str:
    """The beginning as it can be read; in hexadecimal when it cannot (UTF-16, a picture)."""
    start = data[:24]
    return start.decode("ascii") if start.isascii() and b"\x00" not in start else start[:12].hex(" ")


def _before_parsing(data: bytes, limits: Limits) -> str:
    """The code that refuses the bytes at first sight, or "". Cheap: nothing is parsed yet."""
    if len(data) > limits.bytes:
        return "ACUSE-XML-SIZE"
    if _USUAL.match(data) is None and (code := _prolog(data)):
        return code
    if len(data) <= _SMALL and limits is DEFAULT_LIMITS:
        return ""
    return "ACUSE-XML-LIMITS" if _many_tags(data, limits) or _many_prefixes(data, limits) else ""


def _prolog(data: bytes) -> str:
    """The code that refuses what stands before the root element, or ""."""
    if data.startswith(_FOREIGN_STARTS):
        return "ACUSE-XML-ENCODING"
    start = data.removeprefix(BOM).lstrip(_BLANKS)
    if not start.startswith(b"<"):
        return _not_markup(start)
    if _HTML.match(start):
        return "ACUSE-XML-HTML"
    declared = _ENCODING.match(start)
    if declared is not None and declared.group(1).lower() not in _UTF8:
        return "ACUSE-XML-ENCODING"
    return "ACUSE-XML-DOCTYPE" if _doctype_in_prolog(start) else ""


def _many_tags(data: bytes, limits: Limits) -> bool:
    """Whether there are more tags than the elements allowed can have."""
    most = 2 * limits.elements + 64
    return len(data) > most and data.count(b"<") > most


def _many_prefixes(data: bytes, limits: Limits) -> bool:
    """Whether one start tag declares too many namespaces, each of which every tag below it would carry along."""
    most = limits.attributes
    if len(data) <= _SMALL or data.count(b"xmlns") <= most:
        return False
    return any(tag.count(b"xmlns") > most for tag in data.split(b"<"))


def _not_markup(start: bytes) -> str:
    if not start:
        return "ACUSE-XML-EMPTY"
    if start.startswith(b"%PDF"):
        return "ACUSE-XML-PDF"
    # an office document is a ZIP too, but nobody can unpack an invoice from it
    office = b"[Content_Types].xml" in start[:4096]
    return "ACUSE-XML-ZIP" if start.startswith(b"PK\x03\x04") and not office else "ACUSE-XML-TEXT"


def _doctype_in_prolog(start: bytes) -> bool:
    """Whether a DOCTYPE stands before the root element: inside a later comment or CDATA it would be plain text."""
    first = START_TAG.search(start)
    return start.find(_DOCTYPE, 0, first.start() if first is not None else len(start)) >= 0


def _without_dirt(data: bytes, notes: list[Finding]) -> bytes:
    """The bytes without a byte order mark and leading blanks, each said. The original stays what is archived."""
    if data[:1] == b"<":
        return data
    clean = data.removeprefix(BOM)
    if len(clean) != len(data):
        notes.append(_note("ACUSE-NOTE-BOM"))
    if clean[:1] != b"<":
        notes.append(_note("ACUSE-NOTE-BLANKS"))
    return clean.lstrip(_BLANKS)


def _parse(data: bytes) -> etree._Element:
    """One strict parse. Each thread has its own parser, so that none waits for another."""
    parser = getattr(_thread, "parser", None)
    if parser is None:
        parser = _thread.parser = etree.XMLParser(**_PARSER_OPTIONS)
    return etree.fromstring(data, parser)


def _mend_or_refuse(data: bytes, notes: list[Finding], problem: etree.XMLSyntaxError, limits: Limits) -> Reading:
    """Only faults in names that no seal covers are mended; everything else is refused with the parser's words."""
    clean, told = _without_dirt(data, []), list(notes)
    for code, mend in _MENDS:
        if not only_names(_thread.parser.error_log):
            break
        mended = mend(clean)
        if mended == clean:
            continue
        clean, told = mended, [*told, _note(code)]
        try:
            return _judge_root(_parse(clean), told, limits)
        except etree.XMLSyntaxError as still:
            problem = still
    return _malformed(data, problem)


def _malformed(data: bytes, problem: etree.XMLSyntaxError) -> Reading:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        found = f"byte {wrong.start}: 0x{data[wrong.start]:02x}"
        return _refused("ACUSE-XML-ENCODING", found, "UTF-8")
    line, column = problem.position
    return _refused("ACUSE-XML-MALFORMED", str(problem.msg)[:200], where=f"{line}:{column}")


def _judge_root(root: etree._Element, notes: list[Finding], limits: Limits) -> Reading:
    if root.getroottree().docinfo.internalDTD is not None:
        return _refused("ACUSE-XML-DOCTYPE")
    path = _DEFAULT_PATH if limits is DEFAULT_LIMITS else _other_limits(limits)
    if path(root):
        return _refused("ACUSE-XML-LIMITS")
    tag = root.tag
    version = _VERSIONS.get(tag)  # type: ignore[call-overload]
    if version is not None and root.get("Version") == version:
        return _accepted(root, notes, version)
    return _another(root, str(tag))


def _another(root: etree._Element, tag: str) -> Reading:
    """Well-formed XML that is something else: its structure is what fails."""
    where, expected = f"/{tag.rpartition('}')[2]}", f"{{{CFD4}}}Comprobante"
    finding = Finding(_why_not(root), found=tag[:120], expected=expected, where=where, step=Step.SCHEMA)
    version = root.get("Version") or root.get("version") or ""
    return Reading(None, (finding,), version[:10] if "sat.gob.mx/" in tag else "")


def _accepted(root: etree._Element, notes: list[Finding], version: str) -> Reading:
    document = Comprobante(root)
    if document.nodes("Addenda"):
        notes.append(_note("ACUSE-NOTE-ADDENDA"))
    return Reading(document, tuple(notes), version)


def _limit_path(limits: Limits) -> etree.XPath:
    """One walk in C: an element with too many attributes, or a level too deep."""
    deep = f"count(//*) > {limits.depth} and boolean({'/*' * (limits.depth + 1)})"
    return etree.XPath(f"boolean(//@*[{limits.attributes + 1}]) or {deep}", regexp=False, smart_strings=False)


_DEFAULT_PATH: Final = _limit_path(DEFAULT_LIMITS)
_other_limits: Final = cache(_limit_path)


def _why_not(root: etree._Element) -> str:
    """The code that says what the XML is instead of a CFDI 4.0 or 3.3."""
    space, _, local = str(root.tag).rpartition("}")
    if local.lower() == "html":
        return "ACUSE-XML-HTML"
    if root.tag == _STAMP:
        return "ACUSE-CFDI-STAMP"
    if space.startswith("{" + _RETENCIONES):
        return "ACUSE-CFDI-RETENCIONES"
    if local == "Comprobante" and (root.get("version") or space == "{http://www.sat.gob.mx/cfd/2"):
        return "ACUSE-CFDI-32"
    known = space in (f"{{{CFD4}", f"{{{CFD3}")
    return "ACUSE-CFDI-VERSION" if known and local == "Comprobante" else "ACUSE-CFDI-OTHER"
