# SPDX-License-Identifier: Apache-2.0
"""The workflows under .github/, which nobody has run yet: valid YAML, actions with versions, and nothing named that isn't there."""
import json
import os
import re
import unittest

from environment import ROOT

import yaml

FOLDER = os.path.join(ROOT, ".github", "workflows")
PINNED_ACTION = re.compile(r"[\w.-]+/[\w./-]+@v\d+\.\d+\.\d+$")
PRESET = re.compile(r"--preset[ =](\S+)")
TARGET = re.compile(r"--target[ =](\S+)")
# A path of the repository, with either slash; what a build makes (build/) does not exist before it.
TOP_FOLDERS = sorted(name for name in os.listdir(ROOT)
                     if os.path.isdir(os.path.join(ROOT, name)) and name not in ("build", ".git"))
PATH = re.compile(r"(?<![\w./\\-])(?:" + "|".join(map(re.escape, TOP_FOLDERS)) + r")(?:[/\\][\w.-]+)+")
FOLDER_OPTION = re.compile(r"-S (\S+)")


def presets():
    with open(os.path.join(ROOT, "CMakePresets.json"), encoding="utf-8") as file:
        document = json.load(file)
    return {preset["name"] for kind in ("configurePresets", "buildPresets", "testPresets") for preset in document[kind]}


def cmake_text():
    text = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        for name in names:
            if name == "CMakeLists.txt" or name.endswith(".cmake"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text.append(file.read())
    return "\n".join(text)


def step_faults(step, cmake):
    faults = []
    uses = step.get("uses")
    if uses is not None and not PINNED_ACTION.match(uses):
        faults.append(f"{uses}: no full version")
    if (uses is None) == (step.get("run") is None):
        faults.append(f"{step}: neither an action nor a command, or both")
    for text in [step.get("run", ""), *map(str, step.get("with", {}).values())]:
        faults += [f"no preset {name}" for name in PRESET.findall(text) if name not in presets()]
        faults += [f"no target {name}" for name in TARGET.findall(text)
                   if not re.search(rf"(NAME|add_\w+\() *{re.escape(name)}\b", cmake)]
        for path in PATH.findall(text) + FOLDER_OPTION.findall(text):
            if not os.path.exists(os.path.join(ROOT, path.replace("\\", "/"))):
                faults.append(f"no path {path}")
    return faults


def faults_of(text):
    """What is wrong with a workflow; empty when nothing is."""
    document = yaml.safe_load(text)
    faults = []
    # In YAML 1.1 the key `on` is the truth value.
    for key, found in (("name", document.get("name")), ("on", document.get(True, document.get("on"))),
                       ("jobs", document.get("jobs")), ("permissions", document.get("permissions"))):
        if not found:
            faults.append(f"no {key}")
    if "NOT YET RUN" not in text:
        faults.append("does not say that it was never run")
    cmake = cmake_text()
    for name, job in (document.get("jobs") or {}).items():
        if not job.get("runs-on") or not job.get("timeout-minutes"):
            faults.append(f"job {name}: no runner or no time limit")
        for step in job.get("steps", []):
            faults += step_faults(step, cmake)
    return faults


class Workflows(unittest.TestCase):
    maxDiff = None

    def text(self, name):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            return file.read()

    def changed(self, name, old, new):
        text = self.text(name)
        self.assertIn(old, text)
        return faults_of(text.replace(old, new, 1))

    def test_each_is_valid_and_names_only_what_exists(self):
        names = sorted(os.listdir(FOLDER))
        self.assertEqual(["linux.yml", "windows.yml"], names)
        self.assertEqual({}, {name: faults for name in names if (faults := faults_of(self.text(name)))})

    def test_a_preset_that_is_not_there_is_found(self):
        self.assertEqual(["no preset msvd"], self.changed("windows.yml", "--preset msvc", "--preset msvd"))

    def test_a_target_that_is_not_there_is_found(self):
        self.assertEqual(["no target plugbroker_produkt"],
                         self.changed("windows.yml", "--build --preset msvc", "--build --preset msvc --target plugbroker_produkt"))
        self.assertEqual([], self.changed("windows.yml", "--build --preset msvc",
                                          "--build --preset msvc --target plugbroker_product"))

    def test_a_path_that_is_not_there_is_found(self):
        self.assertEqual(["no path tools/tests"], self.changed("linux.yml", "tools/test full", "tools/tests full"))
        self.assertEqual(["no path samples/workers/maximal"],
                         self.changed("windows.yml", "samples/workers/minimal", "samples/workers/maximal"))
        self.assertEqual(["no path sample"], self.changed("windows.yml", "-S samples", "-S sample"))

    def test_an_action_without_a_version_is_found(self):
        for other in ("actions/checkout@main", "actions/checkout@v4", "actions/checkout"):
            self.assertEqual([f"{other}: no full version"], self.changed("linux.yml", "actions/checkout@v4.2.2", other))


if __name__ == "__main__":
    unittest.main()
