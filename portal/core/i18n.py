"""Languages: texts by gettext (msgid in English, Spanish in `portal/translations/es/<feature>.po`), and the way
money and dates are written in each. Spanish (Mexico) is the first language.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from flask_babel import Domain
from flask_babel import force_locale as _force_locale
from flask_babel import get_locale as _get_locale

from portal.core.clock import now, today

LANGUAGES = {"es": "Español", "en": "English"}  # each by its own name
LOCALES = tuple(LANGUAGES)  # the first is the one without a choice
ZONE = "America/Mexico_City"
FOLDER = Path(__file__).resolve().parents[1] / "translations"
REGION = {"es": "es_MX", "en": "en_US"}


class _Catalogs(Domain):
    """All features' .po files of one language as a single catalog, read once per process."""

    def get_translations(self) -> Translations:
        locale = _get_locale()
        return catalog(locale.language if locale else "en")


@cache
def catalog(language: str) -> Translations:
    """Return the merged catalog of `language`; English is the source and has none."""
    merged = Translations()
    for path in sorted((FOLDER / language).glob("*.po")):
        merged.merge(_compiled(path))
    return merged


def _compiled(path: Path) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=path.parent.name))
    compiled.seek(0)
    return Translations(fp=compiled)


domain = _Catalogs()
_ = domain.gettext
ngettext = domain.ngettext
pgettext = domain.pgettext  # (what is spoken of, text): a word whose Spanish depends on that
lazy = domain.lazy_gettext


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Run the block in `language` ("es" or "en"): letters and PDFs are written in their reader's language."""
    with _force_locale(language):
        yield


def language() -> str:
    """Return the language of the moment: "es" or "en"."""
    current = _get_locale()
    return current.language if current and current.language in LOCALES else LOCALES[0]


def either(spanish: str, english: str) -> str:
    """Return what people wrote in both languages in the reader's; in Spanish when they left the English empty."""
    return spanish if language() == "es" else english or spanish


def money(amount: Decimal | int | None, currency: str = "MXN", decimals: int = 2) -> str:
    """Write an amount as `$1,234.56 MXN`; an unknown one as a dash."""
    if amount is None:
        return "—"
    return f"{plain_money(amount, decimals)} {currency}"


def plain_money(amount: Decimal | int, decimals: int = 2) -> str:
    """Write an amount as `$1,234.56`, for columns that state the currency once."""
    digits = format_decimal(abs(Decimal(amount)), format="#,##0." + "0" * decimals, locale="es_MX")
    return f"{'-' if amount < 0 else ''}${digits}"


def day(value: date | datetime | None, zone: str = ZONE) -> str:
    """Write a date as `26 nov 2026`."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    pattern = "d MMM y" if language() == "es" else "MMM d, y"
    return format_date(local, format=pattern, locale=_locale()).replace(".", "")


def weekday(value: date) -> str:
    """Write the day of the week as `viernes`."""
    return format_date(value, format="EEEE", locale=_locale())


def moment(value: datetime | None, zone: str = ZONE) -> str:
    """Write an instant as `26 nov 2026, 14:05` in `zone`."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {format_datetime(local, 'HH:mm', locale=_locale())}"


def distance(value: date | datetime | None, zone: str = ZONE) -> str:
    """Say how far a day is: "today", "in 5 days", "2 days ago"."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    days = (local - today(zone)).days
    if days in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    if days > 0:
        return ngettext("in %(num)d day", "in %(num)d days", days)
    return ngettext("%(num)d day ago", "%(num)d days ago", -days)


def ago(value: datetime | None) -> str:
    """Say how long ago an instant was: "just now", "5 minutes ago", "2 days ago"."""
    if value is None:
        return "—"
    minutes = int((now() - value).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    if minutes < 24 * 60:
        return ngettext("%(num)d hour ago", "%(num)d hours ago", minutes // 60)
    return ngettext("%(num)d day ago", "%(num)d days ago", minutes // 1440)


def _locale() -> Locale:
    return Locale.parse(REGION[language()])
