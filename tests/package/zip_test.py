# SPDX-License-Identifier: Apache-2.0
"""The zip holds the product, and depends on nothing but the product's files."""
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

from environment import PACKAGING, PRODUCT, VERSION, ZIP, files_below

MAKE = os.path.join(PACKAGING, "zip_tree.py")


class Zip(unittest.TestCase):
    def test_holds_the_product_and_nothing_else(self):
        root = f"PlugBroker-{VERSION}/"
        with zipfile.ZipFile(ZIP) as archive:
            self.assertEqual([root + path for path in files_below(PRODUCT)], archive.namelist())
            for path in files_below(PRODUCT):
                with open(os.path.join(PRODUCT, path), "rb") as file:
                    self.assertEqual(file.read(), archive.read(root + path), path)

    def test_is_the_same_byte_for_byte_when_made_again(self):
        with tempfile.TemporaryDirectory() as folder:
            made = []
            for index, when in enumerate((1_600_000_000, 1_700_000_000)):
                tree = os.path.join(folder, f"tree{index}")
                for name in ("b/second.txt", "a.txt")[::-1 if index else 1]:  # made in another order
                    path = os.path.join(tree, name)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(name * 1000)
                    os.utime(path, (when, when))
                    os.chmod(path, 0o600 if index else 0o755)
                output = os.path.join(folder, f"{index}.zip")
                subprocess.run([sys.executable, MAKE, tree, "root", "1700000000", output], check=True)
                with open(output, "rb") as file:
                    made.append(file.read())
        self.assertEqual(made[0], made[1])


if __name__ == "__main__":
    unittest.main()
