"""What happens in the demo before the newcomer arrives: configuration, suppliers that join, invoices in every state."""
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import ANONYMOUS, Actor
from portal.access.policy import Role, Side, permissions_of
from portal.accounts import configuration as fiscal
from portal.accounts import services as accounts
from portal.accounts.models import Membership, Organization, User
from portal.approvals import configuration as stages
from portal.approvals import services as approvals
from portal.approvals.models import ApprovalStep, Quorum, StepState, Verdict
from portal.core import db
from portal.core.clock import now, today
from portal.core.types import Upload
from portal.invoices import services as invoices
from portal.invoices.models import Invoice, InvoiceRequirement, RequirementType
from portal.local.authority import Authority
from portal.local.demo import cast, records
from portal.local.demo.papers import Paper, Papers, plain_pdf
from portal.payments import services as payments
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Credit, Line
from portal.payments.models import PaymentMethod
from portal.suppliers import queries as reach
from portal.suppliers import services as suppliers
from portal.suppliers.models import Relationship


@dataclass
class Stage:
    """Who plays: actors of people by e-mail, made afresh for every act so that they see what has changed."""

    password: str
    papers: Papers

    def actor(self, email: str, organization_id: UUID | None = None) -> Actor:
        """Return the actor of a person, for one of their organizations."""
        with db.transaction(db.DOOR):
            user = db.session.scalars(select(User).filter_by(email_key=email)).one()
            query = select(Membership, Organization).join(Organization, Organization.id == Membership.organization_id)
            found = db.session.execute(query.where(Membership.user_id == user.id)).all()
            member, organization = next((m, o) for m, o in found if organization_id in (None, o.id))
            mine, partners = reach.reach(organization.id)
        side = Side.CLIENT if organization.is_client else Side.SUPPLIER
        return Actor(side=side, user_id=user.id, name=user.name, email=user.email, organization_id=organization.id,
                     organization_name=organization.name, roles=frozenset(member.roles), locale=user.locale,
                     permissions=permissions_of(frozenset(member.roles)), stepped_up_at=now(),
                     relationships=mine if side is Side.SUPPLIER else (),
                     partners=partners if side is Side.SUPPLIER else ())


def tell(sandbox: Path, password: str) -> None:
    """Make the whole demo; each act is a transaction of its own, as it would be in the browser."""
    stage = Stage(password, Papers(Authority.open(sandbox)))
    client_id = _client(stage, cast.CLIENT, [p for p in cast.PEOPLE if p.role.value in _CLIENT_ROLES])
    second_id = _client(stage, cast.SECOND, [cast.SECOND_ADMIN])
    _configure(stage, "admin@valle.example")
    for supplier in (cast.NANDU, cast.BAJIO, cast.IBANEZ, cast.NORTHWIND):
        _join(stage, supplier, "admin@valle.example")
    _join(stage, cast.NANDU, "admin@serena.example")
    _invite(stage, cast.INVITED, "cuentas@valle.example")
    records.fill(stage, client_id)
    _invoices(stage, client_id, second_id)


_CLIENT_ROLES = {Role.ADMINISTRATOR, Role.ACCOUNTS_PAYABLE, Role.APPROVER, Role.TREASURY, Role.AUDITOR}


def _client(stage: Stage, company: cast.Company, people: list[cast.Person]) -> UUID:
    with db.transaction(db.DOOR):
        made = accounts.create_organization(company.name, company.rfc, is_client=True)
        profile = fiscal.Profile(company.rfc, company.fiscal_name, company.postcode, (company.regime,))
        fiscal.add_first_profile(made.id, fiscal.checked(profile))
        for person in people:
            user = accounts.create_user(person.email, person.name, password=stage.password, locale=person.locale)
            accounts.add_member(made.id, user.id, {person.role.value})
    return made.id


def _configure(stage: Stage, email: str) -> None:
    actor = stage.actor(email)
    with db.transaction(actor.scope):
        records.lay_out(actor)
        nothing: dict[str, Any] = {"approver_ids": (), "currencies": (), "kinds": (), "groups": (), "maximum": None}
        stages.save(
            stages.SaveStage(
                "Revisión de cuentas por pagar",
                "Accounts payable review",
                minimum=None,
                approver_roles=(Role.ACCOUNTS_PAYABLE.value,),
                quorum=Quorum.ANY,
                **nothing,
            ),
            actor,
        )
        stages.save(stages.SaveStage("Dirección", "Management", minimum=Decimal(20_000),
                                     approver_roles=(Role.APPROVER.value,), quorum=Quorum.ANY, **nothing), actor)
        invoices.add_requirement(invoices.SaveRequirement(
            type=RequirementType.TEXT, label_es="Orden de compra", label_en="Purchase order", mandatory=True,
            help_es="El número que aparece arriba a la derecha en la orden, por ejemplo OC-10482.",
            help_en="The number at the top right of the order, for example OC-10482."), actor)
        invoices.add_requirement(invoices.SaveRequirement(
            type=RequirementType.FILE, label_es="Evidencia de entrega", label_en="Proof of delivery", mandatory=True,
            minimum=Decimal(10_000), file_types=("pdf", "png", "jpeg"),
            help_es="La remisión firmada y sellada por almacén.",
            help_en="The delivery note, signed and stamped by the warehouse."), actor)
        invoices.add_requirement(invoices.SaveRequirement(
            type=RequirementType.TEXT, label_es="Comentarios para quien revisa", label_en="Comments for the reviewer",
            mandatory=False), actor)


