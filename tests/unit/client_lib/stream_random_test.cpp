// SPDX-License-Identifier: Apache-2.0
// Random calls and a random server on one session: messages arrive whole and in order, each call ends once, memory and
// credit stay within their bounds, whatever is cancelled, cut, lost or expired meanwhile. A failing seed replays.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "tests/unit/client_lib/session_fixture.h"

namespace plugbroker::client {
namespace {

using protocol::FrameType;

constexpr protocol::PeerLimits small_limits{
    .max_chunk = 4096, .max_streams = 6, .stream_window = 8192, .connection_window = 16384, .max_payload = 100'000};

/// What the server knows of one stream of the wire.
struct ServerStream {
  std::string begun;
  std::deque<std::string> to_send;
  std::size_t sent = 0;
  bool half_closed = false;
  protocol::SendWindow credit{limits::stream_window_bytes};
};

/// What the test knows of one call.
struct Expected {
  std::deque<std::string> sent;  ///< Not yet seen to come back.
  bool closed = false;
  int ends = 0;
};

class RandomPlay {
 public:
  explicit RandomPlay(std::uint32_t seed) : random_(seed) { reconnect(); }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      now_ += Duration{static_cast<Duration::rep>(below(2000))};
      switch (below(12)) {
        case 0:
        case 1:
          start();
          break;
        case 2:
        case 3:
        case 4:
          add_message();
          break;
        case 5:
          close_one();
          break;
        case 6:
          maybe_cancel();
          break;
        case 7:
          maybe_lose();
          break;
        default:
          exchange();
          break;
      }
      f_.session.on_time(now_);
      look();
    }
    finish();
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }

  void reconnect() {
    streams_.clear();
    connection_credit_ = protocol::SendWindow{limits::connection_window_bytes};
    f_.connect(now_, small_limits);
  }

  void start() {
    const int number = f_.calls.next_number();
    if (expected_.size() > 40) return;
    Call& call =
        f_.calls.add(number, CallKind::stream, call_to("chat", {}, now_ + Duration{1'000'000 + below(9'000'000)}));
    f_.session.submit(call, now_);
    expected_[number];
  }
  int any_call() {
    return expected_.empty() ? 0
                             : std::next(expected_.begin(), below(static_cast<std::uint32_t>(expected_.size())))->first;
  }

