"""Mails to who reads French: all that this program says is in French; what others wrote is marked as English."""

from dataclasses import replace

from monitor.alerts.notices import to_confirm
from monitor.alerts.questions import still_useful
from monitor.channels.channel import EventContext
from monitor.channels.email.notice import confirmation_mail
from monitor.channels.email.question import question_mail
from monitor.channels.email.rendering import EventMail
from monitor.language.worded import worded
from monitor.model import Every, Rhythm, Subscription
from tests.channels.digests import WHOLE, digest
from tests.channels.email.mails import NOW, addressed
from tests.channels.email.test_digest_mail import FEW, PAGE, mail
from tests.channels.email.test_mail import HALTED, TARGET, event, html_of, parsed, shown_words, subscription, text_of

MADE_FOR = {"delivery_id": "a99784b4", "sequence": 17, "date": NOW, "manage": PAGE}


def reader(language: str = "fr", **more: object) -> Subscription:
    return replace(subscription(**more), language=language)


def words(told: bytes) -> str:
    return " ".join(text_of(told).replace("\u202f", " ").split())


def test_an_alert_says_in_french_why_it_came_and_how_to_leave() -> None:
    told = event(HALTED, TARGET)
    context = EventContext(told, "A trial", None, "https://example.org/1", registry_name="ISRCTN")
    mails = EventMail(context, told.changes)
    french, english, again = (
        mails.for_subscriber(*addressed(subscription=reader(each), **MADE_FOR)) for each in ("fr", "en", "fr")
    )

    said = words(french)
    assert french == again
    assert parsed(french)["Content-Language"] == "fr"
    assert parsed(french)["Subject"].startswith("[critique] ")
    assert "Importance : critique. Vu le " in said
    assert "Vous avez demandé à être informé sur " in said
    assert "Ceci est l’alerte n° 17 de cet abonnement." in said
    assert f"Pour modifier cet abonnement ou l’arrêter : {PAGE}" in said
    page = html_of(french)
    assert '<html lang="fr"' in page
    assert "Statut global" in page
    assert "Suspendu" in parsed(french)["Subject"]
    assert '<bdi lang="en">A trial</bdi>' in page
    assert "Se désabonner" in page
    assert "Ouvrir dans ISRCTN" in page

    assert parsed(english)["Content-Language"] is None
    assert parsed(english)["Subject"].startswith("[critical] ")
    assert "Significance: critical. Seen " in words(english)


def test_a_digest_counts_and_is_quiet_in_french() -> None:
    daily = reader(rhythm=Rhythm(every=Every.DAILY))
    told = mail(FEW, subscription=daily)
    quiet = mail(digest(coverage=WHOLE), subscription=daily)

    assert parsed(told)["Subject"].replace("\u202f", " ").startswith("Résumé quotidien : ")
    assert "changements majeurs" in words(told) or "changement majeur" in words(told)
    assert "dans un résumé quotidien" in words(told)
    assert parsed(quiet)["Subject"].replace("\u202f", " ").startswith("Rien à signaler : ")
    assert "Rien de ce que vous avez demandé n’a changé." in words(quiet)
    assert "All quiet" not in words(quiet) + html_of(quiet)


def test_a_confirmation_and_the_yearly_question_are_whole_in_french() -> None:
    about = worded("that {sponsor} leads", sponsor="Halden")
    envelope, sender = addressed(
        subscription=reader(), about=worded("trials {parts}", parts=about), confirm="https://example.org/c", **MADE_FOR
    )
    confirm = confirmation_mail(to_confirm("confirm/1", str(envelope.about), now=NOW), envelope, sender)
    yearly = question_mail(still_useful(now=NOW), envelope, sender)

    assert parsed(confirm)["Subject"] == "Confirmez que vous voulez être informé sur des essais cliniques"
    assert "des changements concernant les essais dont Halden est le promoteur." in words(confirm)
    assert parsed(yearly)["Subject"].replace("\u202f", " ") == "Ces alertes sont-elles encore utiles ?"
    assert "16 e-mails, concernant les essais dont Halden est le promoteur." in words(yearly)
    assert "Oui, les conserver" in words(yearly)
    english = ("asked", "The link", "Unsubscribe", "Confirm that", "alerts", "You ", "Since", "Alert ")
    assert [each for each in english if each in words(confirm) + words(yearly) + shown_words(yearly)] == []
