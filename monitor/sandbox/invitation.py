"""How a monitor is told to use a sandbox: variables, and commands to copy. Pure.

`monitor sandbox` prints them, its page shows them, and `monitor demo` sets them.
"""

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.sandbox.sandbox import Sandbox

REGISTRY = "MONITOR_REGISTRIES__CLINICALTRIALS_GOV__"
ALLOW_THIS_MACHINE = ("MONITOR_WEBHOOKS__ALLOW_NETWORKS", '["127.0.0.0/8"]')
"""Without it, a webhook to this machine is refused."""
WITHDRAWN_LATER = "NCT02116634"


def variables(sandbox: "Sandbox") -> dict[str, str]:
    """The configuration that leads a monitor to this sandbox, and to it alone."""
    reception = sandbox.reception
    found = {f"{REGISTRY}BASE_URL": sandbox.base_url, f"{REGISTRY}REQUESTS_PER_SECOND": "1000"}
    if reception.mailbox:
        found |= {"MONITOR_SMTP__HOST": reception.mailbox.host, "MONITOR_SMTP__PORT": str(reception.mailbox.port)}
    if reception.receiver:
        found |= [ALLOW_THIS_MACHINE]
    return found


def exports(sandbox: "Sandbox") -> list[str]:
    """The variables as lines for a shell."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables(sandbox).items()]


def commands(sandbox: "Sandbox") -> list[str]:
    """A walk through it, which docs/tutorial.md takes too: watch a trial, subscribe, let it change, be told."""
    reception = sandbox.reception
    subscribe = []
    if reception.mailbox:
        subscribe.append(f"monitor subscribe email you@example.org --trial {WITHDRAWN_LATER}")
    if reception.receiver:
        subscribe.append(
            f"monitor subscribe webhook {reception.receiver.url} --all --json | "
            f"curl -s -H 'Content-Type: application/json' -d @- {sandbox.page_url}sandbox/secret"
        )
    return [
        f"monitor watch add {WITHDRAWN_LATER}",
        "monitor check",
        *subscribe,
        f"curl -s -d nct_id={WITHDRAWN_LATER} {sandbox.page_url}sandbox/next",
        "monitor check --deliver",
    ]
