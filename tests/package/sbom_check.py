# SPDX-License-Identifier: Apache-2.0
"""Holds an SPDX 2.3 document against the rules of SPDX and against the files it is about. Everything returns a list of faults."""
import hashlib
import os
import re

from environment import files_below

DOCUMENT_FIELDS = ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "files",
                   "relationships"]
# Those that SPDX 2.3 demands, and the ones without which a list of contents is of little use.
PACKAGE_FIELDS = ["SPDXID", "name", "downloadLocation", "filesAnalyzed", "supplier", "licenseConcluded", "licenseDeclared",
                  "copyrightText"]
FILE_FIELDS = ["SPDXID", "fileName", "checksums", "licenseConcluded", "licenseInfoInFiles", "copyrightText"]
# SPDX 2.3's schema allows no other field in a package or a file; this is the part of them that is used here.
ALLOWED = {"packages": {*PACKAGE_FIELDS, "versionInfo", "licenseComments", "comment", "externalRefs", "licenseInfoFromFiles",
                        "primaryPackagePurpose", "packageVerificationCode"},
           "files": {*FILE_FIELDS, "fileTypes"}}
KINDS = {"DESCRIBES", "CONTAINS", "STATIC_LINK", "DEPENDS_ON"}
SPDX_ID = re.compile(r"SPDXRef-[A-Za-z0-9.\-]+$")
SELF = "./share/sbom.spdx.json"


def missing_fields(document):
    faults = [f"document: no {field}" for field in DOCUMENT_FIELDS if not document.get(field)]
    for kind, fields in (("packages", PACKAGE_FIELDS), ("files", FILE_FIELDS)):
        for entry in document.get(kind, []):
            name = entry.get("name") or entry.get("fileName")
            faults += [f"{kind}: {name} has no {field}" for field in fields if entry.get(field) in (None, "", [])]
            faults += [f"{kind}: {name} has a field {field}" for field in entry if field not in ALLOWED[kind]]
            if not SPDX_ID.match(entry.get("SPDXID", "")):
                faults.append(f"{kind}: {name} has the id {entry.get('SPDXID')}")
    if document.get("spdxVersion") != "SPDX-2.3" or document.get("dataLicense") != "CC0-1.0":
        faults.append("not SPDX 2.3 under CC0-1.0")
    info = document.get("creationInfo", {})
    if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", info.get("created", "")):
        faults.append("creationInfo: no time")
    if not info.get("creators") or any(not re.match("(Tool|Person|Organization): ", each) for each in info["creators"]):
        faults.append("creationInfo: creators")
    return faults


def ids(document):
    return [document.get("SPDXID")] + [entry["SPDXID"] for entry in document["packages"] + document["files"]]


def relationship_faults(document):
    known = ids(document)
    faults = [f"{each} is the id of several" for each in sorted(set(known)) if known.count(each) > 1]
    contained = set()
    for each in document["relationships"]:
        ends = (each["spdxElementId"], each["relatedSpdxElement"])
        faults += [f"{end} is in a relationship, but nowhere else" for end in ends if end not in known]
        if each["relationshipType"] not in KINDS:
            faults.append(f"a relationship {each['relationshipType']}")
        contained.add(each["relatedSpdxElement"])
    faults += [f"nothing leads to {each}" for each in known[1:] if each not in contained]
    return faults


def _checksums(path):
    with open(path, "rb") as file:
        content = file.read()
    return {"SHA1": hashlib.sha1(content).hexdigest(), "SHA256": hashlib.sha256(content).hexdigest()}


def file_faults(document, product):
    listed = [entry["fileName"] for entry in document["files"]]
    shipped = ["./" + path for path in files_below(product) if "./" + path != SELF]
    faults = [f"{name} is shipped, but not listed" for name in shipped if name not in listed]
    faults += [f"{name} is listed, but not shipped" for name in listed if name not in shipped]
    faults += [f"{name} is listed {listed.count(name)} times" for name in sorted(set(listed)) if listed.count(name) > 1]
    for entry in document["files"]:
        if entry["fileName"] not in shipped:
            continue
        said = {each["algorithm"]: each["checksumValue"] for each in entry["checksums"]}
        if said != _checksums(os.path.join(product, entry["fileName"])):
            faults.append(f"{entry['fileName']} has another checksum")
    return faults + verification_faults(document)


def verification_faults(document):
    main = next(entry for entry in document["packages"] if entry["filesAnalyzed"])
    sums = sorted(each["checksumValue"] for entry in document["files"] for each in entry["checksums"]
                  if each["algorithm"] == "SHA1")
    code = main.get("packageVerificationCode", {})
    if code.get("packageVerificationCodeValue") != hashlib.sha1("".join(sums).encode()).hexdigest():
        return ["the package's verification code is wrong"]
    return [] if code.get("packageVerificationCodeExcludedFiles") == [SELF] else ["the document does not leave itself out"]
