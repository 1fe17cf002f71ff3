"""The settings: what is refused, what is invented, and when the demo may exist."""
from base64 import b64encode
from pathlib import Path

import pytest

from config.settings import VARIABLES, Settings, SettingsError, fresh_secrets
from scripts.configuration import DOCUMENT, table

SECRET = "v" * 3 + "0f9A-kq8LmZ2xWc7Rt5YbNh4Jd6Gs1PeU3Ti"
KEYS = "k1:" + b64encode(bytes(range(32))).decode()
OWN = {"PORTAL_DATABASE_URL": "postgres://acuse:pw@db.example/acuse", "PORTAL_SECRET_KEY": SECRET,
       "PORTAL_ENCRYPTION_KEYS": KEYS}


@pytest.fixture()
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a newcomer: nothing but a folder."""
    return {"PORTAL_HOME": str(tmp_path / "home")}


def test_a_newcomer_needs_no_settings(home: dict[str, str]) -> None:
    settings = Settings.from_env(home)
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert settings.database_url is None and settings.redis_url is None and settings.demo


def test_invented_secrets_are_kept_private_and_stay(home: dict[str, str]) -> None:
    first = Settings.from_env(home)
    kept = Path(home["PORTAL_HOME"]) / "secrets"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Settings.from_env(home).secret_keys == first.secret_keys
    assert Settings.from_env(home).encryption_keys == first.encryption_keys


def test_a_database_of_ones_own_needs_secrets_of_ones_own(home: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY and PORTAL_ENCRYPTION_KEYS"):
        Settings.from_env({**home, "PORTAL_DATABASE_URL": "postgresql://db.example/acuse"})
    assert not Path(home["PORTAL_HOME"]).exists()


def test_the_owner_of_the_schema_defaults_to_the_application(home: dict[str, str]) -> None:
    assert Settings.from_env({**home, **OWN}).database_owner_url == "postgresql+psycopg://acuse:pw@db.example/acuse"
    other = Settings.from_env({**home, **OWN, "PORTAL_DATABASE_OWNER_URL": "postgresql://owner@db.example/acuse"})
    assert other.database_owner_url == "postgresql+psycopg://owner@db.example/acuse"


@pytest.mark.parametrize("name, value", [
    ("PORTAL_PORT", "0"), ("PORTAL_PORT", "eighty"), ("PORTAL_PORT", "65536"), ("PORTAL_DEMO", "maybe"),
    ("PORTAL_BASE_URL", "invoices.example.com"), ("PORTAL_DATABASE_URL", "mysql://db/acuse"),
    ("PORTAL_DATABASE_OWNER_URL", "sqlite:///x"), ("PORTAL_REDIS_URL", "http://redis"),
    ("PORTAL_SMTP_TLS", "ssl"), ("PORTAL_LOG_LEVEL", "LOUD"), ("PORTAL_MAX_UPLOAD_MB", "-1"),
    ("PORTAL_WEB_WORKERS", "0"), ("PORTAL_SECRET_KEY", "short"), ("PORTAL_SECRET_KEY", "a" * 64),
    ("PORTAL_SECRET_KEY", "changeme-changeme-changeme-0123456789"), ("PORTAL_SECRET_KEY", f"{SECRET},short"),
    ("PORTAL_ENCRYPTION_KEYS", "k1"), ("PORTAL_ENCRYPTION_KEYS", "k1:bm90IDMyIGJ5dGVz"),
    ("PORTAL_ENCRYPTION_KEYS", "k1:" + b64encode(bytes(32)).decode()), ("PORTAL_ENCRYPTION_KEYS", f"{KEYS},"),
])
def test_a_value_that_cannot_be_used_is_named(home: dict[str, str], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**home, **OWN, name: value})


@pytest.mark.parametrize("name, value", [
    ("PORTAL_HOST", "0.0.0.0"), ("PORTAL_BASE_URL", "https://invoices.example.com"), ("PORTAL_TRUSTED_PROXIES", "1"),
    ("PORTAL_REDIS_URL", "redis://queue.example"), ("PORTAL_S3_BUCKET", "acuse"), ("PORTAL_SMTP_HOST", "mail.example"),
    ("PORTAL_DEMO", "0"), ("PORTAL_DATABASE_URL", OWN["PORTAL_DATABASE_URL"]),
])
def test_the_demo_never_exists_where_others_could_reach_it(home: dict[str, str], name: str, value: str) -> None:
    given = {**home, **OWN, "PORTAL_DATABASE_URL": "", name: value}
    assert not Settings.from_env(given).demo
    assert Settings.from_env({**given, "PORTAL_DEMO": "1"}).demo


def test_requests_are_for_the_portals_own_host(home: dict[str, str]) -> None:
    public = Settings.from_env({**home, **OWN, "PORTAL_HOST": "0.0.0.0", "PORTAL_BASE_URL": "https://acuse.example/"})
    assert (public.trusted_hosts, public.base_url) == (["acuse.example"], "https://acuse.example")
    assert "127.0.0.1" in Settings.from_env(home).trusted_hosts


def test_secrets_that_we_print_are_secrets_that_we_take(home: dict[str, str]) -> None:
    printed = dict(line.split("=", 1) for line in fresh_secrets().splitlines())
    assert Settings.from_env({**home, **OWN, **printed}).secret_keys == (printed["PORTAL_SECRET_KEY"],)


def test_every_variable_is_in_the_table_and_the_document_prints_it() -> None:
    source = (Path(__file__).parents[2] / "config" / "settings.py").read_text()
    names = [name for name, _, _ in VARIABLES]
    assert len(names) == len(set(names))
    for name in names:
        assert source.count(f'"{name}"') >= 2, f"{name} is documented but never read"
    asked: set[str] = set()

    class Asked(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            asked.add(name)
            return {**OWN, "PORTAL_HOME": "/nowhere"}.get(name, default)

    Settings.from_env(Asked())
    assert asked <= set(names), "a variable is read but not in the table"
    assert table() in DOCUMENT.read_text(), "docs/operations.md is stale: python -m scripts.configuration"
