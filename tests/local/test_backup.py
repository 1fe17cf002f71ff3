"""Backup and restore, rehearsed: rows and files come back; what is damaged, missing or in the way is refused."""
import functools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, insert, select, text

from config.settings import Settings
from portal import features
from portal.accounts.models import Organization
from portal.core.ids import new_id
from portal.local import backup, embedded
from portal.local.backup import BackupError
from portal.local.database import make_embedded, prepare
from portal.local.holding import held
from portal.local.pgtools import Tools
from portal.local.postgres import Cluster
from portal.storage.local import LocalStore
from portal.storage.models import StoredFile
from tests import harness

SECRETS = {"PORTAL_SECRET_KEY": "0f9A-kq8LmZ2xWc7Rt5YbNh4Jd6Gs1PeU3Ti",
           "PORTAL_ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}


def embedded_in(home: Path, **more: str) -> Settings:
    """The settings of an embedded installation in a folder."""
    return Settings.from_env({"PORTAL_HOME": str(home), **SECRETS, **more})


def fill(settings: Settings, url: str) -> str:
    """Put a client and a file of its into an installation; return the file's hash."""
    features.load(features.TABLES)
    stored = LocalStore(settings.home / "files").put(b"<cfdi/>")
    engine, client = create_engine(url), new_id()
    with engine.begin() as connection:
        connection.execute(insert(Organization.__table__).values(
            id=client, name="Ñandú, S.A.", tax_id="EKU9003173C9", is_client=True))
        connection.execute(insert(StoredFile.__table__).values(
            client_id=client, sha256=stored.sha256, size=stored.size, media_type="application/xml", name="a.xml",
            purpose="invoice"))
    engine.dispose()
    return stored.sha256


def names(engine: Engine) -> list[str]:
    """Return the organizations of a database."""
    with engine.connect() as connection:
        found = list(connection.scalars(select(Organization.__table__.c.name)))
    engine.dispose()
    return found


@pytest.fixture(scope="module", autouse=True)
def fast() -> Iterator[None]:
    """Clusters that do not wait for the disk."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Cluster, "open", functools.partial(Cluster.open, fast=True))
        yield


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An embedded installation with a client and a file, stopped."""
    settings = embedded_in(tmp_path_factory.mktemp("origin") / "home")
    cluster = Cluster.open(embedded.cluster_home(settings))
    cluster.start()
    url = make_embedded(cluster.superuser_url, embedded.DATABASE, lambda: None)
    prepare(url, url)
    fill(settings, url)
    (settings.home / "files" / "incoming" / "half.part").write_bytes(b"half an upload")
    (settings.home / "sat").mkdir()
    (settings.home / "sat" / "pac.cer").write_bytes(b"certificate")
    cluster.stop()
    return settings


@pytest.fixture(scope="module")
def made(origin: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    target = tmp_path_factory.mktemp("backups") / "today"
    report = backup.backup(origin, target)
    assert (report.files, report.size) == (2, len(b"<cfdi/>certificate"))
    return target


@pytest.fixture()
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy of the backup, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.fixture()
def running(tmp_path: Path) -> Iterator[Settings]:
    """An embedded installation that is running, without tables."""
    settings = embedded_in(tmp_path / "running")
    cluster = Cluster.open(embedded.cluster_home(settings), fast=True)
    with held(settings.home):
        cluster.start()
        yield settings
        cluster.stop()


def test_rows_and_files_come_back_into_an_empty_installation(made: Path, tmp_path: Path) -> None:
    there = embedded_in(tmp_path / "home")
    report = backup.restore(there, made)
    assert (report.files, report.missing) == (2, ())
    assert (there.home / "sat" / "pac.cer").read_bytes() == b"certificate"
    assert not list((there.home / "files").rglob("*.part"))
    cluster = Cluster.open(embedded.cluster_home(there))
    cluster.start()
    engine = create_engine(cluster.url(embedded.DATABASE, "postgres"))
    with engine.connect() as connection:
        sha256 = connection.scalar(text("SELECT sha256 FROM files"))
        owners = set(connection.scalars(text("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")))
        walls = connection.scalar(text("SELECT count(*) FROM pg_policies"))
        connection.execute(text("SET ROLE portal_app"))
        seen = connection.scalar(text("SELECT count(*) FROM organizations"))
    assert LocalStore(there.home / "files").read(sha256) == b"<cfdi/>"
    assert owners == {"portal_owner"} and walls > 50 and seen == 0, "the walls between tenants did not come back"
    assert names(engine) == ["Ñandú, S.A."]
    cluster.stop()
    with pytest.raises(BackupError, match="already"):
        backup.restore(there, made)
    shutil.rmtree(there.home / "files")
    shutil.rmtree(there.home / "sat")
    with pytest.raises(BackupError, match="there is a portal in"):
        backup.restore(there, made)


def test_a_restore_that_broke_off_can_be_repeated(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = embedded_in(tmp_path / "home")
    with monkeypatch.context() as patched:
        patched.setattr(backup, "_restore_files", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(BackupError, match="No space left"):
            backup.restore(there, made)
    assert backup.restore(there, made).files == 2


def test_into_a_database_of_ones_own(made: Path, tmp_path: Path, cluster_url: str, worker_id: str) -> None:
    name = f"restored_{worker_id}"
    harness.drop_database(cluster_url, name)
    url = make_embedded(cluster_url, name, lambda: None)
    there = embedded_in(tmp_path / "home", PORTAL_DATABASE_URL=url)
    assert backup.restore(there, made).missing == ()
    assert names(create_engine(url)) == ["Ñandú, S.A."]
    shutil.rmtree(there.home / "files")
    shutil.rmtree(there.home / "sat")
    with pytest.raises(BackupError, match=r"the database has \d+ tables already"):
        backup.restore(there, made)
    assert backup.backup(there, tmp_path / "again").files == 0
    harness.drop_database(cluster_url, name)


def test_a_file_that_nobody_has_is_reported(made: Path, tmp_path: Path, copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    lost = next(name for name in manifest["sha256"] if name.startswith("files/"))
    del manifest["sha256"][lost]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    report = backup.restore(embedded_in(tmp_path / "home"), copy)
    assert report.missing == (lost.rpartition("/")[2],)


@pytest.mark.parametrize("spoil, said", [
    (lambda c: next(c.rglob("files/*/*/*")).write_bytes(b"<cfdi />"), "damaged: files/"),
    (lambda c: (c / "database.dump").unlink(), "damaged: database.dump"),
    (lambda c: (c / "manifest.json").write_text("{"), "not a backup"),
    (lambda c: (c / "manifest.json").unlink(), "not a backup"),
    (lambda c: (c / "manifest.json").write_text('{"format": 9, "sha256": {}}'), "later version"),
    (lambda c: (c / "manifest.json").write_text('{"format": 1, "sha256": {"../../etc/passwd": ""}}'), "outside itself"),
])
def test_a_spoilt_backup_restores_nothing(copy: Path, tmp_path: Path, spoil: object, said: str) -> None:
    spoil(copy)  # type: ignore[operator]
    with pytest.raises(BackupError, match=said):
        backup.restore(embedded_in(tmp_path / "home"), copy)
    assert not (tmp_path / "home" / "postgres").exists()


def test_without_the_keys_nothing_is_restored(made: Path, tmp_path: Path) -> None:
    other = embedded_in(tmp_path / "home", PORTAL_ENCRYPTION_KEYS="k1:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=")
    with pytest.raises(BackupError, match="encryption key k1, which is not configured"):
        backup.restore(other, made)
    everything = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert b"0123456789abcdef0123456789abcdef" not in everything and b"MDEyMzQ1Njc4OWFi" not in everything


def test_a_running_portal_is_backed_up_and_never_restored_over(running: Settings, made: Path, tmp_path: Path) -> None:
    url = Cluster.address_in(embedded.cluster_home(running), "postgres", "postgres")
    make_embedded(url, embedded.DATABASE, lambda: None)
    assert backup.backup(running, tmp_path / "live").files == 0
    with pytest.raises(BackupError, match="another portal is running"):
        backup.restore(running, made)


def test_a_backup_is_whole_or_not_there(origin: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(BackupError, match="exists already"):
        backup.backup(origin, tmp_path / "there")
    monkeypatch.setattr("portal.local.pgtools.Tools.dump", lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(BackupError, match="No space"):
        backup.backup(origin, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_comes_and_goes_meanwhile_is_in_it(origin: Settings, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    folder, dump = origin.home / "sat", Tools.dump
    (folder / "going.cer").write_bytes(b"going")

    def meanwhile(*given: object) -> None:
        (folder / "going.cer").unlink()
        (folder / "coming.cer").write_bytes(b"coming")
        dump(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Tools, "dump", meanwhile)
    assert backup.backup(origin, tmp_path / "new").files == 4
    assert {p.name for p in (tmp_path / "new" / "sat").iterdir()} == {"pac.cer", "going.cer", "coming.cer"}
    (folder / "coming.cer").unlink()


def test_a_folder_without_a_portal_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no portal in"):
        backup.backup(embedded_in(tmp_path / "home"), tmp_path / "new")
