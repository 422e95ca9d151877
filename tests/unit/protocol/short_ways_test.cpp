// SPDX-License-Identifier: Apache-2.0
// The short ways of decoding must say what the tables say, whatever comes in.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "broker_core/protocol/decode_by_rules.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/header_check.h"
#include "broker_core/protocol/metadata_fields.h"
#include "broker_core/protocol/plain_end.h"
#include "broker_core/protocol/request_scan.h"

namespace plugbroker::protocol {
namespace {

constexpr int rounds = 50'000;

/// Up to three bytes of `bytes`, changed at random, half of them by a small number.
void damage(std::vector<std::byte>& bytes, std::mt19937& random) {
  for (auto changes = random() % 4; changes != 0 && !bytes.empty(); --changes) {
    bytes[random() % bytes.size()] = static_cast<std::byte>(random() % (random() % 2 == 0 ? 4 : 256));
  }
}

TEST(ShortWays, AHeaderIsDecodedAsTheTableSays) {
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    const FrameHeader start{.type = static_cast<FrameType>(random() % 16),
                            .flags = static_cast<std::uint16_t>(random() % 8),
                            .meta_len = static_cast<std::uint16_t>(random() % 10'000),
                            .payload_len = static_cast<std::uint32_t>(random() % 3 * 40'000),
                            .stream_id = random() % 3,
                            .deadline_us = random() % 3};
    std::vector<std::byte> bytes(limits::frame_header_bytes);
    encode_header(start, bytes.data());
    damage(bytes, random);
    const std::uint32_t max_payload = random() % 2 == 0 ? limits::max_chunk_bytes : limits::min_chunk_bytes;

    FrameHeader by_table;
    FrameHeader short_way;
    const auto expected = check_header(bytes.data(), max_payload, by_table);
    ASSERT_EQ(decode_header(bytes.data(), max_payload, short_way), expected);
    ASSERT_EQ(short_way, by_table);
    accepted += expected ? 0 : 1;
  }
  EXPECT_GT(accepted, rounds / 100);
}

TEST(ShortWays, ARequestIsDecodedAsTheTableSays) {
  std::mt19937 random(2);
  const TraceParent trace{};
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::byte> bytes(1024);
    TlvWriter writer(bytes);
    for (auto tlvs = random() % 4; tlvs != 0; --tlvs) {
      switch (random() % 4) {
        case 0:
          writer.put_bytes(TlvType::traceparent, trace);
          break;
        case 1:
          writer.put_bytes(TlvType::content_type, as_byte_view("text/plain"));
          break;
        case 2:
          writer.put_key_value(TlvType::app_metadata, "key", "value");
          break;
        default:
          writer.put_bytes(TlvType::route, as_byte_view("echo"));
      }
    }
    bytes.resize(writer.size());
    damage(bytes, random);

    const auto by_rules = decode_request_by_rules(bytes);
    const auto short_way = decode_request(bytes);
    ASSERT_EQ(short_way.ok(), by_rules.ok());
    if (!by_rules.ok()) {
      ASSERT_EQ(short_way.status(), by_rules.status());
      continue;
    }
    ++accepted;
    ASSERT_EQ(short_way->route, by_rules->route);
    ASSERT_EQ(as_text(short_way->traceparent), as_text(by_rules->traceparent));
    ASSERT_EQ(short_way->content_type, by_rules->content_type);
    ASSERT_EQ(short_way->app_metadata.size(), by_rules->app_metadata.size());
  }
  EXPECT_GT(accepted, rounds / 100);
}

TEST(ShortWays, APlainRequestIsWhatItsFieldsAreEncodedTo) {
  std::mt19937 random(5);
  int plain = 0;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::byte> bytes(1024);
    const TraceParent trace{};
    bytes.resize(encode(RequestMeta{.route = "echo",
                                    .traceparent = random() % 2 == 0 ? ByteView{trace} : ByteView{},
                                    .content_type = random() % 2 == 0 ? "text/plain" : "",
                                    .caller_sid = random() % 4 == 0 ? "S-1-1-0" : ""},
                        bytes));
    damage(bytes, random);

    RequestMeta request;
    if (!read_plain_request(bytes, request)) continue;
    ++plain;
    ASSERT_TRUE(request.caller_sid.empty());
    std::vector<std::byte> again(1024);
    ASSERT_EQ(encode(request, again), bytes.size());
    ASSERT_TRUE(decode_request_by_rules(bytes).ok());
  }
  EXPECT_GT(plain, rounds / 100);
}

TEST(ShortWays, ARequestWithOnlyARouteIsEncodedAsAnyOther) {
  const std::vector<std::byte> payload(100, std::byte{'x'});
  const RequestMeta request{.route = "text.stats"};
  std::vector<std::byte> written;
  FrameWriter{written}.request(7, flag_end_stream, 1000, request, payload);

  std::array<std::byte, limits::max_meta_bytes> meta{};
  const std::size_t used = encode(request, meta);
  std::vector<std::byte> expected;
  FrameWriter{expected}.frame(
      {.type = FrameType::request, .flags = flag_end_stream, .stream_id = 7, .deadline_us = 1000},
      ByteView{meta}.first(used), payload);
  EXPECT_EQ(written, expected);
}

template <typename T>
Status status_of(const Result<T>& result) {
  return result.ok() ? Status{} : result.status();
}

TEST(ShortWays, AnEndIsDecodedAsTheTableSays) {
  std::mt19937 random(3);
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::byte> bytes(64);
    bytes.resize(encode(EndMeta{.status = static_cast<StatusCode>(random() % 18),
                                .retry = static_cast<RetryClass>(random() % 4),
                                .origin = static_cast<Origin>(random() % 5),
                                .worker_received = random() % 2 == 0,
                                .message = random() % 4 == 0 ? "m" : ""},
                        bytes));
    damage(bytes, random);

    const Result<EndMeta> expected = decode_end_by_rules(bytes);
    const Result<EndMeta> end = decode_end(bytes);
    ASSERT_EQ(status_of(end), status_of(expected));
    if (!expected.ok()) continue;
    ++accepted;
    ASSERT_EQ(end->status, expected->status);
    ASSERT_EQ(end->retry, expected->retry);
    ASSERT_EQ(end->origin, expected->origin);
    ASSERT_EQ(end->worker_received, expected->worker_received);
    ASSERT_EQ(end->message, expected->message);
  }
  EXPECT_GT(accepted, rounds / 100);
}

