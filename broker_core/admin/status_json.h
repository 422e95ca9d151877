// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker_core/base/time.h"
#include "broker_core/engine/snapshot.h"

namespace plugbroker::admin {

/// Who may call the routes of a pool, as SDDL.
struct PoolAccess {
  std::string access;
  std::map<std::string, std::string> routes;  ///< In place of it, by route.
};
using AccessByPool = std::map<std::string, PoolAccess>;

/// What the status says beside the snapshot.
struct StatusContext {
  std::string service_name{};
  std::string version{};
  std::uint32_t process_id = 0;
  std::string pipe{};
  std::string admin_pipe{};
  std::vector<std::string> restart_needed{};  ///< Settings that count from the next start only: "/log/level".
  /// What the system did not do of what protects the service and confines its workers, a sentence each.
  std::vector<std::string> not_enforced{};
  AccessByPool access{};
  TimePoint now{};
};

/// Of the document's layout. Goes up when a field changes its meaning or goes away, not when one is added.
inline constexpr int status_schema_version = 1;

/// The answer to `status` on the admin pipe: one JSON object in UTF-8; docs/OPERATIONS.md explains its fields.
///
/// `snapshot` is null before the broker has published one; the document then has no pools and a null `snapshot_age_ms`.
/// Texts that are not UTF-8 are escaped.
[[nodiscard]] std::string status_json(const engine::Snapshot* snapshot, const StatusContext& context);

}  // namespace plugbroker::admin
