"""SAT's stylesheets with their helper templates written in place say what SAT's own say, over every complement."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from portal.cfdi import resources, seal, stylesheet
from portal.cfdi.model import CFD3, CFD4

XS = "{http://www.w3.org/2001/XMLSchema}"
SITE = resources.schemas() / "www.sat.gob.mx/sitio_internet/cfd"
VALUES = ("", " ", "a", "  a  b\tc ", "0.00", "|", "Ñandú & <Cía>", "2026-01-01T00:00:00", "\n")
ROOTS = {"4.0": (SITE / "4/cfdv40.xsd", CFD4), "3.3": (SITE / "3/cfdv33.xsd", CFD3)}


def sats_own(path: Path) -> etree.XSLT:
    return etree.XSLT(etree.parse(str(path)))


def declared(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """The nearest declarations below a schema's node: those of its own content, not of an element inside it."""
    for child in node:
        if child.tag == f"{XS}{name}":
            yield child
        elif child.tag != f"{XS}element":
            yield from declared(child, name)


def grown(rng: random.Random, declaration: etree._Element, space: str) -> etree._Element:
    """An element as its declaration says, with some of its attributes and children, in any number."""
    made = etree.Element(f"{{{space}}}{declaration.get('name')}")
    for attribute in declared(declaration, "attribute"):
        if attribute.get("name") and rng.random() < 0.8:
            made.set(attribute.get("name"), rng.choice(VALUES))
    for child in declared(declaration, "element"):
        for _ in range(rng.choice((0, 1, 1, 2)) if child.get("name") else 0):
            made.append(grown(rng, child, space))
    return made


def complements() -> list[tuple[str, etree._Element]]:
    """Namespace and root element of every schema of SAT's."""
    found = []
    for path in sorted(SITE.rglob("*.xsd")):
        root = etree.parse(str(path)).getroot()
        found += [(root.get("targetNamespace"), one) for one in root.findall(f"{XS}element")]
    return found


@pytest.mark.parametrize("version", sorted(ROOTS))
def test_every_complement_has_the_same_cadena(version: str) -> None:
    rng = random.Random(version)
    own, ours = sats_own(resources.cadena_xslt(version)), seal._transform(version)
    schema, space = ROOTS[version]
    document = next(iter(etree.parse(str(schema)).getroot().findall(f"{XS}element")))
    spoken = set()
    for complement_space, complement in complements() * 3:
        root = grown(rng, document, space)
        alone = bytes(own(root))
        conceptos = [*root.iter(f"{{{space}}}Concepto")]
        for parent in (root, *conceptos[:1]):
            name = "Complemento" if parent is root else "ComplementoConcepto"
            etree.SubElement(parent, f"{{{space}}}{name}").append(grown(rng, complement, complement_space))
        expected = bytes(own(root))
        assert bytes(ours(root)) == expected, etree.tostring(root)
        if expected != alone:
            spoken.add(complement_space)
    assert len(spoken) > 20, len(spoken)


def test_helpers_that_are_not_sats_are_left_alone(tmp_path: Path) -> None:
    """A stylesheet whose `Requerido` writes something else keeps writing it."""
    text = """<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">
    <xsl:output method="text"/><xsl:template match="/"><xsl:call-template name="Requerido">
    <xsl:with-param name="valor" select="./a/@b"/></xsl:call-template></xsl:template>
    <xsl:template name="Requerido"><xsl:param name="valor"/>#<xsl:value-of select="$valor"/></xsl:template>
    </xsl:stylesheet>"""
    path = tmp_path / "own.xslt"
    path.write_text(text)
    root = etree.fromstring('<a b=" c "/>')
    assert bytes(stylesheet.compiled(path)(root)) == bytes(sats_own(path)(root)) == b"# c "


@pytest.mark.parametrize("version", sorted(ROOTS))
def test_sats_helpers_are_written_in_place(version: str) -> None:
    trees = stylesheet._with_includes(resources.cadena_xslt(version))
    assert stylesheet._has_helpers(trees)
    for tree in trees.values():
        stylesheet._write_in_place(tree)
    calls = [one for tree in trees.values() for one in tree.iter("{http://www.w3.org/1999/XSL/Transform}call-template")]
    assert {one.get("name") for one in calls} == {"ManejaEspacios"}
