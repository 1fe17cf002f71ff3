"""What SAT's lists say of a taxpayer, in the reader's language: for a client's eyes, on a supplier's and an invoice's
page. "Not on it" names the list's day; what was not checked is said so, with the reason."""
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.i18n import _, day, lazy
from portal.sat import queries
from portal.sat.kinds import Kind
from portal.sat.lists import Situation, normalise, valid
from portal.sat.queries import GENERIC, Mention, Said, Standing, Word

NAMES: dict[Kind, Any] = {
    Kind.EFOS: lazy("69-B (operations that do not exist)"),
    Kind.FIRM: lazy("Firm tax debts (Firmes)"),
    Kind.NOT_LOCATED: lazy("Not found at its tax address (No localizados)"),
    Kind.CANCELLED: lazy("Tax debts that were cancelled (Cancelados)"),
    Kind.REDUCED: lazy("Fines that were reduced (Condonados)"),
    Kind.ENFORCEABLE: lazy("Tax debts that are due (Exigibles)"),
    Kind.RULINGS: lazy("Convicted of a tax crime (Sentencias)"),
    Kind.PUBLIC_BODIES: lazy("Public bodies that owe returns (Entes públicos)"),
    Kind.SEALS: lazy("Digital seal without effect (CSD sin efectos)"),
}
# Being on these says something that was, or that was settled.
_HARMLESS = (Kind.CANCELLED, Kind.REDUCED)
# situation: what it means, what to do
_MEANS: dict[Situation, tuple[Any, Any]] = {
    Situation.DEFINITIVE: (
        lazy("SAT holds that the operations on its invoices do not exist (Definitivo): they have no fiscal effect."),
        lazy("Do not approve before your tax adviser has looked at it.")),
    Situation.PRESUMED: (
        lazy("SAT presumes that the operations on its invoices do not exist (Presunto); it can still prove otherwise."),
        lazy("Ask for evidence of what was delivered, and look again before you pay.")),
    Situation.UNKNOWN: (lazy("It is on the list with a situation that the portal does not know."),
                        lazy("Look for it on SAT's own list.")),
    Situation.CLEARED: (lazy("It proved to SAT that its operations exist (Desvirtuado)."), ""),
    Situation.FAVOURABLE_RULING: (lazy("A court ruled in its favour (Sentencia Favorable)."), ""),
}
_GRAVE = (Situation.DEFINITIVE, Situation.PRESUMED, Situation.UNKNOWN)


@dataclass(frozen=True)
class Line:
    """One list, or several of which the same is to be said, and that."""

    name: str
    text: str


@dataclass(frozen=True)
class About:
    """What to warn of (as the findings' macro takes it), what is good to know, what is clear, what was not checked."""

    warn: Sequence[dict[str, str]]
    notes: Sequence[Line]
    clear: Sequence[Line]
    unchecked: Sequence[Line]


def about(rfc: str) -> About | None:
    """Say what SAT's lists hold about an RFC; None for who has none: SAT's lists do not speak of them."""
    if not valid(normalise(rfc)) or normalise(rfc) in GENERIC:
        return None
    return worded(queries.standing([rfc])[rfc])


def worded(standing: Standing) -> About:
    """Put a standing into the reader's words."""
    listed = [(word, mention) for word in standing.words if word.said is Said.LISTED for mention in word.mentions[:3]]
    return About(
        warn=[_warning(word, mention) for word, mention in listed if _grave(word, mention)],
        notes=[Line(_name(word), _meaning(word, mention)) for word, mention in listed if not _grave(word, mention)],
        clear=list(_gathered(standing, Said.CLEAR, _of)), unchecked=list(_gathered(standing, Said.UNKNOWN, _unchecked)))


def _gathered(standing: Standing, said: Said, text: Callable[[Word], str]) -> Iterator[Line]:
    """The 69-B by itself, then the lists of article 69 of which the same is to be said, in one line."""
    if standing.efos.said is said:
        yield Line(_name(standing.efos), text(standing.efos))
    names: dict[str, list[str]] = {}
    for word in standing.others:
        if word.said is said:
            names.setdefault(text(word), []).append(_name(word))
    for sentence, together in names.items():
        yield Line(_("Article 69: %(lists)s", lists="; ".join(together)), sentence)


def _grave(word: Word, mention: Mention) -> bool:
    return mention.situation in _GRAVE if word.kind is Kind.EFOS else word.kind not in _HARMLESS


def _warning(word: Word, mention: Mention) -> dict[str, str]:
    remedy = str(_MEANS[mention.situation][1]) if word.kind is Kind.EFOS else ""
    return {"text": _meaning(word, mention), "found": _found(word, mention), "remedy": remedy}


def _meaning(word: Word, mention: Mention) -> str:
    if word.kind is Kind.EFOS:
        return f"69-B: {_MEANS[mention.situation][0]}"
    return _("On SAT's list “%(list)s”.", list=_name(word))


def _found(word: Word, mention: Mention) -> str:
    written = mention.written or "—"
    said = _("%(written)s since %(day)s", written=written, day=day(mention.since)) if mention.since else written
    return f"{said} · {_of(word)}"


def _of(word: Word) -> str:
    return _("list of %(day)s", day=day(word.listed_on)) if word.listed_on else _("list without a date")


def _unchecked(word: Word) -> str:
    if word.checked_at is None:
        return _("not loaded")
    return _("last looked for on %(day)s, too long ago", day=day(word.checked_at))


def _name(word: Word) -> str:
    return str(NAMES[word.kind])
