// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/test_folder.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <iostream>
#include <system_error>
#include <vector>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

std::string unique_name() {
  static std::atomic<unsigned> count{0};
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  return "PlugBrokerTest-" + std::to_string(GetCurrentProcessId()) + "-" + std::to_string(now.dwLowDateTime) + "-" +
         std::to_string(++count);
}

/// Removes what it can. Not std::filesystem::remove_all: libstdc++'s never returns when a file goes away between being
/// listed and being removed, as one does that a process has just closed.
std::error_code remove_tree(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> entries;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    entries.push_back(at->path());
  }
  for (const std::filesystem::path& entry : entries) {
    if (std::filesystem::is_directory(std::filesystem::symlink_status(entry, error))) {
      remove_tree(entry);
    } else {
      std::filesystem::remove(entry, error);
    }
  }
  std::filesystem::remove(folder, error);
  return error;
}

}  // namespace

TestFolder::TestFolder() : name_(unique_name()), path_(std::filesystem::temp_directory_path() / name_) {
  std::filesystem::create_directories(path_);
}

TestFolder::~TestFolder() {
  if (testing::Test::HasFailure()) {
    std::cerr << "kept for a look: " << narrow(path_.wstring()) << '\n';
    return;
  }
  // A process that was just ended may hold a file open for another moment.
  const bool removed = eventually([&] { return !remove_tree(path_); });
  if (!removed) std::cerr << "could not be removed: " << narrow(path_.wstring()) << '\n';
}

std::filesystem::path stage() {
  return widen(PLUGBROKER_STAGE);
}

std::filesystem::path product_program(const std::string& name) {
  return stage() / "bin" / widen(name);
}

std::filesystem::path test_program(const std::string& name) {
  return std::filesystem::path(widen(PLUGBROKER_TEST_PROGRAMS)) / widen(name);
}

std::filesystem::path misbehaving_worker() {
  return widen(PLUGBROKER_MISBEHAVING_WORKER);
}

}  // namespace plugbroker::harness
