"""A letter is sent once; twice at worst, with the same Message-ID, when the server's answer was lost."""
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from portal.core import events
from portal.core.clock import now
from portal.core.db import DOOR, Scope, db, session, transaction
from portal.core.events import Event
from portal.jobs import outbox, runner
from portal.jobs.models import OutboxRow, WorkState
from portal.mail import delivery, environment, services
from portal.mail.emails import check
from portal.mail.events import LetterFailed
from portal.mail.models import Letter, LetterState
from portal.mail.services import Recipient
from tests.mail.servers import Fault, MailServer

Start = Callable[..., MailServer]
ANA = Recipient("ana@proveedor.example", "Ana Núñez", "es")


def posted(to: Recipient = ANA) -> UUID:
    with transaction(Scope()):
        return check(to)


def letter() -> Letter:
    with transaction(DOOR):
        return session.scalars(select(Letter).execution_options(populate_existing=True)).one()


def work() -> OutboxRow:
    with transaction(DOOR):
        return session.scalars(select(OutboxRow).execution_options(populate_existing=True)).one()


def again() -> None:
    """Run what waits for its next attempt, now."""
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        runner.drain()


def test_a_letter_arrives_once(base: Flask, server: Start) -> None:
    running = server()
    posted()
    runner.drain()
    again()
    assert [m["Message-ID"] for m in running.letters] == [letter().message_id]
    assert running.recipients == [["ana@proveedor.example"]]
    assert (letter().state, letter().attempts, letter().subject) == (LetterState.SENT, 1, "Los correos de Acuse llegan")
    assert letter().context == "", "what it said is forgotten"
    assert work().state is WorkState.DONE


def test_a_letter_of_a_change_that_failed_is_never_sent(base: Flask, server: Start) -> None:
    running = server()
    with pytest.raises(RuntimeError), transaction(Scope()):
        check(ANA)
        raise RuntimeError
    runner.drain()
    assert running.letters == []


def test_the_context_is_unreadable_in_the_database(base: Flask) -> None:
    with transaction(Scope()):
        services.post("mail_check", ANA, {"link": "/activate/a-very-secret-thing"})
    assert "secret" not in letter().context and "activate" not in letter().context
    row_id = letter().id
    with transaction(DOOR):
        draft = services.begin(row_id)
    assert draft is not None and draft.context == {"link": "/activate/a-very-secret-thing"}


@pytest.mark.parametrize("fault", [Fault.GREYLIST, Fault.FULL])
def test_a_server_that_cannot_now_is_asked_again(base: Flask, server: Start, fault: Fault) -> None:
    running = server(fault)
    posted()
    runner.drain()
    assert (letter().state, running.letters) == (LetterState.PENDING, [])
    assert letter().error.startswith("45")
    assert work().state is WorkState.PENDING and work().available_at > now()
    again()
    assert (letter().state, len(running.letters), letter().doubts) == (LetterState.SENT, 1, 0)


@pytest.mark.parametrize("fault", [Fault.NO_SUCH_USER, Fault.SPAM])
def test_a_server_that_never_will_is_believed(base: Flask, server: Start, monkeypatch: pytest.MonkeyPatch,
                                              fault: Fault) -> None:
    running, heard = server(fault), []
    monkeypatch.setattr(events, "_listeners", {LetterFailed: (lambda e, a: heard.append(e),)})
    posted()
    runner.drain()
    again()
    assert (letter().state, running.letters, letter().context) == (LetterState.FAILED, [], "")
    assert [(e.letter, e.subject_label, e.reason[:2]) for e in heard] == [("mail_check", ANA.email, "55")]
    assert isinstance(heard[0], Event)
    assert work().state is WorkState.DONE, "nothing is left to do"


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DROP])
def test_a_lost_answer_repeats_the_letter_once(base: Flask, server: Start, fault: Fault) -> None:
    running = server(fault)
    posted()
    runner.drain()
    assert (letter().state, letter().doubts) == (LetterState.UNKNOWN, 1)
    again()
    assert letter().state is LetterState.SENT
    assert len({m["Message-ID"] for m in running.letters}) == 1
    assert len(running.letters) == 2


def test_answers_lost_twice_end_in_doubt(base: Flask, server: Start) -> None:
    running = server(Fault.DROP, Fault.DROP)
    posted()
    runner.drain()
    again()
    again()
    assert (letter().state, len(running.letters)) == (LetterState.UNKNOWN, 2)


def test_a_server_that_is_not_there(base: Flask, server: Start) -> None:
    running = server()
    running.end()
    posted()
    runner.drain()
    assert (letter().state, letter().error) == (LetterState.PENDING, "ConnectionRefusedError")


