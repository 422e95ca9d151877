# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/PROTOCOL.md. The document must show these very bytes."""
from vector import BASE, PEER, Read, Vector, host

GROUP = "examples"


def one(name, about, frame, variant=""):
    return name, Vector(GROUP, name, about, [Read(frame, variant, written=True)])


def several(name, about, *frames):
    return name, Vector(GROUP, name, about, [Read(frame, written=True) for frame in frames])


def by_name():
    """The vectors by the names that the document gives them."""
    named = [("library_name", "demo"), ("library_version", "1.0")]
    missing = [("status", 5), ("retry", 0), ("origin", 2), ("worker_received", 0), ("message", "no such route")]
    ended = BASE["END"] + [("app_metadata", ("n", "2"))]
    return dict([
        one("HELLO", "a plugin offers wire version 1 and the usual limits", host("HELLO", BASE["HELLO"] + named)),
        one("HELLO_ACK", "the broker accepts", host("HELLO_ACK, accepting"), "HELLO_ACK, accepting"),
        one("HELLO_ACK, refusing", "the broker refuses with failed_precondition", host("HELLO_ACK, refusing"),
            "HELLO_ACK, refusing"),
        one("READY", "a worker for two routes takes four calls at once",
            host("READY", [("route", "echo"), ("route", "text.stats"), ("concurrency", 4)])),
        one("REQUEST", "a whole request",
            host("REQUEST", [("route", "echo"), ("content_type", "text/plain")], payload=b"Hi!")),
        one("DATA", "the whole reply", host("DATA", payload=b"Hi!")),
        one("END", "not_found, from the broker", host("END", missing)),
        one("CANCEL", "stream 1", host("CANCEL")),
        one("WINDOW", "131,072 more for stream 1", host("WINDOW", stream=1)),
        one("PING", "with the value 7", host("PING")),
        one("PONG", "its answer", host("PONG")),
        one("GOAWAY", "the broker stops; stream 9 was the last", host("GOAWAY", BASE["GOAWAY"] + [("message", "stopping")])),
        one("UNIMPLEMENTED", "type 14 was not understood", host("UNIMPLEMENTED")),
        several("stream, from the caller", "opened before the first message; then \"a\", and \"bc\" in two frames",
                host("REQUEST", [("route", "chat")], stream=3, flags=("NO_MESSAGE",), deadline=60_000_000),
                host("DATA", stream=3, payload=b"a"),
                host("DATA", stream=3, flags=("MORE",), payload=b"b"),
                host("DATA", stream=3, flags=("END_STREAM",), payload=b"c")),
        several("stream, from the responder", "the messages \"A\" and an empty one, then END with metadata",
                host("DATA", stream=3, payload=b"A"), host("DATA", stream=3), host("END", ended, stream=3)),
        several("half-close", "after the last message has gone",
                host("DATA", stream=3, flags=("NO_MESSAGE", "END_STREAM"))),
    ])


def vectors():
    yield from by_name().values()
    everything = [("features_supported", 2**64 - 1), ("features_required", 1)]
    yield Vector(GROUP, "HELLO with all there is", "the largest numbers, as the libraries write them", [Read(host(
        "HELLO", [("role", 2)] + PEER[:2] + everything + PEER[2:] + [("library_name", "x"), ("library_version", "y")]),
        written=True)])
    yield Vector(GROUP, "REQUEST with all there is", "every optional TLV, as the libraries write them", [Read(host(
        "REQUEST", [("route", "a/B-c_d.9"), ("traceparent", bytes(range(25))), ("content_type", "text/plain"),
                    ("idempotency_key", "k1"), ("tracestate", "vendor=1"), ("app_metadata", ("tenant", "b\u00e4r")),
                    ("app_metadata", ("tenant", "")), ("caller_sid", "S-1-5-21-1-2-3-1001")]), written=True)])
    yield Vector(GROUP, "REQUEST to a worker", "the broker says who calls", [Read(host(
        "REQUEST", [("route", "echo"), ("caller_sid", "S-1-5-21-1-2-3-1001"), ("caller_account", "D\u00f6m\\user"),
                    ("caller_integrity", 0x2000), ("caller_session", 3)]), written=True)])
    yield Vector(GROUP, "END with all there is", "every optional TLV, as the libraries write them", [Read(host(
        "END", [("status", 16), ("retry", 2), ("origin", 3), ("worker_received", 1), ("message", "m\u00fcde"),
                ("content_type", "x"), ("app_metadata", ("a.b_c-1", "v")), ("detail", bytes(range(256))),
                ("retry_after_us", 86_400_000_000)]), written=True)])
