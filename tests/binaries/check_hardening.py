#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_hardening.py [--guard-cf] FOLDER_OR_FILE...

Reads the headers of every Windows binary there (whatever its name) and names each that was made without:
address space randomization with all of its entropy, relocations (without them the system can't move it), data execution
prevention, and sections that are never writable and executable at once. With --guard-cf the product's own binaries, those
without a .NET header, need control flow guard too. The product's programs, plugbroker*.exe, have to harden their process
(broker_core/win/program_hardening.h) and its library, plugbroker.dll, must not. Fails when a binary breaks a rule, or when there
is no binary at all.
"""
import pathlib
import re
import struct
import sys

DLL_FLAGS = {0x20: "high-entropy addresses (HIGH_ENTROPY_VA)", 0x40: "random addresses (DYNAMIC_BASE)",
             0x100: "data execution prevention (NX_COMPAT)"}
GUARD_CF = 0x4000
RELOCS_STRIPPED = 0x1
PE32_PLUS = 0x20B
RELOCATION_DIRECTORY, CLR_DIRECTORY = 5, 14
IL_ONLY = 0x1
EXECUTE = 0x20000000
WRITE_AND_EXECUTE = 0x80000000 | EXECUTE


class Binary:
    """The few fields of a PE file that matter here."""

    def __init__(self, data):
        (pe,) = struct.unpack_from("<I", data, 0x3C)
        if data[pe:pe + 4] != b"PE\0\0":
            raise ValueError("no PE header")
        _, count, _, _, _, optional_size, self.flags = struct.unpack_from("<HHIIIHH", data, pe + 4)
        optional = pe + 24
        (magic,) = struct.unpack_from("<H", data, optional)
        self.is_64_bit = magic == PE32_PLUS
        (self.dll_flags,) = struct.unpack_from("<H", data, optional + 70)
        directories = optional + (112 if self.is_64_bit else 96)
        (directory_count,) = struct.unpack_from("<I", data, directories - 4)
        self.directories = [struct.unpack_from("<II", data, directories + 8 * index)
                            for index in range(min(directory_count, 16))]
        self.sections = []
        for index in range(count):
            at = optional + optional_size + 40 * index
            name = data[at:at + 8].rstrip(b"\0").decode("ascii", "replace")
            size, address, raw_size, raw = struct.unpack_from("<IIII", data, at + 8)
            (flags,) = struct.unpack_from("<I", data, at + 36)
            self.sections.append((name, address, max(size, raw_size), raw, flags))
        self.il_only = self.clr_flags(data) & IL_ONLY != 0

    def directory_size(self, index):
        return self.directories[index][1] if index < len(self.directories) else 0

    def clr_flags(self, data):
        if self.directory_size(CLR_DIRECTORY) == 0:
            return 0
        address = self.directories[CLR_DIRECTORY][0]
        for _, start, size, raw, _ in self.sections:
            if start <= address < start + size:
                return struct.unpack_from("<I", data, raw + address - start + 16)[0]
        return 0


def problems(data, guard_cf):
    """What the binary lacks, a phrase each."""
    binary = Binary(data)
    found = [f"no {text}" for flag, text in DLL_FLAGS.items()
             if not binary.dll_flags & flag and (binary.is_64_bit or flag != 0x20)]
    native = binary.directory_size(CLR_DIRECTORY) == 0
    # A file of resources, and code that is compiled as it runs, have nothing to be moved.
    has_code = any(flags & EXECUTE for *_, flags in binary.sections)
    if has_code and not binary.il_only and (binary.flags & RELOCS_STRIPPED or binary.directory_size(RELOCATION_DIRECTORY) == 0):
        found.append("no relocations")
    if guard_cf and native and not binary.dll_flags & GUARD_CF:
        found.append("no control flow guard (GUARD_CF)")
    found += [f"section {name} is writable and executable" for name, _, _, _, flags in binary.sections
              if flags & WRITE_AND_EXECUTE == WRITE_AND_EXECUTE]
    return found


def call_problems(name, data):
    """Whether a file of ours imports what hardens its process, judged by the names in it."""
    calls = (b"SetDefaultDllDirectories\0", b"SetProcessMitigationPolicy\0")
    if re.fullmatch(r"plugbroker.*\.exe", name):
        return [f"does not call {call[:-1].decode()}" for call in calls if call not in data]
    if name == "plugbroker.dll":
        return [f"calls {call[:-1].decode()}, though it is a guest" for call in calls if call in data]
    return []


def main(arguments):
    guard_cf = "--guard-cf" in arguments
    count = 0
    bad = 0
    for place in (pathlib.Path(argument) for argument in arguments if argument != "--guard-cf"):
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if not file.is_file() or file.is_symlink():
                continue
            with file.open("rb") as stream:
                if stream.read(2) != b"MZ":
                    continue
                stream.seek(0)
                data = stream.read()
            count += 1
            try:
                found = problems(data, guard_cf) + call_problems(file.name.lower(), data)
            except (ValueError, struct.error) as error:
                found = [f"can't be read: {error}"]
            bad += len(found)
            for problem in found:
                print(f"{file}: {problem}")
    print(f"{count} binaries, {bad} problems")
    return 1 if bad or count == 0 else 0


sys.exit(main(sys.argv[1:]))
