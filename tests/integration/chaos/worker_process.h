// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace plugbroker::chaos {

/// Ends a worker of the service `parent` at once, as a crash would. False, and nothing is done, when the process has
/// ended or is no worker of that service: the number may be another process's by now.
[[nodiscard]] bool kill_worker_process(std::uint32_t parent, std::uint32_t process_id);

/// The same, but it stops all its threads: it neither runs nor ends.
[[nodiscard]] bool freeze_worker_process(std::uint32_t parent, std::uint32_t process_id);

}  // namespace plugbroker::chaos
