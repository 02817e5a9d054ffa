"""An event as a mail: what a subscriber reads first, what programs read, and what a stranger's text cannot do."""

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from email.header import decode_header, make_header
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.kinds import KINDS
from monitor.channels.email import mime
from monitor.channels.email.rendering import MOST_CHANGES
from monitor.errors import ConfigurationInvalid
from monitor.model import Change, Endpoint, Event, Every, Filters, Rhythm, Significance, Subscription, delivery_id
from tests.channels.email.mails import mail_bytes
from tests.sample_sizes import examples

NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)
URL = "https://clinicaltrials.gov/study/NCT05550001"
SUBSCRIPTION = "6f8f4a34-9c19-4f3c-9f25-0d7c6f7d54aa"


def change(kind, before, after, *, field, significance=Significance.MAJOR, summary="It changed.") -> Change:
    return Change(
        field=field,
        path="protocolSection",
        kind=kind,
        topic=KINDS[kind].topic,
        before=before,
        after=after,
        summary=summary,
        significance=significance,
    )


HALTED = change(
    "status.stopped",
    "RECRUITING",
    "SUSPENDED",
    field="overall_status",
    significance=Significance.CRITICAL,
    summary="Overall status went from Recruiting to Suspended: “Drug supply ran out”.",
)
REASON = change(
    "why_stopped.added",
    None,
    "Drug supply ran out",
    field="why_stopped",
    significance=Significance.CRITICAL,
    summary="Reason for stopping was added: “Drug supply ran out”.",
)
TARGET = change(
    "enrollment.target",
    {"count": 1240, "type": "ESTIMATED"},
    {"count": 620, "type": "ESTIMATED"},
    field="enrollment",
    summary="Enrollment target was cut from 1,240 to 620 participants, 50% fewer, while recruiting.",
)
CRITERIA = change(
    "eligibility.criteria",
    "Inclusion Criteria:\n\n* Adults with insomnia after heart surgery\n* Able to wear an actigraph for seven nights",
    "Inclusion Criteria:\n\n* Adults with insomnia after heart surgery\n* Able to wear an actigraph for five nights",
    field="eligibility_criteria",
    significance=Significance.MINOR,
    summary="Eligibility criteria changed: “seven” became “five”.",
)
SPONSOR = change(
    "sponsor.lead",
    {"name": "Fjordside University Hospital", "class": "OTHER"},
    {"name": "Nordlys Pharma AB", "class": "INDUSTRY"},
    field="lead_sponsor",
    significance=Significance.CRITICAL,
    summary="Lead sponsor changed from Fjordside University Hospital to Nordlys Pharma AB.",
)
VERIFIED = change(
    "verified", "2026-08", "2026-11", field="status_verified_date", significance=Significance.ADMINISTRATIVE
)


def new_outcome(number: int) -> Change:
    measure = f"Biomarker {number} in plasma"
    return change(
        "outcome.secondary.added",
        None,
        {"measure": measure, "time_frame": "Week 4"},
        field="secondary_outcomes",
        significance=Significance.MINOR,
        summary=f"Secondary outcome added: “{measure}” (time frame: “Week 4”).",
    )


def event(*changes: Change, trial_id: str = "NCT05550001") -> Event:
    return Event(registry="clinicaltrials.gov", trial_id=trial_id, snapshot=2, occurred_at=NOW, changes=changes)


def subscription(address: str = "ines@example.org", **more) -> Subscription:
    endpoint = Endpoint(id="mailbox", channel="email", shown=address, address=address)
    about = {"trials": frozenset({("clinicaltrials.gov", "NCT05550001")})} | more
    return Subscription(id=SUBSCRIPTION, endpoint=endpoint, created_at=NOW, **about)


def mail(*changes: Change, of: Event | None = None, **more) -> bytes:
    told = of or event(*changes)
    options = {
        "title": "Melatonin After Heart Surgery",
        "url": URL,
        "subscription": subscription(),
        "delivery_id": delivery_id(told.id, SUBSCRIPTION),
        "sequence": 17,
        "changes": changes or told.changes,
        "sender": "Trial monitor <monitor@example.org>",
        "list_host": "example.org",
        "unsubscribe": "mailto:operator@example.org",
        "date": NOW,
        "registry_name": "ClinicalTrials.gov",
    }
    return mail_bytes(told, **options | more)


