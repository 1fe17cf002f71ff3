"""The demo's digital records: the layout that the client demands, and what each supplier has given."""
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.banking.clabe import check_digit
from portal.core import db
from portal.core.clock import today
from portal.core.types import Upload
from portal.local.demo import cast
from portal.local.demo.papers import plain_pdf
from portal.suppliers import bank_accounts, layout, records, reviews
from portal.suppliers.models import Expiry, FieldType, RecordField, RecordGate, Relationship, ReviewState

if TYPE_CHECKING:
    from portal.local.demo.story import Stage

FIELDS = (
    # section, label es, label en, help es, help en, type, mandatory, kinds, expiry, days
    (
        0,
        "Constancia de situación fiscal",
        "Tax status certificate",
        "La más reciente, en PDF, tal como la da el SAT.",
        "The latest one, as a PDF, as SAT issues it.",
        FieldType.FILE,
        True,
        ("company", "person"),
        Expiry.NONE,
        None,
    ),
    (
        0,
        "Opinión de cumplimiento (32-D)",
        "Tax compliance opinion (32-D)",
        "Positiva y de los últimos 30 días.",
        "Positive, of the last 30 days.",
        FieldType.FILE,
        True,
        ("company", "person"),
        Expiry.DOCUMENT_DATE,
        30,
    ),
    (
        0,
        "Form W-8BEN-E",
        "Form W-8BEN-E",
        "Vigente, firmada.",
        "Valid and signed.",
        FieldType.FILE,
        True,
        ("foreign",),
        Expiry.NONE,
        None,
    ),
    (
        0,
        "Acta constitutiva",
        "Articles of incorporation",
        "",
        "",
        FieldType.FILE,
        False,
        ("company",),
        Expiry.NONE,
        None,
    ),
    (
        1,
        "Teléfono de cobranza",
        "Collections telephone",
        "Con lada.",
        "With area code.",
        FieldType.TEXT,
        True,
        (),
        Expiry.NONE,
        None,
    ),
    (1, "Días de crédito acordados", "Agreed credit days", "", "", FieldType.NUMBER, False, (), Expiry.NONE, None),
    (
        1,
        "¿Tienes registro REPSE?",
        "Are you registered in REPSE?",
        "",
        "",
        FieldType.YES_NO,
        False,
        ("company", "person"),
        Expiry.NONE,
        None,
    ),
)

ABROAD = {"country": "USA", "currency": "USD", "number": "000123456789", "routing": "021000021",
          "bank_name": "First Example Bank", "bic": "FEXAUS33"}


def lay_out(actor: Actor) -> None:
    """Set up the client's layout and policy."""
    sections = [layout.save_section("Documentos fiscales", "Tax documents", actor),
                layout.save_section("Datos de contacto", "Contact data", actor)]
    for section, es, en, help_es, help_en, kind, mandatory, kinds, expiry, days in FIELDS:
        layout.save_field(layout.SaveField(
            section_id=sections[section].id, label_es=es, label_en=en, help_es=help_es, help_en=help_en, type=kind,
            mandatory=mandatory, kinds=kinds, choices=(), file_types=("pdf",) if kind is FieldType.FILE else (),
            max_mb=10, expiry=expiry, lifetime_days=days), actor)
    layout.save_policy(RecordGate.NOTHING, approved=True, bank_account=True, actor=actor)


def fill(stage: "Stage", client_id: UUID) -> None:
    """Fill the records: one approved, one sent, one half done, one foreign and approved."""
    _complete(stage, client_id, cast.NANDU, "01218000123456789")
    _review(stage, client_id, cast.NANDU)
    _complete(stage, client_id, cast.BAJIO, "07222500987654321")
    _give(stage, client_id, cast.IBANEZ, only=1)
    _complete(stage, client_id, cast.NORTHWIND)
    _review(stage, client_id, cast.NORTHWIND)


def _complete(stage: "Stage", client_id: UUID, supplier: cast.Supplier, clabe: str = "") -> None:
    _give(stage, client_id, supplier)
    actor, row = _row(stage, client_id, supplier)
    proof = Upload("estado-de-cuenta.pdf", plain_pdf("Estado de cuenta", supplier.company.name))
    mexican = {"country": "MEX", "currency": "MXN", "number": clabe + check_digit(clabe)} if clabe else {}
    with db.transaction(actor.scope):
        bank_accounts.give(bank_accounts.GiveAccount(row.id, holder=supplier.company.name, proof=proof,
                                                     **(mexican or ABROAD)), actor)
    with db.transaction(actor.scope):
        records.send(row.id, actor)


def _give(stage: "Stage", client_id: UUID, supplier: cast.Supplier, only: int | None = None) -> None:
    actor, row = _row(stage, client_id, supplier)
    with db.transaction(actor.scope):
        fields = [f for f in layout.layout_for(row).fields if f.mandatory][:only]
        for field in fields:
            records.give(_answer(field, row.id, actor), actor)


def _answer(field: RecordField, relationship_id: UUID, actor: Actor) -> records.GiveField:
    if field.type is not FieldType.FILE:
        return records.GiveField(relationship_id, field.id, value="55 5555 0134")
    dated = today(actor.zone) - timedelta(days=8) if field.expiry is Expiry.DOCUMENT_DATE else None
    return records.GiveField(relationship_id, field.id, document_date=dated,
                             upload=Upload(f"{field.label_es}.pdf", plain_pdf(field.label_es, actor.organization_name)))


def _review(stage: "Stage", client_id: UUID, supplier: cast.Supplier) -> None:
    _supplier, row = _row(stage, client_id, supplier)
    actor = stage.actor("cuentas@valle.example")
    with db.transaction(actor.scope):
        reviews.approve_all(row.id, actor)
        for account in records.accounts(row.id):
            if account.state is ReviewState.SENT:
                reviews.decide(reviews.DecideItem(row.id, reviews.Item.ACCOUNT, account.id, approve=True), actor)


def _row(stage: "Stage", client_id: UUID, supplier: cast.Supplier) -> tuple[Actor, Relationship]:
    actor = stage.actor(supplier.email)
    with db.transaction(actor.scope):
        return actor, db.session.scalars(select(Relationship).filter_by(client_id=client_id).where(
            Relationship.id.in_(actor.relationships))).one()
