"""What a log line must not know is not in it: neither the portal's own lines nor those of a library."""
import json
import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog

from config.settings import Settings
from portal import logs

TOKEN = "aB3-_xyz09Qw"


@pytest.fixture()
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What is written while the portal's logs are installed; afterwards the log is as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream := StringIO())
    logs.install(Settings.from_env({"PORTAL_HOME": str(tmp_path), "PORTAL_LOG_LEVEL": "INFO"}))
    yield stream
    root.handlers[:], root.level = before


@pytest.mark.parametrize("name", [
    "password", "new_password", "token", "secret_key", "CLABE", "iban", "account_number", "encryption_keys", "cookie",
    "authorization", "sello", "certificado"])
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert logs.redact(None, "", {name: "hunter2", "event": "kept"}) == {name: "•••", "event": "kept"}


@pytest.mark.parametrize(("said", "kept"), [
    ("pay 012180015000000019 now", "pay ••• now"), ("card 4111111111111111", "card •••"),
    ("20 digits 12345678901234567890", "20 digits •••"), ("14 digits 12345678901234", "14 digits •••"),
    ("RFC AAA010101AAA, total 1234567890123", "RFC AAA010101AAA, total 1234567890123"),
    (f"GET /activate/{TOKEN}?a=1", "GET /activate/•••?a=1"), (f"/reset/{TOKEN}", "/reset/•••"),
    (f"/join/{TOKEN}", "/join/•••"), (f"/setup/{TOKEN}", "/setup/•••"), ("/invoices/add", "/invoices/add")])
def test_account_numbers_and_links_are_known_by_their_shape(said: str, kept: str) -> None:
    assert logs.redact(None, "", {"event": said, "n": 5}) == {"event": kept, "n": 5}


def test_every_line_is_one_object_with_its_time_and_nothing_secret(written: StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="abc123")
    structlog.get_logger("portal").info("signed in", password="hunter2", at="/reset/" + TOKEN)
    structlog.contextvars.clear_contextvars()
    try:
        raise ValueError("account 012180015000000019")
    except ValueError:
        logging.getLogger("library").exception("could not pay 012180015000000019")
    logging.getLogger("library").debug("too small to tell")
    own, theirs = (json.loads(line) for line in written.getvalue().splitlines())
    assert (own["event"], own["password"], own["at"], own["request_id"]) == (
        "signed in", "•••", "/reset/•••", "abc123")
    assert own["level"] == "info" and own["timestamp"].endswith("Z")
    assert theirs["event"] == "could not pay •••" and theirs["level"] == "error" and "timestamp" in theirs
    assert "ValueError: account •••" in theirs["exception"] and "012180015000000019" not in json.dumps(theirs)
