"""The letter that an operator sends to see that letters arrive. `LETTERS` holds a sample of each letter's context."""
from uuid import UUID

from portal.mail.services import Recipient, post

LETTERS = {"mail_check": {"link": "/"}}


def check(to: Recipient) -> UUID:
    """Post the letter that checks the mail server. Returns its id."""
    return post("mail_check", to, {"link": "/"})
