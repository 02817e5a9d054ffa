"""Programs make subscriptions, change, pause and end them, and try rules before they make any."""

from typing import Any

import pytest

from monitor.alerts import managing, opting_in
from monitor.alerts.links import Links
from monitor.alerts.subscribe import SubscriptionScope, Wanted, apply_config
from monitor.alerts.teams import join
from monitor.channels.webhook.signing import new_secret
from monitor.model.access import Permission
from monitor.sandbox.receiver import WebhookReceiver
from tests.program import WITHDRAWN_LATER
from tests.web.api.program import Api, problem

RULE = {"way": "email", "to": "anna@example.org", "trials": [WITHDRAWN_LATER]}


def made(api: Api, **more: object) -> dict[str, Any]:
    answer = api.send("/subscriptions", {**RULE, **more}, scope=Permission.SUBSCRIBE)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_subscription_tells_from_then_on(api: Api) -> None:
    answer = api.send("/subscriptions", {**RULE, "name": "rivals", "topics": ["status"]}, scope=Permission.SUBSCRIBE)
    own = answer.headers["location"].removeprefix("/api/v1")
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    api.outbox.deliver()

    assert [message.endpoint.shown for message in api.outbox.channel.came] == ["anna@example.org"]
    assert (api.read(own)["topics"], api.read(own)["origin"]) == (["status"], "api")
    assert [each["name"] for each in api.read("/subscriptions")["data"]] == ["rivals"]


def test_an_address_is_shown_to_nobody_else(api: Api) -> None:
    subscription = made(api)
    shown = [
        subscription,
        *(api.ask(path).json() for path in ("/subscriptions", f"/subscriptions/{subscription['id']}")),
        api.send(f"/subscriptions/{subscription['id']}/rotate").json(),
        api.send("/subscriptions/backtest", RULE).json(),
    ]

    assert "anna@" not in str(shown)
    assert subscription["to"] == "a…@example.org"


def test_a_sample_is_sent_while_somebody_waits_and_what_the_receiver_says_is_answered(api: Api) -> None:
    with WebhookReceiver(new_secret()) as receiver:
        own = f"/subscriptions/{made(api, way='webhook', to=receiver.url)['id']}"
        key = {"Idempotency-Key": "once"}
        sent = [api.send(f"{own}/sample", scope=Permission.SUBSCRIBE, headers=key) for _ in range(2)]

        assert [each.json() for each in sent] == [{"outcome": "204 No Content"}] * 2
        assert len(receiver.deliveries) == 1, "the same key sends no other"
    refused = api.send(f"{own}/sample")
    assert (refused.status_code, problem(refused)) == (502, "not-taken")
    api.send(f"{own}/end")
    assert problem(api.send(f"{own}/sample")) == "conflict"


def test_a_trial_that_nobody_watched_is_watched_from_then_on(api: Api) -> None:
    assert made(api, trials=["NCT04280705"])["watched"] == ["NCT04280705"]
    assert "NCT04280705" in [each["trial_id"] for each in api.read("/watches/2/trials")["data"]]


def test_a_webhooks_secret_is_answered_once(api: Api) -> None:
    subscription = made(api, way="webhook", to="https://example.org/hook")
    rotated = api.send(f"/subscriptions/{subscription['id']}/rotate").json()["secret"]

    assert subscription["secret"].startswith("whsec_")
    assert rotated.startswith("whsec_")
    assert rotated != subscription["secret"]
    assert "whsec_" not in api.ask(f"/subscriptions/{subscription['id']}").text


def test_another_that_tells_the_same_is_named_by_an_id_that_is_found(api: Api) -> None:
    first = made(api)

    assert api.read(f"/subscriptions/{made(api)['same_as']}")["id"] == first["id"]
    assert "write ids whole" in api.ask(f"/subscriptions/{first['id'][:8]}").json()["detail"]


def test_a_name_that_is_taken_is_pointed_at(api: Api) -> None:
    made(api, name="rivals")
    refused = api.send("/subscriptions", {**RULE, "name": "rivals"})

    assert problem(refused) == "invalid"
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/name"]


def test_what_is_left_out_of_an_edit_stays_and_null_clears(api: Api) -> None:
    own = f"/subscriptions/{made(api, note='rival', min_days=30, topics=['dates'])['id']}"
    tag = api.ask(own).headers["etag"]
    edit = {"note": None, "min_significance": "major", "rhythm": {"digest": "weekly", "tz": "Europe/Paris"}}
    answer = api.send(own, edit, method="PATCH", headers={"If-Match": tag})
    after = answer.json()

    assert (after["note"], after["min_days"], after["topics"]) == (None, 30, ["dates"])
    assert (after["min_significance"], after["rhythm"]["digest"]) == ("major", "weekly")
    assert answer.headers["etag"] == api.ask(own).headers["etag"]
    assert after == api.read(own)
    cleared = api.send(
        own, {"min_days": None, "topics": None}, method="PATCH", headers={"If-Match": answer.headers["etag"]}
    ).json()
    assert (cleared["min_days"], cleared["topics"], cleared["min_significance"]) == (None, [], "major")


