"""Which authorities this installation trusts: SAT's, and the demo's sandbox only where the demo may exist."""
from config.settings import Settings
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority


def trust(settings: Settings) -> TrustStore:
    """Return the trust store: pinned SAT authorities and imported certificates; in the demo, the sandbox too."""
    store = TrustStore.production(settings.sat_certificates)
    return Authority.open(settings.home / "sandbox").trust(store) if settings.demo else store
