"""Texts of templates, translated when a template is compiled: each language has its own templates. Pure.

A page has a hundred. What `_("…")` and `{% trans %}` say stands in the compiled template as a constant then, one
piece with the markup around it. Where a text has values, they are put into it as before, escaped; texts with a plural
are looked up as before, too.
"""

from collections.abc import Callable

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

_NAMES = ("_", "gettext")


def generator_of(gettext: Callable[[str], str]) -> type[CodeGenerator]:
    """What compiles templates whose texts *gettext* translates."""

    class Generator(CodeGenerator):
        """Compiles templates with their texts."""

        def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja calls it
            """The whole template."""
            super().visit_Template(_Translating(gettext).visit(node), frame)

    return Generator


class _Translating(NodeTransformer):
    def __init__(self, gettext: Callable[[str], str]) -> None:
        self.gettext = gettext

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja calls it
        """A text in the place of the call that would give it, as Jinja's newstyle gettext does."""
        self.generic_visit(node)
        match node:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(text))]) if name in _NAMES:
                return self._translated(node, Markup(self.gettext(text)))  # noqa: S704 - our own texts
        return node

    def _translated(self, node: nodes.Call, text: Markup) -> nodes.Expr:
        if not node.kwargs:
            return nodes.Const(text % {}, lineno=node.lineno)
        values = [nodes.Pair(nodes.Const(each.key), each.value, lineno=node.lineno) for each in node.kwargs]
        return nodes.Mod(nodes.Const(text), nodes.Dict(values), lineno=node.lineno)
