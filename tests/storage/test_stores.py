"""Which store the settings choose."""

from types import SimpleNamespace

from flask import Flask

from portal.storage import stores
from portal.storage.local import LocalStore
from portal.storage.s3 import S3Store


def settings(home, **s3):
    names = dict.fromkeys(("s3_bucket", "s3_endpoint", "s3_region", "s3_access_key", "s3_secret_key"), "")
    return SimpleNamespace(home=home, **names | s3)


def test_a_folder_of_the_home_by_default(tmp_path):
    store = stores.from_settings(settings(tmp_path))
    assert isinstance(store, LocalStore) and store.folder == tmp_path / "files"
    assert not store.folder.exists()


def test_a_bucket_when_one_is_named(tmp_path, s3_endpoint, s3_client):
    chosen = settings(tmp_path, s3_bucket="files", s3_endpoint=s3_endpoint, s3_access_key="k", s3_secret_key="s")
    store = stores.from_settings(chosen)
    assert isinstance(store, S3Store)
    name = store.put(b"x").sha256
    assert s3_client.head_object(Bucket="files", Key=f"{name[:2]}/{name}")["ContentLength"] == 1


def test_each_application_has_its_own(tmp_path):
    """Two of one process: neither reads or writes where the other does, whichever was made last."""
    apps = {name: Flask(name) for name in ("a", "b")}
    for name, app in apps.items():
        stores.install(app, stores.from_settings(settings(tmp_path / name)))
    for name, app in apps.items():
        with app.app_context():
            assert stores.current().folder == tmp_path / name / "files"
