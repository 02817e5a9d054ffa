"""The chat services that may be written to: whom they call, and what their addresses may ask for. Pure.

Of the two hundred services of Apprise these are the ones whose plugins were read: they send over HTTP and nothing else,
and read no file. A new one is a line here, once that is known of it. What an address may hold after its question mark
says where in the service a message goes and what it looks like there; nothing that names a file, an address to fetch
from, a header, a time-out, or less care with certificates is among it.
"""

from dataclasses import dataclass

from monitor.channels.chat.pasted import TEAMS_HOSTS


@dataclass(frozen=True, slots=True)
class ChatService:
    """*hosts* are the domains that it calls, themselves or what is under them; none where an address names the host."""

    parameters: frozenset[str]
    hosts: tuple[str, ...] = ()

    def may_call(self, host: str) -> bool:
        """Whether *host* is one of the service's own, or any may be called."""
        return not self.hosts or any(host == domain or host.endswith(f".{domain}") for domain in self.hosts)


def _service(parameters: str, *hosts: str) -> ChatService:
    return ChatService(frozenset(parameters.split()), hosts)


SERVICES = {
    # Their own hosts
    "bale": _service("to token", "bale.ai"),
    "dingtalk": _service("to token secret", "dingtalk.com"),
    "discord": _service("thread tts ping avatar", "discord.com"),
    "feishu": _service("token", "feishu.cn"),
    "flock": _service("to", "flock.com", "flock.co"),
    "gchat": _service("workspace key token thread", "chat.googleapis.com"),
    "groupme": _service("bot_id token", "groupme.com"),
    "guilded": _service("thread tts ping avatar", "guilded.gg"),
    "kook": _service("to token mode", "kookapp.cn"),
    "lark": _service("", "larksuite.com"),
    "line": _service("to", "line.me"),
    "pbul": _service("to", "pushbullet.com"),
    "pover": _service("to priority sound", "pushover.net"),
    "prowl": _service("priority", "prowlapp.com"),
    "revolt": _service("to channel bot_token", "revolt.chat"),
    "ryver": _service("mode", "ryver.com"),
    "slack": _service("to token timestamp", "slack.com", "slack-gov.com"),
    "spike": _service("", "spike.sh"),
    "stackfield": _service("token", "stackfield.com"),
    "tgram": _service("to thread topic silent preview", "telegram.org"),
    "twist": _service("to", "twist.com"),
    "webex": _service("to token mode", "ciscospark.com", "webexapis.com"),
    "wecombot": _service("key", "weixin.qq.com"),
    "workflow": _service("id sig ver api-version pa powerautomate route routeid wrap", *TEAMS_HOSTS),
    "workflows": _service("id sig ver api-version pa powerautomate route routeid wrap", *TEAMS_HOSTS),
    "wxteams": _service("to token mode", "ciscospark.com", "webexapis.com"),
    "zoom": _service("token mode", "zoom.us"),
    # The host that the address names
    "bark": _service("to group level sound"),
    "gotify": _service("priority"),
    "mastodon": _service("to token visibility sensitive spoiler language"),
    "matrix": _service("to token mode msgtype version"),
    "misskey": _service("token visibility"),
    "mmost": _service("to channel channels team mode botname"),
    "ncloud": _service("to version"),
    "nctalk": _service("secret silent"),
    "ntfy": _service("to token auth mode priority xtags"),
    "rocket": _service("to mode avatar webhook"),
    "signal": _service("to from status"),
    "synology": _service("token"),
    "toot": _service("to token visibility sensitive spoiler language"),
    "zulip": _service("to token"),
}


def service_of(schema: str) -> ChatService | None:
    """The service of an address that begins with *schema*; an s at its end means that it is encrypted."""
    found = SERVICES.get(schema)
    if found is None and schema.endswith("s"):
        found = SERVICES.get(schema[:-1])
        return None if found and found.hosts else found
    return found
