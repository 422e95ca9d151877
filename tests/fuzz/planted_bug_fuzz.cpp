// SPDX-License-Identifier: Apache-2.0
// The twin of frame_reader_fuzz: its reader has a bug on purpose, which the fuzzer must find.
#include "tests/fuzz/frame_stream.h"

namespace {

using plugbroker::ByteView;
using plugbroker::protocol::Frame;
using plugbroker::protocol::FrameReader;

/// Forgets a frame that came whole in one piece when it is for a stream above 1.
class ForgetfulReader {
 public:
  void set_max_chunk(std::uint32_t bytes) { reader_.set_max_chunk(bytes); }
  void feed(ByteView bytes) {
    piece_ = bytes.size();
    reader_.feed(bytes);
  }
  std::optional<Frame> next() {
    std::optional<Frame> frame = reader_.next();
    const bool forgets = frame && frame->header.stream_id > 1 && piece_ > 1;
    return forgets ? reader_.next() : frame;
  }
  [[nodiscard]] auto error() const { return reader_.error(); }
  [[nodiscard]] bool in_frame() const { return reader_.in_frame(); }

 private:
  FrameReader reader_;
  std::size_t piece_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plugbroker::fuzz::FuzzInput input(data, size);
  plugbroker::fuzz::check_frame_stream<ForgetfulReader>(input.rest(), 0);
  return 0;
}
