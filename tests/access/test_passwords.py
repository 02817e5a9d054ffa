"""Which passwords are refused, and how often somebody may be wrong."""

from datetime import timedelta
from threading import Barrier, Thread
from time import process_time

import pytest

from monitor.access.hashing import MOST_WAITING, Hashing
from monitor.access.passwords import LONGEST, check_password, generated_password
from monitor.access.tries import MOST, MOST_KNOWN, Tries
from monitor.errors import ConfigurationInvalid, TriedTooOften
from tests.access.people import NOW, PASSWORD


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery stapler of Jaipur",
        "Zürich-im-Regen",
        "мама мыла раму",
        "x7Gq-2mVb-9KtR",
        "a" * 3 + "long sentence that nobody would ever guess " * 20,
        "    spaces count too    ",
        "tiger guitar banana teacher",
    ],
)
def test_a_password_that_is_hard_to_guess_is_taken_whatever_its_characters(password: str) -> None:
    check_password(password, "ada")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("elevenchars", "too short"),
        ("", "too short"),
        ("x7Gq-2mVb-9KtR" * 100, "too long"),
        ("ada.lovelace@example.org", "is the name"),
        ("ADA.Lovelace@example.org", "is the name"),
        ("ada.lovelace@example.org1", "too common"),
        ("password1234", "too common"),
        ("P@ssw0rd!!!!", "too common"),
        ("qwertyuiop123", "too common"),
        ("0987654321ytrewq", "too common"),
        ("aaaaaaaaaaaaaaaaaa", "too common"),
        ("abababababababab", "too common"),
        ("Registry-Monitor", "too common"),
        ("clinicaltrials", "too common"),
        ("correct horse battery staple", "too common"),
        ("Welcome2026!!", "too common"),
        ("changemechangeme", "too common"),
        ("1q2w3e4r5t6y", "too common"),
        ("123qweasdzxc", "too common"),
        ("!QAZ2wsx#EDC", "too common"),
        ("iloveyou4ever", "too common"),
        ("147258369147", "too common"),
        ("tigertigertigertiger", "too common"),
        ("CorrectHorseBatteryStaple1", "too common"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_without_repeating_it(password: str, words: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=words) as refused:
        check_password(password, "ada.lovelace@example.org")
    assert not password or password not in str(refused.value)


def test_a_generated_password_is_long_and_never_the_same() -> None:
    made = {generated_password() for _ in range(100)}

    assert len(made) == 100
    for each in made:
        check_password(each, "ada")


def test_the_longest_password_counts_to_its_last_character() -> None:
    hashing = Hashing()
    long = ("x7Gq-2mVb-9KtR" * 100)[:LONGEST]
    hashed = hashing.hash(long)

    assert hashing.verify(hashed, long)
    assert not hashing.verify(hashed, long[:-1] + "!")


def test_a_password_is_the_same_however_a_keyboard_composes_its_accents() -> None:
    hashing = Hashing()
    assert hashing.verify(hashing.hash("cafe\u0301 in the rain"), "caf\u00e9 in the rain")


def test_a_hash_is_argon2id_of_at_least_what_owasp_asks_for_with_a_salt_of_its_own() -> None:
    hashing = Hashing()
    one, other = hashing.hash(PASSWORD), hashing.hash(PASSWORD)

    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert not hashing.is_outdated(one)
    assert hashing.is_outdated(one.replace("t=2", "t=1"))


def test_nothing_is_the_hash_of_nobody_nor_of_what_is_damaged() -> None:
    hashing = Hashing()
    assert not hashing.verify(None, "")
    assert not hashing.verify(None, PASSWORD)
    assert not hashing.verify("$argon2id$v=19$nonsense", PASSWORD)
    assert not hashing.verify("", PASSWORD)


def test_it_takes_as_much_work_to_refuse_somebody_whom_there_is_not() -> None:
    hashing = Hashing()
    hashed = hashing.hash(PASSWORD)
    hashing.verify(None, PASSWORD)

    def work(given: str | None) -> float:
        before = process_time()
        for _ in range(3):
            hashing.verify(given, "not this one at all")
        return process_time() - before

    assert work(None) > work(hashed) / 3


def test_of_many_who_try_at_once_few_wait_and_the_others_are_refused_at_once() -> None:
    hashing = Hashing()
    hashed = hashing.hash(PASSWORD)
    many = 24
    begin = Barrier(many)
    verified: list[bool] = []
    refused: list[float] = []

    def attempt() -> None:
        begin.wait()
        try:
            verified.append(hashing.verify(hashed, PASSWORD))
        except TriedTooOften as error:
            refused.append(error.wait)

    threads = [Thread(target=attempt) for _ in range(many)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(verified) + len(refused) == many
    assert len(verified) >= MOST_WAITING + 1
    assert all(verified)
    assert refused
    assert min(refused) > 0
    assert hashing.verify(hashed, PASSWORD)


def test_after_ten_wrong_ones_each_wrong_one_doubles_the_wait() -> None:
    tries, key, now = Tries(), ("name", "ada"), NOW
    waits = []
    for _ in range(MOST + 9):
        tries.check([key], now)
        tries.wrong([key], now)
        try:
            tries.check([key], now)
            waits.append(0.0)
        except TriedTooOften as error:
            waits.append(error.wait / 60)
            now += timedelta(seconds=error.wait)

    assert waits == [0] * (MOST - 1) + [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    tries.check([key], now)


def test_a_right_one_or_a_quarter_of_an_hour_ends_the_counting() -> None:
    tries, ada, grace = Tries(), ("name", "ada"), ("name", "grace")
    for _ in range(MOST - 1):
        tries.wrong([ada, grace], NOW)
    tries.right([ada])
    tries.wrong([ada], NOW)
    tries.check([ada], NOW)

    tries.wrong([grace], NOW)
    with pytest.raises(TriedTooOften, match="wait 1 minute"):
        tries.check([grace], NOW)
    later = NOW + timedelta(minutes=17)
    tries.wrong([grace], later)
    tries.check([grace], later)


def test_what_is_counted_takes_bounded_space_and_names_push_out_no_networks() -> None:
    tries = Tries()
    for _ in range(MOST):
        tries.wrong([("network", "192.0.2.0/24")], NOW)
    for number in range(MOST_KNOWN + 100):
        tries.wrong([("name", f"user {number}")], NOW)

    assert sum(map(len, tries._counts.values())) == MOST_KNOWN + 1
    with pytest.raises(TriedTooOften):
        tries.check([("network", "192.0.2.0/24")], NOW)


def test_a_clock_that_is_set_back_lets_nobody_wait_for_longer() -> None:
    tries, key = Tries(), ("name", "ada")
    for _ in range(MOST):
        tries.wrong([key], NOW + timedelta(days=365))
    tries.check([key], NOW)
