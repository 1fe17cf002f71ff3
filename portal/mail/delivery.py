"""Delivers one letter: mark it, draw it, hand it over, note the answer. A crash between any two leaves it mendable."""
from uuid import UUID

from jinja2 import TemplateError

from portal.core.db import DOOR, transaction
from portal.jobs.registry import GiveUp, Later
from portal.mail import environment, services, smtp
from portal.mail.compose import compose
from portal.mail.environment import Server
from portal.mail.render import Rendered, render
from portal.mail.services import Draft

NO_SERVER = "no mail server is configured"


def deliver(letter_id: UUID) -> None:
    """Send a letter, or put it in the demo mailbox. Raises Later when it must be tried again, GiveUp when hopeless."""
    with transaction(DOOR):
        draft = services.begin(letter_id)
    if draft is None:
        return
    try:
        drawn = render(draft.name, draft.to.locale, draft.to.name, draft.context)
    except TemplateError as error:
        _refuse(draft, f"{type(error).__name__}: {error}")
        raise GiveUp(f"the letter {draft.name} cannot be drawn: {error}") from error
    server = environment.server()
    if server is None:
        _without_server(draft, drawn)
    else:
        _hand_over(draft, drawn, server)


def _without_server(draft: Draft, drawn: Rendered) -> None:
    if not environment.is_demo():
        _wait(draft, NO_SERVER)
    with transaction(DOOR):
        services.sent(draft.id, drawn.subject)


def _hand_over(draft: Draft, drawn: Rendered, server: Server) -> None:
    try:
        smtp.send(server, compose(draft, drawn, server.sender), draft.to.email)
    except ValueError as error:
        _refuse(draft, str(error))
    except smtp.Permanent as error:
        _refuse(draft, str(error))
    except smtp.Temporary as error:
        _wait(draft, str(error))
    except smtp.Doubtful as error:
        _doubt(draft, str(error))
    else:
        with transaction(DOOR):
            services.sent(draft.id, drawn.subject)


def _refuse(draft: Draft, reason: str) -> None:
    with transaction(DOOR):
        services.refused(draft.id, reason)


def _wait(draft: Draft, reason: str) -> None:
    with transaction(DOOR):
        again = services.put_back(draft.id, reason)
    if again:
        raise Later(reason)


def _doubt(draft: Draft, reason: str) -> None:
    with transaction(DOOR):
        again = services.doubted(draft.id, reason)
    if again:
        raise Later(f"the server's answer was lost: {reason}")
