"""Watches, subscriptions and operators of the configuration make no check slower, once applying them changes nothing.

Whatever is done to them, to the database and to the vault's key in between.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from tests.quiet.test_refreshed import assert_alike
from tests.quiet.world import TRIALS, World
from tests.sample_sizes import examples

LISTED = "UPDATE searches SET listed_version = (SELECT version_stamp FROM registries), listed_in_full_at = NULL"
BLOCKS = {
    "a list": f'[[watch]]\nname = "wards"\ntrials = ["{TRIALS[0]}", "{TRIALS[1]}"]',
    "a longer list": f'[[watch]]\nname = "wards"\ntrials = ["{TRIALS[0]}", "{TRIALS[1]}", "{TRIALS[2]}"]',
    "a nameless list": f'[[watch]]\ntrials = ["{TRIALS[3]}"]',
    "a search": '[[watch]]\nname = "harbour"\nsponsor = "Harbour Trust"',
    "a list in its place": f'[[watch]]\nname = "harbour"\ntrials = ["{TRIALS[4]}"]',
    "a mail": '[[subscription]]\nemail = "one@example.org"\nwatch = "wards"',
    "a named mail": '[[subscription]]\nname = "two"\nemail = "one@example.org"\nall = true\ntopics = ["status"]',
    "a webhook": f'[[subscription]]\nname = "hook"\nwebhook = "https://example.org/in"\ntrials = ["{TRIALS[5]}"]',
    "of a sponsor": '[[subscription]]\nemail = "three@example.org"\nsponsor = "Quay Trust"\nmin_days = 3',
    "a grouped list": f'[[watch]]\nname = "rivals"\ntrials = ["{TRIALS[10]}"]\ngroups = ["rivals"]',
    "a team": '[[subscription]]\nname = "team"\nemail = ["four@example.org", "five@example.org"]\ngroup = "rivals"',
    "an operator": '[operator]\nemail = "ops@example.org"',
    "a rule": '[webhooks]\nallow_networks = ["10.0.0.0/8"]',
    "nonsense": '[[watch]]\nname = "odd"\ntrials = ["7"]',
}


def configure(world: World, *blocks: str) -> None:
    world.configure("\n".join(BLOCKS[block] for block in blocks))


def settle(world: World) -> None:
    """Check until nothing is left to be applied. What searches find, the registry of this world does not say."""
    for _ in range(2):
        world.wholly()
        world.change(LISTED)


PLAIN = [
    ["a list"],
    ["a nameless list", "a list"],
    ["a search"],
    ["a list", "a mail", "a named mail"],
    ["a webhook"],
    ["of a sponsor"],
    ["an operator"],
    ["a grouped list", "a team"],
    ["a list", "an operator", "a webhook", "a mail", "a search", "of a sponsor", "a grouped list", "a team"],
]


@pytest.mark.parametrize("blocks", PLAIN, ids=", ".join)
def test_what_is_applied_is_not_applied_again(world: World, blocks: list[str]) -> None:
    configure(world, *blocks)
    settle(world)
    before = world.file.read_bytes()
    attempt, quiet = world.quietly("--json")
    world.file.write_bytes(before)
    whole = world.wholly("--json")

    assert attempt.is_done
    assert (quiet.status, quiet.out, quiet.err, quiet.requests) == (whole.status, whole.out, whole.err, whole.requests)
    assert_alike(quiet.tables, whole.tables)


def test_what_was_applied_just_now_is_applied_once_more(world: World) -> None:
    """As nobody knows yet that it changes nothing, also where the vault has its key already."""
    configure(world, "an operator")
    settle(world)
    configure(world, "a list", "a mail", "an operator")
    applied: list[bool] = []
    for _ in range(3):
        attempt, ran = world.quietly()
        applied.append(attempt.is_done)
        assert attempt.is_done or not ran.requests
        world.wholly()

    assert applied == [False, False, True]


def key(world: World) -> Path:
    return world.folder / "secret.key"


def lose_key(world: World) -> None:
    key(world).unlink(missing_ok=True)


def change_key(world: World) -> None:
    lose_key(world)
    key(world).write_bytes(Fernet.generate_key())
    key(world).chmod(0o600)


def show_key(world: World) -> None:
    if key(world).exists():
        key(world).chmod(0o644)


def hide_key(world: World) -> None:
    if key(world).exists():
        key(world).chmod(0o600)


Step = Callable[[World], object]


def command(*typed: str) -> Step:
    return lambda world: world.run(*typed)


def sql(statement: str) -> Step:
    def change(world: World) -> None:
        with suppress(sqlite3.Error):  # not every change can follow every other
            world.change(statement)

    return change


STEPS: dict[str, Step] = {
    "a check": lambda world: world.wholly(),
    "a settled check": settle,
    "remove a watch": command("watch", "remove", "wards"),
    "pause a webhook": command("subscriptions", "pause", "hook"),
    "resume a webhook": command("subscriptions", "resume", "hook"),
    "remove a webhook": command("subscriptions", "remove", "hook"),
    "another secret": command("subscriptions", "rotate", "hook"),
    "the same watched": command("watch", "add", TRIALS[0]),
    "no longer watched": command("watch", "remove", "1"),
    "a watch of that name": command("watch", "add", TRIALS[6], "--name", "wards"),
    "another watch": command("watch", "add", TRIALS[6], "--name", "others"),
    "lost key": lose_key,
    "another key": change_key,
    "a key for all": show_key,
    "a key for one": hide_key,
    "no watch": sql("DELETE FROM watches WHERE origin = 'config'"),
    "a watch of a command": sql("UPDATE watches SET origin = 'command' WHERE name = 'wards'"),
    "other names": sql("UPDATE watches SET name = name || '2' WHERE origin = 'config'"),
    "a trial less": sql(f"DELETE FROM watched_trials WHERE trial_id = '{TRIALS[0]}' AND watch_id > 1"),
    "a trial more": sql(
        f"INSERT INTO watched_trials SELECT registry, '{TRIALS[7]}', watch_id, added_at FROM watched_trials"
        f" WHERE trial_id = '{TRIALS[0]}' AND watch_id > 1"
    ),
    "a merger": sql(f"UPDATE trials SET merged_into = '{TRIALS[8]}' WHERE trial_id = '{TRIALS[0]}'"),
    "another search": sql("UPDATE searches SET sponsor = 'Quay Trust'"),
    "another role": sql("UPDATE searches SET role = 'any'"),
    "no search": sql("DELETE FROM searches"),
    "a subscription to more": sql("UPDATE subscriptions SET everything = 1 - everything"),
    "other filters": sql("UPDATE subscriptions SET topics = '[\"dates\"]'"),
    "another note": sql("UPDATE subscriptions SET note = 'this'"),
    "a pause": sql("UPDATE subscriptions SET state = 'paused'"),
    "an end": sql("UPDATE subscriptions SET state = 'ended', ended_at = created_at"),
    "no block": sql("UPDATE subscriptions SET name = NULL"),
    "another block": sql("UPDATE subscriptions SET name = 'config.toml, subscription 9' WHERE name = 'hook'"),
    "another watch of it": sql("UPDATE subscriptions SET watch_id = 1 WHERE watch_id IS NOT NULL"),
    "in no group": sql("DELETE FROM grouped_watches"),
    "grouped by a command": sql("UPDATE grouped_watches SET origin = 'command'"),
    "another name of a group": sql("UPDATE watch_groups SET name = name || '2'"),
    "about no group": sql("DELETE FROM subscribed_groups"),
    "in no team": sql("DELETE FROM team_members"),
    "in another team": sql("UPDATE team_members SET team = 'other'"),
    "subscribed to fewer": sql("DELETE FROM subscribed_trials"),
    "subscribed to another": sql(f"UPDATE subscribed_trials SET trial_id = '{TRIALS[9]}'"),
    "a damaged seal": sql("UPDATE endpoints SET sealed = x'00'"),
    "another address": sql("UPDATE endpoints SET address_digest = x'00' WHERE way = 'webhook'"),
    "a failure": sql("UPDATE endpoints SET failing_since = created_at"),
    "a damaged subscription": sql("UPDATE subscriptions SET created_at = 'once'"),
    "a damaged endpoint": sql("UPDATE endpoints SET disabled_at = 'once'"),
    "a damaged watch": sql("UPDATE watches SET created_at = 'once'"),
    "text that is none": sql("UPDATE watches SET name = CAST(x'ff' AS TEXT) WHERE name = 'wards'"),
}

configurations = st.one_of(st.sampled_from(PLAIN), st.lists(st.sampled_from(list(BLOCKS)), max_size=4, unique=True))
configured_anew = configurations.map(lambda blocks: lambda world: configure(world, *blocks))
steps = st.one_of(st.sampled_from(list(STEPS.values())), configured_anew)


@pytest.fixture
def applied(world: World, template: Path) -> Callable[[list[str]], None]:
    """Put the world into the state in which that configuration is applied, which is found out once."""
    known: dict[tuple[str, ...], tuple[bytes, bytes | None]] = {}

    def apply(blocks: list[str]) -> None:
        configure(world, *blocks)
        lose_key(world)
        if tuple(blocks) not in known:
            shutil.copy(template, world.file)
            settle(world)
            known[tuple(blocks)] = world.file.read_bytes(), key(world).read_bytes() if key(world).exists() else None
        database, held = known[tuple(blocks)]
        world.file.write_bytes(database)
        if held:
            key(world).write_bytes(held)
            key(world).chmod(0o600)

    return apply


ALL = PLAIN[-1]
HARMLESS = {"a check", "a settled check", "a key for one", "the same watched"}
REFUSED = {"remove a watch", "a watch of that name"}
"""By the commands, as the configuration has that watch."""


def test_whatever_comes_between_is_a_doubt(world: World, applied: Callable[[list[str]], None]) -> None:
    """Before a question. Some of it changes nothing that applying would write, which only applying finds out."""
    undoubted = set()
    for name, step in STEPS.items():
        applied(ALL)
        step(world)
        attempt, ran = world.quietly()
        assert attempt.is_done or not ran.requests
        undoubted |= {name} if attempt.is_done else set()

    assert undoubted == HARMLESS | REFUSED | {"resume a webhook"}


@pytest.mark.parametrize(
    "blocks",
    [ALL[1:], [*ALL[1:], ALL[0]], ["a longer list", *ALL[1:]], [*ALL, "a rule"], [*ALL, "nonsense"], []],
    ids=["fewer", "in another order", "longer", "with a rule", "with nonsense", "none"],
)
def test_another_configuration_is_applied(
    world: World, applied: Callable[[list[str]], None], blocks: list[str]
) -> None:
    applied(ALL)
    configure(world, *blocks)
    tables = world.tables()
    attempt, ran = world.quietly()

    assert not attempt.is_done
    assert (ran.out, ran.err, ran.requests, ran.tables) == ("", "", [], tables)


def test_another_version_applies_it_again(
    world: World, applied: Callable[[list[str]], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """So do other packages, which say which addresses are good."""
    applied(["a list"])
    assert world.quietly()[0].is_done
    monkeypatch.setattr("monitor.operate.applied.__version__", "another")
    assert not world.quietly()[0].is_done
    monkeypatch.undo()
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(packages)
    assert not world.quietly()[0].is_done


def test_what_is_refused_is_told_by_every_check(world: World) -> None:
    configure(world, "a list", "nonsense")
    settle(world)

    assert not world.quietly()[0].is_done
    assert "“7” is not a trial id" in world.wholly().err


@pytest.mark.hypothesis
@examples(15, 150)  # each makes several passes
@given(
    blocks=st.sampled_from(PLAIN),
    made=st.lists(steps, max_size=3),
    options=st.sampled_from([(), ("--json",)]),
)
def test_whatever_was_configured_a_quiet_check_does_what_the_whole_pass_would(
    world: World,
    applied: Callable[[list[str]], None],
    blocks: list[str],
    made: list[Step],
    options: tuple[str, ...],
) -> None:
    applied(blocks)
    for step in made:
        step(world)
    before, tables = world.file.read_bytes(), world.tables()

    attempt, quiet = world.quietly(*options)

    if not attempt.is_done:
        assert (quiet.out, quiet.err, quiet.tables) == ("", "", tables)
        return
    world.file.write_bytes(before)
    whole = world.wholly(*options)
    assert (quiet.status, quiet.out, quiet.err) == (whole.status, whole.out, whole.err)
    assert quiet.requests == whole.requests
    assert_alike(quiet.tables, whole.tables)
