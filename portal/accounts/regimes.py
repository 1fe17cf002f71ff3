"""SAT's catalog c_RegimenFiscal (CFDI 4.0) as a person chooses from it: key, kind of taxpayer, ES and EN name.

`M`: companies (personas morales, RFC of 12 characters); `F`: persons (personas físicas, 13).
"""

REGIMES: dict[str, tuple[str, str, str]] = {
    "601": ("M", "General de Ley Personas Morales", "General regime for companies"),
    "603": ("M", "Personas Morales con Fines no Lucrativos", "Non-profit entities"),
    "605": ("F", "Sueldos y Salarios e Ingresos Asimilados a Salarios", "Wages and salaries"),
    "606": ("F", "Arrendamiento", "Leasing"),
    "607": ("F", "Régimen de Enajenación o Adquisición de Bienes", "Sale or purchase of goods"),
    "608": ("F", "Demás ingresos", "Other income"),
    "610": ("FM", "Residentes en el Extranjero sin Establecimiento Permanente en México",
            "Residents abroad without an establishment in Mexico"),
    "611": ("F", "Ingresos por Dividendos (socios y accionistas)", "Dividends"),
    "612": ("F", "Personas Físicas con Actividades Empresariales y Profesionales",
            "Persons with business and professional activities"),
    "614": ("F", "Ingresos por intereses", "Interest"),
    "615": ("F", "Régimen de los ingresos por obtención de premios", "Prizes"),
    "616": ("F", "Sin obligaciones fiscales", "Without tax obligations"),
    "620": ("M", "Sociedades Cooperativas de Producción que optan por diferir sus ingresos",
            "Production co-operatives that defer their income"),
    "621": ("F", "Incorporación Fiscal", "Fiscal incorporation"),
    "622": ("M", "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras", "Farming, forestry and fishing"),
    "623": ("M", "Opcional para Grupos de Sociedades", "Optional regime for groups"),
    "624": ("M", "Coordinados", "Coordinated entities (transport)"),
    "625": ("F", "Régimen de las Actividades Empresariales con ingresos a través de Plataformas Tecnológicas",
            "Business through technology platforms"),
    "626": ("FM", "Régimen Simplificado de Confianza", "Simplified trust regime (RESICO)"),
}


def fits(regime: str, rfc: str) -> bool:
    """Say whether a regime is for this kind of taxpayer (told by the length of the RFC)."""
    return ("M" if len(rfc) == 12 else "F") in REGIMES[regime][0]


def options(language: str) -> list[tuple[str, str]]:
    """Return the choices of a form, in "es" or "en"."""
    return [(key, f"{key} · {spanish if language == 'es' else english}")
            for key, (_kind, spanish, english) in REGIMES.items()]
