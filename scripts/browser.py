"""Finds a Chromium for the browser tests, or installs one, and says loudly when it could not.

Looks for the system's, then for Playwright's own; else asks the distribution (when allowed to), then Playwright. The
shell of Chromium comes first: it draws the same pages without a window around them, in a third of the time.
With PORTAL_TEST_REQUIRE_BROWSER=1 it fails without one.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")  # the first that there is
LOUD = "!" * 78


def find() -> str | None:
    """Return the path of a browser, or None."""
    given = os.environ.get("PORTAL_TEST_BROWSER")
    return given or next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": False,
                 "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        for package in PACKAGES:
            asked = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package, "fonts-dejavu"]
            if subprocess.run(asked, **quiet).returncode == 0:
                break
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdin=subprocess.DEVNULL,
                       check=False)


def main() -> int:
    """Return 0 when a browser is there or is not demanded."""
    if find() is None:
        print("Acuse: no Chromium found; installing one…", flush=True)
        _install()
    if path := find():
        print(f"Acuse: browser tests run in {path}")
        return 0
    print(f"\n{LOUD}\n  NO CHROMIUM COULD BE FOUND OR INSTALLED: the browser tests will not run.\n"
          f"  Install Chromium or Chrome, or name one in PORTAL_TEST_BROWSER.\n{LOUD}\n", flush=True)
    return 1 if os.environ.get("PORTAL_TEST_REQUIRE_BROWSER") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
