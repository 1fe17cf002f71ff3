"""The issuer's certificate: each way in which it can be the wrong one has its own cause."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.cfdi import issuer
from portal.cfdi.certificates import Kind
from portal.cfdi.model import CFD3, Comprobante
from portal.cfdi.reader import read
from portal.cfdi.report import Status
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority, Csd, sign
from portal.local.cfdi_maker import Invoice, make_cfdi
from tests.cfdi.conftest import FECHA, ISSUER, RECEIVER, lines, unsealed


def document(data: bytes) -> Comprobante:
    found = read(data).document
    assert found is not None
    return found


def causes(data: bytes, trust: TrustStore) -> list[tuple[str, str, Status]]:
    return [(f.code, f.reason, f.status) for f in issuer.check(document(data), trust).findings]


SANDBOX = ("ACUSE-NOTE-SANDBOX", "", Status.PASSED)


def bad(cause: str) -> tuple[str, str, Status]:
    return ("CFDI40106", cause, Status.FAILED)


def test_a_good_certificate_passes(csd: Csd, trust: TrustStore) -> None:
    result = issuer.check(document(sign(unsealed(), csd)), trust)
    assert [f.code for f in result.findings] == ["ACUSE-NOTE-SANDBOX"]
    assert result.certificate is csd.certificate or result.certificate.fingerprint == csd.certificate.fingerprint


def test_the_number_must_be_the_certificates(csd: Csd, trust: TrustStore) -> None:
    data = sign(unsealed(), csd).replace(csd.certificate.number.encode(), b"00001000000500000000")
    assert causes(data, trust) == [bad("number"), SANDBOX]


def test_the_holder_must_be_the_issuer(authority: Authority, trust: TrustStore) -> None:
    other = authority.issue_csd("OTR010101AB1", "OTRO")
    assert causes(sign(unsealed(), other), trust) == [bad("rfc"), SANDBOX]


def test_a_company_cannot_seal_with_its_efirma_and_a_person_can(authority: Authority, trust: TrustStore) -> None:
    company = authority.issue_csd(ISSUER.rfc, ISSUER.name, kind=Kind.EFIRMA)
    assert causes(sign(unsealed(), company), trust) == [bad("kind"), SANDBOX]
    person = replace(ISSUER, rfc="PEGJ800101AB1", name="JUANA PÉREZ", regime="612")
    efirma = authority.issue_csd(person.rfc, person.name, kind=Kind.EFIRMA)
    data = sign(make_cfdi(person, RECEIVER, lines(), Invoice(FECHA)), efirma)
    assert causes(data, trust) == [("ACUSE-NOTE-EFIRMA", "", Status.PASSED), SANDBOX]


def test_an_authority_cannot_seal_invoices(authority: Authority, trust: TrustStore) -> None:
    assert bad("kind") in causes(sign(unsealed(), authority.root), trust)


def test_it_must_be_valid_on_the_documents_date(authority: Authority, trust: TrustStore) -> None:
    past = authority.issue_csd(ISSUER.rfc, ISSUER.name, not_after=datetime(2026, 11, 20, tzinfo=UTC))
    future = authority.issue_csd(ISSUER.rfc, ISSUER.name, not_before=datetime(2026, 11, 21, tzinfo=UTC))
    assert causes(sign(unsealed(), past), trust) == [bad("date"), SANDBOX]
    assert causes(sign(unsealed(), future), trust) == [bad("date"), SANDBOX]
    assert causes(sign(unsealed().replace(b"2026-11-20T", b"2026-99-20T"), past), trust) == [bad("date"), SANDBOX]


def test_the_zone_of_the_postcode_decides_the_day(authority: Authority, trust: TrustStore) -> None:
    """The certificate ended at 17:00 UTC; at 10:30 in Mexico City it was 16:30 UTC, in Tijuana 18:30."""
    short = authority.issue_csd(ISSUER.rfc, ISSUER.name, not_after=datetime(2026, 11, 20, 17, tzinfo=UTC))
    assert causes(sign(unsealed(), short), trust) == [SANDBOX]
    tijuana = make_cfdi(replace(ISSUER, postcode="22000"), RECEIVER, lines(), Invoice(FECHA))
    assert causes(sign(tijuana, short), trust) == [bad("date"), SANDBOX]


def test_who_issued_it_must_be_believed(csd: Csd, trust: TrustStore) -> None:
    data = sign(unsealed(), csd)
    assert causes(data, TrustStore.production()) == [bad("test")]
    assert causes(data, TrustStore()) == [bad("test")]


def test_an_unknown_authority_is_refused(csd: Csd, monkeypatch: pytest.MonkeyPatch) -> None:
    named = replace(csd.certificate, issuer_name="OTRA AUTORIDAD", fingerprint="other")
    monkeypatch.setattr(issuer, "from_attribute", lambda text: named)
    assert causes(sign(unsealed(), csd), TrustStore.production()) == [bad("chain")]


def test_an_authority_still_to_be_imported_is_not_run(csd: Csd, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "AC DEL SERVICIO DE ADMINISTRACION TRIBUTARIA"
    monkeypatch.setattr(issuer, "from_attribute", lambda text: replace(csd.certificate, issuer_name=name))
    data = sign(unsealed(), csd)
    store = TrustStore.production()
    assert causes(data, store) == [("ACUSE-CERT-AUTHORITY-MISSING", "", Status.NOT_RUN)]
    assert name in issuer.check(document(data), store).findings[0].title("es")


@pytest.mark.parametrize("text", [b"", b"AAAA", b"no"])
def test_an_unreadable_certificate_says_so(csd: Csd, trust: TrustStore, text: bytes) -> None:
    sealed = sign(unsealed(), csd)
    start = sealed.index(b'Certificado="MII') + len(b'Certificado="')
    broken = sealed[:start] + text + sealed[sealed.index(b'"', start) :]
    result = issuer.check(document(broken), trust)
    assert [(f.code, f.reason) for f in result.findings] == [("CFDI40106", "unreadable")]
    assert result.certificate is None


def test_version_33_has_its_own_code(csd: Csd, trust: TrustStore) -> None:
    old = f'<c:Comprobante xmlns:c="{CFD3}" Version="3.3" Fecha="2022-01-01T00:00:00"/>'.encode()
    assert causes(sign(old, csd), trust)[0] == ("CFDI33105", "rfc", Status.FAILED)
