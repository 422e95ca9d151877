// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "broker_core/base/bytes.h"

namespace plugbroker::runtime {

/// The end of what a process printed: the last `kept` bytes. Takes memory only as it is fed. From any thread.
class OutputTail {
 public:
  explicit OutputTail(std::size_t kept) : kept_(kept) {}

  void feed(ByteView bytes);
  /// Nothing more will come.
  void complete();

  /// Waits at most so long for complete(); whether it was called.
  [[nodiscard]] bool wait_complete(std::chrono::milliseconds at_most) const;
  /// What is kept, in the order it came.
  [[nodiscard]] std::string text() const;
  /// How much came before what is kept.
  [[nodiscard]] std::uint64_t lost_bytes() const;

 private:
  const std::size_t kept_;
  mutable std::mutex mutex_;
  mutable std::condition_variable completed_;
  std::string ring_;        ///< Guarded by mutex_, like all below. Grows to kept_, then is written round.
  std::size_t oldest_ = 0;  ///< Where the ring begins once it is full.
  std::uint64_t lost_ = 0;
  bool complete_ = false;
};

}  // namespace plugbroker::runtime
