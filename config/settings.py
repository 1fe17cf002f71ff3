"""The settings, from environment variables named PORTAL_*. `VARIABLES` is the one table of them.

`docs/operations.md` prints that table; a test holds the two together. Operators read these messages, in English.
"""
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
SHORTEST_SECRET = 32
KNOWN_WORDS = ("changeme", "change-me", "change_me", "secret", "password", "example", "insecure")
# Whoever sets one of these means a real installation; nor is a portal behind a proxy only this machine's.
EXTERNAL = ("PORTAL_DATABASE_URL", "PORTAL_REDIS_URL", "PORTAL_S3_BUCKET", "PORTAL_SMTP_HOST",
            "PORTAL_TRUSTED_PROXIES")

# name, default, what it is
VARIABLES: tuple[tuple[str, str, str], ...] = (
    ("PORTAL_HOME", "`.portal` in the checkout", "Folder for everything embedded: database, queue, files, logs, "
     "secrets."),
    ("PORTAL_HOST", "`127.0.0.1`", "Address the web server listens on."),
    ("PORTAL_PORT", "`8000`", "Port the web server listens on."),
    ("PORTAL_BASE_URL", "`http://localhost:PORT`", "The portal's own address, as people reach it; every link in a "
     "letter starts with it, and requests for another host are refused."),
    ("PORTAL_DATABASE_URL", "embedded", "PostgreSQL 15 or later, for the application. Its role needs to be "
     "`portal_app` or a member of it; the portal acts as `portal_app` in any case."),
    ("PORTAL_DATABASE_OWNER_URL", "PORTAL_DATABASE_URL", "The same database for migrations, backup and restore: "
     "owner of the schema. Only those commands need it."),
    ("PORTAL_REDIS_URL", "embedded", "Redis 6.2 or Valkey 7 and later, for the job queue and the rate limits."),
    ("PORTAL_S3_BUCKET", "", "Keep files in this S3-compatible bucket instead of `PORTAL_HOME/files`."),
    ("PORTAL_S3_ENDPOINT", "", "Address of the S3 service, when it is not Amazon's."),
    ("PORTAL_S3_REGION", "`us-east-1`", "Region of the bucket."),
    ("PORTAL_S3_ACCESS_KEY", "", "S3 access key; empty: the machine's own role."),
    ("PORTAL_S3_SECRET_KEY", "", "S3 secret key."),
    ("PORTAL_SMTP_HOST", "", "Mail server. Without one, letters are only readable in the demo's mailbox."),
    ("PORTAL_SMTP_PORT", "`587`", "Port of the mail server."),
    ("PORTAL_SMTP_USER", "", "User at the mail server."),
    ("PORTAL_SMTP_PASSWORD", "", "Password at the mail server."),
    ("PORTAL_SMTP_TLS", "`starttls`", "`starttls`, `tls` or `none`."),
    ("PORTAL_SMTP_FROM", "`acuse@localhost`", "Sender's address."),
    ("PORTAL_SECRET_KEY", "made in PORTAL_HOME", "Signs cookies; several separated by commas, the first signs. "
     "At least 32 random characters."),
    ("PORTAL_ENCRYPTION_KEYS", "made in PORTAL_HOME", "`name:base64 of 32 bytes`, several separated by commas; the "
     "first encrypts. Whoever loses them loses every account number: keep them apart from the backups."),
    ("PORTAL_TRUSTED_PROXIES", "`0`", "How many proxies in front set X-Forwarded-For and X-Forwarded-Proto."),
    ("PORTAL_DEMO", "only when all is embedded and local", "`1` or `0`: demo data, the sandbox authority and the "
     "letter reader. Without this variable they exist only when database, queue, files and mail are embedded and "
     "both PORTAL_HOST and PORTAL_BASE_URL are this machine. Never with real data."),
    ("PORTAL_SAT_CERTIFICATES", "`PORTAL_HOME/sat`", "Folder of SAT's and the PACs' imported certificates."),
    ("PORTAL_SAT_ASK", "", "What the portal asks SAT for by itself, separated by commas: `lists` (69-B and 69, once a "
     "day), `certificates` (SAT's authorities, once a day), `status` (of each invoice that is sent). Empty: nothing."),
    ("PORTAL_SAT_LISTS_URL", "SAT's", "Where the lists are, without their folders and names: `https`, or this "
     "machine's."),
    ("PORTAL_SAT_STATUS_URL", "SAT's", "The service that says whether an invoice is valid or cancelled: `https`, or "
     "this machine's."),
    ("PORTAL_SAT_AUTHORITIES_URL", "SAT's", "The ZIP of SAT's authorities. Plain `http` will do: what is taken is "
     "pinned."),
    ("PORTAL_SAT_PROVIDERS_URL", "SAT's", "Where SAT keeps the PACs' certificates by number. Plain `http` will do: "
     "what is taken must chain."),
    ("PORTAL_LOG_LEVEL", "`INFO`", "`DEBUG`, `INFO`, `WARNING` or `ERROR`."),
    ("PORTAL_METRICS_TOKEN", "", "Bearer token for `/metrics`; without one it answers loopback only."),
    ("PORTAL_MAX_UPLOAD_MB", "`25`", "Largest request, in megabytes."),
    ("PORTAL_RATE_LIMITS", "`1`", "`0` switches the rate limits off (for tests and load measurements)."),
    ("PORTAL_WEB_WORKERS", "`2`", "Processes of the web server, of four threads each."),
)


