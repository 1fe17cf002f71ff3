# ruff: noqa: UP031, UP036 - it must run on the old Python that it complains about
"""Says whether this machine can run Acuse, before anything is installed. Runs on any Python 3."""
import importlib.util
import platform
import sys


def problem():
    """Return the sentence that says what is missing, or nothing."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info < (3, 11):
        return "Python 3.11 or later is needed; this is %s. Name another one: make PYTHON=python3.12 run" % version
    if platform.system() not in ("Linux", "Darwin"):
        return "Acuse runs on Linux and macOS (on Windows: inside WSL); this is %s." % platform.system()
    if platform.system() == "Linux" and platform.libc_ver()[0] != "glibc":
        return "Acuse needs a Linux with glibc (Debian, Ubuntu, Fedora…); this one has another C library."
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        return "Python's module venv is missing. On Debian and Ubuntu: apt install python3-venv"
    return None


if __name__ == "__main__":
    found = problem()
    if found:
        sys.exit("Acuse: " + found)
