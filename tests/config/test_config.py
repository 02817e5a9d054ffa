"""What may stand in config.toml and in variables, and what a person reads when something else does."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.channels import NAMES
from monitor.config import Config, find, load
from monitor.config.places import values_in
from monitor.errors import ConfigurationInvalid
from monitor.model import Filters, Role, Search, Significance
from monitor.settings import Section
from monitor.settings.refused import Key

DEFAULT_FILE = Path(__file__).parents[2] / "config.toml"

SECRETS = {
    "/smtp/password": "MONITOR_SMTP__PASSWORD",
    "/smtp/dkim_key": "MONITOR_SMTP__DKIM_KEY",
    "/bounces/password": "MONITOR_BOUNCES__PASSWORD",
    "/bounces/token": "MONITOR_BOUNCES__TOKEN",
    "/secret_key": "MONITOR_SECRET_KEY",
}
"""Keys that only a variable may give, and which."""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write config.toml into an empty working directory, and give its path as a person would."""
    monkeypatch.chdir(tmp_path)

    def write(content: str | bytes) -> Path:
        Path("config.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
        return Path("config.toml")

    return write


def complaint(path: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        load(path, environ)
    return str(caught.value)


# The default file


def keys_of(value: object, above: str = "") -> Iterator[str]:
    """Every key that holds a value; tables in a list count once."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from keys_of(inner, f"{above}/{name}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from keys_of(inner, above)
    else:
        yield above


def every_key(section: type[Section]) -> Iterator[Key]:
    """Every key that the sections declare, those of tables in a list among them."""
    for key, declared in values_in(section):
        if declared.section:
            yield from ((*key, *below) for below in every_key(declared.section))
        else:
            yield key


def changed(section: Section) -> dict[str, object]:
    """What differs from the defaults, as plain tables."""
    different = {
        name: value for name, each in section.settings.items() if (value := vars(section)[name]) != each.default
    }
    return {
        name: changed(value)
        if isinstance(value, Section)
        else [changed(each) for each in value]
        if isinstance(value, tuple) and isinstance(value[0], Section)
        else value
        for name, value in different.items()
    }


def test_the_default_file_says_exactly_what_the_defaults_are():
    assert load(DEFAULT_FILE, {}) == load(None, {}) == Config()


def test_the_default_file_shows_every_key_with_a_comment_and_no_other():
    text = DEFAULT_FILE.read_text()
    with_examples = re.sub(r"^#(?=[^\s#])", "", text, flags=re.MULTILINE)
    keys = {"/" + "/".join(map(str, key)) for key in every_key(Config)}

    assert set(keys_of(tomllib.loads(with_examples))) == keys - SECRETS.keys()
    lines = with_examples.splitlines()
    uncommented = [line for before, line in pairwise(lines) if "=" in line and before[:1] != "#"]
    assert [line for line in uncommented if not line.startswith("#")] == []


def test_the_examples_in_the_default_file_are_good(written):
    with_examples = re.sub(r"^#(?=[^\s#])", "", DEFAULT_FILE.read_text(), flags=re.MULTILINE)

    config = load(written(with_examples), {})

    assert [watch.looks_for for watch in config.watch] == [
        None,
        Search(sponsor="Alzahra Hospital"),
        Search(condition="breast cancer"),
        Search(expression="AREA[Phase]PHASE3 AND melanoma"),
        Search(),
    ]
    assert [subscription.looks_for for subscription in config.subscription if subscription.sponsor] == [
        Search(sponsor="Alzahra Hospital", role=Role.ANY)
    ]
    assert [subscription.channel for subscription in config.subscription] == ["email", *NAMES, "email"]
    assert config.subscription[0].watch == config.watch[0].name


def test_the_default_file_names_the_variable_of_every_secret():
    text = DEFAULT_FILE.read_text()
    for variable in SECRETS.values():
        assert variable in text
        assert f"{variable}_FILE" in text


# What is accepted


def test_a_file_needs_to_say_only_what_differs(written):
    config = load(written('[registries."clinicaltrials.gov"]\ncontact = "ruth@trials.example"'), {})

    assert config.registries["clinicaltrials.gov"].contact == "ruth@trials.example"
    assert config.registries["clinicaltrials.gov"].base_url == "https://clinicaltrials.gov/api/v2"
    assert config.store == Config().store


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15s", timedelta(seconds=15)),
        ("90m", timedelta(minutes=90)),
        ("1h", timedelta(hours=1)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("10s", timedelta(seconds=10)),
        ("52w", timedelta(weeks=52)),
    ],
)
def test_a_span_is_a_number_and_a_unit(written, text, span):
    assert load(written(f'[schedule]\ncheck_every = "{text}"'), {}).schedule.check_every == span
    assert load(None, {"MONITOR_SCHEDULE__CHECK_EVERY": text}).schedule.check_every == span


def test_a_whole_number_of_requests_is_a_number(written):
    config = load(written('[registries."clinicaltrials.gov"]\nrequests_per_second = 2'), {})
    assert config.registries["clinicaltrials.gov"].requests_per_second == 2.0


def test_an_address_loses_the_slash_at_its_end():
    config = load(None, {"MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL": "http://127.0.0.1:8089/api/v2/"})
    assert config.registries["clinicaltrials.gov"].base_url == "http://127.0.0.1:8089/api/v2"


def test_a_file_saved_on_windows_is_read(written):
    assert load(written(b'\xef\xbb\xbf[schedule]\r\ncheck_every = "2h"\r\n'), {}).schedule.check_every == timedelta(
        hours=2
    )


def test_watches_keep_their_names_and_order(written):
    config = load(written('[[watch]]\ntrials = ["NCT1", "x"]\n[[watch]]\nname = "B"\ntrials = ["NCT2"]'), {})
    assert [(watch.name, watch.trials) for watch in config.watch] == [(None, ("NCT1", "x")), ("B", ("NCT2",))]


def test_nobody_can_change_a_configuration_once_it_is_loaded():
    config = load(None, {})
    with pytest.raises(AttributeError):
        config.store.url = "sqlite:///elsewhere"


def test_a_subscription_says_who_is_told_of_what(written):
    config = load(
        written(
            """
            [[subscription]]
            name = "Safety office"
            email = "ops@trials.example"
            trials = ["NCT02116634"]
            topics = ["status", "dates"]
            kinds = ["outcome.primary", "phase"]
            min_significance = "major"
            min_percent = 20
            min_days = 30
            note = "Our comparator"
            language = "fr"

            [[subscription]]
            webhook = "https://trials.example/hook?key=1"
            watch = "Honey"

            [[subscription]]
            chat = "slack://a/b/c"
            all = true
            """
        ),
        {},
    )
    office, hook, chat = config.subscription

    assert [(each.channel, *each.addresses) for each in config.subscription] == [
        ("email", "ops@trials.example"),
        ("webhook", "https://trials.example/hook?key=1"),
        ("chat", "slack://a/b/c"),
    ]
    assert (office.trials, hook.watch, chat.all) == (("NCT02116634",), "Honey", True)
    assert (office.name, office.note, office.language) == ("Safety office", "Our comparator", "fr")
    assert office.filters == Filters(
        topics=frozenset({"status", "dates"}),
        kinds=frozenset({"outcome.primary", "phase"}),
        min_significance=Significance.MAJOR,
        min_percent=20.0,
        min_days=30,
    )
    assert hook.filters == chat.filters == Filters()


@pytest.mark.parametrize(
    "sender", ["a@b", "Ruth <ruth@trials.example>", "<ruth@trials.example>", "Zoë Honey <zoë@müller.example>"]
)
def test_a_sender_is_an_address_with_a_name_or_without(written, sender):
    assert load(written(f"[smtp]\nsender = '{sender}'"), {}).smtp.sender == sender


# Variables


def test_a_variable_beats_the_file(written):
    path = written('[store]\nurl = "sqlite:///file.sqlite3"\n[schedule]\ncheck_every = "2h"')

    config = load(path, {"MONITOR_STORE__URL": "sqlite:///variable.sqlite3", "HOME": "/root"})

    assert config.store.url == "sqlite:///variable.sqlite3"
    assert config.schedule.check_every == timedelta(hours=2)


def test_every_key_can_be_a_variable():
    config = load(
        None,
        {
            "MONITOR_STORE__URL": "postgresql://monitor:pw@db/monitor",
            "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL": "http://127.0.0.1:8089",
            "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND": "2.5",
            "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__CONTACT": "https://trials.example/us",
            "MONITOR_SCHEDULE__CHECK_EVERY": "15s",
            "MONITOR_SCHEDULE__FULL_CHECK_EVERY": "1d",
            "MONITOR_SMTP__HOST": "smtp.trials.example",
            "MONITOR_SMTP__PORT": "587",
            "MONITOR_SMTP__SECURITY": "starttls",
            "MONITOR_SMTP__USERNAME": "12345",
            "MONITOR_SMTP__PASSWORD": "54321",
            "MONITOR_SMTP__AUTH": "password",
            "MONITOR_SMTP__TOKEN_FILE": "",
            "MONITOR_SMTP__TOKEN_COMMAND": "",
            "MONITOR_SMTP__SENDER": "trials@trials.example",
            "MONITOR_SMTP__DKIM_SELECTOR": "2026",
            "MONITOR_SMTP__DKIM_DOMAIN": "trials.example",
            "MONITOR_SMTP__DKIM_KEY": "-----BEGIN PRIVATE KEY-----\nMIIE\n",
            "MONITOR_WEBHOOKS__TIMEOUT": "1s",
            "MONITOR_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8", "fd00::/8"]',
            "MONITOR_CHAT__SCHEMAS": '["mmosts"]',
            "MONITOR_NETWORK__CA_BUNDLE": "/etc/ssl/ours.pem",
            "MONITOR_NETWORK__PROXY": "socks5h://ruth:pa55word@proxy.trials.example:1080",
            "MONITOR_OPERATOR__EMAIL": "ruth@trials.example",
            "MONITOR_SECRET_KEY": "0123456789abcdef",
            "MONITOR_WATCH": '[{trials = ["NCT02116634"], name = "Vitamin D"}]',
            "MONITOR_SUBSCRIPTION": '[{chat = "slack://a/b/c", all = true}]',
        },
    )

    assert changed(config) == {
        "store": {"url": "postgresql://monitor:pw@db/monitor"},
        "registries": {
            "clinicaltrials.gov": {
                "base_url": "http://127.0.0.1:8089",
                "requests_per_second": 2.5,
                "contact": "https://trials.example/us",
            }
        },
        "schedule": {"check_every": timedelta(seconds=15), "full_check_every": timedelta(days=1)},
        "smtp": {
            "host": "smtp.trials.example",
            "port": 587,
            "security": "starttls",
            "username": "12345",
            "password": "54321",
            "sender": "trials@trials.example",
            "dkim_selector": "2026",
            "dkim_domain": "trials.example",
            "dkim_key": "-----BEGIN PRIVATE KEY-----\nMIIE\n",
        },
        "webhooks": {"timeout": timedelta(seconds=1), "allow_networks": ("127.0.0.0/8", "fd00::/8")},
        "chat": {"schemas": ("mmosts",)},
        "network": {
            "ca_bundle": "/etc/ssl/ours.pem",
            "proxy": "socks5h://ruth:pa55word@proxy.trials.example:1080",
        },
        "operator": {"email": "ruth@trials.example"},
        "secret_key": "0123456789abcdef",
        "watch": [{"name": "Vitamin D", "trials": ("NCT02116634",)}],
        "subscription": [{"chat": "slack://a/b/c", "all": True}],
    }


def test_a_variable_can_name_a_file_that_holds_the_value(tmp_path):
    secret = tmp_path / "store-url"
    secret.write_text("postgresql+psycopg://monitor:s3cr3t@db/monitor\n")

    config = load(None, {"MONITOR_STORE__URL_FILE": str(secret)})

    assert config.store.url == "postgresql+psycopg://monitor:s3cr3t@db/monitor"


@pytest.mark.parametrize(
    "raw",
    [
        b"hunter2",
        b"hunter2\n",
        b"hunter2\r\n",
        b"\xef\xbb\xbfhunter2\r\n",
        "hunter2\r\n".encode("utf-16"),
        b"\xfe\xff" + "hunter2\n".encode("utf-16-be"),
    ],
)
def test_what_marks_the_encoding_of_a_file_is_no_part_of_a_secret(tmp_path, raw):
    (tmp_path / "secret").write_bytes(raw)

    assert load(None, {"MONITOR_SMTP__PASSWORD_FILE": str(tmp_path / "secret")}).smtp.password == "hunter2"


def test_spaces_are_a_part_of_a_secret(tmp_path):
    (tmp_path / "secret").write_bytes(b" hunter 2 \n")

    assert load(None, {"MONITOR_SMTP__PASSWORD_FILE": str(tmp_path / "secret")}).smtp.password == " hunter 2 "


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n\r\n", b"  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(tmp_path, raw):
    (tmp_path / "secret").write_bytes(raw)

    words = complaint(None, {"MONITOR_SMTP__PASSWORD_FILE": str(tmp_path / "secret")})

    assert words == "MONITOR_SMTP__PASSWORD_FILE: the file that it names cannot be read: it is empty"


@pytest.mark.parametrize(
    ("url", "is_enough"),
    [
        ("https://trials.example.org", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080/trials", True),
        ("http://trials.example.org", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example.org", False),
    ],
)
def test_links_to_subscriptions_are_read_by_nobody_on_the_way(url, is_enough):
    given = {"MONITOR_WEB__PUBLIC_URL": url, "MONITOR_WEB__SELF_SERVICE": "true"}

    if is_enough:
        assert load(None, given).web.self_service
    else:
        assert "web has self_service = true, which needs an https address as public_url" in complaint(None, given)
    assert load(None, {"MONITOR_WEB__PUBLIC_URL": url}).web.public_url == url


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"AUTH": "ntlm"}, "MONITOR_SMTP__AUTH: expected"),
        ({"AUTH": "xoauth2"}, 'smtp has auth = "xoauth2", which needs a username, no password, and token_file or'),
        ({"AUTH": "xoauth2", "USERNAME": "m"}, "which needs a username"),
        ({"AUTH": "xoauth2", "TOKEN_FILE": "t"}, "which needs a username"),
        ({"AUTH": "xoauth2", "USERNAME": "m", "TOKEN_FILE": "t", "TOKEN_COMMAND": "c"}, "which needs a username"),
        ({"AUTH": "xoauth2", "USERNAME": "m", "TOKEN_FILE": "t", "PASSWORD": "hunter2"}, "which needs a username"),
        ({"TOKEN_FILE": "t"}, 'has token_file and no auth = "xoauth2"'),
        ({"TOKEN_COMMAND": "say 'hunter2"}, "MONITOR_SMTP__TOKEN_COMMAND: expected a command that prints"),
    ],
)
def test_a_login_by_token_is_whole_or_refused(given, words):
    told = complaint(None, {f"MONITOR_SMTP__{name}": value for name, value in given.items()})

    assert words in told
    assert "hunter2" not in told


def test_a_variable_that_names_a_missing_file_is_refused():
    words = complaint(None, {"MONITOR_STORE__URL_FILE": "/nowhere/at/all"})
    assert re.match(r"MONITOR_STORE__URL_FILE: .*/nowhere/at/all.* cannot be read: .", words)


def test_a_variable_and_its_file_are_one_too_many():
    words = complaint(None, {"MONITOR_STORE__URL": "sqlite:///a", "MONITOR_STORE__URL_FILE": "/run/secrets/b"})
    assert words == "MONITOR_STORE__URL_FILE: MONITOR_STORE__URL is set too; set one of them"


def test_variables_that_others_set_are_left_alone():
    """systemd names its own variables MONITOR_… in a unit started by another one's failure."""
    assert load(None, {"MONITOR_UNIT": "x.service", "MONITOR_CONFIG": "here.toml", "MONITORING": "on"}) == Config()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("MONITOR_STORE_URL", "did you mean MONITOR_STORE__URL?"),
        ("MONITOR_STORE__URI", "did you mean MONITOR_STORE__URL?"),
        ("MONITOR_store__url", "did you mean MONITOR_STORE__URL?"),
        ("MONITOR_CONFIG_FILE", "did you mean MONITOR_CONFIG?"),
        ("MONITOR_LDAP__QUUX", "known: MONITOR_STORE__URL, "),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(name, hint):
    words = complaint(None, {name: "hunter2"})
    assert words.startswith(f"{name} is not a known variable; {hint}")
    assert "hunter2" not in words


# What is refused, in one line each

CTGOV = '[registries."clinicaltrials.gov"]\n'
A_SPAN = 'expected a span from "10s" to "52w", such as "15s", "90m", "1h", "7d" or "2w"'
AN_ADDRESS = 'expected an http(s) address without "?" and "#", such as "https://clinicaltrials.gov/api/v2"'
IDS = 'expected a list of registration numbers, such as ["NCT02116634"]'
TO_OPS = "[[subscription]]\nemail = 'ops@trials.example'\n"

BAD_FILES = [
    (
        CTGOV + "request_per_second = 1",
        'registries."clinicaltrials.gov".request_per_second is not a known key; did you mean requests_per_second?',
    ),
    (
        '[registries."clinicaltrial.gov"]\ncontact = "x"',
        'registries."clinicaltrial.gov" is not a known key; did you mean "clinicaltrials.gov"?',
    ),
    (
        "[registries.clinicaltrials.gov]\ncontact = 'x'",
        'registries.clinicaltrials is not a known key; did you mean "clinicaltrials.gov"?',
    ),
    ("[stor]\nurl = 'x'", "stor is not a known key; did you mean store?"),
    (
        "[ldap]\nhost = 'x'",
        "ldap is not a known key; known: store, registries, schedule, smtp, bounces, webhooks, chat, network, web",
    ),
    ("[schedule]\nCheck_Every = '1h'", "schedule.Check_Every is not a known key; did you mean check_every?"),
    ("[[watch]]\ntrial = ['N']\ntrials = ['N']", "watch 1: trial is not a known key; did you mean trials?"),
    ("[schedule]\ncheck_every = 'soon'", f'schedule.check_every {A_SPAN}, found "soon"'),
    ("[schedule]\ncheck_every = 3600", f"schedule.check_every {A_SPAN}, found 3600"),
    ("[schedule]\ncheck_every = '1h30m'", f'schedule.check_every {A_SPAN}, found "1h30m"'),
    ("[schedule]\ncheck_every = '9s'", f'schedule.check_every {A_SPAN}, found "9s"'),
    ("[schedule]\ncheck_every = '-1h'", f'schedule.check_every {A_SPAN}, found "-1h"'),
    ("[schedule]\ncheck_every = ''", f'schedule.check_every {A_SPAN}, found ""'),
    ("[schedule]\nfull_check_every = '53w'", f'schedule.full_check_every {A_SPAN}, found "53w"'),
    ("[schedule]\nfull_check_every = '999999w'", f'schedule.full_check_every {A_SPAN}, found "999999w"'),
    ("[schedule]\nfull_check_every = '٣h'", f'schedule.full_check_every {A_SPAN}, found "٣h"'),
    ("[schedule]\nfull_check_every = 2026-01-01", f"schedule.full_check_every {A_SPAN}, found 2026-01-01"),
    ("schedule = '1h'", 'schedule expected a table, found "1h"'),
    ("store = []", "store expected a table, found a list"),
    ("registries = 5", "registries expected a table, found 5"),
    ("[store]\nurl = 'monitor.sqlite3'", 'store.url expected an address such as "sqlite:///snapshots/'),
    ("[store]\nurl = 'sqlite:///'", "store.url expected an address such as"),
    ("[store]\nurl = 'postgres://db/monitor'", "store.url expected an address such as"),
    ("[store]\nurl = 'mysql://db/monitor'", "store.url expected an address such as"),
    ('[store]\nurl = "sqlite:///a\\u0000b"', "store.url expected an address such as"),
    ("[store]\nurl = {a = 1}", "store.url expected an address such as"),
    (CTGOV + "base_url = 'ftp://clinicaltrials.gov'", f'{AN_ADDRESS}, found "ftp://clinicaltrials.gov"'),
    (CTGOV + "base_url = 'clinicaltrials.gov/api'", f'{AN_ADDRESS}, found "clinicaltrials.gov/api"'),
    (CTGOV + "base_url = 'https:///api/v2'", f'{AN_ADDRESS}, found "https:///api/v2"'),
    (CTGOV + "base_url = 'https://host:port/'", f'{AN_ADDRESS}, found "https://host:port/"'),
    (CTGOV + "base_url = 'https://host:99999/'", f'{AN_ADDRESS}, found "https://host:99999/"'),
    (CTGOV + "base_url = 'https://[::1/'", f'{AN_ADDRESS}, found "https://[::1/"'),
    (CTGOV + "base_url = 'https://host/#top'", f'{AN_ADDRESS}, found "https://host/#top"'),
    (CTGOV + "base_url = 'https://a host/'", f'{AN_ADDRESS}, found "https://a host/"'),
    (CTGOV + 'base_url = "https://host/\\r\\nX: y"', r'found "https://host/\r\nX: y"'),
    (CTGOV + "base_url = ['https://a.example']", f"{AN_ADDRESS}, found a list"),
    (CTGOV + "requests_per_second = 0", "requests_per_second expected a number above 0 and up to 1000, found 0"),
    (CTGOV + "requests_per_second = -1.5", "expected a number above 0 and up to 1000, found -1.5"),
    (CTGOV + "requests_per_second = 1000.1", "expected a number above 0 and up to 1000, found 1000.1"),
    (CTGOV + "requests_per_second = nan", "expected a number above 0 and up to 1000, found nan"),
    (CTGOV + "requests_per_second = inf", "expected a number above 0 and up to 1000, found inf"),
    (CTGOV + "requests_per_second = true", "expected a number above 0 and up to 1000, found true"),
    (CTGOV + "requests_per_second = '1'", 'expected a number above 0 and up to 1000, found "1"'),
    (CTGOV + f"requests_per_second = 0x{'f' * 5000}", "found a huge number"),
    (CTGOV + "contact = 'Zoë'", 'contact expected an e-mail or web address in plain ASCII, such as "trials@example'),
    (CTGOV + 'contact = "a\\nb"', r'found "a\nb"'),
    (
        "[[watch]]\nname = 'empty'",
        "watch “empty” has none of trials, sponsor, condition, search, all_trials; give exactly",
    ),
    ("[[watch]]\ntrials = []", "watch 1 has none of trials, sponsor, condition, search, all_trials; give exactly"),
    ("[[watch]]\nall_trials = false", "watch 1 has none of trials, sponsor, condition, search, all_trials; give"),
    ("[[watch]]\nsponsor = 'x'\nsearch = 'y'", "watch 1 has sponsor and search of trials, sponsor, condition, search"),
    ("[[watch]]\nsponsor = ''", "watch 1: sponsor expected the whole name of a sponsor, of up to 500 characters"),
    ('[[watch]]\nsponsor = "a\\u0007"', "watch 1: sponsor expected the whole name of a sponsor"),
    (f"[[watch]]\nsponsor = '{'x' * 10_000}'", "watch 1: sponsor expected the whole name of a sponsor"),
    (
        "[[watch]]\nsponsor = 'x'\nrole = 'led'",
        'watch 1: role expected "lead" or "any", found "led"; did you mean lead?',
    ),
    (f"[[watch]]\nsponsor = 'x'\nrole = 0x{'f' * 5000}", 'role expected "lead" or "any", found a huge number'),
    ("[[watch]]\nsponsor = 'x'\nrole = ['any']", 'watch 1: role expected "lead" or "any", found a list'),
    ("[[watch]]\ncondition = 'x'\nrole = 'any'", "watch 1 has a role without a sponsor; give both, or no role"),
    (TO_OPS + "all = true\nrole = 'any'", "subscription 1 has a role without a sponsor; give both, or no role"),
    ("[[watch]]\ntrials = 'NCT1'", f'watch 1: trials {IDS}, found "NCT1"'),
    ("[[watch]]\ntrials = ['NCT1', ' ']", f'watch 1: value 2 of trials {IDS}, found " "'),
    ("[[watch]]\ntrials = ['NCT1', 7]", f"watch 1: value 2 of trials {IDS}, found 7"),
    ("[[watch]]\nname = ''\ntrials = ['NCT1']", 'watch 1: name expected a text that is not empty, found ""'),
    ("[smtp]\nhost = ''", 'smtp.host expected a host name or an address, such as "smtp.example.org", found ""'),
    ("[smtp]\nhost = 'smtp.example.org:25'", 'found "smtp.example.org:25"'),
    ("[smtp]\nport = 0", "smtp.port expected a port from 1 to 65535, found 0"),
    ("[smtp]\nport = 65536", "smtp.port expected a port from 1 to 65535, found 65536"),
    ("[smtp]\nsecurity = 'startls'", 'expected "none", "starttls" or "tls", found "startls"; did you mean starttls?'),
    ("[smtp]\nsecurity = 'yes'", 'expected "none", "starttls" or "tls", found "yes"'),
    (
        "[smtp]\nsender = 'monitor'",
        'smtp.sender expected a mail address, such as "Trial monitor <monitor@example.org>"',
    ),
    ("[smtp]\nsender = 'A <a@b> B <c@d>'", "smtp.sender expected a mail address"),
    ('[smtp]\nsender = "A <a@b>\\r\\nBcc: c@d"', "smtp.sender expected a mail address"),
    (
        "[smtp]\ndkim_domain = 'example.org'",
        "smtp has a part of dkim_selector, dkim_domain and dkim_key only; give all",
    ),
    ("[webhooks]\ntimeout = '0s'", 'webhooks.timeout expected a span from "1s" to "60s", such as "15s", found "0s"'),
    ("[webhooks]\ntimeout = '61s'", 'webhooks.timeout expected a span from "1s" to "60s", such as "15s", found "61s"'),
    (
        "[webhooks]\nallow_networks = ['localhost']",
        "value 1 of webhooks.allow_networks expected a list of networks, such as",
    ),
    ("[webhooks]\nallow_networks = ['10.0.0.1/8']", 'found "10.0.0.1/8"'),
    ("[webhooks]\nallow_networks = '10.0.0.0/8'", 'such as ["127.0.0.0/8", "fd00::/8"], found "10.0.0.0/8"'),
    ("[network]\nca_bundle = 1", "network.ca_bundle expected the path of a file of certificates in PEM"),
    ("[network]\nproxy = 'ftp://proxy.example'", 'network.proxy expected an address such as "http://proxy.example.org'),
    ("[network]\nproxy = 'proxy.example:3128'", 'network.proxy expected an address such as "http://proxy.example.org'),
    ("[network]\nproxy = 'http://a:pa55@'", "found something else, not shown because it may be a secret"),
    ("[network]\nproxy = 'http://a:b@c:99999'", "found something else, not shown because it may be a secret"),
    (
        "[chat]\nschemas = ['slack://']",
        "value 1 of chat.schemas expected a list of beginnings of Apprise addresses, such as",
    ),
    (
        "[operator]\nemail = 'ops'",
        'operator.email expected a mail address, such as "ops@example.org", or "", found "ops"',
    ),
    (
        TO_OPS + "all = false",
        "subscription 1 has none of trials, watch, group, sponsor, all; give exactly one of them",
    ),
    (
        TO_OPS + "all = true\nwatch = 'x'",
        "subscription 1 has watch and all of trials, watch, group, sponsor, all; give exactly one",
    ),
    (
        TO_OPS + "webhook = 'https://a.example'\nall = true",
        "subscription 1 has email and webhook of email, webhook",
    ),
    ("[[subscription]]\nall = true", f"subscription 1 has none of {', '.join(NAMES)}; give exactly one of them"),
    (
        TO_OPS + "trials = []",
        "subscription 1 has none of trials, watch, group, sponsor, all; give exactly one of them",
    ),
    (TO_OPS + "trials = 'NCT1'", f'subscription 1: trials {IDS}, found "NCT1"'),
    (TO_OPS + "trials = ['']", f'subscription 1: value 1 of trials {IDS}, found ""'),
    (TO_OPS + "all = 'yes'", 'subscription 1: all expected true or false, found "yes"'),
    (TO_OPS + "all = true\nsponsr = 'x'", "subscription 1: sponsr is not a known key; did you mean sponsor?"),
    (
        TO_OPS + "all = true\ndigest = 'x'",
        'subscription 1: digest expected "immediate", "daily", "weekly" or "monthly"',
    ),
    ("[bounces]\naddress = 'a+b@example.org'", 'found "a+b@example.org"'),
    ("[bounces]\naddress = 'imaps://a:b@example.org'", 'found "imaps://***"'),
    (TO_OPS + "all = true\ndigest = 'dayly'", 'found "dayly"; did you mean daily?'),
    (
        TO_OPS + "all = true\ndigest = 'daily'\nat = '25:00'",
        'subscription 1: at expected a time of day, such as "08:00"',
    ),
    (TO_OPS + "all = true\ndigest = 'daily'\nat = 8", "subscription 1: at expected a time of day"),
    (TO_OPS + "all = true\ntz = 'Europe/Prais'", "subscription 1: tz expected a time zone by its IANA name"),
    (TO_OPS + "all = true\nquiet_hours = '22:00'", "subscription 1: quiet_hours expected two different times of day"),
    (TO_OPS + "all = true\nquiet_hours = '7:00-07:00'", "subscription 1: quiet_hours expected two different times"),
    (TO_OPS + "all = true\ndigest = 'daily'\ntz = 'localtime'", "subscription 1: tz expected a time zone by its IANA"),
    (TO_OPS + "all = true\ndigest = 'daily'\ntz = 'posixrules'", "subscription 1: tz expected a time zone by its IANA"),
    (TO_OPS + "all = true\ndigest = 'daily'\ntz = 'right/UTC'", "subscription 1: tz expected a time zone by its IANA"),
    (TO_OPS + "all = true\ntz = 'Europe/Paris'", "subscription 1 has tz without a digest or quiet_hours; give one"),
    (TO_OPS + "all = true\nat = '08:00'", "subscription 1 has at without a digest; give both"),
    (TO_OPS + "all = true\nall_quiet = true", "subscription 1 has all_quiet without a digest; give both"),
    (TO_OPS + "all = true\nbreak_through = true", "subscription 1 has break_through without a digest or quiet_hours"),
    (
        TO_OPS + "all = true\ndigest = 'daily'\nquiet_hours = '22:00-07:00'",
        "subscription 1 has quiet_hours and a digest, which comes at a time of its own",
    ),
    (TO_OPS + "all = true\ntopic = ['x']", "subscription 1: topic is not a known key; did you mean topics?"),
    (
        TO_OPS + "all = true\ntopics = ['sites', 'statuss']",
        'value 2 of topics expected a list of topics, such as ["status", "d',
    ),
    (TO_OPS + "all = true\ntopics = ['statuss']", 'found "statuss"; did you mean status?'),
    (TO_OPS + "all = true\ntopics = ['Status']", 'found "Status"; did you mean status?'),
    (
        TO_OPS + "all = true\ntopics = ['honey']",
        'found "honey"; known: status, enrollment, dates, sponsor, outcomes, d',
    ),
    (TO_OPS + "all = true\ntopics = [5]", "value 1 of topics expected a list of topics"),
    (TO_OPS + "all = true\nkinds = ['outcomes.primary']", 'found "outcomes.primary"; did you mean "outcome.primary"'),
    (TO_OPS + "all = true\nkinds = ['date.slip']", 'found "date.slip"; did you mean "date.slipped"?'),
    (
        TO_OPS + "all = true\nkinds = ['honey']",
        'found "honey"; known: status, country, why_stopped, enrollment, date, sponsor, ',
    ),
    (TO_OPS + "all = true\nmin_significance = 'high'", '"minor" or "administrative", found "high"'),
    (TO_OPS + "all = true\nmin_significance = 'criticle'", 'found "criticle"; did you mean critical?'),
    (
        TO_OPS + "all = true\nmin_percent = -1",
        "subscription 1: min_percent expected a number of percent, 0 or more",
    ),
    (TO_OPS + "all = true\nmin_percent = inf", "min_percent expected a number of percent, 0 or more, found inf"),
    (TO_OPS + "all = true\nmin_days = 1.5", "min_days expected a number of days, 0 or more, found 1.5"),
    (TO_OPS + "all = true\nnote = ''", 'subscription 1: note expected a text that is not empty, found ""'),
    ("[[subscription]]\nemail = 'ops'\nall = true", 'subscription 1: email expected a mail address, such as "ops@exam'),
    (2 * (TO_OPS + "all = true\nname = 'A'\n"), "subscription has the same name twice; give each a name of its own"),
    ("subscription = 'x'", "subscription expected tables headed [[subscription]], found something else, not shown"),
    ("[watch]\ntrials = ['NCT1']", "watch expected tables headed [[watch]], found a table"),
    ("watch = ['NCT1']", 'value 1 of watch expected a table, found "NCT1"'),
    ('"a\\nb" = 1', r'"a\nb" is not a known key'),
    ("[schedule\n", "not valid TOML: "),
    ("[schedule]\ncheck_every = 1h", "(at line 2, column 16)"),
    ("[store]\n[store]", "not valid TOML: "),
    (f"a = {'9' * 5000}", "not valid TOML: "),
    (f"a = {'[' * 100_000}", "nested too deeply"),
    (b"[store]\nurl = 'sqlite:///M\xe4rz'", "line 2 is not UTF-8; save the file as UTF-8"),
    ("[schedule]".encode("utf-16"), "line 1 is not UTF-8; save the file as UTF-8"),
]


@pytest.mark.parametrize(("content", "words"), BAD_FILES)
def test_a_wrong_file_is_refused_in_one_line_that_names_it(written, content, words):
    told = complaint(written(content), {})

    assert told.startswith("config.toml: ")
    assert words in told
    assert len(told.splitlines()) == 1
    assert told.isprintable()


def test_several_problems_are_told_one_line_each(written):
    path = written("[store]\nurl = 5\npath = 'x'\n[schedule]\ncheck_every = '1y'")

    told = complaint(path, {"MONITOR_STORE_URL": "x", "MONITOR_SCHEDULE__FULL_CHECK_EVERY": "1y"}).splitlines()

    assert [line.partition(" ")[0] for line in told] == [
        "MONITOR_STORE_URL",
        "config.toml:",
        "config.toml:",
        "config.toml:",
        "MONITOR_SCHEDULE__FULL_CHECK_EVERY:",
    ]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MONITOR_SCHEDULE__CHECK_EVERY", "soon", f'{A_SPAN}, found "soon"'),
        ("MONITOR_SCHEDULE__CHECK_EVERY", "", f'{A_SPAN}, found ""'),
        ("MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND", "fast", 'up to 1000, found "fast"'),
        ("MONITOR_REGISTRIES__CLINICALTRIALS_GOV__REQUESTS_PER_SECOND", "1\n[x]", r'found "1\n[x]"'),
        ("MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL", "http://", 'found "http://"'),
        ("MONITOR_STORE__URL", "\udcff", r"\udcff"),
        ("MONITOR_WATCH", "NCT02116634", 'expected tables headed [[watch]], found "NCT02116634"'),
        ("MONITOR_WATCH", "[{name = 'x'}]", "has none of trials, sponsor, condition"),
    ],
)
def test_a_wrong_variable_is_named_instead_of_the_file(written, name, value, words):
    told = complaint(written('[schedule]\ncheck_every = "2h"'), {name: value})

    assert told.startswith(f"{name}: ")
    assert words in told
    assert len(told.splitlines()) == 1
    assert told.isprintable()


