"""Regimes and uses of the CFDI: who may have which (F: persona física, M: persona moral).

Source: SAT's catalogs of CFDI 4.0 (Anexo 20), as published until August 2026; texts in English are ours.
"""

from typing import Final, NamedTuple


class Regime(NamedTuple):
    """A tax regime: its text and the kinds of person that it fits ("F", "M" or "FM")."""

    es: str
    en: str
    persons: str


class Use(NamedTuple):
    """A use of the CFDI: its text, the kinds of person and the receiver's regimes that it fits."""

    es: str
    en: str
    persons: str
    regimes: frozenset[str]


REGIMEN_FISCAL: Final[dict[str, Regime]] = {
    "601": Regime("General de Ley Personas Morales", "General regime of legal entities", "M"),
    "603": Regime("Personas Morales con Fines no Lucrativos", "Non-profit legal entities", "M"),
    "605": Regime("Sueldos y Salarios e Ingresos Asimilados a Salarios", "Wages and salaries", "F"),
    "606": Regime("Arrendamiento", "Leasing", "F"),
    "607": Regime("Régimen de Enajenación o Adquisición de Bienes", "Disposal or acquisition of goods", "F"),
    "608": Regime("Demás ingresos", "Other income", "F"),
    "610": Regime(
        "Residentes en el Extranjero sin Establecimiento Permanente en México",
        "Residents abroad without permanent establishment in Mexico", "FM"),
    "611": Regime("Ingresos por Dividendos (socios y accionistas)", "Dividends (partners and shareholders)", "F"),
    "612": Regime(
        "Personas Físicas con Actividades Empresariales y Profesionales",
        "Individuals with business and professional activities", "F"),
    "614": Regime("Ingresos por intereses", "Interest income", "F"),
    "615": Regime("Régimen de los ingresos por obtención de premios", "Income from prizes", "F"),
    "616": Regime("Sin obligaciones fiscales", "Without tax obligations", "F"),
    "620": Regime(
        "Sociedades Cooperativas de Producción que optan por diferir sus ingresos",
        "Production cooperatives that defer their income", "M"),
    "621": Regime("Incorporación Fiscal", "Fiscal incorporation", "F"),
    "622": Regime(
        "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras",
        "Agriculture, livestock, forestry and fishing", "M"),
    "623": Regime("Opcional para Grupos de Sociedades", "Optional regime for groups of companies", "M"),
    "624": Regime("Coordinados", "Coordinated transport", "M"),
    "625": Regime(
        "Régimen de las Actividades Empresariales con ingresos a través de Plataformas Tecnológicas",
        "Business activities through technology platforms", "F"),
    "626": Regime("Régimen Simplificado de Confianza", "Simplified trust regime (RESICO)", "FM"),
}  # fmt: skip

_BUSINESS: Final = frozenset("601 603 606 612 620 621 622 623 624 625 626".split())
_BUSINESS_OR_NONE: Final = frozenset("601 603 606 612 616 620 621 622 623 624 625 626".split())
_PERSONAL: Final = frozenset("605 606 607 608 611 612 614 615 625".split())
_ANY: Final = frozenset("601 603 605 606 607 608 610 611 612 614 615 616 620 621 622 623 624 625 626".split())
_PAYROLL: Final = frozenset("605".split())
USO_CFDI: Final[dict[str, Use]] = {
    "G01": Use("Adquisición de mercancías", "Purchase of goods", "FM", _BUSINESS),
    "G02": Use("Devoluciones, descuentos o bonificaciones", "Returns, discounts or rebates", "FM", _BUSINESS_OR_NONE),
    "G03": Use("Gastos en general", "General expenses", "FM", _BUSINESS),
    "I01": Use("Construcciones", "Constructions", "FM", _BUSINESS),
    "I02": Use(
        "Mobiliario y equipo de oficina por inversiones",
        "Furniture and office equipment for investments", "FM", _BUSINESS),
    "I03": Use("Equipo de transporte", "Transport equipment", "FM", _BUSINESS),
    "I04": Use("Equipo de computo y accesorios", "Computer equipment and accessories", "FM", _BUSINESS),
    "I05": Use(
        "Dados, troqueles, moldes, matrices y herramental",
        "Dies, moulds, matrices and tooling", "FM", _BUSINESS),
    "I06": Use("Comunicaciones telefónicas", "Telephone communications", "FM", _BUSINESS),
    "I07": Use("Comunicaciones satelitales", "Satellite communications", "FM", _BUSINESS),
    "I08": Use("Otra maquinaria y equipo", "Other machinery and equipment", "FM", _BUSINESS),
    "D01": Use(
        "Honorarios médicos, dentales y gastos hospitalarios",
        "Medical and dental fees and hospital expenses", "F", _PERSONAL),
    "D02": Use(
        "Gastos médicos por incapacidad o discapacidad",
        "Medical expenses for incapacity or disability", "F", _PERSONAL),
    "D03": Use("Gastos funerales", "Funeral expenses", "F", _PERSONAL),
    "D04": Use("Donativos", "Donations", "F", _PERSONAL),
    "D05": Use(
        "Intereses reales efectivamente pagados por créditos hipotecarios (casa habitación)",
        "Real interest paid on mortgage loans (housing)", "F", _PERSONAL),
    "D06": Use("Aportaciones voluntarias al SAR", "Voluntary contributions to SAR", "F", _PERSONAL),
    "D07": Use("Primas por seguros de gastos médicos", "Medical insurance premiums", "F", _PERSONAL),
    "D08": Use("Gastos de transportación escolar obligatoria", "Compulsory school transport", "F", _PERSONAL),
    "D09": Use(
        "Depósitos en cuentas para el ahorro, primas que tengan como base planes de pensiones",
        "Deposits in savings accounts, pension plan premiums", "F", _PERSONAL),
    "D10": Use("Pagos por servicios educativos (colegiaturas)", "Educational services (tuition)", "F", _PERSONAL),
    "S01": Use("Sin efectos fiscales", "Without tax effects", "FM", _ANY),
    "CP01": Use("Pagos", "Payments", "FM", _ANY),
    "CN01": Use("Nómina", "Payroll", "F", _PAYROLL),
}  # fmt: skip
