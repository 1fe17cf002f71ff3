"""The catalogs step: every code of the document and its complements, looked up in SAT's sets and in their dates.

Which attribute belongs to which set is read from SAT's own schemas (`light`). A document 4.0 has two corrections: codes
that the schemas still list and only version 3.3 allowed, and codes that began or ended on a day.
"""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final

from lxml import etree

from portal.cfdi import light
from portal.cfdi.catalogs import general
from portal.cfdi.catalogs.codes import CFDI, PAGOS, SENTENCES_HERE, code_of
from portal.cfdi.catalogs.currencies import MONEDA
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL, USO_CFDI
from portal.cfdi.context import Context
from portal.cfdi.lazy import BLANKS, modestly_kept, place
from portal.cfdi.model import CFD3, CFD4, PAGOS20, Comprobante
from portal.cfdi.report import Finding, Step

_MOST: Final = 40
# What the schemas list for version 3.3 alone is not in these.
_OWN: Final[dict[str, frozenset[str]]] = {
    "c_UsoCFDI": frozenset(USO_CFDI),
    "c_RegimenFiscal": frozenset(REGIMEN_FISCAL),
    "c_TipoRelacion": frozenset(general.TIPO_RELACION),
}
# First and last day of codes that did not live as long as version 4.0 (those of product keys are in the light copy).
_DATED: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "c_Moneda": {code: (one.start, "") for code, one in MONEDA.items() if one.start},
    "c_ObjetoImp": {code: (one.start, one.end) for code, one in general.OBJETO_IMP.items() if one.start or one.end},
    "c_Exportacion": {code: (one.start, one.end) for code, one in general.EXPORTACION.items() if one.start or one.end},
}
_Lookup = tuple[str, str, frozenset[str]]
_Suspect = tuple[etree._Element, str, str, str]
_CODES: Final = tuple(sorted(SENTENCES_HERE.keys() & {*CFDI.values(), *PAGOS.values()}))
RAN: Final = tuple(code for code in _CODES if code.startswith("CFDI"))
RAN_PAGOS: Final = tuple(code for code in _CODES if code.startswith("CRP"))


def check(document: Comprobante, context: Context) -> list[Finding]:
    """Codes that SAT's catalogs do not have, or did not have on the document's date."""
    root, version = document.element, document.version
    tags = (*[e.tag for e in document.extensions], *[node.tag for node in document.de_conceptos])
    table, payments = _table(version, tags)
    suspects = _suspects(root, table)
    findings = list(islice(_told(suspects, document), _MOST)) if suspects else []
    if version == "4.0":
        context.ran.extend(RAN)
        if payments:
            context.ran.extend(RAN_PAGOS)
    return findings


@modestly_kept
def _table(version: str, complements: tuple[str, ...]) -> tuple[dict[str, tuple[_Lookup, ...]], bool]:
    """Tag → attributes, each with its set's name and the codes that need no second look; and whether payments are told.

    Of the document's namespace and those of its complements, whose tags are given: few documents differ in them.
    """
    spaces = {CFD4 if version == "4.0" else CFD3, *map(_space, complements)}
    table = {}
    for tag, looked in light.load().lookups.items():
        if _space(tag) in spaces:
            table[tag] = tuple((attribute, name, _plain(version, name)) for attribute, name in looked)
    return table, PAGOS20 in spaces


def _space(tag: str) -> str:
    return tag[1:].partition("}")[0]


@cache
def _plain(version: str, name: str) -> frozenset[str]:
    codes = light.load().codes(name)
    if version != "4.0":
        return codes
    dates = _dates(name)
    codes = _OWN.get(name, codes)
    return codes - dates.keys() if dates else codes


def _dates(name: str) -> dict[str, tuple[str, str]]:
    return light.load().product_dates if name == "c_ClaveProdServ" else _DATED.get(name, {})


def _suspects(root: etree._Element, table: dict[str, tuple[_Lookup, ...]]) -> list[_Suspect]:
    """Walk the document and look up. This loop is the one that costs: it holds nothing else."""
    suspects = []
    looked = table.get
    for element in root.iter():
        for attribute, name, codes in looked(element.tag, ()):
            value = element.get(attribute)
            if value is not None and value not in codes:
                suspects.append((element, attribute, name, value))
    return suspects


def _told(suspects: list[_Suspect], document: Comprobante) -> Iterator[Finding]:
    """What is wrong with the codes that were not found at first sight."""
    addenda = str(document.element.tag).partition("}")[0] + "}Addenda"
    for element, attribute, name, value in suspects:
        expected = _refused(name, value, document)
        if expected is not None and next(element.iterancestors(addenda), None) is None:
            yield _finding(element, attribute, name, value, expected)


def _refused(name: str, value: str, document: Comprobante) -> str | None:
    """What was expected instead of the code, None when it is right after all."""
    code = " ".join(value.strip(BLANKS).split())  # the schema collapses blanks
    if code in _plain(document.version, name):
        return None
    dates = _dates(name).get(code) if document.version == "4.0" else None
    if dates is None:
        return name.rpartition(".")[2]
    start, end = dates
    day = document.written("Fecha")[:10]
    if not day.startswith("20"):
        return None  # the schema says so: no day, no dates
    return None if start <= day and (not end or day <= end) else f"{start or '…'} – {end or '…'}"


def _finding(element: etree._Element, attribute: str, name: str, value: str, expected: str) -> Finding:
    code = code_of(element, attribute)
    params = {"name": attribute, "catalog": name.rpartition(".")[2]}
    code = code if code in SENTENCES_HERE else "ACUSE-CATALOG"
    return Finding(code, found=value[:200], expected=expected, where=place(element, attribute), step=Step.CATALOGS,
                   params=params)  # fmt: skip
