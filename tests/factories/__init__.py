"""Makes what a test needs, through the tables, as the owner of the schema; the acts under test go through services.

    world.client()                      a buying company with an administrator, AP, approver, treasury, auditor
    world.supplier(client)              a supplier with an active relationship, a user and its organization
    world.actor(client, "treasury")     the actor of one of its people
    world.sign_in(browser, person)      a signed-in test client
"""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask, has_app_context
from flask.testing import FlaskClient

from portal.access.actor import Actor
from portal.access.policy import Role, Side, permissions_of
from portal.accounts import sessions
from portal.accounts.models import FiscalProfile, Membership, Organization, User
from portal.accounts.passwords import hash_password
from portal.core import db
from portal.core.clock import now
from portal.core.ids import new_id
from portal.invoices.models import Invoice, InvoiceKind, InvoiceStatus
from portal.invoices.rules import search_key
from portal.suppliers.models import Record, Relationship, RelationshipStatus, SupplierKind
from portal.suppliers.services import fold

OWNER = db.Scope(role="portal_owner")
PASSWORD = "correct horse battery staple"
_HASHED: list[str] = []


@dataclass
class Person:
    """One user and as whom they act."""

    user: User
    organization: Organization
    roles: tuple[str, ...]


@dataclass
class Buyer:
    """A client with its people by role."""

    organization: Organization
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.organization.id


@dataclass
class Seller:
    """A supplier with its relationship to one client, and its person."""

    organization: Organization
    relationship: Relationship
    person: Person

    @property
    def id(self) -> UUID:
        return self.relationship.id


class World:
    """The maker. Each call commits (inside the test's own transaction unless the database is `live`)."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._count = 0

    @contextmanager
    def owner(self) -> Iterator[None]:
        """A transaction that sees every row: for preparing and for looking, never for the act under test."""
        with self.app.app_context() if not has_app_context() else _nothing(), _apart(OWNER):
            yield

    def client(self, name: str = "Comercializadora del Valle", rfc: str = "CVA010101AB1",
               roles: tuple[Role, ...] = (Role.ADMINISTRATOR, Role.ACCOUNTS_PAYABLE, Role.APPROVER, Role.TREASURY,
                                          Role.AUDITOR)) -> Buyer:
        """Return a client with one person per role."""
        with self.owner():
            organization = Organization(name=name, tax_id=rfc, is_client=True)
            db.session.add(organization)
            db.session.flush()
            db.session.add(FiscalProfile(client_id=organization.id, rfc=rfc, name=name.upper(), postcode="06300",
                                         regimes=["601"], is_default=True))
            people = {role.value: self._person(organization, (role.value,)) for role in roles}
        return Buyer(organization, people)

    def supplier(self, client: Buyer, name: str = "Papelería Ñandú", rfc: str = "PNA020202CD2",
                 organization: Organization | None = None, person: Person | None = None,
                 kind: SupplierKind = SupplierKind.COMPANY) -> Seller:
        """Return a supplier with an active relationship to `client`; give `organization`/`person` to serve two."""
        with self.owner():
            if organization is None:
                organization = Organization(name=name, tax_id=rfc)
                db.session.add(organization)
                db.session.flush()
            person = person or self._person(organization, (Role.SUPPLIER_ADMINISTRATOR.value,))
            link = Relationship(client_id=client.id, organization_id=organization.id, kind=kind, name=name,
                                name_key=fold(name), tax_id=rfc, contact_email=person.user.email,
                                contact_name=person.user.name, status=RelationshipStatus.ACTIVE, accepted_at=now(),
                                country="USA" if kind is SupplierKind.FOREIGN else "MEX")
            db.session.add(link)
            db.session.flush()
            db.session.add(Record(client_id=client.id, relationship_id=link.id))
        return Seller(organization, link, person)

    def colleague(self, organization: Organization, *roles: Role) -> Person:
        """Return one more person of an organization."""
        with self.owner():
            return self._person(organization, tuple(r.value for r in roles))

    def actor(self, of: Buyer | Seller, role: str = "", **more: Any) -> Actor:
        """Return the actor of one of a client's people (by role), or of a supplier's person."""
        if isinstance(of, Seller):
            return self.actor_of(of.person, relationships=(of.relationship.id,),
                                 partners=(of.relationship.client_id,), **more)
        return self.actor_of(of.people[role], **more)

    def actor_of(self, person: Person, **more: Any) -> Actor:
        """Return a person's actor, freshly stepped up."""
        roles = frozenset(person.roles)
        side = Side.CLIENT if person.organization.is_client else Side.SUPPLIER
        values: dict[str, Any] = {
            "side": side, "user_id": person.user.id, "name": person.user.name, "email": person.user.email,
            "organization_id": person.organization.id, "organization_name": person.organization.name, "roles": roles,
            "permissions": permissions_of(roles), "stepped_up_at": now(), **more}
        return Actor(**values)

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Actor]:
        """A transaction as that actor: what a service is called in."""
        with self.app.app_context() if not has_app_context() else _nothing(), _apart(actor.scope):
            yield actor

    def sign_in(self, browser: FlaskClient, person: Person) -> FlaskClient:
        """Sign a person in without the form."""
        with self.app.app_context() if not has_app_context() else _nothing(), db.transaction(db.DOOR):
            token = sessions.begin(person.user.id, organization_id=person.organization.id, ip="127.0.0.1",
                                   user_agent="test", stepped_up=True)
        browser.set_cookie("sid", token, domain="localhost")
        return browser

    def invoice(self, seller: Seller, *, status: InvoiceStatus = InvoiceStatus.DRAFT, total: str = "1160.00",
                **more: Any) -> Invoice:
        """Return an invoice of a supplier in the given status, without files."""
        self._count += 1
        values: dict[str, Any] = {
            "client_id": seller.relationship.client_id, "relationship_id": seller.relationship.id, "status": status,
            "kind": InvoiceKind.CFDI, "cfdi_version": "4.0", "cfdi_type": "I", "uuid": str(new_id()).upper(),
            "series": "A", "folio": str(1000 + self._count), "number": f"A{1000 + self._count}",
            "supplier_name": seller.relationship.name, "supplier_tax_id": seller.relationship.tax_id,
            "issued_on": date.today() - timedelta(days=2), "currency": "MXN", "subtotal": Decimal("1000"),
            "taxes": Decimal("160"), "total": Decimal(total), "payment_method": "PPD", "payment_form": "99",
            "sent_at": None if status is InvoiceStatus.DRAFT else now(), **more}
        values["search"] = search_key(*(values[n] for n in ("number", "supplier_name", "supplier_tax_id", "uuid")))
        with self.owner():
            row = Invoice(**values)
            db.session.add(row)
        return row

    def _person(self, organization: Organization, roles: tuple[str, ...]) -> Person:
        self._count += 1
        email = f"{roles[0].replace('_', '.')}.{self._count}@{organization.tax_id.lower()}.example"
        user = User(email=email, email_key=email.casefold(), name=f"{roles[0].replace('_', ' ').title()} Prueba",
                    password_hash=_hashed(), password_changed_at=now())
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, organization_id=organization.id, roles=list(roles)))
        return Person(user, organization, roles)


def _hashed() -> str:
    if not _HASHED:
        _HASHED.append(hash_password(PASSWORD))
    return _HASHED[0]


@contextmanager
def _apart(scope: db.Scope) -> Iterator[None]:
    """A transaction whose rows are let go at its end, so that a later rollback does not empty them."""
    try:
        with db.transaction(scope):
            yield
    finally:
        db.session.expunge_all()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
