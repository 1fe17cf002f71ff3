"""Every address of the portal, as the application itself lists them, and somebody for whom each of them is.

A new page is attacked from the day it exists. What an id in an address means is said once, in `IDS`.
"""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask

from portal.access.policy import ROLES, Role
from portal.web.page import ROUTES
from tests.factories import Person
from tests.security.conftest import Two

# The table behind each id that an address carries.
IDS = {
    "account_id": "bank_accounts", "attempt_id": "intake_attempts", "event_id": "audit_events",
    "field_id": "record_fields", "file_id": "files", "invoice_id": "invoices", "letter_id": "letters",
    "link_id": "links", "organization_id": "organizations", "parked_id": "parked_forms", "payment_id": "payments",
    "profile_id": "fiscal_profiles", "relationship_id": "relationships",
    "section_id": "record_sections", "session_id": "sessions", "user_id": "users",
}
RULES = {"invoices": "invoice_requirements", "invoices_settings": "invoice_requirements",
         "approvals_settings": "stage_rules"}
PLAIN = {"locale": "en", "side": "client", "number": 1, "kind": "xml", "text": "privacy", "secret": "0" * 43}
CLIENT_ROLES = ("administrator", "accounts_payable", "approver", "treasury", "auditor")


@dataclass(frozen=True)
class Address:
    """One method of one endpoint, its permission, and the names of what it carries."""

    endpoint: str
    method: str
    permission: str
    carries: tuple[str, ...]

    def at(self, app: Flask, ids: Mapping[str, UUID]) -> str:
        """Return the path, with the ids of `ids` (by table)."""
        values: dict[str, Any] = {
            n: ids[table_of(self.endpoint, n)] if n.endswith("_id") else PLAIN[n] for n in self.carries}
        with app.test_request_context():
            return app.url_for(self.endpoint, **values)

    @property
    def foreign(self) -> bool:
        """Whether it names something that belongs to somebody."""
        return any(name.endswith("_id") for name in self.carries)


def table_of(endpoint: str, name: str) -> str:
    """Return the table of the row that an address names."""
    return RULES[endpoint.partition(".")[0]] if name in ("requirement_id", "rule_id") else IDS[name]


def addresses(app: Flask) -> Iterator[Address]:
    """Yield every method of every page."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ROUTES:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield Address(rule.endpoint, method, ROUTES[rule.endpoint].permission, tuple(sorted(rule.arguments)))


def one_of(two: Two, role: Role) -> Person:
    """Return somebody of the first client, its supplier or the operator, with `role`."""
    if role.value in two.mine.buyer.people:
        return two.mine.buyer.people[role.value]
    at = two.mine.buyer if role is Role.OPERATOR else two.mine.seller
    return two.world.colleague(at.organization, role)


def for_whom(permission: str) -> Role:
    """Return a role that holds `permission`; anybody's own things are an administrator's too."""
    return next((role for role in ROLES if permission in ROLES[role]), Role.ADMINISTRATOR)
