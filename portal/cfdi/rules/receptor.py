"""The receiver (CFDI40143–40161): what its RFC allows, and against the client's own data when they are known."""

import re
from typing import Final

from portal.cfdi.catalogs.countries import PAIS
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL, USO_CFDI
from portal.cfdi.context import TaxProfile
from portal.cfdi.model import Receptor
from portal.cfdi.rules.facts import FOREIGN, GENERIC, Facts, person_of
from portal.cfdi.rules.registry import Fault, Found, On, State, needs_list, rule
from portal.cfdi.rules.sentences import absent, must, required
from portal.cfdi.sentences import Family, Sentence

_OF_TYPE: Final = {"P": "CP01", "N": "CN01"}


def _own(facts: Facts, receiver: Receptor) -> TaxProfile | None:
    """The client's data, when the document is addressed to the client and they are known."""
    profile = facts.context.receiver
    return profile if profile is not None and profile.rfc == receiver.rfc else None


@rule("ACUSE-RECEIVER-RFC", On.CLIENT, Sentence(
    "El comprobante debe estar dirigido al RFC de tu cliente", "The document must be addressed to your client's RFC",
    "Emítelo de nuevo con el RFC del cliente, o envíalo a quien le corresponde.",
    "Issue it again with the client's RFC, or send it to whom it belongs."),
    family=Family.RECEIVER, state=State.CLIENT)  # fmt: skip
def addressed_to_us(facts: Facts, receiver: Receptor) -> Found:
    """Its RFC is the client's."""
    profile = facts.context.receiver
    return None if profile is None or profile.rfc == receiver.rfc else Fault(receiver, "Rfc", profile.rfc)


@rule("CFDI40145", On.CLIENT, Sentence(
    "El nombre del receptor debe ser el registrado en el SAT", "The receiver's name must be the one SAT registered",
    "Escribe el nombre como en la Constancia de Situación Fiscal: mayúsculas y sin tipo de sociedad (S.A. de C.V.).",
    "Write the name as in the tax status certificate: upper case, without the kind of company (S.A. de C.V.)."),
    family=Family.RECEIVER, state=State.CLIENT)  # fmt: skip
def own_name(facts: Facts, receiver: Receptor) -> Found:
    """The client's name as SAT registered it."""
    profile = _own(facts, receiver)
    if profile is None or not profile.name or " ".join(receiver.nombre.split()) == " ".join(profile.name.split()):
        return None
    return Fault(receiver, "Nombre", profile.name)


@rule("CFDI40148", On.CLIENT, Sentence(
    "DomicilioFiscalReceptor debe ser el código postal fiscal del receptor",
    "DomicilioFiscalReceptor must be the receiver's tax postcode",
    "Escribe el código postal de la Constancia de Situación Fiscal del cliente.",
    "Write the postcode of the client's tax status certificate."),
    family=Family.RECEIVER, state=State.CLIENT)  # fmt: skip
def own_postcode(facts: Facts, receiver: Receptor) -> Found:
    """The client's postcode."""
    profile = _own(facts, receiver)
    if profile is None or not profile.postcode or receiver.domicilio_fiscal_receptor == profile.postcode:
        return None
    return Fault(receiver, "DomicilioFiscalReceptor", profile.postcode)


@rule("CFDI40159", On.CLIENT, Sentence(
    "El régimen fiscal del receptor debe ser uno de los suyos", "The receiver's tax regime must be one of its own",
    "Escribe un régimen de la Constancia de Situación Fiscal del cliente.",
    "Write a regime of the client's tax status certificate."),
    family=Family.RECEIVER, state=State.CLIENT)  # fmt: skip
def own_regime(facts: Facts, receiver: Receptor) -> Found:
    """One of the client's regimes."""
    profile = _own(facts, receiver)
    if profile is None or not profile.regimes or receiver.regimen_fiscal_receptor in profile.regimes:
        return None
    return Fault(receiver, "RegimenFiscalReceptor", ", ".join(sorted(profile.regimes)))


@rule("CFDI40149", On.GENERIC, must("DomicilioFiscalReceptor", "igual a LugarExpedicion si el RFC es genérico",
      "equal to LugarExpedicion when the RFC is generic"))  # fmt: skip
def generic_postcode(facts: Facts, receiver: Receptor) -> Found:
    """A generic RFC has no address of its own."""
    place = facts.document.lugar_expedicion
    wrong = receiver.domicilio_fiscal_receptor != place
    return Fault(receiver, "DomicilioFiscalReceptor", place) if wrong else None


@rule("CFDI40151", On.ABROAD, absent("ResidenciaFiscal", "si el receptor tiene RFC mexicano",
      "when the receiver has a Mexican RFC"))  # fmt: skip
def no_residence_at_home(facts: Facts, receiver: Receptor) -> Found:
    """Only residents abroad have one."""
    wrong = receiver.rfc != FOREIGN and receiver.has("ResidenciaFiscal")
    return Fault(receiver, "ResidenciaFiscal") if wrong else None


