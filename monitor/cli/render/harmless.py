"""Makes sure that nothing printed can control the terminal, no matter where the text comes from."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from monitor.text import plain


class Harmless(RenderHook):
    """Makes the text of everything printed plain, and keeps the styles, which are ours."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """See `rich.console.RenderHook`."""
        return [_Plain(each) for each in renderables]


class _Plain:
    """Something to print, whose text comes out plain."""

    def __init__(self, printed: ConsoleRenderable) -> None:
        self._printed = printed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _made_plain(console.render(self._printed, options))


def _made_plain(segments: Iterable[Segment]) -> Iterable[Segment]:
    for segment in segments:
        yield segment if segment.control else Segment(plain(segment.text), segment.style)