def test_an_edit_says_which_state_it_is_of(api: Api) -> None:
    """Of two who change the same, the second is told that it is not what they saw."""
    own = f"/subscriptions/{made(api)['id']}"
    tag = {"If-Match": api.ask(own).headers["etag"]}

    assert problem(api.send(own, {"note": "x"}, method="PATCH")) == "match-needed"
    assert api.send(own, {"note": "x"}, method="PATCH", headers=tag).status_code == 200
    assert problem(api.send(own, {"note": "y"}, method="PATCH", headers=tag)) == "changed-meanwhile"
    assert api.read(own)["note"] == "x"


def test_one_pauses_goes_on_and_ends(api: Api) -> None:
    own = f"/subscriptions/{made(api)['id']}"

    assert api.send(f"{own}/pause").json()["state"] == "paused"
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    resumed = api.send(f"{own}/resume", {"catch_up": True}).json()
    assert (resumed["state"], resumed["missed"]) == ("active", 1)
    assert api.send(f"{own}/end").json()["unsent"] == 1
    assert problem(api.send(f"{own}/pause")) == "conflict"
    assert api.read("/subscriptions")["data"] == []
    assert api.read("/subscriptions?state=ended")["data"][0]["state"] == "ended"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"way": "pigeon"}, "#/way"),
        ({"to": "nobody"}, "#/to"),
        ({"topics": ["nonsense"]}, "#/topics/0"),
        ({"kinds": ["status", "nonsense"]}, "#/kinds/1"),
        ({"trials": [WITHDRAWN_LATER, "nonsense"]}, "#/trials/1"),
        ({"trials": [], "watch": "nonsense"}, "#/watch"),
        ({"trials": [], "watch": 77}, "#/watch"),
        ({"trials": [], "group": "nonsense"}, "#/group"),
        ({"trials": []}, "#"),
        ({"all": True}, "#/all"),
        ({"all": True}, "#/trials"),
        ({"trials": [], "sponsor": "x", "condition": "y"}, "#/sponsor"),
        ({"trials": [], "sponsor": "x", "condition": "y"}, "#/condition"),
        ({"rhythm": {"digest": "hourly"}}, "#/rhythm/digest"),
        ({"rhythm": {"digest": "daily", "tz": "Nowhere"}}, "#/rhythm/tz"),
        ({"rhythm": {"digest": "daily", "at": "25:00"}}, "#/rhythm/at"),
        ({"rhythm": {"quiet_hours": "08:00-08:00"}}, "#/rhythm/quiet_hours"),
        ({"rhythm": {"at": "07:30"}}, "#/rhythm/at"),
        ({"rhythm": {"break_through": True}}, "#/rhythm/break_through"),
        ({"without": ["nonsense"]}, "#/without/0"),
        ({"nmae": "x"}, "#/nmae"),
        ({"name": "a\nb"}, "#/name"),
        ({"name": "a\0b"}, "#/name"),
        ({"min_days": -1}, "#/min_days"),
    ],
)
def test_a_value_that_cannot_be_used_is_pointed_at(kept: Api, sent: dict[str, object], pointer: str) -> None:
    for path in ("/subscriptions", "/subscriptions/backtest"):
        answer = kept.send(path, {**RULE, **sent})
        assert problem(answer) == "invalid", answer.text
        assert pointer in [each["pointer"] for each in answer.json()["errors"]], answer.text


def test_all_that_cannot_be_used_is_told_at_once(api: Api) -> None:
    made(api, name="rivals")
    sent = {"to": "nobody", "trials": ["x", WITHDRAWN_LATER, "y"], "name": "rivals", "role": "any", "registry": "here"}
    told = api.send("/subscriptions", {**RULE, **sent, "watch": 7, "group": "none", "rhythm": {"at": "07:30"}}).json()
    shapes = api.send("/subscriptions", {**RULE, "kinds": ["a", "b"], "rhythm": {"tz": "c", "at": "d"}}).json()

    assert {each["pointer"] for each in told["errors"]} == {
        *("#/trials", "#/watch", "#/group", "#/to", "#/trials/0", "#/trials/2", "#/name", "#/role", "#/registry"),
        "#/rhythm/at",
    }
    assert [each["pointer"] for each in shapes["errors"]] == ["#/kinds/0", "#/kinds/1", "#/rhythm/at", "#/rhythm/tz"]
    assert len(api.read("/subscriptions")["data"]) == 1


