"""What a process gives up before it opens a stranger's file: limits of the kernel, the network, and being root.

Limits always hold; leaving the network and the user are done where the system allows it.
"""

import ctypes
import os
import resource

MEGABYTE = 1 << 20
CPU_SECONDS = 10
MEMORY = 1024 * MEGABYTE
WRITTEN = 64 * MEGABYTE
OPEN_FILES = 32
NOBODY = 65534
CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000
PR_SET_NO_NEW_PRIVS = 38


def confine(cpu_seconds: int = CPU_SECONDS, memory: int = MEMORY) -> None:
    """Give everything up. Call it after the imports and before the first byte of the file is read."""
    _leave_network()
    _leave_root()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, WRITTEN)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(which, (value, value))
    except (ValueError, OSError):
        # macOS refuses to bound the address space; the time-out and the other limits remain
        if which != resource.RLIMIT_AS:
            raise


def _leave_network() -> None:
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):
        libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _leave_root() -> None:
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except OSError:
        # a container may hold root without the right to become another user; the limits remain
        return
