#!/usr/bin/env python3
"""crowded_relay.py PORT TO-PORT MOST -- relays connections to another loopback port, MOST at once, and resets the others

The server's first bytes come a tenth of a second late, so that connections overlap. On standard output it says what was the
most at once, each time that it grows, and "reset" for each that was one too many.
"""
import asyncio
import socket
import struct
import sys

port, to, most = (int(word) for word in sys.argv[1:])
open_now = 0
peak = 0


def say(words):
    print(words, flush=True)


def reset(writer):
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
    say("reset")


async def carry(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        pass


async def relay(reader, writer):
    global open_now, peak
    if open_now >= most:
        reset(writer)
        return
    open_now += 1
    if open_now > peak:
        peak = open_now
        say(f"{peak} at once")
    await asyncio.sleep(0.1)
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))
    far_writer.close()
    writer.close()
    open_now -= 1


async def main():
    server = await asyncio.start_server(relay, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


asyncio.run(main())
