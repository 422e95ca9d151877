# SPDX-License-Identifier: Apache-2.0
"""What the package asks of Windows Installer, read from its tables: also what Wine does not do."""
import os
import shutil
import subprocess
import tempfile
import unittest

from environment import MSI, PACKAGING, PRODUCT, VERSION, files_below

import pe_version

IN_SCRIPT, ROLLBACK, NO_IMPERSONATE, CONTINUE, EXE_FILE = 0x400, 0x100, 0x800, 0x40, 18
UPGRADE_CODE = "{8E4C2C2B-7C0A-4F0B-9E0E-2D5F6B1A9C37}"
COMPONENT_64_BIT = 256
# ServiceControl's events: stop and delete, while the product is installed and removed.
STOP_BOTH_DELETE_AT_UNINSTALL = 0x2 | 0x20 | 0x80


def table(name, msi=MSI):
    """A table's rows as dictionaries."""
    text = subprocess.run(["msiinfo", "export", msi, name], capture_output=True, check=True).stdout.decode("utf-8")
    lines = [line.split("\t") for line in text.replace("\r", "").split("\n") if line]
    return [dict(zip(lines[0], line)) for line in lines[3:]]


def properties(msi=MSI):
    return {row["Property"]: row["Value"] for row in table("Property", msi)}


class MsiTables(unittest.TestCase):
    maxDiff = None

    def test_has_the_products_files_with_their_versions(self):
        rows = table("File")
        self.assertEqual(sorted(os.path.basename(path) for path in files_below(PRODUCT)), sorted(row["FileName"] for row in rows))
        hashed = {row["File_"] for row in table("MsiFileHash")}
        for row in rows:
            name = row["FileName"]
            program = name.endswith((".exe", ".dll"))
            # A file has a version or a hash: by these Windows Installer decides whether it has to be replaced.
            self.assertEqual((f"{VERSION}.0" if program else "", not program), (row["Version"], row["File"] in hashed), name)
        self.assertEqual(f"{VERSION}.0", pe_version.read_version(os.path.join(PRODUCT, "bin", "plugbroker.dll"))["file"])

    def test_is_for_64_bit_and_the_whole_machine(self):
        self.assertEqual([], [row for row in table("Component") if not int(row["Attributes"]) & COMPONENT_64_BIT])
        summary = subprocess.run(["msiinfo", "suminfo", MSI], capture_output=True, text=True, check=True).stdout
        self.assertIn("Template: x64;1033", summary)
        self.assertEqual("1", properties()["ALLUSERS"])
        self.assertEqual({"18"}, {row["Type"] for row in table("RegLocator")})  # raw values of the 64-bit registry
        conditions = {row["Condition"] for row in table("LaunchCondition")}
        self.assertLessEqual({"VersionNT64", "Privileged", "NOT NEWER_FOUND"}, conditions)

    def test_the_service_is_that_of_the_product(self):
        service = table("ServiceInstall")[0]
        self.assertEqual(("PlugBroker", "16", "2", "[PLUGBROKER_ACCOUNT]", 'run --config "[PLUGBROKER_CONFIG]"'),
                         tuple(service[key] for key in ("Name", "ServiceType", "StartType", "StartName", "Arguments")))
        control = table("ServiceControl")[0]
        self.assertEqual(("PlugBroker", str(STOP_BOTH_DELETE_AT_UNINSTALL), "1"),
                         tuple(control[key] for key in ("Name", "Event", "Wait")))
        key_path = {row["Component"]: row["KeyPath"] for row in table("Component")}[service["Component_"]]
        files = {row["File"]: row["FileName"] for row in table("File")}
        self.assertEqual("plugbroker-service.exe", files[key_path])

    def test_actions_run_deferred_as_the_system_and_in_order(self):
        types = {row["Action"]: int(row["Type"]) for row in table("CustomAction")}
        deferred = EXE_FILE | IN_SCRIPT | NO_IMPERSONATE
        self.assertEqual({"Configure": deferred, "Unconfigure": deferred, "Start": deferred, "StartAgain": deferred | CONTINUE,
                          "UndoConfigure": deferred | ROLLBACK | CONTINUE},
                         {name: kind for name, kind in types.items() if kind & 0x3F == EXE_FILE})
        order = {row["Action"]: int(row["Sequence"]) for row in table("InstallExecuteSequence")}
        for sequence in (["AppSearch", "SavedAccount", "DefaultAccount", "LaunchConditions"],
                         ["AppSearch", "SavedConfig", "DefaultConfig", "CostInitialize"],
                         ["AppSearch", "SavedFolder", "CostFinalize", "InstallLocation", "RegisterProduct"],
                         ["InstallInitialize", "StopServices", "DeleteServices", "Unconfigure", "RemoveFiles"],
                         ["InstallFiles", "InstallServices", "UndoConfigure", "Configure", "StartServices", "Start", "StartAgain",
                          "InstallFinalize"]):
            self.assertEqual(sequence, sorted(sequence, key=order.__getitem__))

    def test_an_upgrade_replaces_within_the_transaction(self):
        self.assertEqual(UPGRADE_CODE, properties()["UpgradeCode"])
        bounds = {row["ActionProperty"]: (row["UpgradeCode"], row["VersionMin"], row["VersionMax"], row["Attributes"])
                  for row in table("Upgrade")}
        major, minor, patch = VERSION.split(".")
        self.assertEqual({"OLDER_FOUND": (UPGRADE_CODE, "0.0.0", f"{major}.{minor}.{int(patch) + 1}", "256"),
                          "NEWER_FOUND": (UPGRADE_CODE, VERSION, "", "2")}, bounds)
        order = {row["Action"]: int(row["Sequence"]) for row in table("InstallExecuteSequence")}
        self.assertLess(order["InstallInitialize"], order["RemoveExistingProducts"])
        self.assertLess(order["RemoveExistingProducts"], order["ProcessComponents"])
        self.assertEqual("Disable", properties()["MSIRESTARTMANAGERCONTROL"])

    def test_properties_reach_the_elevated_part(self):
        secure = set(properties()["SecureCustomProperties"].split(";"))
        self.assertLessEqual({"PLUGBROKER_ACCOUNT", "PLUGBROKER_CONFIG", "PLUGBROKER_START", "INSTALLDIR"}, secure)
        searched = {row["Property"] for row in table("AppSearch")}
        self.assertLessEqual(searched, secure)

    def test_the_product_code_follows_from_the_content(self):
        code = properties()["ProductCode"]
        with tempfile.TemporaryDirectory() as folder:
            def made(version=VERSION):
                output = os.path.join(folder, "other.msi")
                subprocess.run([os.path.join(PACKAGING, "make_msi.sh"), os.path.join(folder, "product"), version, output],
                               check=True)
                return properties(output)["ProductCode"]

            product = shutil.copytree(PRODUCT, os.path.join(folder, "product"))
            self.assertEqual(code, made())
            self.assertNotEqual(code, made("9.8.7"))
            with open(os.path.join(product, "share", "README.md"), "a", encoding="utf-8") as file:
                file.write("more\n")
            self.assertNotEqual(code, made())


if __name__ == "__main__":
    unittest.main()
