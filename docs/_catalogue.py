"""Collects what subscribers read into monitor/language/locales, for who translates it. `make catalogue` runs it.

messages.pot   every text, with the files that have it
fr.po …        the same with its translation: what was translated stays, what is new is empty, what has gone goes

A test compares, and fails where a text has no translation.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "monitor"
LOCALES = PACKAGE / "language" / "locales"
TEMPLATES = (
    *(
        f"channels/email/templates/{name}"
        for name in (
            *("alert-foot.txt", "changes.html", "confirmation.html", "confirmation.txt", "digest.html", "digest.txt"),
            *("event.html", "event.txt", "frame.html", "question.html", "question.txt"),
        )
    ),
    "web/templates/_asof.html",
    "web/templates/_macros.html",
    "web/templates/frame.html",
    "web/templates/site/trouble.html",
    *(
        f"web/templates/subscribing/{name}.html"
        for name in (
            *("_count", "_preview", "_words", "alone", "asked", "build", "confirm", "confirmed", "filters", "keep"),
            *("leave", "manage", "message", "previewed", "renewed", "rhythm"),
        )
    ),
)
"""Those that can be had in every language; the other pages are in English."""
MODULES = (
    "alerts/questions.py",
    "changes/diff/wording.py",
    "channels/chat/rendering.py",
    "channels/digests.py",
    "channels/email/alert.py",
    "channels/email/digest.py",
    "channels/email/foot.py",
    "channels/email/question.py",
    "channels/email/rendering.py",
    "channels/email/typesetting.py",
    "language/texts.py",
    "render/folding.py",
    "render/headlines.py",
    "render/nets.py",
    "render/rhythms.py",
    "render/sentences.py",
    "render/told.py",
    "render/told_by_kind.py",
    "render/told_sites.py",
    "render/values.py",
    "render/words.py",
    "views/backtest_words.py",
    "views/filter_words.py",
    "web/subscribing/building.py",
    "web/subscribing/changing.py",
    "web/subscribing/own.py",
    "web/subscribing/previewing.py",
)
"""Those that say texts in a reader's language; what is worded for later is found in every module."""
IN_HAND = {"_": None, "gettext": None, "ngettext": (1, 2)}
FOR_LATER = {"worded": None, "worded_count": (1, 2)}
LABELS = {
    "changes/fields.py": {"Field": (2,), "_by_shape": (2,)},
    "model/vocabulary.py": {"CodeWords": (1,)},
    "registries/drks/codes.py": {"CodeWords": (1,), "Coded": (2,)},
    "registries/euctr/codes.py": {"CodeWords": (1,)},
}
"""Declarations of which an argument is shown to readers: a field's label, a code's words."""
JINJA = {
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.do",
    "silent": "false",
}
"""As the templates are read; one that cannot be is a failure."""


def main() -> None:
    """Write every file that differs."""
    for name, text in catalogues().items():
        file = LOCALES / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")


def catalogues() -> dict[str, str]:
    """Each file by its name."""
    template = collected()
    made = {"messages.pot": written(template)}
    for file in sorted(LOCALES.glob("*.po")):
        catalogue = read(file)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        made[file.name] = written(catalogue)
    return made


def read(file: Path) -> Catalog:
    """A catalogue as it is written."""
    return read_po(BytesIO(file.read_bytes()), locale=None if file.suffix == ".pot" else file.stem)


def collected() -> Catalog:
    """Every text, in the order of the files."""
    catalogue = Catalog(header_comment="# Written by docs/_catalogue.py: `make catalogue`.")
    for name, message in _found():
        catalogue.add(message, locations=[(f"monitor/{name}", 0)])
    return catalogue


def _found() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for name in TEMPLATES:
        yield from ((name, each) for each in _messages("jinja2", name, IN_HAND, JINJA))
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        keywords = {**FOR_LATER, **LABELS.get(name, {}), **(IN_HAND if name in MODULES else {})}
        yield from ((name, each) for each in _messages("python", name, keywords, {}))


def _messages(
    kind: str, name: str, keywords: dict[str, tuple[int, int] | None], options: dict[str, str]
) -> Iterator[str | tuple[str, ...]]:
    found = extract_from_file(kind, PACKAGE / name, keywords=keywords, options=options)
    yield from (message for _, message, _, _ in found if message)


def written(catalogue: Catalog) -> str:
    """As text, the same whenever and wherever it is made: without times, and lines of files."""
    for message in catalogue:
        message.locations = sorted({(name, 0) for name, _ in message.locations})
    target = BytesIO()
    write_po(target, catalogue, width=0, include_lineno=False, omit_header=True)
    body = target.getvalue().decode("utf-8").lstrip("\n")
    plural = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n' if catalogue.locale else ""
    language = f'"Language: {catalogue.locale}\\n"\n' if catalogue.locale else ""
    head = (
        f'msgid ""\nmsgstr ""\n{language}{plural}"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    )
    return f"# Written by docs/_catalogue.py, `make catalogue`: change what stands behind msgstr alone.\n{head}\n{body}"


if __name__ == "__main__":
    main()
