"""Why a mail came, and how to leave: its foot, and the headers that a mail program makes a button of. Pure."""

from urllib.parse import quote, unquote, urlsplit

from monitor.errors import ConfigurationInvalid
from monitor.model import Event, Rhythm, Subscription
from monitor.settings.values import is_confidential
from monitor.text import counted, first_few, one_line, safe_cut

MOST_LEAVING = 800
MOST_ABOUT = 300


def why_told(subscription: Subscription, event: Event | None = None, *, about: str = "") -> str:
    """What a subscriber asked to hear of, of which *event* is; or all of it.

    *about* says what a watch looks for.
    """
    filters = subscription.filters
    wanted = f" ({', '.join(sorted((*filters.topics, *filters.kinds)))})" if filters.topics or filters.kinds else ""
    never = f", never {', '.join(sorted(filters.without))}" if filters.without else ""
    how = _how(subscription.rhythm)
    scope = _scope(subscription, event, about)
    return (
        f"You asked to hear of {scope}{how}: changes{wanted} of {filters.min_significance} significance or more{never}."
    )


def _how(rhythm: Rhythm) -> str:
    """How it is told, where that is not usual."""
    if rhythm.is_immediate:
        return ""
    words = f" as a {rhythm.period} digest"
    if rhythm.quiet_hours:
        words = " outside your quiet hours, from {:%H:%M} to {:%H:%M}".format(*rhythm.quiet_hours)
    return f"{words}, and at once of what is critical" if rhythm.breaks_through else words


def _scope(subscription: Subscription, event: Event | None, about: str) -> str:
    named = sorted(each for _, each in subscription.trials)
    if subscription.everything:
        return "every trial that is watched"
    if subscription.is_about_watches:
        return safe_cut(about, MOST_ABOUT) or f"the trials of {one_line(subscription.watch_called)}"
    if event is None:
        return one_line(first_few(named, 6))
    if named and event.trial_id not in named:
        return f"{one_line(first_few(named))}, in other registries, too"
    if len(named) > 1:
        return f"{counted(len(named), 'trial')}, {one_line(event.trial_id)} among them"
    return one_line(event.trial_id)


def leaving(uri: str, subscription: Subscription) -> str:
    """Where to write or click to leave; a mail says which subscription it means."""
    parts = urlsplit(uri.strip())
    if parts.scheme != "mailto" and not is_confidential(uri.strip()):
        raise ConfigurationInvalid(
            f"“{one_line(uri)[:80]}” is not a way to unsubscribe: a mailto: or https: address is expected"
        )
    safe = quote(one_line(uri.strip()), safe="!#$%&'*+/:;=?@_~.-")
    if len(safe) > MOST_LEAVING:
        raise ConfigurationInvalid(f"“{safe[:80]}…” is too long for a header: at most {MOST_LEAVING} characters")
    if parts.scheme == "mailto" and not parts.query:
        return f"{safe}?subject={quote(f'Unsubscribe {subscription.id}')}"
    return safe


def leaving_by_link(manage: str) -> list[tuple[str, str]]:
    """The headers for one click, RFC 8058, where a subscription has a page of its own at *manage*."""
    return _one_click(f"{manage}/leave") if manage else []


def leaving_headers(leave: str) -> list[tuple[str, str]]:
    """The headers for the address that `leaving` gave: with a click, or with a mail to write."""
    return _one_click(leave) if is_confidential(leave) else [("List-Unsubscribe", f"<{leave}>")]


def _one_click(leave: str) -> list[tuple[str, str]]:
    return [("List-Unsubscribe", f"<{leave}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]


def leaving_in_words(uri: str) -> str:
    """How to leave, for those who read."""
    parts = urlsplit(uri)
    if parts.scheme != "mailto":
        return f"To leave: {uri}"
    asked = unquote(parts.query.removeprefix("subject=")) if parts.query.startswith("subject=") else ""
    return (
        f"To leave, write to {unquote(parts.path)}" + (f" with the subject “{one_line(asked)}”" if asked else "") + "."
    )