  void add_message() {
    const int number = any_call();
    if (number == 0 || f_.calls[number].ended() || expected_[number].closed) return;
    Call& call = f_.calls[number];
    if (call.request.unwritten() > limits::stream_window_bytes) return;
    const std::string message(below(4) == 0 ? below(30'000) : below(100), static_cast<char>('a' + below(26)));
    call.request.add(bytes_of(message));
    f_.session.request_grew(call);
    expected_[number].sent.push_back(message);
  }
  void close_one() {
    const int number = any_call();
    if (number == 0 || f_.calls[number].ended()) return;
    f_.calls[number].request.close();
    f_.session.request_grew(f_.calls[number]);
    expected_[number].closed = true;
  }
  void maybe_cancel() {
    const int number = any_call();
    if (number != 0 && below(10) == 0) f_.cancel(number);
  }
  void maybe_lose() {
    if (below(30) != 0) return;
    f_.session.closed(f_.current, now_);
    now_ += Duration{1'000'000};
    reconnect();
  }

  /// One write of the client, one answer of the server.
  void exchange() {
    for (const SeenFrame& frame : f_.write(now_)) take(frame);
    ASSERT_LE(f_.buffer.size(), limits::max_write_bytes);
    auto& writer = f_.server().write();
    for (auto at = streams_.begin(); at != streams_.end();) {
      send(at->first, at->second);
      const bool over = at->second.half_closed && at->second.to_send.empty();
      if (over) writer.end(at->first, {.origin = Origin::worker, .worker_received = true});
      at = over ? streams_.erase(at) : std::next(at);
    }
    const std::vector<std::byte> answer = f_.server().take();
    for (std::size_t from = 0; from < answer.size();) {
      const std::size_t size = std::min<std::size_t>(1 + below(5000), answer.size() - from);
      f_.session.received(f_.current, ByteView{answer}.subspan(from, size), now_);
      from += size;
    }
  }

  void take(const SeenFrame& frame) {
    const std::uint64_t id = frame.header.stream_id;
    auto& writer = f_.server().write();
    if (frame.header.type == FrameType::window) {
      auto known = streams_.find(id);
      const std::uint32_t credit = *protocol::decode_credit(frame.meta);
      ASSERT_TRUE(id == 0 ? connection_credit_.add(credit)
                          : known == streams_.end() || known->second.credit.add(credit));
      return;
    }
    if (frame.header.type == FrameType::cancel) {
      if (streams_.erase(id) != 0) writer.end(id, {.status = StatusCode::cancelled});
      return;
    }
    if (frame.header.type != FrameType::request && frame.header.type != FrameType::data) return;
    const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
    writer.window(0, charge);
    const bool is_open = frame.header.type == FrameType::request || streams_.contains(id);
    if (!is_open) return;
    ServerStream& stream = streams_[id];
    ASSERT_FALSE(stream.half_closed);
    stream.begun += frame.payload;
    const bool whole = (frame.header.flags & (protocol::flag_more | protocol::flag_no_message)) == 0;
    if (whole) stream.to_send.push_back(std::exchange(stream.begun, {}));
    stream.half_closed = (frame.header.flags & protocol::flag_end_stream) != 0;
    if (!stream.half_closed) writer.window(id, charge);
  }

  void send(std::uint64_t id, ServerStream& stream) {
    while (!stream.to_send.empty() && below(5) != 0) {
      const std::string& message = stream.to_send.front();
      const std::size_t left = message.size() - stream.sent;
      const std::size_t room =
          std::min({left, std::size_t{stream.credit.payload_room()}, std::size_t{connection_credit_.payload_room()},
                    std::size_t{1 + below(60'000)}});
      if ((room == 0 && left != 0) || !stream.credit.can_send_empty() || !connection_credit_.can_send_empty()) return;
      f_.server().write().data(id, room == left ? 0 : protocol::flag_more,
                               bytes_of(message).subspan(stream.sent, room));
      stream.credit.spend(protocol::frame_charge(room));
      connection_credit_.spend(protocol::frame_charge(room));
      stream.sent += room;
      if (room != left) continue;
      stream.to_send.pop_front();
      stream.sent = 0;
    }
  }

  /// The application reads some of what has come, and sees what has ended.
  void look() {
    while (Call* call = f_.session.next_changed()) changed_.insert(TestCalls::number_of(*call));
    for (auto at = changed_.begin(); at != changed_.end();) {
      Call& call = f_.calls[*at];
      while (call.reply.has_message() && below(3) != 0) read_one(*at, call);
      const bool unread = call.reply.has_message();
      if (call.ended() && !unread) end_one(*at, call);
      at = unread ? std::next(at) : changed_.erase(at);
    }
  }
  void read_one(int number, Call& call) {
    const std::string message = text_of(f_.session.take_message(call));
    Expected& expected = expected_.at(number);
    ASSERT_FALSE(expected.sent.empty());
    EXPECT_EQ(message, expected.sent.front());
    expected.sent.pop_front();
    ++messages_;
  }
  void end_one(int number, Call& call) {
    const auto known = expected_.find(number);
    ASSERT_NE(known, expected_.end()) << "ended twice";
    if (call.outcome.status == StatusCode::ok) {
      EXPECT_TRUE(known->second.sent.empty());
      ++completed_;
    }
    f_.session.forget(call);
    expected_.erase(known);
  }

  /// Lets everything end by its deadline.
  void finish() {
    for (int round = 0; round < 400 && !expected_.empty(); ++round) {
      now_ += Duration{50'000};
      exchange();
      f_.session.on_time(now_);
      look();
    }
    EXPECT_TRUE(expected_.empty()) << expected_.size() << " calls never ended";
    EXPECT_EQ(f_.session.next_timer(), far_future);
    EXPECT_GT(messages_, 0u);
    EXPECT_GT(completed_, 0u);
  }

  SessionFixture f_;
  std::mt19937 random_;
  TimePoint now_ = at(0s);
  std::map<std::uint64_t, ServerStream> streams_;
  protocol::SendWindow connection_credit_{0};
  std::map<int, Expected> expected_;
  std::set<int> changed_;
  std::size_t messages_ = 0;
  std::size_t completed_ = 0;
};

TEST(StreamRandom, KeepsItsPromisesForEverySeed) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomPlay(seed).run(600);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace plugbroker::client
