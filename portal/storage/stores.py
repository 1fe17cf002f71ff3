"""Which store this installation uses, and the one the services speak to."""
from config.settings import Settings
from portal.storage.local import LocalStore
from portal.storage.s3 import S3Store
from portal.storage.store import Store

_current: list[Store] = []


def from_settings(settings: Settings) -> Store:
    """Make, remember and return the store: S3-compatible when a bucket is named, else a local folder."""
    if settings.s3_bucket:
        made: Store = S3Store(bucket=settings.s3_bucket, endpoint=settings.s3_endpoint, region=settings.s3_region,
                              access_key=settings.s3_access_key, secret_key=settings.s3_secret_key)
    else:
        made = LocalStore(settings.home / "files")
    _current[:] = [made]
    return made


def current() -> Store:
    """Return the store of this process; services use it without knowing where the bytes are."""
    return _current[0]
