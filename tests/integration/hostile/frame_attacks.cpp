// SPDX-License-Identifier: Apache-2.0
// Attacks by what frames say: lengths, stream ids, credit, metadata, texts.
#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "tests/integration/harness/raw_pipe_client.h"
#include "tests/integration/hostile/client_attacks.h"
#include "tests/integration/hostile/forged_texts.h"

namespace plugbroker::hostile {

using harness::HarnessError;
using harness::RawFrame;
using harness::RawPipeClient;
namespace wire = harness::wire;

namespace {

constexpr std::uint16_t tlv_role = 0x0001;
constexpr std::uint16_t tlv_library_name = 0x000B;
constexpr std::uint16_t tlv_library_version = 0x000C;
constexpr std::uint16_t tlv_route = 0x0020;
constexpr std::uint16_t tlv_content_type = 0x0031;
constexpr std::uint16_t tlv_tracestate = 0x0033;
constexpr std::uint16_t tlv_app_metadata = 0x0034;
constexpr std::uint16_t tlv_status = 0x0040;
constexpr std::uint16_t tlv_message = 0x0044;
constexpr std::uint16_t tlv_credit = 0x0050;
constexpr std::uint16_t tlv_last_stream = 0x0060;
constexpr std::uint16_t tlv_unknown = 0x7000;
constexpr std::uint64_t deadline_us = 30'000'000;

wire::Header request_header(std::uint64_t stream) {
  return {.type = wire::request, .flags = wire::end_stream, .stream = stream, .deadline_us = deadline_us};
}

std::string window_frame(std::uint64_t stream, std::uint32_t credit) {
  return wire::frame({.type = wire::window, .stream = stream}, wire::tlv(tlv_credit, credit, 4), {});
}

std::string pair(std::string_view key, std::string_view value) {
  return wire::tlv(tlv_app_metadata, wire::little_endian(key.size(), 1).append(key).append(value));
}

/// Sessions that each break one rule, at once, since the broker takes a moment to close each.
class Offender {
 public:
  explicit Offender(const std::string& pipe) : pipe_(pipe) {}

  /// In an open session, whose last frame must then be a GOAWAY.
  void in_session(const std::function<void(RawPipeClient&)>& offend) {
    RawPipeClient& client = in_sessions_.emplace_back(pipe_);
    client.open_session();
    offend(client);
  }
  void in_session(std::string_view bytes) {
    in_session([&](RawPipeClient& client) { client.send(bytes); });
  }
  /// Instead of a HELLO: closed without a word.
  void before_opening(std::string_view bytes) { before_opening_.emplace_back(pipe_).send(bytes); }

  /// Waits until all are closed; tells how many there were, and how many of them were answered as they have to be.
  void tell_all() {
    std::size_t told = 0;
    for (RawPipeClient& client : in_sessions_) {
      const std::vector<RawFrame> frames = client.read_until_closed();
      if (!frames.empty() && frames.back().header.type == wire::goaway) ++told;
    }
    for (RawPipeClient& client : before_opening_) {
      if (client.read_until_closed().empty()) ++told;
    }
    tell("offences", in_sessions_.size() + before_opening_.size());
    tell("answered_rightly", told);
  }

