"""`flask audit …`: is the trail whole?"""
import click
from flask.cli import AppGroup

from portal.audit import sealing
from portal.core.db import DOOR, transaction

group = AppGroup("audit", help="The audit trail.")


@group.command("verify")
def verify() -> None:
    """Compute every chain again; name the links that do not fit, and end with status 1 if there are any."""
    with transaction(DOOR):
        sealing.seal()
        bad = sealing.verify_all()
    for client_id, outcome in bad.items():
        for broken in outcome.broken:
            click.echo(f"client {client_id or '-'}: link {broken.position or '-'}, event {broken.event_id}: "
                       f"{broken.reason}")
    if bad:
        raise click.ClickException("The audit trail was tampered with.")
    click.echo("Every chain holds.")
