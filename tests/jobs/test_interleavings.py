"""Whatever order commits, crashes, lost bells and second workers come in, the effects are the committed acts."""
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from portal.core.clock import now
from portal.core.db import DOOR, session, transaction
from portal.jobs import outbox, runner, services, sweeper
from portal.jobs.models import OutboxRow, ScheduleSlot, WorkState
from tests.jobs.samples import FAULTS, did


def commit(fails: bool = False) -> None:
    try:
        with transaction(DOOR):
            outbox.defer("test.plain")
            if fails:
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass


def open_rows() -> list[UUID]:
    with transaction(DOOR):
        return list(session.scalars(select(OutboxRow.id).where(OutboxRow.state != WorkState.DONE).limit(3)))


def claim_and_die() -> None:
    for row in open_rows()[:1]:
        with transaction(DOOR):
            services.claim(row)
            session.execute(update(OutboxRow).filter_by(id=row).values(locked_until=now() - timedelta(1)))


def work() -> None:
    for row in [*open_rows(), *open_rows()]:
        runner.run(row)


PLAYS: dict[str, Callable[[], object]] = {
    "commit": commit, "roll back": lambda: commit(fails=True), "run": work, "run and fail before": work,
    "run and fail after": work, "claim and die": claim_and_die, "sweep": sweeper.sweep,
    "run a stranger's": lambda: runner.run(UUID(int=7)),
}


def play(act: str) -> None:
    FAULTS.clear()
    if act.startswith("run and fail"):
        FAULTS[act.rpartition(" ")[2]] = "raise"
    PLAYS[act]()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["commit", "run and fail before", "claim and die"])
@given(st.lists(st.sampled_from(list(PLAYS)), max_size=12))
def test_effects_are_exactly_the_committed_acts(base: Flask, acts: list[str]) -> None:
    with transaction(DOOR):
        session.execute(delete(OutboxRow))
        session.execute(delete(ScheduleSlot))
    for act in acts:
        play(act)
    FAULTS.clear()
    for _round in range(2):  # a row may be parked only now; an operator asks for it again, and it is done
        runner.drain()
        with transaction(DOOR):
            for row in session.scalars(select(OutboxRow.id).filter_by(state=WorkState.PARKED)).all():
                services.retry(row)
    runner.drain()
    assert did("plain") == Counter(acts)["commit"]
