"""The one table of who may do what.

A role belongs to one side of an organization. Administrators do everything on their side except what needs a
second person; the auditor only reads. A new role: its name, its side, its words and its permissions, all here.
"""
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from portal.access.permissions import Permission as P
from portal.core.i18n import lazy


class Side(StrEnum):
    """On which side of the counter an actor stands."""

    CLIENT = "client"
    SUPPLIER = "supplier"
    OPERATOR = "operator"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Role(StrEnum):
    """The roles that an administrator can give."""

    ADMINISTRATOR = "administrator"
    ACCOUNTS_PAYABLE = "accounts_payable"
    APPROVER = "approver"
    TREASURY = "treasury"
    AUDITOR = "auditor"
    SUPPLIER_ADMINISTRATOR = "supplier_administrator"
    SUPPLIER_USER = "supplier_user"
    OPERATOR = "operator"


SIDE_OF: dict[Role, Side] = {
    Role.ADMINISTRATOR: Side.CLIENT,
    Role.ACCOUNTS_PAYABLE: Side.CLIENT,
    Role.APPROVER: Side.CLIENT,
    Role.TREASURY: Side.CLIENT,
    Role.AUDITOR: Side.CLIENT,
    Role.SUPPLIER_ADMINISTRATOR: Side.SUPPLIER,
    Role.SUPPLIER_USER: Side.SUPPLIER,
    Role.OPERATOR: Side.OPERATOR,
}

# What a role is called, and what it does; where both sides are named, `audit.sentences` tells them apart.
ROLE_WORDS: dict[Role, tuple[Any, Any]] = {
    Role.ADMINISTRATOR: (lazy("Administrator"), lazy("configures, invites, sees everything")),
    Role.ACCOUNTS_PAYABLE: (lazy("Accounts payable"), lazy("invites suppliers, reviews invoices and records")),
    Role.APPROVER: (lazy("Approver"), lazy("approves the invoices of the own stage")),
    Role.TREASURY: (lazy("Treasury"), lazy("schedules and registers payments")),
    Role.AUDITOR: (lazy("Auditor"), lazy("reads everything, changes nothing")),
    Role.SUPPLIER_ADMINISTRATOR: (lazy("Administrator"), lazy("invites colleagues, keeps bank accounts")),
    Role.SUPPLIER_USER: (lazy("User"), lazy("uploads invoices and keeps the record")),
    Role.OPERATOR: (lazy("Operator"), lazy("creates clients in this installation")),
}

_READS = (P.Own.PROFILE, P.Supplier.READ, P.Invoice.READ, P.Payment.READ)

ROLES: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset((*_READS, P.Organization.CONFIGURE, P.Organization.PEOPLE, P.Organization.AUDIT,
                                   P.Supplier.INVITE, P.Supplier.REVIEW, P.Invoice.REVIEW, P.Invoice.APPROVE,
                                   P.Invoice.REOPEN)),
    Role.ACCOUNTS_PAYABLE: frozenset((*_READS, P.Supplier.INVITE, P.Supplier.REVIEW, P.Invoice.REVIEW,
                                      P.Invoice.APPROVE, P.Invoice.REOPEN)),
    Role.APPROVER: frozenset((*_READS, P.Invoice.REVIEW, P.Invoice.APPROVE)),
    Role.TREASURY: frozenset((*_READS, P.Payment.SCHEDULE, P.Payment.REGISTER, P.Payment.VOID,
                              P.Supplier.REVEAL_BANK)),
    Role.AUDITOR: frozenset((*_READS, P.Organization.AUDIT)),
    Role.SUPPLIER_ADMINISTRATOR: frozenset((P.Own.PROFILE, P.Organization.PEOPLE, P.Record.READ, P.Record.EDIT,
                                            P.Record.BANK, P.Invoice.READ, P.Invoice.SUBMIT, P.Payment.READ)),
    Role.SUPPLIER_USER: frozenset((P.Own.PROFILE, P.Record.READ, P.Record.EDIT, P.Invoice.READ, P.Invoice.SUBMIT,
                                   P.Payment.READ)),
    Role.OPERATOR: frozenset((P.Own.PROFILE, P.Installation.OPERATE)),
}

class Purpose(StrEnum):
    """What a file was given for. It decides who may open it, whoever finds its address."""

    INVOICE = "invoice"
    RECORD = "record"
    BANK_PROOF = "bank_proof"
    PAYMENT = "payment"


# Any one of these opens a file, to people of its client or of its supplier. A new purpose: a name above, a row here.
OPENS: dict[Purpose, frozenset[str]] = {
    Purpose.INVOICE: frozenset((P.Invoice.READ,)),
    Purpose.RECORD: frozenset((P.Supplier.READ, P.Record.READ)),
    Purpose.BANK_PROOF: frozenset((P.Supplier.REVIEW, P.Supplier.REVEAL_BANK, P.Organization.AUDIT, P.Record.READ)),
    Purpose.PAYMENT: frozenset((P.Payment.READ,)),
}
# Files that carry a whole account number: every look at one is written in the audit trail.
WATCHED: frozenset[Purpose] = frozenset((Purpose.BANK_PROOF,))

# How long a password that was given holds for sensitive acts; `@page(step_up=…)` and `Actor.step_up` ask.
STEP_UP_MINUTES = 15


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return the union of the permissions of `roles`; an unknown role gives none."""
    known = [ROLES[Role(role)] for role in roles if role in Role._value2member_map_]
    return frozenset().union(*known)


def holding(permission: str) -> tuple[Role, ...]:
    """Return the roles that give `permission`."""
    return tuple(role for role, given in ROLES.items() if permission in given)
