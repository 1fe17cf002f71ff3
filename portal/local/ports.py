"""The port of the web server: free, or a sentence that says why not and what to type instead."""
import errno
import socket

REASONS = {errno.EADDRINUSE: "another program is using it", errno.EACCES: "this user may not use it",
           errno.EADDRNOTAVAIL: "this machine has no such address"}


class PortError(Exception):
    """The web server cannot listen where it should; the message says why and what to do."""


def require(host: str, port: int) -> None:
    """Return when `host` and `port` can be listened on now. Raises PortError."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as problem:
        raise PortError(f"PORTAL_HOST is {host!r}: there is no such address. Write 127.0.0.1, or 0.0.0.0 for all "
                        "of this machine's.") from problem
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as problem:
            reason = REASONS.get(problem.errno or 0, problem.strerror)
            raise PortError(f"port {port} of {host} cannot be used: {reason}. Choose another one: "
                            f"PORTAL_PORT={other_than(port)} make run") from problem


def other_than(port: int) -> int:
    """Return a port near `port` that this user may try next."""
    return port + 1 if 1024 <= port < 65535 else 8000 if port != 8000 else 8001


def written(host: str, port: int) -> str:
    """Return `host:port` as addresses are written, with brackets around IPv6."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
