// SPDX-License-Identifier: Apache-2.0
#include "service/running_broker.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "broker_core/admin/evidence_folder.h"
#include "broker_core/base/assert.h"
#include "broker_core/base/limits.h"
#include "broker_core/win/awake_clock.h"
#include "broker_core/win/iocp_transport.h"
#include "broker_core/win/job_process_host.h"
#include "broker_core/win/pipe_caller_identifier.h"
#include "broker_core/win/random_bytes.h"
#include "broker_core/win/security_descriptors.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "service/admin_request_handler.h"
#include "service/config_reload.h"
#include "service/data_folders.h"
#include "service/engine_setup.h"
#include "service/evidence_setup.h"
#include "service/pipe_owner.h"
#include "service/self_probe.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

// The admin pipe has few users, but always room for one more.
constexpr std::size_t admin_pending_instances = 2;
constexpr std::uint32_t admin_max_instances = 32;
constexpr std::uint32_t admin_max_streams = 16;
constexpr std::uint64_t admin_max_payload = 64 * 1024;

constexpr DWORD pause_between_looks_ms = 5;

Result<win::RouteAccess> route_access(const config::BrokerConfig& config) {
  RouteNumbers routes;
  number_routes(routes, config);
  return win::RouteAccess::make(access_by_route(config, routes));
}

Result<std::string> no_cases() {
  return {StatusCode::failed_precondition, "no cases are kept: see evidence in the configuration"};
}

protocol::PeerDescription admin_description() {
  protocol::PeerDescription description;
  description.limits.max_streams = admin_max_streams;
  description.limits.max_payload = admin_max_payload;
  description.library_name = "plugbroker-service";
  description.library_version = std::string{version};
  return description;
}

}  // namespace

/// Members are in the order in which they need each other.
class RunningBroker::Implementation {
 public:
  explicit Implementation(LogSink& log) : log_(log) {}

  ~Implementation() {
    if (loop_thread_.joinable()) loop_thread_.join();
    if (admin_thread_.joinable()) admin_thread_.join();
  }

  Status start(const Options& options) {
    trust_ = options.trust;
    shortfalls_ = options.shortfalls;
    probe_.emplace(SelfProbe::Environment{.pipe = options.config.pipe,
                                          .stop_requested = options.stop_requested,
                                          .loop_is_alive = [this] { return loop_is_alive(); }});
    ended_ = win::UniqueHandle{CreateEventW(nullptr, TRUE, FALSE, nullptr)};
    const DWORD error = GetLastError();
    if (!ended_) return win::windows_error(error, "CreateEventW", std::string_view{});

    if (Status status = open_pipes(options); !status.ok()) return status;
    if (Status status = make_process_host(options); !status.ok()) return status;
    if (Status status = make_loop(options); !status.ok()) return status;
    make_admin_server(options);
    run();
    return {};
  }

  [[nodiscard]] std::optional<std::vector<admin::PoolShortage>> pool_shortages() const {
    const std::shared_ptr<const engine::Snapshot> snapshot = board_.latest();
    if (snapshot == nullptr) return std::nullopt;
    return admin::pool_shortages(*snapshot);
  }
  [[nodiscard]] ProbeResult probe() const { return probe_->run(); }

  void request_stop(Duration grace) { loop_->request_stop(grace); }
  [[nodiscard]] Duration longest_stop() const { return reload_->longest_stop(); }
  void reload(const std::string& asked_by) { (void)reload_->reload(asked_by); }
  [[nodiscard]] HANDLE ended() const { return ended_.get(); }

 private:
  Status open_pipes(const Options& options) {
    const bool as_service = options.mode == RunMode::service;
    const Result<std::string> owner =
        pipe_owner_sid(as_service ? std::optional<std::string_view>{options.trust.service_name} : std::nullopt);
    if (!owner) return owner.status();
    owner_sid_ = *owner;
    const Result<bool> high = win::runs_at_high_integrity();
    if (!high) return high.status();
    const win::Label label = *high ? win::Label::high : win::Label::medium;

    win::IocpTransport::Options pipes{.pipe_name = win::to_utf16(options.config.pipe),
                                      .security = win::public_pipe_security(*owner)};
    if (!options.attach_pool.empty()) {
      pipes.attach_pipe_name = win::to_utf16(attach_pipe_name(options.attach_pool));
      // Medium: a debugger that isn't elevated may attach to a console that is.
      pipes.attach_security = win::channel_security(*owner, win::Label::medium);
    }
    Result<std::unique_ptr<win::IocpTransport>> transport = win::IocpTransport::open(std::move(pipes), clock_, log_);
    if (!transport) return transport.status();
    transport_ = std::move(*transport);

    Result<std::unique_ptr<win::IocpTransport>> admin =
        win::IocpTransport::open({.pipe_name = win::to_utf16(options.config.admin_pipe),
                                  .security = win::admin_pipe_security(*owner, label),
                                  .pending_instances = admin_pending_instances,
                                  .max_instances = admin_max_instances},
                                 clock_, log_);
    if (!admin) return admin.status();
    admin_transport_ = std::move(*admin);
    return {};
  }

