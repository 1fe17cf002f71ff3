"""`flask audit verify`."""
from flask import Flask
from sqlalchemy import text

from portal.core.db import db
from tests.audit.samples import events, tell


def test_the_command_says_whether_the_trail_is_whole(base: Flask) -> None:
    tell()
    shell = base.test_cli_runner()
    whole = shell.invoke(args=["audit", "verify"])
    assert (whole.exit_code, whole.output.strip()) == (0, "Every chain holds.")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_events SET side = 'x'"))
    broken = shell.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert f"link 1, event {events()[0].id}: changed" in broken.output
