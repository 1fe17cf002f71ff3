"""Which authorities this installation trusts (the demo's sandbox only where the demo may exist); what it asks SAT."""
from config.settings import Settings
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority
from portal.sat.asking import Asking


def trust(settings: Settings) -> TrustStore:
    """Return the trust store: pinned SAT authorities and imported certificates; in the demo, the sandbox too."""
    store = TrustStore.production(settings.sat_certificates)
    return Authority.open(settings.home / "sandbox").trust(store) if settings.demo else store


def sat_asking(settings: Settings) -> Asking:
    """Return what is asked of SAT without a person, and where: SAT's own addresses unless others are named."""
    usual = Asking()
    return Asking(
        subjects=settings.sat_ask, lists=settings.sat_lists_url or usual.lists,
        authorities=settings.sat_authorities_url or usual.authorities,
        providers=settings.sat_providers_url or usual.providers, status=settings.sat_status_url or usual.status,
        certificates_folder=settings.sat_certificates)
