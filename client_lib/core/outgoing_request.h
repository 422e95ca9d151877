// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "broker_core/base/bytes.h"

namespace plugbroker::client {

/// The request of a call: messages in order, and how far they have been written.
///
/// A unary call's one message is borrowed, never copied. A stream's messages are copied, and the copies are dropped as
/// they are written, but the first `kept_bytes` of a stream stay as long as nothing was dropped, so that it can be sent
/// again. Bounded by its owner, who asks unwritten() before add().
class OutgoingRequest {
 public:
  static constexpr std::size_t kept_bytes = 64 * 1024;

  /// What one REQUEST or DATA carries.
  struct Piece {
    ByteView payload;
    bool more = false;        ///< The message goes on.
    bool end_stream = false;  ///< Nothing follows.
    bool no_message = false;
  };

  /// The one message, which the owner keeps valid, and the end.
  void borrow(ByteView message) noexcept;
  /// One more message, copied. Only before close(). On std::bad_alloc nothing has changed.
  void add(ByteView message);
  /// No more messages.
  void close() noexcept { closed_ = true; }

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Bytes of messages that were added and not yet written, 4 for each message included.
  [[nodiscard]] std::size_t unwritten() const noexcept { return bytes_.size() - at_; }
  /// The size of the borrowed message.
  [[nodiscard]] std::size_t borrowed_size() const noexcept { return borrowed_.size(); }

  /// What the next frame carries with at most `room` bytes of payload; nothing when there is nothing to say, or no
  /// room for a byte of what there is. `first` is the REQUEST, which goes out even without a message.
  [[nodiscard]] std::optional<Piece> next(std::size_t room, bool first) const noexcept;
  /// `piece` of next() was written. Its payload is not valid any more.
  void written(const Piece& piece) noexcept;
  /// True when everything, the end included, has been written.
  [[nodiscard]] bool finished() const noexcept { return finished_; }

  /// True when rewind() can bring back all of it.
  [[nodiscard]] bool can_rewind() const noexcept { return !dropped_; }
  /// Nothing has been written. Only when can_rewind().
  void rewind() noexcept;
  /// Frees what is kept. The request ends here.
  void drop() noexcept;

 private:
  [[nodiscard]] std::size_t message_left() const noexcept;
  void compact() noexcept;

  ByteView borrowed_;
  bool is_borrowed_ = false;
  std::size_t sent_ = 0;          ///< Of the borrowed message.
  std::vector<std::byte> bytes_;  ///< Of the others: a length of 4 bytes, then the message.
  std::size_t at_ = 0;            ///< Where the first message not wholly written begins, or its rest.
  std::size_t message_rest_ = 0;  ///< Of the message whose length has been passed.
  bool in_message_ = false;
  bool closed_ = false;
  bool finished_ = false;
  bool dropped_ = false;
};

}  // namespace plugbroker::client
