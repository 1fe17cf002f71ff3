"""Tax regimes as a person chooses from them: SAT's catalog (c_RegimenFiscal), as the core holds it."""
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL


def known(regime: str) -> bool:
    """Say whether a key is one of SAT's regimes."""
    return regime in REGIMEN_FISCAL


def fits(regime: str, rfc: str) -> bool:
    """Say whether a regime is for this kind of taxpayer: an RFC of 12 characters is a company's, of 13 a person's."""
    return ("M" if len(rfc) == 12 else "F") in REGIMEN_FISCAL[regime].persons


def options(language: str) -> list[tuple[str, str]]:
    """Return the choices of a form, in "es" or "en"."""
    return [(key, f"{key} · {regime.es if language == 'es' else regime.en}")
            for key, regime in REGIMEN_FISCAL.items()]
