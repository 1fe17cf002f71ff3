"""What a password must be: pure, on plain values.

The default follows NIST SP 800-63B: long, hard to guess, not on the lists, without the words that anybody would try
first here; no composition rules, no expiry. An organization may ask for more; whoever works for several has the
strictest of all.
"""
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.accounts import spanish
from portal.core.i18n import lazy

LONGEST = 256
GUESSED = 72  # zxcvbn refuses longer input
COMMON = frozenset(FREQUENCY_LISTS["passwords"])
ENOUGH = 3
HOUSE_WORDS = ("acuse", "factura", "facturas", "password", "contraseña", "cfdi")
CLASSES = {
    "lower": (re.compile(r"[^\W\d_A-Z]"), lazy("Add a lower-case letter.")),
    "upper": (re.compile(r"[A-ZÁÉÍÓÚÜÑ]"), lazy("Add a capital letter.")),
    "digit": (re.compile(r"\d"), lazy("Add a digit.")),
    "symbol": (re.compile(r"[\W_]"), lazy("Add a symbol or a space.")),
}
WORDS = (lazy("Very weak"), lazy("Weak"), lazy("Not enough yet"), lazy("Good"), lazy("Very good"))
ADVICE = {
    "dictionary": lazy("Common words are tried first: join several that have nothing to do with each other."),
    "spatial": lazy("Keys that are neighbours, such as qwerty, are tried first."),
    "repeat": lazy("What is repeated adds little."),
    "sequence": lazy("Series such as abc or 1234 are tried first."),
    "regex": lazy("Years are tried first."),
    "date": lazy("Dates are tried first."),
}


@dataclass(frozen=True)
class PasswordPolicy:
    """What one organization asks. None or 0: not asked."""

    min_length: int = 12
    classes: tuple[str, ...] = ()
    no_reuse: int = 0
    lifetime_days: int | None = None
    change_at_first: bool = False
    lock_after_days: int | None = None

    @classmethod
    def read(cls, kept: dict[str, Any] | None) -> "PasswordPolicy":
        """Return the policy as an organization's row keeps it; what is missing has its default."""
        known = {f.name for f in fields(cls)}
        values = {k: v for k, v in (kept or {}).items() if k in known}
        return cls(**{**values, "classes": tuple(values.get("classes", ()))})

    def kept(self) -> dict[str, Any]:
        """Return the policy as JSON-ready values."""
        return {**asdict(self), "classes": list(self.classes)}


@dataclass(frozen=True)
class Strength:
    """How good a password is: `score` 0-4 (3 is enough), in a word, and how to make it better."""

    score: int
    word: Any
    advice: tuple[Any, ...]


def strictest(policies: Iterable[PasswordPolicy]) -> PasswordPolicy:
    """Return the policy that satisfies all of `policies` (the default when there is none)."""
    every = list(policies) or [PasswordPolicy()]
    return PasswordPolicy(
        min_length=max(p.min_length for p in every),
        classes=tuple(c for c in CLASSES if any(c in p.classes for p in every)),
        no_reuse=max(p.no_reuse for p in every),
        lifetime_days=_shortest(p.lifetime_days for p in every),
        change_at_first=any(p.change_at_first for p in every),
        lock_after_days=_shortest(p.lock_after_days for p in every))


def judge(password: str, policy: PasswordPolicy, words: Iterable[str] = ()) -> list[Any]:
    """Return the sentences that say what is wrong with a password; none when it may be used.

    `words`: what anybody would try first for this person (name, e-mail, organization, RFC).
    """
    said = list(words)
    problems = _shape(password, policy)
    if password.casefold() in COMMON:
        problems.append(lazy("This is one of the passwords that everybody tries. Choose another."))
    elif found := context_word(password, said):
        problems.append(lazy("Leave out “%(word)s”: whoever knows you or your company would try it.", word=found))
    if not problems and _score(password, said)["score"] < ENOUGH:
        problems.append(lazy("This password is easy to guess. Join four or more words that have nothing to do with "
                             "each other."))
    return problems


def strength(password: str, policy: PasswordPolicy, words: Iterable[str] = ()) -> Strength:
    """Return how good a password is while it is typed: the same judgement, as advice."""
    if not password:
        return Strength(0, lazy("Write a long phrase that only you would think of."), ())
    said = list(words)
    found = _score(password, said)
    problems = judge(password, policy, said)
    score = min(found["score"], ENOUGH - 1) if problems else found["score"]
    patterns = {m["pattern"] for m in found["sequence"]}
    tips = [ADVICE[p] for p in ADVICE if p in patterns] if problems else []
    return Strength(score, WORDS[score], tuple((problems + tips)[:4]))


def context_word(password: str, words: Iterable[str]) -> str | None:
    """Return the first word of the person's surroundings (four letters or more) that the password holds, or None."""
    held = _plain(password)
    every = (part for text in (*HOUSE_WORDS, *words) for part in re.split(r"[^\w]+", _plain(text)))
    return next((w for w in every if len(w) >= 4 and w in held), None)


def is_due(changed_at: datetime | None, policy: PasswordPolicy, moment: datetime) -> bool:
    """Say whether a password has outlived what the organization allows."""
    if policy.lifetime_days is None or changed_at is None:
        return False
    return moment - changed_at > timedelta(days=policy.lifetime_days)


def is_unused(seen_at: datetime | None, policy: PasswordPolicy, moment: datetime) -> bool:
    """Say whether an account has lain unused for longer than the organization allows."""
    if policy.lock_after_days is None or seen_at is None:
        return False
    return moment - seen_at > timedelta(days=policy.lock_after_days)


def _shape(password: str, policy: PasswordPolicy) -> list[Any]:
    problems: list[Any] = []
    if len(password) < policy.min_length:
        problems.append(lazy("Use at least %(n)d characters.", n=policy.min_length))
    if len(password) > LONGEST:
        problems.append(lazy("Use at most %(n)d characters.", n=LONGEST))
    problems += [CLASSES[c][1] for c in policy.classes if not CLASSES[c][0].search(password)]
    return problems


def _score(password: str, words: list[str]) -> dict[str, Any]:
    said = [*HOUSE_WORDS, *(w for w in words if w), *spanish.WORDS]
    return dict(zxcvbn(_plain(password)[:GUESSED], user_inputs=[_plain(word) for word in said]))


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _shortest(days: Iterable[int | None]) -> int | None:
    asked = [d for d in days if d]
    return min(asked) if asked else None
