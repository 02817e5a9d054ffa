"""What to do where a registry gives no answer: one wording for all of them. Pure."""

from http import HTTPStatus

from monitor.errors import RegistryUnreachable


def with_remedy(error: RegistryUnreachable, key: str) -> RegistryUnreachable:
    """The same error, whose message says what to do, too."""
    return RegistryUnreachable(f"{error}; {_remedy_for(error, key)}", status=error.status)


def _remedy_for(error: RegistryUnreachable, key: str) -> str:
    """What to do about *error* of the registry of that *key*."""
    settings = f'registries."{key}"'
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"it wants fewer requests: lower {settings}.requests_per_second in config.toml, and check again later"
    if error.remedy:
        return error.remedy
    if error.status is not None:
        return f"check again later, and if that lasts, check {settings}.base_url in config.toml"
    return f"check the network, or {settings}.base_url in config.toml"
