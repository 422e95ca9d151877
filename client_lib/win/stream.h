// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "client_lib/core/call_head_copy.h"
#include "client_lib/win/client.h"

namespace plugbroker::client {

/// One stream handle: a call of any number of messages each way.
///
/// One thread may write while another reads; cancel() is for any. Holds the client's memory, not the client: when that
/// is destroyed, the stream ends with cancelled.
class Stream final : public CallWatcher {
 public:
  /// More than this unwritten, and a write waits (or would block).
  static constexpr std::size_t write_bound = limits::stream_window_bytes;

  /// Never waits. Not ok: the client takes no more calls. May throw std::bad_alloc.
  [[nodiscard]] static Result<Stream*> open(Client& client, const CallHead& head, const CallLimits& limits,
                                            Cancellation* cancellation);
  /// Cancels what still runs.
  void destroy() noexcept;

  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  enum class Progress { done, would_block };

  /// One message. With `waits` it never says would_block. Not ok: the stream has ended so, or was half-closed, or the
  /// message is too large.
  [[nodiscard]] Result<Progress> write(ByteView message, bool waits);
  Status close_write();

  /// One message, or nothing but `done`: the reply has ended ok.
  struct Read {
    Progress progress = Progress::done;
    std::optional<std::vector<std::byte>> message;
  };
  /// Not ok: how the stream ended.
  [[nodiscard]] Result<Read> read(bool waits);

  /// Waits for the end.
  [[nodiscard]] CallOutcome result();
  /// See plugbroker_stream_event. Null when Windows gives none.
  [[nodiscard]] HANDLE event() noexcept;
  void cancel() noexcept { client_.cancel(call_); }

  void call_changed() noexcept override;

 private:
  Stream(Client& client, const CallHead& head);
  ~Stream();

  [[nodiscard]] bool has_room() const noexcept { return call_.request.unwritten() <= write_bound; }
  [[nodiscard]] Status ended_status() const;
  void update_event() noexcept;
  [[nodiscard]] Status add(Client::Access& access, ByteView message);

  Client& client_;
  CallHeadCopy head_;
  CallOutcome outcome_;
  Call call_;
  UniqueHandle event_;
  bool wants_to_write_ = false;  ///< A write would have blocked.
  ConditionVariable changed_;
  Cancellation::Attachment attachment_;  // Last: it detaches first.
};

}  // namespace plugbroker::client