class SettingsError(Exception):
    """A setting cannot be used; the message says which, why, and what to write instead."""


@dataclass(frozen=True)
class Settings:
    """All settings of one process. Addresses that are embedded are None until the supervisor has started them."""

    home: Path
    host: str
    port: int
    base_url: str
    database_url: str | None
    database_owner_url: str | None
    redis_url: str | None
    s3_bucket: str
    s3_endpoint: str
    s3_region: str
    s3_access_key: str
    s3_secret_key: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: str
    smtp_from: str
    secret_keys: tuple[str, ...]
    encryption_keys: str
    trusted_proxies: int
    demo: bool
    sat_certificates: Path
    sat_ask: frozenset[str]
    sat_lists_url: str
    sat_status_url: str
    sat_authorities_url: str
    sat_providers_url: str
    log_level: str
    metrics_token: str
    max_upload_mb: int
    rate_limits: bool
    web_workers: int = 2

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings. Raises SettingsError for a value that cannot be used."""
        read = _Reader(environ)
        home = Path(read.text("PORTAL_HOME", str(ROOT / ".portal"))).expanduser().absolute()
        host, port = read.text("PORTAL_HOST", "127.0.0.1"), read.number("PORTAL_PORT", 8000, 1, 65535)
        database, redis = read.text("PORTAL_DATABASE_URL") or None, read.text("PORTAL_REDIS_URL") or None
        base_url = _address(read.text("PORTAL_BASE_URL", f"http://localhost:{port}"))
        alone = not any(read.text(name) for name in EXTERNAL)
        local = loopback(host) and loopback(urlsplit(base_url).hostname or "")
        secret, encryption = _secrets(read, home, generate=database is None or read.flag("PORTAL_DEMO", False))
        return cls(
            home=home, host=host, port=port, base_url=base_url,
            database_url=driver(database, "PORTAL_DATABASE_URL"), redis_url=_redis(redis),
            database_owner_url=driver(read.text("PORTAL_DATABASE_OWNER_URL") or database, "PORTAL_DATABASE_OWNER_URL"),
            s3_bucket=read.text("PORTAL_S3_BUCKET"), s3_endpoint=read.text("PORTAL_S3_ENDPOINT"),
            s3_region=read.text("PORTAL_S3_REGION", "us-east-1"),
            s3_access_key=read.text("PORTAL_S3_ACCESS_KEY"), s3_secret_key=read.text("PORTAL_S3_SECRET_KEY"),
            smtp_host=read.text("PORTAL_SMTP_HOST"), smtp_port=read.number("PORTAL_SMTP_PORT", 587, 1, 65535),
            smtp_user=read.text("PORTAL_SMTP_USER"), smtp_password=read.text("PORTAL_SMTP_PASSWORD"),
            smtp_tls=read.choice("PORTAL_SMTP_TLS", "starttls", ("starttls", "tls", "none")),
            smtp_from=read.text("PORTAL_SMTP_FROM", "acuse@localhost"),
            secret_keys=secret, encryption_keys=encryption,
            trusted_proxies=read.number("PORTAL_TRUSTED_PROXIES", 0, 0, 10),
            demo=read.flag("PORTAL_DEMO", alone and local),
            sat_certificates=Path(read.text("PORTAL_SAT_CERTIFICATES", str(home / "sat"))),
            sat_ask=read.several("PORTAL_SAT_ASK", ("lists", "certificates", "status")),
            sat_lists_url=read.web("PORTAL_SAT_LISTS_URL", safe=True),
            sat_status_url=read.web("PORTAL_SAT_STATUS_URL", safe=True),
            sat_authorities_url=read.web("PORTAL_SAT_AUTHORITIES_URL"),
            sat_providers_url=read.web("PORTAL_SAT_PROVIDERS_URL"),
            log_level=read.choice("PORTAL_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            metrics_token=read.text("PORTAL_METRICS_TOKEN"),
            max_upload_mb=read.number("PORTAL_MAX_UPLOAD_MB", 25, 1, 500),
            rate_limits=read.flag("PORTAL_RATE_LIMITS", True),
            web_workers=read.number("PORTAL_WEB_WORKERS", 2, 1, 64))

    @property
    def trusted_hosts(self) -> list[str]:
        """The host names that requests may be for."""
        own = urlsplit(self.base_url).hostname or "localhost"
        near = ["localhost", "127.0.0.1", "[::1]"] if loopback(self.host) else []
        return list(dict.fromkeys((own, *near)))


class _Reader:
    """Reads one variable at a time and explains what is wrong with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        given = self.text(name, str(default))
        if not given.isdigit() or not lowest <= int(given) <= highest:
            raise SettingsError(f"{name} is {given!r}: write a whole number from {lowest} to {highest}.")
        return int(given)

    def flag(self, name: str, default: bool) -> bool:
        given = self.text(name, "1" if default else "0").lower()
        if given not in ("0", "1", "true", "false", "yes", "no"):
            raise SettingsError(f"{name} is {given!r}: write 1 or 0.")
        return given in ("1", "true", "yes")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        given = self.text(name, default)
        if given not in choices:
            raise SettingsError(f"{name} is {given!r}: write one of {', '.join(choices)}.")
        return given

    def several(self, name: str, choices: tuple[str, ...]) -> frozenset[str]:
        given = frozenset(word.strip().lower() for word in self.text(name).split(",") if word.strip())
        if given - set(choices):
            raise SettingsError(f"{name} is {self.text(name)!r}: write some of {', '.join(choices)}, or nothing.")
        return given

    def web(self, name: str, *, safe: bool = False) -> str:
        """An address; `safe` demands encryption of all but this machine's own."""
        given = self.text(name)
        parts = urlsplit(given)
        near = loopback(parts.hostname or "") or not safe
        if given and (not parts.hostname or parts.scheme not in (("http", "https") if near else ("https",))):
            raise SettingsError(f"{name} is {given!r}: write a whole address that begins with https://")
        return given


