"""Child processes that end with their parent, however the parent ends."""
import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dying_with_parent(number: int = signal.SIGTERM, leave: Callable[[], None] | None = None) -> Callable[[], None]:
    """Return what a child does between fork and exec: a session of its own, `leave` (privileges), and the request to
    be sent signal `number` when its parent is gone. Where the kernel has no such request (macOS) that part is left out.
    """
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()  # Ctrl-C is for the supervisor, which then stops the others in order
        if leave:
            leave()
        if hasattr(_libc, "prctl"):  # after `leave`: a change of identity forgets the request
            _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return prepare


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to send this process `number` when the process that started it is gone."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(PR_SET_PDEATHSIG, int(number))
