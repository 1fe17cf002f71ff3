"""The commands: `flask --app app <command>`. Each is a few lines that call what the features offer."""
import click
from flask import Flask


def register(app: Flask) -> None:
    """Add every command to `app`."""
    for command in COMMANDS:
        app.cli.add_command(command)


COMMANDS: tuple[click.Command, ...] = ()
