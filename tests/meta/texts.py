"""What the portal says to people: every text in the code and the templates, found as gettext's tools find them."""
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
PYTHON, JINJA = [("**.py", "python")], [("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract")]


def texts() -> Iterator[tuple[str, str, str | tuple[str, ...]]]:
    """Yield (where, context or "", text) for every text; a text with a plural is a pair."""
    for folder, method in ((ROOT / "portal", PYTHON), (ROOT / "templates", JINJA)):
        for name, line, message, _comments, context in extract_from_dir(str(folder), method, keywords=KEYWORDS):
            yield f"{folder.name}/{name}:{line}", context or "", message
