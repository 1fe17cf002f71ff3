"""The descriptions printed on the PDF of a CFDI: the core's words for SAT's codes, and the amount in words."""

from decimal import Decimal

from portal.cfdi import words
from portal.documents.in_words import amount_in_words
from portal.documents.writing import language_of


class SatLexicon:
    """SAT's own words in Spanish, ours in English."""

    def describe(self, catalog: str, code: str, language: str) -> str:
        """Return the description of `code` in `catalog` (SAT's name without c_); "" for an unknown one."""
        return words.describe(catalog, code, language_of(language))

    def in_words(self, amount: Decimal, currency: str, language: str) -> str:
        """Return the amount in words; "" for XXX, the currency of documents without an amount."""
        return "" if currency == "XXX" else amount_in_words(amount, currency, language)