def test_mails_are_in_the_language_that_was_asked_for(api: Api) -> None:
    own = f"/subscriptions/{made(api, language='fr')['id']}"
    tag = api.ask(own).headers["etag"]
    refused = api.send("/subscriptions", {**RULE, "language": "de"})
    cleared = api.send(own, {"language": None}, method="PATCH", headers={"If-Match": tag}).json()

    assert api.send("/subscriptions/backtest", {**RULE, "language": "fr"}).status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["#/language"]
    assert (cleared["language"], api.read(own)["language"]) == ("en", "en")
    tag = api.ask(own).headers["etag"]
    assert api.send(own, {"language": "fr"}, method="PATCH", headers={"If-Match": tag}).json()["language"] == "fr"


def test_an_end_is_taken_back_for_a_month(api: Api) -> None:
    own = f"/subscriptions/{made(api, name='rivals')['id']}"
    api.send(f"{own}/end")
    assert problem(api.send(f"{own}/restore", scope=Permission.READ)) == "forbidden"
    restored = api.send(f"{own}/restore", scope=Permission.SUBSCRIBE)

    assert (restored.status_code, restored.json()["state"]) == (200, "active")
    assert restored.headers["etag"] == api.ask(own).headers["etag"]
    assert api.send(f"{own}/restore").json() == restored.json(), "nothing is to be taken back"
    api.outbox.sandbox.next_state(WITHDRAWN_LATER)
    api.outbox.clock.advance(minutes=1)
    api.outbox.check(WITHDRAWN_LATER)
    api.outbox.deliver()
    assert [message.endpoint.shown for message in api.outbox.channel.came] == ["anna@example.org"]

    api.send(f"{own}/end")
    made(api, name="rivals")
    assert "has its name" in api.send(f"{own}/restore").json()["detail"]
    other = f"/subscriptions/{made(api)['id']}"
    api.send(f"{other}/end")
    api.outbox.clock.advance(days=30)
    assert problem(api.send(f"{other}/restore")) == "conflict"


def test_what_its_receiver_ended_or_never_confirmed_no_program_brings_back(api: Api) -> None:
    left, going = (f"/subscriptions/{made(api)['id']}" for _ in range(2))
    context = api.outbox.subscribe_context
    trials = SubscriptionScope(trials=frozenset({(api.outbox.registry.key, WITHDRAWN_LATER)}))
    opting_in.ask(opting_in.Request(address="omar@example.org", network="192.0.2.1", scope=trials), context)
    (pending,) = api.read("/subscriptions?state=pending")["data"]
    api.send(f"/subscriptions/{pending['id']}/end")
    links = Links(context.vault, api.url)
    managing.leave(links.manage(left.rpartition("/")[2]).rpartition("/")[2], links, context)

    api.outbox.clock.advance(minutes=1)
    assert api.send(f"{left}/end").status_code == 200, "whoever ends it again did not end it"

    for own, words in ((left, "its receiver left"), (f"/subscriptions/{pending['id']}", "never confirmed")):
        refused = api.send(f"{own}/restore")
        assert problem(refused) == "conflict"
        assert words in refused.json()["detail"]
    assert [each["id"] for each in api.read("/subscriptions")["data"]] == [going.rpartition("/")[2]]


def test_a_pause_ends_by_itself_where_that_is_wanted(api: Api) -> None:
    own = f"/subscriptions/{made(api)['id']}"

    for until in ("nonsense", "2020-01-01", "2099-01-01", "0d"):
        answer = api.send(f"{own}/pause", {"until": until})
        assert [each["pointer"] for each in answer.json()["errors"]] == ["#/until"], until
    assert api.send(f"{own}/pause", {"until": "30d"}).json()["paused_until"] == "2026-12-22T17:00:00Z"
    assert api.send(f"{own}/pause", {"until": "2026-12-24"}).json()["paused_until"] == "2026-12-24T00:00:00Z"
    assert api.send(f"{own}/pause").json()["paused_until"] is None


