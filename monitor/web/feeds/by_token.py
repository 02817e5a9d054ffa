"""Feeds and calendars of a site that is not public: for whoever has a token of a reader in the address.

The programs that fetch them can send nothing else. Such an address is a secret: it is kept by nobody on the way, and
tells no other site where it was.
"""

from starlette.responses import Response

from monitor.access import tokens
from monitor.errors import NothingFound
from monitor.model.access import Permission
from monitor.web.site.asked import Asked, Visitor
from monitor.web.site.keeping import etag_of, is_known
from monitor.web.site.route import Handler
from monitor.web.site.site import Site

KEPT = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer"}


def by_token(handler: Handler) -> Handler:
    """The same for whoever has the token that is in the path, with an entity tag."""

    def answer(site: Site, asked: Asked) -> Response:
        token = tokens.of_text(asked.params["token"], site.access, network=asked.network, now=asked.now)
        if token is None or Permission.READ not in token.allows:
            raise NothingFound("there is no feed at this address: its token is unknown, revoked or expired")
        asked.visitor = Visitor(token.name, token.allows)
        made = handler(site, asked)
        etag = etag_of(bytes(made.body))
        if made.status_code == 200 and is_known(asked.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers={**KEPT, "ETag": etag})
        made.headers.update({**KEPT, "ETag": etag} if made.status_code == 200 else KEPT)
        return made

    return answer
