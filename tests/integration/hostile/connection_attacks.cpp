// SPDX-License-Identifier: Apache-2.0
// Attacks by how often and how fast: many connections, half-open ones, slow readers and writers, cancels.
#include <algorithm>
#include <vector>

#include "tests/integration/harness/raw_pipe_client.h"
#include "tests/integration/hostile/client_attacks.h"

namespace plugbroker::hostile {

using harness::HarnessError;
using harness::RawFrame;
using harness::RawPipeClient;
namespace wire = harness::wire;

namespace {

constexpr std::uint16_t tlv_result = 0x0010;
constexpr std::uint16_t tlv_status = 0x0040;
constexpr std::uint16_t tlv_opaque = 0x0070;

std::string ping_frame(std::uint64_t opaque) {
  return wire::frame({.type = wire::ping}, wire::tlv(tlv_opaque, opaque, 8), {});
}

}  // namespace

void flood_connections(const std::string& pipe, unsigned count) {
  std::vector<RawPipeClient> all;
  all.reserve(count);
  unsigned opened = 0;
  for (unsigned i = 0; i < count; ++i) {
    RawPipeClient& client = all.emplace_back(pipe);
    client.send(wire::client_hello());
    if (client.read_until(wire::hello_ack).number(tlv_result) == 0) ++opened;
  }
  tell("opened", opened);
  tell("refused", count - opened);
}

void half_open(const std::string& pipe, unsigned count) {
  const std::string hello = wire::client_hello();
  std::vector<RawPipeClient> all;
  all.reserve(count);
  for (unsigned i = 0; i < count; ++i) all.emplace_back(pipe).send(std::string_view(hello).substr(0, hello.size() / 2));
  // The oldest have to go, one for each beyond the bound; a few may have been taken in another order than they came.
  constexpr std::size_t bound = 512;
  constexpr std::size_t out_of_order = 16;
  std::size_t answered = 0;
  for (std::size_t i = 0; i + bound + out_of_order < count; ++i) answered += all[i].read_until_closed().size();
  tell("answered", answered);
  tell("in_place", 1);
  static_cast<void>(all.back().read_until_closed());
}

void read_slowly(const std::string& pipe, unsigned) {
  constexpr std::uint64_t replies = 64;
  constexpr std::uint64_t most_pings = 100'000;
  RawPipeClient client(pipe);
  client.open_session();
  for (std::uint64_t stream = 1; stream <= replies; ++stream) {
    client.send(wire::request_frame(stream, blob_route, "all of it"));
  }
  constexpr std::uint64_t pings_at_once = 100;
  std::uint64_t pings = 0;
  bool open = true;
  while (open && pings < most_pings) {
    std::string block;
    for (std::uint64_t i = 0; i < pings_at_once; ++i) block += ping_frame(pings++);
    open = client.send(block);
  }
  // It may still be about to close, which takes a moment; what was written by then is there to be read.
  const std::size_t frames = client.read_until_closed().size();
  if (frames >= pings) throw HarnessError("the broker has answered a client that does not read");
  tell("pings", pings);
}

void write_slowly(const std::string& pipe, unsigned) {
  RawPipeClient opening(pipe);
  std::string hello = wire::client_hello();
  hello.pop_back();
  for (const char byte : hello) opening.send({&byte, 1});
  tell("answers_to_half_a_hello", opening.read_until_closed().size());

  RawPipeClient calling(pipe);
  calling.open_session();
  constexpr int crumbs = 200;
  constexpr std::uint64_t deadline_us = 500'000;
  std::string request = wire::request_frame(1, held_route, "x", wire::more, deadline_us);
  for (int i = 0; i < crumbs; ++i)
    request += wire::frame({.type = wire::data, .flags = wire::more, .stream = 1}, {}, "x");
  request.pop_back();
  for (std::size_t at = 0; at < request.size(); at += 8) calling.send(std::string_view(request).substr(at, 8));
  tell("status_of_an_endless_request", calling.read_until(wire::end).number(tlv_status));
}

void cancel_calls(const std::string& pipe, unsigned count) {
  constexpr unsigned calls_at_once = 100;
  RawPipeClient client(pipe);
  client.open_session();
  std::uint64_t stream = 0;
  std::uint64_t ended = 0;
  std::uint64_t cancelled = 0;
  while (stream < count) {
    std::string block;
    const std::uint64_t last = std::min<std::uint64_t>(count, stream + calls_at_once);
    while (stream < last) {
      block += wire::request_frame(++stream, held_route, {});
      block += wire::bytes({.type = wire::cancel, .stream = stream});
    }
    client.send(block);
    while (ended < stream) {
      const RawFrame end = client.read_until(wire::end);
      ++ended;
      if (end.number(tlv_status) == 1) ++cancelled;
    }
  }
  tell("ended", ended);
  tell("cancelled", cancelled);
}

}  // namespace plugbroker::hostile
