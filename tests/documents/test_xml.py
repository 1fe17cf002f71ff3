"""The limits of strange XML: what is nested, long or full of attributes beyond reason is not read any further."""
import pytest

from portal.documents import xml
from portal.documents.problems import Refused

ATTRIBUTES = {n: " ".join(f'a{i}=""' for i in range(n)).encode() for n in (64, 65)}
SPACES = " ".join(f'xmlns:n{i}="u{i}"' for i in range(65)).encode()


def nested(depth: int) -> bytes:
    return b"<x>" * depth + b"</x>" * depth


@pytest.mark.parametrize("data", [
    nested(32), b"<x " + ATTRIBUTES[64] + b"/>", b"\xef\xbb\xbf \n<x/>", b'<?xml version="1.0" encoding="utf-8"?><x/>',
    b'<?xml version="1.0" encoding="US-ASCII"?><x/>', b"<x>" + b"<y/>" * 1000 + b"</x>"])
def test_what_is_modest_is_read(data: bytes) -> None:
    assert xml.parse(data).tag == "x"


@pytest.mark.parametrize(("data", "code"), [
    (nested(33), "xml.too_complex"), (b"<x><y " + ATTRIBUTES[65] + b"/></x>", "xml.too_complex"),
    (b"<x " + SPACES + b">" + b" " * xml.SMALL + b"</x>", "xml.too_complex"),
    (b"<!DOCTYPE x><x/>", "xml.doctype"), (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "xml.doctype"),
    (b'<?xml version="1.0" encoding="ISO-8859-1"?><x/>', "xml.encoding"), (b"<x>\n<y></x>", "xml.malformed")])
def test_what_goes_too_far_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        xml.parse(data)
    assert refused.value.code == code


def test_there_are_only_so_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 10)
    xml.parse(b"<x>" + b"<y/>" * 9 + b"</x>")
    with pytest.raises(Refused):
        xml.parse(b"<x>" + b"<y/>" * 11 + b"</x>")
