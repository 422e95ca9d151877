// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/open_failure.h"

#include <gmock/gmock.h>

namespace plugbroker::client {
namespace {

using Kind = ConnectFailureKind;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string pipe = R"(\\.\pipe\P)";

TEST(OpenFailure, OfABusyPipeOfAServiceThatStopsEndsACallAtOnce) {
  const ConnectFailure failure = pipe_is_busy(pipe, "S", ServiceState::stopping);

  EXPECT_EQ(failure.kind, Kind::stopped);
  EXPECT_EQ(failure.code(), StatusCode::unavailable);
  EXPECT_EQ(rule_of(failure.kind).attempts, 1u);
  EXPECT_THAT(failure.message, HasSubstr("'S' is stopping"));
}

TEST(OpenFailure, OfABusyPipeOfAServiceThatRunsIsWaitedOut) {
  const ConnectFailure failure = pipe_is_busy(pipe, "S", ServiceState::running);

  EXPECT_EQ(failure.kind, Kind::busy);
  EXPECT_EQ(rule_of(failure.kind).attempts, 0u);
  EXPECT_THAT(failure.message, Not(HasSubstr("stopping")));
}

TEST(OpenFailure, OfABusyPipeWhoseServiceCantBeAskedSaysThatItMayBeStopping) {
  for (const ServiceState state : {ServiceState::not_installed, ServiceState::stopped, ServiceState::unknown}) {
    const ConnectFailure failure = pipe_is_busy(pipe, "S", state);

    EXPECT_EQ(failure.kind, Kind::busy);
    EXPECT_THAT(failure.message, HasSubstr("busy or stopping"));
  }
}

TEST(OpenFailure, WithoutAPipeIsWhatTheServicesStateSays) {
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::not_installed).kind, Kind::not_installed);
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::stopped).kind, Kind::stopped);
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::stopping).kind, Kind::stopped);
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::starting).kind, Kind::starting);
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::running).kind, Kind::unreachable);
  EXPECT_EQ(no_such_pipe(pipe, "S", ServiceState::unknown).kind, Kind::unreachable);
}

TEST(OpenFailure, OfAnOwnerThatIsNotTrustedNamesTheVariableThatCanTrustHim) {
  const ConnectFailure failure = owner_is_not_trusted(pipe, "S-1-5-21-7");

  EXPECT_EQ(failure.kind, Kind::wrong_owner);
  EXPECT_THAT(failure.message, HasSubstr("S-1-5-21-7, which is not trusted: nothing was sent"));
  EXPECT_THAT(failure.message, HasSubstr("PLUGBROKER_TRUSTED_OWNERS"));
}

}  // namespace
}  // namespace plugbroker::client
