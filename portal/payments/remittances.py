"""The remittance advice of a payment: gathers what the document shows and has it drawn."""
from zoneinfo import ZoneInfo

from portal.accounts.models import Organization
from portal.core.db import session
from portal.core.i18n import ZONE, speaking
from portal.core.money import written
from portal.documents import remittance
from portal.payments.crediting import Applying
from portal.payments.models import Payment
from portal.payments.queries import Contents, PaidInvoice
from portal.suppliers.models import Relationship


def draw(payment: Payment, contents: Contents, language: str) -> bytes:
    """Return the PDF in `language` ("es" or "en")."""
    client = session.get_one(Organization, payment.client_id)
    supplier = session.get_one(Relationship, payment.relationship_id)
    bank, _, rest = payment.account_mask.partition(" ••••")
    last4 = rest.strip()[:4]
    with speaking(language):
        method = payment.method.word
    return remittance.render(remittance.Remittance(
        payer=remittance.Party(client.name, client.tax_id), payee=remittance.Party(supplier.name, supplier.tax_id),
        number=payment.number, date=payment.paid_on, method=method, amount=payment.amount, currency=payment.currency,
        account=f"•••• {last4}" if last4 else "", bank=bank, reference=payment.reference,
        rate=written(payment.exchange_rate) if payment.exchange_rate else "", note=payment.note,
        invoices=tuple(_line(x) for x in contents.invoices), credits=tuple(_credit(x) for x in contents.credits),
        asks_for_rep=contents.asks_for_rep, void_reason=payment.void_reason,
        voided_on=payment.voided_at.astimezone(ZoneInfo(ZONE)).date() if payment.voided_at else None), language)


def _line(paid: PaidInvoice) -> remittance.PaidInvoice:
    invoice = paid.invoice
    return remittance.PaidInvoice(folio=invoice.number, uuid=invoice.uuid or "", date=invoice.issued_on,
                                  total=invoice.total, paid=paid.line.amount, balance=paid.balance_after,
                                  currency=invoice.currency)


def _credit(applied: Applying) -> remittance.AppliedCredit:
    note = applied.note
    return remittance.AppliedCredit(folio=note.number, uuid=note.uuid or "", date=note.issued_on,
                                    invoice=applied.invoice.number, applied=applied.amount, left=applied.after)
