"""A digest as a mail: what is skimmed, what a program reads, and what a stranger's text cannot do."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels.channel import Digest
from monitor.channels.email.digest import LARGEST, MANY, MOST_DETAILS, digest_mail
from monitor.errors import ConfigurationInvalid
from monitor.model import ContextLine, Every, Rhythm, Subscription, Sum, Timing
from tests.channels.digests import REOPENED, SLIPPED, WHOLE, digest, entry, trial_id
from tests.channels.email.mails import NOW, addressed
from tests.channels.email.test_mail import (
    CRITERIA,
    HALTED,
    HOSTILE,
    OBEYED,
    REASON,
    SPONSOR,
    SUBSCRIPTION,
    TARGET,
    VERIFIED,
    Tags,
    header_names,
    html_of,
    new_outcome,
    parsed,
    shown_words,
    subscription,
    text_of,
)
from tests.sample_sizes import examples

PAGE = "https://trials.example.org/a/AbC_-0"


def daily(**more: object) -> Subscription:
    return subscription(rhythm=Rhythm(every=Every.DAILY), **more)


def mail(told: Digest, **more: object) -> bytes:
    made_for = {"subscription": daily(), "delivery_id": "a99784b4", "sequence": 17, "date": NOW, "manage": PAGE}
    return digest_mail(told, *addressed(**{**made_for, **more}))


def forty() -> Digest:
    kinds = [(CRITERIA,), (SLIPPED, TARGET), (TARGET, CRITERIA), (SLIPPED,), (CRITERIA, VERIFIED)]
    usual = [entry(number, *kinds[number % 5], hours=number / 2) for number in range(37)]
    stopped = [entry(number, HALTED, REASON, TARGET, hours=number / 2) for number in (37, 38)]
    return digest(*usual, *stopped, entry(39, SPONSOR))


FEW = digest(
    entry(1, HALTED, REASON, TARGET, SLIPPED, CRITERIA),
    entry(2, CRITERIA, VERIFIED),
    entry(3, HALTED, hours=9),
    entry(3, REOPENED, hours=2, snapshot=3),
)


SPACE = " "
"""Behind the two hyphens before a foot, which no editor takes away here."""


# What a subscriber reads


def test_the_text_part_reads_alone():
    assert (
        text_of(mail(FEW, subscription=daily(note="Comparators")))
        == f"""\
1 critical, 2 major and 2 minor changes in 3 trials
Daily digest, 2026-11-26 08:00 to 2026-11-27 08:00, Europe/Paris

[critical] NCT05550001 – Melatonin in Group 1
  Overall status: Recruiting → Suspended – “Drug supply ran out”
    [major] Enrollment (estimated): 1,240 → 620; 50% fewer, while recruiting
    [major] Primary completion date (estimated): 2027-03 → 2027-11; 8 months
    later
    [minor] Eligibility criteria changed: “seven” became “five”
  https://clinicaltrials.gov/study/NCT05550001

[minor] NCT05550002 – Melatonin in Group 2
  Eligibility criteria changed: “seven” became “five”
    [administrative] Last verified: 2026-08 → 2026-11
  https://clinicaltrials.gov/study/NCT05550002

[taken back] NCT05550003 – Melatonin in Group 3
  Overall status went to Suspended and back to Recruiting
  https://clinicaltrials.gov/study/NCT05550003

214 of 214 trials checked, registry data of 2026-11-26 09:00
(ClinicalTrials.gov) and 2026-11-26 04:10 (CTIS).

