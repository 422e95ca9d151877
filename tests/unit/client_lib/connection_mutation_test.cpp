// SPDX-License-Identifier: Apache-2.0
// Damaged server bytes: whatever comes in, each call ends at most once and the connection stays within its bounds.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "client_lib/core/client_connection.h"
#include "tests/unit/client_lib/scripted_server.h"

namespace plugbroker::client {
namespace {

/// What a server might say to three calls: each kind of frame once.
std::vector<std::byte> conversation() {
  ScriptedServer server;
  auto bytes = server.hello_ack();
  const auto add = [&bytes](const std::vector<std::byte>& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  server.write().ping(1);
  server.write().window(0, 1000);
  server.write().window(1, 1000);
  server.write().data(1, protocol::flag_more, bytes_of("part "));
  add(server.take());
  add(server.reply(1, "whole"));
  add(server.end(2, StatusCode::not_found, "no such route"));
  add(server.goaway(3));
  add(server.reply(3, "last"));
  return bytes;
}

struct Ending {
  std::multiset<int> ended;
  std::vector<std::string> texts;

  friend bool operator==(const Ending&, const Ending&) = default;
};

/// Feeds `bytes` in pieces of `piece` to a connection with three calls.
Ending converse(const std::vector<std::byte>& bytes, std::size_t piece) {
  ConnectionFixture f;
  Ending result;
  bool started = false;
  f.write();
  for (std::size_t from = 0; from < bytes.size(); from += piece) {
    f.connection.receive(ByteView{bytes}.subspan(from, std::min(piece, bytes.size() - from)));
    for (; !started && f.connection.can_start(); started = true) {
      for (int call = 1; call <= 3; ++call) f.start(call, call_to("echo", "x"));
    }
    f.connection.produce(f.buffer, at(0s));
    EXPECT_LE(f.buffer.size(), limits::max_write_bytes);
  }
  f.connection.lose("end of input");
  for (auto& event : f.events()) {
    if (event.kind != SeenEvent::Kind::call_ended) continue;
    result.ended.insert(event.call);
    result.texts.push_back(text_of(event.outcome.data) + event.outcome.message);
  }
  return result;
}

TEST(ConnectionMutation, GivesTheSameForBytesInPiecesOfAnySize) {
  const auto bytes = conversation();
  // Pieces of at most 32 bytes, so that the calls start before the first frame about them comes in.
  const Ending expected = converse(bytes, 1);

  EXPECT_EQ(expected.ended, (std::multiset<int>{1, 2, 3}));
  for (std::size_t piece = 2; piece <= 32; ++piece) EXPECT_EQ(converse(bytes, piece), expected) << piece;
}

TEST(ConnectionMutation, EndsEachCallAtMostOnceWhateverByteIsDamaged) {
  const auto bytes = conversation();
  std::mt19937 random(20240607);
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = bytes;
    const std::size_t changes = 1 + random() % 3;
    for (std::size_t i = 0; i < changes; ++i) damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    const Ending result = converse(damaged, 1 + random() % 200);
    for (int call = 1; call <= 3; ++call) ASSERT_LE(result.ended.count(call), 1u) << "round " << round;
  }
}

}  // namespace
}  // namespace plugbroker::client
