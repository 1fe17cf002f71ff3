"""The commands: `flask --app app <command>`. Each is a few lines that call what the features offer."""
import click
from flask import Flask
from flask.cli import with_appcontext

from portal.accounts import joining
from portal.audit import commands as audit
from portal.core import db
from portal.jobs import commands as jobs
from portal.local.cfdi_commands import cfdi_commands, sat_commands
from portal.mail import commands as mail
from portal.sat import commands as sat


def register(app: Flask) -> None:
    """Add every command to `app`."""
    for command in COMMANDS:
        app.cli.add_command(command)


@click.command("setup-token")
@with_appcontext
def setup_token() -> None:
    """Print a link, once, with which a client and its administrator are set up."""
    with db.transaction(db.DOOR):
        address = joining.issue_setup()
    click.echo(address)


sat_commands.add_command(sat.fetch_lists)
sat_commands.add_command(sat.lists)
COMMANDS: tuple[click.Command, ...] = (setup_token, cfdi_commands, sat_commands, jobs.group, audit.group, mail.group)
