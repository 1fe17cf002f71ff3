"""Each payment and the documents that it pays (CRP20212–20247, 20275–20279)."""

import re
from decimal import Decimal
from typing import Final

from portal.cfdi.catalogs.payments import FORMA_PAGO, Account
from portal.cfdi.pagos import DoctoRelacionado, Pago, RetencionDR, TrasladoDR
from portal.cfdi.rules.amounts import ZERO, converted_limits
from portal.cfdi.rules.facts import FOREIGN, Facts, decimals_of
from portal.cfdi.rules.registry import Fault, Found, On, dormant, needs_list, rule
from portal.cfdi.rules.sentences import absent, adds_up, decimals, must, must_have, required

_ONE: Final = Decimal(1)
_NO_TAXES: Final = frozenset({"01", "03", "04", "05"})


@rule("CRP20212", On.PAGO, must("FormaDePagoP", "la forma real del pago, no 99", "how it was really paid, not 99"))
def real_form(facts: Facts, payment: Pago) -> Found:
    """Who was paid knows how."""
    return Fault(payment, "FormaDePagoP", "≠ 99") if payment.forma_de_pago_p == "99" else None


@rule("CRP20213", On.PAGO, must("MonedaP", "distinta de XXX", "other than XXX"))
def real_currency(facts: Facts, payment: Pago) -> Found:
    """A payment has a currency."""
    return Fault(payment, "MonedaP", "≠ XXX") if payment.moneda_p == "XXX" else None


@rule("CRP20214", On.PAGO, required("TipoCambioP", "si MonedaP no es MXN", "unless MonedaP is MXN"))
def payment_rate(facts: Facts, payment: Pago) -> Found:
    """A foreign currency needs its rate."""
    return Fault(payment, "TipoCambioP") if payment.moneda_p != "MXN" and not payment.has("TipoCambioP") else None


@rule("CRP20215", On.PAGO, must("TipoCambioP", "1 si MonedaP es MXN", "1 when MonedaP is MXN"))
def payment_in_pesos(facts: Facts, payment: Pago) -> Found:
    """A peso is worth a peso."""
    return Fault(payment, "TipoCambioP", "1") if payment.moneda_p == "MXN" and payment.tipo_cambio_p != _ONE else None


@rule("CRP20217", On.PAGO, must("la suma de ImpPagado|the sum of ImpPagado", "menor o igual que Monto",
      "at most Monto"))  # fmt: skip
def paid_within_amount(facts: Facts, payment: Pago) -> Found:
    """In one currency: no more is paid of the documents than was paid."""
    if _foreign(payment):
        return None
    paid = sum((one.imp_pagado or ZERO for one in payment.doctos_relacionados), ZERO)
    return Fault(payment, "Monto", f">= {paid}") if paid > payment.monto else None


def _foreign(payment: Pago) -> bool:
    return any(one.moneda_dr != payment.moneda_p for one in payment.doctos_relacionados)


def _lower_limit(payment: Pago) -> Decimal:
    """F3, of all documents together."""
    low = ZERO
    places = decimals_of(payment.moneda_p)
    for one in payment.doctos_relacionados:
        paid = one.imp_pagado or ZERO
        if one.moneda_dr != payment.moneda_p:
            paid, _ = converted_limits(paid, one.equivalencia_dr or _ONE, places)
        low += paid
    return low


@rule("CRP20275", On.PAGO, must(
    "la suma de ImpPagado, convertida a la moneda del pago,|the sum of ImpPagado in the payment's currency",
    "menor o igual que Monto", "at most Monto"))  # fmt: skip
def converted_within_amount(facts: Facts, payment: Pago) -> Found:
    """In several currencies: the same, within the limits of EquivalenciaDR."""
    if not _foreign(payment):
        return None
    low = _lower_limit(payment)
    return Fault(payment, "Monto", f">= {low}") if low > payment.monto else None


@rule("CRP20276", On.PAGO, must(
    "Monto", "al menos la suma de los límites inferiores de ImpPagado convertido",
    "at least the sum of the lower limits of ImpPagado converted"))  # fmt: skip
def amount_above_lower_limits(facts: Facts, payment: Pago) -> Found:
    """SAT compares the limits only where more was paid of the documents than was paid: above them is legal."""
    return converted_within_amount(facts, payment)


@rule("CRP20218", On.PAGO, must("Monto", "mayor que cero", "above zero"))
def something_paid(facts: Facts, payment: Pago) -> Found:
    """Something was paid."""
    return None if payment.monto > 0 else Fault(payment, "Monto", "> 0")


@rule("CRP20219", On.PAGO, decimals("Monto", "MonedaP", "MonedaP"))
def payment_decimals(facts: Facts, payment: Pago) -> Found:
    """In the decimals of its currency."""
    most = decimals_of(payment.moneda_p)
    return Fault(payment, "Monto", f"<= {most}") if payment.decimals("Monto") > most else None


