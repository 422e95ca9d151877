# SPDX-License-Identifier: Apache-2.0
"""What is inside the shipped files: third-party code in programs (from the linker's maps), packages that NuGet packages need."""
import os
import re
import xml.etree.ElementTree as ElementTree
import zipfile

OUR_ARCHIVES = re.compile(r"libplugbroker_.*\.a$")
MEMBER = re.compile(r"^(\S.*\.a)\((.+)\)$")


class UnknownPart(Exception):
    """Something is shipped that packaging/third_party.json.in does not name."""


def archive_members(map_path):
    """The (archive, member) pairs that the linker took into a program, archives without their folders."""
    members = set()
    with open(map_path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith(("Discarded input sections", "Memory Configuration", "There are no discarded")):
                break
            match = MEMBER.match(line.rstrip("\n"))
            if match:
                members.add((os.path.basename(match[1]), match[2]))
    if not members:
        raise UnknownPart(f"{map_path} names no archive; is it a linker's map?")
    return members


def linked_packages(map_path, packages):
    """The ids of the third-party packages that are in the program whose map this is."""
    patterns = [(package["id"], re.compile("(?:" + "|".join(package["archives"]) + ")$")) for package in packages]
    found, unknown = set(), set()
    for archive, member in archive_members(map_path):
        if OUR_ARCHIVES.match(archive):
            continue
        owners = {name for name, pattern in patterns if pattern.match(f"{archive}:{member}")}
        found |= owners
        if not owners:
            unknown.add(archive)
    if unknown:
        raise UnknownPart(f"{os.path.basename(map_path)}: {', '.join(sorted(unknown))} is in no package of third_party.json.in")
    return sorted(found)


def nuget_dependencies(package_path):
    """The (id, version) pairs that a .nupkg names, for whichever framework."""
    with zipfile.ZipFile(package_path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".nuspec"))
        root = ElementTree.fromstring(archive.read(name))
    return sorted({(node.get("id"), node.get("version")) for node in root.iter() if node.tag.endswith("}dependency")})
