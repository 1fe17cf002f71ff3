"""The components: valid markup, nothing inline, hostile strings inert, states in words."""
from datetime import date
from decimal import Decimal

import pytest
from lxml import html

from portal.core import i18n
from tests.web.drawing import COLUMNS, DAY, HOSTILE, SNIPPETS, STATES, Draw, Sample, context, rows, strict, tree


@pytest.mark.parametrize("name", SNIPPETS)
def test_markup_is_valid_and_nothing_is_inline(draw: Draw, name: str) -> None:
    markup = draw(SNIPPETS[name], **context("Empaques & Cartones"))
    strict(markup)
    root = tree(markup)
    assert not root.xpath("//@style | //script | //style | //@*[starts-with(name(), 'on')]")
    assert not root.xpath("//@*[(name()='href' or name()='src' or name()='action') and contains(., '://')]")
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", SNIPPETS)
def test_hostile_strings_stay_strings(draw: Draw, name: str) -> None:
    markup = draw(SNIPPETS[name], **context(HOSTILE))
    strict(markup)
    root = tree(markup)
    assert not root.xpath("//script | //@onload")
    assert "{{ 7*7 }}" in "".join(root.itertext()) + "".join(root.xpath("//@*"))


@pytest.mark.parametrize("name", SNIPPETS)
def test_what_names_or_describes_points_to_something(draw: Draw, name: str) -> None:
    root = tree(draw(SNIPPETS[name], **context("x")))
    ids = set(root.xpath("//@id"))
    for attribute in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "data-confirm"):
        for value in root.xpath(f"//@{attribute}"):
            assert set(value.split()) <= ids, (attribute, value)
    for link in root.xpath("//*[@data-error-summary]//a/@href"):
        assert link.removeprefix("#") in ids, link


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_control_has_a_name(draw: Draw, name: str) -> None:
    root = tree(draw(SNIPPETS[name], **context("x")))
    labelled = set(root.xpath("//label/@for"))
    for control in root.xpath("//input[not(@type='hidden')] | //select | //textarea | //progress | //meter"):
        assert control.get("aria-label") or control.get("id") in labelled, html.tostring(control)
    for button in root.xpath("//button | //a"):
        assert button.get("aria-label") or button.text_content().strip(), html.tostring(button)


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_form_that_posts_is_guarded_once(draw: Draw, name: str) -> None:
    for form in tree(draw(SNIPPETS[name], **context("x"))).xpath("//form[@method='post']"):
        assert len(form.xpath(".//input[@name='csrf_token']")) == 1
        assert len(form.xpath(".//input[@name='_once']")) == 1


def test_money_is_written_with_its_currency(spanish: Draw) -> None:
    text = tree(spanish("{{ ui.money(a, 'MXN') }}", a=Decimal("1234.56"))).text_content()
    assert text == "$1,234.56 MXN"


def test_a_due_day_carries_its_distance(spanish: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "today", lambda zone: date(2026, 11, 21))
    text = " ".join(tree(spanish("{{ ui.due(day, 'vence') }}", day=DAY)).text_content().split())
    assert text.startswith("26 nov 2026 · vence ")
    assert "5" in text


@pytest.mark.parametrize("state", STATES)
def test_a_stage_says_its_sentence_to_eyes_and_to_readers(spanish: Draw, state: str) -> None:
    stages = [{"name": "Área", "state": state, "sentence": "con Compras desde hace 2 días"}]
    root = tree(spanish("{{ ui.stage_dots(stages) }}", stages=stages))
    sentence = "Área · con Compras desde hace 2 días"
    assert root.xpath("//button[@type='button']/@aria-label") == [sentence]
    assert root.xpath("//*[@class='tip']/text()") == [sentence]
    assert bool(root.xpath("//*[@aria-current='step']")) == (state == "current")
    assert bool(root.xpath("//use")) == (state in ("done", "rejected"))


def test_a_stage_without_a_sentence_still_says_its_state(spanish: Draw) -> None:
    markup = spanish("{{ ui.stage_dots([{'name': 'Área', 'state': 'rejected'}]) }}")
    assert "Área · rechazada" in markup


@pytest.mark.parametrize(("state", "mandatory", "kind", "word"), [
    ("missing", True, "missing", "Falta"), ("missing", False, "optional", "Opcional"),
    ("given", True, "given", "Entregado"), ("rejected", True, "rejected", "Por corregir"),
])
def test_a_requirement_reads_without_colour(spanish: Draw, state: str, mandatory: bool, kind: str, word: str) -> None:
    item = {"name": "Orden de compra", "state": state, "mandatory": mandatory}
    root = tree(spanish("{{ ui.requirement_list([item]) }}", item=item))
    assert root.xpath(f"//li[contains(@class, 'requirement-{kind}')]")
    assert word in root.text_content()
    assert root.xpath("//*[@class='requirement-mark']//use")
    assert ("requerido" in root.text_content()) == mandatory
    assert bool(root.xpath("//*[@class='required-mark']")) == mandatory


def test_findings_are_grouped_and_the_good_ones_folded(spanish: Draw) -> None:
    finding = {"text": "El sello", "code": "CFDI40102"}
    root = tree(spanish("{{ ui.findings(fail=[f], warn=[f], passed=[f, f]) }}", f=finding))
    heads = [" ".join(head.text_content().split()) for head in root.xpath("//*[contains(@class, 'findings-head')]")]
    assert heads == ["Hay que corregir (1)", "Conviene revisar (1)", "Todo bien (2)"]
    folded = root.xpath("//details")
    assert len(folded) == 1 and folded[0].get("open") is None
    assert len(folded[0].xpath(".//li")) == 2


