"""Tools for agents, by the Model Context Protocol (modelcontextprotocol.io): over stdio, or HTTP in `monitor serve`.

    asking  pace   who asks, what of the program a tool may use, and how often it may change something
    tool           what a tool is: its name, its schemas, what it may do, and the function behind it
    untrusted      what registries say, marked as such, with nothing hidden in it
    answers        no answer is longer than an agent can read; what is left out is said
    trials  history  changes  lists  subscribed  subscribing  operating      the tools, by subject
    records  changed  rules      what several of them give or take
    resources      records and snapshots by `trial://` addresses
    prompts        questions to begin with, for four kinds of people
    server  declared             answers the protocol's requests with all of that
    stdio  http    its two ways in

The SDK is imported in `server`, `declared`, `stdio` and `http` alone: tools are plain functions from checked arguments
to JSON.
What they give comes from `monitor.views`; what they do is done by the steps that commands call, too.

**A new tool** is a model of its arguments, a function, and a row in the TOOLS of its module.
"""

NEEDED = "tools for agents need a library: pip install 'registry-monitor[mcp]'"
