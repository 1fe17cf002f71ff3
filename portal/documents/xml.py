"""Strict XML from strangers: well-formed UTF-8, no DOCTYPE, within limits that keep every later reading linear."""

from lxml import etree

from portal.documents.problems import Refused

BOM = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"
MAX_ELEMENTS = 200_000
MAX_ATTRIBUTES = 64
MAX_DEPTH = 32
SMALL = 64 * 1024  # below this, no number of namespaces takes long
UTF8 = {"UTF-8", "UTF8", "US-ASCII", "ASCII"}


def parse(data: bytes) -> etree._Element:
    """Return the root. A byte order mark and leading blanks are forgiven.

    Raises Refused: xml.malformed, xml.doctype, xml.encoding, xml.too_complex.
    """
    if _many_prefixes(data):
        raise Refused("xml.too_complex")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.removeprefix(BOM).lstrip(BLANKS), parser)
    except etree.XMLSyntaxError as problem:
        if b"<!DOCTYPE" in data:
            raise Refused("xml.doctype") from None
        raise Refused("xml.malformed", line=str(problem.lineno or 1)) from None
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise Refused("xml.doctype")
    if (info.encoding or "UTF-8").upper() not in UTF8:
        raise Refused("xml.encoding")
    _require_modest(root)
    return root


def _many_prefixes(data: bytes) -> bool:
    """Whether one start tag declares more namespaces than it may have attributes: they are none of its attributes."""
    if len(data) <= SMALL or data.count(b"xmlns") <= MAX_ATTRIBUTES:
        return False
    return any(tag.count(b"xmlns") > MAX_ATTRIBUTES for tag in data.split(b"<"))


def _require_modest(root: etree._Element) -> None:
    """Walk without listing attributes: libxml2 needs quadratic time for that on a hostile element."""
    depth = 0
    for count, (event, element) in enumerate(etree.iterwalk(root, events=("start", "end"))):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH or len(element.attrib) > MAX_ATTRIBUTES or count > 2 * MAX_ELEMENTS:
            raise Refused("xml.too_complex")
