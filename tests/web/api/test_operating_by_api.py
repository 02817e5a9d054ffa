"""Programs look after the service: deliveries, what is held or refused, watches, and how it is."""

from datetime import datetime, timedelta

import pytest

from monitor.access import users
from monitor.access.codes import new_secret
from monitor.errors import DeliveryDeferred, SignInRefused
from monitor.model import Settlement
from monitor.model.access import Permission
from monitor.model.report import Bounce, BounceEffect, ReportKind
from monitor.storage import bounces, health, held_events, holds, left_alone, settlements
from monitor.storage.health import Health
from monitor.storage.holds import Hold
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

OPERATORS = ("/deliveries", "/held", "/quarantine", "/drift", "/notices", "/bounces", "/checks", "/users", "/tokens")


@pytest.mark.parametrize("path", OPERATORS)
def test_only_operators_see_what_is_theirs(kept: Api, path: str) -> None:
    assert kept.ask(path).status_code == 200
    answer = kept.ask(path, scope=Permission.SUBSCRIBE)
    assert (problem(answer), answer.json()["scope"]) == ("forbidden", "operate")


def test_a_delivery_is_told_with_its_attempts_and_what_it_sends(kept: Api) -> None:
    (row,) = kept.read(f"/deliveries?trial={WITHDRAWN_LATER}")["data"]
    own = f"/deliveries/{row['id']}"
    whole, body = kept.read(own), kept.read(f"{own}/body")

    assert (row["standing"], row["to"]) == ("delivered", "webhook https://example.org/hook")
    assert row["tells"].startswith(f"{WITHDRAWN_LATER}: Withdrawn")
    assert [each["outcome"] for each in whole["attempts"]] == ["200 OK"]
    assert body["is_json"]
    assert WITHDRAWN_LATER in body["text"]
    assert kept.read("/deliveries?state=rejected")["data"] == []
    assert problem(kept.ask("/deliveries?to=nobody")) == "invalid"
    assert problem(kept.ask("/deliveries/7c1e4b2a-5d3f-5a6b-9c8d-0e1f2a3b4c5d")) == "not-found"


def test_a_delivery_is_tried_now_or_owed_again(api: Api) -> None:
    api.outbox.subscribe("https://example.org/hook", WITHDRAWN_LATER)
    api.outbox.refuse("https://example.org/hook", DeliveryDeferred("503 later", status=503))
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    api.outbox.deliver()
    (row,) = api.read("/deliveries?state=failing")["data"]
    own = f"/deliveries/{row['id']}"

    assert row["attempts_made"] == 1
    assert problem(api.send(f"{own}/try")) == "conflict"
    replayed = api.send(f"{own}/replay").json()
    assert (replayed["standing"], replayed["attempts_made"]) == ("owed", 0)


def test_what_is_held_is_decided_and_what_became_of_it_is_told(api: Api) -> None:
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    hold_id = held(api, f"{api.outbox.registry.key}/{WITHDRAWN_LATER}/2")
    own = f"/held/{hold_id}"

    before = api.read(own)
    (event,) = api.read(f"{own}/events")["data"]
    assert (before["decided_by"], before["became"]) == (None, [{"became": "held", "events": 1}])
    assert (event["not_told"], event["hold"]) == ("held", hold_id)
    decided = api.send(f"{own}/release").json()
    assert (decided["decision"], decided["events"]) == ("released", 1)
    after = api.read(own)
    assert (after["became"], after["decided_at"]) == ([{"became": "told", "events": 1}], decided["decided_at"])
    assert after["decided_by"] == decided["decided_by"]
    assert after["decided_by"].startswith("operate "), "the token, by its name"
    (event,) = api.read(f"{own}/events")["data"]
    assert event["not_told"] is None
    assert problem(api.send(f"{own}/discard")) == "conflict"


def held(api: Api, event_id: str) -> int:
    """The number of a hold that holds this event alone."""
    key, now = api.outbox.registry.key, api.outbox.clock()
    hold = Hold(registry=key, version="v", fields=("overall_status",), trials=1, checked=1, held_at=now)
    with api.outbox.store.begin() as tx:
        number = holds.add(tx, hold).id
        settlements.pend(tx, key, {event_id: 1})
        settlements.record(tx, [event_id], Settlement.HELD, at=None, hold_id=number)
        held_events.note(tx, number, [event_id])
    return number


