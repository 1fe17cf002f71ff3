"""What letters need of the installation: its address, its mail server."""
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app


@dataclass(frozen=True)
class Server:
    """A mail server. `security`: "starttls", "tls" (from the first byte) or "none" (loopback, tests)."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "starttls"
    timeout: float = 20.0


def base_url() -> str:
    """Return the portal's address from the configuration, never from a request, without a slash at its end."""
    return str(current_app.config["BASE_URL"]).rstrip("/")


def host() -> str:
    """Return the name of the portal's host."""
    return urlsplit(base_url()).hostname or "localhost"


def is_demo() -> bool:
    """Say whether this installation is a demonstration."""
    return bool(current_app.config["DEMO"])


def server() -> Server | None:
    """Return the mail server, or None when none is configured."""
    settings: Any = current_app.extensions["portal_settings"]
    if not settings.smtp_host:
        return None
    return Server(settings.smtp_host, settings.smtp_port, settings.smtp_from, settings.smtp_user,
                  settings.smtp_password, settings.smtp_tls)
