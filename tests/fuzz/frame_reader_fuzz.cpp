// SPDX-License-Identifier: Apache-2.0
// Any bytes are frames, the front of one, or the one error; however they are cut.
#include "tests/fuzz/frame_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plugbroker;
  fuzz::FuzzInput input(data, size);
  const std::size_t choice = input.below(4);
  const std::uint32_t max_chunk = choice == 0 ? 0 : static_cast<std::uint32_t>(choice) * limits::min_chunk_bytes;
  fuzz::check_frame_stream<protocol::FrameReader>(input.rest(), max_chunk);
  return 0;
}
