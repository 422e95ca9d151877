// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <memory>
#include <string>
#include <vector>

#include "broker_core/base/log_sink.h"
#include "broker_core/base/result.h"
#include "broker_core/config/broker_config.h"
#include "service/config_trust.h"
#include "service/service_life.h"
#include "service/service_log.h"

namespace plugbroker::service {

/// The composition root: makes the pipes, the workers' host, the loop and the admin server from a configuration, and
/// runs them on two threads.
class RunningBroker : public LiveBroker {
 public:
  struct Options {
    config::BrokerConfig config;
    std::string config_path;  ///< UTF-8: where the configuration came from and is read again.
    ConfigTrust trust;        ///< By which it is read again; the service's name too.
    RunMode mode = RunMode::console;
    std::string attach_pool;              ///< A pool of the configuration, console only; empty: nobody attaches.
    std::vector<std::string> shortfalls;  ///< What is missing of the service's own protection, for the status.
    HANDLE stop_requested = nullptr;      ///< Breaks a probe() off. Null: nothing does.
  };

  /// Plugins can connect as soon as this returns. A failure names what can't be had. `log` must outlive the broker; an
  /// InstanceLock must be held as long.
  [[nodiscard]] static Result<std::unique_ptr<RunningBroker>> start(const Options& options, LogSink& log);

  /// Only when ended() is signalled.
  ~RunningBroker() override;
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  [[nodiscard]] std::optional<std::vector<admin::PoolShortage>> pool_shortages() const override;
  [[nodiscard]] ProbeResult probe() override;

  /// Reads the configuration again (ConfigReload); what comes of it is in the log. From any thread; may block for some
  /// seconds.
  void reload(const std::string& asked_by) override;

  /// Drains, and ends what is left after the grace. From any thread; the first grace counts.
  void request_stop(Duration grace) override;

  [[nodiscard]] Duration longest_stop() const override;

  /// Signalled when the loop has ended and no worker is left. Owned by the broker.
  [[nodiscard]] HANDLE ended() const;

 private:
  class Implementation;
  explicit RunningBroker(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace plugbroker::service
