"""Names of files that strangers chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.storage.names import content_disposition, extension, safe_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("factura A-15.pdf", "factura A-15.pdf"),
        ("Ñandú é.xml", "Ñandú é.xml"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("..%2f..%2fetc", "%2f.%2fetc"),
        ("/abs/x.pdf", "x.pdf"),
        ("C:\\x.pdf", "x.pdf"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie- x.pdf"),
        ("con", "_con"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.txt.pdf", "_lpt1.txt.pdf"),
        ("console.pdf", "console.pdf"),
        ('a"b<c>|?*.pdf', "a-b-c----.pdf"),
        ("  .hidden. ", "hidden"),
        ("a\u00a0\u2003b.pdf", "a b.pdf"),
        ("\u200b\u200f", "archivo"),
        ("...", "archivo"),
        ("", "archivo"),
    ],
)
def test_safe_names(name, expected):
    assert safe_name(name) == expected


@pytest.mark.parametrize(
    "name", ["x" * 300 + ".pdf", "ñ" * 300 + ".pdf", "😀" * 300 + ".pdf", "x" * 300, "a." + "b" * 300]
)
def test_long_names_are_cut_and_keep_their_extension(name):
    short = safe_name(name)
    assert len(short) <= 120 and len(short.encode()) <= 180
    assert short.endswith(".pdf") == name.endswith(".pdf")


@given(st.text(max_size=400))
def test_no_name_is_harmful(name):
    safe = safe_name(name)
    assert safe and safe == safe.strip(". ") and len(safe.encode()) <= 180
    assert not set(safe) & set('/\\<>:"|?*\0\r\n')
    assert safe_name(safe) == safe


@given(st.text(max_size=400))
def test_the_header_is_one_plain_line(name):
    header = content_disposition(name)
    assert header.isascii() and header.isprintable()
    assert header.startswith('attachment; filename="') and header.count('"') == 2


def test_the_header_carries_both_names():
    assert content_disposition("Fáctura Ñ 1.pdf") == (
        "attachment; filename=\"Factura N 1.pdf\"; filename*=UTF-8''F%C3%A1ctura%20%C3%91%201.pdf"
    )
    assert (
        content_disposition("請求書") == "attachment; filename=\"file\"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%E6%9B%B8"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.PDF", "pdf"), ("a.pdf.exe", "exe"), ("a", ""), (".pdf", ""), ("a.pdf\u202e", "pdf"), ("a.pdf ", "pdf")],
)
def test_extension(name, expected):
    assert extension(name) == expected
