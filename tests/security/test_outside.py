"""Nothing is fetched because a document says so, no document costs more than its size, access that ends ends all."""
import multiprocessing
import resource
import socket
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import update

from portal.access.policy import Role
from portal.accounts import people, sessions
from portal.accounts.models import Membership
from portal.cfdi.check import judge
from portal.cfdi.trust import TrustStore
from portal.core import db
from portal.core.clock import now
from portal.documents import structured, xml
from portal.documents.problems import Refused
from portal.local.authority import Authority
from portal.web.page import PUBLIC
from tests.factories import PASSWORD, World
from tests.forms import guard
from tests.invoices.conftest import Papers
from tests.invoices.test_einvoices import UBL
from tests.security.addresses import addresses
from tests.security.conftest import Two
from tests.security.corpus import CORPUS

CPU, MEMORY = 30, 600 * 1024 * 1024  # seconds and bytes for all hostile documents together, in a process of their own
INSTEAD = {
    "a DTD": ("?>", '?><!DOCTYPE x SYSTEM "{at}/a.dtd">'),
    "an entity": ("?>", '?><!DOCTYPE x [<!ENTITY e SYSTEM "{at}/e">]>'),
    "a parameter entity": ("?>", '?><!DOCTYPE x [<!ENTITY % e SYSTEM "{at}/e">%e;]>'),
    "a stylesheet": ("?>", '?><?xml-stylesheet type="text/xsl" href="{at}/x.xsl"?>'),
    "a schema": (' Version="4.0"', ' Version="4.0" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
                 ' i:schemaLocation="http://www.sat.gob.mx/cfd/4 {at}/cfdv40.xsd"'
                 ' i:noNamespaceSchemaLocation="{at}/n"'),
    "an inclusion": ("<cfdi:Emisor", '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{at}/i"/>'
                     "<cfdi:Emisor"),
    "a base": (' Version="4.0"', ' Version="4.0" xml:base="{at}/b/"'),
}


@pytest.fixture()
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address at which somebody waits, and what was said there."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def wait() -> None:
            while not stop.is_set():
                try:
                    line, _who = server.accept()
                except TimeoutError:
                    continue
                heard.append(line.recv(1000))
                line.close()

        waiting = threading.Thread(target=wait)
        waiting.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        stop.set()
        waiting.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("authority"))


@pytest.fixture()
def paper(world: World, two: Two, authority: Authority) -> str:
    """A CFDI, before anybody touched it."""
    return Papers(authority, two.mine.seller, two.mine.buyer).xml().decode()


@pytest.mark.parametrize("name", INSTEAD)
def test_no_document_makes_us_ask_somebody(
        listener: tuple[str, list[bytes]], paper: str, authority: Authority, name: str) -> None:
    at, heard = listener
    old, new = INSTEAD[name]
    hostile = paper.replace(old, new.format(at=at), 1).encode()
    assert at.encode() in hostile
    judge(hostile, authority.trust(), at=now())
    for read in (xml.parse, structured.read_xml):
        for data in (hostile, UBL.replace("?>", INSTEAD["a DTD"][1].format(at=at), 1).encode()):
            try:
                read(data)
            except Refused:
                pass
    socket.create_connection((at.split("//")[1].split(":")[0], int(at.rpartition(":")[2]))).close()
    while not heard:  # the control: who comes is heard
        pass
    assert heard == [b""]


def test_the_parser_is_one_that_resolves_nothing_by_itself() -> None:
    """Of this version on, an entity that a document declares is not read from files unless that is asked for."""
    assert etree.LXML_VERSION >= (6, 1)


def _read_all(found: "multiprocessing.SimpleQueue[str]") -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    held = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    for bad in CORPUS.values():
        if bad.name.endswith(".xml"):
            for read in (xml.parse, structured.read_xml, lambda data: judge(data, TrustStore(), at=now())):
                try:
                    read(bad.data)
                except Refused:
                    pass
    found.put("alive")


def test_no_document_costs_more_than_its_size() -> None:
    """All of them, by every reader, in a process that the kernel ends when it takes too much: not a matter of speed."""
    context = multiprocessing.get_context("fork")
    found: multiprocessing.SimpleQueue[str] = context.SimpleQueue()
    reader = context.Process(target=_read_all, args=(found,))
    reader.start()
    reader.join()
    assert reader.exitcode == 0 and found.get() == "alive"


def test_a_session_without_a_seat_reaches_nothing_but_the_new_password(
        two: Two, client: FlaskClient, app: Flask) -> None:
    """What a password that is due gives is no half-open door."""
    person = two.mine.buyer.people["administrator"]
    with two.world.owner():
        token = sessions.begin(person.user.id, seated=False)
    client.set_cookie("sid", token, domain="localhost")
    asked = [a for a in addresses(app) if a.permission != PUBLIC and a.method == "GET"]
    led = {client.get(a.at(app, two.mine.ids)).location for a in asked}
    assert len(asked) > 40 and led == {"/renew"}


@pytest.mark.parametrize("header", ["Authorization", "X-Session", "X-Auth-Token"])
def test_a_session_is_a_cookie_and_nothing_else(two: Two, client: FlaskClient, header: str) -> None:
    person = two.mine.buyer.people["treasury"]
    two.world.sign_in(client, person)
    token = client.get_cookie("sid")
    assert token is not None and client.get("/payments/").status_code == 200
    bare = client.application.test_client()
    for value in (token.value, f"Bearer {token.value}"):
        assert bare.get("/payments/", headers={header: value}).status_code == 303
    assert bare.get(f"/payments/?sid={token.value}&session={token.value}").status_code == 303


def test_who_was_let_go_finds_every_door_shut(two: Two, client: FlaskClient) -> None:
    """Files, their images, lists, the session itself, and signing in again."""
    seller = two.mine.seller
    leaving = two.world.colleague(seller.organization, Role.SUPPLIER_USER)
    two.world.sign_in(client, leaving)
    doors = [f"/files/{two.mine.ids['files']}", f"/invoices/{two.mine.ids['invoices']}", "/invoices/in-process",
             f"/payments/{two.mine.ids['payments']}", f"/payments/{two.mine.ids['payments']}/remittance"]
    assert {client.get(door).status_code for door in doors} == {200}
    with two.world.acting(two.world.actor(seller)) as actor:
        people.disable(leaving.user.id, actor)
    assert {client.get(door).status_code for door in doors} == {303}
    again = client.application.test_client()
    token = guard(again.get("/sign-in").text)
    entered = again.post("/sign-in", data={**token, "email": leaving.user.email, "password": PASSWORD})
    assert entered.status_code in (403, 422) and {again.get(door).status_code for door in doors} == {303}


def test_a_role_that_was_taken_away_opens_nothing_more(two: Two, client: FlaskClient) -> None:
    person = two.mine.buyer.people["treasury"]
    two.world.sign_in(client, person)
    assert client.get("/treasury/").status_code == 200
    with two.world.owner():
        _roles(person.user.id, ["auditor"])
    assert client.get("/treasury/").status_code == 403
    with two.world.owner():
        _roles(person.user.id, ["treasury"])


def _roles(user_id: UUID, roles: list[str]) -> None:
    db.session.execute(update(Membership).filter_by(user_id=user_id).values(roles=roles))
