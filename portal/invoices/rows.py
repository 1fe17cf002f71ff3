"""Rows of the lists as they are drawn: every cell already in words, so that the template only prints.

A list of fifty rows is drawn many times a day: a row whose values are all the same as before is remembered as it was
drawn, and what different rows share (days, words) is written once.
"""
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import get_template_attribute
from markupsafe import Markup

from portal.access.actor import Actor
from portal.access.policy import Side
from portal.core import i18n
from portal.core.clock import now
from portal.core.i18n import _, language, lazy
from portal.invoices.models import InvoiceStatus as S
from portal.invoices.models import StampState
from portal.web.templating import Cells

# status: (word, kind of mark)
STATUS: dict[S, tuple[Any, str]] = {
    S.DRAFT: (lazy("To send"), "neutral"),
    S.IN_REVIEW: (lazy("In review"), "info"),
    S.APPROVED: (lazy("Approved"), "success"),
    S.SCHEDULED: (lazy("Payment scheduled"), "success"),
    S.PARTLY_PAID: (lazy("Paid in part"), "success"),
    S.PAID: (lazy("Paid"), "success"),
    S.PARTLY_APPLIED: (lazy("Applied in part"), "success"),
    S.APPLIED: (lazy("Applied"), "success"),
    S.NOTHING_OWED: (lazy("Nothing owed"), "neutral"),
    S.REJECTED: (lazy("Rejected"), "danger"),
    S.WITHDRAWN: (lazy("Withdrawn"), "neutral"),
    S.DELETED: (lazy("Deleted"), "neutral"),
}
RETURNED = (lazy("Returned to be corrected"), "warning")
DOTS = {"approved": "done", "current": "current", "rejected": "rejected"}
WAITING = '"current"'  # in the stages of what grows older while it waits
PAYING = {S.PAID: "done", S.PARTLY_PAID: "current", S.SCHEDULED: "current", S.APPROVED: "current", S.APPLIED: "done",
          S.PARTLY_APPLIED: "current", S.NOTHING_OWED: "done"}


def status_of(row: Any) -> tuple[str, str]:
    """Return (word, kind) of an invoice's status; a draft that came back says so."""
    return _status(row.status, row.status is S.DRAFT and row.sent_at is not None, language())


def drawn(rows: Sequence[Any], actor: Actor, names: Mapping[UUID, str], address: str) -> list[Cells]:
    """Return the cells of each row of `queries.ROW`.

    `names`: client → name; `address`: the page of an invoice, its id left out.
    """
    supplier, lang, minute = actor.side is Side.SUPPLIER, language(), now().replace(second=0, microsecond=0)
    return [_cells(row, names.get(row.client_id, "") if supplier else row.supplier_name, address, actor.zone, lang,
                   minute if WAITING in row.stages else None) for row in rows]


def dots(row: Any, zone: str) -> list[dict[str, str]]:
    """Return the stage dots: one per stage of the run and one for the payment, each with its whole sentence."""
    made = _stages(row, row.stages or (), zone, language(), now())
    return [{"name": name, "state": state, "sentence": sentence} for name, state, sentence in made]