def test_a_variable_for_a_table_that_the_file_has_wrong_blames_the_file(written):
    told = complaint(written("store = 'x'"), {"MONITOR_STORE__URL": "sqlite:///a"})
    assert told == 'config.toml: store expected a table, found "x"'


@pytest.mark.parametrize(
    "content",
    [
        "[store]\nurl = 'postgres://monitor:hunter2@db/monitor'",
        "[store]\nurl = 'postgres://monitor:hun@hunter2/x?y@db/monitor'",
        "[store]\nurl = 'postgres://db/monitor?password=hunter2'",
        "[store]\nurl = 'monitor:hunter2@db'",
        "[store]\nurl = 'host=db password=hunter2'",
        "store = 'postgres://monitor:hunter2@db/monitor'",
        "[store]\npassword = 'hunter2'",
        "[smtp]\npassword = 'hunter2'",
        "[smtp]\npassword = ['hunter2']",
        "[smtp]\ndkim_key = 'hunter2'",
        "secret_key = 'hunter2'",
        "[[subscription]]\nwebhook = 'htp://a.example/hunter2'",
        "[[subscription]]\nwebhook = 'https://a.example/hunter2'",
        "[[subscription]]\nwebhook = ['https://a.example/hunter2']",
        "[[subscription]]\nchat = 'slack:/hunter2'",
        "[[subscription]]\nchat = 'slack://hunter2'",
        "[[subscription]]\nwehbook = 'https://a.example/hunter2'",
        "subscription = 'https://a.example/hunter2'",
        "subscription = ['https://a.example/hunter2']",
        "[store]\nurl = ['postgres://monitor:hunter2@db/monitor']",
        "[store]\nurl = {password = 'hunter2'}",
    ],
)
def test_no_complaint_holds_a_password(written, content):
    assert "hunter2" not in complaint(written(content), {})


