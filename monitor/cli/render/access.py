"""What `monitor user` and `monitor token` show. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.cli.render.styles import DIM, FAILED, HEADING
from monitor.model.access import ApiToken, User
from monitor.text import counted, moment, one_line

_PIXELS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def user_table(users: Sequence[User]) -> RenderableType:
    """A row per user; without any, how to begin."""
    if not users:
        return Text("There is no user yet. Begin with: monitor user add NAME --role operate")
    table = _table("User", "Role", "Signs in with", "Since", "Last signed in")
    for user in users:
        table.add_row(
            Text(one_line(user.name)),
            Text(str(user.role)),
            Text("password and code" if user.has_codes else "password"),
            Text(moment(user.created_at), style=DIM),
            Text(moment(user.signed_in_at) if user.signed_in_at else "never", style=DIM),
        )
    return Group(table, Text(), Text(counted(len(users), "user"), style=DIM))


def token_table(tokens: Sequence[ApiToken], *, now: datetime) -> RenderableType:
    """A row per token; without any, how to begin."""
    if not tokens:
        return Text("There is no token yet. Begin with: monitor token add NAME --scope read")
    table = _table("Token", "Scope", "User", "Made", "Last used", "Expires", "Begins with")
    for token in tokens:
        table.add_row(
            Text(one_line(token.name)),
            Text(str(token.scope)),
            Text(one_line(token.owner.name) if token.owner else ""),
            Text(moment(token.created_at), style=DIM),
            Text(moment(token.used_at) if token.used_at else "never", style=DIM),
            _expiry(token, now),
            Text(f"rmt_{token.id}", style=DIM),
        )
    return Group(table, Text(), Text(counted(len(tokens), "token"), style=DIM))


def qr_picture(rows: Iterable[Iterable[int]]) -> RenderableType:
    """A QR code of half blocks, black on white whatever the terminal's colours are. *rows* have 1 for what is black."""
    lines = [[bool(each) for each in row] for row in rows]
    if len(lines) % 2:
        lines.append([False] * len(lines[0]))
    pairs = zip(lines[::2], lines[1::2], strict=True)
    drawn = ["".join(_PIXELS[pair] for pair in zip(*two, strict=True)) for two in pairs]
    return Text("\n".join(drawn), style="black on bright_white", no_wrap=True)


def _expiry(token: ApiToken, now: datetime) -> Text:
    if token.expires_at is None:
        return Text("never", style=DIM)
    is_over = token.expires_at <= now
    return Text(f"{moment(token.expires_at)}{' (over)' if is_over else ''}", style=FAILED if is_over else DIM)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=HEADING)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
