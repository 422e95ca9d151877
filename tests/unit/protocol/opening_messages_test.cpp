// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/metadata_cases.h"

namespace plugbroker::protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <typename Message>
wire::Bytes encoded(const Message& message) {
  wire::Bytes buffer(limits::max_meta_bytes);
  buffer.resize(encode(message, buffer));
  return buffer;
}

/// Every field differs from its default.
PeerDescription unusual_peer() {
  return {.wire_version_min = 2,
          .wire_version_max = 5,
          .features_supported = 0xF0000000000000FF,
          .features_required = 0x0F,
          .limits = {.max_chunk = 4096,
                     .max_streams = 3,
                     .stream_window = 5000,
                     .connection_window = 6000,
                     .max_payload = 0x123456789A},
          .library_name = "sqlite extension",
          .library_version = "1.2.3"};
}

Ready ready_with(std::size_t routes, std::size_t route_length) {
  Ready ready;
  for (std::size_t i = 0; i < routes; ++i) {
    std::string number = std::to_string(i);
    ready.routes.push_back(std::string(route_length - number.size(), 'r') + number);
  }
  return ready;
}

TEST(Hello, ComesBackAsItWasSent) {
  const Hello hello{.role = Role::worker, .peer = unusual_peer()};

  EXPECT_EQ(decode_hello(encoded(hello)).value(), hello);
}

TEST(Hello, ComesBackWithoutWhatIsOptional) {
  EXPECT_EQ(decode_hello(encoded(Hello{})).value(), Hello{});
}

TEST(Hello, AnAbsentFeatureIsZeroAndAnAbsentNameEmpty) {
  using namespace wire;
  const Bytes least = tlv(1, u8(1)) + tlv(2, u16(1)) + tlv(3, u16(1)) + tlv(6, u32(4096)) + tlv(7, u32(1)) +
                      tlv(8, u32(4128)) + tlv(9, u32(4128)) + tlv(10, u64(0));

  const Hello hello = decode_hello(least).value();

  EXPECT_EQ(hello.peer.features_supported, 0u);
  EXPECT_EQ(hello.peer.features_required, 0u);
  EXPECT_EQ(hello.peer.library_name, "");
  EXPECT_EQ(hello.peer.library_version, "");
}

TEST(Hello, LongNamesAreCutAtTheBorderOfACharacter) {
  Hello hello;
  hello.peer.library_name = std::string(63, 'n') + "\xC3\xA4";
  hello.peer.library_version = std::string(40, 'v');

  const Hello decoded = decode_hello(encoded(hello)).value();

  EXPECT_EQ(decoded.peer.library_name, std::string(63, 'n'));
  EXPECT_EQ(decoded.peer.library_version, std::string(32, 'v'));
}

