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


@pytest.fixture()
def visit(chromium: Any, site: Site) -> Iterator[Any]:
    """Opens visitors: `visit("ventas@nandu.example")`, each with a browser context of its own."""
    opened: list[Visitor] = []

    def arrive(email: str = "", screens: tuple[Screen, ...] = (), **context: Any) -> Visitor:
        made = chromium.new_context(**{"viewport": BIG, "locale": "es-MX", **context})
        opened.append(Visitor(site, made, screens))
        if email:
            opened[-1].sign_in(email)
        return opened[-1]

    yield arrive
    wrong = [line for visitor in opened for line in visitor.wrong]
    for visitor in opened:
        visitor.context.close()
    assert wrong == [], "violations of the content policy, errors of scripts, or requests to another host"
