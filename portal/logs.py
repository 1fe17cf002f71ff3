"""Structured logs: one JSON object a line, with the request's id, and nothing secret in it."""
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from config.settings import Settings

SECRET = re.compile(r"password|token|secret|clabe|iban|number|key|cookie|authorization|sello|certificado", re.I)
LONG_NUMBER = re.compile(r"\b\d{14,20}\b")
# Addresses that carry a single-use secret show only where they lead.
LINK = re.compile(r"(/(?:activate|reset|join|setup)/)[A-Za-z0-9_\-]{8,}")


def install(settings: Settings) -> None:
    """Send every log line, the portal's and the libraries', to standard error as JSON."""
    shared: list[Any] = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level,
                         structlog.processors.TimeStamper(fmt="iso", utc=True), redact]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info,
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                                              structlog.processors.format_exc_info, redact,
                                              structlog.processors.JSONRenderer(default=str)]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide what a log must not know: secrets by their name, account numbers and link secrets by their shape."""
    return {k: "•••" if SECRET.search(k) else _mask(v) for k, v in line.items()}


def _mask(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return LINK.sub(r"\1•••", LONG_NUMBER.sub("•••", value))
