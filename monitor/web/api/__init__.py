"""The API at `/api/v1`, for programs: everything that the pages do, as JSON.

    loading       its place beside the pages; the rest is loaded when somebody asks for it first
    application   puts it together: one FastAPI application
    routing       one operation: who may use it, what the schema says of it, the thread that it runs in
    guard         from a request to an operation and back: who asks, how often, what was sent, what goes with the answer
    callers       who asks: a program by its token, a browser by its session
    call          a request as an operation sees it
    problems      everything that goes wrong, as problem details (RFC 9457)
    paging        lists by keys, with cursors that nobody can make up
    wanted        the filters of lists; sent_rules has what may be sent of a subscription
    once, doing   what is asked for twice under one Idempotency-Key is done once
    rates         how often somebody may ask, and the headers that say so
    shapes        what is answered, as the schema has it; `examples` has one of each
    page          the same for people, at `/api`
    trials …      a module a resource; the JSON itself is that of `monitor.views.json`, as for commands and webhooks

Other people's programs rely on this: a key keeps its name, place and meaning within v1, and new ones may come. An
operation is a function with a line in its docstring, an example and a shape: the schema and the page follow.
"""

BEGINS = "/api/v1"
"""Where the API is, below the path of the public address."""
