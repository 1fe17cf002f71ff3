"""Two at the same moment, made certain: everybody has looked, and waits at the same table, before anybody may write."""
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text

from portal.audit.models import AuditEvent
from portal.core.db import session
from portal.jobs import runner
from portal.mail.models import Letter
from tests.factories import Person, World

PATIENCE = 20.0  # seconds after which the race is run although somebody has not come to the gate
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
Act = Callable[[], Any]


@dataclass
class Arena:
    """A database with real commits, and a gate before one of its tables."""

    app: Flask
    world: World
    gate: Engine
    outcomes: list[Any] = field(default_factory=list)

    def browser(self, person: Person | None = None) -> FlaskClient:
        """Return a browser of its own, signed in as `person`."""
        made = self.app.test_client()
        return self.world.sign_in(made, person) if person else made

    def together(self, table: str, *acts: Act) -> list[int]:
        """Do `acts` at once, all let through to `table` in one moment; return the statuses, sorted."""
        with ThreadPoolExecutor(len(acts)) as crowd:
            with self._shut(table) as waiting:
                racing = [crowd.submit(act) for act in acts]
                deadline = monotonic() + PATIENCE
                while waiting() < len(acts) and monotonic() < deadline and not all(r.done() for r in racing):
                    sleep(0.01)
                assert waiting() == len(acts), "they did not meet"
            self.outcomes = [r.result() for r in racing]
        return sorted(answer.status_code for answer in self.outcomes)

    def told(self, status: int) -> str:
        """Return the page that the one who came late was shown."""
        return next(answer.text for answer in self.outcomes if answer.status_code == status)

    def happened(self, kind: str) -> int:
        """Return how often something was written into the audit trail of this race's subject or any."""
        with self.world.owner():
            return int(session.scalar(select(func.count()).select_from(AuditEvent).filter_by(kind=kind)) or 0)

    def letters(self, name: str) -> int:
        """Do the jobs that wait, and return how many letters of a kind there are."""
        with self.app.app_context():
            runner.drain(queues=("critical", "default"))
        with self.world.owner():
            return int(session.scalar(select(func.count()).select_from(Letter).filter_by(name=name)) or 0)

    def rows(self, model: Any, **like: Any) -> list[Any]:
        """Return rows, as they are."""
        with self.world.owner():
            return list(session.scalars(select(model).filter_by(**like)))

    @contextmanager
    def _shut(self, table: str) -> Iterator[Callable[[], int]]:
        """Let nobody write to `table`, or hold its rows, until the end; yields how many wait."""
        with self.gate.connect() as holder, self.gate.connect() as watcher:
            holder.exec_driver_sql(f"LOCK TABLE {table} IN EXCLUSIVE MODE")

            def waiting() -> int:
                count = int(watcher.execute(WAITING).scalar_one())
                watcher.rollback()
                return count

            yield waiting
            holder.rollback()
