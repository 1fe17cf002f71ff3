"""What the portal says to people: every text in the code and the templates, found as gettext's tools find them."""
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2)}
PYTHON, JINJA = [("**.py", "python")], [("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract")]


def texts() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Yield (where, text) for every text; a text with a plural is a pair."""
    for folder, method in ((ROOT / "portal", PYTHON), (ROOT / "templates", JINJA)):
        for name, line, message, *_rest in extract_from_dir(str(folder), method, keywords=KEYWORDS):
            yield f"{folder.name}/{name}:{line}", message
