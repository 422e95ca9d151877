// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker_core/config/broker_config.h"
#include "broker_core/engine/engine_config.h"
#include "broker_core/win/launch_spec.h"

namespace plugbroker::service {

/// The engine's RouteIndex of every route that there has ever been.
using RouteNumbers = std::map<std::string, std::uint32_t, std::less<>>;

/// The part of the configuration that the engine decides by. Pools keep their order, so that a PoolIndex means the same
/// here and in launch_specs(). The pool `attach_pool` is attached_only; empty: none is.
[[nodiscard]] engine::EngineConfig engine_config(const config::BrokerConfig& config,
                                                 const protocol::InstanceId& instance_id,
                                                 std::string_view attach_pool = {});

[[nodiscard]] bool has_pool(const config::BrokerConfig& config, std::string_view name);

/// The pipe that a worker's author attaches to that pool by, in full. UTF-8.
[[nodiscard]] std::string attach_pipe_name(std::string_view pool);

/// Every name that this instance needs for itself.
[[nodiscard]] std::vector<std::string> pipe_names(const config::BrokerConfig& config, std::string_view attach_pool);

/// The part of the configuration that processes are started by. A worker learns its pool's `concurrency` from the
/// variable PLUGBROKER_CONCURRENCY.
[[nodiscard]] std::vector<win::LaunchSpec> launch_specs(const config::BrokerConfig& config);

[[nodiscard]] runtime::TokenCheck token_check(config::TokenCheck check);

/// Adds the routes of `config` that `routes` does not have. Like the engine: a known name keeps its number, a new one
/// gets the next.
void number_routes(RouteNumbers& routes, const config::BrokerConfig& config);

/// Who may call each route, as SDDL by its number; empty for one that `config` does not have.
[[nodiscard]] std::vector<std::string> access_by_route(const config::BrokerConfig& config, const RouteNumbers& routes);

}  // namespace plugbroker::service
