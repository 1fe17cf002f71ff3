"""Names of files: what a stranger called it, made harmless to show and to save (RFC 6266, RFC 8187).

Such a name is a label. It never is a path, a key or a type: the store names by hash.
"""

import re
import unicodedata
from urllib.parse import quote

MAX_CHARACTERS = 120
MAX_BYTES = 180
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
# a program on Windows would open the device, whatever the extension
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
TOKEN = re.compile(r"[^A-Za-z0-9._ -]")


def safe_name(name: str, fallback: str = "archivo") -> str:
    """Return `name` without folders, control and invisible characters (so no reversed text), reserved names or
    excess length; its extension is kept. `fallback` when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(_visible(character) for character in last)
    plain = " ".join(FORBIDDEN.sub("-", visible).split()).strip(". ")
    if RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain) or fallback


def content_disposition(name: str) -> str:
    """Return the header's value that makes a browser save, never open, a file under `name`."""
    plain = safe_name(name)
    folded = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    ascii_name = TOKEN.sub("_", folded).strip(". ") or "file"
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"


def extension(name: str) -> str:
    """Return the last extension of `name`, in lower case, without its dot; "" when there is none."""
    stem, dot, last = safe_name(name).rpartition(".")
    return last.lower() if dot and stem else ""


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    return "" if category.startswith("C") else character


def _shortened(name: str) -> str:
    stem, dot, last = name.rpartition(".")
    if not stem or len(last) > 10:
        stem, dot, last = name, "", ""
    stem = stem[: MAX_CHARACTERS - len(dot + last)]
    while len(f"{stem}{dot}{last}".encode()) > MAX_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip('. ')}{dot}{last}"
