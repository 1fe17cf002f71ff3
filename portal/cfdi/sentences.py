"""The registry of codes: every finding's sentence and remedy, in Spanish and English, and its family.

Each module that raises codes registers its own table beside its code, so the sentence and the check change together:

    register(Family.MATRIX, {"CFDI40108": Sentence("El subtotal no es…", "The subtotal is not…", "Corrige…", "Mend…")})

A sentence may name the finding's parameters in braces ("{count} conceptos"). One code that SAT uses for several causes
gets one sentence a cause: register "CFDI40106#expired" and raise `Finding("CFDI40106", reason="expired")`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Language = Literal["es", "en"]


class Family(StrEnum):
    """What a code is about; `severity.MATRIX` says what a failure of each family does to the document."""

    READ = "read"  # the bytes are not a CFDI that can be judged
    NOTE = "note"  # known dirt and particulars that are accepted and said
    STRUCTURE = "structure"  # SAT's schema
    CATALOG = "catalog"  # enumerations and catalogs
    MATRIX = "matrix"  # SAT's matrix of the 4.0 document (CFDI401xx, CFDI33xxx)
    PAYMENTS = "payments"  # SAT's matrix of the payment complement (CRPxxxxx)
    COMPLEMENT = "complement"  # rules of other complements
    RECEIVER = "receiver"  # addressed to us: RFC, name, postcode, regime
    SEAL = "seal"  # the issuer's seal
    CERTIFICATE = "certificate"  # the issuer's certificate and its chain
    STAMP = "stamp"  # the stamp (TFD) and the PAC's certificate
    SAT_LIST = "sat_list"  # decided by SAT's own lists: never checked offline


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was checked, as a sentence for people, and how to mend it, in both languages."""

    title_es: str
    title_en: str
    remedy_es: str
    remedy_en: str

    def title(self, lang: str) -> str:
        """The sentence in `lang` ("es" unless "en…")."""
        return self.title_en if lang.startswith("en") else self.title_es

    def remedy(self, lang: str) -> str:
        """The remedy in `lang`; empty when there is nothing to mend."""
        return self.remedy_en if lang.startswith("en") else self.remedy_es


SENTENCES: Final[dict[str, Sentence]] = {}
FAMILIES: Final[dict[str, Family]] = {}


def register(family: Family, table: Mapping[str, Sentence]) -> None:
    """Add a module's codes. Raises ValueError when a code is already there: a code has one home."""
    taken = SENTENCES.keys() & table.keys()
    if taken:
        raise ValueError(f"codes registered twice: {sorted(taken)}")
    SENTENCES.update(table)
    FAMILIES.update(dict.fromkeys(table, family))


def family_of(code: str, reason: str = "") -> Family:
    """The family of a code; a code without a home is MATRIX, the mildest that still counts."""
    return FAMILIES.get(f"{code}#{reason}") or FAMILIES.get(code) or Family.MATRIX


def sentence_of(code: str, reason: str = "") -> Sentence:
    """The sentence of a code and cause; a bare code stands for itself, so a report can always be shown."""
    return SENTENCES.get(f"{code}#{reason}") or SENTENCES.get(code) or Sentence(code, code, "", "")
