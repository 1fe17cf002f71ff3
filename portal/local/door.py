"""Which application a program is given: the whole one, or, for `flask cfdi …`, a bare one with that group alone.

To read the whole application takes two seconds, and judging a document needs none of it. Any other way of starting
(gunicorn, the workers, every other command, a command line that is not understood here) gets the whole.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from flask import Flask
from werkzeug.utils import import_string

ALONE = {"cfdi": "portal.local.cfdi_commands:cfdi_commands"}
_WITH_VALUE = ("-A", "--app", "-e", "--env-file")  # Flask's own options that take the next word


def app_for(arguments: Sequence[str]) -> Flask:
    """The application for the program that was started with `arguments` (as `sys.argv`)."""
    group = ALONE.get(command(arguments))
    if group is None:
        app: Flask = import_string("portal.factory:create_app")()
        return app
    bare = Flask("portal", static_folder=None)
    bare.cli.add_command(import_string(group))
    return bare


def command(arguments: Sequence[str]) -> str:
    """The command that `flask` was given, "" when another program was started or none is plain to see."""
    program = Path(arguments[0] if arguments else "")
    if program.name != "flask" and program.parts[-2:] != ("flask", "__main__.py"):
        return ""
    words = (word for before, word in pairwise(arguments) if before not in _WITH_VALUE and not word.startswith("-"))
    return next(words, "")
