"""What people call their browsers."""
import pytest
from flask import Flask

from portal.accounts.browsers import name_of

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"


@pytest.mark.parametrize(("header", "name"), [
    (CHROME, "Chrome on Linux"), (CHROME + " Edg/156.0", "Edge on Linux"), ("curl/8", "unknown browser"),
    ("", "unknown browser"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
    ("Firefox/150.0", "Firefox")])
def test_names(app: Flask, header: str, name: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert name_of(header) == name
