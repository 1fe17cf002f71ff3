"""Documents for the tests of the core: made, sealed and stamped by a sandbox authority, none from outside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from portal.cfdi.check import judge
from portal.cfdi.report import Report
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority, Csd
from portal.local.cfdi_maker import Invoice, Line, Party, make_cfdi

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
FECHA = datetime(2026, 11, 20, 10, 30, 0)
STAMPED = FECHA + timedelta(seconds=20)
ISSUER = Party("ÑAN010203AB1", "COMPAÑÍA DEL NORTE", "601", "06000")
RECEIVER = Party("CLI990101XY2", "CLIENTE DEL CENTRO", "601", "64000")


def lines(count: int = 2) -> list[Line]:
    """Conceptos with IVA at 16 %."""
    return [Line(f"Servicio {n + 1}", Decimal("1000.50"), Decimal(n + 1)) for n in range(count)]


def unsealed(count: int = 2, fecha: datetime = FECHA) -> bytes:
    """An invoice before the seal."""
    return make_cfdi(ISSUER, RECEIVER, lines(count), Invoice(fecha, serie="A", folio="101"))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One sandbox authority for all tests: its keys take a moment."""
    return Authority.open(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def trust(authority: Authority) -> TrustStore:
    """A store that believes the sandbox."""
    return authority.trust()


@pytest.fixture(scope="session")
def csd(authority: Authority) -> Csd:
    """The issuer's certificate."""
    return authority.issue_csd(ISSUER.rfc, ISSUER.name)


@pytest.fixture(scope="session")
def invoice(authority: Authority, csd: Csd) -> bytes:
    """A sealed and stamped invoice that has nothing wrong."""
    return authority.sign_and_stamp(unsealed(), csd, STAMPED)


@pytest.fixture(scope="session")
def verdict(trust: TrustStore) -> Callable[[bytes], Report]:
    """Judge bytes on the tests' day."""
    return lambda data: judge(data, trust, at=AT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for imported certificates."""
    return tmp_path / "sat"
