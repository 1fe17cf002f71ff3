"""A CFDI as JSON."""

import json

from lxml import etree

from portal.cfdi.as_json import as_json
from tests.cfdi.rules.documents import CFD4, CONCEPTO, Document, discounted, invoice, payment


def _json(document: Document, lang: str = "es") -> dict:  # type: ignore[type-arg]
    return json.loads(json.dumps(as_json(document.read(), lang), ensure_ascii=False))


def test_sats_names_and_written_amounts() -> None:
    value = _json(invoice())
    assert (value["Version"], value["SubTotal"], value["Emisor"]["Rfc"]) == ("4.0", "3001.50", "ÑAN010203AB1")
    assert [one["Importe"] for one in value["Conceptos"]] == ["1000.50", "2001.00"]
    assert value["Conceptos"][0]["Impuestos"]["Traslados"][0]["TasaOCuota"] == "0.160000"
    assert value["Impuestos"]["TotalImpuestosTrasladados"] == "480.24"


def test_one_row_is_still_a_list() -> None:
    document = discounted().drop(CONCEPTO)
    document.add("", "CfdiRelacionados", 0, TipoRelacion="01").add("CfdiRelacionados", "CfdiRelacionado", UUID="U")
    value = _json(document)
    assert len(value["Conceptos"]) == 1
    assert value["CfdiRelacionados"] == [{"TipoRelacion": "01", "CfdiRelacionado": [{"UUID": "U"}]}]


def test_codes_are_said_in_both_languages() -> None:
    assert _json(invoice())["words"]["UsoCFDI"] == {"G03": "Gastos en general"}
    words = _json(payment(), "en")["words"]
    assert words["FormaDePagoP"] == {"03": "Electronic funds transfer"} and words["ClaveUnidad"] == {"ACT": "Activity"}
    assert "RegimenFiscalReceptor" in words and "Rfc" not in words


def test_complements_by_their_name() -> None:
    pagos = _json(payment())["Complemento"]["Pagos"]
    assert len(pagos["Pago"][0]["DoctoRelacionado"]) == 2
    assert pagos["Pago"][0]["ImpuestosP"]["TrasladosP"][0]["BaseP"] == "1100.00"


def test_two_complement_nodes_are_one_and_the_addenda_is_left_out() -> None:
    document = payment()
    second = etree.SubElement(document.root, f"{{{CFD4}}}Complemento")
    etree.SubElement(second, "{http://example.org}Otro", {"a": "1"}).text = " texto "
    etree.SubElement(etree.SubElement(document.root, f"{{{CFD4}}}Addenda"), "Pedido", {"Moneda": "USD"})
    value = _json(document)
    assert value["Complemento"]["Otro"] == {"a": "1", "text": "texto"} and "Pagos" in value["Complemento"]
    assert "Addenda" not in value and "USD" not in value["words"]["Moneda"]


def test_depth_is_limited() -> None:
    document = invoice()
    node = etree.SubElement(document.root, f"{{{CFD4}}}Complemento")
    for _ in range(200):
        node = etree.SubElement(node, "x")
    assert "x" in _json(document)["Complemento"]
