// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "client_lib/core/call_types.h"
#include "client_lib/win/locks.h"

namespace plugbroker::client {
class ReplyPool;
}  // namespace plugbroker::client

/// What the C interface hands out as a reply.
struct plugbroker_reply {
  plugbroker::client::CallOutcome outcome;
  plugbroker::client::ReplyPool* pool = nullptr;  ///< Where it goes back to; null: it is freed.
  plugbroker_reply* next = nullptr;               ///< In the pool.
};

namespace plugbroker::client {

/// Replies of one client that were freed, with their memory, for its next calls: so a call needs none of the heap.
///
/// Keeps at most max_kept replies of at most max_kept_bytes each. Lives until the client has closed it and every reply
/// that came from it was freed. Thread-safe.
class ReplyPool {
 public:
  static constexpr std::size_t max_kept = 64;
  static constexpr std::size_t max_kept_bytes = 16 * 1024;

  /// Null when there is no memory.
  [[nodiscard]] static ReplyPool* create() noexcept;
  /// The client is gone: nothing more is taken.
  void close() noexcept;

  /// A cleared reply; null when there is no memory.
  [[nodiscard]] plugbroker_reply* take() noexcept;
  /// `reply` came from take() of its pool, or has none; may be null.
  static void give_back(plugbroker_reply* reply) noexcept;

 private:
  ~ReplyPool() = default;
  void keep_or_free(plugbroker_reply* reply) noexcept;

  SrwLock lock_;
  plugbroker_reply* free_ = nullptr;
  std::size_t kept_ = 0;
  std::size_t owners_ = 1;  ///< The client, and each reply that is out.
};

}  // namespace plugbroker::client
