"""The mailbox that mails come back to: what is read of a Maildir and by IMAP, once, and what is wrong with either."""

import os
from pathlib import Path

import pytest

from monitor.channels.email.reports import LARGEST
from monitor.channels.email.returned import unread_mails
from monitor.config import Config, load
from monitor.errors import ConfigurationInvalid, MailboxUnreadable
from monitor.sandbox.bouncing import make_maildir
from tests.channels.email.authority import Authority
from tests.channels.email.imap_server import ImapServer

ONE, TWO = b"Subject: one\n\nA\n", b"Subject: two\r\n\r\nB\r\n"


def read(config: Config, *, mark: bool = True) -> list[bytes]:
    found = []
    with unread_mails(config) as mails:
        for mail in mails:
            found.append(mail.raw)
            if mark:
                mail.mark_read()
    return found


def failure(config: Config) -> str:
    with pytest.raises(MailboxUnreadable) as raised:
        read(config)
    words = str(raised.value)
    assert words.isprintable()
    assert "s3cret" not in words
    return words


# Maildir


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    make_maildir(tmp_path / "Maildir")
    return tmp_path / "Maildir"


def at(folder: Path) -> Config:
    return load(None, {"MONITOR_BOUNCES__MAILDIR": str(folder)})


def names(folder: Path) -> list[str]:
    return sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())


def test_a_mail_of_a_maildir_is_read_once_and_stays(maildir):
    (maildir / "new" / "1.a").write_bytes(ONE)
    (maildir / "new" / "2.a").write_bytes(TWO)

    assert read(at(maildir)) == [ONE, TWO]
    assert read(at(maildir)) == []
    assert names(maildir) == ["cur/1.a:2,S", "cur/2.a:2,S"]
    assert (maildir / "cur" / "1.a:2,S").read_bytes() == ONE


def test_a_mail_that_another_program_has_listed_is_still_unread(maildir):
    for name in ("1.a:2,", "2.a:2,F", "3.a", "4.a:2,RS"):
        (maildir / "cur" / name).write_bytes(name.encode())

    assert read(at(maildir)) == [b"1.a:2,", b"2.a:2,F", b"3.a"]
    assert names(maildir) == ["cur/1.a:2,S", "cur/2.a:2,FS", "cur/3.a:2,S", "cur/4.a:2,RS"]


def test_a_mail_that_was_not_taken_is_read_again(maildir):
    (maildir / "new" / "1.a").write_bytes(ONE)

    assert [read(at(maildir), mark=False) for _ in range(2)] == [[ONE], [ONE]]


def test_only_the_beginning_of_a_mail_is_loaded(maildir):
    (maildir / "new" / "1.a").write_bytes(b"x" * (LARGEST + 1))

    assert [len(raw) for raw in read(at(maildir))] == [LARGEST]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_mail_without_rights_keeps_no_other(maildir):
    for name in ("1.a", "2.a"):
        (maildir / "new" / name).write_bytes(ONE)
    (maildir / "new" / "1.a").chmod(0)

    assert "1.a cannot be read" in failure(at(maildir))
    assert names(maildir) == ["cur/2.a:2,S", "new/1.a"]


def test_something_else_in_its_place_keeps_no_other(maildir):
    (maildir / "new" / "1.folder").mkdir()
    (maildir / "new" / "2.a").write_bytes(ONE)

    assert "1.folder cannot be read" in failure(at(maildir))
    assert names(maildir) == ["cur/2.a:2,S"]


def test_a_maildir_that_is_none_is_named(tmp_path):
    assert failure(at(tmp_path / "nowhere")).startswith(f"the Maildir {tmp_path}/nowhere cannot be read")


@pytest.mark.parametrize(("there", "words"), [((), "no folder new and no folder cur"), (("new",), "no folder cur")])
def test_a_folder_that_is_no_maildir_says_what_it_lacks(tmp_path, there, words):
    for name in there:
        (tmp_path / name).mkdir()

    assert f"the Maildir {tmp_path} has {words}: correct bounces.maildir" in failure(at(tmp_path))


def test_without_a_mailbox_there_is_nothing_to_read():
    assert read(Config()) == []


# IMAP


