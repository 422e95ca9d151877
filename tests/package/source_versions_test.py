# SPDX-License-Identifier: Apache-2.0
"""project(VERSION) in CMakeLists.txt is the version; where a file has to repeat it, it has to be the same."""
import os
import re
import unittest

from environment import ROOT, VERSION

# What has to repeat it, and how. The rest is made from project(VERSION).
PLACES = {
    "vcpkg.json": r'"version": "([^"]+)"',
    "service/service_identity.h": r'string_view version = "([^"]+)"',
    "client_lib/core/library_version.h": r'library_version = "([^"]+)"',
    "samples/workers/minimal/Minimal.csproj": r'"PlugBroker\.Worker" Version="([^"]+)"',
    "samples/workers/documents/Documents.csproj": r'"PlugBroker\.Worker" Version="([^"]+)"',
    "samples/clients/csharp/MarkdownCaller.csproj": r'"PlugBroker\.Client" Version="([^"]+)"',
    "tests/integration/readme/run_readme.sh": r'"PlugBroker\.Worker" Version="([^"]+)"',
}


def wrong_places(version):
    wrong = {}
    for path, pattern in PLACES.items():
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            found = re.findall(pattern, file.read())
        if not found or set(found) != {version}:
            wrong[path] = found
    return wrong


class SourceVersions(unittest.TestCase):
    def test_every_place_that_repeats_the_version_has_the_projects(self):
        self.assertEqual({}, wrong_places(VERSION))

    def test_another_version_is_found_everywhere(self):
        self.assertEqual(set(PLACES), set(wrong_places("9.8.7")))


if __name__ == "__main__":
    unittest.main()
