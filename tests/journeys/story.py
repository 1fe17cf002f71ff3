"""What people do in the whole story, act by act. Each helper leaves its visitor where a person would be left."""
import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from playwright.sync_api import expect

from portal.banking.clabe import check_digit
from portal.core.clock import today
from portal.core.i18n import ZONE
from portal.core.types import Upload
from portal.local.demo import cast
from portal.local.demo.papers import Paper, plain_pdf
from tests.chromium import until
from tests.journeys.pages import Visitor
from tests.journeys.site import PASSWORD

HREFS = "all => [...new Set(all.map(a => a.getAttribute('href')))]"
WEAK, STRONG = "qwertyuiop12", "lluvia cobre 47 faroles"


@dataclass(frozen=True)
class Invited:
    """A supplier who does not exist yet."""

    locale: str
    company: cast.Company
    email: str
    person: str
    clabe: str  # its first 17 digits

    @property
    def whole_clabe(self) -> str:
        """The CLABE with its right check digit."""
        return self.clabe + check_digit(self.clabe)

    @property
    def wrong_clabe(self) -> str:
        """The CLABE with another last digit."""
        return self.clabe + str((int(check_digit(self.clabe)) + 1) % 10)


def pdf(name: str, text: str = "1") -> Upload:
    """Return a PDF as somebody would have it at hand."""
    return Upload(f"{name}.pdf", plain_pdf(name, text))


def invite(person: Visitor, supplier: Invited) -> None:
    """Register a supplier; its letter is on its way."""
    person.go("/suppliers/new")
    person.look("invite")
    person.fill(name=supplier.company.name, tax_id=supplier.company.rfc, contact_name=supplier.person,
                contact_email=supplier.email, locale=supplier.locale)
    person.submit("main [name=tax_id]")
    assert re.fullmatch(r"/suppliers/[0-9a-f-]{36}", person.place), person.text
    person.look("supplier invited")


def try_a_weak_password(newcomer: Visitor, supplier: Invited) -> None:
    """Open the letter's link and try a weak password; the page comes again."""
    assert newcomer.go(newcomer.site.link(supplier.email)) == 200
    newcomer.look("activation")
    page = newcomer.page
    page.fill("[name=password]", WEAK)
    expect(page.locator("[data-strength-advice] li").first).to_be_visible()
    page.check("[name=accepted]")
    newcomer.submit("[name=password]")
    assert newcomer.place == "/activate", "a weak password opens nothing"
    newcomer.look("weak password")
    assert page.input_value("[name=name]") == supplier.person, "the name is still there"


def come_in(newcomer: Visitor) -> None:
    """Choose a strong password and accept the terms, at the second asking."""
    page = newcomer.page
    page.fill("[name=password]", STRONG)
    page.uncheck("[name=accepted]")
    newcomer.submit("[name=password]")
    assert newcomer.place == "/activate", "nobody comes in without the terms"
    page.fill("[name=password]", STRONG)
    page.check("[name=accepted]")
    newcomer.submit("[name=password]")
    assert newcomer.place == "/", newcomer.text
    newcomer.look("supplier's home")


def open_record(supplier: Visitor) -> str:
    """Open the record of the only client; return its address."""
    supplier.go("/record/")
    supplier.look("record")
    return supplier.place


def fields_of(supplier: Visitor, record: str) -> list[str]:
    """Return the addresses of the mandatory fields that wait to be given, section by section."""
    found: list[str] = []
    supplier.go(record)
    tabs = supplier.page.locator(".tabs a").evaluate_all(HREFS)
    for tab in tabs:
        supplier.go(tab)
        found += supplier.page.locator(".requirement-missing .requirement-name > a, "
                                       ".requirement-rejected .requirement-name > a").evaluate_all(HREFS)
    return found


def give_field(supplier: Visitor, field: str, text: str = "55 5555 0134") -> None:
    """Give one field of the record: a file, with its date when it is asked for, or what is written."""
    supplier.go(field)
    page = supplier.page
    if page.locator("main [name=file]").count():
        supplier.look("field that takes a file")
        supplier.give("main [name=file]", pdf("constancia", field))
        if page.locator("main [name=document_date]").count():
            supplier.fill(document_date=(today(ZONE) - timedelta(days=3)).isoformat())
        supplier.submit("main [name=file]")
    else:
        supplier.look("field that is written")
        supplier.fill(value=text)
        supplier.submit("main [name=value]")
    assert "/fields/" not in supplier.place, supplier.text


def give_file_with_progress(supplier: Visitor, field: str) -> None:
    """Give a file while watching the bar fill."""
    supplier.go(field)
    supplier.give("main [name=file]", pdf("constancia", field))
    expect(supplier.page.locator("[data-chosen]")).to_contain_text("constancia.pdf")
    supplier.page.evaluate("""() => {
        window.bar = [];
        const bar = document.querySelector('[data-progress] progress');
        new MutationObserver(() => window.bar.push(bar.value)).observe(bar, {attributes: true});
    }""")
    supplier.submit("main [name=file]")
    until(supplier.page, "window.bar.at(-1) === 100")
    assert "/fields/" not in supplier.place, supplier.text


