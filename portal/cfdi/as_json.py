"""A CFDI as plain JSON values: SAT's names, amounts as they were written, codes with their words beside.

    {"Version": "4.0", "SubTotal": "862.07", "Emisor": {"Rfc": …, "RegimenFiscal": "601", …}, "Conceptos": [{…}, …],
     "Complemento": {"TimbreFiscalDigital": {…}}, …}

Attributes and nodes keep SAT's names; a node that holds only rows ("Conceptos", "Traslados") is a list; a complement is
named by its root element. `words` are the descriptions of the codes in the document, by attribute. Nothing is computed
and nothing is judged: what the XML says, in another spelling. Addenda, which SAT does not know, is left out.
"""

from typing import Any, Final

from lxml import etree

from portal.cfdi.model import Comprobante
from portal.cfdi.words import describe

_ROWS: Final = frozenset({
    "Conceptos", "Traslados", "Retenciones", "TrasladosDR", "RetencionesDR", "TrasladosP", "RetencionesP",
})  # fmt: skip
_MANY: Final = frozenset({
    "CfdiRelacionados", "CfdiRelacionado", "Parte", "InformacionAduanera", "CuentaPredial", "Pago", "DoctoRelacionado",
    "RetencionesLocales", "TrasladosLocales",
})  # fmt: skip
# attribute → catalog, where the names differ
_CATALOGS: Final = {
    "RegimenFiscalReceptor": "RegimenFiscal", "RegimenFiscalACuentaTerceros": "RegimenFiscal",
    "ResidenciaFiscal": "Pais", "FormaDePagoP": "FormaPago", "MonedaP": "Moneda", "MonedaDR": "Moneda",
    "ObjetoImpDR": "ObjetoImp", "ImpuestoDR": "Impuesto", "ImpuestoP": "Impuesto",
}  # fmt: skip
_DEEPEST: Final = 40


def as_json(document: Comprobante, lang: str = "es") -> dict[str, Any]:
    """The document as dictionaries, lists and strings, ready for `json.dumps`; `words` describe its codes."""
    value = _node(document.element, _DEEPEST)
    value["words"] = _words(document.element, lang)
    return value


def _node(element: etree._Element, deepest: int) -> dict[str, Any]:
    value: dict[str, Any] = {str(name): text for name, text in element.attrib.items() if not str(name).startswith("{")}
    text = (element.text or "").strip()
    if text:
        value["text"] = text
    for child in element.iterchildren(tag=etree.Element) if deepest else ():
        name = str(child.tag).rpartition("}")[2]
        if name != "Addenda":
            _add(value, name, _value(child, name, deepest - 1))
    return value


def _value(child: etree._Element, name: str, deepest: int) -> Any:
    if name in _ROWS and not child.attrib:
        return [_node(row, deepest) for row in child.iterchildren(tag=etree.Element)]
    return _node(child, deepest)


def _add(value: dict[str, Any], name: str, one: Any) -> None:
    """Nodes that may repeat are lists even when alone, so that a reader need not ask; others only when they repeat."""
    there = value.get(name)
    if name in _MANY:
        value.setdefault(name, []).append(one)
    elif there is None:
        value[name] = one
    elif name == "Complemento" and isinstance(there, dict):
        there.update({key: one[key] for key in one if key not in there})
    else:
        value[name] = [*there, one] if isinstance(there, list) else [there, one]


def _words(root: etree._Element, lang: str) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    space = str(root.tag).partition("}")[0] + "}"
    for element in root.iter(etree.Element):
        if element.tag == f"{space}Addenda":
            break  # the last node, if there is one
        for attribute, code in element.attrib.items():
            said = describe(_CATALOGS.get(str(attribute), str(attribute)), str(code), lang)
            if said:
                words.setdefault(str(attribute), {})[str(code)] = said
    return words
