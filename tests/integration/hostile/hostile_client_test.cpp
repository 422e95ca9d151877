// SPDX-License-Identifier: Apache-2.0
// A client that means harm. Meanwhile everybody else is served, the admin pipe answers, and afterwards nothing is left
// but lines of the log that say who it was. Under Wine the innocent caller is the same user as the culprit, so that he
// shares his quotas too.
#include <gmock/gmock.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/own_account.h"
#include "tests/integration/hostile/forged_texts.h"
#include "tests/integration/hostile/hostile_scene.h"

namespace plugbroker::hostile {
namespace {

using harness::own_sid;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class HostileClient : public HostileScene {
 protected:
  /// Runs the attack until others have made their calls, and checks what they found. Returns the last one.
  Attacker survive_attack(const std::string& name, unsigned size, unsigned warm_up_size) {
    Attacker last;
    const Aftermath aftermath =
        survive([&] { last = attack(name, size); }, [&] { static_cast<void>(attack(name, warm_up_size)); });
    expect_nobody_else_suffered(aftermath);
    return last;
  }
  Attacker survive_attack(const std::string& name, unsigned size = 1) { return survive_attack(name, size, size); }

  /// Of an attack by frames that break the protocol: each was answered as it has to be, and the log names who sent
  /// them.
  void expect_each_offence_answered(const Attacker& culprit) {
    EXPECT_GT(culprit.told.at("offences"), 0u);
    EXPECT_EQ(culprit.told.at("answered_rightly"), culprit.told.at("offences"));
    expect_named("protocol_error", culprit, own_sid());
  }
};

TEST_F(HostileClient, AFloodOfConnectionsIsHeldAtItsUsersQuota) {
  constexpr unsigned quota = 100;
  start("serve", {{"quotas", {{"max_sessions", quota}, {"hello_burst", 100'000}, {"hello_rate", 100'000}}}});

  const Attacker culprit = survive_attack("flood-connections", 4 * quota);

  EXPECT_LE(culprit.told.at("opened"), quota);
  EXPECT_GE(culprit.told.at("refused"), 3 * quota);
  expect_named("quota_exceeded", culprit, own_sid());
}

TEST_F(HostileClient, HalfOpenHellosAreBoundedAndNewcomersGetIn) {
  constexpr unsigned more_than_may_be = 600;
  start("serve", {{"limits", {{"hello_timeout", "1m"}}}});
  Attacker culprit;

  const Aftermath aftermath = survive([&] {
    harness::ChildProcess hostile = begin_attack("half-open", more_than_may_be);
    EXPECT_TRUE(harness::eventually(
        [&] { return hostile.output().find("in_place") != std::string::npos || !hostile.running(); }));
    EXPECT_EQ(harness::call(service(), "hostile.echo", "a newcomer").status, "ok");
    EXPECT_TRUE(hostile.running());
    hostile.kill();
    culprit.process_id = hostile.id();
    culprit.output = hostile.output();
  });

  expect_nobody_else_suffered(aftermath);
  EXPECT_THAT(culprit.output, HasSubstr("answered=0"));
  expect_named("half_open_evicted", culprit, "");
}

TEST_F(HostileClient, ASlowReaderOfRepliesAndPongsIsClosed) {
  start();

  const Attacker culprit = survive_attack("slow-reader");

  expect_named("session_overloaded", culprit, own_sid());
}

TEST_F(HostileClient, ASlowWriterIsClosedByTheHelloTimeoutAndItsCallByTheDeadline) {
  constexpr std::uint64_t deadline_exceeded = 4;
  start("serve", {{"limits", {{"hello_timeout", "300ms"}}}});

  const Attacker culprit = survive_attack("slow-writer");

  EXPECT_EQ(culprit.told.at("answers_to_half_a_hello"), 0u);
  EXPECT_EQ(culprit.told.at("status_of_an_endless_request"), deadline_exceeded);
  expect_named("hello_timeout", culprit, "");
}

TEST_F(HostileClient, LyingLengthsAreToldAndClosed) {
  start();

  const Attacker culprit = survive_attack("lying-lengths");

  expect_each_offence_answered(culprit);
  expect_named("session_closed", culprit, own_sid());  // In the middle of a frame.
}

TEST_F(HostileClient, StreamIdsUsedAgainAreToldAndClosed) {
  start();

  expect_each_offence_answered(survive_attack("stream-id-reuse"));
}

TEST_F(HostileClient, OverflownCreditIsToldAndClosed) {
  start("serve", {{"flow_control", {{"stream_window_bytes", 32'768}}}});

  expect_each_offence_answered(survive_attack("credit-overflow"));
}

TEST_F(HostileClient, AHundredThousandCancelsHoldUpNobody) {
  constexpr unsigned cancels = 100'000;
  start();

  const Attacker culprit = survive_attack("cancels", cancels, 2'000);

  EXPECT_EQ(culprit.told.at("ended"), cancels);
  EXPECT_EQ(culprit.told.at("cancelled"), cancels);
  expect_named("many_cancels", culprit, own_sid());
}

TEST_F(HostileClient, GiantMetadataPassesUpToItsLimitAndNoFurther) {
  start();

  expect_each_offence_answered(survive_attack("giant-metadata"));
}

TEST_F(HostileClient, RouteNamesLikePathsOrLinesOfTheLogAreRefusedAndForgeNothing) {
  start("serve", {{"log", {{"level", "debug"}}}});

  const Attacker culprit = survive_attack("route-names");

  EXPECT_EQ(culprit.told.at("names"), forged_texts().size());
  EXPECT_EQ(culprit.told.at("refused"), forged_texts().size());
  expect_named("bad_route", culprit, own_sid());
  expect_named("client_complains", culprit, own_sid());
  for (const LogLine& line : whole_log()) {
    EXPECT_THAT(line.event, Not(HasSubstr("FORGED")));
    if (line.field("message").find("FORGED") == std::string::npos) continue;
    EXPECT_THAT(line.field("sid") + line.field("session"), Not(testing::IsEmpty())) << line.event;
    EXPECT_THAT(line.field("sid"), AnyOf("", own_sid()));
  }
  const std::string log = service().log();
  EXPECT_EQ(log.find('\x1b'), std::string::npos);
  EXPECT_EQ(log.find('\0'), std::string::npos);
  EXPECT_EQ(log.find("\xE2\x80\xA8"), std::string::npos);
  EXPECT_EQ(log.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_EQ(log.find("\xC2\x85"), std::string::npos);
}

}  // namespace
}  // namespace plugbroker::hostile
