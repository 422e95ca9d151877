// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plugbroker::harness {

/// The open handles of a process.
///
/// GetProcessHandleCount is always 0 under Wine; then they are counted one by one. Not from the system's table of all
/// handles (NtQuerySystemInformation class 64): Wine 8's server crashes on it, with everything that runs in the prefix,
/// when a process that has just been made has no handle yet.
[[nodiscard]] std::size_t handle_count(std::uint32_t process_id);

/// The threads of a process that runs; 0 when there is none of that number.
[[nodiscard]] std::size_t thread_count(std::uint32_t process_id);

/// The memory of a process that no other one shares, in bytes.
[[nodiscard]] std::uint64_t private_bytes(std::uint32_t process_id);

/// The processes that `process_id` has started and that still run.
[[nodiscard]] std::vector<std::uint32_t> children_of(std::uint32_t process_id);

/// False for one that has ended, whether or not somebody still holds a handle to it.
[[nodiscard]] bool process_runs(std::uint32_t process_id);

/// Ends a process that is not ours, at once, as a crash would. Returns when it is gone.
void kill_process(std::uint32_t process_id);

}  // namespace plugbroker::harness
