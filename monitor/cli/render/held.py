"""What `monitor held list` and `show` print. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, FAILED, HEADING
from monitor.storage.held_events import Became
from monitor.storage.holds import Hold
from monitor.text import moment, one_line, sentence
from monitor.views.held_words import NOT_NOTED, became_words, decided_by, of_event
from monitor.views.holds import HoldWhole


def hold_table(holds: Iterable[Hold]) -> RenderableType:
    """A row per hold."""
    listed = list(holds)
    if not listed:
        return Text("Nothing was ever held back.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in ("#", "Fields", "Trials", "Held", "Behind it", "Decision"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "#" else "left")
    for hold in listed:
        table.add_row(
            str(hold.id),
            Text(one_line(", ".join(hold.fields))),
            Text(f"{hold.trials:,} of {hold.checked:,}"),
            Text(moment(hold.held_at), style=DIM),
            Text(f"{hold.waiting:,} waiting" if hold.waiting else "", style=FAILED),
            _decision(hold),
        )
    return Group(
        table, Text(), Text("monitor held release N tells everybody, monitor held discard N nobody", style=DIM)
    )


def _decision(hold: Hold) -> Text:
    if hold.decision is None:
        return Text("waits for you", style=FAILED)
    at = f" {moment(hold.decided_at)}" if hold.decided_at else ""
    return Text(f"{hold.decision}{at} {one_line(decided_by(hold))}")


def hold_lines(pages: Sequence[HoldWhole]) -> Iterator[Text]:
    """What became of the events of a hold, and a line for each change."""
    hold, became = pages[0].hold, pages[0].became
    said = "; ".join(f"{count:,} {became_words(each)}" for each, count in became.items()) or NOT_NOTED
    decided = f": {_decision(hold).plain}" if hold.decision else ""
    yield Text(sentence(f"{said}{decided}"), style=DIM)
    for held, event in (each for page in pages for each in page.events):
        is_usual = hold.decision is None or held.became in (Became.TOLD, Became.DISCARDED)
        beside = "" if is_usual else f" ({of_event(held)})"
        yield from (Text(f"{event.trial_id}  {one_line(change.summary)}{beside}") for change in event.changes)
