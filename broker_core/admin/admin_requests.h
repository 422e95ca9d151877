// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "broker_core/base/result.h"
#include "broker_core/engine/operator_command.h"

namespace plugbroker::admin {

/// The request of `operate` on the admin pipe: {"command": "recycle", "pool": "documents"}, or with "worker": 3 for one
/// worker. `kill` names a worker, `recycle` a worker or a pool, every other command a pool.
///
/// `asked_by` is not part of it. invalid_argument, with a sentence for people, for everything else: another key, a key
/// that is there twice, a value of another type, more than limits::max_admin_request_bytes.
[[nodiscard]] Result<engine::OperatorRequest> parse_operate_request(std::string_view json);

/// The other way round.
[[nodiscard]] std::string operate_request_json(const engine::OperatorRequest& request);

/// The request of `evidence`: no bytes at all for the list, {"case": "NAME"} for one. Returns the name, "" for the
/// list.
[[nodiscard]] Result<std::string> parse_evidence_request(std::string_view json);
[[nodiscard]] std::string evidence_request_json(std::string_view name);

}  // namespace plugbroker::admin
