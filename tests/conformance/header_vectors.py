# SPDX-License-Identifier: Apache-2.0
"""The rules for headers: each error, at its border and beyond, for each frame that it concerns."""
import itertools

from vector import ON_A_STREAM, Read, Vector, host
from wire import FLAGS, FRAMES, Frame, raw_tlv

GROUP = "headers"
NAMES = [name for name in FRAMES if name != "LANE"]
WITH_PAYLOAD = ("REQUEST", "DATA")
NO_VARIANT = {"HELLO_ACK": "HELLO_ACK, accepting"}


def sound(name, **fields):
    return host(NO_VARIANT.get(name, name), **fields)


def good(name, about, frame, **read):
    variant = NO_VARIANT.get(frame.name, "") if frame.kind is None else ""
    return Vector(GROUP, name, about, [Read(frame, variant, **read)])


def bad(name, error, frame):
    """The header alone: the error is there as soon as its 32 bytes are."""
    return Vector(GROUP, name, f"{error}, found as soon as the header is there", [], end=error, after=frame.encode()[:32])


def first_fields():
    yield bad("magic with a wrong first byte", "bad_magic", sound("PING", magic=0x4251))
    yield bad("magic with a wrong second byte", "bad_magic", sound("PING", magic=0x5042))
    yield bad("version 0", "bad_header_version", sound("PING", version=0))
    yield bad("version 2", "bad_header_version", sound("PING", version=2))
    for value in (1, 0x8000_0000):
        yield bad(f"reserved {value:#x}", "reserved_not_zero", sound("PING", reserved=value))
        yield bad(f"reserved {value:#x}, unknown type", "reserved_not_zero", Frame(kind=14, reserved=value))


def flag_vectors():
    for name in NAMES:
        for flag in FLAGS:
            if flag not in FRAMES[name].flags:
                yield bad(f"{name} with {flag}", "unknown_flags", sound(name, flags=(flag,)))
        for bits in (0x0008, 0x8000):
            yield bad(f"{name} with flag {bits:#06x}", "unknown_flags", sound(name, raw_flags=bits))
    allowed = {"REQUEST": {0, 1, 2, 4, 5}, "DATA": {0, 1, 2, 5}}
    for name, bits in itertools.product(WITH_PAYLOAD, range(8)):
        frame = sound(name, raw_flags=bits)
        label = f"{name} with flags {bits}"
        if bits in allowed[name]:
            yield good(label, "an allowed set of flags", frame)
        else:
            yield bad(label, "conflicting_flags", frame)


def length_vectors():
    for name in NAMES:
        limit = 4_096 if name in ("HELLO", "HELLO_ACK") else 8_192
        frame = sound(name)
        frame.tlvs.append(raw_tlv(0x7000, bytes(limit - len(frame.meta()) - 4)))
        yield good(f"{name} with {limit} bytes of metadata", "the most there may be; the last TLV is unknown", frame)
        yield bad(f"{name} with {limit + 1} bytes of metadata", "meta_too_long", sound(name, meta_len=limit + 1))
        if name in WITH_PAYLOAD:
            yield good(f"{name} with 65536 bytes of payload", "the most there may be",
                       sound(name, payload=b"x" * 65_536))
            for length in (65_537, 0xFFFF_FFFF):
                yield bad(f"{name} with {length} bytes of payload", "payload_too_long", sound(name, payload_len=length))
            none = sound(name, flags=("NO_MESSAGE", "END_STREAM"), payload_len=1)
            yield bad(f"{name} with NO_MESSAGE and payload", "unexpected_payload", none)
        else:
            yield bad(f"{name} with payload", "unexpected_payload", sound(name, payload_len=1))


def remaining_fields():
    for name in NAMES:
        if name != "REQUEST":
            yield bad(f"{name} with a deadline", "unexpected_deadline", sound(name, deadline=1))
        stream = 0 if name in ON_A_STREAM else 1
        if name in ("WINDOW", "UNIMPLEMENTED"):
            yield good(f"{name} for the largest stream", "stream 0 and every other are allowed",
                       sound(name, stream=2**64 - 1))
        else:
            yield bad(f"{name} for stream {stream}", "bad_stream_id", sound(name, stream=stream))
    for deadline in (0, 1, 86_400_000_000, 86_400_000_001, 2**64 - 1):
        yield good(f"REQUEST with deadline {deadline}", "the header is sound, whatever becomes of the call",
                   sound("REQUEST", deadline=deadline))


def unknown_types():
    for kind in (0, 12, 14, 255):
        strange = Frame(kind=kind, raw_flags=0xFFFF, stream=2**64 - 1, deadline=2**64 - 1, payload=b"abc",
                        tlvs=[b"\xff" * 5])
        yield good(f"type {kind} with everything", "of an unknown type only the lengths are checked", strange, values=[])
        yield bad(f"type {kind} with 8193 bytes of metadata", "meta_too_long", Frame(kind=kind, meta_len=8_193))
        yield bad(f"type {kind} with 65537 bytes of payload", "payload_too_long", Frame(kind=kind, payload_len=65_537))


def order_of_errors():
    """Everything is wrong with a header; one thing after the other is put right, and the next error is found."""
    wrong = {"magic": 0, "version": 9, "reserved": 1, "raw_flags": 8, "meta_len": 0xFFFF, "payload_len": 0xFFFF_FFFF,
             "deadline": 1, "stream": 1}
    right = {"magic": 0x4250, "version": 1, "reserved": 0, "raw_flags": 0, "meta_len": 0, "payload_len": 0,
             "deadline": 0, "stream": 1}
    errors = ["bad_magic", "bad_header_version", "reserved_not_zero", "unknown_flags", "meta_too_long",
              "unexpected_payload", "unexpected_deadline", "bad_stream_id"]
    fields = dict(wrong)
    for error, name in zip(errors, list(wrong)):
        yield bad(f"order, {error}", error, Frame("PING", **fields))
        fields[name] = right[name]
    both = dict(wrong, magic=0x4250, version=1, reserved=0, raw_flags=3, stream=0)
    yield bad("order, conflicting_flags", "conflicting_flags", Frame("DATA", **both))
    yield bad("order, payload_too_long", "payload_too_long", Frame("DATA", **dict(both, raw_flags=0, meta_len=0)))


def vectors():
    for part in (first_fields, flag_vectors, length_vectors, remaining_fields, unknown_types, order_of_errors):
        yield from part()
