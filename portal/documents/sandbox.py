"""The inside of the box: `python -m portal.documents.sandbox` opens one file and says what it found.

Standard input: one line of JSON {"task", "options"}, then the file's bytes. Standard output: one line of JSON, either
{"facts", "parts": [sizes]} followed by the parts, or {"refused", "values"}. The process is confined before it reads.
"""

import codecs
import json
import sys
from collections.abc import Callable
from typing import Any

from PIL import Image

from portal.documents import images, pdf
from portal.documents.confinement import confine
from portal.documents.problems import Refused

Answer = tuple[dict[str, Any], list[bytes]]


def _facts(inspect: Callable[..., dict[str, Any]]) -> Callable[..., Answer]:
    return lambda data, **options: (inspect(data, **options), [])


def _parts(render: Callable[..., list[bytes]]) -> Callable[..., Answer]:
    return lambda data, **options: ({}, render(data, **options))


TASKS: dict[str, Callable[..., Answer]] = {
    "pdf.inspect": _facts(pdf.inspect),
    "pdf.text": lambda data, **options: ({}, [pdf.text(data, **options).encode("utf-8", "replace")]),
    "pdf.render": _parts(pdf.render),
    "pdf.attachment": _parts(pdf.attachment),
    "image.inspect": _facts(images.inspect),
    "image.render": _parts(images.render),
}


def main() -> None:
    """Do one task and answer. A parser that breaks on the file is the file's fault; a failure before that is not."""
    _warm()
    confine()
    request = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        facts, parts = TASKS[request["task"]](data, **request["options"])
    except Refused as refused:
        _answer({"refused": refused.code, "values": refused.problem.values})
    except MemoryError:
        _answer({"refused": "file.too_heavy", "values": {}})
    except Exception:
        _answer({"refused": "file.unreadable", "values": {}})
    else:
        _answer({"facts": facts, "parts": [len(part) for part in parts]}, *parts)


def _warm() -> None:
    """Load what the libraries load at their first use: once confined, the folder they come from may be out of reach."""
    Image.preinit()
    for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "ascii"):
        codecs.lookup(encoding)


def _answer(head: dict[str, Any], *parts: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
