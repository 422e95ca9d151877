// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/integration/harness/broker_config.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/test_folder.h"

namespace plugbroker::harness {

/// The staged service as `console`, a process of the test's own, with pipes and a folder of its own. Ended by the
/// destructor.
class ConsoleRun {
 public:
  explicit ConsoleRun(const std::vector<PoolText>& pools);

  /// Runs `plugbroker-service console` with the configuration and these arguments, and waits until it is ready.
  void start(const std::vector<std::string>& arguments = {});
  /// The same for one that does not get that far; returns its end.
  [[nodiscard]] Finished start_in_vain(const std::string& verb, const std::vector<std::string>& arguments);
  void kill() { console_->kill(); }

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }
  [[nodiscard]] const std::string& name() const noexcept { return folder_.name(); }
  [[nodiscard]] std::string log() const { return console_->output(); }
  /// Waits until the log has the word that often; throws HarnessError with the log when it does not get there.
  void wait_for_log(const std::string& word, std::size_t times = 1) const;

  /// Calls a route by plugbrokerctl; its standard output is the reply.
  [[nodiscard]] ChildProcess start_call(const std::string& route, const std::string& request) const;
  [[nodiscard]] Finished call(const std::string& route, const std::string& request) const;

 private:
  [[nodiscard]] ChildProcess::Options service(const std::string& verb, const std::vector<std::string>& arguments) const;
  [[nodiscard]] std::string pipe() const { return R"(\\.\pipe\)" + name(); }

  TestFolder folder_;
  std::optional<ChildProcess> console_;
};

}  // namespace plugbroker::harness
