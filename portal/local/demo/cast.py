"""Who there is in the demo. All invented; RFCs have the right form and belong to nobody we know of."""
from dataclasses import dataclass

from portal.access.policy import Role
from portal.suppliers.models import SupplierKind


@dataclass(frozen=True)
class Person:
    """Somebody who signs in; `what` is printed beside the address when the demo starts."""

    email: str
    name: str
    role: Role
    what: str
    locale: str = "es"


@dataclass(frozen=True)
class Company:
    """A client or a supplier. `fiscal_name` as SAT registers it: upper case, without company suffix."""

    name: str
    fiscal_name: str
    rfc: str
    postcode: str
    regime: str = "601"


CLIENT = Company("Comercializadora del Valle, S.A. de C.V.", "COMERCIALIZADORA DEL VALLE", "CVA120315AB1", "06600")
SECOND = Company("Hoteles Costa Serena, S.A. de C.V.", "HOTELES COSTA SERENA", "HCS090822QT5", "77500")

PEOPLE = (
    Person("admin@valle.example", "Laura Méndez", Role.ADMINISTRATOR, "cliente · client: administración"),
    Person(
        "cuentas@valle.example", "Jorge Salinas", Role.ACCOUNTS_PAYABLE, "cliente: cuentas por pagar · accounts payable"
    ),
    Person("direccion@valle.example", "Patricia Rangel", Role.APPROVER, "cliente: aprueba · approver"),
    Person("tesoreria@valle.example", "Raúl Ochoa", Role.TREASURY, "cliente: tesorería · treasury"),
    Person("auditoria@valle.example", "Inés Trejo", Role.AUDITOR, "cliente: sólo lee · auditor"),
    Person(
        "ventas@nandu.example",
        "Sofía Ñíguez",
        Role.SUPPLIER_ADMINISTRATOR,
        "proveedor de dos clientes · supplier of two",
    ),
    Person("facturas@bajio.example", "Tomás Arriaga", Role.SUPPLIER_ADMINISTRATOR, "proveedor · supplier"),
    Person("maria@ibanez.example", "María José Ibáñez", Role.SUPPLIER_ADMINISTRATOR, "proveedor, persona · a person"),
    Person(
        "billing@northwind.example", "Emily Hart", Role.SUPPLIER_ADMINISTRATOR, "proveedor extranjero · foreign", "en"
    ),
)
SECOND_ADMIN = Person("admin@serena.example", "Óscar Pech", Role.ADMINISTRATOR, "")


@dataclass(frozen=True)
class Supplier:
    """A supplier of the demo with its person."""

    company: Company
    kind: SupplierKind
    email: str
    group: str = ""
    country: str = "MEX"


NANDU = Supplier(Company("Papelería Ñandú, S.A. de C.V.", "PAPELERIA ÑANDU", "PNA050607KL3", "44100"),
                 SupplierKind.COMPANY, "ventas@nandu.example", "Oficina")
BAJIO = Supplier(Company("Fletes del Bajío, S.A. de C.V.", "FLETES DEL BAJIO", "FBA110923RT8", "37000"),
                 SupplierKind.COMPANY, "facturas@bajio.example", "Transporte")
IBANEZ = Supplier(Company("María José Ibáñez Ruiz", "MARIA JOSE IBAÑEZ RUIZ", "IARM850412JX7", "03100", "612"),
                  SupplierKind.PERSON, "maria@ibanez.example", "Honorarios")
NORTHWIND = Supplier(Company("Northwind Paper LLC", "", "84-1234567", "", ""), SupplierKind.FOREIGN,
                     "billing@northwind.example", "Importación", "USA")
INVITED = Supplier(Company("Servicios Industriales del Norte, S.A. de C.V.", "SERVICIOS INDUSTRIALES DEL NORTE",
                           "SIN140203MN6", "64000"), SupplierKind.COMPANY, "contacto@sinorte.example", "Mantenimiento")
