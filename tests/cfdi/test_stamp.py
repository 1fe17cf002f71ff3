"""The stamp: one, ours, by a certified PAC, in time; each fault with its own code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from portal.cfdi import stamp
from portal.cfdi.model import CFD4, TFD, Comprobante
from portal.cfdi.reader import read
from portal.cfdi.report import Status
from portal.cfdi.trust import TrustStore
from portal.local.authority import PROVIDER_RFC, Authority, Csd, sign
from portal.local.cfdi_maker import Invoice, make_cfdi
from tests.cfdi.conftest import AT, FECHA, ISSUER, RECEIVER, lines, unsealed

Edit = Callable[[etree._Element], object]


def document(data: bytes) -> Comprobante:
    found = read(data).document
    assert found is not None
    return found


def judged(data: bytes, trust: TrustStore, at: datetime = AT) -> dict[str, Status]:
    """The codes of the stamp's findings with their status."""
    return {f.code: f.status for f in stamp.check(document(data), trust, at).findings}


def edited(data: bytes, edit: Edit) -> bytes:
    """The document after an edit of its stamp."""
    root = etree.fromstring(data)
    edit(root.find(f".//{{{TFD}}}TimbreFiscalDigital"))
    return etree.tostring(root, encoding="UTF-8")


def test_a_good_stamp_has_no_finding_and_says_its_provider(
    invoice: bytes, trust: TrustStore, authority: Authority
) -> None:
    result = stamp.check(document(invoice), trust, AT)
    assert result.findings == ()
    assert result.provider is authority.provider
    assert result.missing == ""


def test_none_and_several(invoice: bytes, csd: Csd, trust: TrustStore, authority: Authority) -> None:
    assert judged(sign(unsealed(), csd), trust) == {"ACUSE-TFD-MISSING": Status.FAILED}
    twice = authority.stamp(invoice, FECHA + timedelta(seconds=50))
    assert judged(twice, trust) == {"ACUSE-TFD-SEVERAL": Status.FAILED}


def test_several_also_across_complement_nodes(invoice: bytes, trust: TrustStore) -> None:
    root = etree.fromstring(invoice)
    complement = root.find(f"{{{CFD4}}}Complemento")
    root.append(etree.fromstring(etree.tostring(complement)))
    assert judged(etree.tostring(root), trust) == {"ACUSE-TFD-SEVERAL": Status.FAILED}


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("Version", "1.0", "ACUSE-TFD-VERSION"),
        ("UUID", "123", "ACUSE-TFD-UUID"),
        ("UUID", "0A1B2C3D-0000-4000-8000-00000000ABCD", "ACUSE-TFD-SEAL"),
        ("FechaTimbrado", "2026-11-20T10:30:21", "ACUSE-TFD-SEAL"),
        ("FechaTimbrado", "ayer", "ACUSE-TFD-DATE"),
        ("RfcProvCertif", "AAA010101AAA", "ACUSE-TFD-PAC"),
        ("SelloCFD", "AAAA", "ACUSE-TFD-SELLO"),
        ("SelloSAT", "AAAA", "ACUSE-TFD-SEAL"),
        ("SelloSAT", "", "ACUSE-TFD-SEAL"),
        ("NoCertificadoSAT", "../../x", "ACUSE-TFD-NUMBER"),
        ("NoCertificadoSAT", "1234567890123456789", "ACUSE-TFD-NUMBER"),
        ("NoCertificadoSAT", "20001000000300022323", "ACUSE-TFD-TEST"),
        ("NoCertificadoSAT", "30001000000500003456", "ACUSE-TFD-TEST"),
    ],
)
def test_each_fault_has_its_code(invoice: bytes, trust: TrustStore, attribute: str, value: str, code: str) -> None:
    found = judged(edited(invoice, lambda node: node.set(attribute, value)), trust)
    assert found[code] is Status.FAILED


def test_a_wrapped_seal_is_the_same_seal(invoice: bytes, trust: TrustStore) -> None:
    sello = document(invoice).sello
    wrapped = edited(invoice, lambda node: node.set("SelloCFD", f"{sello[:76]}\r\n{sello[76:]}"))
    assert "ACUSE-TFD-SELLO" not in judged(wrapped, trust)


def test_an_unknown_provider_leaves_the_stamp_not_run_and_names_the_number(
    invoice: bytes, trust: TrustStore, authority: Authority
) -> None:
    number = "00001000000999999999"
    changed = document(edited(invoice, lambda node: node.set("NoCertificadoSAT", number)))
    result = stamp.check(changed, trust, AT)
    assert [(f.code, f.status) for f in result.findings] == [("ACUSE-TFD-PAC-UNKNOWN", Status.NOT_RUN)]
    assert result.missing == number
    assert number in result.findings[0].title("en")
    assert stamp.check(document(invoice), TrustStore.production(), AT).missing == authority.provider.number


def test_a_stamp_of_another_document_is_refused(authority: Authority, csd: Csd, trust: TrustStore) -> None:
    first = authority.sign_and_stamp(unsealed(1), csd, FECHA)
    second = authority.sign_and_stamp(unsealed(2), csd, FECHA)
    one, other = etree.fromstring(first), etree.fromstring(second)
    path = f"{{{CFD4}}}Complemento"
    one.replace(one.find(path), other.find(path))
    assert judged(etree.tostring(one), trust) == {"ACUSE-TFD-SELLO": Status.FAILED}


