// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

template <typename Message>
wire::Bytes encoded(const Message& message) {
  wire::Bytes buffer(limits::max_meta_bytes);
  buffer.resize(encode(message, buffer));
  return buffer;
}

TEST(RequestMeta, ComesBackAsItWasSent) {
  const wire::Bytes trace = wire::filled(25, 't');
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo", .traceparent = trace, .content_type = "text/plain"});

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(request.route, "echo");
  EXPECT_TRUE(std::ranges::equal(request.traceparent, trace));
  EXPECT_EQ(request.content_type, "text/plain");
}

TEST(RequestMeta, ComesBackWithTheRouteAlone) {
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo"});

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(request.route, "echo");
  EXPECT_TRUE(request.traceparent.empty());
  EXPECT_EQ(request.content_type, "");
  EXPECT_EQ(meta.size(), 8u);
}

TEST(RequestMeta, ViewsTheMetadataAndCopiesNothing) {
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo"});

  EXPECT_EQ(as_byte_view(decode_request(meta).value().route).data(), meta.data() + 4);
}

TEST(RequestMeta, ARouteOfOtherCharactersIsTheCallsBusinessNotTheDecoders) {
  const wire::Bytes meta = wire::tlv(0x20, wire::text("no such\nroute"));

  EXPECT_EQ(decode_request(meta).value().route, "no such\nroute");
}

TEST(RequestMeta, ATraceparentOfAnotherLengthIsNotSent) {
  const wire::Bytes trace = wire::filled(24);
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo", .traceparent = trace});

  EXPECT_TRUE(decode_request(meta).value().traceparent.empty());
}

TEST(RequestMeta, ALongContentTypeIsCut) {
  const std::string longer(256, 'c');
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo", .content_type = longer});

  EXPECT_EQ(decode_request(meta).value().content_type, longer.substr(0, 255));
}

TEST(EndMeta, ComesBackAsItWasSent) {
  const wire::Bytes meta = encoded(EndMeta{.status = StatusCode::unauthenticated,
                                           .retry = RetryClass::after_backoff,
                                           .origin = Origin::worker,
                                           .worker_received = true,
                                           .message = "who are you",
                                           .content_type = "text/plain"});

  const EndMeta end = decode_end(meta).value();

  EXPECT_EQ(end.status, StatusCode::unauthenticated);
  EXPECT_EQ(end.retry, RetryClass::after_backoff);
  EXPECT_EQ(end.origin, Origin::worker);
  EXPECT_TRUE(end.worker_received);
  EXPECT_EQ(end.message, "who are you");
  EXPECT_EQ(end.content_type, "text/plain");
}

TEST(RequestMeta, CarriesWhatTracesAndRetriesNeed) {
  const wire::Bytes meta = encoded(
      RequestMeta{.route = "echo", .idempotency_key = "order-7", .tracestate = "vendor=1", .caller_sid = "S-1-5-18"});

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(request.idempotency_key, "order-7");
  EXPECT_EQ(request.tracestate, "vendor=1");
  EXPECT_EQ(request.caller_sid, "S-1-5-18");
}

TEST(RequestMeta, CarriesWhoCalls) {
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo",
                                               .caller_sid = "S-1-5-18",
                                               .caller_account = "HOST\\user",
                                               .caller_integrity = 0,
                                               .caller_session = 7});

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(request.caller_sid, "S-1-5-18");
  EXPECT_EQ(request.caller_account, "HOST\\user");
  EXPECT_EQ(request.caller_integrity, 0u);
  EXPECT_EQ(request.caller_session, 7u);
}

TEST(RequestMeta, TellsAnAbsentIntegrityAndSessionFromZero) {
  const RequestMeta request = decode_request(wire::tlv(0x20, wire::text("echo"))).value();

  EXPECT_FALSE(request.caller_integrity.has_value());
  EXPECT_FALSE(request.caller_session.has_value());
}

TEST(RequestMeta, CutsALongAccountAtACharactersBorder) {
  const std::string longer = std::string(511, 'x') + "\xC3\xA9";
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo", .caller_account = longer});

  EXPECT_EQ(decode_request(meta).value().caller_account, std::string(511, 'x'));
}

TEST(RequestMeta, WhatMayNotBeCutIsNotSentWhenItIsTooLong) {
  const std::string longer(513, 'x');
  const wire::Bytes meta = encoded(RequestMeta{.route = "echo",
                                               .idempotency_key = std::string_view{longer}.substr(0, 65),
                                               .tracestate = longer,
                                               .caller_sid = std::string_view{longer}.substr(0, 185)});

  EXPECT_EQ(meta, wire::tlv(0x20, wire::text("echo")));
}

