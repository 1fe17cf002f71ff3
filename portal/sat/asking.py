"""What this installation asks SAT by itself, and where: handed in by the wiring. Nothing, unless a setting says so."""
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from portal.sat.kinds import BASE
from portal.sat.status import SERVICE

PROVIDERS: Final = "https://rdc.sat.gob.mx/rccf"
AUTHORITIES: Final = "http://omawww.sat.gob.mx/tramitesyservicios/Paginas/documentos/Cert_Prod.zip"


@dataclass(frozen=True)
class Asking:
    """`subjects`: among lists, certificates, status. The addresses are SAT's unless the settings name others."""

    subjects: frozenset[str] = field(default_factory=frozenset)
    lists: str = BASE
    authorities: str = AUTHORITIES
    providers: str = PROVIDERS
    status: str = SERVICE
    certificates_folder: Path | None = None


_installed: list[Asking] = []


def install(asking: Asking) -> None:
    """Use `asking` from now on, in this process."""
    _installed[:] = [asking]


def current() -> Asking:
    """Return what the wiring gave; before that, nothing is asked."""
    return _installed[0] if _installed else Asking()
