"""SAT's certificates: number, RFC, name, kind, validity and key, read from the DER by place."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from portal.cfdi import der

COMMON_NAME: Final = "2.5.4.3"
SERIAL_NUMBER: Final = "2.5.4.5"
ORGANIZATION: Final = "2.5.4.10"
UNIT: Final = "2.5.4.11"
UNIQUE_IDENTIFIER: Final = "2.5.4.45"
_KEY_USAGE: Final = "2.5.29.15"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"

_PADDING: Final = PKCS1v15()
_HASHES: Final[dict[str, HashAlgorithm]] = {
    "1.2.840.113549.1.1.5": SHA1(),
    "1.2.840.113549.1.1.11": SHA256(),
    "1.2.840.113549.1.1.12": SHA384(),
    "1.2.840.113549.1.1.13": SHA512(),
}
_SHA256_DIGEST: Final = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo, RFC 8017 §9.2 note 1
_SIGN_ONLY: Final = 0b11000000  # digitalSignature and nonRepudiation
_ENCIPHER: Final = 0b00011000  # dataEncipherment and keyAgreement: only the e.firma has them
_CERT_SIGN: Final = 0b00000100
_MAX_BYTES: Final = 16_384
_MOST_KEPT: Final = 4096
_TAIL: Final = 32


class Kind(StrEnum):
    """What SAT issued the certificate for."""

    CSD = "csd"  # seals invoices
    EFIRMA = "efirma"  # a taxpayer's electronic signature
    AUTHORITY = "authority"  # signs certificates


class NotACertificate(ValueError):
    """The bytes are not a certificate that can be read."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """One certificate. `number` has 20 digits when it is SAT's; moments are aware (UTC); `issuer` is the DER name."""

    der: bytes = field(repr=False)
    fingerprint: str
    number: str
    subject: Mapping[str, str]
    issuer: bytes = field(repr=False)
    name_der: bytes = field(repr=False)
    issuer_name: str
    not_before: datetime
    not_after: datetime
    key: RSAPublicKey = field(repr=False)
    kind: Kind
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    algorithm: HashAlgorithm | None = field(repr=False)

    @cached_property
    def rfc(self) -> str:
        """The holder's RFC: the unique identifier before " / " (after it stands the representative's)."""
        return _first(self.subject, UNIQUE_IDENTIFIER).partition("/")[0].strip().upper()

    @cached_property
    def name(self) -> str:
        """The holder's name as SAT wrote it in the certificate."""
        return _first(self.subject, COMMON_NAME) or _first(self.subject, ORGANIZATION)

    @cached_property
    def unit(self) -> str:
        """The organizational units, one a line: a CSD's branch, or "PAC…" with the provider's RFC."""
        return self.subject.get(UNIT, "")

    @cached_property
    def is_person(self) -> bool:
        """Whether the holder is a natural person (an RFC of 13)."""
        return len(self.rfc) == 13

    @cached_property
    def _anywhere(self) -> tuple[datetime, datetime]:
        """Between these local moments it is valid, whatever the zone."""
        day = timedelta(days=1)
        return self.not_before.replace(tzinfo=None) + day, self.not_after.replace(tzinfo=None) - day

    def surely_valid_at(self, local: datetime) -> bool:
        """Whether a naive local moment lies inside the validity in any zone: then `valid_at` need not be asked."""
        first, last = self._anywhere
        return first <= local <= last

    def valid_at(self, when: datetime) -> bool:
        """Whether the aware moment lies inside the validity."""
        return self.not_before <= when <= self.not_after

    def verifies(self, signature: bytes, message: bytes, algorithm: HashAlgorithm) -> bool:
        """Whether the holder's key made the PKCS #1 v1.5 signature of the message."""
        try:
            self.key.verify(signature, message, _PADDING, algorithm)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True

    def sealed(self, seal: bytes, message: bytes) -> bool:
        """Whether the holder's key made this RSA-SHA256 seal: as `verifies`, letter by letter, a quarter faster.

        The seal is opened with the key and must hold exactly the digest's DER (RFC 8017 §8.2.2, by comparison).
        """
        try:
            opened = self.key.recover_data_from_signature(seal, _PADDING, None)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return opened == _SHA256_DIGEST + hashlib.sha256(message).digest()

    def signs(self, other: "Certificate") -> bool:
        """Whether this certificate's key signed the other certificate."""
        return other.algorithm is not None and self.verifies(other.signature, other.signed, other.algorithm)


