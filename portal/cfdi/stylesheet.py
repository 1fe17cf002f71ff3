"""SAT's stylesheets of the cadena original, with their two smallest templates written in place.

Nearly all that SAT's XSLT does is to call one template (`Requerido`, `Opcional`) for each attribute, which calls
another (`ManejaEspacios`) to fold its blanks; libxslt takes longer to call them than to do their work. Before
compiling, every such call is replaced by the template's own body, and nothing else changes: a third less time for the
same text, which the tests compare over every complement of SAT's. A stylesheet whose templates are not exactly these
is left as it is.
"""

import re
from pathlib import Path
from typing import Any, Final

from lxml import etree

_XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_X: Final = f"{{{_XSL}}}"
_HEAD: Final = f'<xsl:template xmlns:xsl="{_XSL}" name='
_FOLD: Final = (
    '<xsl:call-template name="ManejaEspacios"><xsl:with-param name="s" select="$valor"></xsl:with-param>'
    "</xsl:call-template>"
)
_HELPERS: Final = {
    "Requerido": f'{_HEAD}"Requerido"><xsl:param name="valor"></xsl:param>|{_FOLD}</xsl:template>',
    "Opcional": f'{_HEAD}"Opcional"><xsl:param name="valor"></xsl:param>'
    f'<xsl:if test="$valor">|{_FOLD}</xsl:if></xsl:template>',
    "ManejaEspacios": f'{_HEAD}"ManejaEspacios"><xsl:param name="s"></xsl:param>'
    '<xsl:value-of select="normalize-space(string($s))"></xsl:value-of></xsl:template>',
}
_ATTRIBUTE: Final = re.compile(r"\./(@\w+)")


def compiled(path: Path) -> etree.XSLT:
    """The stylesheet of a file, ready to run. It may read its includes and nothing else."""
    trees = _with_includes(path)
    if _has_helpers(trees):
        for tree in trees.values():
            _write_in_place(tree)
    control = etree.XSLTAccessControl(
        read_network=False, write_network=False, write_file=False, create_dir=False, read_file=True
    )
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Includes({str(file): etree.tostring(tree) for file, tree in trees.items()}))
    return etree.XSLT(etree.parse(str(path), parser), regexp=False, access_control=control)


class _Includes(etree.Resolver):
    """Gives the parser the changed files instead of those on the disk."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def resolve(self, url: Any, public_id: Any, context: Any) -> Any:
        """The changed file at its own address; None leaves it to the parser."""
        name = str(Path(url).resolve())
        data = self.files.get(name)
        return None if data is None else self.resolve_string(data, context, base_url=name)


def _with_includes(path: Path) -> dict[Path, Any]:
    """The stylesheet and all that it includes, parsed, by file."""
    trees: dict[Path, Any] = {}
    waiting = [path.resolve()]
    while waiting:
        file = waiting.pop()
        if file not in trees:
            trees[file] = etree.parse(str(file), etree.XMLParser(no_network=True))
            included = trees[file].getroot().findall(f"{_X}include")
            waiting += [(file.parent / one.get("href")).resolve() for one in included]
    return trees


def _has_helpers(trees: dict[Path, Any]) -> bool:
    """Whether the templates are SAT's own, letter by letter, each defined once."""
    found: dict[str, list[str]] = {name: [] for name in _HELPERS}
    for tree in trees.values():
        for template in tree.getroot().iterchildren(f"{_X}template"):
            name = template.get("name")
            if name in found:
                found[name].append(etree.tostring(template, method="c14n", exclusive=True, with_tail=False).decode())
    return all(found[name] == [text] for name, text in _HELPERS.items())


def _write_in_place(tree: Any) -> None:
    for call in list(tree.iter(f"{_X}call-template")):
        parts = list(call)
        if call.get("name") in ("Requerido", "Opcional") and len(parts) == 1 and parts[0].get("select"):
            body = _body(call.get("name"), parts[0].get("select"))
            body[-1].tail = call.tail
            parent = call.getparent()
            at = parent.index(call)
            parent[at : at + 1] = body


def _body(name: str, value: str) -> list[Any]:
    """What the template does with the value, an XPath expression of the place of the call."""
    attribute = _ATTRIBUTE.fullmatch(value)
    value = attribute[1] if attribute else value
    if name == "Requerido":
        return _written(value)
    if attribute is None:
        condition = etree.Element(f"{_X}if", test=value)
        condition.extend(_written(value))
    else:  # there is one or none, and it is looked up once
        condition = etree.Element(f"{_X}for-each", select=value)
        condition.extend(_written("."))
    return [condition]


def _written(value: str) -> list[Any]:
    bar = etree.Element(f"{_X}text")
    bar.text = "|"
    return [bar, etree.Element(f"{_X}value-of", select=f"normalize-space({value})")]
