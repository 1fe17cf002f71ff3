"""Draws a letter in its reader's language from templates/email/<name>/{subject.txt,body.txt,body.html}."""
import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from jinja2 import StrictUndefined
from jinja2.environment import Environment

from portal.core.i18n import speaking
from portal.mail import environment
from portal.mail.dress import dress


@dataclass(frozen=True)
class Rendered:
    """A letter as it leaves: its subject on one line, its text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render(name: str, locale: str, to_name: str, context: dict[str, Any]) -> Rendered:
    """Draw the letter `name`. Raises jinja2's errors when a template is missing, or reads what the context lacks."""
    known = {"client": "", **{k: _absolute(k, v) for k, v in context.items()}, "to_name": to_name, "locale": locale,
             "base_url": environment.base_url()}
    jinja = _environment()
    with speaking(locale):
        subject, text, html = (jinja.get_template(f"email/{name}/{part}").render(known)
                               for part in ("subject.txt", "body.txt", "body.html"))
    return Rendered(" ".join(subject.split()), _tidy(text), dress(html))


def _environment() -> Environment:
    kept = current_app.extensions.get("portal_letters")
    if kept is None:
        # A letter with a hole in it is worse than none: what is missing is an error, found by the tests.
        kept = current_app.jinja_env.overlay(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        current_app.extensions["portal_letters"] = kept
    return kept  # type: ignore[no-any-return]


def _absolute(name: str, value: Any) -> Any:
    if (name == "link" or name.endswith("_link")) and isinstance(value, str) and value.startswith("/"):
        return environment.base_url() + value
    return value


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip() + "\n"