@lru_cache(maxsize=_MOST_KEPT)
def load(data: bytes) -> Certificate:
    """A certificate from DER; kept by its bytes. Raises NotACertificate."""
    if len(data) > _MAX_BYTES:
        raise NotACertificate("too long")
    try:
        return _parse(data)
    except (der.Malformed, UnsupportedAlgorithm, ValueError, IndexError, StopIteration) as problem:
        raise NotACertificate(str(problem)) from problem


_read: Final[dict[str, tuple[str, Certificate]]] = {}


def from_attribute(text: str) -> Certificate:
    """The certificate in a CFDI's Certificado attribute: Base64 of DER. Raises NotACertificate.

    Kept by its last letters, which are of its signature, and compared whole: hashing all of it takes longer.
    """
    kept = _read.get(text[-_TAIL:])
    if kept is not None and kept[0] == text:
        return kept[1]
    certificate = _from_base64(text)
    if len(_read) >= _MOST_KEPT:
        _read.clear()
    _read[text[-_TAIL:]] = text, certificate
    return certificate


def _from_base64(text: str) -> Certificate:
    if len(text) > 2 * _MAX_BYTES:
        raise NotACertificate("too long")
    compact = "".join(text.split())
    try:
        data = b64decode(compact, validate=True)
    except (Base64Error, ValueError) as problem:
        raise NotACertificate("Base64") from problem
    if b64encode(data).decode() != compact:
        raise NotACertificate("Base64")
    return load(data)


def from_file(data: bytes) -> Certificate:
    """A certificate from a .cer or .crt file, DER or PEM. Raises NotACertificate."""
    begin, end = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
    if begin in data:
        body = data.partition(begin)[2].partition(end)[0]
        return from_attribute(body.decode("ascii", "replace"))
    return load(data)


def _parse(data: bytes) -> Certificate:
    body, algorithm, signature = list(der.sequence(data).children())
    fields = [item for item in body.children() if item.tag != der.VERSION]
    serial, _, issuer, validity, subject, key_info = fields[:6]
    extensions = _extensions(fields[6:])
    not_before, not_after = (der.time(item) for item in validity.children())
    key = load_der_public_key(key_info.whole)
    if not isinstance(key, RSAPublicKey):
        raise NotACertificate("not an RSA key")
    oid = der.object_identifier(next(algorithm.children()).content)
    return Certificate(
        der=data, fingerprint=hashlib.sha256(data).hexdigest(), number=_number(serial.content),
        subject=_name(subject), issuer=issuer.whole, name_der=subject.whole,
        issuer_name=_name_of_authority(issuer.whole), not_before=not_before, not_after=not_after,
        key=key, kind=_kind(extensions), signed=body.whole, signature=signature.content[1:],
        algorithm=_HASHES.get(oid),
    )  # fmt: skip


def _number(serial: bytes) -> str:
    """SAT's number: the serial's bytes are the ASCII digits; any other serial stays hexadecimal."""
    text = serial.lstrip(b"\0")
    return text.decode("ascii") if text.isdigit() else serial.hex()


def _name(item: der.Item) -> dict[str, str]:
    """A distinguished name by object identifier; one that is repeated holds a value a line."""
    pairs: dict[str, str] = {}
    for group in item.children():
        for pair in group.children():
            oid, value = list(pair.children())[:2]
            name, text = der.object_identifier(oid.content), der.string(value).strip()
            pairs[name] = f"{pairs[name]}\n{text}" if name in pairs else text
    return pairs


@lru_cache(maxsize=256)  # authorities are few, and their names in every certificate
def _name_of_authority(issuer: bytes) -> str:
    return _first(_name(der.read(issuer, 0, len(issuer))), COMMON_NAME)


def _first(pairs: Mapping[str, str], name: str) -> str:
    return pairs.get(name, "").partition("\n")[0]


def _extensions(fields: list[der.Item]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in fields:
        if item.tag == der.EXTENSIONS:
            for extension in next(item.children()).children():
                parts = list(extension.children())
                found[der.object_identifier(parts[0].content)] = parts[-1].content
    return found


def _kind(extensions: Mapping[str, bytes]) -> Kind:
    """A CSD signs only; an e.firma enciphers too; an authority signs certificates."""
    usage = extensions.get(_KEY_USAGE, b"")
    bits = usage[3] if len(usage) > 3 else _SIGN_ONLY
    basic = extensions.get(_BASIC_CONSTRAINTS, b"")
    authority = b"\x01\x01\xff" in basic
    if bits & _CERT_SIGN or authority:
        return Kind.AUTHORITY
    return Kind.EFIRMA if bits & _ENCIPHER else Kind.CSD
