"""Templates compiled once for each language: what they say in it is part of the compiled page.

A page says some two hundred things that never change: asking the catalog for each, at every request, cost as much as
the page's rows. So every language has its own compiled templates, in which `_("…")` and `asset("…")` with nothing but
a literal have become their answers. What depends on values (`_("Hi, %(name)s", name=…)`) keeps its hole.
"""
import re
from collections.abc import Iterable, Mapping, MutableMapping
from contextvars import Context as Apart
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from portal.core import i18n

HOLE = re.compile(r"%%\((\w+)\)s")
TRANSLATE = ("_", "gettext")
_PLAIN = (int, Decimal, UUID, tuple)
SETTLED = ("asset",)  # functions of the templates whose answer to a literal never changes while the process lives


class _Template(Template):
    """A template whose macros are the same for all that import them: none here is handed globals of its own."""

    def _get_default_module(self, _importing: Context | None = None) -> TemplateModule:
        return super()._get_default_module()  # else all names are compared at every import


class SpeakingEnvironment(Environment):
    """Flask's environment, with one of its kind beneath it for each language."""

    spoken: str | None = None
    template_class = _Template

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if self.spoken is None and not self.overlayed:
            return self._in(i18n.language())._load_template(name, globals)
        return super()._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.spoken is not None:
            _Settling(self.globals, self.spoken).visit(tree)
        return tree

    def _in(self, language: str) -> "SpeakingEnvironment":
        kept: dict[str, SpeakingEnvironment] = self.__dict__.setdefault("_languages", {})
        if language not in kept:
            made = self.overlay()
            made.spoken = language
            kept[language] = made
        return kept[language]


class Cells(dict[str, Any]):
    """The cells of one row, their texts escaped once: a row that is remembered is only put in its place."""

    def __init__(self, **cells: Any) -> None:
        super().__init__({name: cell if isinstance(cell, _PLAIN) else escape(cell) for name, cell in cells.items()})


def filled(pattern: Markup, rows: Iterable[Mapping[str, Any]]) -> Markup:
    """Return `pattern` once for each of `rows`, its `%(holes)s` filled; what is not markup already is escaped.

    For the tables that are drawn all day: fifty rows cost what five cost when each cell is a call of a macro.
    """
    text = _holed(str(pattern))
    return Markup("".join([text % (row if type(row) is Cells else Cells(**row)) for row in rows]))


@lru_cache(maxsize=256)
def _holed(pattern: str) -> str:
    """Return a pattern in which nothing but its holes is a hole: a table's words may speak of a percentage."""
    return HOLE.sub(r"%(\1)s", pattern.replace("%", "%%"))


def remembered(macro: Macro, *values: Any) -> Markup:
    """Return what `macro` draws of `values`, drawn once for the same ones.

    It is drawn apart from the request, where asking for anything but its values is an error (RuntimeError): what is
    remembered cannot show what belongs to somebody else, or is old. A form with its guard is never remembered.
    """
    try:
        hash(values)
    except TypeError:  # lists, in what only samples are drawn from
        return Markup(macro(*values))
    return _drawn(macro, *values)


@lru_cache(maxsize=2048, typed=True)  # a text and the same text as markup are two things
def _drawn(macro: Macro, *values: Any) -> Markup:
    return Markup(Apart().run(macro, *values))


class _Settling(NodeTransformer):
    """Puts answers in the place of the calls whose answer is known when a template is compiled."""

    def __init__(self, known: Mapping[str, Any], language: str) -> None:
        self._settled = {name: known[name] for name in SETTLED if name in known}
        self._language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Return the answer of a call that has a literal, or the call."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        said, function = node.args[0], node.node.name
        if not isinstance(said, nodes.Const) or not isinstance(said.value, str):
            return node
        if function in TRANSLATE:
            return self._translated(said.value, node.kwargs, node.lineno)
        if function in self._settled and not node.kwargs:
            return nodes.Const(str(self._settled[function](said.value)), lineno=node.lineno)
        return node

    def _translated(self, text: str, values: list[nodes.Keyword], line: int) -> nodes.Expr:
        answer = nodes.Const(i18n.catalog(self._language).ugettext(text), lineno=line)
        if not values:
            return answer
        pairs = [nodes.Pair(nodes.Const(v.key, lineno=line), v.value, lineno=line) for v in values]
        return nodes.Mod(answer, nodes.Dict(pairs, lineno=line), lineno=line)
