"""The sandbox authority: a root, a PAC and CSDs shaped like SAT's, without any fiscal value. For demo data and tests.

A production trust store never believes it: only `TrustStore.with_sandbox(root, provider)` does.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier
from lxml import etree

from portal.cfdi import model, seal
from portal.cfdi.certificates import Certificate, Kind, from_file
from portal.cfdi.trust import TrustStore

ROOT_NAME: Final = "AUTORIDAD DE PRUEBA ACUSE (SIN VALOR FISCAL)"
PROVIDER_RFC: Final = "DEM010101AB1"
_UNIQUE_IDENTIFIER: Final = ObjectIdentifier("2.5.4.45")
_FIRST: Final = datetime(2017, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2046, 1, 1, tzinfo=UTC)
_TFD_SCHEMA: Final = "http://www.sat.gob.mx/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Csd:
    """A certificate with its private key, ready to seal."""

    certificate: Certificate
    key: RSAPrivateKey

    def sign(self, message: bytes) -> str:
        """The RSA-SHA256 signature in Base64, as SAT writes seals."""
        return b64encode(self.key.sign(message, PKCS1v15(), SHA256())).decode()


@dataclass(frozen=True, slots=True)
class Authority:
    """The sandbox authority kept in `folder`: `root` signs, `pac` stamps."""

    folder: Path
    root: Csd
    pac: Csd

    @classmethod
    def open(cls, folder: Path | str) -> "Authority":
        """The authority of a folder, made at the first opening (three keys, less than a second)."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        root = _kept(folder, "root", None, _Holder("", ROOT_NAME, 1, unit="SANDBOX", kind=Kind.AUTHORITY))
        holder = _Holder(PROVIDER_RFC, "PROVEEDOR DE PRUEBA", 2, unit=f"PAC{PROVIDER_RFC}00001")
        return cls(folder, root, _kept(folder, "pac", root, holder))

    @property
    def provider(self) -> Certificate:
        """The sandbox PAC's certificate."""
        return self.pac.certificate

    def trust(self, store: TrustStore | None = None) -> TrustStore:
        """A trust store that believes this sandbox, and SAT's pinned authorities besides."""
        return (store or TrustStore.production()).with_sandbox(self.root.certificate, self.provider)

    def issue_csd(
        self, rfc: str, name: str, *, kind: Kind = Kind.CSD,
        not_before: datetime = _FIRST, not_after: datetime = _LAST, slot: int = 0,
    ) -> Csd:  # fmt: skip
        """The CSD of a taxpayer (or e.firma by `kind`), kept in the folder; another `slot` is another one.

        `name` as SAT registers it: upper case, without company suffix. Moments are aware.
        """
        file = f"{kind}-{_safe(rfc, name)}-{not_before:%y%m%d%H%M}-{not_after:%y%m%d%H%M}-{slot}"
        number = 1000 + int(sha256(file.encode()).hexdigest(), 16) % 900_000_000
        unit = "Unidad" if kind is Kind.CSD else ""
        holder = _Holder(rfc, name, number, unit=unit, kind=kind, not_before=not_before, not_after=not_after)
        return _kept(self.folder, file, self.root, holder)

    def sign_and_stamp(self, xml: bytes, csd: Csd, at: datetime, uuid: UUID | None = None) -> bytes:
        """Seal an unsealed CFDI 4.0 with the CSD and stamp it. `at`: when, in Mexico Centre time, naive."""
        return self.stamp(sign(xml, csd), at, uuid)

    def stamp(self, xml: bytes, at: datetime, uuid: UUID | None = None) -> bytes:
        """Add the stamp (TFD 1.1) of the sandbox PAC to a sealed CFDI 4.0 or 3.3."""
        root = etree.fromstring(xml)
        space = root.tag[: root.tag.index("}") + 1]
        complement = root.find(f"{space}Complemento")
        if complement is None:
            complement = etree.Element(f"{space}Complemento")
            addenda = root.find(f"{space}Addenda")
            root.insert(len(root) if addenda is None else root.index(addenda), complement)
        tfd = etree.SubElement(complement, f"{{{model.TFD}}}TimbreFiscalDigital", nsmap={"tfd": model.TFD, "xsi": _XSI})
        self._fill_stamp(tfd, root.get("Sello", ""), at, uuid or uuid4())
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _fill_stamp(self, tfd: etree._Element, sello: str, at: datetime, uuid: UUID) -> None:
        tfd.set(f"{{{_XSI}}}schemaLocation", f"{model.TFD} {_TFD_SCHEMA}")
        tfd.set("Version", "1.1")
        tfd.set("UUID", str(uuid).upper())
        tfd.set("FechaTimbrado", at.strftime("%Y-%m-%dT%H:%M:%S"))
        tfd.set("RfcProvCertif", PROVIDER_RFC)
        tfd.set("SelloCFD", sello)
        tfd.set("NoCertificadoSAT", self.provider.number)
        tfd.set("SelloSAT", self.pac.sign(seal.stamp_cadena(model.TimbreFiscalDigital(tfd))))


