// SPDX-License-Identifier: Apache-2.0
#include "bench/allocations/counted_allocations.h"

#include <windows.h>

#include <array>
#include <atomic>

#include "tests/replaced_new.h"

namespace plugbroker::bench {
namespace {

std::array<std::atomic<DWORD>, role_count> threads;
std::array<std::atomic<std::size_t>, role_count> counts;

void count_one() noexcept {
  const DWORD self = GetCurrentThreadId();
  std::size_t role = role_count - 1;
  while (role != 0 && threads[role].load(std::memory_order_relaxed) != self) --role;
  counts[role].fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void take_role(Role role) noexcept {
  threads[static_cast<std::size_t>(role)].store(GetCurrentThreadId());
}

std::size_t allocations_of(Role role) noexcept {
  return counts[static_cast<std::size_t>(role)].load();
}

}  // namespace plugbroker::bench

void plugbroker::replaced_new::allocated(std::size_t) noexcept {
  plugbroker::bench::count_one();
}
void plugbroker::replaced_new::freed(std::size_t) noexcept {}
