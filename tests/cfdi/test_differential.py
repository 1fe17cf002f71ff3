"""Against other implementations, where they are right: satcfdi's cadena, and the standard parser of certificates."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from cryptography import x509
from satcfdi.cfdi import CFDI

from portal.cfdi import seal
from portal.cfdi.reader import read
from portal.cfdi.trust import older_authorities
from portal.local.authority import Authority, Csd
from portal.local.cfdi_maker import Invoice, Line, PaidDocument, make_cfdi, make_pago
from tests.cfdi.conftest import FECHA, ISSUER, RECEIVER, STAMPED

UUID = "0A1B2C3D-0000-4000-8000-00000000ABCD"
PLAIN = Invoice(FECHA, serie="A", folio="1")
DOCUMENTS = {
    "invoice": make_cfdi(ISSUER, RECEIVER, [Line("Servicio & más", Decimal("100.10"), Decimal(3))], PLAIN),
    "rates": make_cfdi(
        ISSUER, RECEIVER, [Line("Uno", Decimal(10)), Line("Dos", Decimal(20), iva=None)], PLAIN,
    ),
    "credit note": make_cfdi(
        ISSUER, RECEIVER, [Line("Bonificación", Decimal(10))], Invoice(FECHA, tipo="E", relations=[("01", [UUID])])
    ),
    "dollars": make_cfdi(
        ISSUER, RECEIVER, [Line("Uno", Decimal(10))], Invoice(FECHA, moneda="USD", tipo_cambio=Decimal("17.1234"))
    ),
    "payment": make_pago(
        ISSUER, RECEIVER, [PaidDocument(UUID, Decimal("1160.00"), Decimal("580.00"))], FECHA, datetime(2026, 11, 19)
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_the_cadena_is_satcfdis(authority: Authority, csd: Csd, kind: str) -> None:
    data = authority.sign_and_stamp(DOCUMENTS[kind], csd, STAMPED)
    document = read(data).document
    assert document is not None
    theirs = CFDI.from_string(data)
    assert seal.cadena_original(document.element, "4.0").decode() == theirs.cadena_original()


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_the_reading_is_satcfdis(authority: Authority, csd: Csd, kind: str) -> None:
    data = authority.sign_and_stamp(DOCUMENTS[kind], csd, STAMPED)
    ours, theirs = read(data).document, CFDI.from_string(data)
    assert ours is not None
    assert (ours.total, ours.sub_total, ours.fecha) == (theirs["Total"], theirs["SubTotal"], theirs["Fecha"])
    assert [c.importe for c in ours.conceptos] == [c["Importe"] for c in theirs["Conceptos"]]
    assert ours.uuid == theirs["Complemento"]["TimbreFiscalDigital"]["UUID"].upper()


def test_certificates_are_the_standard_parsers(authority: Authority, csd: Csd) -> None:
    for ours in (csd.certificate, authority.provider, authority.root.certificate, *older_authorities()):
        theirs = x509.load_der_x509_certificate(ours.der)
        assert (ours.not_before, ours.not_after) == (theirs.not_valid_before_utc, theirs.not_valid_after_utc)
        assert ours.signature == theirs.signature
        assert ours.signed == theirs.tbs_certificate_bytes
        assert ours.issuer == theirs.issuer.public_bytes() or ours.not_before < datetime(2020, 1, 1, tzinfo=UTC)
        assert ours.key.public_numbers() == theirs.public_key().public_numbers()
