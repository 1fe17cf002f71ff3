"""The schema step: SAT's XSD (light copy) on the received tree, in sentences for people instead of libxml2's.

Addenda is not judged. Every known complement is judged by its own schema; one without a schema leaves the step not run
and is named. Codes of catalogs are not looked up here but in `catalogs.check`. Where SAT's matrix has a code for what
the schema refuses (CFDI40101, the form of Fecha), the finding carries it.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from lxml import etree

from portal.cfdi import light
from portal.cfdi.catalogs.codes import code_of
from portal.cfdi.lazy import modestly_kept, place
from portal.cfdi.mending import is_afterthought
from portal.cfdi.model import CFD3, CFD4, PAGOS10, PAGOS20, TFD
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.sentences import Family, Sentence, register

_MOST: Final = 40  # findings: more of them teach nothing
_XS: Final = "http://www.w3.org/2001/XMLSchema"
_Files = tuple[tuple[str, str], ...]  # namespace and file
_SENTENCES: Final = {
    "ACUSE-XSD-VALUE": Sentence(
        "El valor de «{name}» no tiene la forma que pide el SAT",
        "The value of “{name}” is not in the form that SAT asks for",
        "Escribe el valor con la forma esperada y vuelve a timbrar.",
        "Write the value in the expected form and stamp again."),
    "ACUSE-XSD-MISSING": Sentence(
        "Falta el dato obligatorio «{name}»", "The required “{name}” is missing",
        "Agrega el dato y vuelve a timbrar.", "Add it and stamp again."),
    "ACUSE-XSD-ATTRIBUTE": Sentence(
        "«{name}» no existe en «{element}»", "“{name}” does not exist in “{element}”",
        "Quita el atributo o escribe su nombre como lo publica el SAT (mayúsculas y minúsculas cuentan).",
        "Remove the attribute or write its name as SAT publishes it (upper and lower case matter)."),
    "ACUSE-XSD-ELEMENT": Sentence(
        "El nodo «{element}» no va en este lugar", "The node “{element}” does not belong here",
        "Revisa el orden y el nombre de los nodos: el SAT los pide en un orden fijo.",
        "Check the order and names of the nodes: SAT requires a fixed order."),
    "ACUSE-XSD-INCOMPLETE": Sentence(
        "Al nodo «{element}» le falta contenido", "The node “{element}” lacks content",
        "Agrega el nodo que falta y vuelve a timbrar.", "Add the missing node and stamp again."),
    "ACUSE-XSD-CONTENT": Sentence(
        "El nodo «{element}» trae texto o nodos que no admite", "The node “{element}” holds text or nodes it must not",
        "Quita lo que sobra y vuelve a timbrar.", "Remove what is too much and stamp again."),
    "ACUSE-XSD-OTHER": Sentence(
        "El nodo «{element}» no cumple el esquema del SAT", "The node “{element}” does not follow SAT's schema",
        "Corrígelo en tu sistema y vuelve a timbrar.", "Correct it in your system and stamp again."),
    "ACUSE-XSD-COMPLEMENT": Sentence(
        "No se conoce el esquema del complemento «{element}»: no se revisó su estructura",
        "The schema of the complement “{element}” is not known: its structure was not checked",
        "Nada que corregir: si el complemento es del SAT, avísanos para agregarlo.",
        "Nothing to mend: if it is one of SAT's complements, tell us and we will add it."),
}  # fmt: skip
register(Family.STRUCTURE, _SENTENCES)
# A complement beside the invoice has versions and catalogs that change: the PAC judged it by those of its day.
register(Family.COMPLEMENT, {f"{code}#complement": sentence for code, sentence in _SENTENCES.items()})
_HOLDERS: Final = frozenset(f"{{{space}}}Complemento{of}" for space in (CFD4, CFD3) for of in ("", "Concepto"))
_STRICT: Final = tuple(f"{{{space}}}" for space in (TFD, PAGOS20, PAGOS10))  # what the product itself works with

_MESSAGE: Final = re.compile(
    r"Element '(?P<element>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?: "
    r"(?:\[facet '(?P<facet>\w+)'\] )?(?P<rest>.*)",
    re.DOTALL,
)
_LIMIT: Final = re.compile(r"'([^']*)'\)?\.?$")
_MISSING: Final = re.compile(r"The attribute '([^']+)' is required")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*) \)", re.DOTALL)
_SIGNS: Final = {
    "minInclusive": ">= ", "maxInclusive": "<= ", "minExclusive": "> ", "maxExclusive": "< ",
}  # fmt: skip
_MOMENT: Final = "AAAA-MM-DDThh:mm:ss"
_TYPES: Final = {
    "t_FechaH": _MOMENT, "t_FechaHora": _MOMENT, "xs:dateTime": _MOMENT, "t_Fecha": "AAAA-MM-DD",
    "xs:date": "AAAA-MM-DD", "t_Importe": "0.000000", "xs:decimal": "0.000000", "xs:integer": "0",
}  # fmt: skip
_KINDS: Final = {
    "SCHEMAV_ELEMENT_CONTENT": "ACUSE-XSD-ELEMENT",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "ACUSE-XSD-MISSING",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "ACUSE-XSD-ATTRIBUTE",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "ACUSE-XSD-ATTRIBUTE",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "ACUSE-XSD-CONTENT",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "ACUSE-XSD-CONTENT",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "ACUSE-XSD-CONTENT",
    "SCHEMAV_CVC_TYPE_3_1_2": "ACUSE-XSD-CONTENT",
}
# One compiled schema holds one error log, so each thread has its own.
_compiled = threading.local()
_LARGE: Final = 3000
_LOGGED: Final = 200  # complaints of a large document that are explained: equal ones are told once
_count: Final = etree.XPath("count(//*)", regexp=False, smart_strings=False)


def validate(root: etree._Element, version: str, known: Sequence[etree._Element] | None = None) -> list[Finding]:
    """What SAT's schema of the version ("4.0", "3.3") and of its complements refuses. The tree is left as it is.

    `known` are the document's complements, when the caller has them and knows that no concepto has any.
    Raises FileNotFoundError when SAT's files are not installed.
    """
    findings: list[Finding] = []
    files = _complements(_extensions(root) if known is None else known, findings)
    schema = _schema(version, files)
    if _count(root) > _LARGE:
        findings += _streamed(root, schema)
    elif not schema.validate(root):
        findings += _told(root, schema.error_log)
    return findings


def _streamed(root: etree._Element, schema: etree.XMLSchema) -> Iterator[Finding]:
    """The findings of a large document, without their exact place.

    libxml2 counts siblings to say where each error is: 40,000 wrong conceptos would take a minute. While it parses it
    cannot, so a large document is read once more, with the schema beside it.
    """
    parser = etree.XMLParser(schema=schema, no_network=True)
    try:
        etree.fromstring(etree.tostring(root), parser)
    except etree.XMLSyntaxError:
        told: dict[tuple[str, str], Finding] = {}
        # not the exception's own log: that one tells of every document that this thread has read
        complaints = dict.fromkeys((entry.type_name, entry.message) for entry in parser.error_log)
        for kind, message in islice(complaints, _LOGGED):
            match = _MESSAGE.match(message)
            if match is not None:
                finding = _somewhere(root, kind, match)
                told.setdefault((finding.code, finding.where), finding)
        yield from told.values()


def _somewhere(root: etree._Element, kind: str, match: re.Match[str]) -> Finding:
    """A finding about the elements of a name: explained by the first of them, placed at none."""
    element = next(root.iter(match["element"]), root)
    finding = _explained(kind, match, element)
    attribute = finding.where.rpartition("/@")[2] if "/@" in finding.where else ""
    local = str(element.tag).rpartition("}")[2]
    return replace(finding, found="", where=f"//{local}/@{attribute}" if attribute else f"//{local}")


def _complements(children: Sequence[etree._Element], findings: list[Finding]) -> _Files:
    """The schema files of the complements in the document; those unknown are said."""
    told = [(child.tag, child.get("Version") or child.get("version") or "") for child in children]
    files, strange = _files(tuple(told))
    for number, known in strange:
        child = children[number]
        findings.append(_finding("ACUSE-XSD-ELEMENT", child, _local(child)) if known else _unknown(child))
    return files


def _extensions(root: etree._Element) -> list[etree._Element]:
    """The complements of the document and of its conceptos."""
    space = str(root.tag).partition("}")[0] + "}"
    found: list[etree._Element] = []
    for node in root.iterchildren(f"{space}Complemento"):
        found += node.iterchildren(tag=etree.Element)
    for conceptos in root.iterchildren(f"{space}Conceptos"):
        for node in conceptos.iter(f"{space}ComplementoConcepto"):
            found += node.iterchildren(tag=etree.Element)
    return found


@modestly_kept
def _files(complements: tuple[tuple[str, str], ...]) -> tuple[_Files, tuple[tuple[int, bool], ...]]:
    """The files of complements told by tag and version; and which have none: those of an unknown namespace (False,
    once each) or whose namespace has no such root (True). Few documents differ in their complements."""
    known = light.load().complements
    files: dict[str, str] = {}
    strange: dict[object, tuple[int, bool]] = {}
    for number, (tag, version) in enumerate(complements):
        space, _, local = tag[1:].rpartition("}")
        candidates = known.get(space)
        if candidates is None:
            strange.setdefault(tag, (number, False))
        elif not any(local in names for _, _, names in candidates):
            strange[number] = number, True
        elif space not in files:
            files[space] = _file(version, candidates)
    return tuple(sorted(files.items())), tuple(sorted(strange.values()))


def _file(version: str, candidates: list[tuple[str, str, frozenset[str]]]) -> str:
    """The schema of the complement's own version; the newest when no version fits, which will then say so."""
    return next((file for file, fixed, _ in candidates if version and fixed == version), candidates[-1][0])


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unknown(child: etree._Element) -> Finding:
    name = str(child.tag).rpartition("}")[2]
    return Finding(
        "ACUSE-XSD-COMPLEMENT", Status.NOT_RUN, found=str(child.tag), where=place(child), step=Step.SCHEMA,
        params={"element": name},
    )  # fmt: skip


