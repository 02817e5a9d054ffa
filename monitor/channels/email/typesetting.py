"""How mails are set: the templates, what they write texts with, and styles where every reader of mail finds them. Pure.

`frame.html` is the page of every mail: a card with a head, a body and a foot, which a template fills as its blocks;
`mail.css` has its colors, light and dark. Texts are wrapped at the width of a mail.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from textwrap import TextWrapper
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model.language import ENGLISH
from monitor.render.tongues import tongue
from monitor.render.worddiff import DiffOp, Stretch
from monitor.text import plain

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment
    from markupsafe import Markup

_TEXT_WIDTH = 76
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d(-\d\d)?(?![\w-])")


def as_text(name: str, page: Mapping[str, object], texts: Texts = IN_ENGLISH) -> str:
    """The text template *name*, filled; never two empty lines after each other."""
    return re.sub(r"\n{3,}", "\n\n", _templates(texts).get_template(f"{name}.txt").render(page))


def as_html(name: str, page: Mapping[str, object], texts: Texts = IN_ENGLISH) -> str:
    """The HTML template *name*, filled, with its styles written into the elements."""
    return _inliner().inline(_templates(texts).get_template(f"{name}.html").render(page))


def clickable(url: str) -> str:
    """The address, if it is one that may be clicked; else nothing."""
    usable = re.fullmatch(r"https?://[!-~]+", url) and not set('"<>\\') & set(url)
    return url if usable and urlsplit(url).hostname else ""


@cache
def _templates(texts: Texts) -> "Environment":
    # A check that alerts nobody need not load it.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    templates = Environment(
        loader=PackageLoader("monitor.channels.email"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True
    )
    templates.globals |= {
        "language": texts.language,
        "number": texts.number,
        "weight_words": texts.weight,
        "colon": texts.gettext(": "),
        "colon_alone": texts.gettext(":"),
        "semicolon": texts.gettext("; "),
    }
    templates.filters |= {
        "wrapped": _wrapped,
        "marked": _marked,
        "spoken": partial(_spoken, language=texts.language),
        "typeset": _typeset if texts.language == ENGLISH else partial(_typeset, marks=texts.gettext("“{words}”")),
    }
    return templates


def _spoken(said: str | Sequence[Stretch], language: str) -> "Markup":
    """The attribute of what others wrote, where that is in another *language* than the rest: in English, mostly."""
    from markupsafe import Markup  # as above

    own = tongue(said) or ENGLISH
    return Markup("") if own == language else Markup(' lang="{}"').format(own)


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # as above

    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def _typeset(text: str, marks: str = "") -> "Markup":
    """Text as HTML, no day broken at its hyphens. Line breaks are tags, because Outlook knows no `pre-line`.

    What stands between quotation marks such as *marks*, around {words}, is said to be in its language: others wrote it.
    """
    from markupsafe import Markup, escape  # as above

    broken = str(escape(text)).replace("\n", "<br>")
    if marks:
        opening, _, closing = marks.partition("{words}")
        broken = re.sub(
            f"({re.escape(opening)})(.+?)({re.escape(closing)})",
            lambda found: f'{found[1]}<span lang="{tongue(found[2]) or ENGLISH}">{found[2]}</span>{found[3]}',
            broken,
        )
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', broken))  # noqa: S704 - escaped above


def _wrapped(text: str, indent: int = 0) -> str:
    """Paragraphs of plain text, no line of prose wider than a mail's; what cannot be broken stays whole."""
    margin = " " * indent
    wrapper = TextWrapper(
        _TEXT_WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(wrapper.fill(line) for line in text.split("\n"))


def _marked(stretches: Sequence[Stretch]) -> str:
    """What went and what came, marked as git does; alone on a line by its sign."""
    if len(stretches) == 1:
        op, words = stretches[0]
        return plain({DiffOp.REMOVED: "- ", DiffOp.ADDED: "+ "}.get(op, "") + words)
    return plain("".join(_sign(op, words) for op, words in stretches))


def _sign(op: DiffOp, words: str) -> str:
    opening, closing = {DiffOp.REMOVED: ("[-", "-]"), DiffOp.ADDED: ("{+", "+}")}.get(op, ("", ""))
    return f"{opening}{words}{closing}"
