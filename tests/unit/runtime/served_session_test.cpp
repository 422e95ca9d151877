// SPDX-License-Identifier: Apache-2.0
#include "broker_core/runtime/served_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/runtime/fakes/wire_peer.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;
using protocol::FrameType;
using test::first_outcome;

constexpr TimePoint opened{1h};
constexpr std::size_t any_size = limits::max_write_bytes;

class EchoHandler final : public RequestHandler {
 public:
  std::variant<ServedReply, SlowReply> serve(const ServedRequest& request) override {
    routes.emplace_back(request.route);
    requests.emplace_back(as_text(request.payload));
    return reply;
  }

  std::vector<std::string> routes;
  std::vector<std::string> requests;
  ServedReply reply{.status = {}, .content_type = "application/json", .payload = "{}"};
};

class ServedSessionTest : public testing::Test {
 protected:
  void send(const std::vector<std::byte>& bytes) { session_.receive(ByteView{bytes}, opened); }
  std::vector<std::byte> output(std::size_t max_bytes = any_size) {
    std::vector<std::byte> bytes;
    session_.take_output(bytes, max_bytes);
    return bytes;
  }
  void open(protocol::PeerLimits limits = {}) {
    send(test::hello(protocol::Role::client, limits));
    EXPECT_TRUE(test::hello_ack_in(output()).result.ok());
  }

  EchoHandler handler_;
  ServedSession session_{protocol::PeerDescription{}, protocol::InstanceId{}, handler_, {}, opened};
};

TEST_F(ServedSessionTest, TellsTheClientItsTightLimits) {
  send(test::hello(protocol::Role::client));

  const auto ack = test::hello_ack_in(output());
  EXPECT_TRUE(ack.result.ok());
  EXPECT_EQ(ack.peer.limits.max_streams, 16u);
  EXPECT_EQ(ack.peer.limits.max_payload, 64u * 1024);
}

TEST_F(ServedSessionTest, AnswersARequestWithItsReplyAndEnd) {
  open();

  send(test::request(1, "status", "question"));

  const auto bytes = output();
  EXPECT_EQ(handler_.routes, std::vector<std::string>{"status"});
  EXPECT_EQ(handler_.requests, std::vector<std::string>{"question"});
  EXPECT_EQ(test::reply_of(bytes, 1), "{}");
  EXPECT_EQ(first_outcome(bytes).status, StatusCode::ok);
  EXPECT_EQ(first_outcome(bytes).content_type, "application/json");
}

TEST_F(ServedSessionTest, AnswersBytesThatComeOneByOne) {
  std::vector<std::byte> all = test::hello(protocol::Role::client);
  const auto request = test::request(1, "status", "question");
  all.insert(all.end(), request.begin(), request.end());

  for (const std::byte byte : all) send({byte});

  EXPECT_EQ(first_outcome(output()).status, StatusCode::ok);
}

TEST_F(ServedSessionTest, JoinsARequestOfSeveralFrames) {
  open();

  send(test::request(1, "status", "one ", protocol::flag_more));
  send(test::data(1, protocol::flag_more, "two "));
  send(test::data(1, protocol::flag_end_stream, "three"));

  EXPECT_EQ(handler_.requests, std::vector<std::string>{"one two three"});
}

TEST_F(ServedSessionTest, SendsAnEmptyReplyAsEndAlone) {
  open();
  handler_.reply.payload.clear();

  send(test::request(1, "status", ""));

  const auto bytes = output();
  EXPECT_TRUE(test::frames_of_type(bytes, FrameType::data).empty());
  EXPECT_EQ(first_outcome(bytes).status, StatusCode::ok);
}

