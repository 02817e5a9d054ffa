"""Agents that may only read are not told what watches are called: where the service is public, they may be anybody."""

from dataclasses import fields
from datetime import date

from monitor.changes.membership import Membership, joined
from monitor.clock import utc_now
from monitor.mcp.tool import FOR_SUBSCRIBERS
from monitor.model import Change, Difference, Event, Search, Significance
from monitor.model.access import Permission
from monitor.storage import events, snapshots
from tests.mcp.agents import over_http
from tests.mcp.sites import Site
from tests.program import WITHDRAWN_LATER

NAME = "Project Falcon"


def test_a_watch_is_named_to_who_may_subscribe_alone(site: Site) -> None:
    registry, _ = site.app.identify(WITHDRAWN_LATER)
    found = Membership(search=Search(sponsor="Harbour"), watch_id=1, watch=NAME, listed=date(2026, 11, 1))
    with site.app.store.begin() as tx:
        taken = snapshots.get(tx, registry.key, WITHDRAWN_LATER, 1)
        difference = joined(registry.parse(taken.document, taken.taken_at), found)[0]
        values = {each.name: getattr(difference, each.name) for each in fields(Difference)}
        told = Change(**values, significance=Significance.MAJOR)
        events.add(
            tx,
            [
                Event(
                    registry=registry.key,
                    trial_id=WITHDRAWN_LATER,
                    snapshot=1,
                    occurred_at=utc_now(),
                    changes=(told,),
                )
            ],
        )
    asked = (
        ("get_trial", {"trial_id": WITHDRAWN_LATER}),
        ("list_snapshots", {"trial_id": WITHDRAWN_LATER}),
        ("list_changes", {"since": "2020-01-01"}),
    )
    with over_http(site.url, site.token(Permission.READ, "who reads")) as agent:
        public = [agent.call(name, **arguments) for name, arguments in asked]
    with over_http(site.url, site.token(Permission.SUBSCRIBE, "who subscribes")) as agent:
        whole = agent.call("list_changes", since="2020-01-01")

    assert NAME not in str(public)
    assert "the watch of trials that Harbour leads found it" in str(public) or "newly found by the watch" in str(public)
    assert NAME in str(whole)


def test_who_may_only_read_cannot_find_out_which_watches_and_groups_there_are(site: Site) -> None:
    asked = [
        (tool, {kind: name})
        for tool in ("list_changes", "search_trials")
        for kind in ("watch", "group")
        for name in ("1", NAME, "nonsense")
    ]
    with over_http(site.url, site.token(Permission.READ, "who guesses")) as agent:
        said = {agent.refused(tool, **arguments) for tool, arguments in asked}
    with over_http(site.url, site.token(Permission.SUBSCRIBE, "who knows")) as agent:
        whole = agent.call("search_trials", watch="1")

    assert said == {FOR_SUBSCRIBERS}
    assert whole["trials"]
