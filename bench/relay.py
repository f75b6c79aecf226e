#!/usr/bin/env python3
"""relay.py FIRST-PORT COUNT TO-PORT DELAY-MS -- a relay on COUNT loopback ports to as many from TO-PORT on; every byte, and
the connection itself, arrives DELAY-MS / 2 later, so that a round trip takes DELAY-MS"""
import asyncio
import resource
import sys

first, count, to, delay = (int(word) for word in sys.argv[1:])
one_way = delay / 2000


async def carry(reader, writer):
    """Bytes in their order, each so much later than it came; they may overlap on the way."""
    loop = asyncio.get_running_loop()
    on_the_way = asyncio.Queue()

    async def deliver():
        while True:
            due, data = await on_the_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()

    delivery = asyncio.create_task(deliver())
    try:
        while data := await reader.read(65536):
            on_the_way.put_nowait((loop.time() + one_way, data))
    except OSError:
        pass
    on_the_way.put_nowait((loop.time() + one_way, b""))
    try:
        await delivery
        writer.write_eof()
    except OSError:
        pass


def relay_to(port):
    async def relay(reader, writer):
        # A client has connected a round trip after it began; here the kernel accepts at once.
        await asyncio.sleep(2 * one_way)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))
        far_writer.close()
        writer.close()

    return relay


async def main():
    servers = [await asyncio.start_server(relay_to(to + i), "127.0.0.1", first + i, backlog=1024) for i in range(count)]
    await asyncio.gather(*(server.serve_forever() for server in servers))


soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
asyncio.run(main())
