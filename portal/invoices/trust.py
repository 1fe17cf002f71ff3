"""The certificates that reception trusts, handed in by the wiring: this feature does not know where they come from."""
from portal.cfdi.trust import TrustStore

_held: list[TrustStore] = []


def set_store(store: TrustStore) -> None:
    """Use `store` from now on, in this process."""
    _held[:] = [store]


def store() -> TrustStore:
    """Return the store in use. Raises RuntimeError before the wiring gave one: nothing may be judged by chance."""
    if not _held:
        raise RuntimeError("no trust store has been handed to invoices")
    return _held[0]
