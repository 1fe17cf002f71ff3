"""A person at a browser: what they do, named by what they see; selectors without words, so that both languages pass."""
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import expect

from portal.core.types import Upload
from tests.journeys.site import PASSWORD, Site, watch

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
BIG, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Colours change at once: axe must not read one that is on its way (a sheet of this kind is not the page's to forbid).
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, ::before, ::after { transition: none !important; animation: none !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
Screen = tuple[dict[str, int], str]
BIG_LIGHT, BIG_DARK, PHONE_LIGHT, PHONE_DARK = (BIG, "light"), (BIG, "dark"), (PHONE, "light"), (PHONE, "dark")
# A page that is seen in two languages is judged once on each screen: the longer words on the narrow one.
SCREENS: dict[str, tuple[Screen, ...]] = {"es": (PHONE_DARK,), "en": (BIG_LIGHT,)}


class Visitor:
    """One browser context with its page. `screens`: the sizes and appearances in which `look` judges a page."""

    def __init__(self, site: Site, context: Any, screens: tuple[Screen, ...] = ()) -> None:
        self.site, self.context, self.screens = site, context, screens
        context.set_default_timeout(30_000)
        self.page = context.new_page()
        self.wrong = watch(self.page, site)
        self.looked: set[str] = set()

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
        """Press the last button of the form that holds a selector, and wait for the page that answers."""
        form = self.page.locator("form", has=self.page.locator(holding.removeprefix("main "))).first
        self.leave(form.locator("button[type=submit], button:not([type])").last.click)

    def press(self, selector: str) -> None:
        """Press a button or a link that leads to another page."""
        self.leave(self.page.locator(selector).first.click)

    def confirm(self, opener: str, dialog: str) -> None:
        """Open a dialog by its button, and say yes in it."""
        self.page.locator(opener).first.click()
        self.leave(self.page.locator(f"{dialog} .dialog-foot button[type=submit]").click)

    def leave(self, act: Callable[[], Any]) -> None:
        """Do what brings another page, and wait until that page stands: the browser's own way, or a part's exchange.

        The present body is marked, so that the next one is known by not being it.
        """
        self.page.locator("body").evaluate("body => { body.dataset.left = 'yes' }")
        act()
        self.page.locator("body:not([data-left])").wait_for(state="attached")
        self.page.wait_for_load_state("load")

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

    def sees(self, *words: str) -> None:
        """Wait until the page says all of these words."""
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one, ignore_case=True, use_inner_text=True)

    def look(self, name: str) -> None:
        """Judge the present page once a name, in every size and appearance of this visitor: axe, and its width."""
        if name in self.looked:
            return
        self.looked.add(name)
        if self.screens:
            self.page.evaluate(STILL)
        for number, (size, scheme) in enumerate(self.screens):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self._keep_picture(f"{name}-{size['width']}-{scheme}")
            said = judge(self.page, fresh=number == 0)
            assert said == [], f"{name} at {self.path}, {size['width']} {scheme}: {said}"
        if self.screens:
            self.page.set_viewport_size(BIG)  # type: ignore[arg-type]

    def _keep_picture(self, name: str) -> None:
        """Keep what the page looks like, when a folder for it is named (to be looked at by a person)."""
        folder = os.environ.get("PORTAL_TEST_PICTURES")
        if folder:
            lang = self.page.get_attribute("html", "lang")
            self.page.screenshot(path=f"{folder}/{lang}-{name.replace(' ', '-')}.png", full_page=True)

    @property
    def text(self) -> str:
        """What the page says."""
        return str(self.page.locator("body").inner_text())

    @property
    def path(self) -> str:
        """Where we are, without the host."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    @property
    def place(self) -> str:
        """Where we are, without host, query and fragment."""
        return self.path.split("?")[0].split("#")[0]


def screens_of(email: str) -> tuple[Screen, ...]:
    """Return the screens on which a person's pages are judged."""
    return SCREENS["en" if ".en@" in email or email.startswith("billing@") else "es"]


def judge(page: Any, fresh: bool = True) -> list[str]:
    """Return what axe finds on a page as it stands, and whether it scrolls sideways; `fresh`: axe is not in it yet."""
    if fresh:
        page.evaluate(AXE)
    found = page.evaluate("""async () => {
        const say = node => node.html.slice(0, 160) + ' ' + node.any.map(one => one.message).join(' ');
        const found = await axe.run(document, {resultTypes: ['violations']});
        return found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 3).map(say).join(' | '));
    }""")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"scrolls sideways by {wide}"] if wide > 0 else [])]
