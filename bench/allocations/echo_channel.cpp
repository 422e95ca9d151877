// SPDX-License-Identifier: Apache-2.0
#include "bench/allocations/echo_channel.h"

#include <stdexcept>
#include <string>

#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_writer.h"

namespace plugbroker::bench {
namespace {

using protocol::FrameType;
using protocol::FrameWriter;

[[noreturn]] void fail(const char* call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + (": error " + std::to_string(error)));
}

OVERLAPPED with_event(HANDLE event) {
  OVERLAPPED operation{};
  operation.hEvent = event;
  return operation;
}

}  // namespace

EchoChannel::EchoChannel(win::UniqueHandle pipe)
    : pipe_(std::move(pipe)), event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  if (!event_) fail("CreateEvent");
}

DWORD EchoChannel::finish(BOOL done, OVERLAPPED& operation) {
  if (!done && GetLastError() != ERROR_IO_PENDING) {
    if (GetLastError() == ERROR_BROKEN_PIPE) return 0;
    fail("the channel");
  }
  DWORD bytes = 0;
  if (GetOverlappedResult(pipe_.get(), &operation, &bytes, TRUE)) return bytes;
  if (GetLastError() != ERROR_BROKEN_PIPE) fail("the channel");
  return 0;
}

void EchoChannel::write() {
  if (output_.empty()) return;
  OVERLAPPED operation = with_event(event_.get());
  const BOOL done = WriteFile(pipe_.get(), output_.data(), static_cast<DWORD>(output_.size()), nullptr, &operation);
  if (finish(done, operation) != output_.size()) fail("WriteFile");
  output_.clear();
}

void EchoChannel::serve() {
  FrameWriter{output_}.hello({.role = protocol::Role::worker, .peer = {}});
  std::vector<std::byte> input(limits::read_buffer_bytes);
  while (true) {
    write();
    OVERLAPPED operation = with_event(event_.get());
    const BOOL done = ReadFile(pipe_.get(), input.data(), static_cast<DWORD>(input.size()), nullptr, &operation);
    const DWORD bytes = finish(done, operation);
    if (bytes == 0) return;
    reader_.feed(ByteView{input}.first(bytes));
    while (const auto frame = reader_.next()) take(*frame);
  }
}

void EchoChannel::take(const protocol::Frame& frame) {
  FrameWriter writer{output_};
  if (frame.header.type == FrameType::hello_ack) {
    if (!writer.ready({{"echo"}, 1})) throw std::runtime_error("READY");
  } else if (frame.header.type == FrameType::ping) {
    writer.pong(*protocol::decode_opaque(frame.meta));
  } else if (frame.header.type == FrameType::request) {
    if ((frame.header.flags & protocol::flag_end_stream) == 0) throw std::runtime_error("the request is cut");
    writer.window(0, protocol::frame_charge(frame.payload.size()));
    writer.data(frame.header.stream_id, 0, frame.payload);
    writer.end(frame.header.stream_id, {.origin = Origin::worker, .worker_received = true});
  }
}

}  // namespace plugbroker::bench
