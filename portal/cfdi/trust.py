"""Whom we believe: SAT's authorities, pinned by SHA-256, and the PAC certificates that they signed.

A production store holds only pinned authorities, what chains to them, and never a test authority: nothing here reads a
setting that could loosen that. `with_sandbox` makes another store for the demo and the tests.
An authority's validity is judged when it signed, a holder's when it sealed; never "now".
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from portal.cfdi import resources
from portal.cfdi.certificates import Certificate, Kind, NotACertificate, from_file

# SAT's production authorities (Cert_Prod.zip): SHA-256 of the DER, and the year from which each one signs.
PINNED: Final[dict[str, str]] = {
    "cbf3e084a86cac5ef1060b9242196eec15e8786931ffff05466ba7becd43b15e": "ARC5_IES",
    "a86baf49b2e91d0141722c4e7026ab246183a8072926e9983edbd4e5ba72515d": "ARC6_IES",
    "5035edf21401e2d23fe39ac1893ee02fa7bd09a870619ecb13e3f1b29e8a0009": "ARC2_IES",
    "b2b77ad7f5513fecb543abbb9290650125ecc995d0fe4a75348f030705385eb4": "ARC1_IES",
    "c56a29f41377062c4686c9af0cf00cd48176f22f356239a4616c8c3bf669c6d8": "AC1_SAT",
    "4e166a2a5d88ada1f24dfe1a85b56fcc905322f805ef6a6b67472de5f6a20869": "AC2_SAT",
    "cef5304ab651e3031f8010ad68b557d0489214aa715f76fcd55d602109c44236": "AC3_SAT",
    "9ce0c3a0a7b4b992388cfd903ca2241af5187e45bceb23af735fc4e3b206afce": "AC4_SAT",
    "1ac6325143920fc047b6506e42540944fa6590b44560807b564c5603d15add8e": "AC5_SAT",
    "054e8f213ff2228254d8f87ec43d2e7c2eda628d927c270b9a77d1d09eef9418": "AC6_SAT",
    "6d1d1f871f0d69233fc94526fecf826bee67181782d6b7e5320b279c97e8dac7": "AC7",
}

# Authorities that no bundled file carries: while one is not imported, its holders are "missing", not "unknown".
_IMPORTED_LATER: Final[dict[str, tuple[str, ...]]] = {
    "AC DEL SERVICIO DE ADMINISTRACION TRIBUTARIA": (
        "6d1d1f871f0d69233fc94526fecf826bee67181782d6b7e5320b279c97e8dac7",
    ),
    # AC6 wrote its own name in UTF-8 twice.
    "A.C. del Servicio de Administraci\u00c3\u00b3n Tributaria": (
        "054e8f213ff2228254d8f87ec43d2e7c2eda628d927c270b9a77d1d09eef9418",
    ),
}
_TEST_NAMES: Final = re.compile(r"\bUAT\b|PRUEBA|AC_4096|\bTEST\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{20}", re.ASCII)
_SUFFIXES: Final = frozenset({".cer", ".crt", ".pem", ".der"})
_MAX_FILE: Final = 64 * 1024
_MAX_FILES: Final = 5000
_MAX_CACHE: Final = 20_000


class Trust(StrEnum):
    """What a chain came to."""

    TRUSTED = "trusted"
    MISSING = "missing"  # SAT's name, but that authority's certificate is not imported here
    UNKNOWN = "unknown"  # signed by nobody we know
    TEST = "test"  # SAT's test environment: never believed in production


@dataclass(frozen=True, slots=True)
class Chain:
    """The answer about one certificate: `authority` signed it, when trusted."""

    trust: Trust
    authority: Certificate | None = None
    sandbox: bool = False


class Outcome(StrEnum):
    """What importing one file came to."""

    AUTHORITY = "authority"
    PROVIDER = "provider"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Imported:
    """One file of an import: where it was, what it held, and what was done with it."""

    source: str
    outcome: Outcome
    number: str = ""
    name: str = ""


@dataclass
class TrustStore:
    """Authorities and PAC certificates in memory, with the answers already worked out.

    `folder` is where imported certificates are kept (None: memory only). Safe to share among threads.
    """

    folder: Path | None = None
    authorities: dict[bytes, list[Certificate]] = field(default_factory=dict)
    providers: dict[str, Certificate] = field(default_factory=dict)
    sandbox: frozenset[str] = frozenset()
    _chains: dict[str, Chain] = field(default_factory=dict, repr=False)
    _fingerprints: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def production(cls, folder: Path | str | None = None) -> "TrustStore":
        """SAT's pinned authorities, and what was imported into `folder` (which need not exist yet)."""
        store = cls(Path(folder) if folder is not None else None)
        for certificate in older_authorities():
            store._add_authority(certificate)
        if store.folder is not None and store.folder.is_dir():
            store._take(certificate for _, certificate in _scan(store.folder) if certificate is not None)
        return store

    def with_sandbox(self, root: Certificate, *providers: Certificate) -> "TrustStore":
        """Another store that also believes a sandbox root and its PAC certificates. For demo data and tests only."""
        store = TrustStore(self.folder, providers=dict(self.providers), sandbox=self.sandbox | {root.fingerprint})
        for held in [one for same_name in self.authorities.values() for one in same_name]:
            store._add_authority(held)
        store._add_authority(root)
        for provider in providers:
            store.add_provider(provider)
        return store

    def provider(self, number: str) -> Certificate | None:
        """The PAC certificate of a number, None when it is not known yet."""
        return self.providers.get(number)

    def chain(self, certificate: Certificate) -> Chain:
        """Who signed the certificate, followed up to a pinned authority; the answer is kept by fingerprint."""
        kept = self._chains.get(certificate.fingerprint)
        if kept is None:
            if len(self._chains) > _MAX_CACHE:
                self._chains.clear()
            kept = self._chains[certificate.fingerprint] = self._find_chain(certificate)
        return kept

    def add_provider(self, certificate: Certificate) -> bool:
        """Believe a PAC certificate, if it chains. Returns whether it was taken."""
        if certificate.kind is Kind.AUTHORITY or not _NUMBER.fullmatch(certificate.number):
            return False
        if self.chain(certificate).trust is not Trust.TRUSTED:
            return False
        self.providers[certificate.number] = certificate
        return True

    def add(self, certificate: Certificate) -> Outcome:
        """Take a certificate that deserves it: an authority, pinned or chained; a PAC certificate, chained."""
        if certificate.kind is Kind.AUTHORITY:
            if self._holds(certificate):
                return Outcome.KNOWN
            if certificate.fingerprint in PINNED or self.chain(certificate).trust is Trust.TRUSTED:
                self._add_authority(certificate)
                return Outcome.AUTHORITY
            return Outcome.REFUSED
        if certificate.number in self.providers:
            return Outcome.KNOWN
        return Outcome.PROVIDER if self.add_provider(certificate) else Outcome.REFUSED

    def import_from(self, path: Path) -> list[Imported]:
        """Take every certificate of a file, folder or ZIP that deserves it, and keep it in `folder`."""
        found = list(_scan(path))
        found.sort(key=lambda pair: _rank(pair[1]))
        return [self._import(source, certificate) for source, certificate in found]

    def import_certificate(self, data: bytes, source: str = "") -> Imported:
        """Take one downloaded certificate (DER or PEM) if it deserves it, and keep it in `folder`."""
        return self._import(source, _readable(data))

    def _import(self, source: str, certificate: Certificate | None) -> Imported:
        if certificate is None:
            return Imported(source, Outcome.REFUSED)
        outcome = self.add(certificate)
        if outcome in (Outcome.AUTHORITY, Outcome.PROVIDER) and self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{certificate.fingerprint}.cer").write_bytes(certificate.der)
        return Imported(source, outcome, certificate.number, certificate.name)

    def _take(self, certificates: Iterable[Certificate]) -> None:
        for certificate in sorted(certificates, key=_rank):
            self.add(certificate)

    def _holds(self, certificate: Certificate) -> bool:
        return certificate.fingerprint in self._fingerprints

    def _add_authority(self, certificate: Certificate) -> None:
        self.authorities.setdefault(certificate.name_der, []).append(certificate)
        self._fingerprints.add(certificate.fingerprint)
        self._chains.clear()

    def _find_chain(self, certificate: Certificate) -> Chain:
        for authority in self._candidates(certificate):
            if authority.signs(certificate) and authority.valid_at(certificate.not_before):
                return Chain(Trust.TRUSTED, authority, self._is_sandbox(authority))
        if _TEST_NAMES.search(certificate.issuer_name):
            return Chain(Trust.TEST)
        awaited = _IMPORTED_LATER.get(certificate.issuer_name, ())
        missing = any(fingerprint not in self._fingerprints for fingerprint in awaited)
        return Chain(Trust.MISSING if missing else Trust.UNKNOWN)

    def _candidates(self, certificate: Certificate) -> Iterator[Certificate]:
        """The authorities by the issuer's name; when none has it (names differ in letters' encoding), every one."""
        named = self.authorities.get(certificate.issuer)
        if named is not None:
            yield from named
            return
        for authorities in self.authorities.values():
            yield from authorities

    def _is_sandbox(self, authority: Certificate) -> bool:
        return authority.fingerprint in self.sandbox


