"""`flask jobs …`: what was given up, and another try."""
from uuid import UUID

import click
from flask.cli import AppGroup

from portal.core.db import DOOR, transaction
from portal.core.errors import NotFound
from portal.jobs import queries, services

group = AppGroup("jobs", help="Work that was given up.")


@group.command("parked")
def parked() -> None:
    """List the jobs that were given up, with their last error."""
    with transaction(DOOR):
        rows = queries.parked()
        oldest, _count = queries.lag()
    for row in rows:
        click.echo(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.name}  {row.last_error[:200]}")
    click.echo(f"{len(rows)} parked; the oldest waiting job is {oldest:.0f} s old.")


@group.command("retry")
@click.argument("outbox_id", type=click.UUID)
def retry(outbox_id: UUID) -> None:
    """Give a parked job a full set of attempts again."""
    try:
        with transaction(DOOR):
            services.retry(outbox_id)
    except NotFound:
        raise click.ClickException("No parked job has this id.") from None
    click.echo("It will be run within a minute.")