--{SPACE}
You asked to hear of NCT05550001 as a daily digest: changes of minor
significance or more.
Your note: Comparators
This is alert 17 of this subscription.
To change this or leave: https://trials.example.org/a/AbC_-0
"""
    )


def test_both_parts_say_the_same():
    raw = mail(FEW)
    words, read = " ".join(text_of(raw).split()), shown_words(raw)

    for told in ("Recruiting → Suspended – “Drug supply ran out”", "1,240 → 620", "went to Suspended and back to"):
        assert told in words
        assert told in read
    assert f'href="{PAGE}/leave"' in html_of(raw)


def test_forty_trials_are_a_line_each_in_the_order_in_which_they_matter():
    page = html_of(mail(forty()))

    badges = re.findall(r'<span class="badge badge-[a-z-]+"[^>]*>([^<]+)</span>', page)
    assert badges == ["critical"] * 3 + ["major"] * 22 + ["minor"] * 15
    assert page.count('class="which"') == 40
    assert "more trial" not in page
    assert len(page.encode()) <= LARGEST


def test_all_quiet_says_what_was_looked_at():
    raw = mail(digest(period="weekly"))

    assert parsed(raw)["Subject"] == "All quiet: 214 of 214 trials checked"
    for part in (" ".join(text_of(raw).split()), shown_words(raw)):
        assert "Nothing that you asked for has changed. 214 of 214 trials checked, registry data of 2026-11-26" in part
    assert "head-quiet" in html_of(raw)


def test_what_could_not_be_checked_is_named_and_nothing_is_called_quiet():
    coverage = replace(WHOLE, checked=212, unchecked=(("NCT05559999", "the registry answers 404"),))
    raw = mail(digest(coverage=coverage))

    for part in (text_of(raw), shown_words(raw)):
        assert "NCT05559999: the registry answers 404" in part
        assert "as far as could be checked." in " ".join(part.split())
    assert "All quiet" not in text_of(raw) + shown_words(raw)


def test_days_are_told_where_a_digest_is_of_several():
    daily, weekly = mail(FEW), mail(replace(FEW, period="weekly"))

    assert "(seen 2026-11-27)" not in text_of(daily)
    assert "(seen 2026-11-27)" in text_of(weekly)


def test_what_small_changes_add_up_to_is_said_beside_the_last_of_them():
    total = Sum(moves=3, since=date(2026, 9, 1), unit="days", amount=-91, before={"date": "2028-02"})
    last = replace(SLIPPED, measure={"days": -30}, adds_up=total)

    told = mail(digest(entry(1, last)))

    assert "2027-03 → 2027-11; 8 months later; adds up to 91 days earlier since 2026-09-01" in " ".join(
        text_of(told).split()
    )
    assert "adds up to 91 days earlier since 2026-09-01" in shown_words(told)
    assert parsed(told)["Subject"] == (
        "Daily digest: NCT05550001: Primary completion date: 91 days earlier in all since 2026-09-01"
    )


def test_when_in_its_life_a_trial_changed_is_not_cut():
    late = TARGET.summary.replace("50% fewer, while recruiting", "2,114.3% fewer, after the primary completion date")
    told = mail(digest(entry(1, replace(TARGET, summary=late, timing=Timing.AFTER_PRIMARY_COMPLETION))))

    assert "2,114.3% fewer, after the primary completion date" in " ".join(text_of(told).split())


def test_what_a_watch_looks_for_is_said_and_not_its_number():
    reader = daily(trials=frozenset(), watch_id=3)
    raw = mail(FEW, subscription=reader, about="trials led by Nordlys Pharma AB")

    assert "You asked to hear of trials led by Nordlys Pharma AB as a daily digest:" in " ".join(text_of(raw).split())
    assert "watch 3" not in text_of(raw) + html_of(raw)


def test_what_stands_around_a_change_is_said_under_it():
    drift = ContextLine(kind="drift", field="enrollment", text="Enrollment: second cut in 14 months, -60%.", facts={})
    raw = mail(digest(entry(1, TARGET, background=(drift,)), entry(2, SPONSOR, background=(drift,))))

    for part in (text_of(raw), shown_words(raw)):
        assert part.count("second cut in 14 months") == 1
        assert part.index("1,240 → 620") < part.index("second cut")


def test_an_outcome_list_is_told_as_far_as_there_is_room_and_the_rest_counted():
    raw = mail(digest(entry(1, HALTED, *(new_outcome(number) for number in range(30)))))

    assert text_of(raw).count("[minor]") == MOST_DETAILS
    assert "and 24 more changes" in text_of(raw)
    assert "and 24 more changes" in shown_words(raw)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            replace(TARGET, summary="Enrollment target was cut from 1,240 to 620 participants, 50% fewer."),
            "1,240 → 620; 50% fewer",
        ),
        (
            replace(
                TARGET,
                timing=Timing.ENROLLING,
                summary="Enrollment target was cut from 1,240 to 620 participants, while the trial was under way.",
            ),
            "1,240 → 620",
        ),
        (
            replace(
                TARGET,
                timing=Timing.AFTER_RESULTS,
                summary="Enrollment target was cut from 1,240 to 620 participants, after results were submitted.",
            ),
            "1,240 → 620; after results were submitted",
        ),
        (
            replace(HALTED, after="UNKNOWN", summary="The registry set the overall status to unknown: not verified."),
            "  The registry set the overall status to unknown: not verified",
        ),
    ],
    ids=["what the values do not say", "a usual time", "a late time", "a sentence that says more"],
)
def test_a_line_is_short_and_says_what_counts(told, line):
    assert f"{line}\n  https://" in text_of(mail(digest(entry(1, told))))


# What a program reads


def test_it_has_the_headers_of_every_alert_and_is_in_no_thread():
    message = parsed(mail(FEW))

    assert message["Message-ID"] == "<a99784b4@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "Trial alerts <alerts.example.org>"
    assert message["List-Unsubscribe"] == f"<{PAGE}/leave>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (message["X-Monitor-Digest"], message["X-Monitor-Sequence"]) == ("daily", "17")
    assert message["References"] is message["In-Reply-To"] is None


def test_without_pages_people_leave_by_mail():
    message = parsed(mail(FEW, manage=""))

    assert message["List-Unsubscribe"] == f"<mailto:operator@example.org?subject=Unsubscribe%20{SUBSCRIPTION}>"
    with pytest.raises(ConfigurationInvalid, match="mailto: or https:"):
        mail(FEW, manage="", unsubscribe="")


def test_made_again_it_is_the_same_to_the_byte():
    assert mail(forty()) == mail(forty())


# How long it is

LONG = "Very long “words” & <signs> 'and' more " * 40


@pytest.mark.parametrize(
    "changes",
    [
        (HALTED, REASON, TARGET, SLIPPED, CRITERIA, *(new_outcome(number) for number in range(20))),
        (replace(HALTED, after="<&" * 300, summary=LONG), replace(REASON, after=LONG), replace(TARGET, summary=LONG)),
        (replace(CRITERIA, summary='"' * 600), *(replace(SPONSOR, summary="&<>'\"" * 200) for _ in range(20))),
        (replace(CRITERIA, summary="药物供应中断" * 100),),
    ],
    ids=["many changes", "long values", "signs to escape", "three bytes a sign"],
)
@pytest.mark.parametrize("trials", [1, MANY + 1, 60, 200])
def test_no_mail_program_cuts_it_whatever_it_holds(changes, trials):
    """And the estimate that bounds it wastes no more than half of the room."""
    around = (ContextLine(kind="sponsor", text=LONG, facts={}),)
    entries = [entry(number, *changes, title=LONG, hours=number / 10, background=around) for number in range(trials)]
    page = "https://trials.example.org/trials/CTRI-2025-01-000001"
    entries = [replace(each, context=replace(each.context, page=page)) for each in entries]
    coverage = replace(WHOLE, unchecked=tuple((LONG, LONG) for _ in range(300)))
    reader = subscription(note=LONG * 60, trials=frozenset(), watch_id=3)
    page = html_of(mail(digest(*entries, omitted=12_345, coverage=coverage), subscription=reader, about=LONG))

    assert len(page.encode()) <= LARGEST
    told = page.count('class="which"')
    assert told == trials or len(page.encode()) > LARGEST / 2
    untold = trials - told
    assert f"{untold} more trial{'s' if untold > 1 else ''} changed" in page if untold else "more trial" not in page
    assert "12,345 more events of no more significance are left out" in page


def test_what_there_is_no_room_for_goes_from_the_least_significant():
    entries = [entry(number, CRITERIA, *(new_outcome(n) for n in range(9)), hours=number / 10) for number in range(90)]
    page = html_of(mail(digest(*entries, entry(99, HALTED, REASON, TARGET, SLIPPED))))

    assert page.index(trial_id(99)) < page.index(trial_id(0))
    details = [row.count('class="detail"') for row in page.split('class="which"')[1:]]
    assert details[0] == 2
    assert details == sorted(details[:1]) + sorted(details[1:], reverse=True)


# What a stranger's text cannot do

AROUND = (ContextLine(kind="sponsor", text="Around.", facts={}),)
SHOWN = (
    FEW,
    replace(FEW, period="weekly"),
    digest(entry(1, TARGET, background=AROUND)),
    digest(coverage=replace(WHOLE, unchecked=(("a", "b"),))),
)
PLAIN = [Tags(html_of(mail(told, subscription=subscription(note="Ours")))) for told in SHOWN]
KNOWN_TAGS = {tag for page in PLAIN for tag, _ in page.found}
KNOWN_ATTRIBUTES = {name for page in PLAIN for _, attributes in page.found for name in attributes}
NAMES = header_names(mail(FEW))


@examples(30, 500)  # each renders a mail
@given(st.lists(HOSTILE, min_size=12, max_size=12))
def test_hostile_text_adds_no_header_and_no_tag(texts):
    status, reason, summary, number, title, note, about, url, registry, what, why, criteria = texts
    changes = (
        replace(HALTED, after=status or "X", summary=summary),
        replace(REASON, after=reason, summary=summary),
        replace(CRITERIA, after=criteria, summary=summary),
    )
    hostile = entry(
        1,
        *changes,
        background=(ContextLine(kind="drift", text=criteria, facts={}),),
        title=title,
        url=url,
        registry_name=registry,
        has_siblings=True,
    )
    hostile = replace(hostile, context=replace(hostile.context, event=replace(hostile.context.event, trial_id=number)))
    back = replace(REOPENED, before=changes[0].after, after=HALTED.before, summary=summary)
    coverage = replace(WHOLE, checked=3, versions=((what, why),), unchecked=((what, why),))

    raw = mail(
        digest(hostile, entry(2, changes[0]), entry(2, back, hours=1), coverage=coverage, period="weekly"),
        subscription=subscription(note=note, trials=frozenset(), watch_id=1),
        about=about,
    )

    assert header_names(raw) == NAMES
    assert len(parsed(raw)["Subject"]) <= 160
    page = Tags(html_of(raw))
    assert {tag for tag, _ in page.found} <= KNOWN_TAGS
    assert {name for _, attributes in page.found for name in attributes} <= KNOWN_ATTRIBUTES
    links = [attributes["href"] for tag, attributes in page.found if tag == "a"]
    assert {urlsplit(link or "").scheme for link in links} <= {"http", "https", "mailto"}
    assert not OBEYED.search(text_of(raw) + html_of(raw))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", 'https://a.example/" onclick="x', "//x", ""]
)
def test_only_the_web_can_be_clicked(url):
    page = html_of(mail(digest(entry(1, HALTED, url=url))))

    assert [attributes["href"] for tag, attributes in Tags(page).found if tag == "a"] == [PAGE, f"{PAGE}/leave"]


def test_right_to_left_words_turn_nothing_round_them():
    title, reason = "השפעת מלטונין", "תקציב נגמר"
    page = html_of(mail(digest(entry(1, HALTED, replace(REASON, after=reason), title=title))))

    assert f">{title}</bdi>" in page
    assert f">“{reason}”</bdi>" in page


def test_dark_colors_reach_every_color_that_is_inlined():
    coverage = replace(WHOLE, unchecked=(("NCT05559999", "no answer"),))
    told = replace(FEW, entries=(*FEW.entries, entry(9, TARGET, background=AROUND)), coverage=coverage, omitted=3)
    page = html_of(mail(told, subscription=subscription(note="Ours")))
    dark = page.partition("@media (prefers-color-scheme: dark) {")[2].partition("</style>")[0]
    names = {name for selectors in re.findall(r"([^{}]+)\{[^}]*[ {]color:", dark) for name in selectors.split(",")}
    reached = {name.strip() for name in names}

    for tag, attributes in Tags(page).found:
        if re.search(r"(?<!-)color:", attributes.get("style") or ""):
            classes = {f".{name}" for name in (attributes.get("class") or "").split()}
            assert reached & {tag, *classes}, (tag, attributes)