TEST_F(ServedSessionTest, PassesTheHandlersRefusalOn) {
  open();
  handler_.reply = {.status = {StatusCode::not_found, "no such route"}, .content_type = {}, .payload = {}};

  send(test::request(1, "what", ""));

  const auto outcome = first_outcome(output());
  EXPECT_EQ(outcome.status, StatusCode::not_found);
  EXPECT_EQ(outcome.message, "no such route");
  EXPECT_EQ(outcome.origin, Origin::broker);
}

TEST_F(ServedSessionTest, SendsALongReplyOnlyAsFarAsTheCreditGoes) {
  open({.stream_window = 10'032, .connection_window = 1'000'000});
  handler_.reply.payload = std::string(25'000, 'x');

  send(test::request(1, "status", ""));
  const auto first = output();
  send(test::window(1, 20'000));
  const auto second = output();

  EXPECT_EQ(test::reply_of(first, 1).size(), 10'000u);
  EXPECT_EQ(first_outcome(first).message, "no END");
  EXPECT_EQ(test::reply_of(second, 1).size(), 15'000u);
  EXPECT_EQ(first_outcome(second).status, StatusCode::ok);
}

TEST_F(ServedSessionTest, SendsNoMoreThanTheConnectionsCreditForAllStreams) {
  open({.stream_window = 100'000, .connection_window = 10'000});
  handler_.reply.payload = std::string(8'000, 'x');

  send(test::request(1, "status", ""));
  send(test::request(3, "status", ""));

  const auto bytes = output();
  EXPECT_EQ(test::reply_of(bytes, 1).size() + test::reply_of(bytes, 3).size(), 10'000u - 2 * 32);
}

TEST_F(ServedSessionTest, SendsAReplyOfSeveralMebibytesInBoundedWrites) {
  open({.stream_window = 8u << 20, .connection_window = 8u << 20});
  handler_.reply.payload = std::string(5u << 20, 'x');
  send(test::request(1, "status", ""));

  std::size_t total = 0;
  std::size_t largest = 0;
  for (auto bytes = output(); !bytes.empty(); bytes = output()) {
    largest = std::max(largest, bytes.size());
    total += test::reply_of(bytes, 1).size();
  }

  EXPECT_EQ(total, std::size_t{5u << 20});
  EXPECT_LE(largest, limits::max_write_bytes);
}

TEST_F(ServedSessionTest, KeepsToTheClientsLargestChunk) {
  open({.max_chunk = 4096});
  handler_.reply.payload = std::string(10'000, 'x');

  send(test::request(1, "status", ""));

  const auto frames = test::frames_of_type(output(), FrameType::data);
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].payload.size(), 4096u);
  EXPECT_EQ(frames[0].header.flags, protocol::flag_more);
  EXPECT_EQ(frames[2].header.flags, 0);
}

TEST_F(ServedSessionTest, EndsARequestThatIsTooLong) {
  open();

  send(test::request(1, "status", std::string(64 * 1024, 'x'), protocol::flag_more));
  send(test::data(1, protocol::flag_end_stream, "x"));

  EXPECT_EQ(first_outcome(output()).status, StatusCode::resource_exhausted);
  EXPECT_TRUE(handler_.requests.empty());
  EXPECT_FALSE(session_.closing());
}

TEST_F(ServedSessionTest, TakesARequestOfExactlyTheLongestLength) {
  open();

  send(test::request(1, "status", std::string(64 * 1024, 'x')));

  EXPECT_EQ(first_outcome(output()).status, StatusCode::ok);
}

TEST_F(ServedSessionTest, GivesCreditBackForARequestInTinyFrames) {
  open();
  send(test::request(1, "status", "x", protocol::flag_more));

  for (int i = 0; i < 20'000; ++i) send(test::data(1, protocol::flag_more, "x"));
  const auto bytes = output();
  send(test::data(1, protocol::flag_end_stream, "x"));

  EXPECT_FALSE(test::frames_of_type(bytes, FrameType::window).empty());
  ASSERT_EQ(handler_.requests.size(), 1u);
  EXPECT_EQ(handler_.requests[0].size(), 20'002u);
}

TEST_F(ServedSessionTest, RefusesTheSeventeenthOpenStream) {
  open();
  for (std::uint64_t stream = 1; stream <= 16; ++stream) send(test::request(stream, "status", "", protocol::flag_more));

  send(test::request(17, "status", ""));

  const auto outcome = first_outcome(output());
  EXPECT_EQ(outcome.stream, 17u);
  EXPECT_EQ(outcome.status, StatusCode::resource_exhausted);
  EXPECT_EQ(outcome.retry, RetryClass::safe);
}

TEST_F(ServedSessionTest, RefusesAReplyThatWouldTakeTooMuchMemory) {
  open({.stream_window = 5'000, .connection_window = 5'000});
  handler_.reply.payload = std::string(9u << 20, 'x');

  send(test::request(1, "status", ""));
  send(test::request(2, "status", ""));

  const auto outcome = first_outcome(output());
  EXPECT_EQ(outcome.stream, 2u);
  EXPECT_EQ(outcome.status, StatusCode::resource_exhausted);
}

TEST_F(ServedSessionTest, EndsACallWhoseReplyNobodyTakesAtItsDeadline) {
  open({.stream_window = 5'000, .connection_window = 5'000});
  handler_.reply.payload = std::string(10'000, 'x');
  send(test::request(1, "status", "", protocol::flag_end_stream, 2'000'000));
  (void)output();

  EXPECT_EQ(session_.next_timer(), opened + 2s);
  session_.expire(opened + 2s);

  EXPECT_EQ(first_outcome(output()).status, StatusCode::deadline_exceeded);
  EXPECT_EQ(session_.next_timer(), far_future);
}

TEST_F(ServedSessionTest, EndsACancelledCall) {
  open({.stream_window = 5'000, .connection_window = 5'000});
  handler_.reply.payload = std::string(10'000, 'x');
  send(test::request(1, "status", ""));
  (void)output();

  send(test::cancel(1));

  EXPECT_EQ(first_outcome(output()).status, StatusCode::cancelled);
}

TEST_F(ServedSessionTest, IgnoresFramesForACallThatHasEnded) {
  open();
  send(test::request(1, "status", ""));
  (void)output();

  send(test::cancel(1));
  send(test::window(1, 1000));
  send(test::data(1, protocol::flag_end_stream, "late"));

  EXPECT_FALSE(session_.closing());
}

TEST_F(ServedSessionTest, AnswersAPing) {
  open();

  send(test::ping(77));

  const auto pongs = test::frames_of_type(output(), FrameType::pong);
  ASSERT_EQ(pongs.size(), 1u);
  EXPECT_EQ(*protocol::decode_opaque(ByteView{pongs[0].meta}), 77u);
}

TEST_F(ServedSessionTest, ClosesWhenTheClientAsksForMoreAnswersThanItReads) {
  open();

  for (std::uint64_t i = 0; i < 2'000; ++i) send(test::ping(i));

  EXPECT_TRUE(session_.closing());
  EXPECT_TRUE(output().empty());
}

TEST_F(ServedSessionTest, RefusesAWorker) {
  send(test::hello(protocol::Role::worker));

  EXPECT_EQ(test::hello_ack_in(output()).result.code, StatusCode::permission_denied);
  EXPECT_TRUE(session_.closing());
}

TEST_F(ServedSessionTest, ClosesAfterTwoSecondsWithoutHello) {
  EXPECT_EQ(session_.next_timer(), opened + 2s);

  session_.expire(opened + 2s);

  EXPECT_TRUE(session_.closing());
  EXPECT_TRUE(output().empty());
}

TEST_F(ServedSessionTest, ClosesWithoutAWordOnGarbageBeforeTheOpening) {
  send(std::vector<std::byte>(64, std::byte{0xEE}));

  EXPECT_TRUE(session_.closing());
  EXPECT_TRUE(output().empty());
}

TEST_F(ServedSessionTest, SaysWhyItClosesOnGarbageAfterTheOpening) {
  open();

  send(std::vector<std::byte>(64, std::byte{0xEE}));

  const auto frames = test::frames_of_type(output(), FrameType::goaway);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(protocol::decode_goaway(ByteView{frames[0].meta})->status, StatusCode::invalid_argument);
  EXPECT_TRUE(session_.closing());
}

TEST_F(ServedSessionTest, ClosesWithoutAWordWhenTheClientTellsOfAProtocolError) {
  open();
  for (const StatusCode status : {StatusCode::ok, StatusCode::unavailable, StatusCode::invalid_argument}) {
    std::vector<std::byte> goaway;
    protocol::FrameWriter(goaway).goaway({.last_stream = 0, .status = status, .message = ""});

    send(goaway);

    EXPECT_EQ(session_.closing(), status == StatusCode::invalid_argument);
  }
  EXPECT_TRUE(output().empty());
}

/// What a client may not do once the session is open: each is a protocol error.
struct Offence {
  const char* name;
  std::vector<std::byte> bytes;
};
void PrintTo(const Offence& offence, std::ostream* out) {
  *out << offence.name;
}

class ProtocolErrorTest : public ServedSessionTest, public testing::WithParamInterface<Offence> {};

TEST_P(ProtocolErrorTest, EndsTheSessionWithGoaway) {
  open();
  send(test::request(5, "status", "", protocol::flag_more));

  send(GetParam().bytes);

  EXPECT_EQ(test::frames_of_type(output(), FrameType::goaway).size(), 1u);
  EXPECT_TRUE(session_.closing());
}

INSTANTIATE_TEST_SUITE_P(ServedSession, ProtocolErrorTest,
                         testing::Values(Offence{"second_hello", test::hello(protocol::Role::client)},
                                         Offence{"same_stream_again", test::request(5, "status", "")},
                                         Offence{"lower_stream", test::request(4, "status", "")},
                                         Offence{"data_for_unopened_stream", test::data(6, 0, "x")},
                                         Offence{"cancel_for_unopened_stream", test::cancel(6)},
                                         Offence{"window_for_unopened_stream", test::window(6, 1)},
                                         Offence{"end", test::end(5, StatusCode::ok)},
                                         Offence{"ready", test::ready({"status"})},
                                         Offence{"too_much_credit", test::window(0, 0x7FFF'FFFF)},
                                         Offence{"pong_without_a_value", test::bare(FrameType::pong)},
                                         Offence{"goaway_without_a_status", test::bare(FrameType::goaway)}));

TEST_F(ServedSessionTest, EndsACallWhoseReplyIsLongerThanTheClientTakes) {
  open({.max_payload = 100});
  handler_.reply.payload = std::string(101, 'x');

  send(test::request(1, "status", ""));

  EXPECT_EQ(first_outcome(output()).status, StatusCode::resource_exhausted);
}

TEST_F(ServedSessionTest, EndsACallWithABadDeadlineOrRouteOnly) {
  open();

  send(test::request(1, "status", "", protocol::flag_end_stream, 0));
  const auto bad_deadline = first_outcome(output());
  send(test::request(2, "no spaces", ""));
  const auto bad_route = first_outcome(output());

  EXPECT_EQ(bad_deadline.status, StatusCode::invalid_argument);
  EXPECT_EQ(bad_route.status, StatusCode::invalid_argument);
  EXPECT_FALSE(session_.closing());
}

TEST_F(ServedSessionTest, SaysThatItStops) {
  open();

  session_.stop();

  const auto frames = test::frames_of_type(output(), FrameType::goaway);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(protocol::decode_goaway(ByteView{frames[0].meta})->status, StatusCode::unavailable);
  EXPECT_TRUE(session_.closing());
}

}  // namespace
}  // namespace plugbroker::runtime
