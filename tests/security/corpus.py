"""Files that mean harm, each with what becomes of it where its type is taken at all: refused, or kept as dead bytes."""
import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zipfile import ZIP_STORED

import pikepdf
from PIL import Image, PngImagePlugin

from tests.documents import hostile as made
from tests.storage.test_archives import encrypted as locked_zip
from tests.storage.test_archives import packed

CANARY = "file:///etc/passwd"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
CFDI = b'<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Folio="7">%s</cfdi:Comprobante>'
SCRIPT = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Bad:
    """One file: how it is called, its bytes, and whether bytes like these may be kept (they can do nothing)."""

    name: str
    make: Callable[[], bytes]
    kept: bool = False

    @property
    def data(self) -> bytes:
        """The bytes; made once, so that what opens them can remember what it saw."""
        return _made(self)


@cache
def _made(bad: Bad) -> bytes:
    return bad.make()


def _entities(depth: int) -> bytes:
    steps = [b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, depth)]
    return b'<!DOCTYPE x [<!ENTITY e0 "lol">' + b"".join(steps) + b"]><x>&e%d;</x>" % (depth - 1)


def _quadratic() -> bytes:
    return b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 50_000 + b'">]><x>' + b"&a;" * 50_000 + b"</x>"


def _utf7() -> bytes:
    return b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x+AD4-+ADw-/x+AD4-'


def _attributes(count: int, prefix: bytes = b"a") -> bytes:
    return b"<x " + b" ".join(prefix + b'%d="u%d"' % (n, n) for n in range(count)) + b"/>"


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E], exif[0x8298] = SCRIPT, SCRIPT
    return made.picture("JPEG", exif=exif)


