"""The walk over DER: what is well formed is read, what is not is refused, never guessed."""

from datetime import UTC, datetime

import pytest

from portal.cfdi import der
from portal.cfdi.der import Item, Malformed


def item(data: bytes) -> Item:
    return der.read(data, 0, len(data))


def test_short_and_long_lengths() -> None:
    assert item(b"\x04\x02ab").content == b"ab"
    assert item(b"\x04\x81\x80" + b"x" * 128).content == b"x" * 128
    assert item(b"\x04\x82\x01\x00" + b"x" * 256).whole[:4] == b"\x04\x82\x01\x00"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x04", b"\x04\x02a", b"\x04\x80ab\x00\x00", b"\x04\x85\x00\x00\x00\x00\x01a", b"\x04\x82\x01", b"\x04\xff"],
)
def test_bad_lengths_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        item(data)


def test_one_sequence_without_a_tail() -> None:
    assert [one.content for one in der.sequence(b"\x30\x06\x02\x01\x05\x04\x01a").children()] == [b"\x05", b"a"]
    for data in (b"\x30\x03\x02\x01\x05x", b"\x31\x03\x02\x01\x05", b"\x30\x04\x02\x01\x05"):
        with pytest.raises(Malformed):
            der.sequence(data)


def test_a_child_does_not_outgrow_its_parent() -> None:
    with pytest.raises(Malformed):
        list(item(b"\x30\x03\x02\x05\x01xxxxx").children())


def test_strings_of_every_kind() -> None:
    assert der.string(item(b"\x0c\x02\xc3\x91")) == "Ñ"
    assert der.string(item(b"\x13\x01\xd1")) == "Ñ"
    assert der.string(item(b"\x1e\x02\x00\xd1")) == "Ñ"
    assert der.string(item(b"\x03\x03\x00AB")) == "AB"


def test_times() -> None:
    assert der.time(item(b"\x17\x0d491231235959Z")) == datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert der.time(item(b"\x17\x0d500101000000Z")) == datetime(1950, 1, 1, tzinfo=UTC)
    assert der.time(item(b"\x18\x0f20500101000000Z")) == datetime(2050, 1, 1, tzinfo=UTC)
    for data in (b"\x17\x0d491331235959Z", b"\x17\x01Z", b"\x17\x0d4912312359+01", b"\x17\x0b4912312359Z"):
        with pytest.raises(Malformed):
            der.time(item(data))


def test_an_object_identifier_has_something_in_it() -> None:
    for content in (b"", b"\x88"):
        with pytest.raises(Malformed):
            der.object_identifier(content)
