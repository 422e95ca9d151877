# SPDX-License-Identifier: Apache-2.0
"""What docs/PROTOCOL.md says, read from it: its tables and its examples."""
import pathlib
import re
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "PROTOCOL.md"
BLOCK = re.compile(r"^```(?P<kind>hex|frames) (?P<name>[^\n]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def text():
    return DOCUMENT.read_text(encoding="utf-8")


def bytes_of(block_body):
    """The bytes of a block; what follows a ';' in a line explains."""
    return bytes.fromhex(" ".join(line.split(";")[0] for line in block_body.splitlines()))


def examples(kinds=("hex", "frames")):
    """The examples, by name, in the document's order: of one frame (hex) or of several (frames)."""
    return {block["name"]: bytes_of(block["body"]) for block in BLOCK.finditer(text()) if block["kind"] in kinds}


def table(heading):
    """The rows of the table with this heading, each a list of cells."""
    lines = iter(text().splitlines())
    for line in lines:
        if line == heading:
            break
    else:
        raise SystemExit(f"docs/PROTOCOL.md has no table {heading}")
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[1:]


def number(digits):
    return int(digits.replace(",", ""), 0)


@dataclass(frozen=True)
class FrameRow:
    """A row of the table of frames."""
    number: int
    name: str
    sent_by: str
    stream_id: str
    flags: tuple
    payload: bool


def frame_rows():
    rows = table("| type | name | sent by | stream_id | flags allowed | payload |")
    return {
        name: FrameRow(int(kind), name, sender, stream, tuple(re.findall("[A-Z_]{3,}", flags)), payload == "yes")
        for kind, name, sender, stream, flags, payload in rows
    }


@dataclass(frozen=True)
class TlvRow:
    """A row of the table of metadata: lengths in bytes and, of a number, the values, all inclusive."""
    number: int
    name: str
    lengths: tuple
    kind: str  # u8, u16, u32, u64, text, bytes or pair
    values: tuple
    repeats: bool


def tlv_rows():
    found = {}
    for kind, name, lengths, value, meaning, _frames in table("| type | name | bytes | value | meaning | in |"):
        sizes = [number(each) for each in lengths.split(" to ")]
        what = value.split(",")[0] if value.startswith("u") else {"key and value": "pair"}.get(value, value)
        limits = (0, 0)
        if what.startswith("u"):
            limits = (0, 2 ** int(what[1:]) - 1)
            bounds = [number(each) for each in re.findall(r"\d[\d,]*", value.partition(", ")[2])]
            if bounds:
                limits = (bounds[0], bounds[1] if len(bounds) > 1 else limits[1])
        found[name] = TlvRow(number(kind), name, (sizes[0], sizes[-1]), what, limits, "repeats" in meaning)
    return found


def required_rows():
    """By frame (HELLO_ACK twice): the names of its required and of its optional TLVs."""
    rows = table("| frame | required | optional |")
    return {frame: tuple([n for n in names.split(", ") if n] for names in lists) for frame, *lists in rows}


def header_errors():
    """The names of the header errors, in the order in which they are found."""
    return [row[0] for row in table("| error | when |")]
