// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace plugbroker::engine {

/// How much memory somebody's sessions make the broker hold. What one user holds is counted in what `all` hold, too.
class HeldMemory {
 public:
  explicit HeldMemory(HeldMemory* all = nullptr) noexcept : all_(all) {}
  HeldMemory(const HeldMemory&) = delete;
  HeldMemory& operator=(const HeldMemory&) = delete;

  /// Blocks of queues: requests that wait or are kept, and replies that nobody has read.
  [[nodiscard]] std::uint64_t queued() const noexcept { return queued_; }
  /// Given out to be written to a client, and not written yet.
  [[nodiscard]] std::uint64_t being_written() const noexcept { return being_written_; }
  [[nodiscard]] std::uint64_t total() const noexcept { return queued_ + being_written_; }

  void queue(std::size_t bytes) noexcept {
    queued_ += bytes;
    if (all_ != nullptr) all_->queue(bytes);
  }
  void unqueue(std::size_t bytes) noexcept {
    queued_ -= bytes;
    if (all_ != nullptr) all_->unqueue(bytes);
  }
  void begin_write(std::size_t bytes) noexcept {
    being_written_ += bytes;
    if (all_ != nullptr) all_->begin_write(bytes);
  }
  void end_write(std::size_t bytes) noexcept {
    being_written_ -= bytes;
    if (all_ != nullptr) all_->end_write(bytes);
  }

 private:
  HeldMemory* all_;
  std::uint64_t queued_ = 0;
  std::uint64_t being_written_ = 0;
};

}  // namespace plugbroker::engine