def parsed(raw: bytes):
    return email.message_from_bytes(raw, policy=email.policy.default)


def text_of(raw: bytes) -> str:
    return parsed(raw).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(raw: bytes) -> str:
    return parsed(raw).get_body(("html",)).get_content().replace("\r\n", "\n")


def shown_words(raw: bytes) -> str:
    """The HTML part as it is read: no tags, and not the preview that only stands in a list of mails."""
    body = html_of(raw).partition("<body")[2]
    body = re.sub(r'<div class="preview".*?</div>', "", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<(/?)(\w+)[^>]*>", "", "<body" + body)).replace("\xa0", " ").split())


def preview_style(page: str) -> str:
    return dict(Tags(page).found[[tag for tag, _ in Tags(page).found].index("div")][1])["style"]


# What a subscriber reads


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ((HALTED, REASON, TARGET), "[critical] NCT05550001: Suspended – “Drug supply ran out”"),
        ((HALTED,), "[critical] NCT05550001: Suspended"),
        (
            (TARGET, CRITERIA),
            f"[major] NCT05550001: {TARGET.summary.rstrip('.')}",
        ),
        (
            (replace(TARGET, summary=f"{TARGET.summary[:-1]}, after the primary completion date."),),
            "[major] NCT05550001: Enrollment: 1,240 (estimated) → 620 (estimated)",
        ),
        ((CRITERIA, VERIFIED), "[minor] NCT05550001: Eligibility criteria changed: “seven” became “five”"),
    ],
)
def test_the_subject_says_the_most_significant_change(changes, subject):
    assert parsed(mail(*changes))["Subject"] == subject


def test_the_most_significant_change_comes_first_whatever_the_order_given():
    assert parsed(mail(VERIFIED, CRITERIA, REASON, HALTED))["Subject"].startswith("[critical] NCT05550001: ")


def test_the_first_line_says_what_changed_from_what_to_what():
    first = text_of(mail(HALTED, REASON, TARGET)).splitlines()[0]

    assert first == "Overall status: Recruiting → Suspended – “Drug supply ran out”"


def test_the_text_tells_each_change_by_significance_with_its_sentence():
    text = text_of(mail(CRITERIA, VERIFIED, TARGET, SPONSOR, HALTED, REASON))

    places = [text.index(f"[{mark}]") for mark in ("critical", "major", "minor", "administrative")]
    assert places == sorted(places)
    assert "    1,240 (estimated) → 620 (estimated)\n    50% fewer, while recruiting.\n" in text
    assert "for [-seven-] {+five+} nights" in text
    assert "[administrative] Last verified" in text


def test_what_the_heading_tells_whole_is_not_told_again():
    raw = mail(HALTED, REASON, TARGET)

    assert "went from" not in text_of(raw)
    assert text_of(raw).count("Drug supply ran out") == 1
    assert shown_words(raw).count("Drug supply ran out") == 1
    assert "1 more change" in shown_words(raw)


def test_a_reason_too_long_for_the_heading_and_one_that_replaces_another_have_their_own_place():
    long = replace(REASON, after="Drug supply ran out " * 40)
    other = replace(REASON, before="Slow accrual")

    assert "[critical] Why stopped" in text_of(mail(HALTED, long))
    assert "    Slow accrual → Drug supply ran out" in text_of(mail(HALTED, other))


@pytest.mark.parametrize("count", [1, 2, MOST_CHANGES])
def test_every_change_is_told_in_both_parts(count):
    changes = [HALTED, REASON, SPONSOR, TARGET, CRITERIA, *(new_outcome(n) for n in range(40))][:count]
    raw = mail(*changes)

    news = ["Suspended", "Drug supply ran out", "Nordlys Pharma AB", "620", "{+five+}"]
    for told in [*news, *(f"Biomarker {n} in plasma" for n in range(40))][:count]:
        assert told in " ".join(text_of(raw).split())
        assert told.strip("{+}") in shown_words(raw)


