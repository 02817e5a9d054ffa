"""The one place that makes HTTP sessions.

    polite    requests to a registry: paced, retried, bounded       pacing  a pace that several processes keep
    requesting  each of those, by way of `requests`         urls      addresses of registries
    guarded   POSTs to other people's URLs: only to allowed addresses, once, bounded
    network   which certificates to trust, and which proxy to use
    asking    as whom a registry is asked, and for how long at most
    once      GETs by the standard library alone
    response  an answer                   answers   why there was none, in words
    deadline  a deadline that is kept     adapter   the connections of `requests`, bounded by it
    reading   complete heads, and bodies up to a limit      received  the body of a request that came to us

The rule to keep: everything that a server can do to us is bounded here, and no exception of the libraries escapes.
"""
