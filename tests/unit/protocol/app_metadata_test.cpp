// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/app_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker_core/protocol/messages.h"
#include "tests/unit/protocol/wire_bytes.h"

namespace plugbroker::protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint16_t route = 0x20, app_metadata = 0x34;

std::vector<MetadataPair> pairs_of(const AppMetadata& metadata) {
  std::vector<MetadataPair> pairs;
  for (const MetadataPair pair : metadata) pairs.push_back(pair);
  return pairs;
}

wire::Bytes request_with(const wire::Bytes& tlvs) {
  return wire::tlv(route, wire::text("echo")) + tlvs;
}

wire::Bytes pair_tlv(std::string_view key, std::string_view value) {
  return wire::tlv(app_metadata, wire::pair(key, value));
}

TEST(AppMetadata, ComesBackInOrderAndWithKeysThatRepeat) {
  AppMetadataList list;
  ASSERT_TRUE(list.add("tenant", "a").ok());
  ASSERT_TRUE(list.add("tag", "").ok());
  ASSERT_TRUE(list.add("tenant", "b").ok());
  wire::Bytes meta(limits::max_meta_bytes);
  meta.resize(encode(RequestMeta{.route = "echo", .app_metadata = list.view()}, meta));

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(request.app_metadata.size(), 3u);
  EXPECT_THAT(pairs_of(request.app_metadata),
              ElementsAre(MetadataPair{"tenant", "a"}, MetadataPair{"tag", ""}, MetadataPair{"tenant", "b"}));
}

TEST(AppMetadata, ViewsTheMetadataAndCopiesNothing) {
  const wire::Bytes meta = pair_tlv("k", "value") + request_with({});

  const RequestMeta request = decode_request(meta).value();

  EXPECT_EQ(as_byte_view((*request.app_metadata.begin()).value).data(), meta.data() + 6);
}

TEST(AppMetadata, IsFoundAmongOtherTlvsAndWithTheCriticalBit) {
  const wire::Bytes meta = pair_tlv("a", "1") + request_with(wire::tlv(0x999, {})) +
                           wire::tlv(app_metadata | wire::critical, wire::pair("b", "2"));

  EXPECT_THAT(pairs_of(decode_request(meta).value().app_metadata),
              ElementsAre(MetadataPair{"a", "1"}, MetadataPair{"b", "2"}));
}

TEST(AppMetadata, IsEmptyWhenThereIsNone) {
  const wire::Bytes meta = request_with({});
  const RequestMeta request = decode_request(meta).value();

  EXPECT_TRUE(request.app_metadata.empty());
  EXPECT_THAT(pairs_of(request.app_metadata), IsEmpty());
}

TEST(AppMetadata, AKeyOfOtherCharactersOrLengthsIsAProtocolError) {
  for (const std::string& key : {std::string{}, std::string{"Key"}, std::string{"a b"}, std::string{"a/b"},
                                 std::string{"\xC3\xA4"}, std::string(65, 'k')}) {
    const Result<RequestMeta> request = decode_request(request_with(pair_tlv(key, "value")));
    EXPECT_EQ(request.status().code, StatusCode::invalid_argument) << key;
    EXPECT_THAT(request.status().message, HasSubstr("app_metadata")) << key;
  }
  EXPECT_TRUE(decode_request(request_with(pair_tlv("az09._-", ""))).ok());
  EXPECT_TRUE(decode_request(request_with(pair_tlv(std::string(64, 'k'), ""))).ok());
}

TEST(AppMetadata, AKeyThatPassesTheEndOfItsTlvIsAProtocolError) {
  EXPECT_FALSE(decode_request(request_with(wire::tlv(app_metadata, wire::u8(3) + wire::text("ab")))).ok());
  EXPECT_TRUE(decode_request(request_with(wire::tlv(app_metadata, wire::u8(2) + wire::text("ab")))).ok());
}

TEST(AppMetadata, AValueHasAtMost1024Bytes) {
  EXPECT_TRUE(decode_request(request_with(pair_tlv("k", std::string(1024, 'v')))).ok());
  EXPECT_FALSE(decode_request(request_with(pair_tlv("k", std::string(1025, 'v')))).ok());
}

TEST(AppMetadata, AFrameHasAtMost32Pairs) {
  wire::Bytes meta = request_with({});
  for (int i = 0; i < 32; ++i) meta = meta + pair_tlv("k", "");
  EXPECT_EQ(decode_request(meta).value().app_metadata.size(), 32u);
  EXPECT_FALSE(decode_request(meta + pair_tlv("k", "")).ok());
}

TEST(AppMetadata, AFrameHasAtMost4096BytesOfKeysAndValues) {
  wire::Bytes meta = request_with({});
  for (int i = 0; i < 4; ++i) meta = meta + pair_tlv("k", std::string(1022, 'v'));
  EXPECT_TRUE(decode_request(meta + pair_tlv("key", "v")).ok());
  EXPECT_FALSE(decode_request(meta + pair_tlv("key", "vv")).ok());
}

TEST(AppMetadataList, RefusesWhatAReceiverWouldRefuse) {
  AppMetadataList list;

  EXPECT_EQ(list.add("", "v").code, StatusCode::invalid_argument);
  EXPECT_EQ(list.add("Key", "v").code, StatusCode::invalid_argument);
  EXPECT_EQ(list.add("k", std::string(1025, 'v')).code, StatusCode::invalid_argument);
  EXPECT_TRUE(list.empty());
}

TEST(AppMetadataList, HoldsExactly32PairsAndExactly4096Bytes) {
  AppMetadataList many;
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(many.add("k", "").ok());
  EXPECT_FALSE(many.add("k", "").ok());
  AppMetadataList large;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(large.add("k", std::string(1023, 'v')).ok());
  EXPECT_FALSE(large.add("k", "").ok());
}

TEST(AppMetadataList, KeepsACopyOfPairsThatWereReceived) {
  AppMetadataList list;
  {
    const wire::Bytes meta = request_with(pair_tlv("a", "1"));
    list.assign(decode_request(meta).value().app_metadata);
  }

  EXPECT_THAT(pairs_of(list.view()), ElementsAre(MetadataPair{"a", "1"}));
}

}  // namespace
}  // namespace plugbroker::protocol
