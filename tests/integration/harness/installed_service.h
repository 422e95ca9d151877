// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/integration/harness/broker_config.h"
#include "tests/integration/harness/child_process.h"
#include "tests/integration/harness/service_control.h"
#include "tests/integration/harness/test_folder.h"

namespace plugbroker::harness {

/// The staged product, installed with `sc create` under a name, pipes and a folder of its own. Stopped and deleted by
/// the destructor.
class InstalledService {
 public:
  struct Options {
    std::vector<PoolText> pools;
    boost::json::object top{};  ///< Further keys of the configuration.
  };

  /// Whether this class calls `sc create`, or the test sees to that itself.
  enum class Registration { by_sc_create, by_the_test };

  /// Installs, but does not start.
  explicit InstalledService(const Options& options, Registration registration = Registration::by_sc_create);
  InstalledService(const InstalledService&) = delete;
  InstalledService& operator=(const InstalledService&) = delete;
  ~InstalledService();

  /// Starts it and waits until the control manager says RUNNING and every pool has its min_workers ready.
  void start();
  /// The same for a service with a pool that never gets ready: waits for RUNNING only.
  void start_without_ready_workers();
  void stop() { control_.stop(); }
  /// Deletes it; it must have been stopped.
  void remove() { control_.remove(); }
  /// Ends its process at once, as a crash would. (Under Wine the control manager goes on saying RUNNING.)
  void kill();

  [[nodiscard]] ServiceControl& control() noexcept { return control_; }
  [[nodiscard]] const std::string& name() const noexcept { return folder_.name(); }
  [[nodiscard]] std::string pipe() const { return R"(\\.\pipe\)" + name(); }
  [[nodiscard]] std::string admin_pipe() const { return pipe() + ".Admin"; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_.path(); }
  /// In a folder with blanks in its name, so that each command line with it is one that needs quotes.
  [[nodiscard]] std::filesystem::path config_file() const {
    return folder() / "config with blanks" / "plugbroker.json";
  }
  [[nodiscard]] std::uint32_t process_id() const { return control_.process_id(); }

  /// Replaces the configuration file; takes effect with the next start or reload.
  void write_config(const Options& options) const;

  /// Everything logged so far.
  [[nodiscard]] std::string log() const;
  /// The log's lines that hold every one of the words.
  [[nodiscard]] std::vector<std::string> log_lines(const std::vector<std::string>& words) const;
  /// How many such lines there are, once there are at least `expected`: the log is written a moment later than things
  /// happen.
  [[nodiscard]] std::size_t logged(const std::vector<std::string>& words, std::size_t expected) const;
  /// Waits for such a line; throws HarnessError with the log when it does not come.
  void wait_for_log_line(const std::vector<std::string>& words) const;

  /// Runs plugbrokerctl with these arguments against the service.
  [[nodiscard]] Finished administer(std::vector<std::string> arguments) const;
  /// What `plugbrokerctl status --json` prints.
  [[nodiscard]] boost::json::object status() const;
  /// The pool of that name in the status.
  [[nodiscard]] boost::json::object pool(const std::string& name) const;
  /// The process ids of a pool's workers that are ready or busy.
  [[nodiscard]] std::vector<std::uint32_t> workers(const std::string& pool_name) const;

 private:
  void register_by_sc_create();

  TestFolder folder_;
  ServiceControl control_;
  bool killed_ = false;
};

}  // namespace plugbroker::harness
