"""PORTAL_HOME held by one supervisor at a time, and fit to be used."""
import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

LEAST_DISK = 300 * 1024 * 1024


class HomeError(Exception):
    """PORTAL_HOME cannot be used; the message says why and what to do."""


@contextlib.contextmanager
def held(home: Path, least: int = LEAST_DISK) -> Iterator[None]:
    """Hold `home` for this process, made if it is not there. The kernel lets go of it however the process ends."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (home / "running").open("a+")
    except OSError as problem:
        raise HomeError(f"{home} cannot be written ({problem.strerror}). Give this user the right, or set PORTAL_HOME "
                        "to a folder that it may write.") from problem
    with lock:
        _take(lock.fileno(), home)
        if shutil.disk_usage(home).free < least:
            raise HomeError(f"there is less than {least // 1024 ** 2} MB of free space at {home}. Make room first.")
        try:
            yield
        finally:
            os.ftruncate(lock.fileno(), 0)


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        holder = os.pread(lock, 20, 0).decode() or "unknown"
        raise HomeError(f"another portal is running on {home} (process {holder}). Stop it, or set PORTAL_HOME and "
                        "PORTAL_PORT to run a second one.") from problem
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
