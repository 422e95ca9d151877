// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/hostile/hostile_worker.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "tests/integration/harness/windows_handle.h"

namespace plugbroker::hostile {

using harness::HarnessError;
using harness::RawFrame;
namespace wire = harness::wire;

namespace {

constexpr std::uint64_t blob_bytes = 256 * 1024;
constexpr std::uint64_t chunk_bytes = 32 * 1024;
constexpr std::uint64_t frame_charge = 32;
constexpr std::uint16_t ok = 0;
constexpr std::uint16_t cancelled = 1;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) throw HarnessError(std::string(name) + " is not set: no broker has started this");
  return value;
}

harness::WindowsHandle inherited_channel() {
  return harness::WindowsHandle(reinterpret_cast<HANDLE>(std::stoull(variable("PLUGBROKER_CHANNEL"))));
}

}  // namespace

std::string end_frame(std::uint64_t stream, std::uint16_t status) {
  const std::string meta =
      wire::tlv(0x0040, status, 2) + wire::tlv(0x0041, 0, 1) + wire::tlv(0x0042, 3, 1) + wire::tlv(0x0043, 1, 1);
  return wire::frame({.type = wire::end, .stream = stream}, meta, {});
}

HostileWorker::HostileWorker(std::vector<std::string> routes, Handler handler)
    : routes_(std::move(routes)), handler_(std::move(handler)), channel_(inherited_channel()) {}

void HostileWorker::serve() {
  channel_.send(wire::worker_hello());
  const RawFrame ack = channel_.read_until(wire::hello_ack);
  stream_window_ = ack.number(0x0008);
  connection_credit_ = ack.number(0x0009);
  std::string meta = wire::tlv(0x0021, std::stoull(variable("PLUGBROKER_CONCURRENCY")), 4);
  for (const std::string& route : routes_) meta += wire::tlv(0x0020, route);
  channel_.send(wire::frame({.type = wire::ready}, meta, {}));
  while (const std::optional<RawFrame> frame = channel_.read_frame()) {
    if (frame->header.type == wire::goaway) return;
    take(*frame);
    send_blobs();
  }
}

void HostileWorker::answer(std::uint64_t stream, std::string_view reply) {
  channel_.send(wire::frame({.type = wire::data, .stream = stream}, {}, reply) + end_frame(stream, ok));
}

void HostileWorker::take(const RawFrame& frame) {
  const std::uint64_t stream = frame.header.stream;
  switch (frame.header.type) {
    case wire::request:
      take_request(frame);
      return;
    case wire::data:
      return;
    case wire::cancel:
      if (blobs_.erase(stream) + held_.erase(stream) > 0) channel_.send(end_frame(stream, cancelled));
      return;
    case wire::ping:
      channel_.send(wire::frame({.type = wire::pong}, frame.meta, {}));
      return;
    case wire::window:
      if (stream == 0) {
        connection_credit_ += frame.number(0x0050);
      } else if (const auto blob = blobs_.find(stream); blob != blobs_.end()) {
        blob->second.credit += frame.number(0x0050);
      }
      return;
    default:
      return;
  }
}

void HostileWorker::take_request(const RawFrame& frame) {
  const std::uint64_t stream = frame.header.stream;
  const std::string route = frame.text(0x0020);
  if (route == "hostile.hold") {
    held_.insert(stream);
  } else if (route == "hostile.blob") {
    blobs_[stream] = {.left = blob_bytes, .credit = stream_window_};
  } else if (route == "hostile.echo") {
    answer(stream, frame.payload);
  } else if (route == "hostile.do") {
    handler_(*this, stream, frame.payload);
  }
}

void HostileWorker::send_blobs() {
  static const std::string chunk(chunk_bytes, 'b');
  for (auto at = blobs_.begin(); at != blobs_.end();) {
    Blob& blob = at->second;
    while (blob.left > 0 && std::min(blob.credit, connection_credit_) >= chunk_bytes + frame_charge) {
      blob.left -= chunk_bytes;
      blob.credit -= chunk_bytes + frame_charge;
      connection_credit_ -= chunk_bytes + frame_charge;
      const std::uint16_t flags = blob.left > 0 ? wire::more : std::uint16_t{0};
      channel_.send(wire::frame({.type = wire::data, .flags = flags, .stream = at->first}, {}, chunk));
    }
    if (blob.left > 0) {
      ++at;
      continue;
    }
    channel_.send(end_frame(at->first, ok));
    at = blobs_.erase(at);
  }
}

}  // namespace plugbroker::hostile
