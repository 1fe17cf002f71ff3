"""SAT's codes for one attribute on its own: its form (the schema says it) or its catalog (`check` says it).

The same code serves both: an unknown value of UsoCFDI is CFDI40160, wherever it was seen. `#schema` marks the first,
which is a fault of structure and weighs more than a code that a catalog lacks.
"""

from typing import Final

from lxml import etree

from portal.cfdi.model import CFD4, PAGOS20
from portal.cfdi.sentences import Family, Sentence, register


def _catalog(name: str, catalog: str) -> Sentence:
    return Sentence(
        f"{name} debe ser una clave vigente del catálogo {catalog} del SAT",
        f"{name} must be a valid code of SAT's catalog {catalog}",
        f"Elige una clave vigente de {catalog}; las de la versión 3.3 ya no sirven.",
        f"Choose a valid code of {catalog}; those of version 3.3 no longer serve.")  # fmt: skip


def _form(name: str, es: str, en: str) -> Sentence:
    return Sentence(
        f"{name} debe tener la forma que pide el SAT", f"{name} must be in the form that SAT asks for",
        f"Escríbelo así: {es}.", f"Write it like this: {en}.")  # fmt: skip


# (element, attribute) → code; "Concepto/…" when the element is a tax of a concepto, not of the summary
CFDI: Final[dict[tuple[str, str], str]] = {
    ("Comprobante", "Fecha"): "CFDI40101",
    ("Comprobante", "FormaPago"): "CFDI40104",
    ("Comprobante", "Moneda"): "CFDI40113",
    ("Comprobante", "TipoCambio"): "CFDI40117",
    ("Comprobante", "TipoDeComprobante"): "CFDI40121",
    ("Comprobante", "Exportacion"): "CFDI40123",
    ("Comprobante", "MetodoPago"): "CFDI40124",
    ("Comprobante", "LugarExpedicion"): "CFDI40126",
    ("InformacionGlobal", "Periodicidad"): "CFDI40131",
    ("InformacionGlobal", "Meses"): "CFDI40133",
    ("CfdiRelacionados", "TipoRelacion"): "CFDI40137",
    ("Emisor", "RegimenFiscal"): "CFDI40140",
    ("Emisor", "FacAtrAdquirente"): "CFDI40142",
    ("Receptor", "ResidenciaFiscal"): "CFDI40150",
    ("Receptor", "RegimenFiscalReceptor"): "CFDI40157",
    ("Receptor", "UsoCFDI"): "CFDI40160",
    ("Concepto", "ClaveProdServ"): "CFDI40162",
    ("Concepto", "ClaveUnidad"): "CFDI40165",
    ("Concepto", "ObjetoImp"): "CFDI40170",
    ("Concepto/Traslado", "Base"): "CFDI40174",
    ("Concepto/Traslado", "Impuesto"): "CFDI40175",
    ("Concepto/Traslado", "TipoFactor"): "CFDI40176",
    ("Concepto/Retencion", "Base"): "CFDI40181",
    ("Concepto/Retencion", "Impuesto"): "CFDI40182",
    ("Concepto/Retencion", "TipoFactor"): "CFDI40183",
    ("ACuentaTerceros", "RegimenFiscalACuentaTerceros"): "CFDI40191",
    ("Concepto/InformacionAduanera", "NumeroPedimento"): "CFDI40194",
    ("Parte", "ClaveProdServ"): "CFDI40196",
    ("InformacionAduanera", "NumeroPedimento"): "CFDI40199",
    ("Retencion", "Impuesto"): "CFDI40207",
    ("Traslado", "Impuesto"): "CFDI40217",
}
PAGOS: Final[dict[tuple[str, str], str]] = {
    ("DoctoRelacionado", "ObjetoImpDR"): "CRP20245",
    ("RetencionDR", "BaseDR"): "CRP20249",
    ("RetencionDR", "ImpuestoDR"): "CRP20250",
    ("RetencionDR", "TipoFactorDR"): "CRP20251",
    ("TrasladoDR", "BaseDR"): "CRP20255",
    ("TrasladoDR", "ImpuestoDR"): "CRP20256",
    ("TrasladoDR", "TipoFactorDR"): "CRP20257",
    ("RetencionP", "ImpuestoP"): "CRP20262",
    ("TrasladoP", "ImpuestoP"): "CRP20270",
}
# Codes of an attribute's form, which the schema says; the others are looked up.
FORMS: Final = frozenset({"CFDI40101", "CFDI40117", "CFDI40142"})
# Codes whose sentence stands here, because no rule of `rules` raises them.
SENTENCES_HERE: Final[dict[str, Sentence]] = {
    "CFDI40101": _form("Fecha", "AAAA-MM-DDThh:mm:ss, hora local de LugarExpedicion",
                       "YYYY-MM-DDThh:mm:ss, local time of LugarExpedicion"),
    "CFDI40104": _catalog("FormaPago", "c_FormaPago"),
    "CFDI40113": _catalog("Moneda", "c_Moneda"),
    "CFDI40117": _form("TipoCambio", "mayor que cero, con hasta seis decimales", "above zero, up to six decimals"),
    "CFDI40121": _catalog("TipoDeComprobante", "c_TipoDeComprobante"),
    "CFDI40123": _catalog("Exportacion", "c_Exportacion"),
    "CFDI40124": _catalog("MetodoPago", "c_MetodoPago"),
    "CFDI40126": _catalog("LugarExpedicion", "c_CodigoPostal"),
    "CFDI40131": _catalog("Periodicidad", "c_Periodicidad"),
    "CFDI40133": _catalog("Meses", "c_Meses"),
    "CFDI40137": _catalog("TipoRelacion", "c_TipoRelacion"),
    "CFDI40140": _catalog("RegimenFiscal", "c_RegimenFiscal"),
    "CFDI40142": _form("FacAtrAdquirente", "diez dígitos", "ten digits"),
    "CFDI40150": _catalog("ResidenciaFiscal", "c_Pais"),
    "CFDI40157": _catalog("RegimenFiscalReceptor", "c_RegimenFiscal"),
    "CFDI40160": _catalog("UsoCFDI", "c_UsoCFDI"),
    "CFDI40162": _catalog("ClaveProdServ", "c_ClaveProdServ"),
    "CFDI40165": _catalog("ClaveUnidad", "c_ClaveUnidad"),
    "CFDI40170": _catalog("ObjetoImp", "c_ObjetoImp"),
    "CFDI40175": _catalog("Impuesto (traslado)", "c_Impuesto"),
    "CFDI40176": _catalog("TipoFactor (traslado)", "c_TipoFactor"),
    "CFDI40182": _catalog("Impuesto (retención)", "c_Impuesto"),
    "CFDI40183": _catalog("TipoFactor (retención)", "c_TipoFactor"),
    "CFDI40191": _catalog("RegimenFiscalACuentaTerceros", "c_RegimenFiscal"),
    "CFDI40196": _catalog("ClaveProdServ (parte)", "c_ClaveProdServ"),
    "CFDI40207": _catalog("Impuesto (resumen de retenciones)", "c_Impuesto"),
    "CFDI40217": _catalog("Impuesto (resumen de traslados)", "c_Impuesto"),
    "CRP20245": _catalog("ObjetoImpDR", "c_ObjetoImp"),
    "CRP20250": _catalog("ImpuestoDR (retención)", "c_Impuesto"),
    "CRP20251": _catalog("TipoFactorDR (retención)", "c_TipoFactor"),
    "CRP20256": _catalog("ImpuestoDR (traslado)", "c_Impuesto"),
    "CRP20257": _catalog("TipoFactorDR (traslado)", "c_TipoFactor"),
    "CRP20262": _catalog("ImpuestoP (retención)", "c_Impuesto"),
    "CRP20270": _catalog("ImpuestoP (traslado)", "c_Impuesto"),
}
_ABOVE_ZERO: Final = Sentence(
    "La base de un impuesto debe ser mayor que cero", "The base of a tax must be above zero",
    "Quita el impuesto o escribe su base.", "Remove the tax or write its base.")  # fmt: skip
