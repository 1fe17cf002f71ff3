"""The family of errors a person can meet. Drawn once:

    PortalError
    ├── NotFound      it does not exist, or it is not yours: the two are never told apart   404
    ├── NotAllowed    you are known, but your role does not include this                    403
    ├── StepUpNeeded  a sensitive act: the password again, then on                          → /step-up
    ├── Invalid       what was given cannot be accepted; carries findings, field by field   422
    ├── Conflict      somebody was faster, or the page is stale                             409
    └── Unavailable   a service we need does not answer; nothing was half done              503

They are turned into pages at one edge (`portal/web/errors.py`) and into API answers at the other.
Messages are lazy translations: plain words, what is wrong, how to mend it.
"""
from collections.abc import Mapping


class PortalError(Exception):
    """The root; never raised itself."""

    status = 500

    def __init__(self, message: object = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(PortalError):
    """Absent, or of another tenant."""

    status = 404


class NotAllowed(PortalError):
    """The actor lacks the permission."""

    status = 403


class StepUpNeeded(PortalError):
    """The act is sensitive and the password has not been given in the last minutes."""

    status = 403


class Invalid(PortalError):
    """Refused input. `fields` maps a form field's name to a sentence; `message` speaks of the whole."""

    status = 422

    def __init__(self, message: object = "", fields: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Conflict(PortalError):
    """The state has moved on since the page was drawn, or another act holds it."""

    status = 409


class Unavailable(PortalError):
    """Something outside does not answer."""

    status = 503
