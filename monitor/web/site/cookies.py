"""How cookies are given: for our pages alone, and where HTTPS allows it, so that no other host can have set them. Pure.

A name that begins with __Host- is believed only with the path /. Below a path of a host that others share, a cookie is
for that path, so that they are not sent it; its name begins with __Secure- then, which only HTTPS may set.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Cookies:
    """Those of the site at a public address."""

    is_https: bool
    path: str = "/"

    def name(self, name: str) -> str:
        """What one is called that somebody's rights hang on."""
        if not self.is_https:
            return name
        return f"__Host-{name}" if self.path == "/" else f"__Secure-{name}"

    def give(self, answer: Response, name: str, value: str, *, max_age: int | None = None) -> None:
        """Have the browser keep it under that whole name: until it is closed, or for *max_age* seconds."""
        answer.set_cookie(
            name, value, max_age=max_age, path=self.path, secure=self.is_https, httponly=True, samesite="lax"
        )

    def take(self, answer: Response, name: str) -> None:
        """Have the browser forget it."""
        answer.delete_cookie(name, path=self.path, secure=self.is_https, httponly=True, samesite="lax")


def cookies_of(public_url: str) -> Cookies:
    """The cookies of the site at that address."""
    parts = urlsplit(public_url)
    return Cookies(is_https=parts.scheme == "https", path=parts.path.rstrip("/") or "/")
