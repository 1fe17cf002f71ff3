"""The bell: JSON only, once a row and attempt, and never a trouble to anybody."""
import json
import time
import zlib
from uuid import uuid4

import time_machine
from flask import Flask
from redis import Redis

from portal.core.clock import now
from portal.core.db import Scope, transaction
from portal.jobs import outbox, sweeper, transport
from tests.jobs import samples
from tests.jobs.valkey import Valkey


def waiting(server: Valkey, queue: str = "default") -> list[str]:
    return [m.decode() for m in Redis.from_url(server.url).lrange(f"rq:queue:acuse-{queue}", 0, -1)]


def test_a_message_is_an_id_in_json(base: Flask, valkey: Valkey) -> None:
    row = samples.defer("test.plain")
    assert waiting(valkey) == [f"{row}-0"]
    data = zlib.decompress(Redis.from_url(valkey.url).hget(f"rq:job:{row}-0", "data") or b"")
    assert json.loads(data) == ["portal.jobs.runner.run", None, [str(row)], {}]


def test_ringing_twice_is_one_message_and_the_dead_are_replaced(base: Flask, valkey: Valkey) -> None:
    row = uuid4()
    for _ in range(3):
        assert transport.ring(row, "bulk", 0, 60)
    assert len(waiting(valkey, "bulk")) == 1
    redis = Redis.from_url(valkey.url)
    redis.delete("rq:queue:acuse-bulk")
    redis.hset(f"rq:job:{row}-0", "status", "failed")
    assert transport.ring(row, "bulk", 0, 60)
    assert len(waiting(valkey, "bulk")) == 1
    assert transport.ring(row, "bulk", 1, 60)
    assert len(waiting(valkey, "bulk")) == 2


def test_an_absent_redis_costs_one_request_a_moment_and_loses_nothing(base: Flask, valkey: Valkey) -> None:
    valkey.kill()
    started = time.monotonic()
    for _ in range(50):
        with transaction(Scope()):
            outbox.defer("test.plain")
    assert time.monotonic() - started < 2
    assert sweeper.sweep() == 0


def test_the_sweep_rings_for_lost_bells_only(base: Flask, valkey: Valkey) -> None:
    rows = {str(samples.defer("test.plain")) for _ in range(3)}
    assert sweeper.sweep() == 0, "the bells have just rung"
    Redis.from_url(valkey.url).flushall()
    with time_machine.travel(now().timestamp() + 21, tick=True):
        assert sweeper.sweep() == 3
        assert {m.removesuffix("-0") for m in waiting(valkey)} == rows
        assert sweeper.sweep() == 0
