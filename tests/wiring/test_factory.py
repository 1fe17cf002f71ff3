"""What the settings become: limits, keys, time-outs, and whom a forwarded address is believed from."""
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request

from config.settings import Settings
from portal.factory import create_app
from portal.jobs import registry
from portal.jobs.calendar import Daily, Every
from portal.local.authority import Authority
from portal.local.wiring import sat_asking, trust
from portal.sat.asking import Asking
from portal.schedule import TABLE


def _app(home: Path, **more: str) -> Flask:
    return create_app(Settings.from_env({"PORTAL_HOME": str(home), "PORTAL_BASE_URL": "https://acuse.example",
                                         "PORTAL_RATE_LIMITS": "0", "PORTAL_LOG_LEVEL": "ERROR", **more}))


def test_the_settings_become_the_applications(tmp_path: Path) -> None:
    keys = ("n0v1x7q2" * 5, "o4b9w3r8" * 5)
    config = _app(tmp_path, PORTAL_MAX_UPLOAD_MB="7", PORTAL_SECRET_KEY=",".join(keys)).config
    assert config["MAX_CONTENT_LENGTH"] == 7 * 1024 * 1024
    assert config["MAX_FORM_MEMORY_SIZE"] <= 4 * 1024 * 1024 and config["MAX_FORM_PARTS"] <= 5000
    assert (config["SECRET_KEY"], config["SECRET_KEY_FALLBACKS"]) == (keys[0], [keys[1]])
    assert (config["TRUSTED_HOSTS"], config["BASE_URL"]) == (["acuse.example", "localhost", "127.0.0.1", "[::1]"], "https://acuse.example")
    assert config["PREFERRED_URL_SCHEME"] == "https" and config["WTF_CSRF_TIME_LIMIT"] is None
    options = config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]["options"]
    assert "statement_timeout=30000" in options and "timezone=UTC" in options


@pytest.mark.parametrize(("proxies", "seen"), [
    ("0", ("10.0.0.9", "http", "acuse.example")), ("1", ("7.7.7.7", "https", "acuse.example")),
    ("2", ("6.6.6.6", "https", "acuse.example"))])
def test_only_as_many_proxies_are_believed_as_there_are(tmp_path: Path, proxies: str, seen: tuple[str, ...]) -> None:
    app, found = _app(tmp_path, PORTAL_TRUSTED_PROXIES=proxies), []

    @app.before_request
    def look() -> Any:
        found.append((request.remote_addr, request.scheme, request.host))
        return "seen"

    app.before_request_funcs[None].insert(0, app.before_request_funcs[None].pop())
    app.test_client().get("/", base_url="http://acuse.example", environ_base={"REMOTE_ADDR": "10.0.0.9"}, headers={
        "X-Forwarded-For": "5.5.5.5, 6.6.6.6, 7.7.7.7", "X-Forwarded-Proto": "https, https",
        "X-Forwarded-Host": "evil.example"})
    assert found == [seen]


def test_what_is_done_by_the_clock_is_all_on_the_table(app: Flask) -> None:
    """A job of the whole installation that takes nothing is nobody's to ask for: the clock asks."""
    known = [registry.get(name) for name in registry.names()]
    alone = {job.name for job in known if job.door and job.run.__code__.co_argcount == 1
             and job.run.__module__.startswith("portal.")}
    assert {entry.job for entry in TABLE} == alone | {"sat.fetch_authorities"}


def test_the_heavy_work_is_done_while_mexico_sleeps_and_lists_are_there_before_they_are_read() -> None:
    hours = {entry.job: entry.when for entry in TABLE}
    assert hours["audit.seal"] == Every(minutes=1) and hours["invoices.settle_stamps"] == Every(minutes=10)
    daily = {job: when.hour for job, when in hours.items() if isinstance(when, Daily)}
    assert len(daily) > 5 and max(daily.values()) <= "06:00"
    assert daily["sat.fetch_lists"] < "02:00" < "05:30" < daily["suppliers.watch_lists"]


def test_what_is_asked_of_sat_is_what_the_settings_say(tmp_path: Path) -> None:
    usual = sat_asking(Settings.from_env({"PORTAL_HOME": str(tmp_path)}))
    ours = ("LISTS", "AUTHORITIES", "PROVIDERS", "STATUS")
    own = sat_asking(Settings.from_env({"PORTAL_HOME": str(tmp_path), "PORTAL_SAT_ASK": "lists,status", **{
        f"PORTAL_SAT_{name}_URL": f"http://127.0.0.1:9/{name}" for name in ours}}))
    assert (own.lists, own.authorities, own.providers, own.status) == tuple(f"http://127.0.0.1:9/{n}" for n in ours)
    assert own.subjects == {"lists", "status"}
    assert (usual.lists, usual.authorities, usual.providers, usual.status) == (
        Asking().lists, Asking().authorities, Asking().providers, Asking().status)
    assert usual.certificates_folder == Settings.from_env({"PORTAL_HOME": str(tmp_path)}).sat_certificates


@pytest.mark.parametrize("demo", ["0", "1"])
def test_the_sandbox_is_trusted_in_the_demo_alone(tmp_path: Path, demo: str) -> None:
    Authority.open(tmp_path / "sandbox")
    store = trust(Settings.from_env({"PORTAL_HOME": str(tmp_path), "PORTAL_DEMO": demo}))
    assert bool(store.sandbox) is (demo == "1")
