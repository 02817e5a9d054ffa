"""Mails to who reads French: all that this program says is in French; what others wrote is marked as English."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from monitor.alerts.notices import to_confirm
from monitor.alerts.questions import ended_words, nothing_more, still_useful
from monitor.alerts.samples import sample
from monitor.channels.channel import EventContext
from monitor.channels.chat.rendering import EventMessage, digest_chat
from monitor.channels.email.notice import confirmation_mail
from monitor.channels.email.question import question_mail
from monitor.channels.email.rendering import EventMail
from monitor.language.texts import texts_of
from monitor.language.worded import worded
from monitor.model import Every, Rhythm, Subscription, Sum
from monitor.render.context import Drift, drift_line, sponsor_line
from monitor.storage.trials import Trial
from tests.channels.digests import REOPENED, SLIPPED, WHOLE, digest, entry
from tests.channels.email.mails import CONFIG, NOW, addressed
from tests.channels.email.test_digest_mail import FEW, PAGE, mail
from tests.channels.email.test_mail import (
    CRITERIA,
    HALTED,
    REASON,
    SPONSOR,
    TARGET,
    VERIFIED,
    event,
    html_of,
    new_outcome,
    parsed,
    shown_words,
    subscription,
    text_of,
)
from tests.french import left_in_english

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


def test_no_word_of_this_program_is_left_in_english() -> None:
    background = (
        drift_line(SLIPPED, Drift(unit="days", amount=245, times=3, since=date(2025, 9, 22), on=date(2026, 11, 22))),
        sponsor_line(14, stopped=2, slipped=1, posted=0),
    )
    told = event(HALTED, REASON, TARGET, SLIPPED, CRITERIA, SPONSOR, new_outcome(1), VERIFIED)
    alerts = EventMail(
        EventContext(told, "Melatonin", None, PAGE, registry_name="CTIS", background=background), told.changes
    )
    alert = alerts.for_subscriber(*addressed(subscription=reader(), **MADE_FOR))
    unchecked = (
        ("NCT1", worded("not confirmed since {day}", day=date(2026, 11, 20))),
        ("ISRCTN", worded("not read yet")),
    )
    missed = replace(WHOLE, checked=212, unchecked=unchecked)
    adds_up = replace(SLIPPED, adds_up=Sum(moves=3, since=date(2026, 3, 1), unit="days", amount=92, before=None))
    rhythm = Rhythm(every=Every.DAILY)
    many = [entry(number, *each) for number, each in enumerate([(adds_up,), (REOPENED,), (new_outcome(1), CRITERIA)])]
    digests = [
        mail(replace(digest(*many, coverage=missed), period=period), subscription=reader(rhythm=rhythm))
        for period in ("daily", "weekly", "monthly", "quiet hours", "catch-up", "pause")
    ]
    stays = (
        "Melatonin in Group",
        "Melatonin",
        "Fjordside University Hospital",
        "Nordlys Pharma AB",
        "Biomarker 1 in plasma",
    )
    stays += (
        "Adults with insomnia after heart surgery",
        "Able to wear an actigraph for",
        "nights",
        "trials.example.org",
    )

    assert "troisième report en 14 mois" in words(alert)
    assert "2 des 14 autres essais de ce promoteur suivis ici ont été arrêtés dans les 90 jours précédents" in words(
        alert
    )
    assert "soit au total 92 jours plus tard depuis le 1er mars 2026" in words(digests[0])
    assert "NCT1 : non confirmé depuis le 20 nov" in words(digests[0])
    for each in (alert, *digests):
        assert left_in_english(f"{parsed(each)['Subject']} {text_of(each)}", *stays) == []
        assert left_in_english(shown_words(each), *stays) == []


def test_a_text_in_german_is_marked_as_german_whatever_language_the_mail_is_in() -> None:
    told = event(HALTED, TARGET)
    title = "Wirksamkeit und Sicherheit der Bewegungstherapie bei Patienten mit Arthrose"
    mails = EventMail(EventContext(told, title, None, "https://example.org/1", registry_name="DRKS"), told.changes)

    for language in ("fr", "en"):
        mail = mails.for_subscriber(*addressed(subscription=reader(language), **MADE_FOR))
        assert f'<bdi lang="de">{title}</bdi>' in html_of(mail)


def test_that_nothing_more_is_expected_is_said_in_french() -> None:
    ended = {
        ("ctis", each): ended_words(Trial("ctis", each, title="Melatonin"), how)
        for each, how in (
            ("NCT05550001", worded("{status}, with results posted", status=worded("Completed"))),
            ("NCT05550002", worded("removed from the registry")),
        )
    }
    envelope, sender = addressed(subscription=reader(), about="Melatonin", **MADE_FOR)
    told = question_mail(nothing_more(ended, texts_of("fr"), now=NOW), envelope, sender)

    subject = "Plus rien n’est attendu de NCT05550001 et NCT05550002 : conserver ces alertes ?"
    assert parsed(told)["Subject"].replace("\u202f", " ") == subject
    assert "NCT05550001 (Melatonin) : Terminé, résultats publiés." in words(told)
    assert "NCT05550002 (Melatonin) : retiré du registre." in words(told)
    assert left_in_english(text_of(told) + shown_words(told), "trials.example.org") == []
    assert 'lang="en"' not in html_of(told)


def test_a_test_of_a_subscription_is_in_french() -> None:
    registry = SimpleNamespace(key="ctis", name="CTIS", example_id="NCT05550001")
    context = SimpleNamespace(registries={"ctis": registry}, config=CONFIG)
    told = sample(reader(), context, page=PAGE, now=NOW).body

    assert "Test de cet abonnement" in words(told)
    assert left_in_english(text_of(told) + shown_words(told), "trials.example.org") == []


def test_a_chat_hears_in_the_language_of_its_subscription() -> None:
    told = event(HALTED, REASON, TARGET, CRITERIA, new_outcome(1))
    made = EventMessage(told, title="Melatonin", url=PAGE, changes=told.changes)
    readers = [reader(note="Melatonin"), reader(), reader("en"), reader()]
    message, without, english, again = (made.for_subscriber(each).decode().replace("\u202f", " ") for each in readers)
    summed = digest_chat(FEW, reader(rhythm=Rhythm(every=Every.DAILY))).decode().replace("\u202f", " ")

    assert message.startswith(
        "[critique] NCT05550001 – Melatonin\n• Statut global : Recrutement en cours → Suspendu.\n"
        "• Raison de l’arrêt – ajout : « Drug supply ran out ».\n"
    )
    assert message == f"{without}\nNote : Melatonin"
    assert (without == again, without == english) == (True, False)
    assert "[critical] NCT05550001 – Melatonin" in english
    assert summed.startswith("Résumé quotidien : 1 changement critique")
    stays = ("Melatonin in Group", "trials.example.org", *("seven", "five", "nights"))
    assert left_in_english(message + summed, *stays) == []


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
