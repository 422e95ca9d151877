# SPDX-License-Identifier: Apache-2.0
"""Reads the version resource (VERSIONINFO) of a Windows program, library or .NET assembly."""
import struct

RT_VERSION = 16
FIXED_SIGNATURE = 0xFEEF04BD


class NoVersion(Exception):
    """The file has no version resource, or is no PE file."""


def _sections(data):
    """The resource directory's address, and all sections as (address, size, file offset)."""
    if data[:2] != b"MZ":
        raise NoVersion("not a PE file")
    header = struct.unpack_from("<I", data, 0x3C)[0]
    if data[header:header + 4] != b"PE\0\0":
        raise NoVersion("not a PE file")
    count, optional_size = struct.unpack_from("<H12xH", data, header + 6)
    optional = header + 24
    directories = optional + (112 if struct.unpack_from("<H", data, optional)[0] == 0x20B else 96)
    resources = struct.unpack_from("<I", data, directories + 2 * 8)[0]
    table = optional + optional_size
    sections = []
    for index in range(count):
        virtual_size, address, raw_size, offset = struct.unpack_from("<IIII", data, table + 40 * index + 8)
        sections.append((address, max(virtual_size, raw_size), offset))
    return resources, sections


def _file_offset(address, sections):
    for start, size, offset in sections:
        if start <= address < start + size:
            return address - start + offset
    raise NoVersion("a resource outside every section")


def _entries(data, directory):
    named, numbered = struct.unpack_from("<HH", data, directory + 12)
    for index in range(named + numbered):
        yield struct.unpack_from("<II", data, directory + 16 + 8 * index)


def _version_block(data):
    """The bytes of the first RT_VERSION resource."""
    address, sections = _sections(data)
    if address == 0:
        raise NoVersion("no resources")
    root = _file_offset(address, sections)
    for kind, offset in _entries(data, root):
        if kind != RT_VERSION:
            continue
        for _ in range(3):  # type, name, language; never deeper
            if not offset & 0x80000000:
                break
            offset = next(_entries(data, root + (offset & 0x7FFFFFFF)))[1]
        where, size = struct.unpack_from("<II", data, root + offset)
        start = _file_offset(where, sections)
        return data[start:start + size]
    raise NoVersion("no version resource")


def _aligned(position):
    return (position + 3) & ~3


def _node(block, position):
    """One node of the tree that a version resource is: key, value's bytes, position of its children, its end."""
    length, value_length, is_text = struct.unpack_from("<HHH", block, position)
    if length < 6:
        raise NoVersion("a damaged version resource")
    key_end = position + 6
    while block[key_end:key_end + 2] not in (b"\0\0", b""):
        key_end += 2
    key = block[position + 6:key_end].decode("utf-16-le")
    value_start = _aligned(key_end + 2)
    size = value_length * 2 if is_text else value_length
    return key, block[value_start:value_start + size], _aligned(value_start + size), position + length


def _strings(block, position, end, depth, found):
    while position + 6 <= end:
        key, value, children, node_end = _node(block, position)
        if depth == 2:
            found[key] = value.decode("utf-16-le", "replace").split("\0")[0]
        else:
            _strings(block, children, node_end, depth + 1, found)
        position = _aligned(node_end)


def read_version(path):
    """{"file": "0.1.0.0", "product": "0.1.0.0", "strings": {"FileVersion": ...}}; NoVersion when there is none."""
    with open(path, "rb") as file:
        return read_version_of(file.read())


def read_version_of(data):
    """The same of a file's bytes."""
    try:
        block = _version_block(data)
        _, fixed, children, end = _node(block, 0)
        numbers = struct.unpack_from("<IIIIII", fixed, 0)
    except (struct.error, StopIteration) as error:
        raise NoVersion(f"damaged: {error}") from error
    if numbers[0] != FIXED_SIGNATURE:
        raise NoVersion("a damaged version resource")

    def dotted(high, low):
        return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"

    strings = {}
    _strings(block, children, end, 0, strings)
    return {"file": dotted(*numbers[2:4]), "product": dotted(*numbers[4:6]), "strings": strings}
