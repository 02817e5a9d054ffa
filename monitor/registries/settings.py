"""The keys that the table of every registry has in config.toml."""

from monitor.settings import Section, setting, values


class PoliteSettings(Section):
    """How to talk to a registry over HTTP, without being a burden to it. An adapter gives *base_url* its default."""

    base_url: str = setting(values.web_address, default="", description='an http(s) address without "?" and "#"')
    requests_per_second: float = setting(
        values.number(lambda value: 0 < value <= 1000), default=1.0, description="a number above 0 and up to 1000"
    )
    contact: str = setting(
        values.header_text,
        default="",
        description='an e-mail or web address in plain ASCII, such as "trials@example.org", or ""',
    )
    user_agent: str = setting(
        values.user_agent,
        default="",
        description='what to send as User-Agent, up to 400 characters of plain ASCII, or "" for the default',
    )
