// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker_core/base/bytes.h"

namespace plugbroker::client {

/// The messages of a stream's reply that the application has not taken yet.
///
/// Says how much credit is due as bytes are taken. What the application has not taken gets none, but for the message
/// that is being put together while no whole one waits: it could not become whole otherwise. So at most the stream's
/// window and one message are stored.
class IncomingMessages {
 public:
  /// A DATA came, whose cost was `charge`; `more`: the message goes on. Returns the credit due at once.
  /// On std::bad_alloc nothing has changed.
  [[nodiscard]] std::uint32_t append(ByteView bytes, bool more, std::uint32_t charge);

  [[nodiscard]] bool has_message() const noexcept { return whole_ != 0; }
  /// A message is begun and not whole.
  [[nodiscard]] bool in_message() const noexcept { return messages_.size() - first_ > whole_; }
  /// Bytes of the message that is begun; 0 for none.
  [[nodiscard]] std::size_t begun_size() const noexcept { return in_message() ? messages_.back().bytes.size() : 0; }

  struct Taken {
    std::vector<std::byte> bytes;
    std::uint32_t credit = 0;  ///< Due now.
  };
  /// The oldest whole message. Only when has_message().
  [[nodiscard]] Taken take() noexcept;

  /// The message that is begun will never be whole.
  void drop_begun() noexcept;
  void drop_all() noexcept;

 private:
  struct Message {
    std::vector<std::byte> bytes;
    std::uint32_t charge = 0;  ///< Not yet given as credit.
  };
  std::vector<Message> messages_;  ///< From first_; what is before was taken.
  std::size_t first_ = 0;
  std::size_t whole_ = 0;
};

}  // namespace plugbroker::client