def test_trials_are_watched_and_not_any_more(api: Api) -> None:
    answer = api.send("/watches", {"trials": ["nct04280705", "NCT00000102"], "name": "rivals", "groups": ["oncology"]})
    (watch,) = answer.json()["watches"]
    own = answer.headers["location"].removeprefix("/api/v1")

    assert (watch["name"], watch["groups"], watch["trials"]) == ("rivals", ["oncology"], 2)
    assert api.read(own)["trials"] == 2
    tag = {"If-Match": api.ask(own).headers["etag"]}
    renamed = api.send(own, {"name": "others"}, method="PATCH", headers=tag)
    assert renamed.json()["name"] == "others"
    assert renamed.headers["etag"] == api.ask(own).headers["etag"]
    assert problem(api.send(own, {"name": "x"}, method="PATCH", headers=tag)) == "changed-meanwhile"
    assert api.ask("/watches/trials/NCT04280705", "DELETE").json()["trial_id"] == "NCT04280705"
    assert problem(api.ask("/watches/trials/NCT04280705", "DELETE")) == "not-found"
    assert api.ask(own, "DELETE").json() == {"watch": watch["id"], "trials": 1, "silenced": []}
    assert problem(api.ask(own)) == "not-found"


def test_a_sponsor_is_watched_as_its_registry_spells_it(api: Api) -> None:
    (watch,) = api.send("/watches", {"sponsor": "alzahra HOSPITAL"}).json()["watches"]
    unknown = api.send("/watches", {"sponsor": "Alzahra"})

    assert (watch["kind"], watch["sponsor"], watch["finds"]) == ("sponsor", "Alzahra Hospital", 1)
    assert problem(unknown) == "invalid"
    assert {"sponsor": "Alzahra Hospital", "trials": 1} in unknown.json()["candidates"]


def test_health_is_short_for_who_does_not_operate(kept: Api) -> None:
    whole, short = kept.read("/health"), kept.read("/health", scope=Permission.READ)

    assert (whole["status"], whole["reasons"]) == ("ok", [])
    assert short == {**whole, "reasons": None}
    assert whole["seen"] == whole["watched"] > 10


def test_a_token_works_until_it_is_revoked(api: Api) -> None:
    answer = api.send("/tokens", {"name": "dashboard", "expires": "90d"})
    made = answer.json()
    its_own = {"Authorization": f"Bearer {made['token']}"}

    assert (made["scope"], made["expires_at"]) == ("read", "2027-02-20T17:00:00Z")
    assert api.ask("/trials", scope=None, headers=its_own).status_code == 200
    assert problem(api.ask("/deliveries", scope=None, headers=its_own)) == "forbidden"
    assert made["token"] not in api.ask("/tokens").text
    assert problem(api.send("/tokens", {"name": "dashboard"})) == "invalid"
    assert api.ask(answer.headers["location"].removeprefix("/api/v1"), "DELETE").status_code == 200
    assert problem(api.ask("/trials", scope=None, headers=its_own)) == "unauthenticated"
    for sent, pointer in (({"expires": "9999w"}, "#/expires"), ({"user": "nobody"}, "#/user")):
        answer = api.send("/tokens", {"name": "other", **sent})
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_users_are_added_changed_helped_and_removed(api: Api) -> None:
    access = api.answering.site.access
    answer = api.send("/users", {"name": "grace", "role": "subscribe"})
    made, own = answer.json(), answer.headers["location"].removeprefix("/api/v1")

    assert is_password(api, "grace", made["password"])
    assert problem(api.send("/users", {"name": "grace"})) == "invalid"
    assert made["password"] not in api.ask("/users").text + api.ask(own).text
    helped = api.send(f"{own}/password").json()
    assert is_password(api, "grace", helped["password"])
    assert not is_password(api, "grace", made["password"])
    stale = {"If-Match": api.ask(own).headers["etag"]}
    changed = api.send(own, {"role": "operate"}, method="PATCH", headers=stale)
    assert (changed.json()["role"], changed.headers["etag"]) == ("operate", api.ask(own).headers["etag"])
    assert problem(api.send(own, {"role": "read"}, method="PATCH", headers=stale)) == "changed-meanwhile"
    users.turn_codes_on(users.find("grace", access), new_secret(), None, access, now=api.outbox.clock())
    assert api.read(own)["codes"]
    assert not api.ask(f"{own}/codes", "DELETE").json()["codes"]
    assert api.ask(f"{own}/sessions", "DELETE").status_code == 200
    assert api.ask(own, "DELETE").json()["name"] == "grace"
    assert problem(api.ask(own)) == "not-found"


