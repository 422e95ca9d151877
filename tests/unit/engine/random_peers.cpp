// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/engine/random_peers.h"

#include <algorithm>
#include <iterator>

namespace plugbroker::engine::testing {

using protocol::FrameType;

void RandomPeer::deliver(bool everything) {
  if (outgoing_.empty() || gone()) return;
  const std::size_t part = everything ? outgoing_.size() : 1 + dice_.below(outgoing_.size());
  const std::vector<std::byte> bytes(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(part));
  outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(part));
  pipe.send_bytes(bytes);
}

std::optional<std::string> RandomPeer::spend(StreamCredit& credit, std::size_t wanted, char letter) {
  if (!credit.send.can_send_empty() || !send_.can_send_empty()) return std::nullopt;
  const std::size_t size =
      std::min<std::size_t>({wanted, limits::max_chunk_bytes, credit.send.payload_room(), send_.payload_room()});
  credit.send.spend(protocol::frame_charge(size));
  send_.spend(protocol::frame_charge(size));
  return std::string(size, letter);
}

void RandomPeer::check_messages(Messages& messages, const SeenFrame& frame) {
  if ((frame.header.flags & no_message) != 0) {
    if (messages.inside) violation("NO_MESSAGE inside a message");
    return;
  }
  if (frame.payload.find_first_not_of(messages.letter()) != std::string::npos) violation("a message of other bytes");
  messages.pass((frame.header.flags & more) != 0);
}

namespace {

/// The number of messages that the sender's metadata tell; 0 when they tell none.
std::size_t told(const protocol::AppMetadata& pairs) {
  for (const protocol::MetadataPair pair : pairs) {
    if (pair.key == "messages") return std::stoul(std::string{pair.value});
  }
  return 0;
}

protocol::AppMetadataList telling(std::size_t messages) {
  protocol::AppMetadataList pairs;
  (void)pairs.add("messages", std::to_string(messages));
  return pairs;
}

}  // namespace

void RandomPeer::receive_data(StreamCredit& credit, const SeenFrame& frame, bool gives_stream_credit) {
  const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
  if (!credit.receive.receive(charge)) violation("the broker sent more than the stream's credit");
  if (!receive_.receive(charge)) violation("the broker sent more than the connection's credit");
  if (const std::uint32_t due = receive_.release(charge)) {
    write([&](auto& writer) { writer.window(0, due); });
  }
  if (!gives_stream_credit) return;
  if (const std::uint32_t due = credit.receive.release(charge)) {
    write([&](auto& writer) { writer.window(frame.header.stream_id, due); });
  }
}

void RandomPeer::receive_window(StreamCredit* credit, const SeenFrame& frame) {
  const std::uint32_t credit_given = protocol::decode_credit(frame.meta).value();
  const bool for_connection = frame.header.stream_id == 0;
  if (!for_connection && credit == nullptr) return;
  if (!(for_connection ? send_ : credit->send).add(credit_given)) violation("the broker gave too much credit");
}

