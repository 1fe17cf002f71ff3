"""Where each fact of an electronic invoice is, in UBL 2.1 and in the Cross Industry Invoice (EN 16931-3). Data only."""

from collections.abc import Mapping
from typing import NamedTuple

Paths = Mapping[str, tuple[str, ...]]
"""Field → XPaths from its node; the first that gives text wins."""

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
    "net": ("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",),
    "tax": (
        "cac:TaxTotal[cbc:TaxAmount/@currencyID = ../cbc:DocumentCurrencyCode]/cbc:TaxAmount",
        "cac:TaxTotal/cbc:TaxAmount",
    ),
    "total": ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",),
    "payable": ("cac:LegalMonetaryTotal/cbc:PayableAmount",),
    "seller": ("cac:AccountingSupplierParty/cac:Party",),
    "buyer": ("cac:AccountingCustomerParty/cac:Party",),
    "lines": ("cac:InvoiceLine", "cac:CreditNoteLine"),
}
UBL_PARTY: Paths = {
    "name": ("cac:PartyLegalEntity/cbc:RegistrationName", "cac:PartyName/cbc:Name"),
    "tax_id": ("cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID"),
    "country": ("cac:PostalAddress/cac:Country/cbc:IdentificationCode",),
}
UBL_LINE: Paths = {
    "description": ("cac:Item/cbc:Name", "cac:Item/cbc:Description"),
    "quantity": ("cbc:InvoicedQuantity", "cbc:CreditedQuantity"),
    "unit": ("cbc:InvoicedQuantity/@unitCode", "cbc:CreditedQuantity/@unitCode"),
    "price": ("cac:Price/cbc:PriceAmount",),
    "amount": ("cbc:LineExtensionAmount",),
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
    "net": (f"{_SUMS}/ram:TaxBasisTotalAmount",),
    "tax": (f"{_SUMS}/ram:TaxTotalAmount[@currencyID = ../../ram:InvoiceCurrencyCode]", f"{_SUMS}/ram:TaxTotalAmount"),
    "total": (f"{_SUMS}/ram:GrandTotalAmount",),
    "payable": (f"{_SUMS}/ram:DuePayableAmount",),
    "seller": (f"{_AGREED}/ram:SellerTradeParty",),
    "buyer": (f"{_AGREED}/ram:BuyerTradeParty",),
    "lines": ("rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",),
}
CII_PARTY: Paths = {
    "name": ("ram:Name",),
    "tax_id": ("ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']", "ram:SpecifiedTaxRegistration/ram:ID",
               "ram:SpecifiedLegalOrganization/ram:ID"),
    "country": ("ram:PostalTradeAddress/ram:CountryID",),
}  # fmt: skip
CII_LINE: Paths = {
    "description": ("ram:SpecifiedTradeProduct/ram:Name",),
    "quantity": ("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",),
    "unit": ("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode",),
    "price": ("ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount",),
    "amount": (
        "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
    ),
}


class Syntax(NamedTuple):
    """One syntax: its name and its three tables."""

    syntax: str
    paths: Paths
    party: Paths
    line: Paths


OF_UBL = Syntax("ubl", UBL_PATHS, UBL_PARTY, UBL_LINE)
OF_CII = Syntax("cii", CII_PATHS, CII_PARTY, CII_LINE)
ROOTS = {
    f"{{{UBL}Invoice-2}}Invoice": OF_UBL,
    f"{{{UBL}CreditNote-2}}CreditNote": OF_UBL,
    f"{{{NAMES['rsm']}}}CrossIndustryInvoice": OF_CII,
}
