"""As whom the embedded PostgreSQL runs, which refuses to run as root, and which folders that identity can reach.

- *Own*: the portal was started by an ordinary user; so is PostgreSQL.
- *Namespace*: root, on a machine with user namespaces. Inside one without a mapping the process takes itself for the
  overflow user (65534) while its files go on belonging to root: no account, no folder to give away, and a checkout
  that only root may enter still works.
- *Account*: root, where namespaces are forbidden (most containers). The server runs as `nobody` with a group of its
  own, which nobody else has, and guards its folders with that group. Where `nobody` cannot reach PORTAL_HOME or the
  programs, the data and a copy of the programs live in /var/lib/acuse.
"""
import ctypes
import hashlib
import os
import pwd
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
GROUP = 65017  # reserved for no one by Debian's policy (65000-65533); needs no entry in /etc/group
OUTSIDE = Path("/var/lib/acuse")
_libc = ctypes.CDLL(None, use_errno=True)


class FootingError(Exception):
    """PostgreSQL cannot be run as anybody here; the message says what to do."""


@dataclass(frozen=True)
class Footing:
    """As whom the server runs: `leave` is done in the child before exec; `uid` is given when it is another account."""

    leave: Callable[[], None] | None = None
    uid: int | None = None

    def place(self, home: Path) -> Path:
        """Return the folder that data lives in: `home`, or one outside when the account cannot reach it."""
        return home if self.uid is None or reachable(home.parent) else OUTSIDE / _short(home)

    def room(self, home: Path) -> Path:
        """Make that folder and return it."""
        place = self.place(home)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if self.uid is None else 0o755)
        place.mkdir(exist_ok=True, mode=0o700)
        self.share(place)
        return place

    def programs(self, folder: Path) -> Path:
        """Return the folder of the server's programs, or of their copy when the account cannot reach them."""
        if self.uid is None or reachable(folder):
            return folder
        copy = OUTSIDE / "programs" / _short(folder)
        inside = folder.relative_to(folder.parents[2])
        if not copy.exists():
            draft = copy.with_suffix(f".{os.getpid()}")
            shutil.copytree(folder.parent, draft / inside.parent, symlinks=True)
            libraries = f"{inside.parts[0]}.libs"  # a wheel keeps the libraries it brings beside its package
            if (folder.parents[2] / libraries).exists():
                shutil.copytree(folder.parents[2] / libraries, draft / libraries, symlinks=True)
            draft.rename(copy)
        return copy / inside

    def share(self, folder: Path) -> None:
        """Open a folder to the server's own group, and to nobody else."""
        if self.uid is not None:
            os.chown(folder, -1, GROUP)
            folder.chmod(0o770)


def footing() -> Footing:
    """Return the footing for this machine and this user. Raises FootingError when there is none."""
    if os.geteuid() != 0:
        return Footing()
    if namespaces_work():
        return Footing(_into_namespace)
    try:
        uid = pwd.getpwnam("nobody").pw_uid
    except KeyError as missing:
        raise FootingError("PostgreSQL does not run as root, and this machine has neither user namespaces nor an "
                           "account `nobody`. Start the portal as an ordinary user.") from missing
    return Footing(_into_account(uid), uid)


def namespaces_work() -> bool:
    """Say whether this machine lets root leave its privileges through a user namespace."""
    if not hasattr(_libc, "unshare"):
        return False
    child = os.fork()
    if child == 0:
        os._exit(0 if _libc.unshare(CLONE_NEWUSER) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


def reachable(folder: Path) -> bool:
    """Say whether any account may pass through a folder and all those above it."""
    whole = folder.resolve()
    return all(part.stat().st_mode & 0o001 for part in (whole, *whole.parents) if part.exists())


def _into_namespace() -> None:
    if _libc.unshare(CLONE_NEWUSER) != 0:
        os._exit(77)


def _into_account(uid: int) -> Callable[[], None]:
    def leave() -> None:
        os.setgroups([])
        os.setgid(GROUP)
        os.setuid(uid)
        os.chdir("/")

    return leave


def _short(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