def test_changes_of_one_field_share_one_heading():
    raw = mail(HALTED, *(new_outcome(n) for n in range(12)))

    assert text_of(raw).count("[minor] Secondary outcomes") == 1
    assert "    + Biomarker 3 in plasma (Week 4)\n    + Biomarker 4 in plasma (Week 4)\n" in text_of(raw)
    assert html_of(raw).count("<h2") == 1


@pytest.mark.parametrize(
    ("summary", "heading"),
    [
        (
            "NCT05550001 is no longer in the registry, which says: “NCT number NCT05550001 not found”.",
            "No longer in the registry, which says: “NCT number NCT05550001 not found”",
        ),
        (
            "NCT05550001 has been merged into NCT05550002, which the registry now gives in its place.",
            "Merged into NCT05550002, which the registry now gives in its place",
        ),
    ],
)
def test_a_trial_that_went_is_told_in_words_and_its_id_not_said_twice(summary, heading):
    gone = change("trial.removed", "NCT05550001", None, field="trial_id", summary=summary)
    raw = mail(gone)

    assert parsed(raw)["Subject"] == f"[major] NCT05550001: {heading}"
    assert text_of(raw).splitlines()[0] == heading
    assert "none" not in text_of(raw)


def test_what_qualifies_both_values_is_said_once_in_the_heading():
    raw = mail(TARGET)

    assert text_of(raw).startswith("Enrollment (estimated): 1,240 → 620\n50% fewer, while recruiting.\n")


def test_administrative_changes_are_named_beside_others_and_told_where_they_are_alone():
    updated = replace(VERIFIED, kind="updated", field="last_update_post_date", before="2026-08-01", after="2026-11-20")

    assert "[administrative] Last verified, Last update posted\n" in text_of(mail(TARGET, VERIFIED, updated))
    assert "    2026-08-01 → 2026-11-20\n" in text_of(mail(VERIFIED, updated))


def test_content_that_no_field_takes_is_told_in_words_not_by_path():
    path = "protocolSection.statusModule.delayedPosting"
    raw = mail(HALTED, change("other", {path: None}, {path: True}, field="rest", summary="Also changed: x."))

    assert "    status: delayed posting: none → yes\n" in text_of(raw)
    assert path not in html_of(raw)


def test_the_preview_beside_the_subject_says_which_trial_and_how_many_changes():
    page = html_of(mail(HALTED, REASON, TARGET))
    preview = re.search(r'<div class="preview"[^>]*>(.*?)</div>', page)[1]

    assert "display: none" in preview_style(page)
    assert re.sub("<[^>]+>", "", preview) == (
        "Melatonin After Heart Surgery · Overall status: Recruiting → Suspended · 3 changes in all"
    )


def test_no_line_of_text_is_wider_than_a_mail_unless_it_cannot_be_broken():
    raw = mail(HALTED, REASON, TARGET, CRITERIA, title="A Long Title of Many Words " * 8, of=event(HALTED, VERIFIED))

    assert max(len(line) for line in text_of(raw).splitlines() if " " in line.strip()) <= 76


def test_a_word_of_any_length_is_broken_rather_than_making_the_mail_wider():
    cells = [attributes for tag, attributes in Tags(html_of(mail(HALTED, TARGET, CRITERIA))).found if tag == "td"]

    assert all("overflow-wrap: anywhere" in cell["style"] for cell in cells)


def test_both_color_schemes_are_declared_and_nothing_else_needs_the_style_sheet():
    page = html_of(mail(HALTED, REASON, TARGET, CRITERIA))
    sheet = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]

    assert '<meta name="color-scheme" content="light dark">' in page
    assert sheet.count("@media (prefers-color-scheme: dark)") == 1
    assert not re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*\s*\}", "", sheet).strip()
    assert all("style" in attributes for tag, attributes in Tags(page).found if tag in ("h1", "h2", "ins", "del"))


