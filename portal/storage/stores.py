"""Which store this installation uses, and the one the services speak to: that of the application at work."""
from flask import Flask, current_app

from config.settings import Settings
from portal.storage.local import LocalStore
from portal.storage.s3 import S3Store
from portal.storage.store import Store

PLACE = "portal_store"


def from_settings(settings: Settings) -> Store:
    """Make the store: S3-compatible when a bucket is named, else a local folder."""
    if settings.s3_bucket:
        return S3Store(bucket=settings.s3_bucket, endpoint=settings.s3_endpoint, region=settings.s3_region,
                       access_key=settings.s3_access_key, secret_key=settings.s3_secret_key)
    return LocalStore(settings.home / "files")


def install(app: Flask, store: Store) -> None:
    """Give an application its store."""
    app.extensions[PLACE] = store


def current() -> Store:
    """Return the application's store; services use it without knowing where the bytes are."""
    return current_app.extensions[PLACE]  # type: ignore[no-any-return]
