"""The features in their order, lowest first: what each brings to the web, and where.

A package may import only those above it in this list (a test holds it). `models` makes every table known.
"""
from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint

# The pure packages and the kit, lowest first; packages on one row do not know each other.
ORDER: tuple[tuple[str, ...], ...] = (
    ("cfdi",),
    ("documents", "banking"),
    ("core",),
    ("access",),
    ("storage", "jobs"),
    ("sat", "pac"),
    ("web",),
    ("mail",),
    ("audit",),
    ("accounts",),
    ("suppliers",),
    ("purchasing",),
    ("invoices",),
    ("approvals",),
    ("payments",),
    ("emission",),
    ("dashboards", "api"),
)

# Modules that define tables.
TABLES = ("web.once", "web.parking", "storage.models", "jobs.models", "sat.models", "mail.models", "audit.models",
          "accounts.models", "suppliers.models", "invoices.models", "approvals.models", "payments.models")

# Modules whose import registers jobs.
JOBS = (
    "jobs.jobs", "sat.jobs", "web.previews", "web.orphans", "mail.jobs", "audit.jobs", "accounts.jobs",
    "suppliers.jobs", "invoices.jobs", "approvals.jobs",
)

# Modules with a blueprint named `bp`, and the prefix of its pages.
PAGES: tuple[tuple[str, str], ...] = (
    ("web.views", ""),
    ("mail.views", ""),
    ("audit.views", "/audit"),
    ("accounts.views", ""),
    ("accounts.link_views", ""),
    ("accounts.setup_views", ""),
    ("accounts.people_views", ""),
    ("accounts.profile_views", ""),
    ("suppliers.views", "/suppliers"),
    ("suppliers.record_views", "/record"),
    ("suppliers.review_views", "/records"),
    ("suppliers.layout_views", "/settings/record"),
    ("invoices.views", "/invoices"),
    ("invoices.settings_views", "/settings/invoices"),
    ("approvals.views", "/inbox"),
    ("approvals.settings_views", "/settings/approvals"),
    ("payments.views", "/payments"),
    ("payments.treasury_views", "/treasury"),
    ("dashboards.views", ""),
)


def load(names: tuple[str, ...]) -> None:
    """Import modules of the portal by their short names, for what their import registers."""
    for name in names:
        import_module(f"portal.{name}")


def blueprints() -> Iterator[tuple[Blueprint, str]]:
    """Yield every feature's blueprint with its prefix."""
    for name, prefix in PAGES:
        yield import_module(f"portal.{name}").bp, prefix