def test_a_letter_is_given_up_after_days(base: Flask, server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = server()
    running.end()
    monkeypatch.setattr(services, "MOST_ATTEMPTS", 2)
    posted()
    runner.drain()
    again()
    assert letter().state is LetterState.FAILED
    assert work().state is WorkState.DONE


def test_without_a_server_letters_wait_and_in_a_demo_they_are_read(
        base: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "server", lambda: None)
    posted()
    runner.drain()
    assert (letter().state, letter().error) == (LetterState.PENDING, delivery.NO_SERVER)
    base.config["DEMO"] = True
    again()
    assert letter().state is LetterState.SENT
    assert letter().context != ""


def die_at(app: Flask, monkeypatch: pytest.MonkeyPatch, point: str, running: MailServer) -> None:
    """Deliver in a process of its own that is killed at `point`."""
    def body() -> None:
        with app.app_context():
            db.engine.dispose(close=False)
            if point == "answer":
                running_pid.value = os.getpid()
            else:
                target = {"marked": (delivery, "render"), "sent": (services, "sent")}[point]
                monkeypatch.setattr(*target, lambda *a: os.kill(os.getpid(), signal.SIGKILL))
            runner.drain()

    running_pid = multiprocessing.Value("i", 0)
    child = multiprocessing.get_context("fork").Process(target=body)
    child.start()
    while point == "answer" and not running_pid.value:
        pass
    running.client_pid = running_pid.value
    child.join(10)
    assert child.exitcode == -signal.SIGKILL
    with transaction(DOOR):
        session.execute(update(OutboxRow).values(locked_until=now() - timedelta(seconds=1)))


@pytest.mark.parametrize(("point", "copies"), [("marked", 1), ("sent", 2), ("answer", 2)])
def test_a_worker_killed_between_the_states(base: Flask, server: Start, monkeypatch: pytest.MonkeyPatch, point: str,
                                            copies: int) -> None:
    running = server(*([Fault.KILL_CLIENT] if point == "answer" else []))
    posted()
    die_at(base, monkeypatch, point, running)
    assert letter().state is LetterState.SENDING
    runner.drain()
    assert (letter().state, letter().doubts) == (LetterState.SENT, 1)
    assert len(running.letters) == copies
    assert {m["Message-ID"] for m in running.letters} == {letter().message_id}


def test_a_worker_killed_twice_leaves_a_doubt(base: Flask, server: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = server()
    posted()
    die_at(base, monkeypatch, "sent", running)
    die_at(base, monkeypatch, "sent", running)
    runner.drain()
    assert (letter().state, len(running.letters)) == (LetterState.UNKNOWN, 2)
    assert work().state is WorkState.DONE


def test_old_letters_forget_what_they_said(base: Flask) -> None:
    posted()
    with transaction(DOOR):
        assert services.forget() == 0
    with time_machine.travel(now() + timedelta(days=31)), transaction(DOOR):
        assert services.forget() == 1
    assert letter().context == ""


@pytest.mark.parametrize(("name", "to", "state", "error"), [
    ("nothing_of_that_name", ANA, WorkState.PARKED, "TemplateNotFound"),
    ("reset", ANA, WorkState.PARKED, "UndefinedError"),
    ("mail_check", Recipient("no address", "", "es"), WorkState.DONE, "not an e-mail")])
def test_a_letter_that_cannot_be_written_has_failed(base: Flask, server: Start, name: str, to: Recipient,
                                                    state: WorkState, error: str) -> None:
    running = server()
    with transaction(Scope()):
        services.post(name, to, {"link": "/"} if name == "mail_check" else {})
    runner.drain()
    assert (letter().state, running.letters, work().state) == (LetterState.FAILED, [], state)
    assert error in letter().error


def test_what_is_over_or_never_was_is_not_begun(base: Flask) -> None:
    letter_id = posted()
    with transaction(DOOR):
        assert services.begin(UUID(int=1)) is None
        for state in (LetterState.SENT, LetterState.FAILED):
            session.execute(update(Letter).values(state=state))
            assert services.begin(letter_id) is None
        session.execute(update(Letter).values(state=LetterState.UNKNOWN, doubts=1))
        assert services.begin(letter_id) is not None


def test_a_letter_speaks_one_of_our_languages_and_keeps_short_names(base: Flask) -> None:
    posted(Recipient("ana@x.example", "Ana" * 100, "fr"))
    assert (letter().locale, letter().to_name) == ("es", ("Ana" * 100)[:200])


def test_old_letters_are_forgotten_every_night(base: Flask) -> None:
    posted()
    with transaction(DOOR):
        session.execute(update(Letter).values(created_at=now() - services.KEPT - timedelta(hours=1)))
        outbox.defer("mail.forget")
    runner.drain(queues=("bulk",))
    assert letter().context == ""
