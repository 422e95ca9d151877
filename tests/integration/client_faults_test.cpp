// SPDX-License-Identifier: Apache-2.0
// Clients that say nothing, die in the middle, or ask for what there is not; and payloads at both ends of what is
// allowed.
#include <gmock/gmock.h>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/fault_exposure.h"
#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::harness {
namespace {

using testing::Each;
using testing::Eq;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t largest_payload = 64u << 20;

/// Text whose every part differs from the others, so that a mix-up of chunks shows.
std::string numbered_text(std::size_t size) {
  std::string text;
  text.reserve(size + 16);
  for (unsigned i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

class ClientFaults : public testing::Test {
 protected:
  ClientFaults() { service_.start(); }

  unsigned outcomes(const char* status) const {
    return service_.status().at("calls_by_status").at(status).to_number<unsigned>();
  }

  /// Calls that a worker of the pool for this purpose holds; the background caller never uses it.
  unsigned calls_sleeping() const {
    return service_.pool("sleepers").at("workers").as_array().at(0).at("calls_in_progress").to_number<unsigned>();
  }

  InstalledService service_{
      {.pools = {documents_pool(workers(2)), sleepers_pool(), misbehaving_pool("echo", {"secret.route"})},
       .top = {{"limits", {{"hello_timeout", "300ms"}}}}}};
};

TEST_F(ClientFaults, AClientThatSaysNothingIsClosedAfterTheHelloTimeout) {
  std::vector<std::size_t> answers;
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient silent(service_.pipe());
    answers.push_back(silent.read_until_closed().size());
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(answers, Each(0u));
  EXPECT_EQ(service_.logged({"hello_timeout"}, exposure.faults), exposure.faults);
}

TEST_F(ClientFaults, AClientThatVanishesWhileItSendsItsRequestLeavesNothing) {
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient client(service_.pipe());
    client.open_session();
    client.send(wire::request_frame(1, "echo", std::string(65536, 'x'), wire::more));
    client.vanish();
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_TRUE(eventually([&] { return outcomes("cancelled") >= exposure.faults; }));
}

TEST_F(ClientFaults, AClientProcessKilledInTheMiddleOfItsCallLeavesNothing) {
  const Exposure exposure = expose(service_, [&] {
    SingleCall dying(service_, "sleep", "60000", std::chrono::minutes{2});
    EXPECT_TRUE(eventually([&] { return calls_sleeping() == 1; }));
    dying.kill();
    EXPECT_TRUE(eventually([&] { return calls_sleeping() == 0; }));
  });

  expect_only_the_culprit_suffered(exposure);
}

TEST_F(ClientFaults, AnUnknownRouteIsNotFoundAndTheAnswerNamesNoOther) {
  std::vector<CallReport> answers;
  const Exposure exposure = expose(service_, [&] { answers.push_back(call(service_, "no.such.route", "x")); });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(answers, Each(Field(&CallReport::status, "not_found")));
  EXPECT_THAT(answers, Each(Field(&CallReport::retry, "never")));
  EXPECT_THAT(answers, Each(Field(&CallReport::origin, "broker")));
  EXPECT_THAT(answers, Each(Field(&CallReport::worker_received, false)));
  EXPECT_THAT(answers, Each(Field(&CallReport::message, HasSubstr("no such route"))));
  EXPECT_THAT(answers, Each(Field(&CallReport::message, Not(HasSubstr("secret")))));
  EXPECT_THAT(answers, Each(Field(&CallReport::message, Not(HasSubstr("echo")))));
  EXPECT_EQ(outcomes("not_found"), exposure.faults);
}

TEST_F(ClientFaults, AnEmptyPayloadComesBackEmpty) {
  std::vector<CallReport> answers;
  const Exposure exposure = expose(service_, [&] { answers.push_back(call(service_, "echo", "")); });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(answers, Each(Field(&CallReport::status, "ok")));
  EXPECT_THAT(answers, Each(Field(&CallReport::reply, Eq(""))));
}

TEST_F(ClientFaults, APayloadOf64MiBGoesThereAndBack) {
  const std::string largest = numbered_text(largest_payload);
  std::vector<bool> same;
  const Exposure exposure = expose(service_, [&] {
    const CallReport answer = call(service_, "echo", largest, std::chrono::minutes{2});
    same.push_back(answer.status == "ok" && answer.reply == largest);
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(same, Each(true));
}

TEST_F(ClientFaults, OneByteMoreThan64MiBIsRefused) {
  const std::string too_large(largest_payload + 1, 'x');
  std::vector<CallReport> answers;
  const Exposure exposure =
      expose(service_, [&] { answers.push_back(call(service_, "echo", too_large, std::chrono::minutes{2})); });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(answers, Each(Field(&CallReport::status, "resource_exhausted")));
  EXPECT_THAT(answers, Each(Field(&CallReport::retry, "never")));
  EXPECT_THAT(answers, Each(Field(&CallReport::message, HasSubstr("67108864"))));
}

TEST_F(ClientFaults, ARawClientThatSendsMoreThan64MiBIsRefusedByTheBroker) {
  std::vector<std::uint64_t> statuses;
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient client(service_.pipe());
    client.open_session();
    statuses.push_back(client.send_large(1, "echo", largest_payload + 1).number(0x0040));
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(statuses, Each(8u));  // resource_exhausted
  EXPECT_EQ(outcomes("resource_exhausted"), exposure.faults);
}

}  // namespace
}  // namespace plugbroker::harness
