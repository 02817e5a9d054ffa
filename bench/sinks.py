"""`python -m bench.sinks webhook|email COUNT HANGING`: receivers that take everything, until they are ended.

Each has a port of its own; all are printed on one line. The first HANGING of them never answer.
"""

import asyncio
import sys

ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


async def take_webhooks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each POST with 204, on one connection for as long as it lasts."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def take_mails(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read what comes, and say nothing."""
    await reader.read()
    writer.close()


async def main() -> None:
    take = {"webhook": take_webhooks, "email": take_mails}[sys.argv[1]]
    count, hanging = map(int, sys.argv[2:])
    behaviours = [hang] * hanging + [take] * (count - hanging)
    servers = [await asyncio.start_server(each, "127.0.0.1", 0, limit=1 << 20) for each in behaviours]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
