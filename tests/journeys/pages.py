"""A person at a browser: what they do, named by what they see; selectors without words, so that both languages pass."""
import re
from typing import Any

from portal.core.types import Upload
from tests.journeys.site import PASSWORD, Site, watch


class Visitor:
    """One browser context with its page."""

    def __init__(self, site: Site, context: Any) -> None:
        self.site, self.context = site, context
        context.set_default_timeout(30_000)
        self.page = context.new_page()
        self.wrong = watch(self.page, site)

    def go(self, path: str) -> int:
        """Open a page of the portal (or a whole address); return its status."""
        response = self.page.goto(path if path.startswith("http") else self.site.url + path)
        return int(response.status) if response else 0

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in from the sign-in page."""
        self.go("/sign-in")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.submit("[name=password]")

    def submit(self, holding: str) -> None:
        """Press the first button of the form that holds a selector."""
        form = self.page.locator("form", has=self.page.locator(holding.removeprefix("main "))).first
        with self.page.expect_navigation():
            form.locator("button[type=submit], button:not([type])").last.click()

    def fill(self, **values: str) -> None:
        """Fill fields by their names: text, dates and choices alike."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']").first
            tag = field.evaluate("e => e.tagName")
            field.select_option(value) if tag == "SELECT" else field.fill(value)

    def give(self, selector: str, *files: Upload) -> None:
        """Put files into a file field."""
        self.page.set_input_files(selector, [
            {"name": f.name, "mimeType": "application/octet-stream", "buffer": f.data} for f in files])

    def press(self, selector: str) -> None:
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("body").inner_text())

    @property
    def path(self) -> str:
        """Where we are, without the host."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)
