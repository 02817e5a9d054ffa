"""Tokens with which programs use the API."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from monitor.access import tokens, users
from monitor.access.context import AccessContext
from monitor.access.tries import MOST
from monitor.errors import ConfigurationInvalid, NothingFound, TriedTooOften
from monitor.model.access import ApiToken, Permission
from tests.access.people import NOW, added

READ, SUBSCRIBE, OPERATE = Permission
SOMEWHERE = "192.0.2.0/24"


def shown(text: str, access: AccessContext, **later: float) -> ApiToken | None:
    return tokens.of_text(text, access, network=SOMEWHERE, now=NOW + timedelta(**later))


def test_a_token_allows_its_scope_and_what_that_includes(access: AccessContext) -> None:
    made = tokens.add("dashboard", SUBSCRIBE, access, now=NOW)
    found = shown(made.text, access)

    assert found is not None
    assert found.name == "dashboard"
    assert found.allows == {READ, SUBSCRIBE}


def test_a_token_is_shown_once_and_kept_as_a_hash(access: AccessContext) -> None:
    made = tokens.add("dashboard", READ, access, now=NOW)
    with access.store.read() as tx:
        row = tx.exec_driver_sql("SELECT * FROM api_tokens").one()

    assert len(made.text) == 4 + 16 + 1 + 43
    assert made.text[21:] not in repr(row)
    assert any(str(value).startswith("$argon2id$") for value in row)


def test_what_is_not_the_token_is_refused(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW).text
    wrong = [
        "",
        "rmt_",
        text[:-1],
        text + "A",
        text.upper(),
        text[:21] + "A" * 43,
        "rmt_" + "0" * 16 + text[20:],
        " " + text,
        "x" * 100_000,
        "\udc80",
    ]
    assert [shown(each, access) for each in wrong] == [None] * len(wrong)


def test_a_revoked_token_ends_at_once_though_it_was_verified_before(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW).text
    assert shown(text, access)
    assert tokens.remove("dashboard", access).name == "dashboard"
    assert shown(text, access) is None
    with pytest.raises(NothingFound):
        tokens.remove("dashboard", access)


def test_a_token_expires_though_it_was_verified_before(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW, expires_in=timedelta(hours=1)).text
    assert shown(text, access, minutes=59)
    assert shown(text, access, minutes=60) is None


def test_a_users_token_allows_no_more_than_they_may_do_and_goes_with_them(access: AccessContext) -> None:
    ada = added(access)
    text = tokens.add("ada's", OPERATE, access, now=NOW, owner=ada).text
    assert shown(text, access)
    users.set_role(ada, READ, access)
    lesser = shown(text, access)
    assert lesser
    assert lesser.allows == {READ}

    users.remove(ada, access)
    assert shown(text, access) is None


def test_nobody_makes_a_token_that_allows_more_than_they_may_do(access: AccessContext) -> None:
    grace = added(access, "grace", READ)
    with pytest.raises(ConfigurationInvalid, match="grace may not operate"):
        tokens.add("more", OPERATE, access, now=NOW, owner=grace)


def test_a_token_is_slow_to_verify_once_and_fast_from_then_on(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW).text
    asked = []
    verify = access.token_hashing.verify
    access.token_hashing.verify = lambda *given: asked.append(1) or verify(*given)  # type: ignore[method-assign,func-returns-value]
    for seconds in range(10):
        assert shown(text, access, seconds=seconds)
    assert len(asked) == 1
    assert shown(text, access, minutes=6)
    assert len(asked) == 2


def test_its_last_use_is_noted_once_a_minute(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW).text

    def noted() -> list[object]:
        return [each.used_at for each in tokens.listing(access)]

    assert noted() == [None]
    shown(text, access)
    shown(text, access, seconds=59)
    assert noted() == [NOW]
    shown(text, access, seconds=61)
    assert noted() == [NOW + timedelta(seconds=61)]


def test_wrong_secrets_of_one_token_come_to_an_end(access: AccessContext) -> None:
    text = tokens.add("dashboard", READ, access, now=NOW).text
    for _ in range(MOST):
        assert shown(text[:21] + "A" * 43, access) is None
    with pytest.raises(TriedTooOften):
        shown(text[:21] + "A" * 43, access)
    assert tokens.of_text(text, access, network="198.51.100.0/24", now=NOW)


def test_two_tokens_have_no_name_in_common(access: AccessContext) -> None:
    tokens.add("dashboard", READ, access, now=NOW)
    with pytest.raises(ConfigurationInvalid, match="already"):
        tokens.add("dashboard", READ, access, now=NOW)


def test_many_requests_at_once_are_let_in_by_a_token_that_was_not_shown_before(access: AccessContext) -> None:
    made = tokens.add("dashboard", READ, access, now=NOW)

    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda _: shown(made.text, access), range(12)))

    assert {each.name if each else None for each in found} == {"dashboard"}
