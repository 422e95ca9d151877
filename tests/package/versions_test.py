# SPDX-License-Identifier: Apache-2.0
"""Every binary and package of the stage says the version that CMakeLists.txt does."""
import os
import re
import shutil
import tempfile
import unittest
import zipfile

from environment import STAGE, VERSION, files_below

import pe_version

OURS = re.compile(r"(^bin/[^/]+|(^|/)PlugBroker[^/]*)\.(exe|dll)$")


def of_binary(content, version):
    """What is wrong with the version of a program, a library or an assembly, or None."""
    try:
        found = pe_version.read_version_of(content)
    except pe_version.NoVersion as error:
        return str(error)
    texts = found["strings"]
    said = (found["file"], found["product"], texts.get("ProductVersion"))
    if said != (f"{version}.0", f"{version}.0", version) or texts.get("FileVersion") not in (version, f"{version}.0"):
        return f"{said}, {texts.get('FileVersion')}"
    if not texts.get("FileDescription") or not texts.get("CompanyName"):
        return "no description or company"
    return None


def of_package(path, version):
    """What is wrong with the versions in a NuGet package, as a list."""
    wrong = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".nuspec") and f"<version>{version}</version>".encode() not in archive.read(name):
                wrong.append(f"{name}: not version {version}")
            if OURS.search(name):
                error = of_binary(archive.read(name), version)
                if error:
                    wrong.append(f"{name}: {error}")
    return wrong


def wrong_versions(stage, version):
    """(how many binaries and packages were looked at, {file: what is wrong with it})."""
    looked, wrong = 0, {}
    for path in files_below(stage):
        full = os.path.join(stage, path)
        errors = []
        if OURS.search(path):
            with open(full, "rb") as file:
                error = of_binary(file.read(), version)
            errors = [error] if error else []
        elif path.endswith(".nupkg"):
            errors = of_package(full, version)
        else:
            continue
        looked += 1
        if errors:
            wrong[path] = errors
    return looked, wrong


class Versions(unittest.TestCase):
    maxDiff = None

    def test_every_binary_and_package_of_the_stage_has_the_projects(self):
        looked, wrong = wrong_versions(STAGE, VERSION)
        self.assertEqual({}, wrong)
        self.assertGreaterEqual(looked, 5)

    def test_another_version_is_found_in_every_one(self):
        looked, wrong = wrong_versions(STAGE, "9.8.7")
        self.assertEqual(looked, len(wrong))

    def test_a_program_without_a_version_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "bin"))
            program = os.path.join(folder, "bin", "plugbrokerctl.exe")
            shutil.copy(os.path.join(STAGE, "bin", "plugbrokerctl.exe"), program)
            with open(program, "r+b") as file:
                content = file.read()
                header = int.from_bytes(content[0x3C:0x40], "little")
                file.seek(header + 24 + 112 + 16)  # the resource directory's entry
                file.write(bytes(8))
            looked, wrong = wrong_versions(folder, VERSION)
        self.assertEqual((1, {"bin/plugbrokerctl.exe": ["no resources"]}), (looked, wrong))


if __name__ == "__main__":
    unittest.main()
