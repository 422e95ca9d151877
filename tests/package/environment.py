# SPDX-License-Identifier: Apache-2.0
"""Where CMakeLists.txt says things are. Import it first: it makes the modules of packaging/ importable."""
import os
import sys

ROOT = os.environ["PLUGBROKER_ROOT"]
VERSION = os.environ["PLUGBROKER_VERSION"]
STAGE = os.environ["PLUGBROKER_STAGE"]
PACKAGE = os.environ["PLUGBROKER_PACKAGE"]
SBOM_FOLDER = os.environ["PLUGBROKER_SBOM_FOLDER"]
PACKAGING = os.path.join(ROOT, "packaging")
PRODUCT = os.path.join(PACKAGE, "product")
MSI = os.path.join(PACKAGE, f"PlugBroker-{VERSION}-x64.msi")
ZIP = os.path.join(PACKAGE, f"PlugBroker-{VERSION}-x64.zip")
SBOM = os.path.join(PRODUCT, "share", "sbom.spdx.json")

sys.path.insert(0, PACKAGING)


def files_below(root):
    """Every file below a folder, by its path from there, with slashes."""
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names]
    return sorted(found)