def _schema(version: str, files: _Files) -> etree.XMLSchema:
    kept: dict[Any, etree.XMLSchema] = _compiled.__dict__
    key = version, files
    schema = kept.get(key)
    if schema is None:
        if len(kept) > 200:  # combinations of complements that hostile documents may think of
            kept.clear()
        schema = kept[key] = _compile(version, files)
    return schema


def _compile(version: str, files: _Files) -> etree.XMLSchema:
    lighter = light.load()
    driver = etree.Element(f"{{{_XS}}}schema")
    space = "http://www.sat.gob.mx/cfd/" + version[0]
    for namespace, path in [(space, lighter.xsd(version)), *((n, lighter.folder / f) for n, f in files)]:
        etree.SubElement(driver, f"{{{_XS}}}import", {"namespace": namespace, "schemaLocation": path.as_uri()})
    return etree.XMLSchema(etree.ElementTree(driver))


def _told(root: etree._Element, log: Any) -> Iterator[Finding]:
    """One finding for each place that libxml2 complains about, in document order."""
    seen = set()
    spaces = {prefix: uri for node in root.iter(etree.Element) for prefix, uri in node.nsmap.items() if prefix}
    for entry in log:
        match = _MESSAGE.match(entry.message)
        if match is None:
            continue
        key = (entry.path, match["attribute"] or _missing(match["rest"]))
        if key in seen:
            continue
        seen.add(key)
        element = _element(root, entry.path, spaces)
        if element is None or element.tag != match["element"]:  # a prefix that stands for several namespaces
            element = next(root.iter(match["element"]), root)
        yield _explained(entry.type_name, match, element)
        if len(seen) >= _MOST:
            return


