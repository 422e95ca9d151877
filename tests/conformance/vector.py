# SPDX-License-Identifier: Apache-2.0
"""What one vector is, and the frames that vectors are made of."""
from dataclasses import dataclass, field

from wire import Frame, values_of

VALID, PROTOCOL_ERROR, UNKNOWN_CRITICAL = "valid", "protocol_error", "unknown_critical"
WHOLE, CUT_OFF = "whole", "cut_off"

# Sound metadata of each frame, the required TLVs alone, in the order in which the libraries write them.
PEER = [("wire_version_min", 1), ("wire_version_max", 1), ("max_chunk", 65_536), ("max_streams", 256),
        ("stream_window", 131_072), ("connection_window", 1_048_576), ("max_payload", 67_108_864)]
INSTANCE = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
BASE = {
    "HELLO": [("role", 1)] + PEER,
    "HELLO_ACK, accepting": [("result", 0), ("wire_version", 1), ("instance_id", INSTANCE)] + PEER,
    "HELLO_ACK, refusing": [("result", 9), ("message", "no"), ("wire_version_min", 1), ("wire_version_max", 1)],
    "READY": [("route", "echo"), ("concurrency", 4)],
    "REQUEST": [("route", "echo")],
    "DATA": [],
    "END": [("status", 0), ("retry", 0), ("origin", 3), ("worker_received", 1)],
    "CANCEL": [],
    "WINDOW": [("credit", 131_072)],
    "PING": [("opaque", 7)],
    "PONG": [("opaque", 7)],
    "GOAWAY": [("last_stream", 9), ("status", 14)],
    "UNIMPLEMENTED": [("frame_type", 14)],
}
ON_A_STREAM = ("REQUEST", "DATA", "END", "CANCEL")


def host(variant, tlvs=None, **fields):
    """A sound frame of this kind with these TLVs; its required ones when none are named."""
    name = variant.partition(",")[0]
    defaults = {"stream": 1 if name in ON_A_STREAM else 0, "deadline": 2_000_000 if name == "REQUEST" else 0,
                "flags": ("END_STREAM",) if name == "REQUEST" else ()}
    return Frame(name, list(BASE[variant] if tlvs is None else tlvs), **{**defaults, **fields})


@dataclass
class Read:
    """A frame that a receiver reads, and what it makes of its metadata."""
    frame: Frame
    variant: str = ""           # The row of the table of required TLVs; the frame's name unless told.
    verdict: str = VALID
    values: list | None = None  # What the TLVs say, unless told; only of valid metadata.
    written: bool = False       # The libraries write these values as exactly these bytes.

    def described(self):
        payload = self.frame.payload
        entry = {
            "type": self.frame.number,
            "flags": self.frame.flag_bits,
            "stream_id": str(self.frame.stream),
            "deadline_us": str(self.frame.deadline),
            "metadata": self.verdict,
        }
        if len(payload) <= 64:
            entry["payload"] = payload.hex()
        else:
            entry["payload_length"], entry["payload_fill"] = len(payload), payload[:1].hex()
        if self.verdict == VALID:
            variant = self.variant or self.frame.name
            entry["values"] = values_of(variant, self.frame.tlvs) if self.values is None else self.values
        if self.written:
            entry["written"] = True
        return entry


@dataclass
class Vector:
    """Bytes in one direction, and what a receiver must make of them."""
    group: str
    name: str
    about: str
    reads: list
    end: str = WHOLE            # whole, cut_off, or the header error.
    after: bytes = b""          # Bytes after the frames that are read.
    splits: list = field(default_factory=list)

    def data(self):
        return b"".join(read.frame.encode() for read in self.reads) + self.after

    def described(self):
        entry = {"name": f"{self.group}/{self.name}", "about": self.about,
                 "frames": [read.described() for read in self.reads], "end": self.end}
        return entry | {"splits": self.borders()}

    def borders(self):
        """Where to cut the bytes in two: around the ends of headers, metadata and payloads."""
        size, at, found = len(self.data()), 0, {1, 16, 31, 32, 33}
        for read in self.reads:
            frame = read.frame
            for length in (32, len(frame.meta()), len(frame.payload)):
                at += length
                found |= {at - 1, at, at + 1}
        return sorted(place for place in found | set(self.splits) | {size - 1} if 0 < place < size)
