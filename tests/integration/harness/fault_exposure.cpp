// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/fault_exposure.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::harness {
namespace {

/// What the leak check says while one session holds one call that does not end.
std::vector<std::string> leaks_seen_in_twin(const BrokerCensus& before, const InstalledService& service) {
  RawPipeClient twin(service.pipe());
  twin.open_session();
  twin.send(wire::request_frame(1, "sleep", "60000", wire::end_stream, 60'000'000));
  if (!eventually([&] { return take_census(service).calls_in_progress > before.calls_in_progress; })) {
    throw HarnessError("the twin's call did not arrive");
  }
  return leaks(before, take_census(service));
}

}  // namespace

Exposure expose(const InstalledService& service, const std::function<void()>& fault) {
  Exposure result;
  const auto run_fault = [&] {
    fault();
    ++result.faults;
  };
  if (call(service, "echo", "warming up").status != "ok")
    throw HarnessError("the service does not work:\n" + service.log());
  run_fault();
  result.leaks = leaks_of(service, [&] {
    BackgroundCaller others(service);
    const std::uint64_t enough = others.finished() + calls_of_others;
    do {
      run_fault();
    } while (others.finished() < enough && others.running());
    std::ranges::move(others.stop(), std::back_inserter(result.others));
  });
  result.seen_by_twin = leaks_seen_in_twin(census_at_rest(service), service);
  return result;
}

void expect_only_the_culprit_suffered(const Exposure& exposure) {
  using testing::Contains;
  using testing::Each;
  using testing::Field;
  using testing::StartsWith;
  EXPECT_GE(exposure.others.size(), calls_of_others);
  EXPECT_THAT(exposure.others, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(exposure.others, Each(Field(&CallReport::payload_name, StartsWith("background-"))));
  EXPECT_THAT(exposure.leaks, testing::IsEmpty());
  EXPECT_THAT(exposure.seen_by_twin, Contains(StartsWith("handles: ")));
  EXPECT_THAT(exposure.seen_by_twin, Contains(StartsWith("sessions: ")));
  EXPECT_THAT(exposure.seen_by_twin, Contains(StartsWith("calls in progress: ")));
  EXPECT_THAT(exposure.seen_by_twin, Contains(StartsWith("calls without an outcome: ")));
}

}  // namespace plugbroker::harness
