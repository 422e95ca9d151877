#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_links.py FOLDER: each relative link in FOLDER's Markdown files leads to a file or folder that is there.

Folders that hold no document of this repository (LEFT_OUT) are left out. Prints what leads nowhere.
"""
import os
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
LEFT_OUT = {"build", ".git", "bin", "obj", "node_modules"}


def markdown_files(root):
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        yield from (os.path.join(folder, name) for name in files if name.endswith(".md"))


def dead_links(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^```.*?^```", "", file.read(), flags=re.S | re.M)
    targets = [target for target in LINK.findall(text) if "://" not in target and not target.startswith("mailto:")]
    return [target for target in targets if not os.path.exists(os.path.join(os.path.dirname(path), target))]


def main():
    root = sys.argv[1]
    files = sorted(markdown_files(root))
    dead = [f"{os.path.relpath(path, root)}: {target}" for path in files for target in dead_links(path)]
    print("\n".join(dead) or f"{len(files)} documents, no dead link")
    return 1 if dead or not files else 0


sys.exit(main())
