"""Pure decisions: which stages an invoice goes through, who may decide, and when a step is done.

Plain values in, plain values out; no database. Amounts are compared in MXN at the CFDI's rate.
"""
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.access.policy import Role
from portal.approvals.models import Quorum, StageRule
from portal.core.folding import among

DEFAULT_ES, DEFAULT_EN = "Revisión", "Review"
DEFAULT_ROLES = (Role.ACCOUNTS_PAYABLE.value, Role.ADMINISTRATOR.value)


@dataclass(frozen=True)
class Facts:
    """What the rules ask of an invoice. `in_mxn` is None when a foreign amount has no rate: then every
    amount condition holds, so that no stage is skipped by ignorance."""

    in_mxn: Decimal | None
    currency: str
    kind: str
    group: str


@dataclass(frozen=True)
class Stage:
    """One stage as it will be frozen into a step."""

    label_es: str
    label_en: str
    approver_ids: tuple[UUID, ...]
    approver_roles: tuple[str, ...]
    quorum: Quorum


def applies(rule: StageRule, facts: Facts) -> bool:
    """Say whether a stage is for an invoice with these facts."""
    amount = facts.in_mxn
    fits = amount is None or ((rule.minimum is None or amount >= rule.minimum)
                              and (rule.maximum is None or amount <= rule.maximum))
    return (fits and (not rule.currencies or facts.currency in rule.currencies)
            and (not rule.kinds or facts.kind in rule.kinds) and (not rule.groups or among(facts.group, rule.groups)))


def route(rules: Iterable[StageRule], facts: Facts) -> list[Stage]:
    """Return the stages for an invoice, in order; never none: without one, accounts payable reviews it."""
    chosen = [Stage(r.label_es, r.label_en or r.label_es, tuple(r.approver_ids), tuple(r.approver_roles), r.quorum)
              for r in sorted(rules, key=lambda r: (r.position, r.id)) if r.archived_at is None and applies(r, facts)]
    return chosen or [Stage(DEFAULT_ES, DEFAULT_EN, (), DEFAULT_ROLES, Quorum.ANY)]


def may_decide(user_id: UUID, roles: Collection[str], approver_ids: Collection[UUID],
               approver_roles: Collection[str]) -> bool:
    """Say whether a person is among a step's approvers."""
    return user_id in approver_ids or bool(set(roles) & set(approver_roles))


def successors(quorum: Quorum, approver_ids: Collection[UUID], approver_roles: Collection[str],
               able: Mapping[UUID, Collection[str]], approved_by: Collection[UUID] = (),
               ) -> tuple[list[UUID], list[str]] | None:
    """Return whom a step waits for once those who are gone are left out; None when nobody is missing.

    `able`: who may approve now, with their roles. Where an approval can come no more and nobody stands in for it, an
    administrator's is asked.
    """
    here = [one for one in approver_ids if one in able or one in approved_by]
    desk = any(set(roles) & set(approver_roles) for roles in able.values())
    if (here or desk) if quorum is Quorum.ANY else len(here) == len(approver_ids) and (desk or not approver_roles):
        return None
    return here, list(dict.fromkeys((*approver_roles, Role.ADMINISTRATOR.value)))


def is_complete(quorum: Quorum, approver_ids: Collection[UUID], holders: Collection[UUID],
                approved_by: Collection[UUID]) -> bool:
    """Say whether a step has its approvals.

    `holders` are the people who hold one of the step's roles now and may approve. ANY needs one approval; ALL needs
    everybody named, plus one of the role's holders when a role is named as well (a role is a desk, not a crowd).
    """
    if quorum is Quorum.ANY:
        return bool(approved_by)
    named = set(approver_ids)
    desk = bool(set(holders) & set(approved_by)) if holders else True
    return named <= set(approved_by) and desk and bool(approved_by)
