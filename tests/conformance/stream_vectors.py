# SPDX-License-Identifier: Apache-2.0
"""Several frames in a row, and bytes that end in the middle of one."""
from vector import CUT_OFF, Read, Vector, host

GROUP = "streams"


def reads(*frames):
    return [Read(frame) for frame in frames]


def vectors():
    ping, data = host("PING"), host("DATA", payload=b"12345")
    request = host("REQUEST", payload=b"0123456789")
    yield Vector(GROUP, "nothing", "no byte at all", [])
    yield Vector(GROUP, "frames without gaps", "as they come out of one read", reads(
        ping, request, host("WINDOW", stream=1), data, host("END"), host("CANCEL")))
    yield Vector(GROUP, "a large frame between small ones", "20,000 bytes of payload", reads(
        ping, host("DATA", payload=b"y" * 20_000), ping), splits=[4_096, 16_384])
    yield Vector(GROUP, "an unknown frame between known ones", "it is passed over by its lengths", [
        Read(ping), Read(host("DATA", kind=200, payload=b"???", tlvs=[b"x"]), values=[]), Read(ping)])
    yield Vector(GROUP, "an error after frames", "what came before it was read; nothing after it is",
                 reads(ping, data), end="bad_magic", after=bytes(32) + ping.encode())
    yield Vector(GROUP, "an error in the second header", "found though the first frame is whole",
                 reads(ping), end="bad_header_version", after=host("PING", version=3).encode())
    whole = request.encode()
    for length in (1, 31, 32, 33, len(whole) - 10, len(whole) - 1):
        yield Vector(GROUP, f"cut off after {length} bytes", "the rest never comes", [], end=CUT_OFF,
                     after=whole[:length])
        yield Vector(GROUP, f"a whole frame, then {length} bytes", "the rest never comes", reads(ping), end=CUT_OFF,
                     after=whole[:length])
    yield Vector(GROUP, "31 bytes of garbage", "a header is judged when all of it is there", [], end=CUT_OFF,
                 after=b"\xee" * 31)
