"""The installation's cipher, for the services that keep something secret. The wiring puts it here."""
from portal.core.crypto import Cipher

_current: list[Cipher] = []


def install(cipher: Cipher) -> None:
    """Remember the cipher of this process."""
    _current[:] = [cipher]


def cipher() -> Cipher:
    """Return the cipher; the keys never leave it."""
    return _current[0]
