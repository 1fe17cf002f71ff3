"""Backup and restore of an installation: its database, its files, and a list of what there must be.

A backup is a folder: `database.dump` (of one moment), `files/`, `sat/` (imported certificates) and `manifest.json`
with the SHA-256 of each. It is written beside its name and renamed when it is whole. Files are only ever added and
their names say their content, so they are copied before and again after the dump: whatever the dump mentions is there.
The keys (PORTAL_SECRET_KEY, PORTAL_ENCRYPTION_KEYS, PORTAL_HOME/secrets) are never in a backup: kept with it, they
would open it to whoever finds it.
"""
import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from config.settings import Settings
from portal.core.clock import now
from portal.core.crypto import parse_keys
from portal.local import embedded
from portal.local.database import DatabaseError, prepare, require
from portal.local.holding import HomeError, held
from portal.local.pgtools import ToolError, server_version, tools
from portal.local.postgres import Cluster, ClusterError
from portal.storage import stores

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
FOLDERS = ("files", "sat")


class BackupError(Exception):
    """The backup or the restore was refused or failed; nothing was overwritten."""


@dataclass(frozen=True)
class Report:
    """What was copied: how many files, their bytes, and the hashes that the database mentions but nobody has."""

    files: int
    size: int
    made_at: str
    missing: tuple[str, ...] = ()
    bucket: str = ""


@dataclass
class _Copy:
    """Copies folders into a backup or out of one, and remembers the hash of each file."""

    source: Path
    target: Path
    hashes: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def folder(self, name: str) -> None:
        """Copy what is in the folder `name` and has not been copied yet; unfinished uploads are left."""
        for path in sorted((self.source / name).rglob("*")):
            inside = path.relative_to(self.source).as_posix()
            if path.is_file() and not path.suffix == ".part" and inside not in self.hashes:
                with contextlib.suppress(FileNotFoundError):  # removed since we looked: the dump does not mention it
                    self.hashes[inside] = self.file(inside)

    def file(self, inside: str) -> str:
        """Copy one file and return its SHA-256."""
        place = self.target / inside
        with (self.source / inside).open("rb") as source:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            digest = hashlib.sha256()
            with place.open("wb") as target:
                while block := source.read(1 << 20):
                    digest.update(block)
                    target.write(block)
                    self.size += len(block)
        return digest.hexdigest()


def backup(settings: Settings, target: Path) -> Report:
    """Write a backup to the new folder `target`. Raises BackupError. The portal may be running meanwhile."""
    target = target.absolute()
    if target.exists():
        raise BackupError(f"{target} exists already. Name a folder that does not.")
    draft = target.with_name(target.name + ".unfinished")
    with _explained():
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        with _database(settings) as url:
            manifest, size = _write(settings, url, draft)
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1))
        draft.rename(target)
    return Report(len(manifest["sha256"]) - 1, size, manifest["made_at"], bucket=manifest["bucket"])


def _write(settings: Settings, url: str, draft: Path) -> tuple[dict[str, Any], int]:
    copy, found, moment = _Copy(settings.home, draft), tools(server_version(url)), now().isoformat()
    for name in FOLDERS:
        copy.folder(name)
    found.dump(url, draft / DUMP, require(url))
    for name in FOLDERS:
        copy.folder(name)
    return {"format": FORMAT, "made_at": moment, "postgresql": found.version, "bucket": settings.s3_bucket,
            "keys": fingerprints(settings),
            "sha256": {DUMP: hash_of(draft / DUMP), **copy.hashes}}, copy.size


def restore(settings: Settings, source: Path) -> Report:
    """Fill an empty installation from a backup, then bring its schema up to date.

    Raises BackupError: when the backup is damaged or incomplete, when there is something in the installation already
    (nothing is ever overwritten), or when the portal is running.
    """
    with _explained():
        manifest = _checked(source)
        _require_keys(settings, manifest)
        if not embedded.unfinished(settings):
            _require_empty_folders(settings)
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if settings.database_url is None:
            with held(settings.home):
                return _restore_embedded(settings, source, manifest)
        return _restore_external(settings, source, manifest)


def _restore_embedded(settings: Settings, source: Path, manifest: dict[str, Any]) -> Report:
    with contextlib.ExitStack() as stack:
        cluster = Cluster.open(embedded.cluster_home(settings))
        stack.callback(cluster.stop)
        cluster.start()
        if embedded.has_database(settings, cluster):
            raise BackupError(f"there is a portal in {settings.home} already. Name an empty folder in PORTAL_HOME.")
        url = embedded.made(settings, cluster)
        report = _fill(settings, source, manifest, url, url)
        embedded.finished(settings)
        return report


