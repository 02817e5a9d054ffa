"""`Idempotency-Key`: what is asked for twice under one key is done once, and answered alike for a day.

`once` does it in one transaction with its key: kill the program at any moment, and both are there or neither. What
cannot be one transaction is done by `once_apart`: its key is written first, so it is never done twice; where the
program dies in between, the answer to the same key is that nobody knows whether it was done.

A key belongs to its token. What is refused is not kept: the same key may be used again once it is put right.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import orjson
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.storage import once as kept
from monitor.storage.once import Asked, Done
from monitor.vault import Vault
from monitor.web.api.call import Call
from monitor.web.api.problems import INTERRUPTED, KEY_REUSED, Problem

KEPT_FOR = timedelta(hours=24)
FORGOTTEN_AT_ONCE = 100
REPLAYED = {"Idempotency-Replayed": "true"}


def once(call: Call, work: Callable[[Connection], Response]) -> Response:
    """What *work* answers, done in a transaction together with its key."""
    asked = call.asked
    if asked is None:
        with call.site.store.begin_alone() as tx:
            answer = work(tx)
    else:
        with call.doing.alone(asked), call.site.store.begin_alone() as tx:
            if done := _begun(tx, asked, call):
                return _again(done, asked, call.site.vault)
            answer = work(tx)
            kept.finish(tx, asked, answer.status_code, _sealed(answer, call.site.vault))
    call.site.committed()
    return answer


def once_apart(call: Call, work: Callable[[], Response]) -> Response:
    """What *work* answers, which has transactions of its own."""
    asked = call.asked
    if asked is None:
        answer = work()
        call.site.committed()
        return answer
    with call.doing.alone(asked):
        with call.site.store.begin() as tx:
            if done := _begun(tx, asked, call):
                return _again(done, asked, call.site.vault)
        try:
            answer = work()
        except Exception:
            with suppress(Exception), call.site.store.begin() as tx:
                kept.take_back(tx, asked)
            raise
        with call.site.store.begin() as tx:
            kept.finish(tx, asked, answer.status_code, _sealed(answer, call.site.vault))
    call.site.committed()
    return answer


def _begun(tx: Connection, asked: Asked, call: Call) -> Done | None:
    """Note that it begins, unless it was done before, or was begun."""
    kept.forget(tx, begun_before=call.now - KEPT_FOR, limit=FORGOTTEN_AT_ONCE)
    done = kept.begin(tx, asked, now=call.now)
    if done and call.now - done.begun_at >= KEPT_FOR:
        kept.take_back(tx, asked)
        done = kept.begin(tx, asked, now=call.now)
    return done


def _again(done: Done, asked: Asked, vault: Vault) -> Response:
    if done.request != asked.request:
        raise Problem(KEY_REUSED, "This Idempotency-Key was used for another request: use a new one for each request.")
    if done.status is None or done.answer is None:
        words = (
            "The request with this Idempotency-Key was interrupted: check whether it was done; if not, use a new key."
        )
        raise Problem(INTERRUPTED, words)
    answer = orjson.loads(vault.unseal(done.answer))
    headers = {**answer["headers"], **REPLAYED}
    return Response(b64decode(answer["body"]), status_code=done.status, headers=headers)


def _sealed(answer: Response, vault: Vault) -> bytes:
    """What was answered, which may hold a secret."""
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    whole = {"headers": headers, "body": b64encode(bytes(answer.body)).decode()}
    return vault.seal(orjson.dumps(whole).decode())
