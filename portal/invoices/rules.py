"""Pure decisions about invoices: what is demanded, what holds, what resembles; plain values in, plain values out."""
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.core.clock import today
from portal.core.folding import among
from portal.core.i18n import lazy
from portal.invoices.models import InvoiceRequirement, InvoiceStatus, StampState

RECEIVED_TYPES = ("I", "E")


@dataclass(frozen=True)
class Traits:
    """What the requirements ask of an invoice. `in_pesos` is None when a foreign amount has no rate."""

    kind: str  # I, E, foreign
    group: str  # of the supplier
    in_pesos: Decimal | None


def demands(requirement: InvoiceRequirement, traits: Traits) -> bool:
    """Say whether `requirement` is for an invoice with these traits.

    An amount without a rate meets every minimum: nothing is waived out of ignorance.
    """
    enough = requirement.minimum is None or traits.in_pesos is None or traits.in_pesos >= requirement.minimum
    return (requirement.archived_at is None and enough
            and (not requirement.kinds or traits.kind in requirement.kinds)
            and (not requirement.groups or among(traits.group, requirement.groups)))


def hold(stamp: StampState) -> object | None:
    """Return the sentence that says why an invoice cannot be approved for its stamp's sake, or None."""
    return {
        StampState.PENDING: lazy("The stamp of this invoice has not been verified yet: the certificate of its PAC is "
                                 "being fetched. It can be approved as soon as that is settled."),
        StampState.REFUSED: lazy("The stamp of this invoice turned out not to be valid. Reject it or return it."),
    }.get(stamp)


def status_of_paid(paid: Decimal, total: Decimal, *, scheduled: bool, credit: bool = False) -> InvoiceStatus:
    """Return where an invoice stands when `paid` of `total` has been paid (of a credit note: applied)."""
    if credit:
        return _status_of_applied(paid, total)
    if paid >= total:
        return InvoiceStatus.PAID
    if paid > 0:
        return InvoiceStatus.PARTLY_PAID
    return InvoiceStatus.SCHEDULED if scheduled else InvoiceStatus.APPROVED


def _status_of_applied(applied: Decimal, total: Decimal) -> InvoiceStatus:
    if applied >= total:
        return InvoiceStatus.APPLIED
    return InvoiceStatus.PARTLY_APPLIED if applied > 0 else InvoiceStatus.APPROVED


def search_key(*parts: str | None) -> str:
    """Return `parts` as one line for searching: case-folded, without accents, single blanks, at most 500 characters."""
    joined = " ".join(part for part in parts if part)
    plain = "".join(c for c in unicodedata.normalize("NFKD", joined.casefold())
                    if not unicodedata.combining(c) and (c.isprintable() or c.isspace()))
    return " ".join(plain.split())[:500]


def shown_name(name: str) -> str:
    """Return a file's name as it may be kept and shown: without folders and invisible characters; "—" for none."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200] or "—"


def like(word: str) -> str:
    """Return the LIKE pattern that finds `word` anywhere, its own wildcards made harmless (escape: backslash)."""
    safe = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{safe}%"


def latest_day() -> date:
    """Return the latest calendar day anywhere on Earth now: a foreign invoice may be dated a few hours ahead of us."""
    return today("Pacific/Kiritimati")