_CUSTOMS: Final = _form("NumeroPedimento", "AA  AD  PPPP  NNNNNNN (dos espacios entre cada parte)",
                        "YY  CC  PPPP  NNNNNNN (two blanks between the parts)")  # fmt: skip
OTHER: Final = Sentence(
    "«{name}» debe ser una clave del catálogo {catalog} del SAT", "“{name}” must be a code of SAT's catalog {catalog}",
    "Elige una clave vigente del catálogo.", "Choose a valid code of the catalog.")  # fmt: skip
register(Family.CATALOG, {**SENTENCES_HERE, "ACUSE-CATALOG": OTHER})
register(Family.STRUCTURE, {
    **{f"{code}#schema": sentence for code, sentence in SENTENCES_HERE.items()},
    **{f"{code}#schema": _ABOVE_ZERO for code in ("CFDI40174", "CFDI40181", "CRP20249", "CRP20255")},
    **{f"{code}#schema": _CUSTOMS for code in ("CFDI40194", "CFDI40199")},
})  # fmt: skip

_INSIDE_CONCEPTO: Final = {"Traslado": 3, "Retencion": 3, "InformacionAduanera": 1}


def code_of(element: etree._Element, attribute: str) -> str:
    """SAT's code for a wrong value of an attribute of a CFDI 4.0 or Pagos 2.0; "" when SAT has none."""
    space, _, local = str(element.tag)[1:].rpartition("}")
    if space == PAGOS20:
        return PAGOS.get((local, attribute), "")
    if space != CFD4:
        return ""
    levels = _INSIDE_CONCEPTO.get(local)
    if levels is not None and _ancestor(element, levels) == f"{{{CFD4}}}Concepto":
        return CFDI.get((f"Concepto/{local}", attribute), "")
    return CFDI.get((local, attribute), "")


def _ancestor(element: etree._Element, levels: int) -> str:
    node: etree._Element | None = element
    for _ in range(levels):
        node = None if node is None else node.getparent()
    return "" if node is None else str(node.tag)