  Status make_process_host(const Options& options) {
    const Result<std::filesystem::path> shadow =
        shadow_folder_path(options.config.pipe, options.mode == RunMode::console);
    if (!shadow) return shadow.status();
    win::ProcessHostOptions host;
    host.outdated.shadow_folder = *shadow;
    host.evidence = open_evidence(options.config.evidence, options.mode, owner_sid_, log_);
    const Result<std::filesystem::path> sandboxes =
        sandbox_folder_path(options.config.pipe, options.mode == RunMode::console);
    if (!sandboxes) return sandboxes.status();
    host.confinement = {.service_name = options.trust.service_name,
                        .sandbox_root = *sandboxes,
                        .token_check = token_check(options.config.token_check)};
    const std::vector<win::LaunchSpec> specs = launch_specs(options.config);
    log_writable_programs(specs, trust_, log_);
    Result<std::unique_ptr<win::JobProcessHost>> processes =
        win::JobProcessHost::create(specs, *transport_, log_, clock_, std::move(host));
    if (!processes) return processes.status();
    processes_ = std::move(*processes);
    return {};
  }

  Status make_loop(const Options& options) {
    auto access = route_access(options.config);
    if (!access.ok()) return access.status();
    callers_.emplace(*transport_, std::move(access).value(), true);

    win::fill_random(std::as_writable_bytes(std::span{instance_}));
    loop_.emplace(engine_config(options.config, instance_, options.attach_pool),
                  runtime::BrokerLoop::Environment{*transport_, *processes_, *callers_, clock_, log_, board_});
    reload_.emplace(
        options.config, options.attach_pool,
        ConfigReload::Environment{
            .load = [this, path = options.config_path] { return load_trusted_config(path, trust_); },
            .install = [this](ReloadPlan plan, auto adopt) { return replace_pools(std::move(plan), std::move(adopt)); },
            .log = log_});
    return {};
  }

  void make_admin_server(const Options& options) {
    // A folder that can't be had is in the log already, and no cases are kept then.
    const auto evidence = evidence_folder_path(options.config.evidence, options.mode);
    if (evidence.ok() && evidence->has_value()) evidence_.emplace(**evidence);

    const admin::StatusContext context{.service_name = options.trust.service_name,
                                       .version = std::string{version},
                                       .process_id = GetCurrentProcessId(),
                                       .pipe = options.config.pipe,
                                       .admin_pipe = options.config.admin_pipe,
                                       .restart_needed = {},
                                       .not_enforced = {},
                                       .now = {}};
    StatusPage status{context,
                      {.board = board_,
                       .clock = clock_,
                       .refresh = [this] { transport_->wake(); },
                       .pause = [] { Sleep(pause_between_looks_ms); },
                       .restart_needed = [this] { return reload_->restart_needed(); },
                       .not_enforced = [this] { return not_enforced(); },
                       .access = [this] { return reload_->access(); }}};
    handler_.emplace(std::move(status), admin_actions(), clock_);
    admin_callers_.emplace(*admin_transport_, win::RouteAccess{});
    operations_.emplace(limits::max_operator_requests);
    admin_server_.emplace(
        admin_description(), instance_,
        runtime::RequestServer::Environment{*admin_transport_, *handler_, *admin_callers_, clock_, *operations_});
  }

  /// Asks the loop for a snapshot, and waits for it.
  [[nodiscard]] bool loop_is_alive() const {
    constexpr Duration patience = std::chrono::seconds{2};
    const TimePoint asked = clock_.now();
    transport_->wake();
    do {
      const std::shared_ptr<const engine::Snapshot> snapshot = board_.latest();
      if (snapshot != nullptr && snapshot->taken_at >= asked) return true;
      Sleep(pause_between_looks_ms);
    } while (clock_.now() < asked + patience);
    return false;
  }

