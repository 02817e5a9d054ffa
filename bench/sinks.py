"""`python -m bench.sinks webhook|email COUNT HANGING SECONDS`: receivers that take everything, until they are ended.

Each has a port of its own; all are printed on one line. The first HANGING of them never answer, and the others take so
many seconds for each webhook.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter, float], Awaitable[None]]
ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def sink(channel: str, count: int = 1, hanging: int = 0, seconds: float = 0) -> Iterator[list[int]]:
    """Receivers in a process of their own, which do nothing with what they take; their ports."""
    command = [sys.executable, "-m", "bench.sinks", channel, str(count), str(hanging), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield [int(port) for port in process.stdout.readline().split()]
    finally:
        process.terminate()
        process.wait()


async def take_webhooks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Answer each POST with 204, on one connection for as long as it lasts."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            if seconds:
                await asyncio.sleep(seconds)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def take_mails(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: float) -> None:
    """As much of SMTP as a sender that makes no mistakes needs."""
    writer.write(b"220 sink\r\n")
    try:
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                await writer.drain()
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: float) -> None:
    """Read what comes, and say nothing."""
    await reader.read()
    writer.close()


async def main() -> None:
    """Listen until the process ends."""
    take = {"webhook": take_webhooks, "email": take_mails}[sys.argv[1]]
    count, hanging, seconds = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    servers = [await _listening(each, seconds) for each in [hang] * hanging + [take] * (count - hanging)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _listening(behave: Behaviour, seconds: float) -> asyncio.Server:
    return await asyncio.start_server(
        lambda reader, writer: behave(reader, writer, seconds), "127.0.0.1", 0, limit=1 << 20, backlog=512
    )


if __name__ == "__main__":
    asyncio.run(main())