def loopback(host: str) -> bool:
    """Say whether an address to listen on is reachable from this machine only."""
    return host in ("127.0.0.1", "localhost", "::1")


def driver(url: str | None, name: str = "PORTAL_DATABASE_URL") -> str | None:
    """Return a PostgreSQL address that names the driver in use. Raises SettingsError for another kind of address."""
    if url is None:
        return None
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise SettingsError(f"{name} begins with {scheme!r}: only PostgreSQL will do "
                            "(postgresql://user:password@host/database).")
    return f"postgresql+psycopg://{rest}"


def _redis(url: str | None) -> str | None:
    if url is not None and url.partition("://")[0] not in ("redis", "rediss", "unix"):
        raise SettingsError("PORTAL_REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"PORTAL_BASE_URL is {url!r}: write the whole address, as in https://invoices.example.com")
    return url.rstrip("/")


def _secrets(read: _Reader, home: Path, *, generate: bool) -> tuple[tuple[str, ...], str]:
    """Return the signing keys and the encryption keys; an embedded installation makes its own, once."""
    given = {"PORTAL_SECRET_KEY": read.text("PORTAL_SECRET_KEY"),
             "PORTAL_ENCRYPTION_KEYS": read.text("PORTAL_ENCRYPTION_KEYS")}
    if not all(given.values()):
        if not generate:
            lacking = " and ".join(k for k, v in given.items() if not v)
            raise SettingsError(f"Set {lacking}: with a database of your own, the portal does not invent its secrets. "
                                "Make them once with `python -m portal.local secrets`, and keep them.")
        kept = _kept_secrets(home / "secrets")
        given = {k: v or kept[k] for k, v in given.items()}
    keys = tuple(k.strip() for k in given["PORTAL_SECRET_KEY"].split(",") if k.strip())
    for key in keys:
        _require_hard(key)
    for pair in given["PORTAL_ENCRYPTION_KEYS"].split(","):
        _require_key(pair.strip())
    return keys, given["PORTAL_ENCRYPTION_KEYS"]


def _require_hard(key: str) -> None:
    known = any(word in key.lower() for word in KNOWN_WORDS)
    if len(key) < SHORTEST_SECRET or len(set(key)) < 8 or known:
        raise SettingsError(f"PORTAL_SECRET_KEY is too easy: use at least {SHORTEST_SECRET} random characters, as "
                            "`python -m portal.local secrets` prints them.")


def _require_key(pair: str) -> None:
    name, colon, key = pair.partition(":")
    try:
        raw = b64decode(key, altchars=b"-_" if set(key) & set("-_") else None, validate=True)
    except ValueError:
        raw = b""
    if not name or not colon or len(raw) != 32 or len(set(raw)) < 8:
        raise SettingsError("PORTAL_ENCRYPTION_KEYS cannot be used: write name:key, the key being 32 random bytes in "
                            "base64, as `python -m portal.local secrets` prints them.")


def fresh_secrets() -> str:
    """Return new secrets as lines of NAME=value."""
    return (f"PORTAL_SECRET_KEY={secrets.token_urlsafe(48)}\n"
            f"PORTAL_ENCRYPTION_KEYS=k1:{b64encode(secrets.token_bytes(32)).decode()}\n")


def _kept_secrets(path: Path) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(fresh_secrets())
        try:
            os.link(draft, path)  # the first one to arrive wins; two processes never have different secrets
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