  /// What the system did not do of what protects the service and confines its workers.
  [[nodiscard]] std::vector<std::string> not_enforced() const {
    std::vector<std::string> all = shortfalls_;
    const std::vector<std::string> of_workers = processes_->shortfalls();
    all.insert(all.end(), of_workers.begin(), of_workers.end());
    return all;
  }

  Status replace_pools(ReloadPlan plan, std::function<Status()> adopt) {
    log_writable_programs(plan.specs, trust_, log_);
    auto planned = processes_->plan_replacement(std::move(plan.specs));
    if (!planned.ok()) return planned.status();
    auto access = win::RouteAccess::make(plan.access);
    if (!access.ok()) return access.status();
    const auto new_access = std::make_shared<win::RouteAccess>(std::move(access).value());
    const auto replacement = std::make_shared<win::JobProcessHost::Replacement>(std::move(planned).value());
    const auto install = [this, replacement, new_access, adopt = std::move(adopt)] {
      if (Status status = adopt(); !status.ok()) return status;
      processes_->replace(std::move(*replacement));
      callers_->set_access(std::move(*new_access));
      return Status{};
    };
    return loop_->replace_pools({.replaced = std::move(plan.pools), .install = install}, limits::operator_patience);
  }

  AdminRequestHandler::Actions admin_actions() {
    return {.operate =
                [this](engine::OperatorRequest request, TimePoint until) {
                  return loop_->operate(std::move(request), std::max(until - clock_.now(), Duration::zero()));
                },
            .reload = [this](const std::string& asked_by) { return reload_->reload(asked_by); },
            .list_evidence = [this] { return evidence_ ? evidence_->list() : no_cases(); },
            .read_evidence = [this](std::string_view name) { return evidence_ ? evidence_->read(name) : no_cases(); }};
  }

  void run() {
    admin_thread_ = std::thread([this] { admin_server_->run(); });
    loop_thread_ = std::thread([this] {
      loop_->run();
      admin_server_->request_stop();
      admin_thread_.join();
      SetEvent(ended_.get());
    });
  }

  LogSink& log_;
  win::AwakeClock clock_;
  std::optional<SelfProbe> probe_;
  protocol::InstanceId instance_{};
  std::string owner_sid_;
  ConfigTrust trust_;
  std::vector<std::string> shortfalls_;
  win::UniqueHandle ended_;
  runtime::SnapshotBoard board_;
  std::unique_ptr<win::IocpTransport> transport_;
  std::unique_ptr<win::IocpTransport> admin_transport_;
  std::unique_ptr<win::JobProcessHost> processes_;
  std::optional<win::PipeCallerIdentifier> callers_;
  std::optional<runtime::BrokerLoop> loop_;
  std::optional<ConfigReload> reload_;
  std::optional<admin::EvidenceFolder> evidence_;  ///< None: no cases are kept.
  std::optional<AdminRequestHandler> handler_;
  std::optional<win::PipeCallerIdentifier> admin_callers_;
  std::optional<runtime::RequestServer> admin_server_;
  std::optional<runtime::TaskThread> operations_;  ///< What it runs answers through admin_server_.
  std::thread admin_thread_;
  std::thread loop_thread_;
};

RunningBroker::RunningBroker(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

RunningBroker::~RunningBroker() {
  PLUGBROKER_ASSERT(WaitForSingleObject(implementation_->ended(), 0) == WAIT_OBJECT_0);
}

Result<std::unique_ptr<RunningBroker>> RunningBroker::start(const Options& options, LogSink& log) {
  auto implementation = std::make_unique<Implementation>(log);
  if (Status status = implementation->start(options); !status.ok()) return status;
  return std::unique_ptr<RunningBroker>{new RunningBroker(std::move(implementation))};
}

std::optional<std::vector<admin::PoolShortage>> RunningBroker::pool_shortages() const {
  return implementation_->pool_shortages();
}

ProbeResult RunningBroker::probe() {
  return implementation_->probe();
}

void RunningBroker::reload(const std::string& asked_by) {
  implementation_->reload(asked_by);
}

void RunningBroker::request_stop(Duration grace) {
  implementation_->request_stop(grace);
}

Duration RunningBroker::longest_stop() const {
  return implementation_->longest_stop();
}

HANDLE RunningBroker::ended() const {
  return implementation_->ended();
}

}  // namespace plugbroker::service
