"""Certificates read by place: what SAT writes, also what strict libraries refuse; any bytes get an answer."""

from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.cfdi import der
from portal.cfdi.certificates import Kind, NotACertificate, from_attribute, from_file, load
from portal.cfdi.trust import PINNED, older_authorities
from portal.local.authority import Authority, Csd

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def test_a_csd_says_who_and_what_it_is(authority: Authority) -> None:
    made = authority.issue_csd("ÑAN010203AB1", "COMPAÑÍA DEL NORTE").certificate
    assert (made.rfc, made.name, made.kind, made.unit) == ("ÑAN010203AB1", "COMPAÑÍA DEL NORTE", Kind.CSD, "Unidad")
    assert not made.is_person
    assert len(made.number) == 20
    assert made.number.isdigit()
    assert made.issuer == authority.root.certificate.name_der
    standard = x509.load_der_x509_certificate(made.der)
    assert (made.not_before, made.not_after) == (standard.not_valid_before_utc, standard.not_valid_after_utc)
    assert bytes.fromhex(f"{standard.serial_number:x}").decode() == made.number
    assert made.signature == standard.signature
    assert made.signed == standard.tbs_certificate_bytes


def test_an_efirma_of_a_person_is_told_apart(authority: Authority) -> None:
    made = authority.issue_csd("PEGJ800101AB1", "JUANA PÉREZ GARZA", kind=Kind.EFIRMA).certificate
    assert (made.kind, made.is_person, made.rfc) == (Kind.EFIRMA, True, "PEGJ800101AB1")
    assert authority.root.certificate.kind is Kind.AUTHORITY


def test_a_subject_that_strict_libraries_refuse_is_read(csd: Csd) -> None:
    """SAT writes Ñ in Latin-1 inside a PrintableString (tag 0x13): same length, other tag and letters."""
    data = csd.certificate.der
    utf8 = "COMPAÑÍA DEL NORTE".encode()
    latin = "COMPAÑÍA DEL NORTE  ".encode("latin-1")
    assert len(utf8) == len(latin)
    odd = data.replace(bytes([0x0C, len(utf8)]) + utf8, bytes([0x13, len(latin)]) + latin)
    assert odd != data
    with pytest.raises(ValueError):  # the library's own complaint, which is why ours exists
        str(x509.load_der_x509_certificate(odd).subject)
    assert load(odd).name == "COMPAÑÍA DEL NORTE"


def test_validity_includes_its_ends(csd: Csd) -> None:
    made = csd.certificate
    assert made.valid_at(made.not_before)
    assert made.valid_at(made.not_after)
    assert not made.valid_at(made.not_before - timedelta(seconds=1))
    assert not made.valid_at(made.not_after + timedelta(seconds=1))


def test_signatures(authority: Authority, csd: Csd) -> None:
    assert authority.root.certificate.signs(csd.certificate)
    assert not csd.certificate.signs(authority.root.certificate)
    broken = bytearray(csd.certificate.der)
    broken[-1] ^= 1
    assert not authority.root.certificate.signs(load(bytes(broken)))


def test_files_and_attributes(csd: Csd) -> None:
    text = b64encode(csd.certificate.der).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{text[:64]}\n{text[64:]}\n-----END CERTIFICATE-----\n".encode()
    assert from_file(pem).fingerprint == from_file(csd.certificate.der).fingerprint == csd.certificate.fingerprint
    assert from_attribute(f"{text[:10]}\n{text[10:]}").number == csd.certificate.number


def test_one_that_ends_alike_is_another(csd: Csd) -> None:
    text = _base64(csd.certificate.der)
    assert from_attribute(text) is from_attribute(text)
    at = text.index(_base64(csd.certificate.der[30:33]))
    assert from_attribute(text[:at] + "AAAA" + text[at + 4 :]).der != csd.certificate.der


@pytest.mark.parametrize("text", ["", "á", "AAAA", "MII", "=" * 8, "A" * 100_000, "MIIB" * 50])
def test_what_is_not_a_certificate_says_so(text: str) -> None:
    with pytest.raises(NotACertificate):
        from_attribute(text)


def test_another_spelling_of_the_same_base64_is_refused(authority: Authority) -> None:
    made = (authority.issue_csd("LON010101AB1", "L" * size).certificate.der for size in range(8, 12))
    text = next(text for text in map(_base64, made) if text.endswith("="))
    at = len(text.rstrip("=")) - 1
    other = text[:at] + LETTERS[LETTERS.index(text[at]) + 1] + text[at + 1 :]
    assert b64decode(other) == b64decode(text)
    assert from_attribute(text).rfc == "LON010101AB1"
    with pytest.raises(NotACertificate):
        from_attribute(other)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def test_every_bundled_authority_is_read() -> None:
    names = {PINNED[one.fingerprint]: one for one in older_authorities()}
    assert {"AC4_SAT", "AC5_SAT", "ARC5_IES", "ARC2_IES"} <= names.keys()
    assert names["AC5_SAT"].number == "00000000000000001106"
    assert names["AC5_SAT"].not_after.date().isoformat() == "2027-05-03"
    assert names["ARC5_IES"].signs(names["AC5_SAT"])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_answer(data: bytes) -> None:
    try:
        load(data)
    except NotACertificate:
        pass


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_damage_answers(csd: Csd, data: st.DataObject) -> None:
    damaged = bytearray(csd.certificate.der)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    for one in (bytes(damaged), bytes(damaged[:cut])):
        try:
            load(one)
        except NotACertificate:
            pass


def test_object_identifiers() -> None:
    assert der.object_identifier(bytes.fromhex("55042d")) == "2.5.4.45"
    assert der.object_identifier(bytes.fromhex("2a864886f70d01010b")) == "1.2.840.113549.1.1.11"
    assert der.object_identifier(bytes.fromhex("883703")) == "2.999.3"
