"""A port that cannot be used is said, with a command that works."""
import socket

import pytest

from portal.local import ports


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    ports.require("127.0.0.1", free)


def test_a_taken_port_names_another() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(ports.PortError, match=rf"{taken} .*another program.*PORTAL_PORT=\d+ make run"):
            ports.require("127.0.0.1", taken)


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(ports.PortError, match="no such address"):
        ports.require("192.0.2.1", 8000)
    with pytest.raises(ports.PortError, match="PORTAL_HOST is 'not an address'"):
        ports.require("not an address", 8000)


@pytest.mark.parametrize("port, other", [(8000, 8001), (80, 8000), (443, 8000), (65535, 8000)])
def test_the_other_port_is_one_that_anybody_may_use(port: int, other: int) -> None:
    assert ports.other_than(port) == other


def test_addresses_are_written_with_brackets_when_they_need_them() -> None:
    assert ports.written("::1", 80) == "[::1]:80" and ports.written("localhost", 80) == "localhost:80"