def test_dark_colors_reach_every_color_that_is_inlined():
    """A text whose color stays that of the light scheme cannot be read on the dark one."""
    page = html_of(mail(SPONSOR, HALTED, REASON, TARGET, CRITERIA, VERIFIED, subscription=subscription(note="Ours")))
    dark = page.partition("@media (prefers-color-scheme: dark) {")[2].partition("</style>")[0]
    names = {name for selectors in re.findall(r"([^{}]+)\{[^}]*[ {]color:", dark) for name in selectors.split(",")}
    reached = {name.strip() for name in names}

    for tag, attributes in Tags(page).found:
        if re.search(r"(?<!-)color:", attributes.get("style") or "") and attributes.get("class") != "open":
            classes = {f".{name}" for name in (attributes.get("class") or "").split()}
            assert reached & {tag, *classes}, (tag, attributes)


@pytest.mark.parametrize(
    ("rhythm", "how"),
    [
        (Rhythm(every=Every.WEEKLY), " as a weekly digest: changes"),
        (
            Rhythm(every=Every.DAILY, breaks_through=True),
            " as a daily digest, and at once of what is critical: changes",
        ),
        (
            Rhythm(quiet_hours=(time(22), time(7)), breaks_through=True),
            " outside your quiet hours, from 22:00 to 07:00, and at once of what is critical: changes",
        ),
    ],
)
def test_it_says_how_it_is_told(rhythm, how):
    """Also where a critical change comes at once all the same."""
    raw = mail(HALTED, subscription=subscription(rhythm=rhythm))

    assert f"You asked to hear of NCT05550001{how}" in " ".join(text_of(raw).split())


def test_it_says_why_it_came_and_how_to_leave():
    filters = Filters(topics=frozenset({"status", "dates"}), min_significance=Significance.MAJOR)
    raw = mail(HALTED, subscription=subscription(filters=filters, note="Comparator of our phase 2"))

    for body in (text_of(raw), html_of(raw)):
        flowing = " ".join(body.split())
        assert "You asked to hear of NCT05550001: changes (dates, status) of major significance or more." in flowing
        assert "Comparator of our phase 2" in flowing
    assert "operator@example.org" in text_of(raw)
    assert URL in text_of(raw)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"trials": frozenset(), "everything": True}, "every trial that is watched"),
        ({"trials": frozenset(), "watch_id": 3}, "the trials of watch 3"),
        (
            {"trials": frozenset(("clinicaltrials.gov", f"NCT0555000{n}") for n in range(4))},
            "4 trials, NCT05550001 among them",
        ),
    ],
)
def test_it_says_what_the_subscription_is_about(about, words):
    assert words in " ".join(text_of(mail(HALTED, subscription=subscription(**about))).split())


def test_changes_outside_of_what_was_asked_for_are_named():
    raw = mail(HALTED, of=event(HALTED, CRITERIA, VERIFIED))

    told = "Also changed, outside what you asked for: Eligibility criteria, Last verified"
    assert told in " ".join(text_of(raw).split())
    assert told in shown_words(raw)


def test_many_changes_are_cut_and_the_cut_is_said():
    raw = mail(*(new_outcome(n) for n in range(MOST_CHANGES + 5)))

    assert "And 5 more changes" in text_of(raw)
    assert "And 5 more changes" in html_of(raw)
    assert len(raw) < 102_400, "larger mails are clipped by Gmail"


def test_a_long_text_is_shown_around_its_change_only():
    long = "\n".join(f"* Criterion number {number} about something else" for number in range(400))
    text = text_of(mail(replace(CRITERIA, before=long, after=long.replace("number 200", "number two hundred"))))

    assert "[-200-] {+two hundred+}" in text
    assert "…" in text
    assert len(text) < 2_000


def test_sites_are_told_by_country_where_they_are_many():
    sites = [{"facility": f"Clinic {n}", "city": "Bergen", "country": "Norway", "zip": str(n)} for n in range(30)]
    added = change("site.added", None, sites, field="sites", summary="30 sites added in Norway.")

    assert "+ Norway: 30 sites (Bergen)" in text_of(mail(added))


# What programs read


