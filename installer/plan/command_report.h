// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/plan/install_command.h"

namespace plugbroker::installer {

enum class StepResult : std::uint8_t {
  done,
  unchanged,     ///< It was so already.
  not_verified,  ///< Done; it can't be read back.
  not_set,       ///< The system refused it; what was to be done goes on without.
  remark,
};

struct StepOutcome {
  StepResult result = StepResult::remark;
  std::string title;
  std::string detail;
};

enum class FindingLevel : std::uint8_t { pass, warn, fail };

/// One line of `doctor`.
struct Finding {
  std::string check;  ///< "quoting": never changes, for scripts.
  FindingLevel level = FindingLevel::pass;
  std::string message;
  std::string fix;  ///< What to do; empty for pass.
};

struct ServiceShown {
  std::string state;  ///< "running, process 12"
  std::uint32_t process_id = 0;
};

/// What a command did, as lines while it does it, or as one JSON document at the end.
class CommandReport {
 public:
  /// `print` gets each line as it comes; empty: none, the document is wanted.
  explicit CommandReport(std::function<void(const std::string&)> print = {}) : print_(std::move(print)) {}

  void step(StepResult result, std::string title, std::string detail = {});
  void remark(std::string text) { step(StepResult::remark, std::move(text)); }
  void finding(Finding finding);
  void script_line(std::string line);
  void service(std::string_view service_name, ServiceShown shown);

  [[nodiscard]] const std::vector<StepOutcome>& steps() const { return steps_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }

  /// One line, in the form that docs/OPERATIONS.md describes.
  [[nodiscard]] std::string json(const InstallCommand& command, ExitCode code, const std::string& problem) const;

 private:
  std::function<void(const std::string&)> print_;
  std::vector<StepOutcome> steps_;
  std::vector<Finding> findings_;
  std::vector<std::string> script_;
  std::optional<ServiceShown> service_;
};

/// "set: description", "NOT set: description: not supported by this system"
[[nodiscard]] std::string step_line(const StepOutcome& outcome);

}  // namespace plugbroker::installer