def by(server: ImapServer, authority: Authority | None = None, **settings: str) -> Config:
    given = {"IMAP": server.address, "PASSWORD": "s3cret"} | settings
    bundle = {"MONITOR_NETWORK__CA_BUNDLE": authority.client.ca_bundle} if authority else {}
    return load(None, {f"MONITOR_BOUNCES__{name}": value for name, value in given.items()} | bundle)


def test_a_mail_is_read_by_imap_once_and_stays(authority):
    with ImapServer(ONE, TWO, context=authority.server) as server:
        config = by(server, authority)

        assert read(config) == [ONE, TWO]
        assert read(config) == []
        assert [each.flags for each in server.mails] == [{"\\Seen"}] * 2
        assert not any("DELETE" in command.upper() or "EXPUNGE" in command.upper() for command in server.commands)


def test_a_mail_that_was_not_taken_stays_unseen_by_imap():
    with ImapServer(ONE) as server:
        assert [read(by(server), mark=False) for _ in range(2)] == [[ONE], [ONE]]


def test_only_the_beginning_of_a_mail_is_asked_for():
    with ImapServer(b"x" * (LARGEST + 1)) as server:
        assert [len(raw) for raw in read(by(server))] == [LARGEST]


def test_a_server_whose_certificate_nobody_vouches_for_is_told_no_password(authority):
    with ImapServer(ONE, context=authority.server) as server:
        assert "authority that is not trusted" in failure(by(server))
        assert server.commands == []


def test_a_refused_login_says_what_to_check_and_no_secret():
    with ImapServer(ONE, password="another") as server:
        assert failure(by(server)).endswith("refuses the login: check bounces.imap and its password")


def test_a_password_that_is_not_ascii_is_refused_in_words():
    with ImapServer(ONE) as server:
        assert "refuses the login" in failure(by(server, PASSWORD="sécret"))


def test_a_folder_that_is_not_there_is_named():
    with ImapServer(ONE) as server:
        config = by(server, IMAP=server.address.replace("/INBOX", "/Else%20where"))
        assert "has no folder “Else where”" in failure(config)


@pytest.mark.parametrize("breaks_at", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
def test_a_server_that_hangs_up_is_tried_again_later(breaks_at):
    with ImapServer(ONE, breaks_at=breaks_at) as server:
        assert failure(by(server)).startswith("the mailbox at 127.0.0.1:")
        assert server.mails[0].flags == set()


def test_nobody_there_is_said():
    with ImapServer() as server:
        config = by(server)

    assert "cannot be reached" in failure(config)


@pytest.mark.parametrize(
    "address",
    [
        "imap://bounces@imap.example.org/INBOX",
        "imaps://imap.example.org/INBOX",
        "imaps://bounces:s3cret@imap.example.org/INBOX",
        "imaps://bounces@/INBOX",
        "imaps://bounces@imap.example.org/IN%22BOX",
        "imaps://bo%0D%0Aunces@imap.example.org/INBOX",
        "https://bounces@imap.example.org",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(address):
    with pytest.raises(ConfigurationInvalid) as raised:
        load(None, {"MONITOR_BOUNCES__IMAP": address, "MONITOR_BOUNCES__PASSWORD": "hunter2"})

    assert "MONITOR_BOUNCES__IMAP: expected an address without its password" in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"MAILDIR": "m", "IMAP": "imaps://b@h/"}, "has maildir and imap; give one of them"),
        ({"IMAP": "imaps://b@h/"}, "has imap, which needs a password: MONITOR_BOUNCES__PASSWORD"),
        ({"HOOK": "true", "TOKEN": "short"}, "needs a token of at least 16 characters"),
        ({"ADDRESS": "bounces+more@example.org"}, "expected a mail address with at most 21 characters before the @"),
        ({"ADDRESS": f"{'b' * 22}@example.org"}, "expected a mail address with at most 21 characters before the @"),
        ({"ADDRESS": "bön@example.org"}, "expected a mail address with at most 21 characters before the @"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, words):
    with pytest.raises(ConfigurationInvalid, match=words.replace("+", r"\+")):
        load(None, {f"MONITOR_BOUNCES__{name}": value for name, value in settings.items()})
