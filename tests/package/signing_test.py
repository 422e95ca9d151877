# SPDX-License-Identifier: Apache-2.0
"""packaging/sign.sh, with a certificate made here: what it signs verifies, and nothing else does."""
import os
import shutil
import subprocess
import tempfile
import unittest

from environment import MSI, PACKAGE, PACKAGING, PRODUCT, SBOM_FOLDER, STAGE, VERSION

SIGN = os.path.join(PACKAGING, "sign.sh")


def run(*command, check=False):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=check)


def make_certificate(folder, name):
    """A key and a certificate that signs itself, as files name-key.pem and name.pem."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=PlugBroker test {name}",
        "-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature",
        "-keyout", os.path.join(folder, f"{name}-key.pem"), "-out", os.path.join(folder, f"{name}.pem"), check=True)


class Signing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        make_certificate(self.folder, "ours")
        self.options = self.path("options")
        with open(self.options, "w", encoding="utf-8") as file:
            file.write(f"# a throw-away certificate\n-certs\n{self.path('ours.pem')}\n-key\n{self.path('ours-key.pem')}\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def copy_of(self, source):
        return shutil.copy(source, self.path(os.path.basename(source)))

    def samples(self):
        return [self.copy_of(path) for path in (os.path.join(PRODUCT, "bin", "plugbrokerctl.exe"),
                                                os.path.join(PRODUCT, "bin", "plugbroker.dll"), MSI)]

    def sign(self, *files):
        return run(SIGN, self.options, *files)

    def verifies(self, file, certificate="ours"):
        return run("osslsigncode", "verify", "-CAfile", self.path(f"{certificate}.pem"), "-in", file).returncode == 0

    def test_what_is_signed_verifies(self):
        files = self.samples()
        signed = self.sign(*files)
        self.assertEqual(0, signed.returncode, signed.stdout)
        self.assertEqual([True] * 3, [self.verifies(file) for file in files])

    def test_a_byte_changed_after_signing_is_found(self):
        files = self.samples()
        self.sign(*files)
        for file in files:
            with open(file, "r+b") as content:
                content.seek(os.path.getsize(file) // 2)
                byte = content.read(1)[0]
                content.seek(-1, os.SEEK_CUR)
                content.write(bytes([byte ^ 1]))
        self.assertEqual([False] * 3, [self.verifies(file) for file in files])

    def test_what_is_not_signed_does_not_verify(self):
        self.assertEqual([False] * 3, [self.verifies(file) for file in self.samples()])

    def test_another_certificate_does_not_verify(self):
        make_certificate(self.folder, "others")
        file = self.samples()[0]
        self.sign(file)
        self.assertFalse(self.verifies(file, "others"))

    def test_what_is_signed_is_not_signed_again(self):
        for file in self.samples():
            self.sign(file)
            again = self.sign(file)
            self.assertNotEqual(0, again.returncode)
            self.assertIn("is signed already", again.stdout)
            self.assertTrue(self.verifies(file))

    def test_packages_are_made_of_signed_programs(self):
        output = self.path("signed")
        made = run(os.path.join(PACKAGING, "make_packages.sh"), STAGE, SBOM_FOLDER, output, self.options)
        self.assertEqual(0, made.returncode, made.stdout)
        programs = sorted(os.listdir(os.path.join(output, "product", "bin")))
        self.assertEqual(sorted(os.listdir(os.path.join(PACKAGE, "product", "bin"))), programs)
        files = [os.path.join(output, "product", "bin", name) for name in programs]
        files.append(os.path.join(output, f"PlugBroker-{VERSION}-x64.msi"))
        self.assertEqual([], [file for file in files if not self.verifies(file)])


if __name__ == "__main__":
    unittest.main()