def _banked(code: str, attribute: str) -> None:
    """Only ways of payment through a bank tell banks and accounts."""

    def check(facts: Facts, payment: Pago) -> Found:
        form = FORMA_PAGO.get(payment.forma_de_pago_p)
        wrong = form is not None and not form.banked and payment.has(attribute)
        return Fault(payment, attribute, "FormaDePagoP 02, 03, 04, 05, 06, 28, 29") if wrong else None

    rule(code, On.PAGO, absent(attribute, "si la forma de pago no es bancarizada",
         "unless it was paid through a bank"))(check)  # fmt: skip


def _account(code: str, attribute: str, side: str) -> None:
    """An account has the form of its way of payment."""

    def check(facts: Facts, payment: Pago) -> Found:
        form = FORMA_PAGO.get(payment.forma_de_pago_p)
        if form is None or not payment.has(attribute):
            return None
        account: Account = form.payer if side == "payer" else form.payee
        fits = not account.pattern or re.fullmatch(account.pattern, payment.written(attribute))
        return None if fits else Fault(payment, attribute, account.pattern)

    rule(code, On.PAGO, must(attribute, "de la forma que c_FormaPago pide para la forma de pago",
         "in the form that c_FormaPago asks for"))(check)  # fmt: skip


_banked("CRP20221", "RfcEmisorCtaOrd")
_banked("CRP20224", "CtaOrdenante")
_account("CRP20225", "CtaOrdenante", "payer")
_account("CRP20226", "CtaBeneficiario", "payee")
_banked("CRP20227", "RfcEmisorCtaBen")
_banked("CRP20228", "CtaBeneficiario")


@rule("CRP20223", On.PAGO, required("NomBancoOrdExt", "si RfcEmisorCtaOrd es XEXX010101000",
      "when RfcEmisorCtaOrd is XEXX010101000"))  # fmt: skip
def foreign_bank(facts: Facts, payment: Pago) -> Found:
    """A foreign bank has a name."""
    wrong = payment.rfc_emisor_cta_ord == FOREIGN and not payment.has("NomBancoOrdExt")
    return Fault(payment, "RfcEmisorCtaOrd", "NomBancoOrdExt") if wrong else None


@rule("CRP20229", On.PAGO, absent("TipoCadPago", "si FormaDePagoP no es 03", "unless FormaDePagoP is 03"))
def chain_of_transfer(facts: Facts, payment: Pago) -> Found:
    """Only transfers have a payment chain."""
    wrong = payment.has("TipoCadPago") and payment.forma_de_pago_p != "03"
    return Fault(payment, "TipoCadPago", "FormaDePagoP 03") if wrong else None


def _chain(needed: str, forbidden: str, attribute: str) -> None:
    """With TipoCadPago all of certificate, chain and seal; without it none."""

    def there(facts: Facts, payment: Pago) -> Found:
        wrong = payment.has("TipoCadPago") and not payment.has(attribute)
        return Fault(payment, "TipoCadPago", attribute) if wrong else None

    def not_there(facts: Facts, payment: Pago) -> Found:
        return Fault(payment, attribute) if payment.has(attribute) and not payment.has("TipoCadPago") else None

    rule(needed, On.PAGO, required(attribute, "con TipoCadPago", "with TipoCadPago"))(there)
    rule(forbidden, On.PAGO, absent(attribute, "sin TipoCadPago", "without TipoCadPago"))(not_there)


_chain("CRP20230", "CRP20231", "CertPago")
_chain("CRP20232", "CRP20233", "CadPago")
_chain("CRP20234", "CRP20235", "SelloPago")


@rule("CRP20236", On.DOCTO, must("MonedaDR", "distinta de XXX", "other than XXX"))
def document_currency(facts: Facts, paid: DoctoRelacionado) -> Found:
    """What is paid has a currency."""
    return Fault(paid, "MonedaDR", "≠ XXX") if paid.moneda_dr == "XXX" else None


@rule("CRP20237", On.DOCTO, required("EquivalenciaDR", "si MonedaDR no es MonedaP", "unless MonedaDR is MonedaP"))
def equivalence(facts: Facts, paid: DoctoRelacionado) -> Found:
    """Another currency needs its rate."""
    other = paid.moneda_dr != facts.payment_of[id(paid)].moneda_p
    return Fault(paid, "MonedaDR", "EquivalenciaDR") if other and not paid.has("EquivalenciaDR") else None


@rule("CRP20238", On.DOCTO, must("EquivalenciaDR", "1 si MonedaDR es MonedaP", "1 when MonedaDR is MonedaP"))
def same_currency(facts: Facts, paid: DoctoRelacionado) -> Found:
    """The same currency is worth the same ("1.0000000000" too, since CRP20277 was abolished)."""
    same = paid.moneda_dr == facts.payment_of[id(paid)].moneda_p
    return Fault(paid, "EquivalenciaDR", "1") if same and paid.equivalencia_dr != _ONE else None


def _positive(code: str, attribute: str) -> None:
    def check(facts: Facts, paid: DoctoRelacionado) -> Found:
        value = paid.imp_saldo_ant if attribute == "ImpSaldoAnt" else paid.imp_pagado
        return Fault(paid, attribute, "> 0") if value is not None and value <= 0 else None

    rule(code, On.DOCTO, must(attribute, "mayor que cero", "above zero"))(check)


