// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/random_client.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace plugbroker::sim {

using engine::testing::half_close;
using engine::testing::more;
using engine::testing::no_message;
using engine::testing::whole;
using protocol::FrameType;

void RandomClient::begin() {
  write([](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
}

void RandomClient::act() {
  if (!opened_ || gone()) return;
  if (streams_.empty() || dice().once_in(3)) start_call();
  if (streams_.empty()) return;
  auto& [id, stream] = dice().any_of(streams_);
  if (dice().once_in(8)) {
    write([stream_id = id](auto& writer) { writer.cancel(stream_id); });
    stream.sent_all = true;
  } else {
    go_on_with(id, stream);
  }
  if (dice().once_in(20)) write([](auto& writer) { writer.ping(1); });
  if (dice().once_in(20)) {
    const std::uint64_t some_stream = 1 + dice().below(last_stream_);
    write([&](auto& writer) { writer.cancel(some_stream); });
  }
}

void RandomClient::flood() {
  if (!opened_ || gone()) return;
  for (int i = 0; i < 12; ++i) start_call();
}

void RandomClient::break_protocol() {
  if (gone()) return;
  const std::uint64_t never_opened = last_stream_ + 1'000;
  switch (dice().below(6)) {
    case 0:
      return write_noise();
    case 1:
      return write([&](auto& writer) { writer.data(never_opened, 0, {}); });
    case 2:
      return write([&](auto& writer) { writer.request(last_stream_, whole, 1'000, {.route = "echo"}, {}); });
    case 3:
      return write([](auto& writer) { writer.window(0, limits::max_window_bytes); });
    case 4:
      return write([&](auto& writer) { writer.end(never_opened, {}); });
    default:
      return write([](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
  }
}

std::vector<std::uint64_t> RandomClient::open_streams() const {
  std::vector<std::uint64_t> open;
  for (const auto& [id, stream] : streams_) {
    if (stream.deadline != far_future) open.push_back(id);
  }
  return open;
}

std::uint64_t RandomClient::overdue_stream() const {
  if (gone() || !pipe.reading()) return 0;
  const auto place =
      std::ranges::find_if(streams_, [this](const auto& entry) { return entry.second.deadline <= now(); });
  return place == streams_.end() ? 0 : place->first;
}

std::size_t RandomClient::message_size() {
  static constexpr std::array<std::size_t, 16> sizes{0,   0,   1,     1,     64,     64,     64,      64,
                                                     300, 300, 5'000, 5'000, 20'000, 20'000, 150'000, 600'000};
  return sizes[dice().below(sizes.size())];
}

std::string RandomClient::some_route() {
  const auto& routes = world().routes;
  return std::string{routes[dice().below(routes.size())]};
}

void RandomClient::start_call() {
  Stream stream{.messages = dice().once_in(2) ? 1 : dice().below(6), .left = message_size()};
  stream.closes_with_it = stream.messages == 1 || dice().once_in(2);
  stream.allowed =
      Duration{static_cast<Duration::rep>(1 + dice().below(dice().one_of({1'000u, 300'000u, 3'000'000u})))};
  const std::string route = dice().once_in(20) ? "nosuch" : some_route();
  const auto part = stream.messages != 1 && dice().once_in(2) && stream.messages > 0
                        ? std::optional{std::pair{no_message, std::string{}}}
                        : next_part(stream);
  if (!part) return;
  if (part->first == no_message && !spend(stream.credit, 0, 'x')) return;
  last_stream_ += 1 + dice().below(3);
  write([&](auto& writer) {
    const CallTag tag{.messages = stream.messages, .call = name_ + "." + std::to_string(last_stream_)};
    const protocol::AppMetadataList pairs = tag.pairs();
    writer.request(last_stream_, part->first, static_cast<std::uint64_t>(stream.allowed.count()),
                   {.route = route, .app_metadata = pairs.view()}, as_byte_view(part->second));
  });
  requests_.emplace_back(written(), last_stream_);
  streams_.emplace(last_stream_, stream);
}

std::optional<std::pair<std::uint16_t, std::string>> RandomClient::next_part(Stream& stream) {
  if (stream.request.count == stream.messages) {
    if (!spend(stream.credit, 0, 'x')) return std::nullopt;
    stream.sent_all = true;
    return std::pair{half_close, std::string{}};
  }
  const std::optional<std::string> payload = spend(stream.credit, stream.left, stream.request.letter());
  if (!payload) return std::nullopt;
  stream.left -= payload->size();
  stream.request.pass(stream.left > 0);
  if (stream.left > 0) return std::pair{more, *payload};
  stream.left = message_size();
  stream.sent_all = stream.request.count == stream.messages && stream.closes_with_it;
  return std::pair{stream.sent_all ? whole : std::uint16_t{0}, *payload};
}

void RandomClient::go_on_with(std::uint64_t id, Stream& stream) {
  if (stream.sent_all) return;
  const auto part = next_part(stream);
  if (!part) return;
  write([&](auto& writer) { writer.data(id, part->first, as_byte_view(part->second)); });
}

void RandomClient::was_delivered(std::size_t up_to) {
  while (!requests_.empty() && requests_.front().first <= up_to) {
    const auto place = streams_.find(requests_.front().second);
    if (place != streams_.end()) place->second.deadline = now() + place->second.allowed;
    requests_.pop_front();
  }
}

void RandomClient::take_end(const SeenFrame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  if (ended_.contains(frame.header.stream_id)) return violation("a second END");
  if (place == streams_.end()) return violation("END for a stream that the client did not open");
  const Messages reply = place->second.reply;
  streams_.erase(place);
  ended_.insert(frame.header.stream_id);
  const protocol::EndMeta end = protocol::decode_end(frame.meta).value();
  ++outcomes_[end.status];
  if (end.message.find("quotas.max_calls") != std::string_view::npos) ++calls_refused_by_quota_;
  if (end.status != StatusCode::ok) return;
  if (reply.inside) violation("END(ok) inside a message");
  if (CallTag::read(end.app_metadata).messages != reply.count) violation("a message of the reply is lost or doubled");
}

void RandomClient::take_data(const SeenFrame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  if (ended_.contains(frame.header.stream_id)) return violation("DATA after END");
  if (place == streams_.end()) return violation("DATA for a stream that the client did not open");
  const bool is_lost =
      sabotage() == Sabotage::lose_message && frame.header.flags == 0 && !std::exchange(has_spoiled_, true);
  if (!is_lost) check_messages(place->second.reply, frame);
  receive_data(place->second.credit, frame, true);
}

void RandomClient::take_frame(const SeenFrame& frame) {
  switch (frame.header.type) {
    case FrameType::hello_ack: {
      const Status result = protocol::decode_hello_ack(frame.meta).value().result;
      opened_ = result.ok();
      refused_by_quota_ = result.message.find("quotas.max_sessions") != std::string::npos;
      return;
    }
    case FrameType::end:
      if (sabotage() == Sabotage::lose_end && !std::exchange(has_spoiled_, true)) return;
      if (sabotage() == Sabotage::double_end && !std::exchange(has_spoiled_, true)) take_end(frame);
      if (sabotage() == Sabotage::delay_end) {
        delayed_ends_.push_back(frame);
        if (delayed_ends_.size() == 1) return;
        take_end(delayed_ends_.front());
        delayed_ends_.erase(delayed_ends_.begin());
        return;
      }
      return take_end(frame);
    case FrameType::data:
      return take_data(frame);
    case FrameType::window: {
      const auto place = streams_.find(frame.header.stream_id);
      return receive_window(place == streams_.end() ? nullptr : &place->second.credit, frame);
    }
    default:
      return;
  }
}

}  // namespace plugbroker::sim
