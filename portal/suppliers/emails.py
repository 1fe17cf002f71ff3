"""The letters about suppliers and their records."""
from datetime import date
from typing import Any
from uuid import UUID

from portal.access.policy import Role
from portal.accounts import queries as accounts
from portal.mail.services import post
from portal.suppliers.models import Relationship

_SAMPLE: dict[str, Any] = {"client": "Comercializadora del Valle", "supplier": "Papelería Ñandú",
                           "link": "/record/0199c1de-0000-7000-8000-000000000000"}

LETTERS: dict[str, dict[str, Any]] = {
    "supplier_joined": _SAMPLE,
    "record_sent": _SAMPLE,
    "record_reviewed": {**_SAMPLE, "rejected": 2},
    "record_expired": {**_SAMPLE, "fields": ["Opinión de cumplimiento", "Comprobante de domicilio"]},
    "bank_account_given": {**_SAMPLE, "bank": "BBVA México", "last4": "1234"},
    "supplier_listed": {**_SAMPLE, "situation": "Presunto", "since": date(2026, 6, 25),
                        "listed_on": date(2026, 5, 31)},
}
DESK = (Role.ACCOUNTS_PAYABLE, Role.ADMINISTRATOR)


def to_supplier(letter: str, relationship: Relationship, client: str, **more: Any) -> None:
    """Post `letter` to the supplier's people."""
    _post(letter, relationship.organization_id, (), relationship, client, f"/record/{relationship.id}", more)


def to_client(letter: str, relationship: Relationship, client: str, link: str) -> None:
    """Post `letter` to the client's accounts payable and administrators."""
    _post(letter, relationship.client_id, DESK, relationship, client, link, {})


def supplier_listed(relationship: Relationship, client: str, **found: Any) -> None:
    """Tell the client's accounts payable and administrators that SAT's 69-B names a supplier."""
    _post("supplier_listed", relationship.client_id, DESK, relationship, client, f"/suppliers/{relationship.id}", found)


def _post(letter: str, organization_id: UUID | None, roles: tuple[str, ...], relationship: Relationship, client: str,
          link: str, more: dict[str, Any]) -> None:
    context = {"client": client, "supplier": relationship.name, "link": link, **more}
    for person in accounts.contacts_of(organization_id, roles) if organization_id else []:
        post(letter, person, context, client_id=relationship.client_id, relationship_id=relationship.id)