def _png_text(kind: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    text = SCRIPT if kind == "script" else "A" * 100_000_000
    info.add_text("Comment", text, zip=kind != "script")
    return made.picture("PNG", pnginfo=info)


def _png_bomb() -> bytes:
    """A hundred kilobytes that are 7,000 × 7,000 pixels: 49 million, just under what is decoded."""
    out = io.BytesIO()
    Image.new("1", (7_000, 7_000)).save(out, "PNG")
    return out.getvalue()


def _pdf_with_page(page: bytes) -> bytes:
    """A PDF as plain as the standard allows, whose page tree is `page`."""
    return (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj" + page
            + b"endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF")


def _remote() -> bytes:
    return made.with_open_action("GoToR", F=pikepdf.String("\\\\evil.example\\share\\a.pdf"))


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


_XMLS = {
    "doctype": Bad("a.xml", lambda: HEAD + b"<!DOCTYPE x><x/>"),
    "xxe": Bad("a.xml", lambda: HEAD + f'<!DOCTYPE x [<!ENTITY y SYSTEM "{CANARY}">]><x a="1">&y;</x>'.encode()),
    "parameter entity": Bad("a.xml", lambda: HEAD + f'<!DOCTYPE x [<!ENTITY % y SYSTEM "{CANARY}">%y;]><x/>'.encode()),
    "entity in an attribute": Bad("a.xml", lambda: HEAD + b'<!DOCTYPE x [<!ENTITY y "z">]><x a="&y;"/>'),
    "billion laughs": Bad("a.xml", lambda: HEAD + _entities(12)),
    "quadratic blow-up": Bad("a.xml", _quadratic),
    "an entity nobody declared": Bad("a.xml", lambda: HEAD + CFDI % b"&xxe;"),
    "deep": Bad("a.xml", lambda: HEAD + b"<x>" * 200_000 + b"</x>" * 200_000),
    "deep but legal": Bad("a.xml", lambda: HEAD + b"<x>" * 200 + b"</x>" * 200),
    "100,000 attributes": Bad("a.xml", lambda: _attributes(100_000)),
    "100,000 namespaces": Bad("a.xml", lambda: _attributes(100_000, b"xmlns:a")),
    "millions of elements": Bad("a.xml", lambda: b"<x>" + b"<y/>" * 2_000_000 + b"</x>"),
    "a text of nine megabytes": Bad("a.xml", lambda: b"<x>" + b"a" * 9_400_000 + b"</x>", kept=True),
    "a text beyond what is taken": Bad("a.xml", lambda: b"<x>" + b"a" * 11_000_000 + b"</x>"),
    "UTF-16": Bad("a.xml", lambda: '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16")),
    "UTF-16 without a mark": Bad("a.xml", lambda: '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode("utf-16-be")),
    "UTF-16 that says UTF-8": Bad("a.xml", lambda: HEAD.decode().encode("utf-16-le") + b"<\0x\0/\0>\0"),
    "UTF-32": Bad("a.xml", lambda: '<?xml version="1.0"?><x/>'.encode("utf-32")),
    "UTF-7": Bad("a.xml", _utf7),
    "EBCDIC": Bad("a.xml", lambda: '<?xml version="1.0" encoding="cp037"?><x/>'.encode("cp037")),
    "Latin-1 that says UTF-8": Bad("a.xml", lambda: HEAD + '<x a="Ñ"/>'.encode("latin-1")),
    "a NUL": Bad("a.xml", lambda: HEAD + b"<x>\0</x>"),
    "a NUL as a reference": Bad("a.xml", lambda: HEAD + b"<x>&#0;</x>"),
    "gzip": Bad("a.xml", lambda: gzip.compress(HEAD + b"<x/>")),
    "a ZIP by another name": Bad("a.xml", lambda: packed(("a.xml", b"<x/>"))),
    "a stylesheet": Bad("a.xml", lambda: HEAD + b'<?xml-stylesheet type="text/xsl" href="https://evil.example/x"?>'
                        + CFDI % b"", kept=True),
    "other instructions": Bad("a.xml", lambda: HEAD + b"<?php system('id') ?>" + CFDI % b"<?evil?>", kept=True),
    "XInclude": Bad("a.xml", lambda: HEAD + CFDI % (b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text"'
                    b' href="' + CANARY.encode() + b'"/>'), kept=True),
    "a schema elsewhere": Bad("a.xml", lambda: HEAD + b'<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
                              b'i:schemaLocation="u http://127.0.0.1:9/x.xsd"/>', kept=True),
    "names from right to left": Bad("a.xml", lambda: HEAD + CFDI % '<x a="\u202egpj.exe\u2066"/>'.encode(), kept=True),
    "XHTML within": Bad("a.xml", lambda: HEAD + CFDI % f'<h:a xmlns:h="http://www.w3.org/1999/xhtml">{SCRIPT}</h:a>'
                        .replace("script>", "h:script>").encode(), kept=True),
    "SVG": Bad("a.xml", _svg),
    "XHTML": Bad("a.xml", lambda: f'<html xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</html>'.encode()),
    "HTML": Bad("a.xml", lambda: f"<!doctype html>{SCRIPT}".encode()),
    "XSLT": Bad("a.xml", lambda: b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>'),
    "MHTML": Bad("a.xml", lambda: b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<b>x"),
    "a PDF by another name": Bad("a.xml", lambda: made.PLAIN),
    "attributes under SAT's own mistake": Bad("a.xml", lambda: CFDI.replace(
        b"Version", b'xmlns:schemaLocation="u u" ' + _attributes(100_000)[3:-2] + b" Version") % b""),
}
_PDFS = {
    "no bytes": Bad("a.pdf", lambda: b""),
    "a PDF of one line": Bad("a.pdf", lambda: b"%PDF-1.7\n%%EOF"),
    "truncated": Bad("a.pdf", lambda: made.PLAIN[: len(made.PLAIN) // 2]),
    "JavaScript": Bad("a.pdf", lambda: made.with_open_action("JavaScript", JS="app.alert(1)")),
    "JavaScript deep inside": Bad("a.pdf", made.with_nested_javascript),
    "a program to launch": Bad("a.pdf", lambda: made.with_open_action("Launch", F=pikepdf.String("cmd.exe"))),
    "a form that sends itself": Bad("a.pdf", lambda: made.with_open_action("SubmitForm", F=pikepdf.String("http://x"))),
    "an address opened by itself": Bad("a.pdf", lambda: made.with_open_action("URI", URI=pikepdf.String("http://x/"))),
    "a share opened by itself": Bad("a.pdf", _remote),
    "an address after a page": Bad("a.pdf", lambda: made.with_open_action("GoTo", D="first", Next=made.action(
        "URI", URI=pikepdf.String("http://x/")))),
    "an address when its page is seen": Bad("a.pdf", lambda: made.changed(lambda pdf: setattr(
        pdf.pages[0].obj, "AA", pikepdf.Dictionary(O=made.action("URI", URI=pikepdf.String("http://x/")))))),
    "XFA": Bad("a.pdf", made.with_xfa),
    "a file within": Bad("a.pdf", made.with_attachment, kept=True),
    "encrypted": Bad("a.pdf", lambda: made.encrypted("clave")),
    "encrypted for its owner": Bad("a.pdf", made.encrypted),
    "10,000 pages": Bad("a.pdf", lambda: made.of_pages(10_000)),
    "pages that contain themselves": Bad("a.pdf", lambda: _pdf_with_page(b"<</Type/Pages/Kids[2 0 R]/Count 1>>")),
    "a page that says a billion": Bad("a.pdf", lambda: _pdf_with_page(b"<</Type/Pages/Kids[]/Count 1000000000>>")),
    "a page in the page of a page": Bad("a.pdf", lambda: _pdf_with_page(b"[" * 50_000 + b"]" * 50_000)),
    "HTML before a PDF": Bad("a.pdf", lambda: SCRIPT.encode() + made.PLAIN),
    "HTML within a PDF": Bad("a.pdf", lambda: made.PLAIN.replace(b"\n", f"\n%{SCRIPT}\n".encode(), 1), kept=True),
    "HTML after a PDF": Bad("a.pdf", lambda: made.PLAIN + SCRIPT.encode() * 100),
    "a ZIP after a PDF": Bad("a.pdf", lambda: made.PLAIN + packed(("a.exe", b"MZ" * 4000), method=ZIP_STORED)),
    "a drawing of gigabytes": Bad("a.pdf", lambda: made.with_content(b" " * 200_000_000), kept=True),
    "a program": Bad("a.pdf", lambda: b"MZ\x90\0" + bytes(500)),
    "a name that says otherwise": Bad("a.pdf.exe", lambda: made.PLAIN),
    "no ending": Bad("factura", lambda: made.PLAIN),
}
_PICTURES = {
    "a picture that claims more": Bad("a.png", lambda: made.png_claiming(60_000, 60_000)),
    "a picture beyond what is drawn": Bad("a.png", lambda: made.png_claiming(50_000, 1_001)),
    "a picture that unpacks": Bad("a.png", _png_bomb, kept=True),
    "a text that unpacks": Bad("a.png", lambda: _png_text("bomb")),
    "a script in a comment": Bad("a.png", lambda: _png_text("script"), kept=True),
    "a script in EXIF": Bad("a.jpg", _exif, kept=True),
    "half a picture": Bad("a.jpg", lambda: made.picture("JPEG", size=(300, 300))[:400]),
    "SVG as a picture": Bad("a.png", _svg),
    "a GIF that is a script": Bad("a.png", lambda: b"GIF89a/*" + SCRIPT.encode() + b"*/=1;"),
    "HTML after a picture": Bad("a.png", lambda: made.picture() + SCRIPT.encode(), kept=True),
}
_ARCHIVES = {
    "a ZIP that climbs": Bad("a.zip", lambda: packed(("../../x", b"x"))),
    "a ZIP bomb": Bad("a.zip", lambda: packed(("a", bytes(50_000_000)))),
    "a ZIP in a ZIP": Bad("a.zip", lambda: packed(("a.zip", packed(("a", b""))))),
    "a locked ZIP": Bad("a.zip", locked_zip),
    "a flood of zlib": Bad("a.zip", lambda: zlib.compress(bytes(10_000_000))),
    "macros": Bad("a.xlsx", lambda: packed(("[Content_Types].xml", b""), ("xl/workbook.xml", b""),
                                           ("xl/vbaProject.bin", b""))),
}
CORPUS: dict[str, Bad] = {**_XMLS, **_PDFS, **_PICTURES, **_ARCHIVES}
