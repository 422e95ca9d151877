# SPDX-License-Identifier: Apache-2.0
"""The list of all that is shipped (share/sbom.spdx.json) is complete and valid, and a check that must find faults finds them."""
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from environment import PACKAGING, PRODUCT, SBOM, SBOM_FOLDER, VERSION

import sbom_check


def load():
    with open(SBOM, encoding="utf-8") as file:
        return json.load(file)


def linked_into(document, path):
    """The names of the packages that a file is linked with."""
    spdx = next(entry["SPDXID"] for entry in document["files"] if entry["fileName"] == "./" + path)
    wanted = {each["relatedSpdxElement"] for each in document["relationships"]
              if each["spdxElementId"] == spdx and each["relationshipType"] in ("STATIC_LINK", "DEPENDS_ON")}
    return {entry["name"] for entry in document["packages"] + document["files"]
            if entry["SPDXID"] in wanted and "name" in entry}


def make_sbom(product, sbom_folder):
    return subprocess.run([sys.executable, os.path.join(PACKAGING, "sbom.py"), product, VERSION, "1700000000", sbom_folder],
                          capture_output=True, text=True, check=False)


class Sbom(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.document = load()

    def product_copy(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        return shutil.copytree(PRODUCT, os.path.join(folder, "product"))

    def test_has_all_that_spdx_demands(self):
        self.assertEqual([], sbom_check.missing_fields(self.document))
        self.assertEqual([], sbom_check.relationship_faults(self.document))

    def test_lists_every_shipped_file_once_with_its_checksums(self):
        self.assertEqual([], sbom_check.file_faults(self.document, PRODUCT))

    def test_a_file_added_to_the_product_is_found(self):
        product = self.product_copy()
        with open(os.path.join(product, "bin", "extra.dll"), "wb") as file:
            file.write(b"nobody knows what")
        self.assertEqual(["./bin/extra.dll is shipped, but not listed"], sbom_check.file_faults(self.document, product))

    def test_a_file_changed_later_is_found(self):
        product = self.product_copy()
        with open(os.path.join(product, "share", "README.md"), "a", encoding="utf-8") as file:
            file.write("more\n")
        self.assertEqual(["./share/README.md has another checksum"], sbom_check.file_faults(self.document, product))

    def test_a_file_listed_twice_is_found(self):
        self.document["files"].append(copy.deepcopy(self.document["files"][0]))
        name = self.document["files"][0]["fileName"]
        self.assertIn(f"{name} is listed 2 times", sbom_check.file_faults(self.document, PRODUCT))
        self.assertTrue(sbom_check.relationship_faults(self.document))

    def test_a_relationship_to_nothing_is_found(self):
        self.document["relationships"].append(
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-Nothing"})
        self.assertEqual(["SPDXRef-Nothing is in a relationship, but nowhere else"],
                         sbom_check.relationship_faults(self.document))

    def test_programs_name_what_is_linked_into_them(self):
        runtime = {"GCC runtime libraries", "mingw-w64 runtime", "winpthreads"}
        service = linked_into(self.document, "bin/plugbroker-service.exe")
        self.assertLessEqual(runtime | {"Poco C++ Libraries", "Boost C++ Libraries", "zlib", "double-conversion"}, service)
        client = linked_into(self.document, "bin/plugbroker.dll")
        self.assertLessEqual({"mingw-w64 runtime"}, client)
        self.assertLessEqual(client, runtime)

    def test_nuget_packages_name_what_they_need(self):
        packages = [entry["fileName"][2:] for entry in self.document["files"] if entry["fileName"].endswith(".nupkg")]
        worker = next(path for path in packages if "/PlugBroker.Worker." + VERSION in path)
        self.assertIn("System.Text.Json", linked_into(self.document, worker))

    def test_the_licence_of_everything_linked_in_is_shipped(self):
        linked = {each["relatedSpdxElement"] for each in self.document["relationships"]
                  if each["relationshipType"] == "STATIC_LINK"}
        texts = [entry["licenseComments"].removeprefix("Text: ") for entry in self.document["packages"]
                 if entry["SPDXID"] in linked]
        self.assertEqual(len(linked), len(texts))
        for text in texts:
            self.assertGreater(os.path.getsize(os.path.join(PRODUCT, text)), 500, text)

    def test_a_library_that_nobody_knows_stops_it(self):
        sbom_folder = shutil.copytree(SBOM_FOLDER, os.path.join(os.path.dirname(self.product_copy()), "sbom"))
        with open(os.path.join(sbom_folder, "link_maps", "plugbroker.dll.map"), "r+", encoding="utf-8") as file:
            content = file.read()
            file.seek(0)
            file.write("/somewhere/libstranger.a(face.o)\n" + content)
        run = make_sbom(os.path.join(os.path.dirname(sbom_folder), "product"), sbom_folder)
        self.assertNotEqual(0, run.returncode)
        self.assertIn("plugbroker.dll.map: libstranger.a is in no package", run.stderr)

    def test_a_program_without_a_link_map_stops_it(self):
        product = self.product_copy()
        shutil.copy(os.path.join(product, "bin", "plugbroker.dll"), os.path.join(product, "bin", "other.dll"))
        run = make_sbom(product, SBOM_FOLDER)
        self.assertNotEqual(0, run.returncode)
        self.assertIn("bin/other.dll: no ", run.stderr)


if __name__ == "__main__":
    unittest.main()