def confirm_it_is_me(person: Visitor, password: str) -> None:
    """Give the password again, if it is asked for."""
    if person.place == "/step-up":
        person.look("password again")
        person.page.fill("[name=password]", password)
        person.submit("[name=password]")


def type_account(supplier: Visitor, record: str, number: str) -> None:
    """Fill in and send the form of a bank account."""
    if not supplier.place.endswith("/accounts/new"):
        supplier.go(f"{record}/accounts/new")
        confirm_it_is_me(supplier, STRONG)
    supplier.fill(holder="Tornillos", number=number)
    supplier.give("main [name=proof]", pdf("estado-de-cuenta"))
    supplier.submit("main [name=number]")


def send_record(supplier: Visitor, record: str) -> None:
    """Send the record for review, with its confirmation."""
    supplier.go(record)
    supplier.look("record complete")
    supplier.confirm("[data-confirm=send-record]", "#send-record")


def upload(supplier: Visitor, issuer: cast.Company, folio: str, amount: str) -> str:
    """Upload a CFDI and its PDF to the demo's client; return the path of the draft."""
    bring(supplier, *supplier.site.papers.draw(Paper(issuer, "A", folio, Decimal(amount), 1)))
    assert re.fullmatch(r"/invoices/[0-9a-f-]{36}", supplier.place), supplier.text
    supplier.look("draft with its verdict")
    return supplier.place


def bring(supplier: Visitor, *files: Upload) -> None:
    """Choose files for the demo's client and have them checked."""
    supplier.go("/invoices/new")
    supplier.look("upload")
    choice = supplier.page.locator("select[name=relationship_id]")
    if choice.count():
        choice.select_option(label=cast.CLIENT.name)
    supplier.give("[name=files]", *files)
    supplier.submit("[name=files]")


def give_what_is_asked(supplier: Visitor, invoice: str) -> None:
    """Answer the two mandatory requirements of a large invoice, and the one that is not."""
    supplier.go(invoice)
    hrefs = supplier.page.locator(f"a[href*='{invoice}/requirements/']").evaluate_all(HREFS)
    for href in hrefs:
        supplier.go(href)
        supplier.look(f"requirement {supplier.page.locator('main [name=file]').count()}")
        if supplier.page.locator("main [name=file]").count():
            supplier.give("main [name=file]", pdf("remision"))
            supplier.submit("main [name=file]")
        else:
            supplier.fill(value="OC-10482")
            supplier.submit("main [name=value]")


def send(supplier: Visitor, invoice: str) -> None:
    """Send an invoice for review."""
    supplier.go(f"{invoice}/send")
    supplier.look("send")
    supplier.submit("main [name=version]")


def approve(person: Visitor, invoice: str) -> None:
    """Approve an invoice at the stage that waits for this person."""
    assert person.go(invoice.replace("/invoices/", "/inbox/")) == 200
    person.look("review of an invoice")
    person.press("button[name=verdict][value=approved]")
    person.look("after approving")


def schedule(treasury: Visitor, folio: str, day: str = "") -> None:
    """Give an invoice its payment date."""
    treasury.go(f"/treasury/?q={folio}")
    treasury.look("to pay")
    treasury.page.locator("main [name=selected]").first.check()
    treasury.press("main button[value=preview]")
    treasury.look("schedule")
    treasury.fill(pay_on=day or (today(ZONE) + timedelta(days=5)).isoformat())
    treasury.submit("main [name=pay_on]")


def type_payment(treasury: Visitor, folio: str, amount: str, **more: str) -> None:
    """Fill in and send the form of a payment of one invoice."""
    treasury.go(f"/treasury/?q={folio}")
    treasury.press("main a[href*='/treasury/pay/']")
    confirm_it_is_me(treasury, PASSWORD)
    treasury.look("payment")
    treasury.page.locator("main tr", has_text=folio).locator("input[name^=amount-]").fill(amount)
    treasury.fill(**{"number": f"P-{folio}", "amount": amount, "paid_on": today(ZONE).isoformat(), **more})
    treasury.give("main [name=evidence]", pdf("spei", folio))
    treasury.submit("main [name=evidence]")
    say_yes_to_payment(treasury)


def say_yes_to_payment(treasury: Visitor) -> None:
    """Confirm a payment where its effect is shown first, with the password when it is asked for."""
    if treasury.place.endswith("/confirm"):
        treasury.look("payment to confirm")
        treasury.submit("main [name=seen]")
        confirm_it_is_me(treasury, PASSWORD)


def remittance(supplier: Visitor, folio: str) -> Any:
    """Find a payment in the archive and return what its remittance downloads as."""
    supplier.go(f"/payments/?q=P-{folio}")
    supplier.look("archive")
    supplier.press(f"main a:has-text('P-{folio}')")
    supplier.look("payment's page")
    link = supplier.page.locator("a[href$='/remittance']").first.get_attribute("href")
    return supplier.context.request.get(supplier.site.url + str(link)).body()
