"""`monitor subscriptions`: what is said to who asks for something that makes no sense."""

from pathlib import Path

import pytest

from tests.cli.commands import Monitor, command

OPS = ("subscribe", "email", "ops@example.org", "--all")


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    return command(tmp_path)


@pytest.fixture
def ended(monitor: Monitor) -> str:
    """The id of a subscription that has ended."""
    monitor(*OPS, "--name", "ops")
    listed = monitor("subscriptions", "list", "--json").stdout
    monitor("subscriptions", "remove", "ops")
    return listed.split('"id":"')[1][:8]


@pytest.mark.parametrize("asked", [("edit", "--note", "x"), ("pause",), ("resume",), ("test",)])
def test_what_has_ended_is_not_brought_back_and_written_to_by_the_way(monitor: Monitor, ended: str, asked) -> None:
    verb, *options = asked

    ran = monitor("subscriptions", verb, ended, *options)

    said = "monitor: subscription ops has ended: `monitor subscribe` makes another\n"
    assert (ran.returncode, ran.stderr) == (2, said)
    assert '"state":"ended"' in monitor("subscriptions", "list", "--json").stdout


def test_an_edit_of_nothing_says_what_can_be_said(monitor: Monitor) -> None:
    monitor(*OPS, "--name", "ops")

    ran = monitor("subscriptions", "edit", "ops")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "monitor: say what to change, such as --digest weekly or --note TEXT; --help has it all\n"


def test_a_subscriber_reads_in_the_language_that_is_given(monitor: Monitor) -> None:
    monitor(*OPS, "--name", "ops", "--language", "fr")
    assert '"language":"fr"' in monitor("subscriptions", "list", "--json").stdout

    assert '"language":"fr"' in monitor("subscriptions", "edit", "ops", "--note", "why", "--json").stdout
    assert '"language":"en"' in monitor("subscriptions", "edit", "ops", "--language", "en", "--json").stdout
    ran = monitor("subscriptions", "edit", "ops", "--language", "de")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "monitor: “de” is not a language that subscribers can read in; known: en, fr\n"


@pytest.mark.parametrize("option", ["--name", "--note", "--topic"])
def test_an_option_that_says_nothing_is_refused(monitor: Monitor, option: str) -> None:
    ran = monitor(*OPS, option, " ")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert option in ran.stderr
    assert "it is empty: leave it out, or say what it is" in ran.stderr


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("rivals", "there is no subscription “rivals”: `monitor subscriptions list` shows those there are"),
        ("3f", "“3f” is too short: give 4 characters of an id or more, or all of a name"),
    ],
)
def test_a_name_that_nothing_has_is_told_from_an_id_that_is_too_short(monitor: Monitor, which: str, said: str) -> None:
    assert monitor("subscriptions", "pause", which).stderr == f"monitor: {said}\n"


def test_a_catch_up_that_finds_nothing_says_so(monitor: Monitor) -> None:
    ran = monitor(*OPS, "--catch-up", "30d")

    assert "Nothing that it asks for happened in the time that it was to catch up with." in ran.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((*OPS, "--min-days", "abc"), "--min-days: “abc” is not a whole number"),
        ((*OPS, "--min-percent", "a lot"), "--min-percent: “a lot” is not a number"),
        (("subscribe", "fax", "a@x.org", "--all"), "CHANNEL: “fax” is none of email, webhook and chat"),
        (("subscribe", "emial", "a@x.org"), "CHANNEL: “emial” is none of email, webhook and chat; did you mean email?"),
        (("deliveries", "list", "--state", "foo"), "--state: “foo” is none of owed, delivered and rejected"),
        (("deliveries", "list", "--limit", "0"), "--limit: “0” is not a whole number of 1 or more"),
        (("subscriptions", "edit", "ops", "--clear", "nope", "--clear", "note"), "--clear: “nope” is none of "),
        (("backfill",), "name trials, or give --watch or --all"),
        (("show",), "missing argument 'TRIAL_ID': `monitor show --help` says more"),
        (("check", "--nope"), "no such option: --nope: `monitor check --help` says more"),
        (("chekc",), "no such command 'chekc'. Did you mean 'check'? `monitor --help` says more"),
        (("check", "--json=3"), "option '--json' does not take a value"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_cannot_be_understood_is_one_line_that_names_it(monitor: Monitor, typed, said: str) -> None:
    ran = monitor(*typed)

    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith(f"monitor: {said}")
