// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/random_worker.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace plugbroker::sim {

using engine::testing::more;
using engine::testing::whole;
using protocol::FrameType;

RandomWorker::RandomWorker(const FakeWorker& worker, const engine::PoolConfig& pool_config, CallLedger& ledger,
                           const Surroundings& around)
    : RandomPeer(worker.channel, around),
      process(worker),
      pool(pool_config),
      ledger_(ledger),
      concurrency_(pool_config.concurrency) {
  if (dice().once_in(4)) temper_ = dice().one_of({Temper::hangs, Temper::is_late, Temper::is_silent});
  if (dice().once_in(8)) concurrency_ = dice().between(1, concurrency_ + 2);
  overstays_ = dice().once_in(3);
  ends_slowly_ = dice().once_in(4);
}

void RandomWorker::begin() {
  write([](auto& writer) { writer.hello({.role = protocol::Role::worker, .peer = {}}); });
  if (temper_ != Temper::is_late && temper_ != Temper::is_silent) say_ready();
}

TimePoint RandomWorker::oldest_cancel() const {
  TimePoint oldest = far_future;
  for (const auto& [id, stream] : streams_) oldest = std::min(oldest, stream.cancelled_at);
  return oldest;
}

void RandomWorker::say_ready() {
  said_ready_ = true;
  write([&](auto& writer) { (void)writer.ready({pool.routes, concurrency_}); });
}

void RandomWorker::act() {
  if (gone() || temper_ == Temper::hangs) return;
  if (temper_ == Temper::is_late && !said_ready_ && dice().once_in(10)) say_ready();
  if (streams_.empty()) return;
  const auto place = std::next(streams_.begin(), static_cast<std::ptrdiff_t>(dice().below(streams_.size())));
  Stream& stream = place->second;
  const bool ignores_cancellation = dice().once_in(4);
  if ((stream.cancelled_at != far_future && !ignores_cancellation) || dice().once_in(3)) return end(place);
  const std::optional<std::string> payload = spend(stream.credit, dice().below(20'000), stream.reply.letter());
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

void RandomWorker::break_protocol() {
  if (gone()) return;
  broke_protocol_ = true;
  const std::uint64_t ended = last_seen_ > 0 && !streams_.contains(last_seen_) ? last_seen_ : 1'000'000;
  switch (dice().below(8)) {
    case 0:
      return write([&](auto& writer) { writer.end(1'000'000, {}); });
    case 1:
      said_ready_ = true;
      return write([&](auto& writer) {
        for (int i = 0; i < 2; ++i) (void)writer.ready({{"echo"}, concurrency_});
      });
    case 2:
      return write([](auto& writer) { writer.window(0, limits::max_window_bytes); });
    case 3:
      return write([](auto& writer) { writer.cancel(1); });
    case 4:
      return write_noise();
    case 5:
      return write([&](auto& writer) { writer.end(ended, {.origin = Origin::worker}); });
    case 6:
      return write([&](auto& writer) { writer.data(ended, 0, {}); });
    default:
      return write([](auto& writer) { writer.hello({.role = protocol::Role::client, .peer = {}}); });
  }
}

void RandomWorker::go_away() {
  if (gone() || !said_ready_ || std::exchange(went_away_, true)) return;
  refuses_above_ = last_answered_ + dice().below(static_cast<std::size_t>(last_seen_ - last_answered_) + 1);
  write([&](auto& writer) { writer.goaway({.last_stream = refuses_above_}); });
  goodbye_ = written();
  streams_.erase(streams_.upper_bound(refuses_above_), streams_.end());
}

void RandomWorker::take_request(const SeenFrame& frame) {
  if (!said_ready_) violation("a call before READY");
  if (was_told_to_stop()) violation("a call after GOAWAY");
  if (streams_.size() >= concurrency_) violation("more calls than the worker's concurrency");
  last_seen_ = frame.header.stream_id;
  const protocol::RequestMeta meta = protocol::decode_request(frame.meta).value();
  const CallTag tag = CallTag::read(meta.app_metadata);
  const bool idempotent = std::ranges::find(pool.idempotent_routes, meta.route) != pool.idempotent_routes.end();
  if (const char* wrong = ledger_.record(tag.call, idempotent, *this, last_seen_)) violation(wrong);
  if (sabotage() == Sabotage::double_request) {
    if (const char* wrong = ledger_.record(tag.call, idempotent, *this, last_seen_)) violation(wrong);
  }
  if (std::ranges::find(pool.routes, meta.route) == pool.routes.end()) violation("a call of another pool's route");
  if (meta.caller_sid.empty() || !tag.call.starts_with(meta.caller_sid)) violation("a call without its caller");
  if (refused(last_seen_)) {
    StreamCredit refused_credit;
    return receive_data(refused_credit, frame, false);
  }
  Stream& stream = streams_[last_seen_];
  stream.announced = tag.messages;
  take_part(stream, frame);
}

void RandomWorker::take_frame(const SeenFrame& frame) {
  const auto place = streams_.find(frame.header.stream_id);
  const bool known = place != streams_.end();
  switch (frame.header.type) {
    case FrameType::request:
      return take_request(frame);
    case FrameType::data: {
      if (known) return take_part(place->second, frame);
      StreamCredit ended;
      return receive_data(ended, frame, false);
    }
    case FrameType::cancel:
      if (known) place->second.cancelled_at = std::min(place->second.cancelled_at, now());
      return;
    case FrameType::window:
      return receive_window(known ? &place->second.credit : nullptr, frame);
    case FrameType::ping:
      if (temper_ == Temper::hangs) return;
      return write([&](auto& writer) { writer.pong(protocol::decode_opaque(frame.meta).value()); });
    case FrameType::goaway:
      told_to_stop_at_ = std::min(told_to_stop_at_, now());
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

void RandomWorker::end(Streams::iterator place) {
  last_answered_ = std::max(last_answered_, place->first);
  const bool fails = place->second.cancelled_at != far_future || place->second.reply.inside;
  write([&](auto& writer) {
    const protocol::AppMetadataList pairs = CallTag{.messages = place->second.reply.count, .call = {}}.pairs();
    writer.end(place->first, {.status = fails ? StatusCode::internal : StatusCode::ok,
                              .origin = Origin::worker,
                              .app_metadata = pairs.view()});
  });
  ends_.push_back(written());
  streams_.erase(place);
}

void RandomWorker::was_delivered(std::size_t up_to) {
  while (!ends_.empty() && ends_.front() <= up_to) ends_.pop_front();
  said_goodbye_ = said_goodbye_ || (goodbye_ != 0 && goodbye_ <= up_to);
}

}  // namespace plugbroker::sim