TEST(ShortWays, APlainEndIsEncodedAsAnyOther) {
  for (std::uint16_t i = 0; i < 256; ++i) {
    const EndMeta end{.status = static_cast<StatusCode>(i % (highest_status_code + 1)),
                      .retry = static_cast<RetryClass>(i % 3),
                      .origin = static_cast<Origin>(1 + i % 2),
                      .worker_received = i % 5 == 0};
    ASSERT_TRUE(is_plain(end));
    std::vector<std::byte> expected(limits::max_meta_bytes);
    expected.resize(encode(end, expected));
    std::vector<std::byte> bytes(plain_end::bytes);
    encode_plain(end, bytes.data());
    ASSERT_EQ(bytes, expected);
  }
  EXPECT_FALSE(is_plain({.message = "m"}));
  EXPECT_FALSE(is_plain({.content_type = "text/plain"}));
  EXPECT_FALSE(is_plain({.detail = as_byte_view("d")}));
  EXPECT_FALSE(is_plain({.retry_after_us = 1}));
}

TEST(ShortWays, CreditIsDecodedAsTheTableSays) {
  std::mt19937 random(4);
  int accepted = 0;
  for (int i = 0; i < rounds; ++i) {
    std::vector<std::byte> bytes(64);
    bytes.resize(encode_credit(random() % 4 == 0 ? 0 : static_cast<std::uint32_t>(random()), bytes));
    damage(bytes, random);

    const Result<std::uint32_t> expected = decode_credit_by_rules(bytes);
    const Result<std::uint32_t> credit = decode_credit(bytes);
    ASSERT_EQ(status_of(credit), status_of(expected));
    if (!expected.ok()) continue;
    ++accepted;
    ASSERT_EQ(*credit, *expected);
  }
  EXPECT_GT(accepted, rounds / 100);
}

}  // namespace
}  // namespace plugbroker::protocol
