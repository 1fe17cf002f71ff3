"""What real documents get wrong in names alone, left out before a second strict parse. No seal covers any of it.

SAT's own portal wrote `xmlns:schemaLocation` for `xsi:schemaLocation`; addenda are added by hand after the stamp, and
use prefixes that nobody declared. Both are well-formed XML that breaks the rules of namespaces; the bytes stay as they
are, and what was left out is said. Anything else that a strict parser refuses stays refused. So does what the schema
refuses, but for addenda that were put behind the document without SAT's name or a second time.
"""

import re
from typing import Final

from lxml import etree

from portal.cfdi.sentences import Family, Sentence, register

register(Family.NOTE, {
    "ACUSE-NOTE-ADDENDA-PLACE": Sentence(
        "Después del comprobante hay un nodo «{element}» que el SAT no define: se acepta como addenda, sin leerlo",
        "Behind the document stands a node “{element}” that SAT does not define: accepted as an addenda, unread",
        "", ""),
})  # fmt: skip
START_TAG: Final = re.compile(rb"<[A-Za-z_][^\s/>]*")
_ATTRIBUTE: Final = re.compile(rb"""\s+([^\s=<>"'/]+)\s*=\s*("[^"<]*"|'[^'<]*')""")
_ROOT: Final = b"Comprobante"


def only_names(log: "etree._ListErrorLog") -> bool:
    """Whether namespaces are all that a parser complained about: then the XML is well-formed."""
    return all(entry.domain == etree.ErrorDomains.NAMESPACE for entry in log)


def without_schema_location(data: bytes) -> bytes:
    """Leave `xmlns:schemaLocation` out of every start tag, attribute by attribute; text and values stay untouched."""
    if b"xmlns:schemaLocation" not in data:
        return data
    parts: list[bytes] = []
    position = 0
    for tag in START_TAG.finditer(data):
        if tag.start() < position:
            continue
        parts.append(data[position : tag.end()])
        position = tag.end()
        while (attribute := _ATTRIBUTE.match(data, position)) is not None:
            if attribute.group(1) != b"xmlns:schemaLocation":
                parts.append(attribute.group(0))
            position = attribute.end()
    parts.append(data[position:])
    return b"".join(parts)


def without_addenda(data: bytes) -> bytes:
    """Leave out the Addenda of the root, the last of its children, from its start tag to its last end tag.

    Its name has the root's prefix, or none when it was added by somebody who forgot it.
    """
    root = START_TAG.search(data)
    if root is None or not root.group().endswith(_ROOT):
        return data
    for name in (root.group()[1:].removesuffix(_ROOT) + b"Addenda", b"Addenda"):
        start = re.search(rb"<" + re.escape(name) + rb"[\s>]", data)
        end = data.rfind(b"</" + name)
        close = data.find(b">", end)
        if start is not None and start.start() < end < close:
            return data[: start.start()] + data[close + 1 :]
    return data


def is_afterthought(element: etree._Element) -> bool:
    """Whether a child of the root stands behind all that SAT defines: another addenda, or one without SAT's name."""
    root = element.getparent()
    if root is None or root.getparent() is not None:
        return False
    space = str(root.tag).partition("}")[0] + "}"
    behind = (element, *element.itersiblings(etree.Element))
    return all(one.tag == f"{space}Addenda" or not str(one.tag).startswith(space) for one in behind)