def _restore_external(settings: Settings, source: Path, manifest: dict[str, Any]) -> Report:
    url = settings.database_owner_url or ""
    server_version(url)  # says clearly when it does not answer
    engine = create_engine(url, poolclass=NullPool)
    if tables := inspect(engine).get_table_names():
        raise BackupError(f"the database has {len(tables)} tables already. Name an empty one.")
    return _fill(settings, source, manifest, url, settings.database_url or "")


def _fill(settings: Settings, source: Path, manifest: dict[str, Any], url: str, application: str) -> Report:
    server, owner = server_version(url), require(url)
    tools(max(server, int(manifest["postgresql"]))).restore(url, source / DUMP, server, owner, settings.home)
    prepare(url, application)
    return _restore_files(settings, source, manifest, url)


def _restore_files(settings: Settings, source: Path, manifest: dict[str, Any], url: str) -> Report:
    copy = _Copy(source, settings.home)
    for inside, expected in manifest["sha256"].items():
        if inside != DUMP and copy.file(inside) != expected:
            raise BackupError(f"{inside} was damaged while it was copied. Check the disk of {settings.home}.")
    missing = () if settings.s3_bucket else tuple(_missing(settings, url))
    return Report(len(manifest["sha256"]) - 1, copy.size, manifest["made_at"], missing, manifest["bucket"])


def _missing(settings: Settings, url: str) -> Iterator[str]:
    """Yield the hashes that the database mentions and the folder of files does not have."""
    store, engine = stores.from_settings(settings), create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        for name in connection.scalars(text("SELECT sha256 FROM files UNION SELECT sha256 FROM file_previews")):
            if not store.exists(name):
                yield name


def _checked(source: Path) -> dict[str, Any]:
    """Return the manifest of a backup whose every file is as it was. Raises BackupError."""
    try:
        manifest = json.loads((source / MANIFEST).read_text())
        hashes = manifest["sha256"]
        if manifest["format"] != FORMAT:
            raise BackupError(f"{source} was made by a later version of Acuse.")
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BackupError(f"{source} is not a backup of Acuse: it has no readable {MANIFEST}.") from problem
    for inside, expected in hashes.items():
        path = source / inside
        if not path.resolve().is_relative_to(source.resolve()):
            raise BackupError(f"the backup names a file outside itself: {inside}")
        if not path.is_file() or hash_of(path) != expected:
            raise BackupError(f"the backup is damaged: {inside} is missing or changed. Nothing was restored.")
    return manifest


def _require_keys(settings: Settings, manifest: dict[str, Any]) -> None:
    """Refuse to restore what nobody could read: the keys that encrypted it must be configured first."""
    lacking = manifest["keys"].items() - fingerprints(settings).items()
    if lacking:
        names = ", ".join(sorted(name for name, _ in lacking))
        raise BackupError(f"account numbers in this backup need the encryption key {names}, which is not configured. "
                          f"Put the kept PORTAL_ENCRYPTION_KEYS (embedded: the kept file {settings.home / 'secrets'}) "
                          "in place first.")


def fingerprints(settings: Settings) -> dict[str, str]:
    """Return for each encryption key what tells it from another and nothing else."""
    return {name: hashlib.sha256(b"acuse key check" + key).hexdigest()[:16]
            for name, key in parse_keys(settings.encryption_keys).items()}


def _require_empty_folders(settings: Settings) -> None:
    for name in FOLDERS:
        if any(path.is_file() for path in (settings.home / name).rglob("*")):
            raise BackupError(f"there are files in {settings.home / name} already. Name an empty folder in "
                              "PORTAL_HOME.")


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """Give the owner's address of a database that answers, starting the embedded one when it does not run."""
    url = embedded.located(settings).database_owner_url or ""
    if settings.database_url is not None or _answers(url):
        yield url
        return
    if not embedded.cluster_home(settings).exists():
        raise BackupError(f"there is no portal in {settings.home}. Set PORTAL_HOME, or PORTAL_DATABASE_URL.")
    cluster = Cluster.open(embedded.cluster_home(settings))
    with contextlib.ExitStack() as stack:
        stack.callback(cluster.stop)
        cluster.start()
        yield url


def _answers(url: str) -> bool:
    try:
        return bool(server_version(url))
    except ToolError:
        return False


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (ClusterError, DatabaseError, HomeError, ToolError) as problem:
        raise BackupError(str(problem)) from problem
    except OSError as problem:
        raise BackupError(f"{problem.strerror or problem}: {problem.filename}. Is the disk full?") from problem


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
