"""The one Chromium of a test process: Playwright's synchronous door opens once a process, whoever asks first."""
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import NAMES, find

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]


@contextmanager
def opened() -> Iterator[Browser]:
    """Run a browser; without one the test is skipped loudly, or fails where one is demanded."""
    path = find()
    if path is None:
        reason = f"NO CHROMIUM FOUND ({', '.join(NAMES)}): this test did not run"
        pytest.fail(reason) if os.environ.get("PORTAL_TEST_REQUIRE_BROWSER") == "1" else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds in the page. Playwright's own waiting asks for eval, which our policy forbids."""
    page.evaluate("""condition => new Promise((done, fail) => {
        const end = Date.now() + 20000;
        const look = () => CONDITION ? done() : Date.now() > end ? fail(Error(condition)) : setTimeout(look, 20);
        look();
    })""".replace("CONDITION", condition), condition)
