"""Which stages an invoice goes through, who decides, and when a step is done."""
from decimal import Decimal
from uuid import uuid4

import pytest

from portal.approvals import engine
from portal.approvals.models import Quorum, StageRule
from portal.core.clock import now


def rule(position: int, label: str, **more: object) -> StageRule:
    values: dict[str, object] = {"approver_ids": [], "approver_roles": ["approver"], "quorum": Quorum.ANY,
                                 "currencies": [], "groups": [], "kinds": [], "label_en": "", **more}
    return StageRule(id=uuid4(), client_id=uuid4(), position=position, label_es=label, **values)


def facts(amount: str | None = "1000", currency: str = "MXN", kind: str = "I", group: str = "") -> engine.Facts:
    return engine.Facts(Decimal(amount) if amount else None, currency, kind, group)


RULES = [rule(3, "Dirección", minimum=Decimal(1000)), rule(1, "Compras"), rule(2, "Extranjero", currencies=["USD"]),
         rule(4, "Transporte", groups=["Fletes"]), rule(5, "Créditos", kinds=["E"]),
         rule(6, "Menores", maximum=Decimal(500)), rule(7, "Vieja", archived_at=now())]


@pytest.mark.parametrize(("given", "expected"), [
    (facts("999.99"), ["Compras"]), (facts("1000"), ["Compras", "Dirección"]),
    (facts("500"), ["Compras", "Menores"]), (facts("2000", "USD"), ["Compras", "Extranjero", "Dirección"]),
    (facts(None, "USD"), ["Compras", "Extranjero", "Dirección", "Menores"]),
    (facts("600", group="Fletes"), ["Compras", "Transporte"]),
    (facts("600", group="flétes "), ["Compras", "Transporte"]),
    (facts("600", kind="E"), ["Compras", "Créditos"]),
])
def test_the_route(given: engine.Facts, expected: list[str]) -> None:
    assert [s.label_es for s in engine.route(RULES, given)] == expected


def test_without_stages_accounts_payable_reviews() -> None:
    (only,) = engine.route([], facts())
    assert (only.label_es, only.approver_roles) == ("Revisión", ("accounts_payable", "administrator"))


A, B, C = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("quorum", "named", "holders", "approved", "done"),
    [
        (Quorum.ANY, [A, B], [], [], False),
        (Quorum.ANY, [A, B], [], [B], True),
        (Quorum.ALL, [A, B], [], [A], False),
        (Quorum.ALL, [A, B], [], [A, B], True),
        (Quorum.ALL, [A], [B, C], [A], False),
        (Quorum.ALL, [A], [B, C], [A, C], True),
        (Quorum.ALL, [], [B, C], [B], True),
        (Quorum.ALL, [], [], [], False),
    ],
)
def test_when_a_step_is_done(quorum: Quorum, named: list, holders: list, approved: list, done: bool) -> None:
    assert engine.is_complete(quorum, named, holders, approved) is done


def test_a_stage_has_its_english_name_or_else_the_spanish() -> None:
    facts = engine.Facts(in_mxn=Decimal(1), currency="MXN", kind="I", group="")
    rules = [StageRule(id=uuid4(), position=n, label_es="Compras", label_en=english, kinds=[], groups=[], currencies=[],
                       approver_ids=[], approver_roles=[], quorum=Quorum.ANY)
             for n, english in enumerate(("Purchasing", ""))]
    stages = engine.route(rules, facts)
    assert [(s.label_es, s.label_en) for s in stages] == [("Compras", "Purchasing"), ("Compras", "Compras")]


ADMIN = "administrator"


@pytest.mark.parametrize(("quorum", "named", "roles", "able", "approved", "expected"), [
    (Quorum.ANY, [A, B], [], {B: ["approver"]}, [], None),
    (Quorum.ANY, [A], ["approver"], {B: ["approver"]}, [], None),
    (Quorum.ANY, [A], ["approver"], {B: [ADMIN]}, [], ([], ["approver", ADMIN])),
    (Quorum.ALL, [A, B], [], {A: [ADMIN], B: ["approver"]}, [], None),
    (Quorum.ALL, [A, B], [], {B: ["approver"], C: [ADMIN]}, [], ([B], [ADMIN])),
    (Quorum.ALL, [A, B], [], {B: ["approver"], C: [ADMIN]}, [A], None),
    (Quorum.ALL, [B], ["approver"], {B: [ADMIN]}, [], ([B], ["approver", ADMIN])),
    (Quorum.ALL, [B, A], [ADMIN], {B: [ADMIN]}, [], ([B], [ADMIN])),
])
def test_who_stands_in_for_those_who_are_gone(quorum: Quorum, named: list, roles: list, able: dict, approved: list,
                                              expected: tuple[list, list] | None) -> None:
    assert engine.successors(quorum, named, roles, able, approved) == expected
