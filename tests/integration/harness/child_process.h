// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::harness {

/// A process of the test's own, with its stdout and stderr in a file. Ended, if it still runs, by the destructor.
class ChildProcess {
 public:
  struct Options {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::filesystem::path output;                      ///< Where stdout and stderr go.
    std::map<std::string, std::string> environment{};  ///< Set beside this process's own.
  };

  /// Throws HarnessError when it cannot be started.
  explicit ChildProcess(const Options& options);
  ChildProcess(ChildProcess&&) noexcept = default;
  ChildProcess& operator=(ChildProcess&&) noexcept = default;
  ~ChildProcess();

  [[nodiscard]] std::uint32_t id() const noexcept { return id_; }
  [[nodiscard]] bool running() const;

  /// The exit code. Throws HarnessError when the process hangs.
  std::uint32_t wait(std::chrono::milliseconds guard = hang_guard);

  /// Ends it at once, as a crash would.
  void kill();

  /// What it has written so far.
  [[nodiscard]] std::string output() const;

 private:
  WindowsHandle process_;
  std::uint32_t id_ = 0;
  std::filesystem::path output_;
};

struct Finished {
  std::uint32_t exit_code = 0;
  std::string output;
};

/// Runs a program to its end.
Finished run(const ChildProcess::Options& options);

/// The whole file, or "" when there is none. Works while another process writes it.
[[nodiscard]] std::string read_whole_file(const std::filesystem::path& file);

void write_whole_file(const std::filesystem::path& file, std::string_view content);

}  // namespace plugbroker::harness
