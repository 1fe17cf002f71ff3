"""Rows of the lists as they are drawn: every cell already in words, so that the template only prints.

A list of fifty rows is drawn many times a day; what rows share (days, words) is written once and remembered.
"""
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.access.actor import Actor
from portal.access.policy import Side
from portal.core import i18n
from portal.core.i18n import _, language, lazy
from portal.invoices.models import InvoiceStatus as S
from portal.invoices.models import StampState

# status: (word, kind of mark)
STATUS: dict[S, tuple[Any, str]] = {
    S.DRAFT: (lazy("To send"), "neutral"),
    S.IN_REVIEW: (lazy("In review"), "info"),
    S.APPROVED: (lazy("Approved"), "success"),
    S.SCHEDULED: (lazy("Payment scheduled"), "success"),
    S.PARTLY_PAID: (lazy("Paid in part"), "success"),
    S.PAID: (lazy("Paid"), "success"),
    S.REJECTED: (lazy("Rejected"), "danger"),
    S.WITHDRAWN: (lazy("Withdrawn"), "neutral"),
    S.DELETED: (lazy("Deleted"), "neutral"),
}
RETURNED = (lazy("Returned to be corrected"), "warning")
DOTS = {"approved": "done", "current": "current", "rejected": "rejected"}
PAYING = {S.PAID: "done", S.PARTLY_PAID: "current", S.SCHEDULED: "current", S.APPROVED: "current"}


def status_of(row: Any) -> tuple[str, str]:
    """Return (word, kind) of an invoice's status; a draft that came back says so."""
    returned = row.status is S.DRAFT and row.sent_at is not None
    word, kind = RETURNED if returned else STATUS[row.status]
    return str(word), kind


def drawn(rows: Sequence[Any], actor: Actor, names: Mapping[UUID, str], address: str) -> list[dict[str, Any]]:
    """Return the cells of each row. `names`: client → name; `address`: the page of an invoice, its id left out."""
    supplier = actor.side is Side.SUPPLIER
    return [{
        "id": row.id, "url": f"{address}{row.id}", "number": row.number,
        "party": names.get(row.client_id, "") if supplier else row.supplier_name,
        "issued": _day(row.issued_on, language()), "issued_iso": row.issued_on.isoformat(),
        "total": i18n.plain_money(row.total), "currency": row.currency,
        "status": status_of(row), "held": row.stamp is StampState.PENDING, "dots": dots(row, actor.zone),
        "holder": holder(row), "pay": _day(row.scheduled_on, language()) if row.scheduled_on else "",
        "reason": row.reason if row.status in (S.DRAFT, S.REJECTED) else "",
        "since": i18n.ago(row.waiting_since) if row.waiting_since and row.status is S.IN_REVIEW else "",
    } for row in rows]


def dots(row: Any, zone: str) -> list[dict[str, str]]:
    """Return the stage dots: one per stage of the run and one for the payment, each with its whole sentence."""
    if not row.stages:
        return []
    lang = language()
    made = [_dot(stage, lang, zone) for stage in row.stages]
    made.append({"name": _("Payment"), "state": PAYING.get(row.status, "waiting"), "sentence": _payment(row)})
    return made


def holder(row: Any) -> str:
    """Return the stage that holds the invoice, in the reader's language; "" when none does."""
    lang = language()
    return next((_name(s, lang) for s in row.stages or () if s.get("state") == "current"), "")


def _dot(stage: Mapping[str, Any], lang: str, zone: str) -> dict[str, str]:
    state = stage.get("state", "waiting")
    return {"name": _name(stage, lang), "state": DOTS.get(state, "waiting"), "sentence": _sentence(stage, lang, zone)}


def _name(stage: Mapping[str, Any], lang: str) -> str:
    return str(stage.get(lang) or stage.get("es") or "")


def _sentence(stage: Mapping[str, Any], lang: str, zone: str) -> str:
    state, since = stage.get("state"), datetime.fromisoformat(stage["since"]) if stage.get("since") else None
    if state == "current":
        return _("it is here, since %(since)s", since=i18n.ago(since))
    if state in ("approved", "rejected") and since is not None:
        when = _day(since.astimezone(_zone(zone)).date(), lang)
        return _("approved on %(day)s", day=when) if state == "approved" else _("rejected on %(day)s", day=when)
    return _("not reached") if state == "cancelled" else _("to come")


def _payment(row: Any) -> str:
    if row.status is S.PAID:
        return _("paid")
    if row.scheduled_on is not None:
        return _("scheduled for %(day)s", day=_day(row.scheduled_on, language()))
    return _("waits for its date") if row.status in PAYING else _("to come")


@lru_cache(maxsize=8192)
def _day(day: date, _language: str) -> str:
    return i18n.day(day)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
