"""The API at `/api/v1`, for programs: everything that the pages do, as JSON.

    application   puts it together: one FastAPI application, mounted beside the pages and loaded only with them
    routing       one operation: who may use it, what it is called in the schema, the thread that it runs in
    guard         from a request to an operation and back: who asks, how often, how large, what is sent with the answer
    call          a request as an operation sees it
    problems      everything that goes wrong, as problem details (RFC 9457)
    paging        lists by keys, with cursors that nobody can make up
    rates         how often somebody may ask, and the headers that say so
    shapes        what is answered and what may be sent, as the schema has it
    trials …      a module a resource; the JSON itself is that of `monitor.views.json`, as for commands and webhooks

Other people's programs rely on this: a key keeps its name, place and meaning within v1, and new ones may come.
"""
