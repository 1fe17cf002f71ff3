"""SAT's certificates over the network: a PAC's by its number, SAT's authorities from its bundle.

Only fetching is done here; believing is `portal.cfdi.trust`: a certificate is kept only if it is pinned or chains.
"""
import re
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from portal.cfdi.trust import Imported, Outcome, TrustStore
from portal.sat import asking, fetch
from portal.sat.asking import AUTHORITIES, PROVIDERS

_NUMBER: Final = re.compile(r"\d{20}", re.ASCII)
_TIMEOUT: Final = 10.0
_MOST_PROVIDER: Final = 64 * 1024
_MOST_BUNDLE: Final = 4 * 1024 * 1024


class Answer(StrEnum):
    """What came of asking."""

    TAKEN = "taken"  # fetched and believed
    REFUSED = "refused"  # fetched, and it does not chain
    UNAVAILABLE = "unavailable"  # not there, or SAT did not answer: ask again later


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer, with what was done with each certificate, or why there was none."""

    answer: Answer
    imported: tuple[Imported, ...] = ()
    reason: str = ""


def provider_address(number: str, base: str = PROVIDERS) -> str:
    """Where SAT publishes the certificate of a number. Raises ValueError unless it has 20 digits."""
    if _NUMBER.fullmatch(number) is None:
        raise ValueError("a certificate's number has 20 digits")
    parts = (number[:6], number[6:12], number[12:14], number[14:16], number[16:18])
    return f"{base}/{'/'.join(parts)}/{number}.cer"


def fetch_provider(number: str, store: TrustStore, *, base: str = "", timeout: float = _TIMEOUT) -> Fetched:
    """Fetch the certificate of a PAC and keep it in the store if it chains and has the number asked for.

    From `base`, or from where this installation finds them.
    """
    address = provider_address(number, base or asking.current().providers)
    got = fetch.get(address, timeout=timeout, most=_MOST_PROVIDER)
    if got.data is None:
        return Fetched(Answer.UNAVAILABLE, reason=got.reason)
    imported = store.import_certificate(got.data, number)
    taken = imported.number == number and imported.outcome in (Outcome.PROVIDER, Outcome.KNOWN)
    return Fetched(Answer.TAKEN if taken else Answer.REFUSED, (imported,))


def fetch_authorities(store: TrustStore, *, url: str = AUTHORITIES, timeout: float = _TIMEOUT) -> Fetched:
    """Fetch SAT's bundle of authorities and keep those that are pinned or chain. Plain HTTP: the pins protect it."""
    got = fetch.get(url, timeout=timeout, most=_MOST_BUNDLE)
    if got.data is None:
        return Fetched(Answer.UNAVAILABLE, reason=got.reason)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.zip"
        bundle.write_bytes(got.data)
        imported = tuple(store.import_from(bundle))
    believed = any(one.outcome is not Outcome.REFUSED for one in imported)
    return Fetched(Answer.TAKEN if believed else Answer.REFUSED, imported)
