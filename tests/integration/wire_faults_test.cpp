// SPDX-License-Identifier: Apache-2.0
// What comes over the public pipe is wrong. The one who sent it is told and closed; everybody else is served.
#include <gmock/gmock.h>

#include <random>

#include "tests/integration/harness/fault_exposure.h"
#include "tests/integration/harness/raw_pipe_client.h"

namespace plugbroker::harness {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

class WireFaults : public testing::Test {
 protected:
  WireFaults() { service_.start(); }

  /// Sends `bytes` instead of a HELLO; returns what the broker answers before it closes.
  std::vector<RawFrame> answer_before_opening(std::string_view bytes) {
    RawPipeClient client(service_.pipe());
    client.send(bytes);
    return client.read_until_closed();
  }

  /// Sends `bytes` in an open session; returns the sentence of the GOAWAY that must be the last frame.
  std::string goaway_after_opening(std::string_view bytes) {
    RawPipeClient client(service_.pipe());
    client.open_session();
    client.send(bytes);
    const std::vector<RawFrame> frames = client.read_until_closed();
    if (frames.empty() || frames.back().header.type != wire::goaway) return "(no GOAWAY)";
    return std::to_string(frames.back().number(0x0040)) + " " + frames.back().text(0x0044);
  }

  /// Exposes the service to a frame that breaks an open session, and compares what everybody is told about it.
  void expect_goaway(std::string_view bytes, const std::string& reason) {
    std::vector<std::string> told;
    const Exposure exposure = expose(service_, [&] { told.push_back(goaway_after_opening(bytes)); });

    expect_only_the_culprit_suffered(exposure);
    EXPECT_THAT(told, Each(HasSubstr(reason)));
    EXPECT_THAT(told, Each(testing::StartsWith("3 ")));  // invalid_argument
    EXPECT_EQ(service_.status().at("protocol_errors").to_number<unsigned>(), exposure.faults);
    EXPECT_EQ(service_.logged({"protocol_error", reason}, exposure.faults), exposure.faults);
  }

  /// The same for bytes that come before HELLO: no word is answered.
  void expect_silent_close(std::string_view bytes, const std::string& reason) {
    std::vector<std::size_t> answers;
    const Exposure exposure = expose(service_, [&] { answers.push_back(answer_before_opening(bytes).size()); });

    expect_only_the_culprit_suffered(exposure);
    EXPECT_THAT(answers, Each(0u));
    EXPECT_EQ(service_.status().at("protocol_errors").to_number<unsigned>(), exposure.faults);
    EXPECT_EQ(service_.logged({"protocol_error", reason}, exposure.faults), exposure.faults);
  }

