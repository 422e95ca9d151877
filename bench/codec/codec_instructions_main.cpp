// SPDX-License-Identifier: Apache-2.0
// What the codec takes to decode a header, and to encode and decode a small request: a route of four letters and 64
// bytes of payload, into a buffer that has had its size before, as in a connection's steady state. bench/codec/run
// counts what the functions named *_round take, called ROUNDS times; nothing_round shows what being counted costs.
// ADDED instructions and more are added to each round, so that the check can be seen to find them.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "broker_core/protocol/frame_reader.h"
#include "broker_core/protocol/frame_writer.h"

namespace {

using namespace plugbroker;
using namespace plugbroker::protocol;

constexpr std::size_t payload_bytes = 64;

/// One connection's sender and receiver.
struct SmallRequests {
  std::vector<std::byte> buffer = std::vector<std::byte>(1024);
  std::vector<std::byte> payload = std::vector<std::byte>(payload_bytes, std::byte{'x'});
  RequestMeta meta{.route = "echo"};
  FrameReader reader;
  std::uint64_t stream = 0;
};

int added = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "codec_instructions: %s\n", what);
  std::exit(1);
}

/// Takes `added` instructions, and those of the loop.
inline void add_work() {
  for (int i = 0; i < added; ++i) asm volatile("nop");
}

}  // namespace

// Not inlined and not mangled: callgrind knows them by their names.
extern "C" {

[[gnu::noinline]] std::optional<HeaderError> decode_nothing(const std::byte*, std::uint32_t, FrameHeader&) noexcept {
  asm volatile("");
  return std::nullopt;
}

[[gnu::noinline]] bool nothing_round(const std::byte* from, FrameHeader& header) {
  const bool good = !decode_nothing(from, limits::max_chunk_bytes, header);
  add_work();
  return good;
}

[[gnu::noinline]] bool header_round(const std::byte* from, FrameHeader& header) {
  const bool good = !decode_header(from, limits::max_chunk_bytes, header);
  add_work();
  return good;
}

/// True when what was read is as long as what was written.
[[gnu::noinline]] bool request_round(SmallRequests& requests) {
  ++requests.stream;
  requests.buffer.clear();
  FrameWriter writer{requests.buffer};
  writer.request(requests.stream, flag_end_stream, 2'000'000, requests.meta, requests.payload);
  requests.reader.feed(requests.buffer);
  const auto frame = requests.reader.next();
  if (!frame) return false;
  const auto request = decode_request(frame->meta);
  add_work();
  return request.ok() && request->route.size() == 4 && frame->payload.size() == payload_bytes;
}

}  // extern "C"

int main(int argc, char** argv) {
  constexpr const char* usage = "usage: codec_instructions nothing|header|request ROUNDS ADDED";
  check(argc == 4, usage);
  const std::string_view what = argv[1];
  const int rounds = std::atoi(argv[2]);
  added = std::atoi(argv[3]);
  check(rounds > 0 && added >= 0, usage);

  const FrameHeader wanted{.type = FrameType::request,
                           .flags = flag_end_stream,
                           .meta_len = 8,
                           .payload_len = payload_bytes,
                           .stream_id = 7,
                           .deadline_us = 2'000'000};
  HeaderBytes bytes;
  encode_header(wanted, bytes.data());
  FrameHeader header;
  SmallRequests requests;
  for (int i = 0; i < rounds; ++i) {
    if (what == "nothing") {
      check(nothing_round(bytes.data(), header), "nothing went wrong");
    } else if (what == "header") {
      check(header_round(bytes.data(), header) && header == wanted, "a header came out changed");
    } else if (what == "request") {
      check(request_round(requests), "a request came out changed");
    } else {
      check(false, usage);
    }
  }
}
