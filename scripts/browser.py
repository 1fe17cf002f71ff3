"""Finds a Chromium for the browser tests, or installs one, and says loudly when it could not.

Looks for the system's, then for Playwright's own; else asks the distribution (when allowed to) or Playwright for one.
With PORTAL_TEST_REQUIRE_BROWSER=1 it fails without one.
"""
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a browser, or None."""
    given = os.environ.get("PORTAL_TEST_BROWSER")
    if given:
        return given
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and os.path.exists(path) else None


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"], stdout=subprocess.DEVNULL, check=False)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium", "fonts-dejavu"], stdout=subprocess.DEVNULL,
                       check=False)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Return 0 when a browser is there or is not demanded."""
    if find() is None:
        print("No Chromium found; installing one…", flush=True)
        _install()
    path = find()
    if path:
        print(f"Browser tests run in {path}")
        return 0
    print("\n" + "!" * 78 + "\n  NO CHROMIUM COULD BE FOUND OR INSTALLED: the browser tests will not run.\n"
          "  Install Chromium or Chrome, or name one in PORTAL_TEST_BROWSER.\n" + "!" * 78 + "\n", flush=True)
    return 1 if os.environ.get("PORTAL_TEST_REQUIRE_BROWSER") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
