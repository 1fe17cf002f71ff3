"""ZIP files made to hurt."""

import io
import struct
import zipfile

import pytest

from portal.documents.problems import Refused
from portal.storage import archives


def packed(*members, method=zipfile.ZIP_DEFLATED):
    """A ZIP of (name or ZipInfo, bytes)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def info(name, **fields):
    made = zipfile.ZipInfo("placeholder" if "orig" in fields else name)
    made.filename = name
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def refusal(data, limits=archives.BUNDLE):
    with pytest.raises(Refused) as refused:
        archives.check(data, limits)
    return refused.value.code


GOOD = packed(("a.xml", b"<a/>"), ("folder/b.pdf", b"%PDF-"))


def test_a_plain_bundle():
    assert archives.check(GOOD) == ["a.xml", "folder/b.pdf"]
    assert list(archives.members(GOOD)) == [("a.xml", b"<a/>"), ("b.pdf", b"%PDF-")]


def test_stored_members_are_fine():
    assert archives.check(packed(("a.xml", b"<a/>"), method=zipfile.ZIP_STORED)) == ["a.xml"]


def encrypted():
    data = bytearray(GOOD)
    directory = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    return bytes(data)


def overlapping():
    """Both directory entries point at the first member: one body, many times (the "better zip bomb")."""
    data = bytearray(packed(("a", b"x" * 1000), ("b", b"x" * 1000), method=zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def quoted():
    """The second entry points into the body of the first, where a proper local header lies."""
    data = bytearray(packed(("b", b"y" * 100), method=zipfile.ZIP_STORED))
    body = bytes(data[: data.index(b"PK\x01\x02")])
    both = bytearray(packed(("a", body), ("b", b"y" * 100), method=zipfile.ZIP_STORED))
    struct.pack_into("<L", both, both.rindex(b"PK\x01\x02") + 42, both.index(body))
    return bytes(both)


def mismatched():
    return GOOD.replace(b"a.xml", b"b.exe", 1)


def with_long_comment():
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"a comment is fine"
    return target.getvalue()


def test_a_comment_is_fine():
    assert archives.check(with_long_comment()) == ["a.xml", "folder/b.pdf"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(("../x", b"")), "zip.unsafe"),
        (packed(("a/../../x", b"")), "zip.unsafe"),
        (packed(("/etc/passwd", b"")), "zip.unsafe"),
        (packed((info("C:\\x"), b"")), "zip.unsafe"),
        (packed((info("a\\..\\x"), b"")), "zip.unsafe"),
        (packed((info("link", external_attr=0o120777 << 16), b"/etc/passwd")), "zip.unsafe"),
        (packed((info("device", external_attr=0o060666 << 16), b"")), "zip.unsafe"),
        (packed(("inner.zip", GOOD)), "zip.unsafe"),
        (packed(("a.7z", b"")), "zip.unsafe"),
        (packed(("a", b""), ("A", b"")), "zip.unsafe"),
        (GOOD + b"trailing", "zip.unsafe"),
        (b"MZ" + GOOD, "zip.unsafe"),
        (encrypted(), "zip.encrypted"),
        (overlapping(), "zip.unsafe"),
        (quoted(), "zip.unsafe"),
        (mismatched(), "zip.unsafe"),
        (packed(("a", b"x"), method=zipfile.ZIP_BZIP2), "zip.unsafe"),
        (packed(("a", b"x"), method=zipfile.ZIP_LZMA), "zip.unsafe"),
        (packed(("bomb", b"\0" * 30_000_000)), "zip.unpacked"),
        (packed(("big", bytes(range(256)) * 220_000), method=zipfile.ZIP_STORED), "zip.unpacked"),
        (packed(*((f"{n}", b"") for n in range(101))), "zip.members"),
        (packed(*((f"{n}", b"") for n in range(60_000)), method=zipfile.ZIP_STORED), "zip.members"),
        (packed(), "file.empty"),
        (GOOD[:-10], "file.unreadable"),
        (GOOD[10:], "zip.unsafe"),
        (b"PK\x03\x04" + b"x" * 100, "file.unreadable"),
        (b"", "file.unreadable"),
    ],
)
def test_hostile_archives(data, code):
    assert refusal(data) == code


def test_a_member_whose_bytes_were_changed():
    data = packed(("a.txt", b"hello hello"), method=zipfile.ZIP_STORED).replace(b"hello hello", b"hello hellO")
    assert refusal(data) == "file.unreadable"


def test_a_size_that_lies():
    data = bytearray(packed(("a", b"\0" * 5_000_000)))
    directory = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, directory + 24, 10)
    assert refusal(bytes(data)) == "file.unreadable"


def test_zip64_counts_are_not_taken():
    data = bytearray(GOOD)
    struct.pack_into("<H", data, len(data) - 22 + 8, 0xFFFF)
    assert refusal(bytes(data)) == "zip.unsafe"


@pytest.mark.parametrize("at", range(0, len(GOOD), 3))
def test_any_changed_byte_ends_in_an_answer(at):
    data = bytearray(GOOD)
    data[at] ^= 0xFF
    try:
        archives.check(bytes(data))
    except Refused as refused:
        assert refused.sentence("es")


def test_limits_are_the_callers():
    assert len(archives.check(packed(*((f"{n}", b"") for n in range(101))), archives.Limits(members=200))) == 101
    assert archives.check(packed(("inner.zip", GOOD)), archives.Limits(nested=True)) == ["inner.zip"]


def test_an_archive_may_hold_as_much_as_the_limit():
    data = packed(("a", b"\0" * archives.MEGABYTE), ("folder/", b""))
    exact = archives.Limits(members=2, megabytes=1, ratio=1024)
    assert archives.check(data, exact) == ["a", "folder/"]
    assert [name for name, _ in archives.members(data, exact)] == ["a"]
    assert refusal(data, archives.Limits(members=1)) == "zip.members"
    assert refusal(data, archives.Limits(megabytes=0, ratio=1024)) == "zip.unpacked"
    assert refusal(data, archives.Limits(ratio=500)) == "zip.unpacked"
