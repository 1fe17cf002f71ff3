"""Papers for the tests of invoices: CFDI that a sandbox authority seals and stamps, and small real PDFs."""
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from portal.access.actor import Actor
from portal.core.db import is_open, session
from portal.core.types import Upload
from portal.invoices import services, trust
from portal.local.authority import Authority
from portal.local.cfdi_maker import Invoice, Line, Party, make_cfdi
from tests.boxes import remembering
from tests.factories import Buyer, Seller, World

MEXICO = ZoneInfo("America/Mexico_City")


@cache
def pdf_bytes(text: str = "Factura") -> bytes:
    """A small PDF of one page."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(300, 400))
    made.docinfo["/Title"] = text
    out = BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def pdf(name: str = "factura.pdf", text: str = "Factura") -> Upload:
    return Upload(name, pdf_bytes(text))


@dataclass
class Papers:
    """Makes XML of a supplier for its client."""

    authority: Authority
    seller: Seller
    buyer: Buyer
    folio: int = 100
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def issuer(self) -> Party:
        return Party(self.seller.relationship.tax_id, "PAPELERIA DE PRUEBA", postcode="06300")

    @property
    def receiver(self) -> Party:
        return Party(self.buyer.organization.tax_id, self.buyer.organization.name.upper(), postcode="06300")

    def unsealed(self, *, issuer: Party | None = None, receiver: Party | None = None,
                 lines: tuple[Line, ...] = (Line("Papel bond", Decimal("1000.00")),), fecha: datetime | None = None,
                 **header: Any) -> bytes:
        """An unsealed CFDI, dated yesterday."""
        self.folio += 1
        values = {"serie": "A", "folio": str(self.folio), "metodo_pago": "PPD", **header}
        return make_cfdi(issuer or self.issuer, receiver or self.receiver, list(lines),
                         Invoice(fecha or yesterday(), **values))

    def xml(self, *, uuid: UUID | None = None, issuer: Party | None = None, **more: Any) -> bytes:
        """A sealed and stamped CFDI."""
        who, fecha = issuer or self.issuer, more.pop("fecha", None) or yesterday()
        csd = self.authority.issue_csd(who.rfc, who.name)
        return self.authority.sign_and_stamp(self.unsealed(issuer=who, fecha=fecha, **more), csd,
                                             fecha + timedelta(hours=1), uuid or uuid4())

    def upload(self, **more: Any) -> Upload:
        return Upload(f"A{self.folio + 1}.xml", self.xml(**more))


def yesterday() -> datetime:
    return datetime.now(MEXICO).replace(tzinfo=None, microsecond=0) - timedelta(days=1)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def trusted(authority: Authority, request: pytest.FixtureRequest) -> Iterator[None]:
    """Reception trusts the sandbox, whichever application was made last."""
    for name in ("app", "live"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    before = list(trust._held)
    trust.set_store(authority.trust())
    yield
    trust._held[:] = before


@pytest.fixture()
def buyer(world: World) -> Buyer:
    return detached(world.client())


@pytest.fixture()
def seller(world: World, buyer: Buyer) -> Seller:
    return detached(world.supplier(buyer))


def detached(made: Any) -> Any:
    """Forget the session's objects: what a test holds stays readable after a refused act was rolled back."""
    if is_open():
        session.flush()
    session.expunge_all()
    return made


@pytest.fixture()
def supplier(world: World, seller: Seller) -> Actor:
    return world.actor(seller)


@pytest.fixture()
def payables(world: World, buyer: Buyer) -> Actor:
    return world.actor(buyer, "accounts_payable")


@pytest.fixture()
def papers(authority: Authority, seller: Seller, buyer: Buyer) -> Papers:
    return Papers(authority, seller, buyer)


@pytest.fixture()
def draft(world: World, papers: Papers, supplier: Actor) -> services.Received:
    """A received CFDI with its PDF."""
    with world.acting(supplier):
        return detached(services.receive(papers.upload(), pdf(), papers.seller.id, supplier))


__all__ = ["Papers", "detached", "pdf", "pdf_bytes", "remembering", "replace", "yesterday"]