 private:
  const std::string& pipe_;
  std::vector<RawPipeClient> in_sessions_;
  std::vector<RawPipeClient> before_opening_;
};

/// Makes a call that has to end; returns its status.
std::uint64_t status_of(RawPipeClient& client, std::uint64_t stream, std::string_view meta, std::string_view payload) {
  client.send(wire::frame(request_header(stream), meta, payload));
  return client.read_until(wire::end).number(tlv_status);
}

}  // namespace

void lie_about_lengths(const std::string& pipe, unsigned) {
  constexpr std::uint16_t too_much_meta = 8193;
  constexpr std::uint32_t too_much_payload = 65537;
  Offender offender(pipe);
  const auto header_with = [](std::uint16_t meta, std::uint32_t payload) {
    wire::Header header = request_header(1);
    header.meta_len = meta;
    header.payload_len = payload;
    return wire::bytes(header);
  };
  offender.in_session(header_with(0, std::numeric_limits<std::uint32_t>::max()));
  offender.in_session(header_with(0, too_much_payload));
  offender.in_session(header_with(std::numeric_limits<std::uint16_t>::max(), 0));
  offender.in_session(header_with(too_much_meta, 1));
  offender.in_session(wire::bytes({.type = wire::cancel, .payload_len = 1, .stream = 1}));

  const std::string route = wire::tlv(tlv_route, held_route);
  const std::string passes_the_end = wire::little_endian(tlv_route, 2) + wire::little_endian(0xFFFF, 2) + "x";
  offender.in_session(wire::frame(request_header(1), passes_the_end, {}));
  offender.in_session(wire::frame(request_header(1), route + std::string("\0\1\0", 3), {}));
  offender.in_session(window_frame(0, 1).replace(wire::header_size + 2, 2, wire::little_endian(8, 2)));

  offender.before_opening(wire::bytes({.type = wire::hello, .meta_len = 4097}));
  offender.before_opening(wire::frame({.type = wire::hello}, wire::little_endian(tlv_role, 2) + "\xFF\xFF\x01", {}));
  offender.before_opening(wire::bytes({.type = wire::hello, .payload_len = 5}));
  offender.tell_all();

  // Promises a frame of each kind and goes away in the middle of it.
  for (const std::string& promise : {header_with(8192, 65536) + "x", header_with(0, 65536) + "x"}) {
    RawPipeClient client(pipe);
    client.open_session();
    client.send(promise);
  }
}

void reuse_stream_ids(const std::string& pipe, unsigned) {
  const auto call = [](std::uint64_t stream) { return wire::request_frame(stream, held_route, {}); };
  const auto cancelled = [](RawPipeClient& client, std::uint64_t stream) {
    client.send(wire::bytes({.type = wire::cancel, .stream = stream}));
    static_cast<void>(client.read_until(wire::end));
  };
  constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();
  Offender offender(pipe);
  offender.in_session(call(1) + call(1));
  offender.in_session(call(5) + call(3));
  offender.in_session(call(highest) + call(1));
  offender.in_session(call(0));
  offender.in_session([&](RawPipeClient& client) {
    client.send(call(1));
    cancelled(client, 1);
    client.send(call(1));
  });
  offender.in_session(call(1) + wire::bytes({.type = wire::cancel, .stream = 2}));
  offender.in_session(call(1) + wire::frame({.type = wire::data, .stream = 2}, {}, "x"));
  offender.in_session(call(1) + wire::frame({.type = wire::data, .stream = 1}, {}, "after the end of the request"));
  offender.tell_all();
}

void overflow_credit(const std::string& pipe, unsigned) {
  constexpr std::uint32_t most = 0x7FFF'FFFF;
  Offender offender(pipe);
  offender.in_session(window_frame(0, most));
  offender.in_session(window_frame(0, most / 2) + window_frame(0, most / 2) + window_frame(0, most / 2));
  offender.in_session(wire::request_frame(1, held_route, {}) + window_frame(1, most));
  offender.in_session(window_frame(0, 0));
  offender.in_session(window_frame(0, most + 1));

  // Beyond the stream's first credit, which is less than this where this attack is tested.
  offender.in_session(wire::request_frame(1, held_route, std::string(65536, 'x'), wire::more));
  offender.tell_all();
}

void send_giant_metadata(const std::string& pipe, unsigned) {
  constexpr std::size_t most = 8192;
  const std::string route = wire::tlv(tlv_route, echo_route);
  std::string filled = route + wire::tlv(tlv_content_type, std::string(255, 'c'));
  for (int i = 0; i < 31; ++i) filled += pair("key" + std::to_string(i), std::string(120, 'v'));
  while (filled.size() + 4 <= most) {
    filled += wire::tlv(tlv_unknown, std::string(std::min<std::size_t>(512, most - filled.size() - 4), 'u'));
  }
  {
    RawPipeClient client(pipe);
    client.open_session();
    for (std::uint64_t stream = 1; stream <= 20; ++stream) {
      // As much as may be is no offence; it is just a call.
      if (status_of(client, stream, filled, "x") != 0) {
        throw HarnessError("a call with as much metadata as may be is not ok");
      }
    }
  }
  const auto refused = [&](std::string_view meta) { return wire::frame(request_header(1), meta, {}); };
  std::string pairs;
  for (int i = 0; i < 33; ++i) pairs += pair("k", "v");
  Offender offender(pipe);
  offender.in_session(wire::frame(request_header(1), filled + std::string(most + 1 - filled.size(), 'x'), {}));
  offender.in_session(refused(route + pairs));
  offender.in_session(refused(route + pair("k", std::string(1025, 'v'))));
  offender.in_session(refused(route + pair(std::string(65, 'k'), "v")));
  offender.in_session(refused(route + pair("UPPER\n", "v")));
  offender.in_session(refused(route + wire::tlv(tlv_content_type, std::string(256, 'c'))));
  offender.in_session(refused(route + wire::tlv(tlv_tracestate, std::string(513, 't'))));
  offender.in_session(refused(wire::tlv(tlv_route, std::string(256, 'r'))));
  offender.in_session(refused(route + route));
  const std::string hello = wire::client_hello();
  const std::string hello_meta = hello.substr(wire::header_size);
  offender.before_opening(wire::frame({.type = wire::hello}, hello_meta + std::string(4096, '\0'), {}));
  offender.before_opening(
      wire::frame({.type = wire::hello}, hello_meta + wire::tlv(tlv_library_version, std::string(33, 'v')), {}));
  offender.tell_all();
}

void call_forged_routes(const std::string& pipe, unsigned) {
  constexpr std::uint64_t invalid_argument = 3;
  constexpr std::uint64_t not_found = 5;
  std::string hello = wire::client_hello();
  const std::string hello_meta = hello.substr(wire::header_size);
  const std::size_t name = hello_meta.find(wire::little_endian(tlv_library_name, 2) + wire::little_endian(15, 2));
  hello = wire::frame({.type = wire::hello},
                      hello_meta.substr(0, name) + wire::tlv(tlv_library_name, forged_texts().front().substr(0, 64)) +
                          wire::tlv(tlv_library_version, "\n\x1b[2J FORGED"),
                      {});
  RawPipeClient client(pipe);
  client.send(hello);
  if (client.read_until(wire::hello_ack).number(0x0010) != 0) throw HarnessError("HELLO was refused");
  std::uint64_t stream = 0;
  std::uint64_t refused = 0;
  for (const std::string& text : forged_texts()) {
    const std::string meta =
        wire::tlv(tlv_route, text.substr(0, 255)) + wire::tlv(tlv_content_type, text.substr(0, 255));
    if (status_of(client, ++stream, meta, {}) == invalid_argument) ++refused;
  }
  tell("names", stream);
  tell("refused", refused);
  for (const std::string_view path : {"../../../etc/passwd", "..", "/", "....//....//SAM", "CON", "nul", "a/../b"}) {
    if (status_of(client, ++stream, wire::tlv(tlv_route, path), {}) != not_found) {
      throw HarnessError("a route like a path is there");
    }
  }
  // The same as what a client says of the broker.
  client.send(wire::frame({.type = wire::goaway},
                          wire::tlv(tlv_last_stream, 0, 8) + wire::tlv(tlv_status, invalid_argument, 2) +
                              wire::tlv(tlv_message, forged_texts().front()),
                          {}));
  static_cast<void>(client.read_until_closed());
}

}  // namespace plugbroker::hostile