def _missing(rest: str) -> str:
    found = _MISSING.match(rest)
    return found[1] if found else ""


def _element(root: etree._Element, path: str | None, spaces: dict[str, str]) -> etree._Element | None:
    """The element of libxml2's path, which names prefixes as the nearest declarations do."""
    if not path:
        return None
    try:
        found = root.xpath(path.partition("/@")[0], namespaces=spaces)
    except etree.XPathError:
        return None
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None


def _explained(kind: str, match: re.Match[str], element: etree._Element) -> Finding:
    rest, attribute = match["rest"], match["attribute"] or ""
    local = match["element"].rpartition("}")[2]
    code = _KINDS.get(kind, "ACUSE-XSD-VALUE" if attribute else "ACUSE-XSD-OTHER")
    if code == "ACUSE-XSD-ELEMENT" and rest.startswith("Missing child"):
        code = "ACUSE-XSD-INCOMPLETE"
    if code == "ACUSE-XSD-ELEMENT" and is_afterthought(element):
        return replace(_finding("ACUSE-NOTE-ADDENDA-PLACE", element, local), status=Status.PASSED)
    if code == "ACUSE-XSD-VALUE":
        return _value(element, attribute, match["facet"] or "", rest)
    expected = _EXPECTED.search(rest)
    wanted = re.sub(r"\{[^}]*\}", "", expected[1]) if expected else ""
    name = _missing(rest) or attribute
    at = attribute if code == "ACUSE-XSD-ATTRIBUTE" else ""
    return _finding(code, element, local, name, attribute=at, expected=wanted)


def _value(element: etree._Element, attribute: str, facet: str, rest: str) -> Finding:
    limit = _LIMIT.search(rest)
    wanted = limit[1].rpartition("}")[2] if limit else ""
    expected = f"{_SIGNS.get(facet, '')}{_TYPES.get(wanted, wanted)}"
    code = code_of(element, attribute)
    return _finding(
        code or "ACUSE-XSD-VALUE", element, str(element.tag).rpartition("}")[2], attribute,
        attribute=attribute, expected=expected, reason="schema" if code else "",
    )  # fmt: skip


def _finding(
    code: str, element: etree._Element, local: str, name: str = "",
    *, attribute: str = "", expected: str = "", reason: str = "",
) -> Finding:  # fmt: skip
    reason = reason or ("complement" if _in_complement(element) else "")
    return Finding(
        code, found=(element.get(attribute) or "")[:200] if attribute else "", expected=expected[:200],
        where=place(element, attribute), step=Step.SCHEMA, params={"element": local, "name": name}, reason=reason,
    )  # fmt: skip


def _in_complement(element: etree._Element) -> bool:
    """Whether the element belongs to a complement that is beside the invoice: neither the stamp nor payments."""
    node = element
    for parent in element.iterancestors():
        if parent.tag in _HOLDERS:
            return not str(node.tag).startswith(_STRICT)
        node = parent
    return False
