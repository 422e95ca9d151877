// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_outcome.h"

#include <gtest/gtest.h>

namespace plugbroker::admin_cli {
namespace {

TEST(ControlOutcome, IsNotReachableWhenTheLibraryFoundNobody) {
  for (const StatusCode code : {StatusCode::unavailable, StatusCode::failed_precondition, StatusCode::permission_denied,
                                StatusCode::deadline_exceeded}) {
    EXPECT_EQ(exit_code_of({.code = code}), ExitCode::not_reachable) << to_string(code);
  }
}

TEST(ControlOutcome, IsAFailedCallWhenAServiceAnsweredOrMayHaveHadIt) {
  EXPECT_EQ(exit_code_of({.code = StatusCode::unavailable, .origin = Origin::broker}), ExitCode::call_failed);
  EXPECT_EQ(exit_code_of({.code = StatusCode::internal, .origin = Origin::worker}), ExitCode::call_failed);
  EXPECT_EQ(exit_code_of({.code = StatusCode::unavailable, .worker_received = true}), ExitCode::call_failed);
  EXPECT_EQ(exit_code_of({.code = StatusCode::invalid_argument, .origin = Origin::worker}), ExitCode::call_failed);
}

TEST(ControlOutcome, IsAMistakeOfTheCommandLineWhenTheLibraryCanMakeNothingOfIt) {
  EXPECT_EQ(exit_code_of({.code = StatusCode::invalid_argument}), ExitCode::usage);
}

TEST(ControlOutcome, OfAnAdministratorSaysWhenThePipeIsTheOneForPlugins) {
  const std::string pipe = R"(\\.\pipe\P)";

  EXPECT_EQ(admin_failure_text(
                {.code = StatusCode::not_found, .origin = Origin::broker, .message = "no such route: 'status'"}, pipe),
            R"(not_found from the broker (retry: never): no such route: 'status'; \\.\pipe\P is the pipe for plugins, )"
            "and this is asked of the admin pipe (admin_pipe in the configuration)");
  EXPECT_EQ(admin_failure_text({.code = StatusCode::unavailable, .origin = Origin::broker}, pipe),
            failure_text({.code = StatusCode::unavailable, .origin = Origin::broker}));
  const CallFailure unknown_pool{.code = StatusCode::not_found, .origin = Origin::broker, .message = "no pool \"x\""};
  EXPECT_EQ(admin_failure_text(unknown_pool, pipe), failure_text(unknown_pool));
}

TEST(ControlOutcome, SaysItInOneLine) {
  EXPECT_EQ(failure_text({.code = StatusCode::not_found, .origin = Origin::broker, .message = "no\nroute"}),
            R"(not_found from the broker (retry: never): no\nroute)");
  EXPECT_EQ(failure_text({.code = StatusCode::internal, .origin = Origin::worker, .worker_received = true}),
            "internal from the worker (retry: never, a worker may have had it)");
}

TEST(ControlOutcome, SaysWhenToTryAgain) {
  using namespace std::chrono_literals;
  CallFailure failure{.code = StatusCode::unavailable,
                      .origin = Origin::broker,
                      .retry = RetryClass::after_backoff,
                      .retry_after = 10us};

  EXPECT_EQ(failure_text(failure), "unavailable from the broker (retry: after_backoff, in 1ms)");
  failure.retry_after = 5'000'001us;
  EXPECT_EQ(failure_text(failure), "unavailable from the broker (retry: after_backoff, in 6s)");
}

}  // namespace
}  // namespace plugbroker::admin_cli
