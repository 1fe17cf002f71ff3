"""Letters are tested with real commits, and against mail servers that answer as badly as a test asks for."""
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.mail import environment
from portal.mail.environment import Server
from tests.mail.servers import Fault, MailServer


@pytest.fixture()
def base(live: Flask) -> Iterator[Flask]:
    """An application context on a database of its own, that is not a demonstration."""
    with live.app_context():
        live.config["DEMO"] = False
        yield live


@pytest.fixture()
def server(base: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., MailServer]]:
    """Starts a mail server on loopback with the faults a test wants, and makes it the portal's."""
    started: list[MailServer] = []

    def start(*faults: Fault, **changes: Any) -> MailServer:
        running = MailServer(*faults)
        running.start()
        started.append(running)
        mine = Server("127.0.0.1", running.port, "acuse@portal.example", security="none", timeout=0.5)
        monkeypatch.setattr(environment, "server", lambda: replace(mine, **changes))
        return running

    yield start
    for running in started:
        running.end()
