"""`monitor mcp` as a process: what is no message harms nothing, and Ctrl-C ends it while it waits."""

import json
import os
import signal
import subprocess
import sys

from tests.mcp.agents import REPOSITORY

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
GARBAGE = b'garbage\n{"jsonrpc":"2.0"}\n\xff\xfe\n[1,2]\n' + b"[" * 100_000 + b"\n"


def test_it_goes_on_after_garbage_and_ends_at_once_by_an_interrupt(database: str) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "mcp"],
        env={**environ, "PYTHONPATH": str(REPOSITORY), "MONITOR_STORE__URL": database},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
        process.stdin.write(GARBAGE + json.dumps(message).encode() + b"\n")
        process.stdin.flush()

        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "registry-monitor"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == -signal.SIGINT
