// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/admin/status_json.h"
#include "broker_core/base/log_sink.h"
#include "broker_core/base/status.h"
#include "broker_core/base/time.h"
#include "broker_core/config/config_reader.h"
#include "broker_core/runtime/operator_mailbox.h"
#include "broker_core/win/launch_spec.h"
#include "service/engine_setup.h"

namespace plugbroker::service {

/// What another configuration makes of the running broker.
struct ReloadPlan {
  engine::ConfigReplaced pools;
  std::vector<win::LaunchSpec> specs;  ///< By PoolIndex; a pool that is gone keeps its last one.
  std::vector<std::string> access;     ///< By RouteIndex, see access_by_route().
};

/// Reads the configuration again and puts its pools in the place of those that run.
///
/// All or nothing: a file with a problem changes nothing, and every problem becomes a line of the log,
/// `reload_refused`; a success is a line `reloaded`, which says what has changed. Settings outside of `pools` are
/// compared and named, but not applied: they need a restart.
class ConfigReload {
 public:
  struct Environment {
    /// Reads and checks the file.
    std::function<config::ConfigOutcome()> load;
    /// Puts the plan in place, calling `adopt` on the loop's thread just before; not ok when nothing was changed, or it
    /// can't be told.
    std::function<Status(ReloadPlan plan, std::function<Status()> adopt)> install;
    LogSink& log;
  };

  /// `running` is what the broker was started with.
  ConfigReload(config::BrokerConfig running, std::string attach_pool, Environment environment);

  /// From any thread but the loop's; may block. One at a time: a second one waits for the first.
  ///
  ///   invalid_argument     the file has a problem; the message has as many as 1,024 bytes hold
  ///   failed_precondition  the pool that a worker's author attaches to can't be removed
  ///   resource_exhausted   too many names of pools or routes since the service started
  ///
  /// and whatever `install` fails with.
  [[nodiscard]] Status reload(const std::string& asked_by);

  /// Settings that the file of the last reload has otherwise than the service runs with: "/log/level". From any thread.
  [[nodiscard]] std::vector<std::string> restart_needed() const;

  /// Who may call what, as it runs. From any thread.
  [[nodiscard]] admin::AccessByPool access() const;

  /// How long a stop may take (config/stop_time.h), with the slowest pool that there has ever been. From any thread.
  [[nodiscard]] Duration longest_stop() const;

 private:
  /// What runs. A plan is made from one state and leads to the next.
  struct State {
    std::uint64_t version = 0;
    config::BrokerConfig running;
    std::vector<win::LaunchSpec> specs;
    RouteNumbers routes;
    std::vector<std::string> restart_needed;
    Duration longest_stop{};
  };

  [[nodiscard]] State state() const;
  [[nodiscard]] Status take_over(const State& before, config::BrokerConfig next, const std::string& asked_by);
  [[nodiscard]] Status adopt(State next);
  void log_refusal(const std::vector<std::string>& problems, const std::string& asked_by) const;

  const std::string attach_pool_;
  const Environment environment_;
  std::mutex one_at_a_time_;
  mutable std::mutex mutex_;
  State state_;  ///< Guarded by mutex_.
};

}  // namespace plugbroker::service
