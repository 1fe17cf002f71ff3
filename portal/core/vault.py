"""The installation's cipher, for the services that keep something secret. The wiring gives each application its own:
two of one process do not write with each other's keys.
"""
from flask import Flask, current_app

from portal.core.crypto import Cipher

PLACE = "portal_cipher"


def install(app: Flask, cipher: Cipher) -> None:
    """Give an application its cipher."""
    app.extensions[PLACE] = cipher


def cipher() -> Cipher:
    """Return the cipher of the application at work; the keys never leave it."""
    return current_app.extensions[PLACE]  # type: ignore[no-any-return]
