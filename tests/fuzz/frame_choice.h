// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tests/fuzz/fuzz_input.h"

namespace plugbroker::fuzz {

/// Makes frames of all kinds from an input's choices: mostly ones that may be sent, some with a byte changed.
class FrameChoice {
 public:
  /// Payload that one FrameChoice makes altogether; then its frames are without.
  static constexpr std::size_t most_payload = 48 * 1024;

  /// Appends one frame.
  void append(FuzzInput& input, std::vector<std::byte>& bytes);

 private:
  std::uint64_t chosen_stream(FuzzInput& input);
  std::vector<std::byte> chosen_payload(FuzzInput& input);

  std::uint64_t last_stream_ = 0;
  std::size_t payload_left_ = most_payload;
};

}  // namespace plugbroker::fuzz
