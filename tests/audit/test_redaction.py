"""What the trail must not know."""
from typing import Any

import pytest

from portal.audit.redaction import redact


@pytest.mark.parametrize(("given", "kept"), [
    ({"password": "hunter2"}, {"password": "•••"}),
    ({"newPassword": "x"}, {"newPassword": "•••"}),
    ({"api-key": "x"}, {"api-key": "•••"}),
    ({"reset_token_hash": "x"}, {"reset_token_hash": "•••"}),
    ({"keyboard": "qwerty", "monkey": "x"}, {"keyboard": "qwerty", "monkey": "x"}),
    ({"clabe": "032180000118359719"}, {"clabe": "•••9719"}),
    ({"account": "1234567"}, {"account": "•••4567"}),
    ({"account": "Compras"}, {"account": "Compras"}),
    ({"note": "a 032180000118359719 b"}, {"note": "a •••9719 b"}),
    ({"uuid": "5a0f3a3e-9d53-4f4d-8b59-123456789012"}, {"uuid": "5a0f3a3e-9d53-4f4d-8b59-123456789012"}),
    ({"before": {"token": "t", "name": "n"}}, {"before": {"token": "•••", "name": "n"}}),
    ({"rows": [{"secret": "s"}, "032180000118359719"]}, {"rows": [{"secret": "•••"}, "•••9719"]}),
    ({"link_kind": "password_reset", "n": 3, "yes": True, "none": None},
     {"link_kind": "password_reset", "n": 3, "yes": True, "none": None}),
    ({"password_required": True}, {"password_required": True}),
])
def test_redaction(given: dict[str, Any], kept: dict[str, Any]) -> None:
    assert redact(given) == kept


def test_long_texts_are_cut() -> None:
    assert len(redact({"note": "x" * 5000})["note"]) == 2000