def _invite(stage: Stage, supplier: cast.Supplier, by: str) -> UUID:
    actor, company = stage.actor(by), supplier.company
    person = next((p for p in cast.PEOPLE if p.email == supplier.email), None)
    with db.transaction(actor.scope):
        row = suppliers.invite(suppliers.InviteSupplier(
            name=company.name, kind=supplier.kind, tax_id=company.rfc, country=supplier.country,
            contact_name=person.name if person else "", contact_email=supplier.email,
            locale=person.locale if person else "es", group=supplier.group), actor)
    return row.id


def _join(stage: Stage, supplier: cast.Supplier, by: str) -> None:
    relationship_id = _invite(stage, supplier, by)
    person = next(p for p in cast.PEOPLE if p.email == supplier.email)
    with db.transaction(db.DOOR):
        user = db.session.scalar(select(User).filter_by(email_key=person.email))
        if user is None:
            user = accounts.create_user(person.email, person.name, password=stage.password, locale=person.locale)
        suppliers.join(relationship_id, user.id, ANONYMOUS)


def _invoices(stage: Stage, client_id: UUID, second_id: UUID) -> None:
    nandu, bajio, maria = "ventas@nandu.example", "facturas@bajio.example", "maria@ibanez.example"
    for number, amount in enumerate(("1840.00", "2310.50"), start=1001):
        _paid(stage, nandu, client_id, Paper(cast.NANDU.company, "A", str(number), Decimal(amount), 40))
    _paid(stage, nandu, client_id, Paper(cast.NANDU.company, "A", "1003", Decimal("960.00"), 40),
          _note("1011", "150.00"))
    _scheduled(stage, nandu, client_id, Paper(cast.NANDU.company, "A", "1004", Decimal("7420.00"), 21))
    owed = _approved(stage, nandu, client_id, Paper(cast.NANDU.company, "A", "1005", Decimal("3150.00"), 12))
    _approved(stage, nandu, client_id, replace(_note("1012", "300.00"), names=owed.uuid or ""))
    _sent(stage, nandu, client_id, Paper(cast.NANDU.company, "A", "1006", Decimal("5280.00"), 3))
    _draft(stage, nandu, client_id, Paper(cast.NANDU.company, "A", "1007", Decimal("1275.00"), 1))
    _sent(stage, nandu, second_id, Paper(cast.NANDU.company, "H", "88", Decimal("14900.00"), 4, client=cast.SECOND))
    _sent(stage, bajio, client_id, Paper(cast.BAJIO.company, "F", "5521", Decimal("38400.00"), 5))
    _at_management(stage, bajio, client_id, Paper(cast.BAJIO.company, "F", "5519", Decimal("46250.00"), 9))
    _returned(stage, bajio, client_id, Paper(cast.BAJIO.company, "F", "5502", Decimal("21800.00"), 15))
    _rejected(stage, maria, client_id, Paper(cast.IBANEZ.company, "", "77", Decimal("9800.00"), 18))
    _draft(stage, maria, client_id, Paper(cast.IBANEZ.company, "", "79", Decimal("12500.00"), 2))
    _foreign(stage, client_id)


def _note(folio: str, amount: str) -> Paper:
    return Paper(cast.NANDU.company, "NC", folio, Decimal(amount), 8, metodo_pago="PUE", tipo="E")


def _link(stage: Stage, email: str, client_id: UUID) -> tuple[Actor, UUID]:
    actor = stage.actor(email)
    with db.transaction(actor.scope):
        row = db.session.scalars(select(Relationship).filter_by(client_id=client_id).where(
            Relationship.id.in_(actor.relationships))).one()
    return actor, row.id


def _draft(stage: Stage, email: str, client_id: UUID, paper: Paper) -> Invoice:
    actor, relationship_id = _link(stage, email, client_id)
    xml, pdf = stage.papers.draw(paper)
    with db.transaction(actor.scope):
        received = invoices.receive(xml, pdf, relationship_id, actor)
    if received.invoice is None:
        raise RuntimeError(f"the demo's own invoice was refused: {received.findings}")
    return received.invoice


