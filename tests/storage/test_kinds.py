"""What a file may be: name, first bytes and a strict reading agree, or it is refused with a remedy."""

from types import SimpleNamespace

import pytest

from portal.core.errors import Unavailable
from portal.documents.box import BoxFailure
from portal.storage import kinds
from tests.documents import hostile
from tests.storage.test_archives import GOOD as BUNDLE
from tests.storage.test_archives import packed

ALL = tuple(kinds.KINDS)
XML = '<?xml version="1.0" encoding="UTF-8"?><cfdi:C xmlns:cfdi="http://www.sat.gob.mx/cfd/4" a="Ñ"/>'.encode()
SHEET = packed(("[Content_Types].xml", b"<T/>"), ("xl/workbook.xml", b"<w/>"), ("xl/media/a.zip", b""))
LETTER = packed(("[Content_Types].xml", b"<T/>"), ("word/document.xml", b"<w/>"))
BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("c"), ord("m")))
    + b"]><a>&l;</a>"
)


SATS_OWN = (
    b'<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" '
    b'xmlns:schemaLocation="http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/cfdv40.xsd" Version="4.0"/>'
)


def refused(name, data, allowed=ALL, **options):
    with pytest.raises(kinds.Refused) as problem:
        kinds.check(name, data, allowed=allowed, **options)
    assert problem.value.sentence("es") != problem.value.sentence("en")
    return problem.value.code


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", hostile.PLAIN, "pdf"),
        ("a.PDF", hostile.with_attachment(), "pdf"),
        ("a.xml", XML, "xml"),
        ("a.xml", b"\xef\xbb\xbf" + XML, "xml"),
        ("a.xml", b"\r\n  " + XML, "xml"),
        ("a.xml", SATS_OWN, "xml"),
        ("a.png", hostile.picture("PNG"), "png"),
        ("a.jpg", hostile.picture("JPEG"), "jpeg"),
        ("a.jpeg", hostile.picture("JPEG"), "jpeg"),
        ("a.xlsx", SHEET, "xlsx"),
        ("a.docx", LETTER, "docx"),
        ("a.zip", BUNDLE, "zip"),
    ],
)
def test_good_files(name, data, expected):
    kind = kinds.check(name, data, allowed=ALL)
    assert kind.name == expected and kind.media_type


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "file.empty"),
        ("a.xml", hostile.PLAIN, "file.renamed"),
        ("a.pdf", XML, "file.renamed"),
        ("a.pdf.exe", hostile.PLAIN, "file.renamed"),
        ("a", hostile.PLAIN, "file.renamed"),
        ("a.jpg", hostile.picture("PNG"), "file.renamed"),
        ("a.zip", SHEET, "file.renamed"),
        ("a.xlsm", SHEET, "file.renamed"),
        ("a.pdf", b"<script>alert(1)</script>" + hostile.PLAIN, "file.renamed"),
        ("a.pdf", b"junk" + hostile.PLAIN, "file.unknown"),
        ("a.pdf", b"MZ\x90\0", "file.unknown"),
        ("a.gif", hostile.picture("GIF"), "file.unknown"),
        ("a.txt", b"hello", "file.unknown"),
        ("a.pdf", hostile.encrypted(), "pdf.encrypted"),
        ("a.pdf", hostile.of_pages(0), "pdf.no_pages"),
        ("a.pdf", hostile.of_pages(600), "pdf.too_many_pages"),
        ("a.pdf", hostile.PLAIN[:2000], "file.unreadable"),
        ("a.pdf", hostile.with_open_action("JavaScript", JS="x"), "pdf.active"),
        ("a.pdf", hostile.with_open_action("Launch", F="cmd"), "pdf.active"),
        ("a.pdf", hostile.with_nested_javascript(), "pdf.active"),
        ("a.pdf", hostile.with_xfa(), "pdf.form"),
        ("a.png", hostile.png_claiming(60_000, 60_000), "image.too_large"),
        ("a.png", hostile.picture("PNG")[:60], "file.unreadable"),
        ("a.xml", XML[:-3], "xml.malformed"),
        ("a.xml", b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "xml.doctype"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "xml.doctype"),
        ("a.xml", BOMB, "xml.doctype"),
        ("a.xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a b='Ñ'/>".encode("latin-1"), "xml.encoding"),
        ("a.xml", "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "xml.encoding"),
        ("a.xml", "<a b='Ñ'/>".encode("latin-1"), "xml.malformed"),
        ("a.xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file.unknown"),
        ("a.xml", b"<html xmlns='http://www.w3.org/1999/xhtml'><script/></html>", "file.unknown"),
        ("a.xml", b"<HTML><body></body></HTML>", "file.unknown"),
        ("a.xml", b"<a>" * 40 + b"</a>" * 40, "xml.too_complex"),
        ("a.xml", b"<a " + b" ".join(b"a%d='1'" % n for n in range(70)) + b"/>", "xml.too_complex"),
        ("a.xlsx", packed(("xl/workbook.xml", b"<w/>")), "file.unreadable"),
        (
            "a.xlsx",
            packed(("[Content_Types].xml", b""), ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"")),
            "office.macros",
        ),
        ("a.zip", packed(("../x", b"")), "zip.unsafe"),
        ("a.zip", packed(), "file.empty"),
    ],
)
def test_bad_files(name, data, code):
    assert refused(name, data) == code


def test_only_what_is_allowed():
    assert refused("a.png", hostile.picture("PNG"), ("pdf", "xml")) == "file.kind"
    assert refused("a.zip", SHEET, ("zip", "pdf")) == "file.kind"


def test_the_sentence_names_what_is_taken_and_what_came():
    with pytest.raises(kinds.Refused) as problem:
        kinds.check("a.png", hostile.picture("PNG"), allowed=("pdf", "xml"))
    assert "PDF, XML" in problem.value.sentence("es") and "PNG" in problem.value.sentence("es")


def test_the_limit_is_told():
    data = hostile.PLAIN.ljust(3 << 20, b"\n")
    assert refused("a.pdf", data, max_bytes=1 << 20) == "file.too_large"
    with pytest.raises(kinds.Refused) as problem:
        kinds.check("a.pdf", data, allowed=ALL, max_bytes=1 << 20)
    assert "3 MB" in problem.value.sentence("en") and "1 MB" in problem.value.sentence("en")


def test_a_wide_element_of_two_hundred_thousand_attributes_is_judged_at_once():
    data = b"<a " + b" ".join(b"a%d='1'" % n for n in range(200_000)) + b"/>"
    assert refused("a.xml", data) == "xml.too_complex"


def test_when_the_box_does_not_open_nothing_is_decided(monkeypatch):
    def fail(data):
        raise BoxFailure("no process")

    monkeypatch.setattr(kinds.reading, "inspect_pdf", fail)
    with pytest.raises(Unavailable):
        kinds.check("a.pdf", hostile.PLAIN, allowed=ALL)


def test_the_accept_attribute():
    assert kinds.extensions(("pdf", "jpeg")) == ".pdf,.jpg,.jpeg"


def test_a_picture_is_what_its_reading_says(monkeypatch):
    monkeypatch.setattr(kinds.reading, "inspect_image", lambda data: SimpleNamespace(format="gif"))
    assert refused("a.png", hostile.picture("PNG")) == "file.unreadable"


def test_a_file_may_be_as_large_as_the_limit():
    assert kinds.check("a.xml", XML, allowed=ALL, max_bytes=len(XML)).name == "xml"
    assert refused("a.xml", XML, max_bytes=len(XML) - 1) == "file.too_large"
