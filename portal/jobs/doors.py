"""How the processes `worker` and `ticker` come by the wired application: by its name, as gunicorn and flask do.

They belong to this package, which the wiring imports; so they are told names and import nothing above themselves.
"""
import os
from collections.abc import Sequence

from flask import Flask
from werkzeug.utils import import_string

from portal.jobs.calendar import Entry

APP = "app:app"
SCHEDULE = "portal.schedule:TABLE"


def load_app() -> Flask:
    """Return the application named by PORTAL_APP (default `app:app`)."""
    return import_string(os.environ.get("PORTAL_APP", APP))  # type: ignore[no-any-return]


def load_schedule() -> Sequence[Entry]:
    """Return the table of periodic jobs."""
    return import_string(SCHEDULE)  # type: ignore[no-any-return]