void RandomClient::begin() {
  write([](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
}

void RandomClient::act() {
  if (!opened_ || gone()) return;
  if (streams_.empty() || dice().once_in(3)) start_call();
  const auto place = std::next(streams_.begin(), static_cast<std::ptrdiff_t>(dice().below(streams_.size())));
  if (dice().once_in(6)) {
    write([&](auto& writer) { writer.cancel(place->first); });
    place->second.sent_all = true;
  } else {
    go_on_with(place->first, place->second);
  }
  if (dice().once_in(20)) write([](auto& writer) { writer.ping(1); });
}

void RandomClient::consume() {
  for (const SeenFrame& frame : pipe.frames()) take_frame(frame);
  pipe.forget_frames();
}

std::vector<std::uint64_t> RandomClient::open_streams() const {
  std::vector<std::uint64_t> open;
  for (const auto& [id, stream] : streams_) {
    if (!stream.ended) open.push_back(id);
  }
  return open;
}

std::size_t RandomClient::message_size() {
  static constexpr std::array<std::size_t, 6> sizes{0, 1, 64, 5'000, 150'000, 600'000};
  return sizes[dice().below(sizes.size())];
}

void RandomClient::start_call() {
  static constexpr std::array<std::string_view, 5> routes{"echo", "echo", "other", "third", "nosuch"};
  Stream stream{.messages = dice().once_in(2) ? 1 : dice().below(6), .left = message_size()};
  stream.closes_with_it = stream.messages == 1 || dice().once_in(2);
  const std::string_view route = routes[dice().below(routes.size())];
  const std::uint64_t deadline_us = 1 + dice().below(3'000'000);
  const auto part = stream.messages != 1 && dice().once_in(2) && stream.messages > 0
                        ? std::optional{std::pair{no_message, std::string{}}}
                        : next_part(stream);
  if (!part) return;
  if (part->first == no_message && !spend(stream.credit, 0, 'x')) return;
  last_stream_ += 1 + dice().below(3);
  write([&](auto& writer) {
    const protocol::AppMetadataList pairs = telling(stream.messages);
    writer.request(last_stream_, part->first, deadline_us, {.route = route, .app_metadata = pairs.view()},
                   as_byte_view(part->second));
  });
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
  if (stream.sent_all || stream.ended) return;
  const auto part = next_part(stream);
  if (!part) return;
  write([&](auto& writer) { writer.data(id, part->first, as_byte_view(part->second)); });
}

void RandomClient::take_end(Stream& stream, const SeenFrame& frame) {
  if (stream.ended) violation("a second END");
  if (std::exchange(loses_an_end, false)) return;
  stream.ended = true;
  const protocol::EndMeta end = protocol::decode_end(frame.meta).value();
  ++outcomes_[end.status];
  if (end.status != StatusCode::ok) return;
  if (stream.reply.inside) violation("END(ok) inside a message");
  if (told(end.app_metadata) != stream.reply.count) violation("a message of the reply is lost or doubled");
}

void RandomClient::take_frame(const SeenFrame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  const bool known = place != streams_.end();
  switch (frame.header.type) {
    case FrameType::hello_ack:
      opened_ = true;
      return;
    case FrameType::end:
      if (!known) return violation("END for a stream that the client did not open");
      return take_end(place->second, frame);
    case FrameType::data:
      if (!known) return violation("DATA for a stream that the client did not open");
      if (place->second.ended) violation("DATA after END");
      if (frame.header.flags != 0 || !std::exchange(loses_a_message, false)) check_messages(place->second.reply, frame);
      return receive_data(place->second.credit, frame, true);
    case FrameType::window:
      return receive_window(known ? &place->second.credit : nullptr, frame);
    default:
      return;
  }
}

void RandomWorker::begin(bool says_ready) {
  write([](auto& writer) { writer.hello({.role = protocol::Role::worker, .peer = {}}); });
  if (!says_ready) return;
  said_ready_ = true;
  write([&](auto& writer) { (void)writer.ready({{"echo", "other", "third"}, concurrency_}); });
}

void RandomWorker::act() {
  if (gone() || streams_.empty()) return;
  const auto place = std::next(streams_.begin(), static_cast<std::ptrdiff_t>(dice().below(streams_.size())));
  Stream& stream = place->second;
  const bool ignores_cancellation = dice().once_in(4);
  if ((stream.cancelled && !ignores_cancellation) || dice().once_in(3)) return end(place);
  const std::optional<std::string> payload = spend(stream.credit, dice().below(120'000), stream.reply.letter());
  if (!payload) return;
  stream.reply.pass(!dice().once_in(2));
  last_answered_ = std::max(last_answered_, place->first);
  write([&](auto& writer) {
    writer.data(place->first, stream.reply.inside ? more : std::uint16_t{0}, as_byte_view(*payload));
  });
}

void RandomWorker::finish_calls() {
  while (!streams_.empty() && !gone()) end(streams_.begin());
}

void RandomWorker::write_garbage() {
  if (gone()) return;
  switch (dice().below(4)) {
    case 0:
      return write([](auto& writer) { writer.end(1'000'000, {}); });
    case 1:
      said_ready_ = true;
      return write([&](auto& writer) {
        for (int i = 0; i < 2; ++i) (void)writer.ready({{"echo"}, concurrency_});
      });
    case 2:
      return write([](auto& writer) { writer.window(0, limits::max_window_bytes); });
    default:
      return write([](auto& writer) { writer.cancel(1); });
  }
}

void RandomWorker::go_away() {
  if (gone() || !said_ready_ || std::exchange(went_away_, true)) return;
  refuses_above_ = last_answered_ + dice().below(static_cast<std::size_t>(last_seen_ - last_answered_) + 1);
  write([&](auto& writer) { writer.goaway({.last_stream = refuses_above_}); });
  streams_.erase(streams_.upper_bound(refuses_above_), streams_.end());
}

void RandomWorker::consume() {
  for (const SeenFrame& frame : pipe.frames()) take_frame(frame);
  pipe.forget_frames();
}

void RandomWorker::take_frame(const SeenFrame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  const bool known = place != streams_.end();
  switch (frame.header.type) {
    case FrameType::request: {
      if (!said_ready_) violation("a call before READY");
      if (told_to_stop_) violation("a call after GOAWAY");
      if (streams_.size() >= concurrency_) violation("more calls than the worker's concurrency");
      last_seen_ = frame.header.stream_id;
      if (last_seen_ > refuses_above_) {
        StreamCredit refused;
        return receive_data(refused, frame, false);
      }
      Stream& stream = streams_[last_seen_];
      const protocol::RequestMeta meta = protocol::decode_request(frame.meta).value();
      if (!meta.caller_sid.starts_with("S-1-5-21-")) violation("a call without its caller");
      stream.announced = told(meta.app_metadata);
      return take_part(stream, frame);
    }
    case FrameType::data: {
      if (known) return take_part(place->second, frame);
      StreamCredit ended;
      return receive_data(ended, frame, false);
    }
    case FrameType::cancel:
      if (known) place->second.cancelled = true;
      return;
    case FrameType::window:
      return receive_window(known ? &place->second.credit : nullptr, frame);
    case FrameType::goaway:
      told_to_stop_ = true;
      return;
    default:
      return;
  }
}

void RandomWorker::take_part(Stream& stream, const SeenFrame& frame) {
  check_messages(stream.request, frame);
  const bool is_last = (frame.header.flags & whole) != 0;
  if (is_last && stream.request.count != stream.announced) violation("a message of the request is lost or doubled");
  receive_data(stream.credit, frame, !is_last);
}

void RandomWorker::end(std::map<std::uint64_t, Stream>::iterator place) {
  last_answered_ = std::max(last_answered_, place->first);
  const bool fails = place->second.cancelled || place->second.reply.inside;
  write([&](auto& writer) {
    const protocol::AppMetadataList pairs = telling(place->second.reply.count);
    writer.end(place->first, {.status = fails ? StatusCode::internal : StatusCode::ok,
                              .origin = Origin::worker,
                              .app_metadata = pairs.view()});
  });
  streams_.erase(place);
}

}  // namespace plugbroker::engine::testing
