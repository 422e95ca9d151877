# SPDX-License-Identifier: Apache-2.0
"""The rules for metadata, from the document's own tables: each TLV in each frame at its limits and beyond."""
from vector import BASE, PROTOCOL_ERROR, UNKNOWN_CRITICAL, VALID, Read, Vector, host
from wire import CRITICAL, REQUIRED, TLVS, raw_tlv, tlv, value_bytes

GROUP = "metadata"
UNKNOWN = 0x7000


def vector(variant, name, about, tlvs, verdict=VALID, **read):
    return Vector(GROUP, f"{variant}: {name}", about, [Read(host(variant, tlvs), variant, verdict, **read)])


def with_value(variant, name, value):
    """The frame's sound metadata with this value for this TLV; where it was missing, at the end."""
    tlvs = list(BASE[variant])
    names = [each[0] for each in tlvs]
    if name in names:
        tlvs[names.index(name)] = (name, value)
    else:
        tlvs.append((name, value))
    return tlvs


def sound_value(name):
    row = TLVS[name]
    if row.kind.startswith("u"):
        return row.values[0]
    return {"pair": ("key", "value"), "text": "t" * max(row.lengths[0], 1)}.get(row.kind, bytes(row.lengths[0] or 3))


def listed(variant):
    required, optional = REQUIRED[variant]
    return [*required, *optional]


def length_vectors(variant, name):
    row = TLVS[name]
    low, high = row.lengths
    for length in sorted({low - 1, low, high, high + 1} - {-1}):
        value = (b"t" * length) if row.kind == "text" else bytes(length)
        fits = low <= length <= high
        if fits and (row.kind.startswith("u") or row.kind == "pair"):
            continue  # Their values are told apart below.
        yield vector(variant, f"{name} of {length} bytes", "a length at its border" if fits else "one too few or too many",
                     with_value(variant, name, value), VALID if fits else PROTOCOL_ERROR)


def number_vectors(variant, name):
    row = TLVS[name]
    low, high = row.values
    top = 2 ** int(row.kind[1:]) - 1
    for number in sorted({n for n in (low - 1, low, high, high + 1) if 0 <= n <= top}):
        if name == "result" and (number == 0) != (variant == "HELLO_ACK, accepting"):
            continue  # It says which of the two HELLO_ACK this is.
        fits = low <= number <= high
        values = None
        if name == "result" and number > 16:
            sound = Read(host(variant), variant).described()["values"]
            values = [[key, "2" if key == "result" else value] for key, value in sound]
        yield vector(variant, f"{name} {number}", "a value at its border" if fits else "one beyond",
                     with_value(variant, name, number), VALID if fits else PROTOCOL_ERROR, values=values)


def presence_vectors(variant):
    required, _optional = REQUIRED[variant]
    for name in required:
        yield vector(variant, f"without {name}", "it is required",
                     [each for each in BASE[variant] if each[0] != name], PROTOCOL_ERROR)
    for name in listed(variant):
        repeats = name == "app_metadata" or (name, variant) == ("route", "READY")
        if not repeats and not (name == "message" and variant == "HELLO_ACK, accepting"):
            tlvs = with_value(variant, name, dict(BASE[variant]).get(name, sound_value(name)))
            yield vector(variant, f"{name} twice", "it may not be there twice",
                         tlvs + [each for each in tlvs if each[0] == name], PROTOCOL_ERROR)


def unknown_vectors(variant):
    sound = BASE[variant]
    unknown, critical = raw_tlv(UNKNOWN, b"?"), raw_tlv(UNKNOWN | CRITICAL, b"")
    foreign = "credit" if variant != "WINDOW" else "route"
    yield vector(variant, "an unknown TLV twice", "it is ignored", [unknown, *sound, unknown])
    yield vector(variant, f"{foreign}, which it does not have", "it counts as unknown", [*sound, tlv(foreign, value_bytes(
        foreign, sound_value(foreign)))])
    yield vector(variant, "an unknown critical TLV", "it is refused", [critical, *sound], UNKNOWN_CRITICAL)
    yield vector(variant, f"{foreign}, marked critical", "it counts as unknown and is refused",
                 [*sound, tlv(foreign, value_bytes(foreign, sound_value(foreign)), critical=True)], UNKNOWN_CRITICAL)
    yield vector(variant, "an unknown critical TLV before a cut", "what is wrong goes before what is unknown",
                 [critical, *sound, b"\x01"], PROTOCOL_ERROR)
    if sound:
        marked = [tlv(*each, critical=True) for each in sound]
        yield vector(variant, "known TLVs marked critical", "on a known TLV the bit means nothing", marked,
                     values=Read(host(variant), variant).described()["values"])
        yield vector(variant, "in the opposite order", "any order will do", sound[::-1])


