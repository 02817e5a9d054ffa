"""What a form sent: small, of either kind that browsers and mail providers send, and from our page where it has to be.

Whoever asks may be a stranger's page in a reader's browser. A form that may change something therefore carries a token
that only our page could have put there: it is signed for a cookie that no other site can set, or for the secret in the
address that the form is on. In each answer the token is masked by other bytes, which stand before it: so nothing of it
can be guessed by how well an answer compresses.
"""

import secrets
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from monitor.http.received import BodyTooLarge, received
from monitor.language.worded import worded
from monitor.vault import Vault

LARGEST = 64 * 1024
MOST_FIELDS = 200
PURPOSE = "form"
_SIGNATURE = 24


class FormRefused(Exception):
    """A form that is not obeyed: *status* is HTTP's, the message says what to do."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


Form = Mapping[str, Sequence[str]]
"""The values of each field, in their order."""


async def read_form(request: Request) -> Form:
    """The fields of a request. Raise FormRefused for what is no form, or too large."""
    try:
        body = await received(request.headers.get("content-length", ""), request.stream(), LARGEST)
    except BodyTooLarge:
        raise _too_long() from None
    return fields_of(request.headers.get("content-type", ""), body)


def _too_long() -> FormRefused:
    words = worded(
        "Nothing was done: a form takes {size} kB and {count} fields. Go back, and shorten it or send it in parts.",
        size=LARGEST // 1024,
        count=MOST_FIELDS,
    )
    return FormRefused(413, words)


def fields_of(content_type: str, body: bytes) -> Form:
    """The fields of a form, as its type says. Files are left out. FormRefused for any other type."""
    kind = content_type.partition(";")[0].strip().lower()
    pairs: list[tuple[str, str]]
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise _too_long() from None
    elif kind == "multipart/form-data" and content_type.isprintable() and content_type.isascii():
        pairs = _parts(content_type, body)
    else:
        raise FormRefused(415, worded("A form is expected."))
    fields: dict[str, list[str]] = {}
    for name, value in pairs[:MOST_FIELDS]:
        fields.setdefault(name, []).append(value)
    return fields


def _parts(content_type: str, body: bytes) -> list[tuple[str, str]]:
    # RFC 7578: a form of this kind is a MIME message without its head.
    whole = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=policy.HTTP)
    found = []
    for part in whole.iter_parts() if whole.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        raw = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(raw, bytes) and part.get_filename() is None:
            found.append((name, raw.decode("utf-8", "replace")))
    return found


def one(form: Form, name: str) -> str:
    """The one value of a field; empty where there is none, or several."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""


def form_token(vault: Vault, secret: str) -> str:
    """What a form carries that stands beside this *secret*: a cookie's value, or what is in the form's address.

    Another text each time, and each is good.
    """
    mask = secrets.token_bytes(_SIGNATURE)
    return (mask + _masked(mask, vault.signature(PURPOSE, secret.encode("utf-8", "replace")))).hex()


def check_token(form: Form, vault: Vault, secret: str) -> None:
    """Raise FormRefused unless the form was made for this secret."""
    try:
        given = bytes.fromhex(one(form, "form"))
    except ValueError:
        given = b""
    is_whole = len(given) == 2 * _SIGNATURE
    signature = _masked(given[:_SIGNATURE], given[_SIGNATURE:]) if is_whole else b""
    if not secret or not vault.signed(PURPOSE, secret.encode("utf-8", "replace"), signature):
        raise FormRefused(
            403, worded("This form is not of this page, or too old: open the page again, with cookies allowed.")
        )


def _masked(mask: bytes, content: bytes) -> bytes:
    """As much of the content as there is of the mask; the content again where it was masked."""
    return bytes(one ^ other for one, other in zip(mask, content, strict=False))


def check_origin(request: Request, public_url: str) -> None:
    """Raise FormRefused where a browser says that another site sent the form.

    A page without a referrer sends the origin “null”: then what the browser says of the site decides, and the token.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise FormRefused(403, worded("Another site cannot fill in this form."))
        return
    origin = request.headers.get("origin")
    if origin in (None, "null"):
        return
    parts = urlsplit(public_url)
    if origin not in (f"{parts.scheme}://{parts.netloc}", f"{request.url.scheme}://{request.headers.get('host', '')}"):
        raise FormRefused(403, worded("Another site cannot fill in this form."))
