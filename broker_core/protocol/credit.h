// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker_core/base/assert.h"
#include "broker_core/base/limits.h"

namespace plugbroker::protocol {

/// What a REQUEST or DATA of that many payload bytes costs.
[[nodiscard]] constexpr std::uint32_t frame_charge(std::size_t payload_bytes) noexcept {
  return static_cast<std::uint32_t>(payload_bytes) + limits::frame_charge_bytes;
}

/// The credit a peer gave us: how much we may still send.
class SendWindow {
 public:
  explicit SendWindow(std::uint32_t initial) noexcept : available_(initial) {}

  [[nodiscard]] std::uint32_t available() const noexcept { return available_; }

  /// The most payload one frame may carry now; 0 also when not even an empty frame is affordable: ask can_send_empty().
  [[nodiscard]] std::uint32_t payload_room() const noexcept {
    return available_ > limits::frame_charge_bytes ? available_ - limits::frame_charge_bytes : 0;
  }
  [[nodiscard]] bool can_send_empty() const noexcept { return available_ >= limits::frame_charge_bytes; }

  /// `charge` must be covered.
  void spend(std::uint32_t charge) noexcept {
    PLUGBROKER_ASSERT(charge <= available_);
    available_ -= charge;
  }

  /// False when the sum passes limits::max_window_bytes: a protocol error of the peer.
  [[nodiscard]] bool add(std::uint32_t credit) noexcept {
    if (credit > limits::max_window_bytes || available_ > limits::max_window_bytes - credit) return false;
    available_ += credit;
    return true;
  }

 private:
  std::uint32_t available_;
};

/// What the windows of one connection's streams may grow by, in all: so a connection never holds more than its streams'
/// first windows and this. Windows that may not grow need none of it.
class WindowGrowth {
 public:
  /// No window grows.
  WindowGrowth() = default;
  /// A window grows to at most `largest_window`, all together by at most `total`.
  WindowGrowth(std::uint32_t largest_window, std::uint64_t total) noexcept
      : largest_window_(largest_window), left_(total) {}

  [[nodiscard]] std::uint32_t largest_window() const noexcept { return largest_window_; }
  [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

  /// At most `wanted`, less when less is left.
  [[nodiscard]] std::uint32_t take(std::uint32_t wanted) noexcept;
  /// A stream has ended whose window had grown by that much.
  void give_back(std::uint32_t grown) noexcept { left_ += grown; }

 private:
  std::uint32_t largest_window_ = 0;
  std::uint64_t left_ = 0;
};

/// The credit we gave a peer: how much it may still send, and what is due back to it.
///
/// With a WindowGrowth it adapts: whenever the sender has used up a whole window and everything received has been
/// passed on (so the window, not the reader, was the brake), it doubles, as far as the growth allows. It never shrinks.
class ReceiveWindow {
 public:
  explicit ReceiveWindow(std::uint32_t initial) noexcept : granted_(initial), size_(initial), initial_(initial) {}

  /// A frame came in. False when the peer spent more than it was granted: a protocol error.
  [[nodiscard]] bool receive(std::uint32_t charge) noexcept {
    if (charge > granted_) return false;
    granted_ -= charge;
    used_ += charge;
    return true;
  }

  /// Received bytes were taken by the next hop; never more than were received. Returns the credit to send in a WINDOW
  /// now (granting it), or 0 while less than half of the window is due.
  [[nodiscard]] std::uint32_t release(std::uint32_t charge) noexcept {
    PLUGBROKER_ASSERT(charge <= size_ - granted_ - due_);
    due_ += charge;
    if (due_ < size_ - due_) return 0;
    const std::uint32_t credit = due_;
    granted_ += credit;
    due_ = 0;
    return credit;
  }
  /// The same, and may grant more than was received, out of `growth`.
  [[nodiscard]] std::uint32_t release(std::uint32_t charge, WindowGrowth& growth) noexcept {
    const std::uint32_t returned = release(charge);
    return returned == 0 ? 0 : returned + grow(growth);
  }

  /// What was granted beyond the first window; to be given back to the WindowGrowth when the stream has ended.
  [[nodiscard]] std::uint32_t grown() const noexcept { return size_ - initial_; }

  /// What was released without a WINDOW counts as not released: it will be once more.
  void forget_due() noexcept { due_ = 0; }

 private:
  [[nodiscard]] std::uint32_t grow(WindowGrowth& growth) noexcept;

  std::uint32_t granted_;
  std::uint32_t due_ = 0;
  std::uint32_t size_;
  std::uint32_t initial_;
  std::uint64_t used_ = 0;  ///< Received since the window has had its size.
};

}  // namespace plugbroker::protocol
