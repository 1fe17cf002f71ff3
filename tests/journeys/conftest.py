"""One served portal and one Chromium for a worker's journeys."""
import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from scripts.browser import NAMES, find
from tests import harness
from tests.journeys.pages import Visitor
from tests.journeys.site import Site, serve

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]


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
def chromium() -> Iterator[Any]:
    """The browser; without one the test is skipped loudly, or fails where one is demanded."""
    path = find()
    if path is None:
        reason = f"NO CHROMIUM FOUND ({', '.join(NAMES)}): this journey did not run"
        pytest.fail(reason) if os.environ.get("PORTAL_TEST_REQUIRE_BROWSER") == "1" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture()
def visit(chromium: Any, site: Site) -> Iterator[Any]:
    """Opens visitors: `visit("ventas@nandu.example")`, each with a browser context of its own."""
    opened: list[Visitor] = []

    def arrive(email: str = "", **context: Any) -> Visitor:
        opened.append(Visitor(site, chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **context})))
        if email:
            opened[-1].sign_in(email)
        return opened[-1]

    yield arrive
    wrong = [line for visitor in opened for line in visitor.wrong]
    for visitor in opened:
        visitor.context.close()
    assert wrong == [], "violations of the content policy, errors of scripts, or requests to another host"