TEST(Hello, AlwaysFitsIntoTheMetadataOfTheOpening) {
  Hello hello{.role = Role::client, .peer = unusual_peer()};
  hello.peer.library_name.assign(100'000, 'n');
  hello.peer.library_version.assign(100'000, 'v');

  EXPECT_LE(encoded(hello).size(), limits::max_hello_meta_bytes);
}

TEST(HelloAck, AnAcceptanceComesBackAsItWasSent) {
  const HelloAck ack{
      .result = {}, .wire_version = 3, .instance_id = {std::byte{9}, std::byte{8}}, .peer = unusual_peer()};

  EXPECT_EQ(decode_hello_ack(encoded(ack)).value(), ack);
}

TEST(HelloAck, ARefusalComesBackWithCodeMessageAndVersions) {
  HelloAck ack;
  ack.result = {StatusCode::permission_denied, "not on this pipe"};
  ack.peer.wire_version_min = 1;
  ack.peer.wire_version_max = 4;

  EXPECT_EQ(decode_hello_ack(encoded(ack)).value(), ack);
}

TEST(HelloAck, ARefusalWithoutAMessageComesBack) {
  HelloAck ack;
  ack.result = {StatusCode::unavailable, ""};

  EXPECT_EQ(decode_hello_ack(encoded(ack)).value(), ack);
}

TEST(HelloAck, ARefusalSendsNothingButCodeMessageAndVersions) {
  HelloAck ack{.result = {StatusCode::unavailable, "no"}, .wire_version = 1, .instance_id = {}, .peer = unusual_peer()};
  const HelloAck decoded = decode_hello_ack(encoded(ack)).value();

  EXPECT_EQ(decoded.wire_version, 0);
  EXPECT_EQ(decoded.peer.library_name, "");
  EXPECT_EQ(decoded.peer.wire_version_max, 5);
}

TEST(HelloAck, ARefusalWithACodeOfALaterVersionIsReadable) {
  using namespace wire;
  const Bytes refusal = tlv(0x10, u16(999)) + tlv(0x44, text("new trouble")) + tlv(2, u16(7)) + tlv(3, u16(9));

  const HelloAck ack = decode_hello_ack(refusal).value();

  EXPECT_EQ(ack.result, (Status{StatusCode::unknown, "new trouble"}));
  EXPECT_EQ(ack.peer.wire_version_min, 7);
}

TEST(HelloAck, ALongMessageIsCutAtTheBorderOfACharacter) {
  HelloAck ack;
  ack.result = {StatusCode::unavailable, std::string(1023, 'm') + "\xE2\x82\xAC"};

  EXPECT_EQ(decode_hello_ack(encoded(ack)).value().result.message, std::string(1023, 'm'));
}

TEST(HelloAck, AlwaysFitsIntoTheMetadataOfTheOpening) {
  HelloAck accepting{.result = {}, .wire_version = 1, .instance_id = {}, .peer = unusual_peer()};
  accepting.peer.library_name.assign(100'000, 'n');
  HelloAck refusing;
  refusing.result = {StatusCode::unavailable, std::string(100'000, 'm')};

  EXPECT_LE(encoded(accepting).size(), limits::max_hello_meta_bytes);
  EXPECT_LE(encoded(refusing).size(), limits::max_hello_meta_bytes);
}

TEST(Ready, ComesBackAsItWasSent) {
  const Ready ready{.routes = {"echo", "text.stats", "a/b_c-D9"}, .concurrency = 1024};
  wire::Bytes buffer(limits::max_meta_bytes);
  buffer.resize(encode(ready, buffer).value());

  const Ready decoded = decode_ready(buffer).value();

  EXPECT_THAT(decoded.routes, ElementsAre("echo", "text.stats", "a/b_c-D9"));
  EXPECT_EQ(decoded.concurrency, 1024u);
}

TEST(Ready, HoldsExactly256RoutesAndNotOneMore) {
  wire::Bytes buffer(limits::max_meta_bytes);
  wire::Bytes meta = wire::tlv(0x21, wire::u32(1));
  for (int i = 0; i < 256; ++i) meta = std::move(meta) + wire::tlv(0x20, wire::text("r"));

  EXPECT_TRUE(encode(ready_with(256, 3), buffer).ok());
  EXPECT_EQ(encode(ready_with(257, 3), buffer).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(decode_ready(meta).value().routes.size(), 256u);
  EXPECT_THAT(decode_ready(meta + wire::tlv(0x20, wire::text("r"))).status().message, HasSubstr("256 times"));
}

TEST(Ready, FillsTheMetadataToTheLastByteAndNoFurther) {
  // 62 routes of 128 + 4 bytes are 8,184; concurrency takes the last 8.
  wire::Bytes buffer(limits::max_meta_bytes);
  Ready longer = ready_with(62, 128);
  longer.routes.front() += 'r';

  EXPECT_EQ(encode(ready_with(62, 128), buffer).value(), limits::max_meta_bytes);
  EXPECT_THAT(encode(longer, buffer).status().message, HasSubstr("8192 bytes"));
}

TEST(Ready, IsNotSentWithoutRoutesWithABadRouteOrConcurrency) {
  wire::Bytes buffer(limits::max_meta_bytes);

  EXPECT_FALSE(encode(Ready{.routes = {}, .concurrency = 1}, buffer).ok());
  EXPECT_FALSE(encode(Ready{.routes = {"with space"}, .concurrency = 1}, buffer).ok());
  EXPECT_FALSE(encode(Ready{.routes = {std::string(256, 'r')}, .concurrency = 1}, buffer).ok());
  EXPECT_FALSE(encode(Ready{.routes = {"echo"}, .concurrency = 0}, buffer).ok());
  EXPECT_FALSE(encode(Ready{.routes = {"echo"}, .concurrency = 1025}, buffer).ok());
  EXPECT_TRUE(encode(Ready{.routes = {std::string(255, 'r')}, .concurrency = 1024}, buffer).ok());
}

TEST(Ready, ARouteOfOtherCharactersIsRefused) {
  const wire::Bytes meta =
      wire::tlv(0x20, wire::text("good")) + wire::tlv(0x20, wire::text("b\xC3\xA4")) + wire::tlv(0x21, wire::u32(1));

  EXPECT_EQ(decode_ready(meta).status().code, StatusCode::invalid_argument);
}

}  // namespace
}  // namespace plugbroker::protocol
