"""`flask mail …`: do letters arrive?"""
import click
from flask.cli import AppGroup

from portal.core.db import DOOR, transaction
from portal.mail import emails
from portal.mail.services import Recipient

group = AppGroup("mail", help="Letters.")


@group.command("check")
@click.argument("address")
@click.option("--locale", type=click.Choice(["es", "en"]), default="es")
def check(address: str, locale: str) -> None:
    """Send a letter to ADDRESS, to see that the mail server works."""
    with transaction(DOOR):
        letter_id = emails.check(Recipient(address, "", locale))
    click.echo(f"Letter {letter_id} is on its way; the worker's log says what became of it.")