def test_who_is_in_a_team_is_changed_with_all_of_it(api: Api) -> None:
    context = api.outbox.subscribe_context
    own = f"/subscriptions/{made(api, name='rivals')['id']}"
    join("rivals", "email", "bengt@example.org", context)
    tag = {"If-Match": api.ask(own).headers["etag"]}

    named = api.send(own, {"name": "others"}, method="PATCH", headers=tag)
    changed = api.send(own, {"note": "both", "topics": ["sites"]}, method="PATCH", headers=tag)

    assert [each["pointer"] for each in named.json()["errors"]] == ["#/name"]
    assert (changed.json()["note"], changed.headers["etag"]) == ("both", api.ask(own).headers["etag"])
    found = api.read("/subscriptions")["data"]
    assert [(each["note"], each["topics"], each["team"]) for each in found] == [("both", ["sites"], "rivals")] * 2


def test_a_rule_is_tried_before_it_is_made(kept: Api) -> None:
    tried = kept.send("/subscriptions/backtest", {**RULE, "since": "3m"}, scope=Permission.READ).json()
    stricter = kept.send("/subscriptions/backtest", {**RULE, "topics": ["sites"]}).json()

    assert (tried["count"], tried["is_made"], tried["subscription"]["id"]) == (1, False, None)
    assert tried["messages"][0]["events"][0]["trial_id"] == WITHDRAWN_LATER
    assert stricter["count"] == 0
    made_before = kept.read("/subscriptions")["data"][0]["id"]
    assert kept.read(f"/subscriptions/{made_before}/backtest?since=3m")["count"] == 1


@pytest.mark.parametrize(
    ("body", "kind", "slug"),
    [
        (b"{}", "text/plain", "not-json"),
        (b"{", "application/json", "malformed"),
        (b'{"name": NaN}', "application/json", "malformed"),
        (b"\xff", "application/json", "malformed"),
        (b'"\\ud800"', "application/json", "malformed"),
        (b"[" * 40 + b"]" * 40, "application/json", "malformed"),
        (b"[" * 100_000, "application/json", "malformed"),
        (b" " * 300_000, "application/json", "too-large"),
        (b"", "application/json", "invalid"),
        (b"[]", "application/json", "invalid"),
        (b"null", "application/json", "invalid"),
    ],
)
def test_a_body_that_is_not_ours_is_refused(kept: Api, body: bytes, kind: str, slug: str) -> None:
    assert problem(kept.ask("/subscriptions", "POST", data=body, headers={"Content-Type": kind})) == slug


def test_it_is_explained_why_somebody_was_told(kept: Api) -> None:
    subscription = kept.read("/subscriptions")["data"][0]["id"]
    told = kept.read(f"/subscriptions/{subscription}/why?trial={WITHDRAWN_LATER}")
    other = kept.ask(f"/subscriptions/{subscription}/why?trial=nonsense")

    assert any("after the first try" in line for line in told["data"]), told
    assert (problem(other), other.json()["errors"][0]["parameter"]) == ("invalid", "trial")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"all": "yes", "trials": []}, "#/all"),
        ({"all": 1, "trials": []}, "#/all"),
        ({"min_days": True}, "#/min_days"),
        ({"min_days": "5"}, "#/min_days"),
        ({"min_percent": "5"}, "#/min_percent"),
        ({"rhythm": {"all_quiet": "yes"}}, "#/rhythm/all_quiet"),
    ],
)
def test_nothing_is_taken_for_something_else(kept: Api, given: dict[str, Any], pointer: str) -> None:
    answer = kept.send("/subscriptions", {**RULE, **given}, scope=Permission.SUBSCRIBE)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("given", [{"registry": "isrctn.com"}, {"role": "any"}])
@pytest.mark.parametrize("path", ["/subscriptions", "/watches"])
def test_what_does_not_fit_is_refused_and_named(kept: Api, path: str, given: dict[str, Any]) -> None:
    rule = RULE if path == "/subscriptions" else {"trials": [WITHDRAWN_LATER]}

    answer = kept.send(path, {**rule, **given})

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"#/{next(iter(given))}"]


@pytest.mark.parametrize("path", ["", "/trials/a%0Ab", "/a%0Ab", "/subscriptions/a%0Ab"])
def test_whatever_leads_nowhere_is_answered_as_a_problem(kept: Api, path: str) -> None:
    answer = kept.ask(path)

    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_tells_the_operator_of_trouble_is_neither_paused_nor_ended(api: Api) -> None:
    wanted = Wanted(name="config.toml, operator email", channel="email", address="ops@example.org", origin="operator")
    apply_config([wanted], api.outbox.subscribe_context)
    (own,) = api.read("/subscriptions")["data"]

    for doing in ("pause", "end"):
        refused = api.send(f"/subscriptions/{own['id']}/{doing}", scope=Permission.SUBSCRIBE)
        assert (refused.status_code, problem(refused)) == (409, "conflict")
        assert "change [operator] there" in refused.json()["detail"]
    assert api.read(f"/subscriptions/{own['id']}")["state"] == "active"
