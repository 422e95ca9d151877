// SPDX-License-Identifier: Apache-2.0
// What travels beside the payload.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/engine_world.h"

namespace plugbroker::engine::testing {
namespace {

using protocol::FrameType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

void send_request(FakePeer& client, const protocol::RequestMeta& meta) {
  client.send([&](auto& writer) { writer.request(1, whole, 1'000'000, meta, {}); });
}

TEST(CallMetadata, OfARequestReachesTheWorkerAsItWasSent) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  protocol::AppMetadataList pairs;
  ASSERT_TRUE(pairs.add("tenant", "a").ok());
  ASSERT_TRUE(pairs.add("tenant", "b").ok());
  const std::vector<std::byte> trace(25, std::byte{7});

  send_request(client, {.route = "echo",
                        .traceparent = trace,
                        .content_type = "text/plain",
                        .idempotency_key = "order-7",
                        .tracestate = "vendor=1",
                        .app_metadata = pairs.view()});

  const SeenFrame frame = worker.channel.seen(FrameType::request, 1).at(0);
  const protocol::RequestMeta meta = protocol::decode_request(frame.meta).value();
  EXPECT_EQ(meta.route, "echo");
  EXPECT_EQ(std::vector<std::byte>(meta.traceparent.begin(), meta.traceparent.end()), trace);
  EXPECT_EQ(meta.content_type, "text/plain");
  EXPECT_EQ(meta.idempotency_key, "order-7");
  EXPECT_EQ(meta.tracestate, "vendor=1");
  std::vector<std::string> seen;
  for (const protocol::MetadataPair pair : meta.app_metadata)
    seen.push_back(std::string{pair.key} + "=" + std::string{pair.value});
  EXPECT_THAT(seen, ElementsAre("tenant=a", "tenant=b"));
}

TEST(CallMetadata, TellsTheWorkerWhoCallsByTheBrokersWord) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  send_request(client, {.route = "echo",
                        .caller_sid = "S-1-5-18",
                        .caller_account = "NT AUTHORITY\\SYSTEM",
                        .caller_integrity = 0x4000,
                        .caller_session = 0});

  const SeenFrame frame = worker.channel.seen(FrameType::request, 1).at(0);
  const protocol::RequestMeta meta = protocol::decode_request(frame.meta).value();
  EXPECT_EQ(meta.caller_sid, "S-1-5-21-1");
  EXPECT_EQ(meta.caller_account, "someone");
  EXPECT_EQ(meta.caller_integrity, 0x2000u);
  EXPECT_EQ(meta.caller_session, 1u);
}

TEST(CallMetadata, OfACallerOfWhomLittleIsKnownIsNotWhatTheClientSays) {
  EngineWorld world(one_pool());
  world.account.clear();
  world.integrity.reset();
  world.windows_session.reset();
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();

  send_request(client, {.route = "echo",
                        .caller_account = "NT AUTHORITY\\SYSTEM",
                        .caller_integrity = 0x4000,
                        .caller_session = 0});

  const SeenFrame frame = worker.channel.seen(FrameType::request, 1).at(0);
  const protocol::RequestMeta meta = protocol::decode_request(frame.meta).value();
  EXPECT_EQ(meta.caller_account, "");
  EXPECT_EQ(meta.caller_integrity, std::nullopt);
  EXPECT_EQ(meta.caller_session, std::nullopt);
}

TEST(CallMetadata, UnknownToTheBrokerDoesNotPassIt) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  std::vector<std::byte> meta(100);
  protocol::TlvWriter tlvs(meta);
  tlvs.put_bytes(protocol::TlvType::route, as_byte_view("echo"));
  tlvs.put_bytes(protocol::TlvType{0x0999}, as_byte_view("?"));
  meta.resize(tlvs.size());

  client.send([&](auto& writer) {
    writer.frame({.type = FrameType::request, .flags = whole, .stream_id = 1, .deadline_us = 1'000'000}, meta, {});
  });

  const SeenFrame frame = worker.channel.seen(FrameType::request, 1).at(0);
  protocol::TlvReader reader(frame.meta);
  std::vector<std::uint16_t> types;
  while (const auto tlv = reader.next()) types.push_back(tlv->type);
  EXPECT_THAT(types, ElementsAre(0x0020, 0x0036, 0x0037, 0x0038, 0x0039));
}

TEST(CallMetadata, OfAReplyReachesTheClientAsItWasSent) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  protocol::AppMetadataList pairs;
  ASSERT_TRUE(pairs.add("pages", "3").ok());

  worker.channel.data(1, "reply");
  worker.channel.end(1, {.origin = Origin::worker, .content_type = "text/html", .app_metadata = pairs.view()});

  EXPECT_EQ(client.end_of(1).content_type, "text/html");
  EXPECT_THAT(client.end_of(1).app_metadata, ElementsAre(Pair("pages", "3")));
}

TEST(CallMetadata, OfAFailureReachesTheClientAsItWasSent) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  client.request(1, "echo");
  const std::string detail{"\0binary\xFF", 8};

  worker.channel.end(1, {.status = StatusCode::resource_exhausted,
                         .retry = RetryClass::after_backoff,
                         .origin = Origin::worker,
                         .message = "later",
                         .detail = as_byte_view(detail),
                         .retry_after_us = 250'000});

  const SeenEnd end = client.end_of(1);
  EXPECT_EQ(end.status, StatusCode::resource_exhausted);
  EXPECT_EQ(end.retry, RetryClass::after_backoff);
  EXPECT_EQ(end.origin, Origin::worker);
  EXPECT_TRUE(end.worker_received);
  EXPECT_EQ(end.message, "later");
  EXPECT_EQ(end.detail, detail);
  EXPECT_EQ(end.retry_after_us, 250'000u);
}

TEST(CallMetadata, OfOneCallIsNotSeenInTheNext) {
  EngineWorld world(one_pool());
  const FakeWorker worker = world.start_worker();
  FakePeer& client = world.connect_client();
  protocol::AppMetadataList pairs;
  ASSERT_TRUE(pairs.add("pages", "3").ok());
  client.request(1, "echo");
  worker.channel.end(1, {.status = StatusCode::internal,
                         .origin = Origin::worker,
                         .content_type = "text/html",
                         .app_metadata = pairs.view(),
                         .detail = as_byte_view("detail"),
                         .retry_after_us = 1});

  client.request(2, "echo");
  worker.channel.end(2);
  client.request(3, "echo");
  client.cancel(3);

  for (const std::uint64_t stream : {2u, 3u}) {
    EXPECT_EQ(client.end_of(stream).content_type, "");
    EXPECT_THAT(client.end_of(stream).app_metadata, IsEmpty());
    EXPECT_EQ(client.end_of(stream).detail, "");
    EXPECT_EQ(client.end_of(stream).retry_after_us, 0u);
  }
}

}  // namespace
}  // namespace plugbroker::engine::testing
