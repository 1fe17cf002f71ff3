"""Letters are tested with real commits, and against mail servers that answer as badly as a test asks for."""
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.mail import environment
from portal.mail.environment import Server
from tests.kept import base, kept
from tests.mail.servers import Fault, MailServer

__all__ = ["base", "kept"]


@pytest.fixture(autouse=True)
def production(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested with real commits is not a demonstration, unless a test says so."""
    if "base" in request.fixturenames:
        monkeypatch.setitem(request.getfixturevalue("base").config, "DEMO", False)


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