  InstalledService service_{{.pools = {documents_pool(), sleepers_pool()}}};
};

TEST_F(WireFaults, WrongMagicBeforeHelloIsClosedAtOnce) {
  expect_silent_close(wire::bytes({.magic = 0x5450, .type = wire::hello}),
                      "the frame does not begin with the magic number");
}

TEST_F(WireFaults, WrongMagicInASessionIsToldAndClosed) {
  expect_goaway(wire::bytes({.magic = 0x5450}), "the frame does not begin with the magic number");
}

TEST_F(WireFaults, UnknownHeaderVersionIsClosedAtOnce) {
  expect_silent_close(wire::bytes({.version = 2, .type = wire::hello}), "the header version is not 1");
}

TEST_F(WireFaults, UnknownWireVersionIsRefusedWithWhatTheBrokerSpeaks) {
  std::vector<RawFrame> answers;
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient client(service_.pipe());
    client.send(wire::client_hello(2, 7));
    answers.push_back(client.read_until(wire::hello_ack));
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_EQ(answers.back().number(0x0010), 9u);  // failed_precondition
  EXPECT_EQ(answers.back().number(0x0002), 1u);
  EXPECT_EQ(answers.back().number(0x0003), 1u);
  EXPECT_THAT(answers.back().text(0x0044), testing::AllOf(HasSubstr("2"), HasSubstr("7"), HasSubstr("1")));
  EXPECT_EQ(service_.logged({"session_refused"}, exposure.faults), exposure.faults);
}

TEST_F(WireFaults, OversizedHelloMetadataIsClosedBeforeItIsRead) {
  expect_silent_close(wire::bytes({.type = wire::hello, .meta_len = 4097}), "the metadata is longer than allowed");
}

TEST_F(WireFaults, OversizedRequestMetadataIsToldAndClosed) {
  expect_goaway(
      wire::bytes(
          {.type = wire::request, .flags = wire::end_stream, .meta_len = 8193, .stream = 1, .deadline_us = 1'000'000}),
      "the metadata is longer than allowed");
}

TEST_F(WireFaults, OversizedFramePayloadIsToldAndClosed) {
  expect_goaway(wire::bytes({.type = wire::request,
                             .flags = wire::end_stream,
                             .payload_len = 65537,
                             .stream = 1,
                             .deadline_us = 1'000'000}),
                "the payload is longer than the largest chunk");
}

TEST_F(WireFaults, AHeaderWithEveryFieldAtItsMaximumIsToldAndClosed) {
  std::string header(wire::header_size, '\xFF');
  header.replace(0, 4, wire::bytes({.type = wire::request}).substr(0, 4));
  expect_goaway(header, "the reserved field is not zero");
}

TEST_F(WireFaults, AHeaderCutOffByTheClientsEndLeavesNothing) {
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient client(service_.pipe());
    client.open_session();
    client.send(wire::request_frame(1, "echo", "half").substr(0, 17));
    client.vanish();
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_GE(service_.logged({"session_closed", "in the middle of a frame"}, exposure.faults), exposure.faults);
}

TEST_F(WireFaults, APayloadCutOffByTheClientsEndLeavesNothing) {
  const Exposure exposure = expose(service_, [&] {
    RawPipeClient client(service_.pipe());
    client.open_session();
    const std::string whole = wire::request_frame(1, "echo", std::string(60'000, 'x'));
    client.send(std::string_view(whole).substr(0, whole.size() / 2));
    client.vanish();
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_GE(service_.logged({"session_closed", "in the middle of a frame"}, exposure.faults), exposure.faults);
}

TEST_F(WireFaults, GarbageInsteadOfHelloIsClosedAtOnce) {
  std::mt19937 random(20'240'229);
  std::vector<std::size_t> answers;
  const Exposure exposure = expose(service_, [&] {
    std::string garbage(4096, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random());
    answers.push_back(answer_before_opening(garbage).size());
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(answers, Each(0u));
  EXPECT_EQ(service_.logged({"protocol_error"}, exposure.faults), exposure.faults);
}

TEST_F(WireFaults, GarbageInASessionIsToldAndClosed) {
  std::mt19937 random(20'240'301);
  std::vector<std::string> told;
  const Exposure exposure = expose(service_, [&] {
    std::string garbage(4096, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random());
    garbage[0] = '\0';
    told.push_back(goaway_after_opening(garbage));
  });

  expect_only_the_culprit_suffered(exposure);
  EXPECT_THAT(told, Each(HasSubstr("the frame does not begin with the magic number")));
}

TEST_F(WireFaults, AFrameForAStreamThatWasNeverOpenedIsToldAndClosed) {
  expect_goaway(wire::frame({.type = wire::data, .flags = wire::end_stream, .stream = 5}, {}, "lost"), "stream");
}

TEST_F(WireFaults, MoreCreditSpentThanGrantedIsToldAndClosed) {
  std::string flood = wire::request_frame(1, "sleep", std::string(65536, 'x'), wire::more, 30'000'000);
  for (int i = 0; i < 5; ++i)
    flood += wire::frame({.type = wire::data, .flags = wire::more, .stream = 1}, {}, std::string(65536, 'x'));
  expect_goaway(flood, "credit");
}

}  // namespace
}  // namespace plugbroker::harness
