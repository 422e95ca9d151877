# SPDX-License-Identifier: Apache-2.0
"""Frames as bytes, written from docs/PROTOCOL.md and nothing else: no code of the product is used."""
import struct
from dataclasses import dataclass, field

import document

FRAMES = document.frame_rows()
TLVS = document.tlv_rows()
REQUIRED = document.required_rows()
FLAGS = {"END_STREAM": 1, "MORE": 2, "NO_MESSAGE": 4}
CRITICAL = 0x8000
WIDTHS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q"}


def raw_tlv(kind, value, length=None):
    return struct.pack("<HH", kind, len(value) if length is None else length) + value


def value_bytes(name, value):
    """A value as it stands in the TLV: a number, text, bytes, or a pair of texts."""
    kind = TLVS[name].kind
    if isinstance(value, bytes):
        return value
    if kind in WIDTHS:
        return struct.pack(WIDTHS[kind], value)
    if kind == "pair":
        key, text = (part.encode() for part in value)
        return bytes([len(key)]) + key + text
    return value.encode()


def tlv(name, value, critical=False):
    return raw_tlv(TLVS[name].number | (CRITICAL if critical else 0), value_bytes(name, value))


@dataclass
class Frame:
    """One frame. `tlvs` are pairs of name and value, or bytes that stand there as they are."""
    name: str = "PING"
    tlvs: list = field(default_factory=list)
    stream: int = 0
    flags: tuple = ()
    deadline: int = 0
    payload: bytes = b""
    kind: int | None = None       # The number of the type, when it has no name.
    raw_flags: int | None = None
    magic: int = 0x4250
    version: int = 1
    reserved: int = 0
    meta_len: int | None = None
    payload_len: int | None = None

    @property
    def number(self):
        return FRAMES[self.name].number if self.kind is None else self.kind

    @property
    def flag_bits(self):
        return sum(FLAGS[flag] for flag in self.flags) if self.raw_flags is None else self.raw_flags

    def meta(self):
        return b"".join(each if isinstance(each, bytes) else tlv(*each) for each in self.tlvs)

    def encode(self):
        meta = self.meta()
        meta_len = len(meta) if self.meta_len is None else self.meta_len
        payload_len = len(self.payload) if self.payload_len is None else self.payload_len
        header = struct.pack("<HBBHHIIQQ", self.magic, self.version, self.number, self.flag_bits, meta_len,
                             payload_len, self.reserved, self.stream, self.deadline)
        return header + meta + self.payload


def shown(name, value):
    """A value as the manifest has it: a number in decimal, text as it is, bytes in hex, a pair as key=value."""
    kind = TLVS[name].kind
    raw = value_bytes(name, value)
    if kind in WIDTHS:
        return str(int.from_bytes(raw, "little"))
    if kind == "bytes":
        return raw.hex()
    if kind == "pair":
        return raw[1:1 + raw[0]].decode() + "=" + raw[1 + raw[0]:].decode()
    return raw.decode()


def values_of(variant, tlvs):
    """What a receiver knows after reading these TLVs of the frame (a row of the table of required ones): the required
    ones, and the optional ones that are not zero or empty."""
    required, optional = REQUIRED[variant]
    values = []
    for each in tlvs:
        if isinstance(each, bytes):
            continue
        name, value = each[0], shown(each[0], each[1])
        if name in required or (name in optional and value not in ("", "0")):
            values.append([name, value])
    return sorted(values, key=lambda pair: pair[0])