def cut_vectors(variant):
    sound = BASE[variant]
    for length in (1, 3):
        yield vector(variant, f"{length} bytes too many", "the header of a TLV is cut off", [*sound, bytes(length)],
                     PROTOCOL_ERROR)
    yield vector(variant, "a value past the end", "the length says one byte more than there is",
                 [*sound, raw_tlv(UNKNOWN, b"abc", length=4)], PROTOCOL_ERROR)
    yield vector(variant, "a value past the end by far", "the length says 65,535",
                 [*sound, raw_tlv(UNKNOWN, b"", length=0xFFFF)], PROTOCOL_ERROR)


def route_vectors():
    short = [("route", f"r{number}") for number in range(256)]
    end = [("concurrency", 1)]
    yield vector("READY", "256 routes", "the most there may be", short + end)
    yield vector("READY", "257 routes", "one too many", short + [("route", "x")] + end, PROTOCOL_ERROR)
    yield vector("READY", "a route with a space", "a route is made of A-Z a-z 0-9 . _ - /",
                 [("route", "a b")] + end, PROTOCOL_ERROR)
    yield vector("REQUEST", "a route with a space", "the call ends with invalid_argument; the frame is sound",
                 [("route", "a b")])


def pair_vectors():
    def pairs(count, key, value):
        return [("app_metadata", (key, value))] * count

    cases = [
        ("a key of 1 byte, no value", pairs(1, "k", ""), VALID),
        ("a key of 64 bytes", pairs(1, "k" * 64, "v"), VALID),
        ("a key of 65 bytes", pairs(1, "k" * 65, "v"), PROTOCOL_ERROR),
        ("an empty key", [("app_metadata", b"\x00v")], PROTOCOL_ERROR),
        ("a key longer than the TLV", [("app_metadata", b"\x03ab")], PROTOCOL_ERROR),
        ("a key with a capital", pairs(1, "Key", "v"), PROTOCOL_ERROR),
        ("a key with a space", pairs(1, "a b", "v"), PROTOCOL_ERROR),
        ("every character of a key", pairs(1, "abcdefghijklmnopqrstuvwxyz0123456789._-", "v"), VALID),
        ("a value of 1024 bytes", pairs(1, "k", "v" * 1_024), VALID),
        ("a value of 1025 bytes", pairs(1, "k", "v" * 1_025), PROTOCOL_ERROR),
        ("32 pairs", pairs(32, "k", "v"), VALID),
        ("33 pairs", pairs(33, "k", "v"), PROTOCOL_ERROR),
        ("4096 bytes of keys and values", pairs(4, "k", "v" * 1_023), VALID),
        ("4097 bytes of keys and values", pairs(4, "k", "v" * 1_023) + [("app_metadata", b"\x01a")], PROTOCOL_ERROR),
        ("two values of one key", [("app_metadata", ("k", "2")), ("app_metadata", ("k", "1"))], VALID),
    ]
    for variant in ("REQUEST", "END"):
        for name, tlvs, verdict in cases:
            yield vector(variant, name, "the application's metadata", [*BASE[variant], *tlvs], verdict)


def vectors():
    for variant in REQUIRED:
        for name in listed(variant):
            if (name, variant) == ("message", "HELLO_ACK, accepting"):
                continue  # A receiver that was accepted may drop it.
            yield from length_vectors(variant, name)
            if TLVS[name].kind.startswith("u"):
                yield from number_vectors(variant, name)
        yield from presence_vectors(variant)
        yield from unknown_vectors(variant)
        yield from cut_vectors(variant)
    yield from route_vectors()
    yield from pair_vectors()