def test_the_provider_must_be_a_pac_and_valid_then(invoice: bytes, trust: TrustStore, authority: Authority) -> None:
    cfdi = document(invoice)
    holder = replace(authority.provider, subject={**authority.provider.subject, "2.5.4.11": "VENTAS"})
    late = replace(authority.provider, not_before=datetime(2026, 12, 1, tzinfo=UTC))
    for provider, code in ((holder, "ACUSE-TFD-PAC"), (late, "ACUSE-TFD-PAC-DATE")):
        store = authority.trust()
        store.providers[provider.number] = provider
        assert [f.code for f in stamp.check(cfdi, store, AT).findings] == [code]


def test_sats_own_certificate_that_names_no_pac_only_warns(invoice: bytes, authority: Authority) -> None:
    subject = {"2.5.4.11": "PAC", "2.5.4.45": "SAT970701NN3 / XAXX010101000"}
    store = authority.trust()
    store.providers[authority.provider.number] = replace(authority.provider, subject=subject)
    assert judged(invoice, store) == {"ACUSE-TFD-PAC": Status.WARNING}


def test_a_provider_outside_the_chain_is_refused(invoice: bytes, authority: Authority) -> None:
    store = TrustStore.production()
    store.providers[authority.provider.number] = authority.provider
    assert judged(invoice, store) == {"ACUSE-TFD-PAC-CHAIN": Status.FAILED}


@pytest.mark.parametrize(
    ("unit", "rfc", "expected"),
    [
        ("PACTBN040609RKA55702", "SAT970701NN3", "TBN040609RKA"),
        ("MEGAPACSTA0903206B9001", "STA0903206B9", "STA0903206B9"),
        ("PAC ÑÑÑ010101AA1", "X", "ÑÑÑ010101AA1"),
        ("PACX", "SAT970701NN3", ""),
        ("Seguridad\nPACTBN040609RKA55702", "SAT970701NN3", "TBN040609RKA"),
        ("IMPACTBN040609RKA55702", "AAA010101AAA", ""),
        ("Unidad", "SAT970701NN3", "SAT970701NN3"),
        ("Unidad", "AAA010101AAA", ""),
    ],
)
def test_whose_certificate_it_is(authority: Authority, unit: str, rfc: str, expected: str) -> None:
    subject = {"2.5.4.11": unit, "2.5.4.45": f"{rfc} / XAXX010101000"}
    assert stamp.provider_rfc(replace(authority.provider, subject=subject)) == expected
    assert stamp.provider_rfc(authority.provider) == PROVIDER_RFC


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (timedelta(0), None),
        (timedelta(hours=72), None),
        (timedelta(hours=72, seconds=1), Status.WARNING),
        (timedelta(hours=74), Status.WARNING),
        (timedelta(hours=74, seconds=1), Status.FAILED),
        (timedelta(seconds=-1), Status.WARNING),
        (timedelta(hours=-1), Status.WARNING),
        (timedelta(hours=-3, minutes=-5), Status.WARNING),
        (timedelta(hours=-3, minutes=-5, seconds=-1), Status.FAILED),
        (timedelta(days=30), Status.FAILED),
        (timedelta(days=-10), Status.FAILED),
    ],
)
def test_72_hours(
    authority: Authority, csd: Csd, trust: TrustStore, wait: timedelta, expected: Status | None
) -> None:
    fecha = FECHA - timedelta(days=40)
    data = authority.sign_and_stamp(unsealed(1, fecha), csd, fecha + wait)
    assert judged(data, trust).get("ACUSE-TFD-DATE") is expected


def test_a_far_zone_is_counted_and_a_local_clock_is_known(authority: Authority, csd: Csd, trust: TrustStore) -> None:
    """Tijuana is two hours behind: a stamp is dated by the Centre's clock, or by the issuer's own, as some PACs do."""
    tijuana = replace(ISSUER, postcode="22000")
    data = make_cfdi(tijuana, RECEIVER, lines(1), Invoice(FECHA))
    found = {
        minutes: judged(authority.sign_and_stamp(data, csd, FECHA + timedelta(minutes=minutes)), trust)
        for minutes in (121, 1, -1)
    }
    assert found == {121: {}, 1: {}, -1: {"ACUSE-TFD-DATE": Status.WARNING}}


def test_a_stamp_of_the_future_is_refused(invoice: bytes, trust: TrustStore) -> None:
    stamped = datetime(2026, 11, 20, 16, 30, 20, tzinfo=UTC)
    assert judged(invoice, trust, stamped - timedelta(minutes=9)) == {}
    assert judged(invoice, trust, stamped - timedelta(minutes=11)) == {"ACUSE-TFD-FUTURE": Status.FAILED}


def test_a_stamp_by_the_clock_of_an_eastern_place_is_not_of_the_future(
    authority: Authority, csd: Csd, trust: TrustStore
) -> None:
    """Quintana Roo is an hour ahead of the Centre: what its clock stamps now has not happened yet in Mexico City."""
    data = make_cfdi(replace(ISSUER, postcode="77500"), RECEIVER, lines(1), Invoice(FECHA))
    stamped = authority.sign_and_stamp(data, csd, FECHA + timedelta(minutes=1))
    now = (FECHA + timedelta(minutes=1)).replace(tzinfo=ZoneInfo("America/Cancun"))
    assert judged(stamped, trust, now) == {}
    assert judged(stamped, trust, now - timedelta(minutes=11)) == {"ACUSE-TFD-FUTURE": Status.FAILED}


def test_version_33_ended(authority: Authority, csd: Csd, trust: TrustStore) -> None:
    for fecha, late in ((datetime(2023, 3, 31, 23), False), (datetime(2023, 4, 1), True)):
        old = f'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/3" Version="3.3" Fecha="{fecha.isoformat()}"/>'
        found = judged(authority.sign_and_stamp(old.encode(), csd, fecha + timedelta(minutes=1)), trust)
        assert ("ACUSE-CFDI-33-LATE" in found) is late
