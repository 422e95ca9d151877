// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// A program that links counted_allocations.cpp, and tests/replaced_new.cpp, counts what operator new gives out: for
/// the threads that told who they are and, as `others`, for all the rest.
namespace plugbroker::bench {

enum class Role : std::size_t { others, broker, worker };
inline constexpr std::size_t role_count = 3;

/// From now on this thread's allocations count for `role`. At most one thread each but for `others`.
void take_role(Role role) noexcept;

/// Since the program began.
[[nodiscard]] std::size_t allocations_of(Role role) noexcept;

}  // namespace plugbroker::bench