TEST(EndMeta, CarriesDetailAndWhenToTryAgain) {
  const wire::Bytes detail = wire::filled(2048, '\0');
  const wire::Bytes meta = encoded(EndMeta{.detail = detail, .retry_after_us = 1'500'000});

  const EndMeta end = decode_end(meta).value();

  EXPECT_TRUE(std::ranges::equal(end.detail, detail));
  EXPECT_EQ(end.retry_after_us, 1'500'000u);
}

TEST(EndMeta, ALongerDetailIsNotSentAndALongerPauseIsADay) {
  const wire::Bytes detail = wire::filled(2049);
  const wire::Bytes meta = encoded(EndMeta{.detail = detail, .retry_after_us = 90'000'000'000});

  EXPECT_TRUE(decode_end(meta).value().detail.empty());
  EXPECT_EQ(decode_end(meta).value().retry_after_us, 86'400'000'000u);
}

TEST(EndMeta, EverythingAtItsLongestFitsIntoAFrame) {
  const std::string longest(2048, 'x');
  const std::string_view text = longest;
  AppMetadataList pairs;
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(pairs.add("k", text.substr(0, 127)).ok());
  const wire::Bytes trace = wire::filled(25);
  const RequestMeta request{.route = text.substr(0, 255),
                            .traceparent = trace,
                            .content_type = text.substr(0, 255),
                            .idempotency_key = text.substr(0, 64),
                            .tracestate = text.substr(0, 512),
                            .caller_sid = text.substr(0, 184),
                            .caller_account = text.substr(0, 512),
                            .caller_integrity = 0x4000,
                            .caller_session = 0xFFFF'FFFF,
                            .app_metadata = pairs.view()};
  const EndMeta end{.message = text.substr(0, 1024),
                    .content_type = text.substr(0, 255),
                    .app_metadata = pairs.view(),
                    .detail = as_byte_view(text),
                    .retry_after_us = 1};

  EXPECT_TRUE(decode_request(encoded(request)).ok());
  EXPECT_TRUE(decode_end(encoded(end)).ok());
}

TEST(EndMeta, ComesBackWithoutWhatIsOptional) {
  const wire::Bytes meta = encoded(EndMeta{});

  const EndMeta end = decode_end(meta).value();

  EXPECT_EQ(end.status, StatusCode::ok);
  EXPECT_EQ(end.origin, Origin::broker);
  EXPECT_FALSE(end.worker_received);
  EXPECT_EQ(end.message, "");
  EXPECT_EQ(end.content_type, "");
}

TEST(EndMeta, ExactlyTheLongestMessagePassesWhole) {
  const std::string longest(1024, 'm');
  const wire::Bytes meta = encoded(EndMeta{.message = longest});

  EXPECT_EQ(decode_end(meta).value().message, longest);
}

TEST(EndMeta, ALongMessageIsCutAtTheBorderOfACharacter) {
  const std::string text = std::string(1022, 'm') + "\xE2\x82\xAC";  // The euro sign ends one byte too late.
  const wire::Bytes meta = encoded(EndMeta{.message = text});

  EXPECT_EQ(decode_end(meta).value().message, std::string(1022, 'm'));
}

TEST(Route, IsMadeOfTheseCharactersOnly) {
  EXPECT_TRUE(is_valid_route("ABCXYZabcxyz0189._-/"));
  for (int c = 0; c < 256; ++c) {
    const bool listed = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/"}.find(
                            static_cast<char>(c)) != std::string_view::npos;
    EXPECT_EQ(is_valid_route(std::string(1, static_cast<char>(c))), listed) << c;
  }
}

TEST(Route, HasOneTo255Bytes) {
  EXPECT_FALSE(is_valid_route(""));
  EXPECT_TRUE(is_valid_route("r"));
  EXPECT_TRUE(is_valid_route(std::string(255, 'r')));
  EXPECT_FALSE(is_valid_route(std::string(256, 'r')));
}

TEST(Route, OneBadCharacterAnywhereIsEnough) {
  EXPECT_FALSE(is_valid_route(" echo"));
  EXPECT_FALSE(is_valid_route("ec ho"));
  EXPECT_FALSE(is_valid_route(std::string_view{"echo\0", 5}));
}

}  // namespace
}  // namespace plugbroker::protocol
