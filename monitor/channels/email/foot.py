"""Why a mail came, and how to leave: its foot, and the headers that a mail program makes a button of. Pure."""

from urllib.parse import quote, unquote, urlsplit

from monitor.errors import ConfigurationInvalid
from monitor.language.texts import IN_ENGLISH, Texts
from monitor.model import Event, Every, Rhythm, Significance, Subscription
from monitor.model.language import ENGLISH
from monitor.settings.values import is_confidential
from monitor.text import one_line, safe_cut

MOST_LEAVING = 800
MOST_ABOUT = 300


def why_told(
    subscription: Subscription, event: Event | None = None, *, about: str = "", texts: Texts = IN_ENGLISH
) -> str:
    """What a subscriber asked to hear of, of which *event* is; or all of it.

    *about* says what a watch looks for.
    """
    filters = subscription.filters
    named = ", ".join(_named(each, texts) for each in sorted((*filters.topics, *filters.kinds)))
    wanted = f" ({named})" if named else ""
    never = texts.gettext(", never {kinds}").format(kinds=", ".join(sorted(filters.without))) if filters.without else ""
    match filters.min_significance:
        case Significance.CRITICAL:
            words = texts.gettext("You asked to hear of {scope}{how}: critical changes{wanted}{never}.")
        case Significance.ADMINISTRATIVE:
            words = texts.gettext("You asked to hear of {scope}{how}: all changes{wanted}{never}.")
        case _:
            words = texts.gettext(
                "You asked to hear of {scope}{how}: changes{wanted} of {significance} significance or more{never}."
            )
    return words.format(
        scope=_scope(subscription, event, about, texts),
        how=_how(subscription.rhythm, texts),
        wanted=wanted,
        significance=texts.weight(str(filters.min_significance)),
        never=never,
    )


def _named(topic: str, texts: Texts) -> str:
    """A topic in words, in languages to which its name says nothing; kinds of change are known by their names."""
    return topic if texts.language == ENGLISH else texts.known(topic.replace("_", " "))


def _how(rhythm: Rhythm, texts: Texts) -> str:
    """How it is told, where that is not usual."""
    if rhythm.is_immediate:
        return ""
    digests = {
        Every.DAILY: texts.gettext(" as a daily digest"),
        Every.WEEKLY: texts.gettext(" as a weekly digest"),
        Every.MONTHLY: texts.gettext(" as a monthly digest"),
    }
    words = digests.get(rhythm.every, "")
    if rhythm.quiet_hours:
        begin, end = (f"{at:%H:%M}" for at in rhythm.quiet_hours)
        words = texts.gettext(" outside your quiet hours, from {begin} to {end}").format(begin=begin, end=end)
    return words + texts.gettext(", and at once of what is critical") if rhythm.breaks_through else words


def _scope(subscription: Subscription, event: Event | None, about: str, texts: Texts) -> str:
    named = sorted(each for _, each in subscription.trials)
    if subscription.everything:
        return texts.gettext("every trial that is watched")
    if subscription.is_about_watches:
        watch = one_line(subscription.watch_called)
        return safe_cut(texts.said(about), MOST_ABOUT) or texts.gettext("the trials of {watch}").format(watch=watch)
    if event is None:
        return one_line(texts.first_few(named, 6))
    if named and event.trial_id not in named:
        return texts.gettext("{trials}, in other registries, too").format(trials=one_line(texts.first_few(named, 3)))
    if len(named) > 1:
        words = texts.gettext("{count} trials, {trial} among them")
        return words.format(count=texts.number(len(named)), trial=one_line(event.trial_id))
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


def leaving_in_words(uri: str, texts: Texts = IN_ENGLISH) -> str:
    """How to leave, for those who read."""
    parts = urlsplit(uri)
    if parts.scheme != "mailto":
        return texts.gettext("To leave: {link}").format(link=uri)
    asked = unquote(parts.query.removeprefix("subject=")) if parts.query.startswith("subject=") else ""
    if not asked:
        return texts.gettext("To leave, write to {address}.").format(address=unquote(parts.path))
    words = texts.gettext("To leave, write to {address} with the subject “{subject}”.")
    return words.format(address=unquote(parts.path), subject=one_line(asked))
