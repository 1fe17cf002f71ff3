"""The bank accounts of a record: given, taken out, kept encrypted; and who else gave the same one.

What a number must be like is `portal.banking`'s to say; which of its checks a country asks for is said here.
"""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Purpose
from portal.banking import clabe, foreign
from portal.banking.problems import Checked
from portal.core import vault
from portal.core.crypto import Place
from portal.core.db import session
from portal.core.errors import Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _, language
from portal.core.ids import new_id
from portal.core.types import Upload
from portal.storage import services as files
from portal.suppliers import events, records, services
from portal.suppliers.models import BankAccount, Relationship, ReviewState


@dataclass(frozen=True)
class GiveAccount:
    """A bank account. In Mexico `number` is the CLABE; abroad an IBAN, or an account number with a routing number."""

    relationship_id: UUID
    holder: str
    country: str
    currency: str
    number: str
    bank_name: str = ""
    bic: str = ""
    routing: str = ""
    proof: Upload | None = None


def give(command: GiveAccount, actor: Actor) -> BankAccount:
    """Keep a bank account, encrypted, as a draft. Raises Invalid for a wrong number or one given before."""
    actor.require(Permission.Record.BANK)
    actor.step_up()
    relationship = records.mine(command.relationship_id, actor)
    checked, kind = _checked(command)
    row = BankAccount(id=new_id(), client_id=relationship.client_id, relationship_id=relationship.id,
                      holder=command.holder.strip(), country=command.country, currency=command.currency,
                      bank_name=checked.bank or command.bank_name.strip(), number_kind=kind,
                      number_last4=checked.number[-4:], bic=_bic(command), routing=_routing(command),
                      given_by=actor.user_id, number="", number_index="")
    _seal(row, checked.number)
    records.locked(relationship.id)
    _once(row, checked.number)
    if command.proof:
        kept = files.keep(command.proof, purpose=Purpose.BANK_PROOF, allowed=records.PROOFS, client_id=row.client_id,
                          actor=actor, relationship_id=relationship.id)
        row.proof_file_id = kept.id
    session.add(row)
    announce(events.BankAccountGiven(**services.about(relationship), bank=row.bank_name, last4=row.number_last4), actor)
    records.restate(relationship, actor)
    return row


def remove(relationship_id: UUID, account_id: UUID, actor: Actor) -> None:
    """Take out an account. One that was approved stays in the history and is no longer paid to."""
    actor.require(Permission.Record.BANK)
    actor.step_up()
    relationship = records.mine(relationship_id, actor)
    records.locked(relationship.id)
    row = session.scalar(select(BankAccount).filter_by(id=account_id, relationship_id=relationship.id))
    if row is None or row.state is ReviewState.REPLACED:
        raise NotFound
    row.state = ReviewState.REPLACED
    announce(events.BankAccountRemoved(**services.about(relationship), bank=row.bank_name,
                                       last4=row.number_last4), actor)
    records.restate(relationship, actor)


def number_of(row: BankAccount) -> str:
    """Return the full account number; who shows it announces that somebody looked."""
    return vault.cipher().decrypt(row.number, _place(row))


def same_elsewhere(row: BankAccount) -> list[str]:
    """Return the names of the client's other suppliers that gave the same account: a warning to the reviewer."""
    query = select(Relationship.name).join(BankAccount, BankAccount.relationship_id == Relationship.id).where(
        BankAccount.client_id == row.client_id, BankAccount.number_index.in_(_indexes(row, number_of(row))),
        BankAccount.relationship_id != row.relationship_id).distinct()
    return list(session.scalars(query))


def _checked(command: GiveAccount) -> tuple[Checked, str]:
    if command.country == "MEX":
        checked, kind = clabe.check(command.number), "clabe"
    elif command.number.strip()[:2].isalpha():
        checked, kind = foreign.check_iban(command.number), "iban"
    else:
        checked, kind = foreign.check_account(command.number), "account"
    if not checked.ok:
        raise Invalid(fields={"number": " ".join(p.say(language()) for p in checked.problems)})
    return checked, kind


def _bic(command: GiveAccount) -> str:
    if command.country == "MEX":
        return ""
    checked = foreign.check_bic(command.bic)
    if not checked.ok:
        raise Invalid(fields={"bic": " ".join(p.say(language()) for p in checked.problems)})
    return checked.number


def _routing(command: GiveAccount) -> str:
    if command.country != "USA" or not command.routing.strip():
        return command.routing.strip()[:20] if command.country != "MEX" else ""
    checked = foreign.check_aba(command.routing)
    if not checked.ok:
        raise Invalid(fields={"routing": " ".join(p.say(language()) for p in checked.problems)})
    return checked.number


def _seal(row: BankAccount, number: str) -> None:
    row.number = vault.cipher().encrypt(number, _place(row))
    row.number_index = vault.cipher().blind_index(number, str(row.client_id))


def _indexes(row: BankAccount, number: str) -> tuple[str, ...]:
    """Return what `number` may be found by: what was given before a change of the key has the index of that key."""
    return vault.cipher().blind_indexes(number, str(row.client_id))


def _once(row: BankAccount, number: str) -> None:
    same = select(BankAccount.id).filter_by(relationship_id=row.relationship_id).where(
        BankAccount.number_index.in_(_indexes(row, number)))
    if session.scalar(same.where(BankAccount.state.not_in((ReviewState.REPLACED, ReviewState.REJECTED)))):
        raise Invalid(fields={"number": _("You have already given this account.")})


def _place(row: BankAccount) -> Place:
    return Place(str(row.client_id), "bank_accounts", str(row.id), "number")
