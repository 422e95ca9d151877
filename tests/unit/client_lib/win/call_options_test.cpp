// SPDX-License-Identifier: Apache-2.0
// What a call carries beside its messages, there and back.
#include <gtest/gtest.h>

#include "tests/unit/client_lib/win/test_client.h"

namespace plugbroker::client {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(const protocol::AppMetadata& metadata) {
  Pairs pairs;
  for (const protocol::MetadataPair& pair : metadata) pairs.emplace_back(pair.key, pair.value);
  return pairs;
}

/// Answers the first request with an END that carries everything, after `look` has seen the request's metadata.
PipeServer::Script answer_with_everything(std::function<void(const protocol::RequestMeta&)> look, StatusCode status) {
  return [look = std::move(look), status](ServerConnection& connection) {
    connection.accept();
    const auto frame = connection.read();
    if (!frame) return;
    look(protocol::decode_request(frame->meta).value());
    protocol::AppMetadataList metadata;
    EXPECT_TRUE(metadata.add("took", "12 ms").ok());
    EXPECT_TRUE(metadata.add("took", "again").ok());
    protocol::EndMeta end;
    end.status = status;
    end.origin = Origin::worker;
    end.worker_received = true;
    end.message = "it says so";
    end.app_metadata = metadata.view();
    end.detail = bytes_of("\x01\x02\x03");
    end.retry_after_us = 1500;
    connection.frames().write().end(1, end);
    connection.write(connection.frames().take());
    connection.read_to_the_end();
  };
}

TEST(CallOptions, TravelWithTheRequest) {
  struct {
    std::string key, state, content_type;
    Pairs metadata;
    std::vector<std::byte> parent;
  } seen;
  PipeServer server(answer_with_everything(
      [&](const protocol::RequestMeta& meta) {
        seen.key = meta.idempotency_key;
        seen.state = meta.tracestate;
        seen.content_type = meta.content_type;
        seen.metadata = pairs_of(meta.app_metadata);
        seen.parent.assign(meta.traceparent.begin(), meta.traceparent.end());
      },
      StatusCode::ok));
  const auto client = client_of(server.name());
  v1::CallOptions options;
  options.content_type = "text/plain";
  options.idempotency_key = "order-17";
  options.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  options.tracestate = "vendor=1";
  options.metadata = {{"user", "Zoë"}, {"empty", ""}, {"user", "again"}};

  const auto reply = client.call("echo", "x", options);

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(seen.key, "order-17");
  EXPECT_EQ(seen.state, "vendor=1");
  EXPECT_EQ(seen.content_type, "text/plain");
  EXPECT_EQ(seen.metadata, (Pairs{{"user", "Zoë"}, {"empty", ""}, {"user", "again"}}));
  ASSERT_EQ(seen.parent.size(), 25u);
  EXPECT_EQ(seen.parent[24], std::byte{1});
}

TEST(CallOptions, OfAnOperationAreCopied) {
  Pairs metadata;
  std::string key;
  PipeServer server(answer_with_everything(
      [&](const protocol::RequestMeta& meta) {
        metadata = pairs_of(meta.app_metadata);
        key = meta.idempotency_key;
      },
      StatusCode::ok));
  const auto client = client_of(server.name());
  auto options = std::make_unique<v1::CallOptions>();
  options->idempotency_key = "a key that is longer than a short string";
  options->metadata = {{"user", "a value that is longer than a short string"}};

  const auto operation = client.start("echo", "x", *options).value();
  options.reset();
  const bool ended = operation.wait(30s);

  EXPECT_TRUE(ended);
  EXPECT_EQ(key, "a key that is longer than a short string");
  EXPECT_EQ(metadata, (Pairs{{"user", "a value that is longer than a short string"}}));
}

TEST(CallOptions, RepliesBringTheWorkersPairs) {
  PipeServer server(answer_with_everything([](const protocol::RequestMeta&) {}, StatusCode::ok));
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x");

  ASSERT_TRUE(reply.ok());
  ASSERT_EQ(reply->metadata_count(), 2u);
  EXPECT_EQ(reply->metadata(0).first, "took");
  EXPECT_EQ(reply->metadata(0).second, "12 ms");
  EXPECT_EQ(reply->metadata(1).second, "again");
  EXPECT_EQ(reply->metadata(2).first, "");
  EXPECT_EQ(plugbroker_reply_attempts(reply->get()), 1u);
}

TEST(CallOptions, FailuresBringDetailAndAHintWhenToTryAgain) {
  PipeServer server(answer_with_everything([](const protocol::RequestMeta&) {}, StatusCode::unavailable));
  const auto client = client_of(server.name());

  const auto reply = client.call("echo", "x");

  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().message, "it says so");
  EXPECT_EQ(reply.error().detail.size(), 3u);
  EXPECT_EQ(reply.error().retry_after, 1500us);
}

plugbroker_status status_of(const v1::Client& client, const plugbroker_call_options& options) {
  return plugbroker_call(client.get(), "echo", "x", 1, &options, nullptr);
}

TEST(CallOptions, AreRefusedWhenTheyBreakALimit) {
  PipeServer server(echo);
  const auto client = client_of(server.name());
  const std::string text65(65, 'k');
  const std::string text513(513, 's');
  const std::string text1025(1025, 'v');
  const plugbroker_metadata bad_key{"Upper", "x"};
  const plugbroker_metadata long_key{text65.c_str(), "x"};
  const plugbroker_metadata long_value{"key", text1025.c_str()};
  const std::vector<plugbroker_metadata> too_many(33, plugbroker_metadata{"k", "v"});
  const auto with = [](auto&& change) {
    plugbroker_call_options options = plugbroker_call_options_default();
    change(options);
    return options;
  };
  const auto with_pairs = [&](const plugbroker_metadata* pairs, std::size_t count) {
    return with([&](auto& options) {
      options.metadata = pairs;
      options.metadata_count = count;
    });
  };

  const std::vector<plugbroker_call_options> wrong{
      with([&](auto& options) { options.idempotency_key = text65.c_str(); }),
      with([&](auto& options) { options.tracestate = text513.c_str(); }),
      with([&](auto& options) { options.traceparent = "00-"; }),
      with([&](auto& options) { options.retry_attempts = 6; }),
      with([&](auto& options) { options.wait_for_ready = 2; }),
      with_pairs(nullptr, 1),
      with_pairs(&bad_key, 1),
      with_pairs(&long_key, 1),
      with_pairs(&long_value, 1),
      with_pairs(too_many.data(), 33)};

  for (const plugbroker_call_options& options : wrong) {
    EXPECT_EQ(status_of(client, options), PLUGBROKER_INVALID_ARGUMENT) << &options - wrong.data();
  }
  EXPECT_EQ(status_of(client, with_pairs(too_many.data(), 32)), PLUGBROKER_OK);
}

TEST(CallOptions, LetACallBeSentAgainThatTheServiceTurnedAway) {
  PipeServer server([](ServerConnection& connection) {
    connection.accept();
    connection.read();
    protocol::EndMeta busy;
    busy.status = StatusCode::resource_exhausted;
    busy.retry = RetryClass::after_backoff;
    connection.frames().write().end(1, busy);
    connection.write(connection.frames().take());
    connection.read();
    connection.write(connection.frames().reply(2, "second time"));
    connection.read_to_the_end();
  });
  const auto client = client_of(server.name());
  v1::CallOptions options;
  options.retry_attempts = 1;

  const auto reply = client.call("echo", "x", options);

  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(reply->text(), "second time");
  EXPECT_EQ(plugbroker_reply_attempts(reply->get()), 2u);
}

}  // namespace
}  // namespace plugbroker::client