@cache
def older_authorities() -> tuple[Certificate, ...]:
    """The pinned authorities in the bundle that ships with the schemas (up to AC5)."""
    data = resources.older_authorities().read_bytes()
    found = (certificate for _, certificate in _scan_zip("", data) if certificate is not None)
    return tuple(certificate for certificate in found if certificate.fingerprint in PINNED)


def _rank(certificate: Certificate | None) -> int:
    """Roots first, then authorities, then the rest: each is judged with those above it already in."""
    if certificate is None or certificate.kind is not Kind.AUTHORITY:
        return 2
    return 0 if certificate.fingerprint in PINNED else 1


def _scan(path: Path) -> Iterator[tuple[str, Certificate | None]]:
    if path.is_dir():
        files = (p for p in sorted(path.rglob("*")) if p.suffix.lower() in _SUFFIXES | {".zip"} and p.is_file())
        for number, file in enumerate(files):
            if number < _MAX_FILES:
                yield from _scan_file(file)
    else:
        yield from _scan_file(path)


def _scan_file(path: Path) -> Iterator[tuple[str, Certificate | None]]:
    if path.suffix.lower() == ".zip":
        yield from _scan_zip(str(path), path.read_bytes())
    elif path.stat().st_size > _MAX_FILE:
        yield str(path), None
    else:
        yield str(path), _readable(path.read_bytes())


def _scan_zip(source: str, data: bytes) -> Iterator[tuple[str, Certificate | None]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist()[:_MAX_FILES]:
                if Path(info.filename).suffix.lower() in _SUFFIXES:
                    small = info.file_size <= _MAX_FILE
                    yield f"{source}!{info.filename}", _readable(archive.read(info)) if small else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error):
        yield source, None


def _readable(data: bytes) -> Certificate | None:
    try:
        return from_file(data)
    except NotACertificate:
        return None
