// SPDX-License-Identifier: Apache-2.0
#include "broker_core/protocol/negotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plugbroker::protocol {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr InstanceId instance{std::byte{1}, std::byte{2}};

PeerDescription speaking(std::uint16_t low, std::uint16_t high) {
  PeerDescription peer;
  peer.wire_version_min = low;
  peer.wire_version_max = high;
  return peer;
}

PeerDescription with_features(std::uint64_t supported, std::uint64_t required) {
  PeerDescription peer;
  peer.features_supported = supported;
  peer.features_required = required;
  return peer;
}

HelloAck answer(const PeerDescription& client, const PeerDescription& server) {
  return answer_hello({.role = Role::client, .peer = client}, server, instance);
}

TEST(Negotiation, TheHighestCommonVersionHolds) {
  EXPECT_EQ(answer(speaking(1, 1), speaking(1, 1)).wire_version, 1);
  EXPECT_EQ(answer(speaking(1, 5), speaking(2, 4)).wire_version, 4);
  EXPECT_EQ(answer(speaking(2, 3), speaking(1, 9)).wire_version, 3);
  EXPECT_EQ(answer(speaking(1, 2), speaking(2, 3)).wire_version, 2);
}

TEST(Negotiation, AnAcceptanceTellsTheServersLimitsAndInstance) {
  PeerDescription server;
  server.limits.max_streams = 7;
  server.library_name = "broker";

  const HelloAck ack = answer({}, server);

  EXPECT_TRUE(ack.result.ok());
  EXPECT_EQ(ack.instance_id, instance);
  EXPECT_EQ(ack.peer, server);
}

TEST(Negotiation, WithoutACommonVersionTheRefusalNamesWhatEachSideSpeaks) {
  const HelloAck newer = answer(speaking(5, 6), speaking(1, 2));
  const HelloAck older = answer(speaking(1, 2), speaking(3, 4));

  EXPECT_EQ(newer.result.code, StatusCode::failed_precondition);
  EXPECT_EQ(newer.result.message, "no common wire version: the client speaks 5 to 6, the server 1 to 2");
  EXPECT_EQ(newer.peer.wire_version_min, 1);
  EXPECT_EQ(newer.peer.wire_version_max, 2);
  EXPECT_EQ(older.result.code, StatusCode::failed_precondition);
}

TEST(Negotiation, ARangeTurnedUpsideDownHasNoCommonVersion) {
  EXPECT_EQ(answer(speaking(2, 1), speaking(1, 2)).result.code, StatusCode::failed_precondition);
}

TEST(Negotiation, AFeatureTheClientRequiresAndTheServerLacksIsARefusal) {
  const HelloAck ack = answer(with_features(0b1011, 0b1010), with_features(0b0010, 0));

  EXPECT_EQ(ack.result.code, StatusCode::failed_precondition);
  EXPECT_EQ(ack.result.message, "the client requires features that the server lacks: bit 3");
}

TEST(Negotiation, AFeatureTheServerRequiresAndTheClientLacksIsARefusal) {
  const HelloAck ack = answer({}, with_features(~0ull, 0x8000000000000001));

  EXPECT_EQ(ack.result.code, StatusCode::failed_precondition);
  EXPECT_EQ(ack.result.message, "the server requires features that the client lacks: bit 0, 63");
}

TEST(Negotiation, FeaturesThatOnlyOneSideHasDoNotHinder) {
  EXPECT_TRUE(answer(with_features(0b01, 0b01), with_features(0b11, 0)).result.ok());
  EXPECT_TRUE(answer(with_features(0b11, 0), with_features(0b01, 0b01)).result.ok());
}

TEST(Negotiation, ARefusalForAnotherReasonTellsTheReasonAndTheVersions) {
  const HelloAck ack = refuse_hello({StatusCode::resource_exhausted, "too many sessions"}, speaking(1, 3));

  EXPECT_EQ(ack.result, (Status{StatusCode::resource_exhausted, "too many sessions"}));
  EXPECT_EQ(ack.peer, speaking(1, 3));
}

TEST(NegotiationDeathTest, ARefusalHasAReason) {
  EXPECT_DEATH(static_cast<void>(refuse_hello({}, {})), "broken invariant");
}

TEST(Negotiation, AClientGoesOnByAnAnswerThatFitsItsOffer) {
  const PeerDescription own = speaking(1, 3);

  EXPECT_TRUE(check_hello_ack(answer(own, speaking(2, 5)), own).ok());
}

TEST(Negotiation, AClientIsToldWhyItWasRefusedAndWhatTheServerSpeaks) {
  const Status status = check_hello_ack(refuse_hello({StatusCode::unavailable, "stopping"}, speaking(2, 4)), {});

  EXPECT_EQ(status.code, StatusCode::unavailable);
  EXPECT_EQ(status.message, "stopping (the server speaks wire version 2 to 4)");
}

TEST(Negotiation, AnAnswerWithAVersionThatWasNotOfferedIsRefused) {
  HelloAck ack = answer({}, {});
  ack.wire_version = 2;
  EXPECT_EQ(check_hello_ack(ack, {}).code, StatusCode::failed_precondition);
  ack.wire_version = 0;
  EXPECT_EQ(check_hello_ack(ack, {}).code, StatusCode::failed_precondition);
}

TEST(Negotiation, AnAnswerThatRequiresAFeatureTheClientLacksIsRefused) {
  HelloAck ack = answer({}, {});
  ack.peer.features_required = 4;

  EXPECT_EQ(check_hello_ack(ack, {}).code, StatusCode::failed_precondition);
  EXPECT_THAT(check_hello_ack(ack, {}).message, HasSubstr("bit 2"));
}

TEST(ForwardedDeadline, KeepsFivePercentForThisHop) {
  EXPECT_EQ(forwarded_deadline(100ms), 95ms);
  EXPECT_EQ(forwarded_deadline(20us), 19us);
}

TEST(ForwardedDeadline, KeepsAtMostTwentyMilliseconds) {
  EXPECT_EQ(forwarded_deadline(400ms), 380ms);
  EXPECT_EQ(forwarded_deadline(401ms), 381ms);
  EXPECT_EQ(forwarded_deadline(24h), 24h - 20ms);
}

TEST(ForwardedDeadline, IsAtLeastAMicrosecond) {
  EXPECT_EQ(forwarded_deadline(1us), 1us);
  EXPECT_EQ(forwarded_deadline(0us), 1us);
  EXPECT_EQ(forwarded_deadline(-5s), 1us);
}

}  // namespace
}  // namespace plugbroker::protocol
