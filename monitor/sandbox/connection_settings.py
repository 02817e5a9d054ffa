"""The settings for using a sandbox with a monitor: variables, and commands to copy. Pure.

`monitor sandbox` prints them, its page shows them, and `monitor demo` sets them.
"""

import shlex

from monitor.sandbox.controlled import ControlledRegistry

ALLOW_THIS_MACHINE = ("MONITOR_WEBHOOKS__ALLOW_NETWORKS", '["127.0.0.0/8"]')
"""Without it, a webhook to this machine is refused."""


def variables(sandbox: ControlledRegistry, *others: ControlledRegistry) -> dict[str, str]:
    """The configuration that makes a monitor use these sandboxes alone; the first has the inboxes of all."""
    inboxes = sandbox.inboxes
    found: dict[str, str] = {}
    for registry in (sandbox, *others):
        section = f"MONITOR_REGISTRIES__{registry.key.replace('.', '_').upper()}__"
        found |= {f"{section}BASE_URL": registry.base_url, f"{section}REQUESTS_PER_SECOND": "1000"}
        found |= {f"{section}{name.upper()}": value for name, value in registry.settings.items()}
    if inboxes.mailbox:
        found |= {"MONITOR_SMTP__HOST": inboxes.mailbox.host, "MONITOR_SMTP__PORT": str(inboxes.mailbox.port)}
    if inboxes.receiver:
        found |= [ALLOW_THIS_MACHINE]
    return found


def exports(sandbox: ControlledRegistry, *others: ControlledRegistry) -> list[str]:
    """The variables as lines for a shell."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables(sandbox, *others).items()]


def commands(sandbox: ControlledRegistry, *others: ControlledRegistry) -> list[str]:
    """The commands of docs/tutorial.md: watch a trial, subscribe, make it change, and get the alert."""
    inboxes = sandbox.inboxes
    subscribe = []
    if inboxes.mailbox:
        subscribe.append(f"monitor subscribe email you@example.org --trial {sandbox.example}")
    if inboxes.receiver:
        subscribe.append(
            f"monitor subscribe webhook {inboxes.receiver.url} --all --json | "
            f"curl -s -H 'Content-Type: application/json' -d @- {sandbox.page_url}sandbox/secret"
        )
    return [
        f"monitor watch add {' '.join(registry.example for registry in (sandbox, *others))}",
        "monitor check",
        *subscribe,
        f"curl -s -d {sandbox.argument}={sandbox.example} {sandbox.page_url}sandbox/next",
        "monitor check --deliver",
    ]
