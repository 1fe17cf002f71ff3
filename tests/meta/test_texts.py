"""Every text that a person reads exists in both languages, and is said one way."""
import re

from babel.messages.pofile import read_po

from portal.core.i18n import FOLDER
from tests.meta.texts import texts

HOLES = re.compile(r"%\((\w+)\)[sd]")


def _spanish() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(context, text) → [(file, Spanish)]."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for path in sorted((FOLDER / "es").glob("*.po")):
        for message in read_po(path.open("rb"), locale="es"):
            if message.id:
                text = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string if isinstance(message.string, str) else message.string[-1]
                found.setdefault((str(message.context or ""), text), []).append((path.name, said))
    return found


def test_every_text_has_its_spanish() -> None:
    known = _spanish()
    missing = {f"{where}: {text}" for where, context, text in texts()
               if not known.get((context, text if isinstance(text, str) else text[0]), [("", "")])[0][1]}
    assert not missing, "\n".join(sorted(missing))


def test_a_text_is_said_one_way() -> None:
    differing = {text: said for text, said in _spanish().items() if len({s for _name, s in said}) > 1}
    assert not differing, differing


def test_the_holes_of_a_text_are_filled_in_both_languages() -> None:
    wrong = [text for (_context, text), said in _spanish().items() for _name, s in said
             if s and set(HOLES.findall(text)) != set(HOLES.findall(s))]
    assert not wrong, wrong