DKIM = {"MONITOR_SMTP__DKIM_SELECTOR": "2026", "MONITOR_SMTP__DKIM_DOMAIN": "trials.example"}


@pytest.mark.parametrize(
    ("content", "key", "name"),
    [
        ("[smtp]\npassword = 'hunter2'", "smtp.password", "MONITOR_SMTP__PASSWORD"),
        ("[smtp]\ndkim_key = 'hunter2'", "smtp.dkim_key", "MONITOR_SMTP__DKIM_KEY"),
        ("secret_key = 'hunter2'", "secret_key", "MONITOR_SECRET_KEY"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_where_it_belongs(written, content, key, name):
    told = complaint(written(content), {name: "here too", "MONITOR_SMTP__DKIM_KEY": "k", **DKIM})
    assert told == f"config.toml: {key} is a secret, which this file must not hold; set {name} or {name}_FILE instead"


@pytest.mark.parametrize("name", SECRETS.values())
def test_a_secret_comes_from_a_variable_or_a_file(tmp_path, name):
    whole = DKIM if "DKIM" in name else {}
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")

    for given in ({name: "hunter2"}, {f"{name}_FILE": str(secret)}):
        config = load(None, {**whole, **given})
        bounces = (config.bounces.password, config.bounces.token)
        assert "hunter2" in (config.smtp.password, config.smtp.dkim_key, *bounces, config.secret_key)
        assert "hunter2" not in f"{config!r} {config}"


@pytest.mark.parametrize("name", SECRETS.values())
def test_a_secret_that_is_given_as_the_name_of_a_file_is_not_told(name):
    told = complaint(None, {f"{name}_FILE": "hunter2"})
    assert told.startswith(f"{name}_FILE: the file that it names cannot be read: ")
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "environ",
    [
        {"MONITOR_SUBSCRIPTION": "[{webhook = 'https://a.example/hunter2'"},
        {"MONITOR_SUBSCRIPTION": "[{webhook = 'https://a.example/hunter2', all = 5}]"},
        {"MONITOR_SMTP__DKIM_KEY": "hunter2"},
    ],
)
def test_no_complaint_about_a_variable_holds_a_secret(environ):
    assert "hunter2" not in complaint(None, environ)


@pytest.mark.parametrize(
    ("key", "given", "people"),
    [
        ("email", ["amara@x.org", "AMARA@X.org", "bengt@x.org"], ("amara@x.org", "bengt@x.org")),
        ("email", ["amara@x.org", "AMARA@x.org"], ("amara@x.org",)),
        ("webhook", ["https://x.org/a", "https://x.org/A"], ("https://x.org/a", "https://x.org/A")),
    ],
)
def test_a_mail_address_in_other_letters_is_the_same_persons(key, given, people):
    config = Config.read({"subscription": [{key: given, "all": True}]})

    assert config.subscription[0].addresses == people


def test_addresses_that_are_secrets_are_not_shown_with_the_configuration():
    config = load(None, {"MONITOR_SUBSCRIPTION": "[{chat = 'slack://hunter2', all = true}]"})

    assert config.subscription[0].addresses == ("slack://hunter2",)
    assert "hunter2" not in f"{config!r} {config.subscription!r}"


# Which file


def test_the_file_is_the_option_then_the_variable_then_the_usual_place(tmp_path):
    (tmp_path / "config.toml").touch()
    environ = {"MONITOR_CONFIG": "named.toml"}

    assert find(Path("given.toml"), environ, tmp_path) == Path("given.toml")
    assert find(None, environ, tmp_path) == tmp_path / "named.toml"
    assert find(None, {"MONITOR_CONFIG": ""}, tmp_path) == tmp_path / "config.toml"
    assert find(None, {}, tmp_path / "elsewhere") is None


def test_a_named_file_has_to_be_there(tmp_path):
    told = complaint(tmp_path / "gone.toml", {})
    assert told == f"{tmp_path}/gone.toml: there is no such file; --config or MONITOR_CONFIG names it"


def test_a_directory_is_no_file(tmp_path):
    assert complaint(tmp_path, {}) == f"{tmp_path}: cannot be read: Is a directory"
