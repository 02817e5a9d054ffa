"""Signing in with a password, then with a code; and sessions."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from monitor.access import codes, sessions, users
from monitor.access.context import AccessContext
from monitor.access.signing_in import give_code, is_anybody_there, own_password
from monitor.access.tries import MOST
from monitor.errors import ConfigurationInvalid, NothingFound, SignInRefused, TriedTooOften
from monitor.model.access import Permission
from monitor.storage import sessions as session_rows
from monitor.vault import Vault
from tests.access.people import AT_HOME, AT_WORK, NOW, PASSWORD, added, signed_in


def test_who_gives_name_and_password_has_a_session_with_their_rights(access: AccessContext) -> None:
    assert not is_anybody_there(access)
    ada = added(access, "Ada", Permission.SUBSCRIBE)
    assert is_anybody_there(access)
    begun = signed_in(access, "ADA")

    found = sessions.of_token(begun.token, access, now=NOW)

    assert found is not None
    assert (found.user.id, found.user.name, found.user.role) == (ada.id, "Ada", Permission.SUBSCRIBE)
    assert not found.awaits_code
    assert users.find("ada", access).signed_in_at == NOW


def test_nobody_learns_whether_there_is_a_user_of_a_name(access: AccessContext) -> None:
    added(access)
    with pytest.raises(SignInRefused) as wrong:
        signed_in(access, password="tangled otter brass lamb")
    with pytest.raises(SignInRefused) as unknown:
        signed_in(access, "grace")

    assert str(wrong.value) == str(unknown.value)


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\udc80", "ä"])
def test_what_is_no_sessions_token_opens_nothing(token: str, access: AccessContext) -> None:
    added(access)
    assert sessions.of_token(token, access, now=NOW) is None


def test_a_session_ends_twelve_hours_after_its_last_use(access: AccessContext) -> None:
    added(access)
    token = signed_in(access).token
    at = NOW
    for _ in range(5):
        at += timedelta(hours=11)
        assert sessions.of_token(token, access, now=at)

    assert sessions.of_token(token, access, now=at + timedelta(hours=12)) is None


def test_a_session_ends_after_thirty_days_in_any_case(access: AccessContext) -> None:
    added(access)
    begun = signed_in(access)
    over = NOW + timedelta(days=30)
    with access.store.begin() as tx:
        session_rows.touch(tx, begun.session.digest, at=over - timedelta(hours=1))

    assert sessions.of_token(begun.token, access, now=over - timedelta(minutes=1))
    assert sessions.of_token(begun.token, access, now=over) is None


def test_each_sign_in_makes_another_token(access: AccessContext) -> None:
    added(access)
    one, other = signed_in(access), signed_in(access, where=AT_WORK)
    assert one.token != other.token
    assert len(sessions.of_user(one.session.user, access, now=NOW)) == 2


def test_signing_out_ends_this_session_and_signing_out_elsewhere_all_others(access: AccessContext) -> None:
    ada = added(access)
    tokens = [signed_in(access).token for _ in range(4)]

    def good() -> list[bool]:
        return [sessions.of_token(token, access, now=NOW) is not None for token in tokens]

    first = sessions.of_token(tokens[0], access, now=NOW)
    second = sessions.of_token(tokens[1], access, now=NOW)
    assert first
    assert second
    sessions.end(first, access)
    assert good() == [False, True, True, True]
    assert sessions.end_all(ada, access, keeping=second) == 2
    assert good() == [False, True, False, False]


def test_another_password_ends_all_sessions_but_the_one_in_which_it_was_changed(access: AccessContext) -> None:
    ada = added(access)
    here, elsewhere = signed_in(access), signed_in(access)

    assert users.set_password(ada, "velvet quarry sings", access, keeping=here.session.digest) == 1

    assert sessions.of_token(here.token, access, now=NOW)
    assert sessions.of_token(elsewhere.token, access, now=NOW) is None
    with pytest.raises(SignInRefused):
        signed_in(access)
    assert signed_in(access, password="velvet quarry sings").token


def test_the_password_is_asked_for_before_it_is_changed(access: AccessContext) -> None:
    ada = added(access)
    users.confirm_password(ada, PASSWORD, access, now=NOW)
    for _ in range(MOST):
        with pytest.raises(SignInRefused):
            users.confirm_password(ada, "not this one at all", access, now=NOW)
    with pytest.raises(TriedTooOften):
        users.confirm_password(ada, PASSWORD, access, now=NOW)


def test_who_is_removed_or_may_do_less_is_so_at_once(access: AccessContext) -> None:
    ada = added(access)
    token = signed_in(access).token
    users.set_role(ada, Permission.READ, access)
    found = sessions.of_token(token, access, now=NOW)
    assert found
    assert found.user.role is Permission.READ

    users.remove(ada, access)
    assert sessions.of_token(token, access, now=NOW) is None
    with pytest.raises(NothingFound):
        users.find("ada", access)


@pytest.mark.parametrize("name", ["", " ada", "ada\n", "a\u202eda", "x" * 101])
def test_a_name_is_one_plain_line(name: str, access: AccessContext) -> None:
    with pytest.raises(ConfigurationInvalid, match="one line"):
        added(access, name)


def test_a_name_is_taken_whatever_its_case(access: AccessContext) -> None:
    added(access, "Ada")
    with pytest.raises(ConfigurationInvalid, match="already"):
        added(access, "aDA")


def test_who_is_wrong_ten_times_waits_even_with_the_right_password(access: AccessContext) -> None:
    added(access)
    for _ in range(MOST):
        with pytest.raises(SignInRefused):
            signed_in(access, password="not this one at all")
    with pytest.raises(TriedTooOften):
        signed_in(access)
    assert signed_in(access, at=NOW + timedelta(minutes=2)).token


def test_a_stranger_elsewhere_locks_nobody_out_where_they_are_signed_in(access: AccessContext) -> None:
    added(access)
    signed_in(access, where=AT_HOME)
    for _ in range(MOST):
        with pytest.raises(SignInRefused):
            signed_in(access, where=AT_WORK, password="not this one at all")

    with pytest.raises(TriedTooOften):
        signed_in(access, where=AT_WORK)
    assert signed_in(access, where=AT_HOME).token


def test_one_network_that_tries_many_names_waits_too(access: AccessContext) -> None:
    added(access)
    for number in range(MOST):
        with pytest.raises(SignInRefused):
            signed_in(access, f"user{number}", where=AT_WORK)
    with pytest.raises(TriedTooOften):
        signed_in(access, "ada", where=AT_WORK)
    assert signed_in(access, where=AT_HOME).token


def with_codes(access: AccessContext) -> tuple[str, list[str]]:
    """The secret of an authenticator, and the recovery codes."""
    secret = codes.new_secret()
    ada = added(access)
    recovery = users.turn_codes_on(ada, secret, pyotp.TOTP(secret).at(NOW), access, now=NOW)
    return secret, list(recovery)


def test_with_an_authenticator_the_password_alone_opens_nothing(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    later = NOW + timedelta(minutes=5)
    begun = signed_in(access, at=later)

    waiting = sessions.of_token(begun.token, access, now=later)
    assert waiting
    assert waiting.awaits_code
    done = give_code(pyotp.TOTP(secret).at(later), waiting, AT_HOME, access, now=later)

    found = sessions.of_token(done.token, access, now=later)
    assert found
    assert not found.awaits_code
    assert sessions.of_token(begun.token, access, now=later) is None


def test_a_code_counts_once_and_so_does_none_before_it(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    later = NOW + timedelta(minutes=5)
    code, earlier = pyotp.TOTP(secret).at(later), pyotp.TOTP(secret).at(later - timedelta(seconds=30))
    give_code(code, signed_in(access, at=later).session, AT_HOME, access, now=later)

    for each in (code, earlier):
        with pytest.raises(SignInRefused, match="used already"):
            give_code(each, signed_in(access, at=later).session, AT_HOME, access, now=later)


def test_the_code_that_turned_them_on_does_not_sign_in_as_well(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    with pytest.raises(SignInRefused):
        give_code(pyotp.TOTP(secret).at(NOW), signed_in(access).session, AT_HOME, access, now=NOW)


def test_an_authenticator_may_be_off_by_half_a_minute_and_no_more(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    later = NOW + timedelta(minutes=5)
    for seconds in (-90, 90):
        code = pyotp.TOTP(secret).at(later + timedelta(seconds=seconds))
        with pytest.raises(SignInRefused):
            give_code(code, signed_in(access, at=later).session, AT_HOME, access, now=later)
    code = pyotp.TOTP(secret).at(later - timedelta(seconds=30))
    spaced = f" {code[:3]} {code[3:]} "
    assert give_code(spaced, signed_in(access, at=later).session, AT_HOME, access, now=later)


def test_a_recovery_code_stands_in_for_a_code_once(access: AccessContext) -> None:
    _, recovery = with_codes(access)
    assert len(set(recovery)) == codes.RECOVERY_CODES
    typed = recovery[3].upper().replace("-", " ")
    give_code(typed, signed_in(access).session, AT_HOME, access, now=NOW)

    with pytest.raises(SignInRefused):
        give_code(recovery[3], signed_in(access).session, AT_HOME, access, now=NOW)
    assert give_code(recovery[4], signed_in(access).session, AT_HOME, access, now=NOW)


def test_codes_that_are_guessed_come_to_an_end(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    later = NOW + timedelta(minutes=5)
    waiting = signed_in(access, at=later).session
    right = pyotp.TOTP(secret).at(later)
    for guess in range(MOST):
        with pytest.raises(SignInRefused):
            give_code(f"{guess:06}", waiting, AT_HOME, access, now=later)
    with pytest.raises(TriedTooOften):
        give_code(right, waiting, AT_WORK, access, now=later)


def test_a_code_is_waited_for_ten_minutes(access: AccessContext) -> None:
    with_codes(access)
    token = signed_in(access).token
    assert sessions.of_token(token, access, now=NOW + timedelta(minutes=9))
    assert sessions.of_token(token, access, now=NOW + timedelta(minutes=10)) is None


def test_codes_are_turned_on_only_with_one_of_them(access: AccessContext) -> None:
    ada = added(access)
    with pytest.raises(SignInRefused, match="not the code of this moment"):
        users.turn_codes_on(ada, codes.new_secret(), "000000", access, now=NOW)
    assert not users.find("ada", access).has_codes


def test_turning_codes_on_or_off_ends_all_sessions_but_the_one_in_which_it_was_done(access: AccessContext) -> None:
    ada, secret = added(access), codes.new_secret()
    here, elsewhere = signed_in(access), signed_in(access)

    def good() -> list[bool]:
        return [sessions.of_token(each.token, access, now=NOW) is not None for each in (here, elsewhere)]

    code = pyotp.TOTP(secret).at(NOW)
    users.turn_codes_on(ada, secret, code, access, now=NOW, keeping=here.session.digest)
    assert good() == [True, False]
    users.turn_codes_off(ada, access)
    assert good() == [False, False]


def test_turned_off_the_password_is_enough_again(access: AccessContext) -> None:
    with_codes(access)
    users.turn_codes_off(users.find("ada", access), access)
    assert not signed_in(access).session.awaits_code


def test_the_secret_of_an_authenticator_is_encrypted(access: AccessContext) -> None:
    secret, _ = with_codes(access)
    with access.store.read() as tx:
        everything = tx.exec_driver_sql("SELECT sealed FROM authenticators").scalar_one()
    assert secret.encode() not in everything
    assert access.vault.unseal(everything) == secret


def test_a_password_that_was_made_for_somebody_opens_nothing_but_the_choice_of_their_own(access: AccessContext) -> None:
    ada = added(access)
    made, ended = users.make_password(ada, access, now=NOW)
    assert ended == 0
    begun = signed_in(access, password=made)
    waiting = sessions.of_token(begun.token, access, now=NOW)
    assert waiting
    assert not waiting.is_open
    with pytest.raises(ConfigurationInvalid, match="made for you"):
        own_password(made, waiting, AT_HOME, access, now=NOW)
    with pytest.raises(ConfigurationInvalid, match="too common"):
        own_password("password1234", waiting, AT_HOME, access, now=NOW)

    done = own_password(PASSWORD, waiting, AT_HOME, access, now=NOW)

    found = sessions.of_token(done.token, access, now=NOW)
    assert found
    assert found.is_open
    assert sessions.of_token(begun.token, access, now=NOW) is None
    with pytest.raises(SignInRefused):
        signed_in(access, password=made)


def test_a_password_that_was_made_for_somebody_lets_them_in_for_a_week(access: AccessContext) -> None:
    made, _ = users.make_password(added(access), access, now=NOW)
    assert signed_in(access, password=made, at=NOW + timedelta(days=6, hours=23)).token
    with pytest.raises(SignInRefused, match="have the operator make another"):
        signed_in(access, password=made, at=NOW + timedelta(days=7))


def test_of_very_many_sessions_the_one_that_was_used_longest_ago_ends(
    access: AccessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST", 4)
    ada = added(access)
    tokens = [signed_in(access, at=NOW + timedelta(seconds=seconds)).token for seconds in range(sessions.MOST + 2)]
    later = NOW + timedelta(hours=1)
    assert [sessions.of_token(token, access, now=later) is not None for token in tokens[:3]] == [False, False, True]
    assert len(sessions.of_user(ada, access, now=later)) == sessions.MOST


def test_it_takes_a_hash_to_refuse_a_name_that_nobody_has(access: AccessContext) -> None:
    """So that how long it takes tells nobody whether there is such a user."""
    added(access)
    asked: list[str | None] = []
    verify = access.hashing.verify

    def counted(hashed: str | None, secret: str) -> bool:
        asked.append(hashed)
        return verify(hashed, secret)

    access.hashing.verify = counted  # type: ignore[method-assign]
    for name in ("ada", "nobody"):
        with pytest.raises(SignInRefused):
            signed_in(access, name, password="not this one at all")
    assert len(asked) == 2
    assert asked[1] is None


def test_with_another_key_recovery_codes_still_count(access: AccessContext, tmp_path: Path) -> None:
    secret, recovery = with_codes(access)
    other = replace(access, vault=Vault.open(key=None, file=tmp_path / "another.key"))
    other.vault.seal("so that it has a key")
    later = NOW + timedelta(minutes=5)
    with pytest.raises(SignInRefused, match="have the operator turn codes off"):
        give_code(pyotp.TOTP(secret).at(later), signed_in(access, at=later).session, AT_HOME, other, now=later)
    assert give_code(recovery[0], signed_in(access, at=later).session, AT_HOME, other, now=later)
