"""Where the embedded services listen: on sockets in a folder that only their owner enters, never on a port."""
import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

LONGEST = 107  # bytes in sockaddr_un.sun_path, the smaller of Linux's and macOS's less a margin
LONGEST_NAME = len("/.s.PGSQL.5432.lock")
OURS = (".s.PGSQL.5432", ".s.PGSQL.5432.lock", "valkey.sock")


class SocketsError(Exception):
    """The folder of the sockets cannot be used; the message says why and what to do."""


def folder_of(home: Path) -> Path:
    """Return the folder of the sockets of what lives in `home`: inside it, or elsewhere when its name is too long."""
    folder = home.resolve() / "socket"
    if len(os.fsencode(folder)) + LONGEST_NAME <= LONGEST - 4:
        return folder
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"acuse-{os.geteuid()}-{name}"


def made(home: Path) -> Path:
    """Make and return that folder. Raises SocketsError when somebody else has it: it would be a trap."""
    folder = folder_of(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SocketsError(f"{folder} belongs to somebody else. Remove it and start again.")
    folder.chmod(0o700)
    return folder


def left(folder: Path) -> None:
    """Remove the folder after its server has ended, with what one that was killed could not take away itself.

    Only for whoever holds the server's home: nobody else listens there. What is not ours stays, and so the folder.
    """
    with contextlib.suppress(OSError):
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