def test_it_has_every_header_that_a_careful_sender_sets():
    told = event(HALTED)
    message = parsed(mail(of=told))

    assert message["From"] == "Trial monitor <monitor@example.org>"
    assert message["To"] == "ines@example.org"
    assert message["Date"] == "Sun, 22 Nov 2026 17:00:00 +0000"
    assert message["Message-ID"] == f"<{delivery_id(told.id, SUBSCRIPTION)}@example.org>"
    assert message["In-Reply-To"] == message["References"]
    assert message["References"] == f"<clinicaltrials.gov/NCT05550001/{SUBSCRIPTION}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Trial alerts <alerts.example.org>"
    assert message["List-Unsubscribe"] == f"<mailto:operator@example.org?subject=Unsubscribe%20{SUBSCRIPTION}>"
    assert message["X-Monitor-Event"] == "clinicaltrials.gov/NCT05550001/2"
    assert message["X-Monitor-Sequence"] == "17"
    assert message["Precedence"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_what_a_watch_looks_for_is_said_and_not_its_number():
    watching = subscription(trials=frozenset(), watch_id=3)
    known, unknown = (
        mail(HALTED, subscription=watching, about="trials that Nordlys leads"),
        mail(HALTED, subscription=watching),
    )

    assert "You asked to hear of trials that Nordlys leads: changes of minor" in text_of(known)
    assert "You asked to hear of the trials of watch 3: changes of minor" in text_of(unknown)


@pytest.mark.parametrize("host", ["https://trials.example.org", "http://127.0.0.1:8080"])
def test_a_subscription_with_a_page_of_its_own_is_changed_and_left_there(host):
    page = f"{host}/a/AbC_-0"
    told = parsed(mail(HALTED, manage=page))
    text, html = (part.get_content() for part in told.iter_parts())

    assert told["List-Unsubscribe"] == f"<{page}/leave>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"To change this or leave: {page}\r\n" in text
    assert f'href="{page}"' in html
    assert f'href="{page}/leave"' in html
    assert "mailto:" not in text + html


def test_leaving_takes_one_click_only_where_there_is_a_page_for_it():
    with_page = parsed(mail(HALTED, unsubscribe="https://trials.example.org/leave/abc"))
    without = parsed(mail(HALTED))

    assert with_page["List-Unsubscribe"] == "<https://trials.example.org/leave/abc>"
    assert with_page["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("way", ["", "operator@example.org", "javascript:alert(1)", "http://x.example/leave"])
def test_a_way_to_leave_that_nobody_can_use_is_refused(way):
    with pytest.raises(ConfigurationInvalid, match="mailto: or https:"):
        mail(HALTED, unsubscribe=way)


def test_mails_on_one_trial_thread_and_no_mail_has_the_threads_own_id():
    first = parsed(mail(of=event(HALTED)))
    later = parsed(mail(of=replace(event(TARGET), snapshot=3)))

    assert first["References"] == later["References"]
    assert len({first["Message-ID"], later["Message-ID"], first["References"]}) == 3


def test_made_again_it_is_the_same_to_the_byte():
    assert mail(HALTED, CRITERIA) == mail(HALTED, CRITERIA)


def test_it_needs_no_extension_of_smtp():
    reason = replace(REASON, after="药物供应中断 " * 30 + "x" * 3_000)
    raw = mail(HALTED, reason, title="Étude مغلق", subscription=subscription(note="ß"))

    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 78


def test_an_international_receiver_is_named_in_their_own_letters():
    raw = mail(HALTED, subscription=subscription("josé@example.org"))

    assert "To: josé@example.org\r\n".encode() in raw


def test_a_senders_name_may_be_in_any_script_and_of_any_length():
    name = "Überwachung klinischer Prüfungen " * 6
    raw = mail(HALTED, sender=f'"{name}" <monitor@example.org>')

    value = email.message_from_bytes(raw)["From"]
    assert str(make_header(decode_header(value))).split() == [*name.split(), "<monitor@example.org>"]
    assert max(map(len, value.splitlines())) <= 78


# What a stranger's text cannot do

ODD = "\r\n\0\x07\x1b\x7f\x85\x9b\u2028\u2029\u202e\u2066\u200b\ufeff\ud800\udfff<>\"'&%{}@,;:=?\\ "
HOSTILE = st.one_of(
    st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=120),
    st.sampled_from(
        [
            "x\r\nBcc: omar@example.org\r\n\r\nbody",
            "=?utf-8?q?=0D=0ABcc:_omar@example.org?=",
            "=?utf-8?b?DQpCY2M6IG9tYXJAZXhhbXBsZS5vcmc=?=",
            "</style><script>alert(1)</script><img src=//x.example onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "javascript:alert(1)",
            "{{ 7 * 7 }}{% raw %}",
            "word " * 400,
            "x" * 5_000,
            "ß" * 3_000,
            "--=_a99784b4",
            ".",
        ]
    ),
)
NAMES = [
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe", "X-Monitor-Event", "X-Monitor-Sequence"),
    *("MIME-Version", "Content-Type"),
]


OBEYED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""What a program or a reader's eye would obey rather than show, line feeds aside."""


def header_names(raw: bytes) -> list[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode()
    assert "\n" not in head.replace("\r\n", "")
    assert not OBEYED.search(head.replace("\r\n", ""))
    assert max(map(len, head.split("\r\n"))) <= 998
    return [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in " \t"]


class Tags(HTMLParser):
    """Every tag with its attributes, the text outside of styles, and how often a script began."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


PLAIN_PAGE = Tags(html_of(mail(HALTED, REASON, TARGET, CRITERIA, VERIFIED, title="Since 2026-11")))
KNOWN_TAGS = {tag for tag, _ in PLAIN_PAGE.found}
KNOWN_ATTRIBUTES = {name for _, attributes in PLAIN_PAGE.found for name in attributes}


@examples(30, 500)  # each renders a mail
@given(st.lists(HOSTILE, min_size=12, max_size=12))
def test_hostile_text_adds_no_header_and_no_tag(texts):
    status, reason, summary, trial_id, title, note, name, host, way, url, root, criteria = texts
    told = event(
        replace(HALTED, after=status or "X", summary=summary),
        replace(REASON, after=reason, summary=summary),
        replace(CRITERIA, after=criteria),
        trial_id=trial_id.encode("utf-8", "replace").decode(),
    )

    raw = mail(
        of=told,
        title=title,
        url=url,
        subscription=subscription(note=note),
        sender=f"{name} <monitor@example.org>",
        list_host=host,
        delivery_id=root,
        unsubscribe=f"mailto:{way[:60]}",
    )

    assert header_names(raw) == NAMES
    message = parsed(raw)
    assert len(message["Subject"]) <= 120
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    page = Tags(html_of(raw))
    assert {tag for tag, _ in page.found} <= KNOWN_TAGS
    assert {name for _, attributes in page.found for name in attributes} <= KNOWN_ATTRIBUTES
    links = [attributes["href"] for tag, attributes in page.found if tag == "a"]
    assert {urlsplit(link or "").scheme for link in links} <= {"http", "https", "mailto"}
    assert not OBEYED.search(text_of(raw) + html_of(raw))


@given(HOSTILE)
def test_a_free_header_stays_one_header_and_says_what_it_said(text):
    name, value = mime.unstructured("Subject", text)
    raw = f"{name}: {value}\r\nX-Last: 1\r\n\r\n".encode("ascii")

    assert header_names(raw) == ["Subject", "X-Last"]
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    # What a mail program shows; it folds spaces around encoded words.
    assert "".join(parsed(raw)["Subject"].split()) == "".join(mime.one_line(text).split())


@given(HOSTILE, HOSTILE)
def test_an_address_header_stays_one_header(name, mailbox):
    header, value = mime.address("To", f"{name} <{mailbox}@example.org>")

    assert header_names(f"{header}: {value}\r\nX-Last: 1\r\n\r\n".encode()) == ["To", "X-Last"]


def test_only_the_web_can_be_clicked_and_nothing_is_fetched():
    page = html_of(mail(HALTED, url="javascript:alert(document.cookie)"))

    assert "javascript:" not in page
    assert "Open in" not in page
    assert not re.search(r"\bsrc=|url\(|@import|<script|<link|<img", html_of(mail(HALTED)))


def test_markup_in_the_registrys_words_is_shown_as_it_stands():
    raw = mail(replace(HALTED), replace(REASON, after="<b>Sponsor's</b> decision & {{ budget }}"))

    assert "&lt;b&gt;Sponsor" in html_of(raw)
    assert "<b>Sponsor's</b> decision & {{ budget }}" in " ".join(text_of(raw).split())
