// SPDX-License-Identifier: Apache-2.0
// A request here is one message, however its frames say so.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "broker_core/runtime/served_session.h"
#include "tests/unit/runtime/fakes/wire_peer.h"

namespace plugbroker::runtime {
namespace {

using namespace std::chrono_literals;
using protocol::flag_end_stream;
using protocol::flag_more;
using protocol::flag_no_message;

class KeepingHandler final : public RequestHandler {
 public:
  std::variant<ServedReply, SlowReply> serve(const ServedRequest& request) override {
    requests.emplace_back(as_text(request.payload));
    return ServedReply{.status = {}, .content_type = {}, .payload = "{}"};
  }

  std::vector<std::string> requests;
};

class ServedMessages : public testing::Test {
 protected:
  ServedMessages() {
    send(test::hello(protocol::Role::client, {}));
    (void)output();
  }
  void send(const std::vector<std::byte>& bytes) { session_.receive(ByteView{bytes}, TimePoint{1h}); }
  std::vector<std::byte> output() {
    std::vector<std::byte> bytes;
    session_.take_output(bytes, limits::max_write_bytes);
    return bytes;
  }

  KeepingHandler handler_;
  ServedSession session_{protocol::PeerDescription{}, protocol::InstanceId{}, handler_, {}, TimePoint{1h}};
};

TEST_F(ServedMessages, TheHalfCloseMayFollowTheMessage) {
  send(test::request(1, "status", "one", 0));
  EXPECT_TRUE(handler_.requests.empty());

  send(test::data(1, flag_no_message | flag_end_stream, ""));

  EXPECT_EQ(handler_.requests, std::vector<std::string>{"one"});
  EXPECT_EQ(test::first_outcome(output()).status, StatusCode::ok);
}

TEST_F(ServedMessages, TheMessageMayFollowTheRequest) {
  send(test::request(1, "status", "", flag_no_message));
  EXPECT_TRUE(handler_.requests.empty());

  send(test::data(1, flag_end_stream, "later"));

  EXPECT_EQ(handler_.requests, std::vector<std::string>{"later"});
}

TEST_F(ServedMessages, ARequestWithoutAMessageIsAnEmptyOne) {
  send(test::request(1, "status", "", flag_no_message | flag_end_stream));

  EXPECT_EQ(handler_.requests, std::vector<std::string>{""});
}

TEST_F(ServedMessages, ASecondMessageEndsTheCall) {
  send(test::request(1, "status", "one", 0));
  send(test::data(1, flag_end_stream, "two"));

  EXPECT_EQ(test::first_outcome(output()).status, StatusCode::invalid_argument);
  EXPECT_TRUE(handler_.requests.empty());
}

TEST_F(ServedMessages, NoMessageInsideAMessageIsAProtocolError) {
  send(test::request(1, "status", "half", flag_more));
  send(test::data(1, flag_no_message | flag_end_stream, ""));

  EXPECT_TRUE(handler_.requests.empty());
  EXPECT_TRUE(session_.closing());
}

TEST_F(ServedMessages, AClientThatTakesNoStreamsGetsNone) {
  ServedSession session{protocol::PeerDescription{}, protocol::InstanceId{}, handler_, {}, TimePoint{1h}};
  std::vector<std::byte> bytes;

  session.receive(ByteView{test::hello(protocol::Role::client, {.max_streams = 0})}, TimePoint{1h});
  session.receive(ByteView{test::request(1, "status", "")}, TimePoint{1h});
  session.take_output(bytes, limits::max_write_bytes);

  EXPECT_EQ(test::first_outcome(bytes).status, StatusCode::resource_exhausted);
  EXPECT_TRUE(handler_.requests.empty());
}

TEST_F(ServedMessages, DataWithACriticalTlvIsAProtocolError) {
  std::vector<std::byte> data;
  const std::array<std::byte, 4> critical{std::byte{0x77}, std::byte{0x87}};
  protocol::FrameWriter{data}.frame({.type = protocol::FrameType::data, .stream_id = 1}, critical, {});

  send(test::request(1, "status", "", flag_no_message));
  send(data);

  EXPECT_TRUE(session_.closing());
}

}  // namespace
}  // namespace plugbroker::runtime
