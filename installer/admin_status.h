// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "broker_core/base/result.h"

namespace plugbroker::installer {

/// Whose admin pipe to ask, and who may own it beside the service and SYSTEM.
struct AdminPipe {
  std::string pipe;
  std::string service_name;
  std::string trusted_owner;  ///< Empty: nobody else.
};

/// The status document of the running service (docs/OPERATIONS.md), asked for once, for at most 5 s.
[[nodiscard]] Result<std::string> ask_status(const AdminPipe& admin_pipe);

}  // namespace plugbroker::installer
