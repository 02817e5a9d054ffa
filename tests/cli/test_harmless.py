"""What strangers wrote steers no terminal, whichever way it comes to be printed; and JSON loses nothing by it."""

import io
import json
import re

import pytest
from rich.console import Console
from rich.text import Text

from monitor.cli.session import complain, console, write_json
from monitor.text import plain

BIDI = "".join(map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u3164\U000e0041\U000e0101"
CONTROLS = "".join(map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0))))
NASTY = f"a{BIDI}b{UNSEEN}c{CONTROLS}d"
OBEYED = re.compile(f"[{re.escape(BIDI + UNSEEN + CONTROLS)}]")


@pytest.mark.parametrize("printed", [NASTY, Text(NASTY)])
def test_nothing_that_is_printed_is_obeyed(printed: object, capsys: pytest.CaptureFixture[str]) -> None:
    console().print(printed, markup=False)
    console(stderr=True).print(printed, soft_wrap=True)
    complain(NASTY)

    shown, errors = capsys.readouterr()

    for text in (shown, errors):
        assert not OBEYED.search(text.replace("\n", ""))
        assert list(re.sub("[^a-d]", "", text)) in (list("abcd"), list("abcd") * 2)


def test_styles_are_ours_and_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    made = console()
    assert isinstance(made, Console)
    made.print("[bold]x[/bold] \x1b[31mred")

    assert terminal.getvalue() == "\x1b[1mx\x1b[0m ␛[31mred\n"


def test_json_is_harmless_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"title": NASTY, "city": "Größe, 東京 \U0001f600"})

    line = capsys.readouterr().out

    assert not OBEYED.search(line.removesuffix("\n"))
    assert json.loads(line) == {"title": NASTY, "city": "Größe, 東京 \U0001f600"}
    assert "東京" in line


@pytest.mark.parametrize(
    "text",
    [
        "دراسة سريرية في عمّان: 20 مشاركًا",
        "ניסוי קליני, שלב 3",
        "کارآزمایی بالینی می\u200cشود",
        "क्\u200dष परीक्षण",
        "Größe: 5 µm, naïve café, 東京",
    ],
)
def test_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert plain(text) == text
