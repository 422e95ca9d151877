// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;

const std::string chunk(limits::max_chunk_bytes, 'c');

/// Sends `payload` as DATA of at most a chunk each.
void send_request_body(FakePeer& client, std::uint64_t stream, std::string_view payload) {
  while (payload.size() > chunk.size()) {
    client.data(stream, payload.substr(0, chunk.size()), more);
    payload.remove_prefix(chunk.size());
  }
  client.data(stream, payload, whole);
}

EngineConfig with_max_payload(std::uint64_t bytes) {
  EngineConfig config = one_pool();
  config.max_payload_bytes = bytes;
  return config;
}

TEST(MaxPayload, AllowsARequestOfExactlyThatSize) {
  EngineWorld world(with_max_payload(100'000));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 30s, more);
  send_request_body(client, 1, std::string(100'000, 'r'));

  EXPECT_EQ(worker.channel.reply_of(1).size(), 100'000u);
  EXPECT_FALSE(client.has_end(1));
}

TEST(MaxPayload, RefusesARequestOfOneByteMore) {
  EngineWorld world(with_max_payload(100'000));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  client.request(1, "echo", {}, 30s, more);
  send_request_body(client, 1, std::string(100'001, 'r'));

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::never);
  EXPECT_EQ(client.end_of(1).message, "the request is larger than the broker's max_payload_bytes, 100000");
  EXPECT_TRUE(client.end_of(1).worker_received);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_FALSE(client.closed_by_broker);
}

TEST(MaxPayload, RefusesARequestOfOneFrameBeforeBufferingIt) {
  EngineWorld world(with_max_payload(99));
  FakePeer& client = world.connect_client();

  client.request(1, "echo", std::string(100, 'r'));

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_FALSE(client.end_of(1).worker_received);
  EXPECT_EQ(world.snapshot().buffered_bytes, 0u);
}

TEST(MaxPayload, AllowsAReplyOfExactlyThatSize) {
  EngineWorld world(with_max_payload(1000));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.channel.reply(1, std::string(1000, 'r'));

  EXPECT_EQ(client.end_of(1).status, StatusCode::ok);
  EXPECT_EQ(client.reply_of(1).size(), 1000u);
}

TEST(MaxPayload, EndsACallWhoseReplyIsOneByteMore) {
  EngineWorld world(with_max_payload(1000));
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");

  worker.channel.data(1, std::string(1001, 'r'));
  worker.channel.end(1);

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
  EXPECT_EQ(client.end_of(1).retry, RetryClass::never);
  EXPECT_EQ(client.end_of(1).origin, Origin::broker);
  EXPECT_EQ(worker.channel.seen(FrameType::cancel, 1).size(), 1u);
  EXPECT_FALSE(world.was_terminated(worker));
}

TEST(MaxPayload, OfTheClientBoundsTheReply) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  protocol::PeerLimits modest;
  modest.max_payload = 10;
  FakePeer& client = world.connect_client(modest);
  client.request(1, "echo");

  worker.channel.reply(1, "eleven bytes");

  EXPECT_EQ(client.end_of(1).status, StatusCode::resource_exhausted);
}

}  // namespace
}  // namespace plugbroker::engine::testing
