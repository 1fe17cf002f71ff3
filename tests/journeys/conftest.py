"""One served portal and one Chromium for a worker's journeys."""
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests import harness
from tests.journeys.pages import BIG, Screen, Visitor
from tests.journeys.site import Site, serve


@pytest.fixture(scope="session")
def site(cluster_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running portal, with real commits."""
    name = f"journey_{worker_id}_{os.getpid()}"
    url = harness.copy_database(cluster_url, name)
    try:
        with serve(url, tmp_path_factory.mktemp("journeys")) as running:
            yield running
    finally:
        harness.drop_database(cluster_url, name)


@pytest.fixture(scope="session")
def keys() -> dict[str, Any]:
    """The cookies of those who have signed in, by e-mail."""
    return {}


@pytest.fixture()
def visit(chromium: Any, site: Site, keys: dict[str, Any]) -> Iterator[Any]:
    """Opens visitors: `visit("ventas@nandu.example")`, each with a browser context of its own.

    Who has signed in once in this run comes in again with the same cookies; `fresh` signs in anew.
    """
    opened: list[Visitor] = []

    def arrive(email: str = "", screens: tuple[Screen, ...] = (), fresh: bool = False, **context: Any) -> Visitor:
        known = {"storage_state": keys[email]} if email in keys and not fresh else {}
        made = chromium.new_context(**{"viewport": BIG, "locale": "es-MX", **known, **context})
        opened.append(Visitor(site, made, screens))
        if email and not known:
            opened[-1].sign_in(email)
            assert opened[-1].place == "/", opened[-1].text
        if email and not known and not fresh:
            keys[email] = made.storage_state()
        return opened[-1]

    yield arrive
    wrong = [line for visitor in opened for line in visitor.wrong]
    for visitor in opened:
        visitor.context.close()
    assert wrong == [], "violations of the content policy, errors of scripts, or requests to another host"
