"""Child processes that die with their parent, and that PostgreSQL does not take for the superuser's.

PostgreSQL refuses to run as root. A user namespace without a mapping makes the process appear as the overflow user
(65534) to itself, while files keep belonging to whoever started it: no account has to exist, no folder has to be
given away, and a folder that only root can enter still works.
"""
import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


def dying_with_parent(number: int = signal.SIGTERM, *, unprivileged: bool = False) -> Callable[[], None]:
    """Return what a child does between fork and exec: leave root if asked, and ask to be ended with the parent."""
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        if unprivileged and os.geteuid() == 0 and _libc.unshare(CLONE_NEWUSER) != 0:
            os._exit(77)
        if hasattr(_libc, "prctl"):
            _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return prepare


def namespaces_work() -> bool:
    """Say whether this machine lets root leave its privileges through a user namespace."""
    child = os.fork()
    if child == 0:
        os._exit(0 if _libc.unshare(CLONE_NEWUSER) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0