@rule("CFDI40152", On.ABROAD, must("ResidenciaFiscal", "un país distinto de MEX", "a country other than MEX"))
def residence_abroad(facts: Facts, receiver: Receptor) -> Found:
    """Abroad is not Mexico."""
    return Fault(receiver, "ResidenciaFiscal", "≠ MEX") if receiver.residencia_fiscal == "MEX" else None


@rule("CFDI40153", On.ABROAD, required(
    "ResidenciaFiscal", "de un receptor extranjero con comercio exterior o NumRegIdTrib",
    "of a foreign receiver with foreign trade or NumRegIdTrib"))  # fmt: skip
def foreign_residence(facts: Facts, receiver: Receptor) -> Found:
    """A tax number or a foreign-trade complement needs its country."""
    needed = receiver.rfc == FOREIGN and (facts.foreign_trade or receiver.has("NumRegIdTrib"))
    return Fault(receiver, "ResidenciaFiscal", "c_Pais") if needed and not receiver.has("ResidenciaFiscal") else None


@rule("CFDI40154", On.ABROAD, absent("NumRegIdTrib", "si el receptor tiene RFC mexicano",
      "when the receiver has a Mexican RFC"))  # fmt: skip
def no_foreign_number(facts: Facts, receiver: Receptor) -> Found:
    """Only residents abroad have one."""
    wrong = receiver.rfc != FOREIGN and receiver.has("NumRegIdTrib")
    return Fault(receiver, "NumRegIdTrib") if wrong else None


@rule("CFDI40155", On.ABROAD, required("NumRegIdTrib", "de un receptor extranjero con comercio exterior",
      "of a foreign receiver with foreign trade"))  # fmt: skip
def foreign_number(facts: Facts, receiver: Receptor) -> Found:
    """Foreign trade tells the foreigner's tax number."""
    wrong = receiver.rfc == FOREIGN and facts.foreign_trade and not receiver.has("NumRegIdTrib")
    return Fault(receiver, "NumRegIdTrib") if wrong else None


@rule("CFDI40156", On.ABROAD, must("NumRegIdTrib", "de la forma que usa el país de ResidenciaFiscal",
      "in the form of the country in ResidenciaFiscal"))  # fmt: skip
def foreign_number_form(facts: Facts, receiver: Receptor) -> Found:
    """The country's own pattern, where SAT gives one."""
    country = PAIS.get(receiver.residencia_fiscal)
    if country is None or not country.tax_number or not receiver.has("NumRegIdTrib"):
        return None
    fits = re.fullmatch(country.tax_number, receiver.num_reg_id_trib.strip())
    return None if fits else Fault(receiver, "NumRegIdTrib", country.tax_number)


@rule("CFDI40158", On.RECEIVER, must(
    "RegimenFiscalReceptor", "uno de su tipo de persona (616 si el RFC es genérico)",
    "one that fits the kind of person (616 for a generic RFC)"))  # fmt: skip
def receiver_regime_fits(facts: Facts, receiver: Receptor) -> Found:
    """The receiver's regime against the length of its RFC."""
    code = receiver.regimen_fiscal_receptor
    if receiver.rfc in GENERIC:
        return None if code == "616" else Fault(receiver, "RegimenFiscalReceptor", "616")
    regime = REGIMEN_FISCAL.get(code)
    if regime is None or person_of(receiver.rfc) in regime.persons:
        return None
    fitting = "persona física" if regime.persons == "M" else "persona moral"
    return Fault(receiver, "RegimenFiscalReceptor", fitting, f"{code} · {receiver.rfc}")


@rule("CFDI40161", On.RECEIVER, must(
    "UsoCFDI", "uno que admita el tipo de persona y el régimen del receptor (CP01 en pagos, CN01 en nómina)",
    "one that the receiver's kind of person and regime admit (CP01 in payments, CN01 in payroll)"))  # fmt: skip
def use_fits(facts: Facts, receiver: Receptor) -> Found:
    """The use against the kind of person, the regime and the type of document."""
    wanted = _OF_TYPE.get(facts.tipo)
    code = receiver.uso_cfdi
    if wanted is not None:
        return None if code == wanted else Fault(receiver, "UsoCFDI", wanted)
    use = USO_CFDI.get(code)
    if use is None:
        return None
    regime = receiver.regimen_fiscal_receptor
    if person_of(receiver.rfc) in use.persons and (regime in use.regimes or regime not in REGIMEN_FISCAL):
        return None
    return Fault(receiver, "UsoCFDI", ", ".join(sorted(use.regimes)), f"{code} · {regime} · {receiver.rfc}")

for _code, _es, _en in (
    ("CFDI40143", "El RFC del receptor debe estar inscrito en el SAT",
     "The receiver's RFC must be registered with SAT"),
    ("CFDI40144", "El nombre del receptor debe estar en la lista de RFC del SAT",
     "The receiver's name must be on SAT's list of RFCs"),
    ("CFDI40147", "El código postal del receptor debe estar en la lista de RFC del SAT",
     "The receiver's postcode must be on SAT's list of RFCs"),
):
    needs_list(_code, _es, _en)
