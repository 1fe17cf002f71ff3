"""Whom we believe: pinned authorities and what chains to them; a sandbox only where it was asked for."""

import dataclasses
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.cfdi import trust as module
from portal.cfdi.certificates import Certificate, Kind
from portal.cfdi.trust import PINNED, Imported, Outcome, Trust, TrustStore, older_authorities
from portal.local.authority import Authority, Csd


def outcomes(imported: list[Imported]) -> list[Outcome]:
    return [one.outcome for one in imported]


@pytest.fixture
def pinned(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The sandbox's root, pinned as if it were SAT's."""
    root = authority.root.certificate
    monkeypatch.setitem(module.PINNED, root.fingerprint, "SANDBOX")
    return root


def test_production_holds_sats_bundle_and_nothing_else() -> None:
    held = [one for same in TrustStore.production().authorities.values() for one in same]
    assert {one.fingerprint for one in held} == {one.fingerprint for one in older_authorities()}
    assert all(one.fingerprint in PINNED for one in held)
    assert TrustStore.production().providers == {}


def test_the_imported_authorities_are_pinned() -> None:
    assert {"AC6_SAT", "AC7", "ARC6_IES"} <= set(PINNED.values())
    assert all(len(fingerprint) == 64 for fingerprint in PINNED)


def test_production_never_believes_the_sandbox(authority: Authority, csd: Csd, folder: Path) -> None:
    store = TrustStore.production(folder)
    assert store.chain(csd.certificate).trust is Trust.TEST
    assert outcomes([store.import_certificate(authority.root.certificate.der)]) == [Outcome.REFUSED]
    assert outcomes([store.import_certificate(authority.provider.der)]) == [Outcome.REFUSED]
    assert store.provider(authority.provider.number) is None
    assert not folder.exists()


def test_a_root_left_in_the_folder_is_not_believed(authority: Authority, csd: Csd, folder: Path) -> None:
    folder.mkdir()
    (folder / "root.cer").write_bytes(authority.root.certificate.der)
    (folder / "pac.cer").write_bytes(authority.provider.der)
    store = TrustStore.production(folder)
    assert store.provider(authority.provider.number) is None
    assert store.chain(csd.certificate).trust is not Trust.TRUSTED


def test_the_sandbox_is_another_store(authority: Authority, csd: Csd) -> None:
    production = TrustStore.production()
    sandbox = authority.trust(production)
    chain = sandbox.chain(csd.certificate)
    assert (chain.trust, chain.sandbox) == (Trust.TRUSTED, True)
    assert sandbox.provider(authority.provider.number) is authority.provider
    assert production.chain(csd.certificate).trust is Trust.TEST
    assert production.provider(authority.provider.number) is None


def test_a_pinned_authority_and_what_chains_are_imported_and_kept(
    authority: Authority, pinned: Certificate, csd: Csd, folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "certificates.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a/pac.cer", authority.provider.der)
        made.writestr("b/root.crt", pinned.der)
        made.writestr("b/broken.cer", b"nothing")
        made.writestr("b/readme.txt", b"text")
    imported = TrustStore.production(folder).import_from(archive)
    assert sorted(outcomes(imported)) == sorted([Outcome.AUTHORITY, Outcome.PROVIDER, Outcome.REFUSED])
    assert len(list(folder.iterdir())) == 2
    again = TrustStore.production(folder)
    assert again.provider(authority.provider.number) is not None
    assert again.chain(csd.certificate).trust is Trust.TRUSTED
    assert not again.chain(csd.certificate).sandbox
    assert set(outcomes(again.import_from(archive))) == {Outcome.KNOWN, Outcome.REFUSED}


def test_a_holder_cannot_sign_others(authority: Authority, csd: Csd, tmp_path: Path) -> None:
    """A CSD's key signs a certificate: only authorities issue."""
    forged = Authority(tmp_path, csd, csd).issue_csd("FAL010101AB1", "FALSO").certificate
    assert csd.certificate.signs(forged)
    assert authority.trust().chain(forged).trust is Trust.UNKNOWN
    assert not authority.trust().add_provider(forged)


def test_a_forged_name_is_not_enough(authority: Authority, tmp_path: Path) -> None:
    other = Authority.open(tmp_path / "other")
    forged = other.issue_csd("FAL010101AB1", "FALSO").certificate
    assert forged.issuer == authority.root.certificate.name_der
    assert authority.trust().chain(forged).trust is not Trust.TRUSTED


def test_an_authority_signs_only_while_it_is_valid(authority: Authority, tmp_path: Path) -> None:
    early = authority.issue_csd(
        "VIE010101AB1", "VIEJO", not_before=datetime(2015, 1, 1, tzinfo=UTC), not_after=datetime(2019, 1, 1, tzinfo=UTC)
    )
    assert authority.root.certificate.signs(early.certificate)
    assert authority.trust().chain(early.certificate).trust is not Trust.TRUSTED


def test_sats_authority_that_is_not_imported_yet_is_missing_and_not_unknown(csd: Csd) -> None:
    awaited = dataclasses.replace(
        csd.certificate, fingerprint="1", issuer_name="AC DEL SERVICIO DE ADMINISTRACION TRIBUTARIA", issuer=b"ac7"
    )
    store = TrustStore.production()
    assert store.chain(awaited).trust is Trust.MISSING
    store._fingerprints.add("6d1d1f871f0d69233fc94526fecf826bee67181782d6b7e5320b279c97e8dac7")
    store._chains.clear()
    assert store.chain(awaited).trust is Trust.UNKNOWN


def test_a_provider_needs_a_number_of_sat(authority: Authority, csd: Csd) -> None:
    odd = dataclasses.replace(authority.provider, number="../../etc/passwd")
    assert not authority.trust().add_provider(odd)
    assert not authority.trust().add_provider(authority.root.certificate)
    assert authority.root.certificate.kind is Kind.AUTHORITY


def test_scanning_survives_what_it_finds(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "huge.cer").write_bytes(b"0" * 100_000)
    (tmp_path / "empty.crt").write_bytes(b"")
    assert set(outcomes(TrustStore.production(folder).import_from(tmp_path))) == {Outcome.REFUSED}
