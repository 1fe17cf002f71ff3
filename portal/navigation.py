"""What the left side of the screen shows to whom: one literal table per side, and the counts of what waits."""
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import request, url_for
from sqlalchemy import Select

from portal.access.actor import Actor
from portal.access.permissions import Permission as P
from portal.access.policy import Side
from portal.accounts import queries as accounts
from portal.approvals import queries as approvals
from portal.core.i18n import language, lazy
from portal.invoices import queries as invoices
from portal.payments import queries as payments
from portal.suppliers import queries as suppliers
from portal.web import listing


@dataclass(frozen=True, eq=False)
class Item:
    """One entry: shown to those who hold the permission; `waiting` is the query whose rows are counted beside it for
    those who may do something about them: who hold `acts`, or else `permission`."""

    label: Any
    endpoint: str
    icon: str
    permission: str
    waiting: Select[Any] | None = None
    acts: str = ""


@dataclass(frozen=True)
class Group:
    """A heading with its entries."""

    label: Any
    items: tuple[Item, ...]


TABLE: dict[Side, tuple[Group, ...]] = {
    Side.SUPPLIER: (
        Group("", (Item(lazy("Home"), "dashboards.home", "home", P.Own.PROFILE),)),
        Group(lazy("My CFDIs"), (
            Item(lazy("To send"), "invoices.to_send", "upload", P.Invoice.SUBMIT, invoices.DRAFTS),
            Item(lazy("In process"), "invoices.in_process", "clock", P.Invoice.READ),
        )),
        Group(lazy("Payments"), (Item(lazy("Archive"), "payments.archive", "archive", P.Payment.READ),)),
        Group("", (
            Item(lazy("Digital record"), "suppliers_record.index", "folder", P.Record.READ, suppliers.MISSING),
            Item(lazy("People"), "accounts_people.index", "users", P.Organization.PEOPLE),
        )),
    ),
    Side.CLIENT: (
        Group("", (Item(lazy("Home"), "dashboards.home", "home", P.Own.PROFILE),)),
        Group(lazy("Invoices"), (
            Item(lazy("Inbox"), "approvals.inbox", "inbox", P.Invoice.APPROVE, approvals.WAITING),
            Item(lazy("All invoices"), "invoices.index", "file", P.Invoice.READ),
        )),
        Group(lazy("Suppliers"), (
            Item(lazy("Suppliers"), "suppliers.index", "building", P.Supplier.READ),
            Item(lazy("Records"), "suppliers_review.index", "folder", P.Supplier.READ, suppliers.TO_REVIEW,
                 acts=P.Supplier.REVIEW),
        )),
        Group(lazy("Payments"), (
            Item(lazy("To pay"), "payments_treasury.due", "calendar", P.Payment.SCHEDULE, payments.UNDATED),
            Item(lazy("Archive"), "payments.archive", "archive", P.Payment.READ),
        )),
        Group(lazy("Administration"), (
            Item(lazy("Settings"), "accounts_setup.settings", "settings", P.Organization.CONFIGURE),
            Item(lazy("People"), "accounts_people.index", "users", P.Organization.PEOPLE),
            Item(lazy("Audit trail"), "audit.index", "list", P.Organization.AUDIT),
        )),
    ),
    Side.OPERATOR: (
        Group("", (Item(lazy("Clients"), "accounts_setup.clients", "building", P.Installation.OPERATE),)),
    ),
}

# Where a feature's other pages belong: inside one invoice of the inbox, one is still at the inbox.
HOMES = (".index", ".inbox", ".due", ".archive")


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry as it is drawn."""

    label: str
    url: str
    icon: str
    count: str
    active: bool


@dataclass(frozen=True, eq=False)
class Entries:
    """A heading as it is drawn ("" for none), with what stands under it."""

    label: str
    items: tuple[Entry, ...]


def of(actor: Actor) -> tuple[Entries, ...]:
    """Return the groups and entries that `actor` may see, with their counts."""
    asked = _waiting(actor.side, actor.permissions)
    counts = listing.counts(actor, [item.waiting for item in asked if item.waiting is not None])
    return _drawn(actor.side, actor.permissions, language(), request.endpoint or "", request.script_root, tuple(counts))


@lru_cache(maxsize=64)
def _seen(side: Side, permissions: frozenset[str]) -> tuple[Group, ...]:
    groups = [Group(group.label, tuple(item for item in group.items if item.permission in permissions))
              for group in TABLE.get(side, ())]
    return tuple(group for group in groups if group.items)


@lru_cache(maxsize=64)
def _waiting(side: Side, permissions: frozenset[str]) -> tuple[Item, ...]:
    """Return the entries that are counted for those who may do something about it."""
    return tuple(item for group in _seen(side, permissions) for item in group.items
                 if item.waiting is not None and (item.acts or item.permission) in permissions)


@lru_cache(maxsize=4096)
def _drawn(side: Side, permissions: frozenset[str], _language: str, endpoint: str, root: str,
           counts: tuple[str, ...]) -> tuple[Entries, ...]:
    counted = dict(zip(_waiting(side, permissions), counts, strict=True))
    return tuple(Entries(str(group.label), tuple(_entry(item, endpoint, root, counted.get(item, ""))
                                                 for item in group.items)) for group in _seen(side, permissions))


def viewer(actor: Actor) -> dict[str, Any]:
    """Return what the top bar says of the person, and as whom else they may act."""
    initials = "".join(word[0] for word in actor.name.split()[:2]).upper() or "?"
    return {
        "name": actor.name, "email": actor.email, "organization": actor.organization_name, "side": actor.side.value,
        "initials": initials, "url_profile": _address("accounts_profile.show", request.script_root),
        "url_sign_out": _address("accounts.sign_out", request.script_root), "organizations": accounts.seats(actor),
    }


def _entry(item: Item, endpoint: str, root: str, count: str) -> Entry:
    here, there = endpoint.partition(".")[0], item.endpoint.partition(".")[0]
    active = endpoint == item.endpoint or (here == there and item.endpoint.endswith(HOMES))
    return Entry(str(item.label), _address(item.endpoint, root), item.icon, count, active)


@lru_cache(maxsize=256)
def _address(endpoint: str, _root: str) -> str:
    """Return where a page is, below what the request says is the portal's root: one visitor's is not all others'."""
    return url_for(endpoint)
