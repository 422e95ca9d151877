#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""zip_tree.py FOLDER ROOT_NAME EPOCH OUTPUT.zip: the folder as a zip whose bytes depend on nothing but its files.

Sorted by name, below ROOT_NAME, every time EPOCH (seconds, not before 1980), every right rw-r--r--.
"""
import os
import sys
import time
import zipfile


def files_below(root):
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names]
    return sorted(found)


def main():
    folder, root_name, epoch, output = sys.argv[1:]
    moment = time.gmtime(int(epoch))[:6]
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in files_below(folder):
            entry = zipfile.ZipInfo(f"{root_name}/{name}", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            with open(os.path.join(folder, name), "rb") as file:
                archive.writestr(entry, file.read())


main()
