"""E-mail addresses: kept as typed, compared without case."""
import unicodedata

from email_validator import EmailNotValidError, validate_email

from portal.core.errors import Invalid
from portal.core.i18n import lazy


def checked(email: str, field: str = "email") -> str:
    """Return the address in its normal form (RFC 5321/6531). Raises Invalid, with the sentence beside `field`."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise Invalid(fields={field: lazy("Write a whole e-mail address, such as ana@company.com.")}) from wrong


def key_of(email: str) -> str:
    """Return the form in which addresses are compared: one person has one, however it is typed."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()[:254]
