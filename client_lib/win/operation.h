// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <vector>

#include "client_lib/core/call_head_copy.h"
#include "client_lib/win/client.h"

namespace plugbroker::client {

/// A call that nobody needs to wait for.
///
/// Owned by its handle, if there is one, and by itself until its call has ended and its callback has returned. Holds
/// the client's memory, not the client: when that is destroyed, the call ends with cancelled.
class Operation final : public CallWatcher {
 public:
  /// Takes over the reply.
  using Callback = void(__cdecl*)(void* context, std::int32_t status, plugbroker_reply* reply);

  /// Starts the call: `request` is copied. With `has_handle` the caller owns a reference. Not ok: nothing was started;
  /// the callback won't come. May throw std::bad_alloc, with the same effect.
  [[nodiscard]] static Result<Operation*> start(Client& client, const CallHead& head, ByteView request,
                                                const CallLimits& limits, Cancellation* cancellation, Callback callback,
                                                void* context, bool has_handle);

  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// A manual-reset event that is signalled once the call has ended; null when Windows gives none.
  [[nodiscard]] HANDLE event() noexcept;
  /// True once it has ended; false when `timeout` passed before.
  [[nodiscard]] bool wait(Duration timeout) noexcept;
  /// The reply, once; null while the call runs, and after it was taken.
  [[nodiscard]] plugbroker_reply* take_reply() noexcept;
  [[nodiscard]] bool ended() noexcept;
  void cancel() noexcept;
  /// The handle's reference: cancels what still runs.
  void destroy() noexcept;

  // For Client.
  void call_changed() noexcept override;
  /// On the I/O thread, without the lock: runs the callback and lets go.
  void finished() noexcept;

 private:
  friend class Client;

  Operation(Client& client, const CallHead& head, ByteView request);
  ~Operation();
  void release() noexcept {
    if (references_.fetch_sub(1) == 1) delete this;
  }

  Client& client_;
  std::atomic<int> references_{1};
  std::vector<std::byte> request_;
  CallHeadCopy head_;
  plugbroker_reply* reply_ = nullptr;
  Call call_;
  Callback callback_ = nullptr;
  void* context_ = nullptr;
  bool completed_ = false;
  UniqueHandle event_;
  ConditionVariable ended_;
  Operation* next_completed_ = nullptr;
  Cancellation::Attachment attachment_;  // Last: it detaches first.
};

}  // namespace plugbroker::client