def _sent(stage: Stage, email: str, client_id: UUID, paper: Paper) -> Invoice:
    return _send(stage.actor(email), _draft(stage, email, client_id, paper), paper.number)


def _send(actor: Actor, invoice: Invoice, number: str) -> Invoice:
    with db.transaction(actor.scope):
        for wanted in db.session.scalars(select(InvoiceRequirement).filter_by(client_id=invoice.client_id,
                                                                              mandatory=True)):
            if wanted.type is RequirementType.TEXT:
                invoices.answer_requirement(invoice.id, wanted.id, f"OC-10{number[-3:]}", None, actor)
            elif (
                invoice.total >= 10_000 or invoice.currency != "MXN"
            ):  # a foreign amount without a rate counts as large
                proof = Upload(f"remision-{number}.pdf", plain_pdf("Remisión", number))
                invoices.answer_requirement(invoice.id, wanted.id, "", proof, actor)
        return invoices.send(invoice.id, db.session.get_one(Invoice, invoice.id).version, actor)


def _decide(stage: Stage, email: str, invoice: Invoice, verdict: Verdict, reason: str = "") -> None:
    actor = stage.actor(email)
    with db.transaction(actor.scope):
        step = db.session.scalars(select(ApprovalStep).filter_by(invoice_id=invoice.id, state=StepState.CURRENT)).one()
        version = db.session.get_one(Invoice, invoice.id).version
        approvals.decide(approvals.Decide(invoice.id, step.id, version, verdict, reason), actor)


def _approved(stage: Stage, email: str, client_id: UUID, paper: Paper) -> Invoice:
    invoice = _sent(stage, email, client_id, paper)
    _decide(stage, "cuentas@valle.example", invoice, Verdict.APPROVED)
    return invoice


def _at_management(stage: Stage, email: str, client_id: UUID, paper: Paper) -> None:
    _approved(stage, email, client_id, paper)


def _returned(stage: Stage, email: str, client_id: UUID, paper: Paper) -> None:
    invoice = _sent(stage, email, client_id, paper)
    _decide(stage, "cuentas@valle.example", invoice, Verdict.RETURNED,
            "La remisión no corresponde a esta factura; adjunta la correcta, por favor.")


def _rejected(stage: Stage, email: str, client_id: UUID, paper: Paper) -> None:
    invoice = _sent(stage, email, client_id, paper)
    _decide(stage, "cuentas@valle.example", invoice, Verdict.REJECTED,
            "El servicio ya se había facturado en el folio 75.")


def _scheduled(stage: Stage, email: str, client_id: UUID, paper: Paper) -> Invoice:
    invoice = _approved(stage, email, client_id, paper)
    actor = stage.actor("tesoreria@valle.example")
    with db.transaction(actor.scope):
        payments.schedule([invoice.id], today(actor.zone) + timedelta(days=6), actor)
    return invoice


def _paid(stage: Stage, email: str, client_id: UUID, paper: Paper, note: Paper | None = None) -> None:
    invoice = _scheduled(stage, email, client_id, paper)
    credited = [_approved(stage, email, client_id, replace(note, names=invoice.uuid or ""))] if note else []
    actor = stage.actor("tesoreria@valle.example")
    with db.transaction(actor.scope):
        accounts_ = reach.approved_accounts(actor, invoice.relationship_id)
        payments.register(RegisterPayment(
            relationship_id=invoice.relationship_id, number=f"P-{paper.folio}", paid_on=today(actor.zone),
            method=PaymentMethod.TRANSFER, currency="MXN",
            amount=invoice.total - sum((n.total for n in credited), Decimal(0)),
            lines=(Line(invoice.id, invoice.total),),
            credits=tuple(Credit(n.id, invoice.id, n.total) for n in credited), reference=f"MBAN0100{paper.folio}",
            bank_account_id=accounts_[0].id if accounts_ else None,
            evidence=Upload("comprobante.pdf", plain_pdf("Comprobante de transferencia", paper.folio))), actor)


def _foreign(stage: Stage, client_id: UUID) -> None:
    actor, relationship_id = _link(stage, "billing@northwind.example", client_id)
    pdf = Upload("invoice-NW-3307.pdf", plain_pdf("Invoice NW-3307", "Total USD 2,480.00"))
    with db.transaction(actor.scope):
        kept = invoices.keep_foreign_pdf(pdf, relationship_id, actor)
        command = invoices.ForeignInvoice(number="NW-3307", issued_on=today(actor.zone) - timedelta(days=6),
                                          currency="USD", subtotal=Decimal("2480.00"), taxes=Decimal(0),
                                          total=Decimal("2480.00"), description="Bond paper, 40 pallets")
        received = invoices.receive_foreign(command, kept.id, relationship_id, actor)
    if received.invoice is not None:
        _send(actor, received.invoice, "3307")
