#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds that come from the examples of docs/PROTOCOL.md and docs/CONFIG.md: corpus/<target>/example_*.

With --check it writes nothing and fails when a seed is not what it would write. The other files of the corpus are
inputs that a search found, or that were written by hand.
"""
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "conformance"))
from document import ROOT, examples  # noqa: E402

# The order of `types` in metadata_fuzz.cpp.
METADATA_TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13]
# The steps of engine_run.cpp: an attacker's step, its first peer, then what it writes.
RAW = bytes([0, 0, 0])
OPENING = bytes([0, 0, 1])
# An honest peer acts: begins a call "echo" (client) or answers one (worker).
HONEST_CALL = bytes([7, 0, 0, 0b00000100])
HONEST_ANSWERS = bytes([7, 0, 0, 1, 7, 0, 0, 2])


def seeds():
    found = examples(kinds=["hex"])
    everything = b"".join(found.values())
    yield "frame_reader", "everything", b"\0" + everything
    for name, frame in found.items():
        yield "frame_reader", name, b"\0" + frame
        meta = frame[32:32 + int.from_bytes(frame[6:8], "little")]
        yield "metadata", name, bytes([METADATA_TYPES.index(frame[3])]) + meta
        raw = RAW + bytes([len(frame)]) + frame
        yield "client_session", name, OPENING + raw + HONEST_ANSWERS
        yield "worker_channel", name, OPENING + HONEST_CALL + raw
        yield "client_connection", name, raw_reply(frame)
    config = (ROOT / "docs" / "CONFIG.md").read_text(encoding="utf-8")
    for number, block in enumerate(re.findall(r"^```jsonc\n(.*?)^```$", config, re.MULTILINE | re.DOTALL), 1):
        yield "config", str(number), block.encode()


def raw_reply(frame):
    """Steps of client_run.cpp: the opening, a stream and a call, and these bytes of the server."""
    return bytes([1, 2, 1, 2, 0, 3, 0]) + len(frame).to_bytes(2, "little") + frame + bytes([9, 3])


def file_of(target, name):
    return FOLDER / "corpus" / target / ("example_" + re.sub("[^a-z0-9]+", "_", name.lower()))


def main():
    check = "--check" in sys.argv[1:]
    wanted = {file_of(target, name): data for target, name, data in seeds()}
    stale = {file for file in FOLDER.glob("corpus/*/example_*") if file not in wanted}
    differ = {file for file, data in wanted.items() if not file.is_file() or file.read_bytes() != data} | stale
    if check:
        for file in sorted(differ):
            print(f"{file.relative_to(FOLDER)} is not what tests/fuzz/make_corpus.py writes: run it")
        return 1 if differ else 0
    for file in stale:
        file.unlink()
    for file, data in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    print(f"{len(wanted)} seeds, {len(differ)} of them new or changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
