#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/conformance/vectors/ and the examples of docs/PROTOCOL.md from the definitions in this folder.

With --check it writes nothing, names what differs from what it would write, and fails when anything does.
"""
import json
import sys

import document
import example_vectors
import header_vectors
import metadata_vectors
import stream_vectors

FOLDER = document.ROOT / "tests" / "conformance" / "vectors"
GROUPS = (example_vectors, header_vectors, metadata_vectors, stream_vectors)


def files():
    """What every file of vectors/ should hold."""
    manifest, content, seen = [], {}, set()
    for module in GROUPS:
        lines = []
        for vector in module.vectors():
            described = vector.described()
            if described["name"] in seen:
                raise SystemExit(f"two vectors are named {described['name']}")
            seen.add(described["name"])
            lines.append(f"{described['name']}\t{vector.data().hex()}\n")
            manifest.append(described)
        content[f"{module.GROUP}.hex"] = "".join(lines)
    entries = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in manifest)
    content["manifest.json"] = f'{{"wire_version": 1, "vectors": [\n{entries}\n]}}\n'
    return content


def shown(data):
    """Bytes as a block of the document has them: sixteen in a line."""
    rows = (data[at:at + 16] for at in range(0, len(data), 16))
    return "".join("  ".join(part.hex(" ").upper() for part in (row[:8], row[8:]) if part) + "\n" for row in rows)


def document_with_examples():
    """The document with the bytes of the examples; a block that has them is left as it is."""
    wanted = {name: vector.data() for name, vector in example_vectors.by_name().items()}
    missing = wanted.keys() ^ document.examples().keys()
    if missing:
        raise SystemExit(f"only in docs/PROTOCOL.md or only in example_vectors.py: {', '.join(sorted(missing))}")

    def block(match):
        if document.bytes_of(match["body"]) == wanted[match["name"]]:
            return match[0]
        return f"```{match['kind']} {match['name']}\n{shown(wanted[match['name']])}```"

    return document.BLOCK.sub(block, document.text())


def main():
    wanted = {FOLDER / name: content for name, content in files().items()}
    wanted[document.DOCUMENT] = document_with_examples()
    stale = [file for file in FOLDER.glob("*") if file not in wanted]
    differ = [file for file, content in wanted.items()
              if not file.is_file() or file.read_text(encoding="utf-8") != content]
    if "--check" in sys.argv[1:]:
        for file in stale + differ:
            print(f"{file.relative_to(document.ROOT)} is not what tests/conformance/make_vectors.py writes: run it")
        return 1 if stale or differ else 0
    for file in stale:
        file.unlink()
    for file in differ:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[file], encoding="utf-8")
        print(f"written: {file.relative_to(document.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
