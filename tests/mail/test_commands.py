"""`flask mail check`."""
from collections.abc import Callable

from flask import Flask

from portal.jobs import runner
from tests.mail.servers import MailServer


def test_an_operator_can_see_that_letters_arrive(base: Flask, server: Callable[[], MailServer]) -> None:
    running = server()
    assert base.test_cli_runner().invoke(args=["mail", "check", "ops@portal.example", "--locale", "en"]).exit_code == 0
    runner.drain()
    assert [(m["To"], m["Subject"]) for m in running.letters] == [("ops@portal.example", "Letters from Acuse arrive")]
