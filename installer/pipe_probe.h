// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "installer/plan/doctor.h"

namespace plugbroker::installer {

/// Opens a pipe as a client does, says who owns it, and closes it again. A busy pipe is tried again for 2 s.
[[nodiscard]] PipeFact probe_pipe(const std::string& pipe, const std::string& service_name,
                                  const std::string& trusted_owner);

}  // namespace plugbroker::installer
