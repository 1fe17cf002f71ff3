"""The seal: SAT's cadena of the received tree, one spelling of the signature, the certificate's key."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from lxml import etree

from portal.cfdi import resources, seal, stylesheet
from portal.cfdi.model import CFD3, Comprobante, TimbreFiscalDigital
from portal.cfdi.reader import read
from portal.local.authority import Authority, Csd, sign
from tests.cfdi.conftest import ISSUER, unsealed


def document(data: bytes) -> Comprobante:
    found = read(data).document
    assert found is not None
    return found


def test_the_cadena_is_sats() -> None:
    xml = sign_free(unsealed(1))
    cadena = seal.cadena_original(etree.fromstring(xml), "4.0").decode()
    assert cadena.startswith("||4.0|A|101|2026-11-20T10:30:00|03|")
    assert "|ÑAN010203AB1|COMPAÑÍA DEL NORTE|601|" in cadena
    assert cadena.endswith("|160.08||")
    assert "http" not in cadena


def sign_free(xml: bytes) -> bytes:
    """The document with a certificate number, which the cadena carries."""
    return xml.replace(b'Version="4.0"', b'Version="4.0" NoCertificado="00001000000500000000"', 1)


def test_cadena_folds_blanks_and_ignores_comments_and_addenda() -> None:
    plain = unsealed(1)
    spaced = plain.replace(b'"Servicio 1"', b'"  Servicio\n  1 "')
    noted = plain.replace(b"<cfdi:Emisor", b"<!-- hola --><cfdi:Emisor")
    addenda = plain.replace(b"</cfdi:Comprobante>", b"<cfdi:Addenda><x a='1'>t</x></cfdi:Addenda></cfdi:Comprobante>")
    cadenas = {seal.cadena_original(document(data).element, "4.0") for data in (plain, spaced, noted, addenda)}
    assert len(cadenas) == 1


def test_a_sealed_document_passes_and_a_changed_one_fails(csd: Csd) -> None:
    sealed = sign(unsealed(), csd)
    assert seal.check(document(sealed), csd.certificate) == []
    changed = document(sealed.replace(b"3481.74", b"3481.75"))
    (finding,) = seal.check(changed, csd.certificate)
    assert (finding.code, finding.reason, finding.where) == ("CFDI40102", "", "/Comprobante/@Sello")


def test_another_certificate_does_not_verify_it(authority: Authority, csd: Csd) -> None:
    other = authority.issue_csd(ISSUER.rfc, ISSUER.name, slot=1).certificate
    assert [f.code for f in seal.check(document(sign(unsealed(), csd)), other)] == ["CFDI40102"]


def test_version_33_has_its_own_cadena_and_code(csd: Csd) -> None:
    old = f'<c:Comprobante xmlns:c="{CFD3}" Version="3.3" Fecha="2022-01-01T00:00:00" Total="1"/>'.encode()
    assert seal.check(document(sign(old, csd)), csd.certificate) == []
    broken = document(sign(old, csd).replace(b'Total="1"', b'Total="2"'))
    assert [f.code for f in seal.check(broken, csd.certificate)] == ["CFDI33102"]


@pytest.mark.parametrize("text", ["", "?", "AAA", "AB==", "ñ", "A" * 5000])
def test_a_seal_that_is_not_canonical_base64_is_none(text: str) -> None:
    assert seal.signature(text) is None


def test_a_seal_may_be_wrapped() -> None:
    data = bytes(range(256))
    text = b64encode(data).decode()
    assert seal.signature(text) == data
    assert seal.signature(f" {text[:76]}\n{text[76:]} ") == data


def test_another_spelling_of_the_seal_fails(csd: Csd) -> None:
    data = sign(unsealed(), csd)
    sello = document(data).sello
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = sello[:-3] + letters[letters.index(sello[-3]) ^ 1] + "=="
    respelled = document(data.replace(sello.encode(), other.encode()))
    assert [f.reason for f in seal.check(respelled, csd.certificate)] == ["form"]


def test_the_stamps_cadena_by_hand_is_sats(invoice: bytes) -> None:
    by_sat = stylesheet.compiled(resources.stamp_xslt())
    stamp = document(invoice).timbres[0]
    assert seal.stamp_cadena(stamp) == bytes(by_sat(etree.ElementTree(stamp.element)))
    stamp.element.set("Leyenda", "  una   leyenda ñ ")
    stamp.element.set("UUID", stamp.uuid.lower())
    again = TimbreFiscalDigital(stamp.element)
    assert seal.stamp_cadena(again) == bytes(by_sat(etree.ElementTree(again.element)))
    assert b"|una leyenda \xc3\xb1|" in seal.stamp_cadena(again)


def test_only_sha256_signatures_count(csd: Csd) -> None:
    assert csd.certificate.algorithm is not None
    assert csd.certificate.algorithm.name == "sha256"
    assert not replace(csd.certificate, algorithm=None).signs(replace(csd.certificate, algorithm=None))


def raw(csd: Csd, content: bytes, start: bytes = b"\x00\x01") -> bytes:
    """A signature of any content whatever, made with the key's bare numbers."""
    private = csd.key.private_numbers()
    length = csd.key.key_size // 8
    block = start + b"\xff" * (length - len(content) - len(start) - 1) + b"\x00" + content
    return pow(int.from_bytes(block), private.d, private.public_numbers.n).to_bytes(length)


def test_opening_a_seal_and_verifying_it_agree(csd: Csd, authority: Authority) -> None:
    message = b"||4.0|A||"
    digest = sha256(message).digest()
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    good = csd.key.sign(message, PKCS1v15(), SHA256())
    assert raw(csd, info + digest) == good
    forged = [
        b"", b"\0", good[:-1], good + b"\0", b"\0" + good, bytes(256), b"\xff" * 256, digest,
        csd.key.sign(message, PKCS1v15(), SHA1()), csd.key.sign(message, PKCS1v15(), SHA512()),
        csd.key.sign(b"other", PKCS1v15(), SHA256()), authority.pac.key.sign(message, PKCS1v15(), SHA256()),
        csd.key.sign(message, PSS(MGF1(SHA256()), 32), SHA256()),
        raw(csd, digest), raw(csd, info + digest + b"\0"), raw(csd, info + digest, b"\x00\x02"), raw(csd, info),
        raw(csd, bytes.fromhex("302f300b0609608648016503040201" + "0420") + digest), raw(csd, b"\0" + info + digest),
        *[good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(256)],
    ]  # fmt: skip
    assert csd.certificate.sealed(good, message)
    assert csd.certificate.verifies(good, message, SHA256())
    for seal_ in forged:
        assert not csd.certificate.sealed(seal_, message), seal_.hex()
        assert not csd.certificate.verifies(seal_, message, SHA256()), seal_.hex()