def _fine(code: str, attribute: str) -> None:
    def check(facts: Facts, paid: DoctoRelacionado) -> Found:
        most = decimals_of(paid.moneda_dr)
        return Fault(paid, attribute, f"<= {most}") if paid.decimals(attribute) > most else None

    rule(code, On.DOCTO, decimals(attribute, "MonedaDR", "MonedaDR"))(check)


_positive("CRP20239", "ImpSaldoAnt")
_fine("CRP20240", "ImpSaldoAnt")
_positive("CRP20241", "ImpPagado")
_fine("CRP20242", "ImpPagado")
_fine("CRP20243", "ImpSaldoInsoluto")


@rule("CRP20244", On.DOCTO, adds_up("ImpSaldoInsoluto", "ImpSaldoAnt − ImpPagado, y no negativo",
      "ImpSaldoAnt − ImpPagado, and not negative"))  # fmt: skip
def balance(facts: Facts, paid: DoctoRelacionado) -> Found:
    """What remains, exactly."""
    if paid.imp_saldo_ant is None or paid.imp_pagado is None or paid.imp_saldo_insoluto is None:
        return None
    expected = paid.imp_saldo_ant - paid.imp_pagado
    right = paid.imp_saldo_insoluto == expected >= 0
    return None if right else Fault(paid, "ImpSaldoInsoluto", str(max(expected, ZERO)))


@rule("CRP20246", On.DOCTO, required("el nodo ImpuestosDR|the node ImpuestosDR", "si ObjetoImpDR es 02",
      "when ObjetoImpDR is 02"))  # fmt: skip
def taxed_document(facts: Facts, paid: DoctoRelacionado) -> Found:
    """Subject to tax: says which."""
    return Fault(paid, "ObjetoImpDR", "ImpuestosDR") if paid.objeto_imp_dr == "02" and not paid.impuestos_dr else None


@rule("CRP20247", On.DOCTO, absent("el nodo ImpuestosDR|the node ImpuestosDR", "si ObjetoImpDR es 01, 03, 04 o 05",
      "when ObjetoImpDR is 01, 03, 04 or 05"))  # fmt: skip
def untaxed_document(facts: Facts, paid: DoctoRelacionado) -> Found:
    """Not subject, or not broken down."""
    return Fault(paid, "ObjetoImpDR", "02") if paid.objeto_imp_dr in _NO_TAXES and paid.impuestos_dr else None


@rule("CRP20278", On.DOCTO, must_have(
    "un documento con ObjetoImpDR 06 u 08|a document with ObjetoImpDR 06 or 08",
    "sólo retención de ISR, si acaso: ni IVA ni IEPS", "only an ISR withholding, if any: neither IVA nor IEPS"))
def document_without_transfer(facts: Facts, paid: DoctoRelacionado) -> Found:
    """06 and 08."""
    taxes = paid.impuestos_dr
    if paid.objeto_imp_dr not in ("06", "08") or taxes is None:
        return None
    rows: list[RetencionDR | TrasladoDR] = [*taxes.traslados, *taxes.retenciones]
    wrong = [tax for tax in rows if tax.impuesto in ("002", "003")]
    return Fault(wrong[0], "ImpuestoDR", "001") if wrong else None


@rule("CRP20279", On.DOCTO, must_have(
    "un documento con ObjetoImpDR 07|a document with ObjetoImpDR 07", "traslado de IEPS y nada de IVA",
    "IEPS transferred and no IVA"))  # fmt: skip
def document_with_ieps(facts: Facts, paid: DoctoRelacionado) -> Found:
    """07."""
    if paid.objeto_imp_dr != "07":
        return None
    taxes = paid.impuestos_dr
    rows: list[RetencionDR | TrasladoDR] = [*taxes.traslados, *taxes.retenciones] if taxes is not None else []
    iva = [tax for tax in rows if tax.impuesto == "002"]
    if iva:
        return Fault(iva[0], "ImpuestoDR", "003")
    ieps = taxes is not None and any(tax.impuesto == "003" for tax in taxes.traslados)
    return None if ieps else Fault(paid, "ObjetoImpDR", "TrasladoDR 003")


dormant("CRP20216", "Un TipoCambioP fuera de los límites requiere Confirmacion",
        "A TipoCambioP beyond the limits needs Confirmacion")
dormant("CRP20220", "Un Monto sobre el límite requiere Confirmacion", "A Monto above the limit needs Confirmacion")
dormant("CRP20277", "EquivalenciaDR con diez decimales (derogada en enero de 2024)",
        "EquivalenciaDR with ten decimals (abolished in January 2024)")
dormant("CRP20999", "Error no clasificado del SAT", "SAT's unclassified error")
needs_list("CRP20222", "RfcEmisorCtaOrd debe estar en la lista de RFC del SAT",
           "RfcEmisorCtaOrd must be on SAT's list of RFCs")
