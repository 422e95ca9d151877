#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sbom.py PRODUCT VERSION EPOCH SBOM_FOLDER: writes PRODUCT/share/sbom.spdx.json, an SPDX 2.3 document of all that PRODUCT holds.

SBOM_FOLDER is sbom/ of the build folder: third_party.json and link_maps/. Every file is in it with its checksums; programs name the
third-party packages that are linked into them, NuGet packages the ones they need. Fails when it meets something unknown.
"""
import hashlib
import json
import os
import re
import sys
import time
import uuid

import shipped_parts

OUTPUT = "share/sbom.spdx.json"
NAMESPACE = uuid.UUID("0d9a1f4e-3b1f-4b6a-9c63-7f6b5a0e2d11")
BINARIES = (".exe", ".dll")
FILE_TYPES = {".exe": "BINARY", ".dll": "BINARY", ".a": "ARCHIVE", ".lib": "ARCHIVE", ".nupkg": "ARCHIVE", ".snupkg": "ARCHIVE",
              ".h": "SOURCE", ".hpp": "SOURCE", ".cmake": "SOURCE", ".md": "DOCUMENTATION", ".json": "TEXT", ".txt": "TEXT"}
MAIN = "SPDXRef-Package-PlugBroker"
DOCUMENT = "SPDXRef-DOCUMENT"
LICENSE = "Apache-2.0"


def spdx_id(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.]", "-", name)


def package_entry(identifier, name, version, license_name, **others):
    entry = {"SPDXID": identifier, "name": name, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
             "licenseConcluded": license_name, "licenseDeclared": license_name, "copyrightText": "NOASSERTION",
             "supplier": "NOASSERTION"}
    if version:
        entry["versionInfo"] = version
    entry.update(others)
    return entry


class Sbom:
    """The document while it grows: one add_... for each kind of thing."""

    def __init__(self, product, version, sbom_folder):
        self.product = product
        self.version = version
        self.link_maps = os.path.join(sbom_folder, "link_maps")
        with open(os.path.join(sbom_folder, "third_party.json"), encoding="utf-8") as file:
            self.third_party = json.load(file)
        self.by_id = {package["id"]: package for package in self.third_party["packages"]}
        self.packages, self.files, self.relationships = {}, {}, []

    def relate(self, element, kind, other):
        self.relationships.append({"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other})

    def add_third_party(self, identifier):
        """A package that is linked in; its licence's text has to be shipped."""
        package = self.by_id[identifier]
        text = f"share/licenses/{package['license_file']}.txt"
        if not os.path.exists(os.path.join(self.product, text)):
            sys.exit(f"{text} is missing: {package['name']} is linked in")
        spdx = spdx_id("Package", identifier)
        others = {"supplier": package["supplier"], "downloadLocation": package["download"],
                  "licenseComments": f"Text: {text}"}
        if "comment" in package:
            others["comment"] = package["comment"]
        self.packages[spdx] = package_entry(spdx, package["name"], package["version"], package["license"], **others)
        return spdx

    def add_nuget(self, name, version):
        """A package that one of ours needs; it is not shipped, but named."""
        if name.startswith("PlugBroker."):
            return spdx_id("File", f"share/nuget/{name}.{version}.nupkg")
        if name not in self.third_party["nuget"]:
            raise shipped_parts.UnknownPart(f"NuGet package {name} is not in third_party.json.in")
        spdx = spdx_id("Package", f"nuget-{name}-{version}")
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                     "referenceLocator": f"pkg:nuget/{name}@{version}"}
        self.packages[spdx] = package_entry(spdx, name, version, self.third_party["nuget"][name],
                                            externalRefs=[reference], comment="Not shipped: NuGet brings it.")
        return spdx

    def add_file(self, path):
        with open(os.path.join(self.product, path), "rb") as file:
            content = file.read()
        spdx = spdx_id("File", path)
        licenses = [LICENSE]
        if path.endswith(BINARIES):
            link_map = os.path.join(self.link_maps, os.path.basename(path) + ".map")
            if not os.path.exists(link_map):
                sys.exit(f"{path}: no {link_map}, so nobody knows what is in it (see cmake/ShippedBinary.cmake)")
            for identifier in shipped_parts.linked_packages(link_map, self.third_party["packages"]):
                self.relate(spdx, "STATIC_LINK", self.add_third_party(identifier))
                licenses.append(self.by_id[identifier]["license"])
        elif path.endswith(".nupkg"):
            for name, version in shipped_parts.nuget_dependencies(os.path.join(self.product, path)):
                self.relate(spdx, "DEPENDS_ON", self.add_nuget(name, version))
        concluded = " AND ".join(dict.fromkeys(licenses))
        if path.startswith("share/licenses/"):
            concluded = "NOASSERTION"
        self.files[path] = {
            "SPDXID": spdx, "fileName": f"./{path}", "fileTypes": [FILE_TYPES.get(os.path.splitext(path)[1], "OTHER")],
            "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
                          {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}],
            "licenseConcluded": concluded, "licenseInfoInFiles": ["NOASSERTION"], "copyrightText": "NOASSERTION"}
        self.relate(MAIN, "CONTAINS", spdx)

    def verification_code(self):
        """As SPDX defines it: of all files but this document."""
        sums = sorted(file["checksums"][0]["checksumValue"] for file in self.files.values())
        return hashlib.sha1("".join(sums).encode()).hexdigest()

    def document(self, epoch):
        code = self.verification_code()
        main = package_entry(
            MAIN, "PlugBroker", self.version, LICENSE, filesAnalyzed=True, supplier="Organization: The PlugBroker authors",
            licenseInfoFromFiles=["NOASSERTION"], primaryPackagePurpose="APPLICATION",
            packageVerificationCode={"packageVerificationCodeValue": code,
                                     "packageVerificationCodeExcludedFiles": [f"./{OUTPUT}"]})
        self.relate(DOCUMENT, "DESCRIBES", MAIN)
        return {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": DOCUMENT, "name": f"PlugBroker-{self.version}",
            "documentNamespace": f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{self.version} {code}')}",
            "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
                             "creators": ["Organization: The PlugBroker authors", "Tool: PlugBroker packaging/sbom.py"]},
            "packages": [main, *(self.packages[key] for key in sorted(self.packages))],
            "files": [self.files[key] for key in sorted(self.files)],
            "relationships": sorted(self.relationships, key=lambda each: tuple(each.values()))}


def main():
    product, version, epoch, sbom_folder = sys.argv[1:]
    sbom = Sbom(product, version, sbom_folder)
    for folder, _, names in os.walk(product):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), product).replace(os.sep, "/")
            if path != OUTPUT:
                sbom.add_file(path)
    with open(os.path.join(product, OUTPUT), "w", encoding="utf-8") as file:
        json.dump(sbom.document(int(epoch)), file, indent=1)
        file.write("\n")


try:
    main()
except shipped_parts.UnknownPart as error:
    sys.exit(str(error))
