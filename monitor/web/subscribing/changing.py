"""A subscription's own page: what it shows, and what its form changes."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from monitor.alerts import managing
from monitor.alerts.editing import Editable
from monitor.alerts.links import Links
from monitor.alerts.managing import Managed
from monitor.alerts.subscribe import SubscribeContext
from monitor.errors import ConfigurationInvalid
from monitor.language.catalogues import LANGUAGES
from monitor.language.texts import texts_of
from monitor.language.worded import worded
from monitor.model import SubscriptionState
from monitor.render.rhythms import rhythm_words
from monitor.text import one_line
from monitor.views.addresses import masked
from monitor.views.cursors import place_cursor
from monitor.views.filter_words import in_words
from monitor.web.site.forms import Form, one
from monitor.web.subscribing.choosing import OF_FILTERS, filled_in, filters_of, rhythm_of, shown
from monitor.web.subscribing.ideas import LONGEST_NOTE

PAUSED_FOR = timedelta(days=30)


def managed_values(managed: Managed, language: str) -> dict[str, object]:
    """What the templates are given of a subscription."""
    texts = texts_of(language)
    subscription = managed.subscription
    filters = subscription.filters
    return {
        "about": texts.said(managed.about),
        "address": masked(subscription.endpoint.shown),
        "hears_of_trouble": subscription.origin == "operator",
        "note": subscription.note or "",
        "own_language": subscription.language,
        **shown(filters, subscription.rhythm),
        "may_come": subscription.everything or subscription.is_about_watches,
        "told": in_words(filters, texts),
        "rhythm": rhythm_words(subscription.rhythm, texts),
        "missed": managed.missed,
        "reason": texts.said(managed.reason),
        "missed_words": texts.ngettext("{count} update", "{count} updates", managed.missed).format(
            count=texts.number(managed.missed)
        ),
        "paused_on": texts.written_day(f"{subscription.paused_at:%Y-%m-%d}") if subscription.paused_at else "",
        "paused_until": texts.written_day(f"{subscription.paused_until:%Y-%m-%d}") if subscription.paused_until else "",
        "is_paused": subscription.state is SubscriptionState.PAUSED,
        "is_ended": subscription.state is SubscriptionState.ENDED,
        "is_pending": subscription.state is SubscriptionState.PENDING,
        "is_fixed": managed.is_fixed,
        "is_shared": managed.is_shared,
        "can_return": managed.can_return,
        "sent": [(f"{each.at:%Y-%m-%d}", each.subject) for each in managed.sent],
        "older": place_cursor(managed.next),
        "older_words": texts.ngettext("{count} older mail", "{count} older mails", managed.older).format(
            count=texts.number(managed.older) + ("+" if managed.older >= managing.MOST_OLDER else "")
        ),
    }


def changed(form: Form, token: str, links: Links, context: SubscribeContext, *, language: str) -> str:
    """Do what the button of a form says, and give what was done. ConfigurationInvalid where it cannot be."""
    _ = texts_of(language).gettext
    match one(form, "do"):
        case "save":
            managing.change(token, partial(edited_by, form), links, context)
            return _("Saved. It counts from the next change on.")
        case "pause":
            managing.pause(token, links, context)
            return _("Paused. What was owed waits, and nothing new is told until you go on.")
        case "pause for a while":
            managing.pause(token, links, context, lasts=PAUSED_FOR)
            return _("Paused for 30 days. Then they go on, and what you missed comes as one mail.")
        case "resume":
            managing.resume(token, links, context)
            return _("It goes on.")
        case "catch up":
            told = managing.resume(token, links, context, catch_up=True)
            return " ".join((_("It goes on."), _told(told, language)))
        case "return":
            managing.come_back(token, links, context)
            return _("It goes on. What was owed when you left is not sent any more.")
    raise ConfigurationInvalid(worded("Use one of the buttons of this page."))


def filled_again(form: Form) -> dict[str, object]:
    """What the form of a subscription shows again, where it could not be saved: all that was typed and chosen.

    What the form did not offer stays as the subscription has it.
    """
    filled = filled_in(form)
    if "offers" not in form:
        for name in OF_FILTERS:
            del filled[name]
    chosen = one(form, "language")
    if chosen in LANGUAGES:
        filled["own_language"] = chosen
    return filled


def edited_by(form: Form, was: Editable) -> Editable:
    """What a form makes of a subscription. ConfigurationInvalid for what it cannot be."""
    note = one_line(one(form, "note"))
    if len(note) > LONGEST_NOTE:
        raise ConfigurationInvalid(worded("A note has at most {count} characters.", count=LONGEST_NOTE))
    chosen = one(form, "language")
    return replace(
        was,
        filters=filters_of(form, was.filters),
        rhythm=rhythm_of(form, was.rhythm),
        note=note or None,
        language=chosen if chosen in LANGUAGES else was.language,
    )


def _told(missed: int, language: str) -> str:
    texts = texts_of(language)
    if not missed:
        return texts.gettext("You missed nothing.")
    words = texts.ngettext(
        "{count} update that you missed will come as one mail.",
        "{count} updates that you missed will come as one mail.",
        missed,
    )
    return words.format(count=texts.number(missed))
