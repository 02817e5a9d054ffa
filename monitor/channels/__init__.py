"""Ways to reach people, one folder a channel, each declared as a `monitor.channels.channel.Channel`.

A new channel takes one folder, one line and its tests:

* a folder here whose `channel` holds `CHANNEL`: a subclass of `Channel` that says what the channel is called, which
  addresses it takes and what may be shown of them, how an event, a digest and a notice are rendered, when a delivery is
  tried again, and what sends it. An address may hold secrets, and no message may;
* a module `settings` beside it with `ADDRESS`, the key of `[[subscription]]` and `[operator]` for its addresses, and
  `TABLES`, its own tables of config.toml, of which there may be none;
* its name in `NAMES` below, and its keys in config.toml. The command line, the configuration, the database and
  `monitor doctor` go by that list;
* tests against a real server on loopback, for everything in which a receiver can fail.

What sends keeps the port `monitor.ports.Transport`: it sends `Message.body` as it is, bounds everything that a receiver
can do to it, and raises nothing but DeliveryDeferred (worth another attempt) and DeliveryRejected (never again). One
with other people's addresses calls them through `monitor.channels.guarding.guarded_session`, or it is a hole into our
network.

`monitor.channels.declared` loads the declarations, as most commands do, so what is heavy is imported where it is used.
This package alone, and those of the folders, load nothing.
"""

from collections.abc import Sequence

NAMES = ("email", "webhook", "chat")
"""The folders, in the order in which they are listed to people."""


def one_each(channel: str, addresses: Sequence[str]) -> list[str]:
    """The addresses without those that come twice: a mail address in other letters is the same person's."""
    found: dict[str, str] = {}
    for each in addresses:
        found.setdefault(each.strip().casefold() if channel == "email" else each, each)
    return list(found.values())
