"""What a box saw in some bytes it sees again: each file is really opened, once a process.

For tests of what is done with a file; what the box itself does is tested in tests/documents, always anew. A conftest
takes it by `from tests.boxes import remembering`.
"""
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from portal.documents import box
from portal.documents.problems import Refused

_really = box.run
_seen: dict[tuple[Any, ...], box.Answer | Refused] = {}


def _run(task: str, data: bytes, seconds: float = box.SECONDS, **options: Any) -> box.Answer:
    key = (task, sha256(data).digest(), repr(sorted(options.items())))
    if key not in _seen:
        try:
            _seen[key] = _really(task, data, seconds, **options)
        except Refused as refused:
            _seen[key] = refused
    answer = _seen[key]
    if isinstance(answer, Refused):
        raise Refused(answer.code, **answer.problem.values)
    return answer


@pytest.fixture(autouse=True)
def remembering() -> Iterator[None]:
    """Open a file that was opened before from memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box, "run", _run)
        yield