def money(amount: Decimal) -> str:
    """Write an amount as `i18n.plain_money` does, without asking the locale fifty times a page."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def _stages(row: Any, stages: Sequence[Mapping[str, Any]], zone: str, lang: str,
            moment: datetime | None) -> Iterator[tuple[str, str, str]]:
    """Yield (name, state of the dot, sentence) of every stage, then of the payment."""
    for stage in stages:
        state = stage.get("state", "waiting")
        if row.status is S.WITHDRAWN and state in ("current", "waiting"):
            state = "cancelled"  # nobody holds what was taken back
        back = row.status is S.DRAFT and state == "rejected"  # to be corrected, not for good
        yield (_name(stage, lang), DOTS.get(state, "waiting"),
               _sentence(stage, "returned" if back else state, zone, lang, moment))
    if stages:
        credit = row.cfdi_type == "E"
        yield (_word("credit" if credit else "payment", lang), PAYING.get(row.status, "waiting"),
               _payment(row.status, row.scheduled_on, credit, lang))


def _holder(row: Any, stages: Sequence[Mapping[str, Any]], lang: str) -> str:
    held = () if row.status is S.WITHDRAWN else stages
    return next((_name(s, lang) for s in held if s.get("state") == "current"), "")


def _since(row: Any, lang: str, moment: datetime | None) -> str:
    waiting = row.waiting_since if row.status is S.IN_REVIEW else None
    return _ago(waiting, moment, lang) if waiting and moment else ""


def _cell(macro: str, *values: Any) -> Markup:
    return Markup(get_template_attribute("invoices/_cells.html", macro)(*values))


def _name(stage: Mapping[str, Any], lang: str) -> str:
    return str(stage.get(lang) or stage.get("es") or "")


def _sentence(stage: Mapping[str, Any], state: str, zone: str, lang: str, moment: datetime | None) -> str:
    if state == "current" and moment:
        return _here(_ago(_instant(stage["since"]), moment, lang), lang)
    if state in ("approved", "rejected", "returned"):
        return _decided(state, stage["since"], zone, lang)
    return _word("not_reached" if state == "cancelled" else "to_come", lang)


def age(since: datetime, moment: datetime) -> int:
    """Return how many minutes before `moment` an instant was, as coarsely as it is said: whole hours, whole days."""
    minutes = max(int((moment - since).total_seconds() // 60), 0)
    unit = 1440 if minutes >= 1440 else 60 if minutes >= 60 else 1
    return minutes // unit * unit


def _ago(since: datetime, moment: datetime, lang: str) -> str:
    return _ago_words(age(since, moment), lang)


def since_cell(since: datetime, minutes: int, zone: str, lang: str) -> Markup:
    """Draw an instant that is `minutes` old (see `age`); the instant itself, in `zone`, stands in the title."""
    local = since.astimezone(_zone(zone))
    # Nothing here comes from people: dates, and words of our own catalog.
    return Markup(f'<time class="nowrap" datetime="{since.isoformat()}" title="{_day(local.date(), lang)},'
                  f' {local.hour:02}:{local.minute:02}">{_ago_words(minutes, lang)}</time>')


# What follows is remembered. Everything that an answer depends on is part of its question: every value of the row, who
# is named in it, the zone, the language, and the minute of what grows older while it waits.


@lru_cache(maxsize=8192)
def _cells(row: Any, party: str, address: str, zone: str, lang: str, moment: datetime | None) -> Cells:
    row = row._replace(status=S(row.status), stamp=StampState(row.stamp))
    status = _status(row.status, row.status is S.DRAFT and row.sent_at is not None, lang)
    stages = json.loads(row.stages)
    return Cells(
        id=row.id, url=f"{address}{row.id}", number=row.number, party=party, amount=row.total, currency=row.currency,
        total=money(-row.total if row.cfdi_type == "E" else row.total), status=status,
        reason=row.reason if row.status in (S.DRAFT, S.REJECTED) else "", issued=_day(row.issued_on, lang),
        issued_cell=_day_cell(row.issued_on, lang), pay_cell=_day_cell(row.scheduled_on, lang),
        status_cell=_status_cell(*status, row.stamp is StampState.PENDING, lang),
        stages_cell=_stages_cell(tuple(_stages(row, stages, zone, lang, moment)), _holder(row, stages, lang),
                                 _since(row, lang, moment), lang))


@lru_cache(maxsize=64)
def _status(status: S, returned: bool, _language: str) -> tuple[str, str]:
    word, kind = RETURNED if returned else STATUS[status]
    return str(word), kind


@lru_cache(maxsize=64)
def _status_cell(word: str, kind: str, held: bool, _language: str) -> Markup:
    return _cell("status_cell", word, kind, held)


@lru_cache(maxsize=4096)
def _stages_cell(stages: tuple[tuple[str, str, str], ...], holder: str, since: str, _language: str) -> Markup:
    made = [{"name": name, "state": state, "sentence": sentence} for name, state, sentence in stages]
    return _cell("stages_cell", made, holder, since)


@lru_cache(maxsize=4096)
def _day_cell(day: date | None, lang: str) -> Markup:
    return _cell("day_cell", _day(day, lang) if day else "", day.isoformat() if day else "")


@lru_cache(maxsize=1024)
def _ago_words(minutes: int, _language: str) -> str:
    return i18n.ago(now() - timedelta(minutes=minutes, seconds=1))


@lru_cache(maxsize=1024)
def _here(since: str, _language: str) -> str:
    return _("it is here, since %(since)s", since=since)


@lru_cache(maxsize=4096)
def _decided(state: str, since: str, zone: str, lang: str) -> str:
    when = _day(_instant(since).astimezone(_zone(zone)).date(), lang)
    return {"approved": _("approved on %(day)s", day=when), "rejected": _("rejected on %(day)s", day=when),
            "returned": _("returned on %(day)s", day=when)}[state]


@lru_cache(maxsize=4096)
def _payment(status: S, scheduled_on: date | None, credit: bool, lang: str) -> str:
    if status in (S.PAID, S.APPLIED, S.NOTHING_OWED):
        return {S.PAID: _("paid"), S.APPLIED: _("applied to other invoices")}.get(status, _("nothing owed"))
    if credit and status in PAYING:
        return _("waits to be applied to an invoice")
    if scheduled_on is not None:
        return _("scheduled for %(day)s", day=_day(scheduled_on, lang))
    if status in PAYING:
        return _("waits for its date")
    return _word("not_reached" if status in (S.REJECTED, S.WITHDRAWN) else "to_come", lang)


@lru_cache(maxsize=16)
def _word(key: str, _language: str) -> str:
    return {"payment": _("Payment"), "credit": _("Application"), "not_reached": _("not reached"),
            "to_come": _("to come")}[key]


@lru_cache(maxsize=8192)
def _day(day: date, _language: str) -> str:
    return i18n.day(day)


@lru_cache(maxsize=8192)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
