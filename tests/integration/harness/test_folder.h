// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace plugbroker::harness {

/// A folder of one test, named so that tests can run side by side. Removed by the destructor, kept when the test
/// failed.
class TestFolder {
 public:
  TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// The folder's name: unique on the machine, letters, digits and '-' only.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
  std::filesystem::path path_;
};

/// The staged product, laid out as installed.
[[nodiscard]] std::filesystem::path stage();

/// A program of the stage's bin/, or one that was built for these tests.
[[nodiscard]] std::filesystem::path product_program(const std::string& name);
[[nodiscard]] std::filesystem::path test_program(const std::string& name);

/// The C# worker of these tests that does everything wrong.
[[nodiscard]] std::filesystem::path misbehaving_worker();

}  // namespace plugbroker::harness
