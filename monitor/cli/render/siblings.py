"""What `monitor show` says of the same trial in other registries. Pure."""

from rich.text import Text

from monitor.cli.render.details import Row
from monitor.cli.render.styles import DIM, NOTICE
from monitor.cli.render.text import styled
from monitor.model import State
from monitor.text import one_line
from monitor.views.siblings import Sibling, Siblings

NOWHERE = Siblings()
_LONGEST_ID = 18


def sibling_rows(found: Siblings) -> list[Row]:
    """A row for each, and what the registries disagree on."""
    rows: list[Row] = [(each.name, _sibling(each)) for each in found.known]
    if found.more > 0:
        rows.append(("", Text(f"and {found.more:,} more", style=DIM)))
    if found.disagreement:
        rows.append(("", styled(one_line(found.disagreement), NOTICE)))
    return rows


def _sibling(each: Sibling) -> Text:
    line = styled(one_line(each.trial_id).ljust(_LONGEST_ID))
    if each.overall_status:
        line.append(one_line(each.overall_status.words))
    elif each.state not in (None, State.LISTED):
        line.append(f"{each.state} there", style=NOTICE)
    watched = "watched" if each.is_watched else "not watched"
    line.append(f"{'  ' if each.state else ''}{watched}", style=DIM)
    if not each.named_here:
        line.append("  its record names this trial", style=DIM)
    return line