def test_a_finding_shows_found_expected_where_and_the_remedy(spanish: Draw) -> None:
    finding = {"text": "T", "code": "C", "found": "F", "expected": "E", "where": "W", "remedy": "R", "url": "/x",
               "url_text": "U"}
    root = tree(spanish("{{ ui.findings(fail=[f]) }}", f=finding))
    assert root.xpath("//dt/text()") == ["Se encontró", "Se esperaba", "Dónde"]
    assert root.xpath("//dd/text()") == ["F", "E", "W"]
    assert root.xpath("//a[@href='/x']/text()") == ["U"]


def test_a_row_links_from_its_main_cell_and_names_its_columns(spanish: Draw) -> None:
    source = "{% call(row, key) ui.table(rows, columns, 'Facturas') %}{{ key }}!{% endcall %}"
    root = tree(spanish(source, rows=rows(), columns=COLUMNS))
    assert root.xpath("//tr[@data-row]//a[@class='row-link']/@href") == ["/invoices/7"]
    assert root.xpath("//td/@data-label") == [column["label"] for column in COLUMNS]
    cells = [" ".join(cell.text_content().split()) for cell in root.xpath("//td")]
    assert cells[0] == "A-1042A-1042" and cells[1] == "$18,432.50 USD" and cells[4] == "—" and cells[5] == "stages!"
    assert root.xpath("//th/@aria-sort") == ["ascending"]
    assert root.xpath("//caption/text()") == ["Facturas"]


def test_rows_may_be_objects_without_an_address(spanish: Draw) -> None:
    class Row:
        folio = "A-1"
    columns = [{"key": "folio", "label": "Folio", "main": True}]
    root = tree(spanish("{{ ui.table(rows, columns, 'c') }}", rows=[Row()], columns=columns))
    assert root.xpath("//td//text()[normalize-space()]") == ["A-1"]
    assert not root.xpath("//a | //tr[@data-row]")


def test_a_pager_without_neighbours_is_not_drawn(spanish: Draw) -> None:
    assert spanish("{{ ui.pager() }}").strip() == ""
    root = tree(spanish("{{ ui.pager(next_url='/n') }}"))
    assert root.xpath("//a/@href") == ["/n"]


def test_errors_stand_above_the_form_and_beside_the_field(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["form"], **context("x")))
    summary = root.xpath("//*[@data-error-summary]")[0]
    assert "Escribe el nombre." in summary.text_content()
    assert "No coincide." in summary.text_content()
    assert summary.xpath(".//a[@href='#account-clabe']"), "errors of inner forms are told too"
    field = root.xpath("//input[@id='name']")[0]
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "name-hint name-error"
    assert "Escribe el nombre." in root.xpath("//*[@id='name-error']")[0].text_content()
    form = root.xpath("//form")[0]
    assert form.get("enctype") == "multipart/form-data" and form.get("novalidate") is not None


def test_a_field_is_drawn_by_its_widget_not_by_its_name(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["form"], **context("x")))
    assert root.xpath("//fieldset[@id='roles']/legend")
    assert len(root.xpath("//fieldset[@id='roles']//input[@type='checkbox']")) == 2
    assert root.xpath("//div[@class='password-field']/input[@type='password'][@id='password']")
    assert root.xpath("//div[@data-drop]/input[@type='file'][@id='proof']")
    assert not root.xpath("//ul[contains(@class, 'form-control')]")


def test_a_form_without_errors_is_quiet(spanish: Draw) -> None:
    root = tree(spanish("{% call ui.form(form, 'Guardar') %}{{ ui.field(form.name) }}{% endcall %}", form=Sample()))
    assert not root.xpath("//*[@data-error-summary] | //*[@aria-invalid]")
    assert root.xpath("//input[@id='name']/@aria-describedby") == ["name-hint"]


def test_a_confirm_works_without_scripts(spanish: Draw) -> None:
    root = tree(spanish(SNIPPETS["confirm"], **context("x")))
    opener = root.xpath("//button[@popovertarget='c']")[0]
    dialog = root.xpath("//dialog[@id='c']")[0]
    assert opener.get("type") == "button" and dialog.get("popover") is not None
    assert dialog.xpath(".//form[@action='/x']//button[@type='submit']")
    assert dialog.xpath(".//button[@popovertargetaction='hide']")


def test_a_confirm_can_submit_a_form_of_the_page(spanish: Draw) -> None:
    root = tree(spanish("{{ ui.confirm('c', 'Pagar', '¿Pagar?', form='pay', name='go', value='1') }}"))
    assert not root.xpath("//form")
    assert root.xpath("//button[@type='submit'][@form='pay'][@name='go']")


def test_bars_are_in_proportion(spanish: Draw) -> None:
    data = [{"label": "a", "value": Decimal(50)}, {"label": "b", "value": Decimal(100)}, {"label": "c", "value": 0}]
    root = tree(spanish("{{ ui.bars('t', data) }}", data=data))
    assert root.xpath("//rect[contains(@class, 'fill')]/@width") == ["50.0%", "100.0%", "0.0%"]
    empty = tree(spanish("{{ ui.bars('t', []) }}{{ ui.ageing('t', []) }}{{ ui.columns('t', []) }}"))
    assert not empty.xpath("//rect[contains(@class, 'fill')]")
