"""Where each fact of an electronic invoice is, in UBL 2.1 and in the Cross Industry Invoice (EN 16931-3). Data only."""

from collections.abc import Mapping
from typing import NamedTuple

Paths = Mapping[str, tuple[str, ...]]
"""Field → XPaths from its node; the first that gives text wins. `$currency` is the document's."""

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"
NAMES = {
    "cac": f"{UBL}CommonAggregateComponents-2",
    "cbc": f"{UBL}CommonBasicComponents-2",
    "rsm": f"{CII}CrossIndustryInvoice:100",
    "ram": f"{CII}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{CII}UnqualifiedDataType:100",
}

UBL_PATHS: Paths = {
    "profile": ("cbc:CustomizationID",),
    "kind": ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"),
    "number": ("cbc:ID",),
    "issued": ("cbc:IssueDate",),
    "due": ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate"),
    "currency": ("cbc:DocumentCurrencyCode",),
    "order": ("cac:OrderReference/cbc:ID",),
    "buyer_reference": ("cbc:BuyerReference",),
    "note": ("cbc:Note",),
    "preceding": ("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",),
    "sum_of_lines": ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount",),
    "allowances": ("cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount",),
    "charges": ("cac:LegalMonetaryTotal/cbc:ChargeTotalAmount",),
    "prepaid": ("cac:LegalMonetaryTotal/cbc:PrepaidAmount",),
    "rounding": ("cac:LegalMonetaryTotal/cbc:PayableRoundingAmount",),
    "net": ("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",),
    "tax": (
        "cac:TaxTotal[cbc:TaxAmount/@currencyID = $currency]/cbc:TaxAmount",
        "cac:TaxTotal/cbc:TaxAmount",
    ),
    "total": ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",),
    "payable": ("cac:LegalMonetaryTotal/cbc:PayableAmount",),
    "seller": ("cac:AccountingSupplierParty/cac:Party",),
    "buyer": ("cac:AccountingCustomerParty/cac:Party",),
    "lines": ("cac:InvoiceLine", "cac:CreditNoteLine"),
    "taxes": ("cac:TaxTotal[cbc:TaxAmount/@currencyID = $currency]/cac:TaxSubtotal",),
    "adjustments": ("cac:AllowanceCharge",),
    "picture": (
        "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject[@mimeCode='application/pdf']",
    ),
}
UBL_ADJUSTMENT: Paths = {
    "is_charge": ("cbc:ChargeIndicator",),
    "reason": ("cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode"),
    "amount": ("cbc:Amount",),
}
UBL_TAX: Paths = {
    "scheme": ("cac:TaxCategory/cac:TaxScheme/cbc:ID",),
    "category": ("cac:TaxCategory/cbc:ID",),
    "percent": ("cac:TaxCategory/cbc:Percent",),
    "base": ("cbc:TaxableAmount",),
    "amount": ("cbc:TaxAmount",),
    "reason": ("cac:TaxCategory/cbc:TaxExemptionReason", "cac:TaxCategory/cbc:TaxExemptionReasonCode"),
}
UBL_PARTY: Paths = {
    "name": ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name"),
    "tax_id": ("cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID"),
    "country": ("cac:PostalAddress/cac:Country/cbc:IdentificationCode",),
    "ids": ("cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID", "cac:PartyIdentification/cbc:ID"),
    "names": ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name"),
}
UBL_LINE: Paths = {
    "description": ("cac:Item/cbc:Name", "cac:Item/cbc:Description"),
    "quantity": ("cbc:InvoicedQuantity", "cbc:CreditedQuantity"),
    "unit": ("cbc:InvoicedQuantity/@unitCode", "cbc:CreditedQuantity/@unitCode"),
    "price": ("cac:Price/cbc:PriceAmount",),
    "per": ("cac:Price/cbc:BaseQuantity",),
    "amount": ("cbc:LineExtensionAmount",),
    "sku": ("cac:Item/cac:SellersItemIdentification/cbc:ID", "cac:Item/cac:StandardItemIdentification/cbc:ID"),
    "adjustments": ("cac:AllowanceCharge",),
}
_AGREED = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
_SETTLED = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
_SUMS = f"{_SETTLED}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
CII_PATHS: Paths = {
    "profile": ("rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",),
    "kind": ("rsm:ExchangedDocument/ram:TypeCode",),
    "number": ("rsm:ExchangedDocument/ram:ID",),
    "issued": ("rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString",),
    "due": (f"{_SETTLED}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString",),
    "currency": (f"{_SETTLED}/ram:InvoiceCurrencyCode",),
    "order": (f"{_AGREED}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID",),
    "buyer_reference": (f"{_AGREED}/ram:BuyerReference",),
    "note": ("rsm:ExchangedDocument/ram:IncludedNote/ram:Content",),
    "preceding": (f"{_SETTLED}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID",),
    "sum_of_lines": (f"{_SUMS}/ram:LineTotalAmount",),
    "allowances": (f"{_SUMS}/ram:AllowanceTotalAmount",),
    "charges": (f"{_SUMS}/ram:ChargeTotalAmount",),
    "prepaid": (f"{_SUMS}/ram:TotalPrepaidAmount",),
    "rounding": (f"{_SUMS}/ram:RoundingAmount",),
    "net": (f"{_SUMS}/ram:TaxBasisTotalAmount",),
    "tax": (f"{_SUMS}/ram:TaxTotalAmount[@currencyID = $currency]", f"{_SUMS}/ram:TaxTotalAmount"),
    "total": (f"{_SUMS}/ram:GrandTotalAmount",),
    "payable": (f"{_SUMS}/ram:DuePayableAmount",),
    "seller": (f"{_AGREED}/ram:SellerTradeParty",),
    "buyer": (f"{_AGREED}/ram:BuyerTradeParty",),
    "lines": ("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",),
    "taxes": (f"{_SETTLED}/ram:ApplicableTradeTax",),
    "adjustments": (f"{_SETTLED}/ram:SpecifiedTradeAllowanceCharge",),
    "picture": (f"{_AGREED}/ram:AdditionalReferencedDocument/ram:AttachmentBinaryObject[@mimeCode='application/pdf']",),
}
CII_ADJUSTMENT: Paths = {
    "is_charge": ("ram:ChargeIndicator/udt:Indicator",),
    "reason": ("ram:Reason", "ram:ReasonCode"),
    "amount": ("ram:ActualAmount",),
}
CII_TAX: Paths = {
    "scheme": ("ram:TypeCode",),
    "category": ("ram:CategoryCode",),
    "percent": ("ram:RateApplicablePercent",),
    "base": ("ram:BasisAmount",),
    "amount": ("ram:CalculatedAmount",),
    "reason": ("ram:ExemptionReason", "ram:ExemptionReasonCode"),
}
CII_PARTY: Paths = {
    "name": ("ram:Name",),
    "tax_id": ("ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']", "ram:SpecifiedTaxRegistration/ram:ID",
               "ram:SpecifiedLegalOrganization/ram:ID"),
    "country": ("ram:PostalTradeAddress/ram:CountryID",),
    "ids": ("ram:SpecifiedTaxRegistration/ram:ID", "ram:SpecifiedLegalOrganization/ram:ID", "ram:GlobalID", "ram:ID"),
    "names": ("ram:Name", "ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
}  # fmt: skip
CII_LINE: Paths = {
    "description": ("ram:SpecifiedTradeProduct/ram:Name",),
    "quantity": ("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",),
    "unit": ("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode",),
    "price": ("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount",),
    "per": ("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:BasisQuantity",),
    "sku": ("ram:SpecifiedTradeProduct/ram:SellerAssignedID", "ram:SpecifiedTradeProduct/ram:GlobalID"),
    "adjustments": ("ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge",),
    "amount": (
        "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
}


class Syntax(NamedTuple):
    """One syntax: its name and its tables."""

    syntax: str
    paths: Paths
    party: Paths
    line: Paths
    tax: Paths
    adjustment: Paths


OF_UBL = Syntax("ubl", UBL_PATHS, UBL_PARTY, UBL_LINE, UBL_TAX, UBL_ADJUSTMENT)
OF_CII = Syntax("cii", CII_PATHS, CII_PARTY, CII_LINE, CII_TAX, CII_ADJUSTMENT)
ROOTS = {
    f"{{{UBL}Invoice-2}}Invoice": OF_UBL,
    f"{{{UBL}CreditNote-2}}CreditNote": OF_UBL,
    f"{{{NAMES['rsm']}}}CrossIndustryInvoice": OF_CII,
}
