"""From plain data and a template beside the code to an accessible PDF (typst; PDF/UA-1, ISO 14289).

The data enters as JSON through `sys.inputs` and is only ever placed as text, so a supplier's words cannot become
markup, read a file or reach the network. The template's folder is the compiler's whole world. The face is Inter, from
its package; the faces of the machine are used only for letters that Inter lacks.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATES = Path(__file__).resolve().parent / "templates"
NOWHERE = TEMPLATES / "no-packages"
LONG_RUN = 32
STEP = 12
BREAK = "\u200b"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF of `templates/<template>.typ` with `data` (JSON values; all texts already worded and formatted).

    A text with letters that our faces lack gives up the promise of PDF/UA-1, never the document.
    """
    given = json.dumps(_clean(data), ensure_ascii=False)
    try:
        return _compile(template, given, "ua-1", own_faces=True)
    except typst.TypstError:
        return _compile(template, given, None, own_faces=False)


def breakable(text: str) -> str:
    """Return `text` with invisible places to break in its long runs (seals, paths, words without end)."""
    return " ".join(_stepped(word) for word in text.split(" "))


def _compile(template: str, data: str, standard: Literal["ua-1"] | None, own_faces: bool) -> bytes:
    compiler = typst.Compiler(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_faces(own_faces),
        sys_inputs={"data": data},
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
    )
    made = compiler.compile(format="pdf", pdf_standards=standard)
    assert isinstance(made, bytes)
    return made


@cache
def _faces(own: bool) -> typst.Fonts:
    folder = Path(str(files("fontpkg_inter"))) / "files"
    return typst.Fonts(include_system_fonts=not own, include_embedded_fonts=True, font_paths=[folder])


def _clean(value: Any) -> Any:
    """Drop what no reader should see: control, formatting (so no reversed text) and unassigned characters."""
    if isinstance(value, str):
        return "".join(one for one in value if one in (BREAK, "\n") or not unicodedata.category(one).startswith("C"))
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


def _stepped(word: str) -> str:
    if len(word) <= LONG_RUN:
        return word
    return BREAK.join(word[start : start + STEP] for start in range(0, len(word), STEP))
