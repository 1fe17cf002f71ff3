"""The sandbox authority and the documents it makes: as SAT's, kept in its folder, believed nowhere else."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from portal.cfdi.check import judge
from portal.cfdi.report import Verdict
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority, Csd
from portal.local.cfdi_maker import Invoice, Line, PaidDocument, Party, make_cfdi, make_pago, total_of

AT = datetime(2026, 11, 21, tzinfo=UTC)
FECHA = datetime(2026, 11, 20, 9)
ISSUER = Party("ABC010203AB1", "ABASTECEDORA DEL BAJIO", "601", "37000")
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")
UUIDS = ("0A1B2C3D-0000-4000-8000-00000000ABCD", "0A1B2C3D-0000-4000-8000-00000000ABCE")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture(scope="module")
def csd(authority: Authority) -> Csd:
    return authority.issue_csd(ISSUER.rfc, ISSUER.name)


def test_it_is_kept_in_its_folder(tmp_path: Path) -> None:
    first = Authority.open(tmp_path / "sandbox")
    issued = first.issue_csd(ISSUER.rfc, ISSUER.name)
    again = Authority.open(tmp_path / "sandbox")
    assert again.root.certificate.fingerprint == first.root.certificate.fingerprint
    assert again.issue_csd(ISSUER.rfc, ISSUER.name).certificate.fingerprint == issued.certificate.fingerprint
    assert again.issue_csd("OTR010101AB1", "OTRO").certificate.number != issued.certificate.number
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "sandbox").glob("*.key"))


def test_letters_that_files_do_not_hold_keep_taxpayers_apart(authority: Authority) -> None:
    one, other = (authority.issue_csd(rfc, "X").certificate for rfc in ("Ñ&A010101AB1", "&ÑA010101AB1"))
    assert (one.rfc, other.rfc) == ("Ñ&A010101AB1", "&ÑA010101AB1")


INVOICES = {
    "one line": ([Line("Servicio", Decimal("100"))], Invoice(FECHA)),
    "cents": ([Line("Tornillo", Decimal("0.37"), Decimal("1250.5"))], Invoice(FECHA, serie="A", folio="1")),
    "discount": ([Line("Servicio", Decimal("99.99"), descuento=Decimal("9.99"))], Invoice(FECHA)),
    "rates": (
        [Line("Uno", Decimal(10)), Line("Dos", Decimal(20), iva=Decimal("0.08")), Line("Tres", Decimal(30), iva=None),
         Line("Cuatro", Decimal(40), iva=Decimal(0)), Line("Cinco", Decimal(50), not_object=True)],
        Invoice(FECHA),
    ),
    "exempt": ([Line("Libro", Decimal(10), iva=None)], Invoice(FECHA)),
    "outside the tax": ([Line("Cuota", Decimal(10), not_object=True)], Invoice(FECHA)),
    "PPD": ([Line("Servicio", Decimal(100))], Invoice(FECHA, metodo_pago="PPD", condiciones_de_pago="30 DIAS")),
    "dollars": ([Line("Licencia", Decimal(100))], Invoice(FECHA, moneda="USD", tipo_cambio=Decimal("17.6543"))),
    "credit note": (
        [Line("Bonificación", Decimal(100))],
        Invoice(FECHA, tipo="E", relations=[("01", UUIDS), ("03", UUIDS[:1])]),
    ),
    "many lines": ([Line(f"Artículo {n}", Decimal(n) / 7 // Decimal("0.01") / 100 + 1) for n in range(200)],
                   Invoice(FECHA)),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(INVOICES))
def test_what_it_makes_passes_every_rule(authority: Authority, csd: Csd, case: str) -> None:
    lines, invoice = INVOICES[case]
    xml = authority.sign_and_stamp(make_cfdi(ISSUER, RECEIVER, lines, invoice), csd, FECHA)
    report = judge(xml, authority.trust(), at=AT)
    assert report.verdict is Verdict.ACCEPTED, report.to_json("en")
    assert report.document is not None
    assert report.document.total == total_of(lines)


@pytest.mark.parametrize("iva", [Decimal("0.160000"), None])
def test_payments_pass_every_rule(authority: Authority, csd: Csd, iva: Decimal | None) -> None:
    paid = [
        PaidDocument(UUIDS[0], Decimal("1160.00"), Decimal("1160.00"), serie="A", folio="1", iva=iva),
        PaidDocument(UUIDS[1], Decimal("333.33"), Decimal("100.01"), parcialidad=2, iva=iva),
    ]
    xml = authority.sign_and_stamp(make_pago(ISSUER, RECEIVER, paid, FECHA, FECHA), csd, FECHA)
    report = judge(xml, authority.trust(), at=AT)
    assert report.verdict is Verdict.ACCEPTED, report.to_json("en")


def test_the_uuid_may_be_chosen(authority: Authority, csd: Csd) -> None:
    xml = authority.sign_and_stamp(
        make_cfdi(ISSUER, RECEIVER, [Line("Servicio", Decimal(1))], Invoice(FECHA)), csd, FECHA, UUID(UUIDS[0])
    )
    assert judge(xml, authority.trust(), at=AT).uuid == UUIDS[0]


def test_production_refuses_what_it_makes(authority: Authority, csd: Csd) -> None:
    xml = authority.sign_and_stamp(
        make_cfdi(ISSUER, RECEIVER, [Line("Servicio", Decimal(1))], Invoice(FECHA)), csd, FECHA
    )
    report = judge(xml, TrustStore.production(), at=AT)
    assert report.verdict is Verdict.REJECTED
    assert "CFDI40106" in report.codes()
