#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wix_files.py PRODUCT VERSION OUTPUT.wxs OUTPUT.sql: what make_msi.sh has to know of the product's files.

OUTPUT.wxs is a WiX fragment with every file that plugbroker.wxs does not name, by its path in the product. OUTPUT.sql has one
statement a line that give programs and libraries the version of their resource, by which Windows Installer decides what is newer:
wixl can't, and takes them for files without a version. Prints the product code: a GUID that follows from the version and from
each file's name and content, so that two packages with different content never have the same.
"""
import hashlib
import os
import sys
import uuid
from xml.sax.saxutils import quoteattr

import pe_version

# Named by plugbroker.wxs, because its service and its actions refer to them.
NAMED_BY_HAND = {"bin/plugbroker-service.exe": "ServiceProgram", "bin/plugbroker-install.exe": "InstallProgram"}
FOLDER_COMPONENTS = uuid.UUID("6d6f5b0e-0f0b-4f0c-9a51-4b3f0a6f3c58")
PRODUCT_CODES = uuid.UUID("1f0f5a55-5d5c-4d7e-8d0e-6b5a3c1f7a42")


def identifier(prefix, path):
    return prefix + hashlib.sha1(path.encode()).hexdigest()[:20]


def version_statements(identifier_in_table, path):
    try:
        version = pe_version.read_version(path)["file"]
    except pe_version.NoVersion:
        return []
    return [f"UPDATE `File` SET `Version` = '{version}', `Language` = '1033' WHERE `File` = '{identifier_in_table}'",
            f"DELETE FROM `MsiFileHash` WHERE `File_` = '{identifier_in_table}'"]


class Fragment:
    """Collects the lines of the fragment, the ids of its components, and the statements."""

    def __init__(self, root):
        self.root = root
        self.lines = []
        self.components = []
        self.statements = []

    def add_folder(self, folder, indent):
        entries = sorted(os.listdir(os.path.join(self.root, folder)))
        for name in entries:
            path = f"{folder}/{name}" if folder else name
            if os.path.isdir(os.path.join(self.root, path)):
                where = "BINDIR" if path == "bin" else identifier("d", path)
                opening = f"<Directory Id={quoteattr(where)} Name={quoteattr(name)}>"
                self.lines.append(f"{indent}{opening}")
                self.add_folder(path, indent + "  ")
                self.lines.append(f"{indent}</Directory>")
            else:
                self.add_file(path, name, indent)
        self.add_folder_itself(folder, indent)

    def add_folder_itself(self, folder, indent):
        """Each folder, after those in it: one of folders alone would stay behind without a component of its own."""
        component = identifier("e", folder)
        self.components.append(component)
        guid = str(uuid.uuid5(FOLDER_COMPONENTS, folder)).upper()
        self.lines.append(f'{indent}<Component Id="{component}" Guid="{guid}" Win64="yes"><CreateFolder /></Component>')

    def add_file(self, path, name, indent):
        file_id = NAMED_BY_HAND.get(path, identifier("f", path))
        self.statements += version_statements(file_id, os.path.join(self.root, path))
        if path in NAMED_BY_HAND:
            return
        component = identifier("c", path)
        self.components.append(component)
        self.lines.append(f'{indent}<Component Id="{component}" Guid="*" Win64="yes">')
        self.lines.append(f'{indent}  <File Id="{file_id}" Name={quoteattr(name)} KeyPath="yes" Source={quoteattr(path)} />')
        self.lines.append(f"{indent}</Component>")


def product_code(root, version):
    digest = hashlib.sha256(version.encode())
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            digest.update(os.path.relpath(path, root).encode())
            with open(path, "rb") as file:
                digest.update(hashlib.sha256(file.read()).digest())
    return str(uuid.uuid5(PRODUCT_CODES, digest.hexdigest())).upper()


def main():
    root, version, output, statements = sys.argv[1:]
    missing = [path for path in sorted(NAMED_BY_HAND) if not os.path.exists(os.path.join(root, path))]
    if missing:
        sys.exit(f"{root} has no {', '.join(missing)}")
    fragment = Fragment(os.path.abspath(root))
    fragment.add_folder("", "      ")
    references = [f'      <ComponentRef Id="{component}" />' for component in fragment.components]
    text = ['<?xml version="1.0" encoding="utf-8"?>', "<!-- Written by packaging/wix_files.py. -->",
            '<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">', "  <Fragment>", '    <DirectoryRef Id="INSTALLDIR">',
            *fragment.lines, "    </DirectoryRef>", "  </Fragment>", "  <Fragment>",
            '    <ComponentGroup Id="OtherFiles">', *references, "    </ComponentGroup>", "  </Fragment>", "</Wix>", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(text))
    with open(statements, "w", encoding="utf-8") as file:
        file.write("".join(f"{each}\n" for each in fragment.statements))
    print(product_code(root, version))


main()