def sign(xml: bytes, csd: Csd) -> bytes:
    """Seal an unsealed CFDI with a CSD: NoCertificado, Certificado and Sello are written, the rest is left alone."""
    root = etree.fromstring(xml)
    root.set("NoCertificado", csd.certificate.number)
    root.set("Certificado", b64encode(csd.certificate.der).decode())
    root.set("Sello", "")
    root.set("Sello", csd.sign(seal.cadena_original(root, root.get("Version", "4.0"))))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass(frozen=True, slots=True)
class _Holder:
    rfc: str
    name: str
    number: int
    unit: str = ""
    kind: Kind = Kind.CSD
    not_before: datetime = _FIRST
    not_after: datetime = _LAST


def _safe(rfc: str, name: str) -> str:
    """A file name that no other taxpayer has, whatever letters the RFC holds."""
    return f"{re.sub(r'[^A-Z0-9]', '_', rfc.upper())}-{sha256(f'{rfc}|{name}'.encode()).hexdigest()[:12]}"


def _kept(folder: Path, file: str, issuer: Csd | None, holder: _Holder) -> Csd:
    """The certificate and key of a file name in the folder, made when they are not there."""
    key_file, certificate_file = folder / f"{file}.key", folder / f"{file}.cer"
    if not certificate_file.exists():
        key = generate_private_key(public_exponent=65537, key_size=2048)
        key_file.touch(mode=0o600)
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate_file.write_bytes(_certify(key, issuer, holder))
    # What was made above is not proved to be prime again: that takes ten times as long as signing with it.
    loaded = load_pem_private_key(key_file.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, RSAPrivateKey):
        raise TypeError(f"{key_file} is not an RSA key")
    return Csd(from_file(certificate_file.read_bytes()), loaded)


def _certify(key: RSAPrivateKey, issuer: Csd | None, holder: _Holder) -> bytes:
    subject = _subject(holder)
    signer = key if issuer is None else issuer.key
    above = subject if issuer is None else x509.load_der_x509_certificate(issuer.certificate.der).subject
    builder = x509.CertificateBuilder(above, subject, key.public_key(), _serial(holder.number))
    builder = builder.not_valid_before(holder.not_before).not_valid_after(holder.not_after - timedelta(seconds=1))
    authority = holder.kind is Kind.AUTHORITY
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    builder = builder.add_extension(_usage(holder.kind), critical=True)
    return builder.sign(signer, SHA256()).public_bytes(Encoding.DER)


def _serial(number: int) -> int:
    """SAT's serial: the ASCII codes of the number's 20 digits."""
    return int.from_bytes(f"{99999:011d}{number:09d}".encode("ascii"))


def _subject(holder: _Holder) -> x509.Name:
    """The subject in SAT's shape; names longer than the standard's 64 letters happen, so they are not checked."""
    company = holder.rfc and len(holder.rfc) < 13
    pairs = [
        (NameOID.COMMON_NAME, holder.name),
        (NameOID.ORGANIZATION_NAME, holder.name),
        (_UNIQUE_IDENTIFIER, f"{holder.rfc} / XAXX010101000" if company else holder.rfc),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, holder.unit),
    ]
    return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in pairs if value])


def _usage(kind: Kind) -> x509.KeyUsage:
    enciphers = kind is Kind.EFIRMA
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=enciphers,
        key_agreement=enciphers, key_cert_sign=kind is Kind.AUTHORITY, crl_sign=kind is Kind.AUTHORITY,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