def test_nobody_shuts_themselves_out_by_a_token_of_their_own(api: Api) -> None:
    own = f"/users/{api.send('/users', {'name': 'grace', 'role': 'operate'}).json()['id']}"
    token = api.send("/tokens", {"name": "of grace", "scope": "operate", "user": "grace"}).json()["token"]
    shown = {"Authorization": f"Bearer {token}"}

    for method, path in (("DELETE", own), ("POST", f"{own}/password"), ("DELETE", f"{own}/sessions")):
        assert problem(api.ask(path, method, scope=None, headers=shown)) == "conflict"
    assert api.read(own)["role"] == "operate"


def is_password(api: Api, name: str, password: str) -> bool:
    access = api.answering.site.access
    try:
        users.confirm_password(users.find(name, access), password, access, now=api.outbox.clock())
    except SignInRefused:
        return False
    return True


def test_registries_are_looked_at_when_somebody_asks_for_it(api: Api) -> None:
    registry, now = api.outbox.registry, api.outbox.clock()
    with api.outbox.store.begin() as tx:
        health.record(tx, Health(registry.key, now + timedelta(hours=1)))
    answer = api.send("/checks")

    assert answer.status_code == 202
    assert answer.json()["data"] == [{"registry": registry.key, "is_due": True, "left_alone_until": None}]
    assert due_at(api) == now
    assert api.send("/checks", scope=Permission.SUBSCRIBE).status_code == 403

    with api.outbox.store.begin() as tx:
        health.record(tx, Health(registry.key, now + timedelta(hours=1)))
        left_alone.leave(tx, registry.key, registry.address, now + timedelta(minutes=5))
    (told,) = api.send("/checks").json()["data"]
    assert (told["is_due"], told["left_alone_until"]) == (False, f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}")
    assert due_at(api) == now + timedelta(hours=1)


def test_what_is_watched_by_the_api_is_looked_at_at_once(api: Api) -> None:
    with api.outbox.store.begin() as tx:
        health.record(tx, Health(api.outbox.registry.key, api.outbox.clock() + timedelta(hours=1)))
    api.send("/watches", {"trials": ["NCT00000102"]})

    assert due_at(api) == api.outbox.clock()


def due_at(api: Api) -> datetime | None:
    with api.outbox.store.read() as tx:
        known = health.get(tx, api.outbox.registry.key)
    return known.next_check_at if known else None


def test_watches_come_in_pages_the_oldest_first(api: Api) -> None:
    for number in range(3):
        api.send("/watches", {"trials": ["NCT00000102"], "name": f"list {number}", "groups": [f"group {number}"]})
    found, path = [], "/watches?limit=2"
    while path:
        page = api.read(path)
        found += [(each["name"], each["groups"]) for each in page["data"]]
        path = f"/watches?limit=2&cursor={page['next_cursor']}" if page["has_more"] else ""

    assert found == [(None, []), *((f"list {number}", [f"group {number}"]) for number in range(3))]


def test_what_came_back_of_mails_is_listed_a_page_at_a_time_and_tells_no_address(api: Api) -> None:
    outbox = api.outbox
    endpoint = outbox.subscribe("ana@example.org", channel="email").subscription.endpoint
    with outbox.store.begin() as tx:
        for number in range(3):
            report = Bounce(
                digest=bytes([number]) * 32,
                delivery_id=None,
                endpoint_id=endpoint.id,
                kind=ReportKind.HARD,
                status="5.1.1",
                diagnostic=f"{number}: <ana@example.org> unknown",
                read_at=outbox.clock() + timedelta(minutes=number),
                effect=BounceEffect.ENDED,
            )
            bounces.add(tx, report)
    first = api.ask("/bounces?limit=2", scope=Permission.OPERATE)
    second = api.read(f"/bounces?limit=2&cursor={first.json()['next_cursor']}", scope=Permission.OPERATE)

    told = [*first.json()["data"], *second["data"]]
    assert [each["diagnostic"][0] for each in told] == ["2", "1", "0"]
    assert {(each["to"], each["effect"]) for each in told} == {("a…@example.org", "ended")}
    assert "ana@" not in first.text
    assert not second["has_more"]
