"""The table of who may do what, said a second time: a right that is given or taken by mistake is seen here."""
import pytest

from portal.access.permissions import Permission as P
from portal.access.policy import (
    OPENS,
    ROLE_WORDS,
    ROLES,
    SIDE_OF,
    WATCHED,
    Purpose,
    Role,
    Side,
    holding,
    permissions_of,
)

EVERYBODY = "administrator accounts_payable approver treasury auditor"
SUPPLIERS = "supplier_administrator supplier_user"
HOLDERS = {
    P.Own.PROFILE: f"{EVERYBODY} {SUPPLIERS} operator",
    P.Organization.CONFIGURE: "administrator",
    P.Organization.PEOPLE: "administrator supplier_administrator",
    P.Organization.AUDIT: "administrator auditor",
    P.Installation.OPERATE: "operator",
    P.Supplier.READ: EVERYBODY,
    P.Supplier.INVITE: "administrator accounts_payable",
    P.Supplier.REVIEW: "administrator accounts_payable",
    P.Supplier.REVEAL_BANK: "treasury",
    P.Record.READ: SUPPLIERS,
    P.Record.EDIT: SUPPLIERS,
    P.Record.BANK: "supplier_administrator",
    P.Invoice.READ: f"{EVERYBODY} {SUPPLIERS}",
    P.Invoice.SUBMIT: SUPPLIERS,
    P.Invoice.REVIEW: "administrator accounts_payable approver",
    P.Invoice.APPROVE: "administrator accounts_payable approver",
    P.Invoice.REOPEN: "administrator accounts_payable",
    P.Payment.READ: f"{EVERYBODY} {SUPPLIERS}",
    P.Payment.SCHEDULE: "treasury",
    P.Payment.REGISTER: "treasury",
    P.Payment.VOID: "treasury",
}


def test_every_permission_is_held_by_those_who_should() -> None:
    every = {p for name, group in vars(P).items() if name[0].isupper() for p in group}
    assert set(HOLDERS) == every
    for permission, roles in HOLDERS.items():
        assert {r.value for r in Role if permission in ROLES[r]} == set(roles.split()), permission


def test_every_role_stands_on_one_side() -> None:
    sides = {Side.CLIENT: EVERYBODY, Side.SUPPLIER: SUPPLIERS, Side.OPERATOR: "operator"}
    assert SIDE_OF == {Role(role): side for side, roles in sides.items() for role in roles.split()}


def test_every_role_has_its_words_and_its_permissions() -> None:
    assert set(ROLE_WORDS) == set(ROLES) == set(Role)


def test_roles_are_found_by_what_they_give() -> None:
    assert holding(P.Payment.VOID) == (Role.TREASURY,) and holding("payment:invent") == ()


@pytest.mark.parametrize(("purpose", "permissions"), [
    (Purpose.INVOICE, {P.Invoice.READ}), (Purpose.RECORD, {P.Supplier.READ, P.Record.READ}),
    (Purpose.PAYMENT, {P.Payment.READ}),
    (Purpose.BANK_PROOF, {P.Supplier.REVIEW, P.Supplier.REVEAL_BANK, P.Organization.AUDIT, P.Record.READ})])
def test_files_open_by_what_they_were_given_for(purpose: Purpose, permissions: set[str]) -> None:
    assert OPENS[purpose] == permissions
    assert (purpose in WATCHED) == (purpose is Purpose.BANK_PROOF)
    assert set(OPENS) == set(Purpose)


def test_roles_add_up_and_strange_ones_give_nothing() -> None:
    both = permissions_of(frozenset(("auditor", "treasury")))
    assert both == ROLES[Role.AUDITOR] | ROLES[Role.TREASURY]
    assert permissions_of(frozenset(("owner", "", "AUDITOR"))) == permissions_of(frozenset()) == frozenset()
