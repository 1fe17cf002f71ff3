"""Words as people compare them: without case, accents or spaces around."""
import unicodedata
from collections.abc import Iterable


def fold(text: str) -> str:
    """Return `text` without case and accents, for searching, ordering and comparing."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def among(word: str, words: Iterable[str]) -> bool:
    """Say whether `word` is one of `words`, however each was typed."""
    return fold(word) in map(fold, words)
