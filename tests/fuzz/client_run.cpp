// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/client_run.h"

#include <algorithm>
#include <array>

#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/negotiation.h"

namespace plugbroker::fuzz {
namespace {

using client::Call;
using client::CallKind;

constexpr std::size_t most_calls = 12;
constexpr int most_steps = 300;
constexpr std::array<std::size_t, 6> sizes{0, 1, 100, 5'000, 70'000, 300'000};

}  // namespace

void ClientRun::play(FuzzInput input) {
  for (int i = 0; i < most_steps && !input.empty(); ++i) {
    step(input);
    take_news();
  }
  connection_.lose("end of input");
  take_news();
  for (const OwnedCall& call : calls_) require(call.settled, "every call ends or goes back");
  require(connection_.streams() == 0 && connection_.finished(), "a lost connection holds no stream");
}

void ClientRun::step(FuzzInput& input) {
  switch (input.below(12)) {
    case 0:
      server_writes(input.bytes(input.two_bytes() % 600));
      break;
    case 1: {
      std::vector<std::byte> bytes;
      protocol::FrameWriter{bytes}.hello_ack(protocol::answer_hello({}, {}, {}));
      server_writes(bytes);
      break;
    }
    case 2:
      begin_call(input);
      break;
    case 3:
    case 4:
      produce();
      break;
    case 5:
    case 6:
    case 7:
      server_writes_frames(input);
      break;
    case 8:
      go_on(input);
      break;
    case 9:
      take_replies();
      break;
    case 10:
      give_up(input);
      break;
    default:
      now_ += std::chrono::milliseconds{1} * input.byte();
  }
}

void ClientRun::server_writes(ByteView bytes) {
  audit_.server_wrote(bytes);
  feed(bytes, cut_, [&](ByteView piece) { connection_.receive(piece); });
}

void ClientRun::server_writes_frames(FuzzInput& input) {
  std::vector<std::byte> bytes;
  for (std::size_t left = 1 + input.below(4); left > 0 && frames_left_ > 0; --left, --frames_left_) {
    frames_.append(input, bytes);
  }
  server_writes(bytes);
}

void ClientRun::begin_call(FuzzInput& input) {
  if (!connection_.can_start() || calls_.size() >= most_calls) return;
  const std::size_t choice = input.byte();
  OwnedCall& owned = calls_.emplace_back();
  Call& call = owned.call;
  call.owner = &owned;
  call.head.route = "echo";
  call.deadline = now_ + std::chrono::seconds{choice % 7};
  owned.payload.resize(sizes[choice / 2 % sizes.size()], std::byte{'c'});
  if (choice % 2 == 0) {
    call.request.borrow(owned.payload);
  } else {
    call.kind = CallKind::stream;
  }
  connection_.start(call);
}

ClientRun::OwnedCall* ClientRun::some_call(FuzzInput& input) {
  if (calls_.empty()) return nullptr;
  OwnedCall& owned = calls_[input.below(calls_.size())];
  return owned.settled ? nullptr : &owned;
}

/// The next message of a stream's request, or its end.
void ClientRun::go_on(FuzzInput& input) {
  OwnedCall* owned = some_call(input);
  const std::size_t choice = input.byte();
  if (owned == nullptr || owned->call.kind != CallKind::stream || owned->call.request.closed()) return;
  const std::vector<std::byte> message(sizes[choice / 8 % sizes.size()], std::byte{'m'});
  const bool has_room = owned->call.request.unwritten() + message.size() < 400'000;
  if (choice % 8 != 7 && has_room) owned->call.request.add(message);
  if (choice % 8 > 5) owned->call.request.close();
  connection_.request_grew(owned->call);
}

void ClientRun::take_replies() {
  for (OwnedCall& owned : calls_) {
    while (owned.call.reply.has_message()) {
      const auto taken = owned.call.reply.take();
      note("message", taken.bytes.size());
      if (!owned.settled) connection_.reply_taken(owned.call, taken.credit);
    }
  }
}

void ClientRun::give_up(FuzzInput& input) {
  OwnedCall* owned = some_call(input);
  if (owned == nullptr) return;
  note("given up", connection_.abandon(owned->call) ? 1 : 0);
  owned->settled = true;
}

void ClientRun::produce() {
  connection_.produce(buffer_, now_);
  require(buffer_.size() <= limits::max_write_bytes, "a write has a bound");
  note("frames", audit_.client_wrote(buffer_));
  notes_.append(as_text(buffer_));
}

void ClientRun::take_news() {
  while (const auto event = connection_.next_event()) {
    note(event->status.message, static_cast<std::uint64_t>(event->kind));
  }
  while (const Call* call = connection_.next_changed()) {
    auto& owned = *static_cast<OwnedCall*>(call->owner);
    require(!owned.settled, "no news follow a call's end");
    const bool went_back = call->stage() == Call::Stage::waiting;
    owned.settled = call->ended() || went_back;
    note(owned.outcome.message, static_cast<std::uint64_t>(call->stage()));
    note("status", static_cast<std::uint64_t>(owned.outcome.status));
    if (call->ended() && call->kind == CallKind::unary) {
      const bool ok = owned.outcome.status == StatusCode::ok;
      require(ok || owned.outcome.data.empty(), "a call that failed has no reply");
      note("reply", owned.outcome.data.size());
    }
  }
}

void ClientRun::note(std::string_view what, std::uint64_t number) {
  notes_.append(what).append(" ").append(std::to_string(number)).append("\n");
}

}  // namespace plugbroker::fuzz
