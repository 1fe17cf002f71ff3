"""SAT's certificates over the network: a PAC's by its number, SAT's authorities from its bundle.

Only fetching is done here; believing is `portal.cfdi.trust`: a certificate is kept only if it is pinned or chains.
"""
import re
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from typing import Final

from portal.cfdi.trust import Imported, Outcome, TrustStore

PROVIDERS: Final = "https://rdc.sat.gob.mx/rccf"
AUTHORITIES: Final = "http://omawww.sat.gob.mx/tramitesyservicios/Paginas/documentos/Cert_Prod.zip"
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


def fetch_provider(number: str, store: TrustStore, *, base: str = PROVIDERS, timeout: float = _TIMEOUT) -> Fetched:
    """Fetch the certificate of a PAC and keep it in the store if it chains and has the number asked for."""
    data, reason = _get(provider_address(number, base), timeout, _MOST_PROVIDER)
    if data is None:
        return Fetched(Answer.UNAVAILABLE, reason=reason)
    imported = store.import_certificate(data, number)
    taken = imported.number == number and imported.outcome in (Outcome.PROVIDER, Outcome.KNOWN)
    return Fetched(Answer.TAKEN if taken else Answer.REFUSED, (imported,))


def fetch_authorities(store: TrustStore, *, url: str = AUTHORITIES, timeout: float = _TIMEOUT) -> Fetched:
    """Fetch SAT's bundle of authorities and keep those that are pinned or chain. Plain HTTP: the pins protect it."""
    data, reason = _get(url, timeout, _MOST_BUNDLE)
    if data is None:
        return Fetched(Answer.UNAVAILABLE, reason=reason)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle.zip"
        bundle.write_bytes(data)
        imported = tuple(store.import_from(bundle))
    believed = any(one.outcome is not Outcome.REFUSED for one in imported)
    return Fetched(Answer.TAKEN if believed else Answer.REFUSED, imported)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """SAT's files are where they are: a redirect is an answer that we do not follow."""

    def redirect_request(self, *arguments: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect(), urllib.request.ProxyHandler())


def _get(url: str, timeout: float, most: int) -> tuple[bytes | None, str]:
    """The bytes at an address, or None and why not."""
    request = urllib.request.Request(url, headers={"User-Agent": "Acuse"})
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            data: bytes = response.read(most + 1)
    except urllib.error.HTTPError as problem:
        return None, f"HTTP {problem.code}"
    except (OSError, HTTPException, ValueError) as problem:
        return None, f"{type(problem).__name__}: {problem}"[:200]
    return (data, "") if len(data) <= most else (None, "too large")
