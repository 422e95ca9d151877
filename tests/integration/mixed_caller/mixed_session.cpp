// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/mixed_caller/mixed_session.h"

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string_view>

namespace plugbroker::mixed_caller {
namespace {

/// Longer than anything here lasts on a machine that is far too busy.
constexpr std::int64_t patient_us = 300'000'000;

bool holds(const void* data, std::size_t size, std::string_view expected) {
  return std::string_view{static_cast<const char*>(data), size} == expected;
}

}  // namespace

MixedSession::MixedSession(const Options& session, CallRecords& records)
    : records_(records), name_(session.name), prefixes_(session.prefixes), random_(session.seed) {
  const std::string service = session.pipe.substr(session.pipe.rfind('\\') + 1);
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = session.pipe.c_str();
  options.service_name = service.c_str();
  options.user_name = "mixed_caller";
  if (plugbroker_client_create(&options, &client_) != PLUGBROKER_OK) std::exit(4);
}

MixedSession::~MixedSession() {
  plugbroker_client_destroy(client_);
  records_.session_ended(name_, calls_);
}

void MixedSession::next() {
  using Kind = void (MixedSession::*)();
  static constexpr std::array<Kind, 10> kinds{&MixedSession::unary,          &MixedSession::unary,
                                              &MixedSession::unary,          &MixedSession::async_batch,
                                              &MixedSession::stream_in_turn, &MixedSession::stream_all_first,
                                              &MixedSession::push,           &MixedSession::cancelled,
                                              &MixedSession::expired,        &MixedSession::broken_off};
  (this->*kinds[draw(kinds.size())])();
}

unsigned MixedSession::draw(unsigned below) {
  return static_cast<unsigned>(random_() % below);
}

CallRecord MixedSession::begin(const char* kind) {
  return {.id = name_ + "-" + std::to_string(calls_++), .kind = kind};
}

std::string MixedSession::route(const char* kind) {
  return prefixes_[draw(static_cast<unsigned>(prefixes_.size()))] + kind;
}

/// The call's id with so much behind it that one text in twenty needs several frames.
std::string MixedSession::text(const std::string& id) {
  return id + std::string(draw(20) == 0 ? 150'000 + draw(100'000) : draw(4096), 'x');
}

plugbroker_call_options MixedSession::options_for(const CallRecord& call) {
  metadata_ = {"call-id", call.id.c_str()};
  plugbroker_call_options options = plugbroker_call_options_default();
  options.deadline_us = patient_us;
  options.metadata = &metadata_;
  options.metadata_count = 1;
  return options;
}

void MixedSession::unary() {
  call_in_turn("unary", begin("unary"), patient_us);
}

void MixedSession::hang() {
  call_in_turn("hang", begin("hang"), 500'000);
}

void MixedSession::leak() {
  call_in_turn("leak", begin("leak"), patient_us);
}

void MixedSession::call_in_turn(const char* kind, CallRecord call, std::int64_t deadline_us) {
  plugbroker_call_options options = options_for(call);
  options.deadline_us = deadline_us;
  const std::string request = text(call.id);
  plugbroker_reply* reply = nullptr;
  const plugbroker_status status =
      plugbroker_call(client_, route(kind).c_str(), request.data(), request.size(), &options, &reply);
  call.sent = 1;
  call.got = status == PLUGBROKER_OK ? 1 : 0;
  call.wrong_reply =
      status == PLUGBROKER_OK && !holds(plugbroker_reply_data(reply), plugbroker_reply_size(reply), request);
  records_.call_ended(call, reply);
  plugbroker_reply_free(reply);
}

/// Calls that run at once. An end that comes twice is recorded twice.
struct MixedSession::AsyncBatch {
  struct Entry {
    AsyncBatch* batch;
    CallRecord call;
    std::string request;
  };

  static void PLUGBROKER_ABI ended(void* context, plugbroker_status status, plugbroker_reply* reply) {
    Entry& entry = *static_cast<Entry*>(context);
    entry.call.got = status == PLUGBROKER_OK ? 1 : 0;
    entry.call.wrong_reply =
        status == PLUGBROKER_OK && !holds(plugbroker_reply_data(reply), plugbroker_reply_size(reply), entry.request);
    entry.batch->records->call_ended(entry.call, reply);
    plugbroker_reply_free(reply);
    const std::lock_guard lock(entry.batch->mutex);
    --entry.batch->running;
    entry.batch->changed.notify_all();
  }

  CallRecords* records;
  std::deque<Entry> entries;
  std::mutex mutex;
  std::condition_variable changed;
  unsigned running = 0;
};

void MixedSession::async_batch() {
  AsyncBatch batch{.records = &records_};
  const unsigned width = 1 + draw(8);
  for (unsigned i = 0; i < width; ++i) {
    CallRecord call = begin("async");
    call.sent = 1;
    AsyncBatch::Entry& entry = batch.entries.emplace_back(&batch, call, text(call.id));
    const plugbroker_call_options options = options_for(call);
    {
      const std::lock_guard lock(batch.mutex);
      ++batch.running;
    }
    const plugbroker_status status =
        plugbroker_call_start(client_, route("unary").c_str(), entry.request.data(), entry.request.size(), &options,
                              &AsyncBatch::ended, &entry, nullptr);
    if (status != PLUGBROKER_OK) std::exit(5);
  }
  std::unique_lock lock(batch.mutex);
  batch.changed.wait(lock, [&] { return batch.running == 0; });
}

void MixedSession::cancelled() {
  const CallRecord call = begin("cancelled");
  const plugbroker_call_options options = options_for(call);
  plugbroker_operation* operation = nullptr;
  const plugbroker_status status =
      plugbroker_call_start(client_, route("slow").c_str(), nullptr, 0, &options, nullptr, nullptr, &operation);
  if (status != PLUGBROKER_OK) std::exit(5);
  static_cast<void>(plugbroker_operation_wait(operation, draw(30'000)));
  plugbroker_operation_cancel(operation);
  static_cast<void>(plugbroker_operation_wait(operation, patient_us));
  plugbroker_reply* reply = nullptr;
  static_cast<void>(plugbroker_operation_result(operation, &reply));
  records_.call_ended(call, reply);
  plugbroker_reply_free(reply);
  plugbroker_operation_destroy(operation);
}

void MixedSession::expired() {
  const CallRecord call = begin("expired");
  plugbroker_call_options options = options_for(call);
  options.deadline_us = 1 + draw(60'000);
  plugbroker_reply* reply = nullptr;
  static_cast<void>(plugbroker_call(client_, route("slow").c_str(), nullptr, 0, &options, &reply));
  records_.call_ended(call, reply);
  plugbroker_reply_free(reply);
}

plugbroker_stream* MixedSession::open(const char* kind, const CallRecord& call) {
  const plugbroker_call_options options = options_for(call);
  plugbroker_stream* stream = nullptr;
  if (plugbroker_stream_open(client_, route(kind).c_str(), &options, &stream) != PLUGBROKER_OK) std::exit(5);
  return stream;
}

void MixedSession::read_one(plugbroker_stream* stream, const std::string& expected, CallRecord& call) {
  plugbroker_message* message = nullptr;
  static_cast<void>(plugbroker_stream_read(stream, &message));
  if (message == nullptr) {
    call.missing = true;
    return;
  }
  if (!holds(plugbroker_message_data(message), plugbroker_message_size(message), expected)) call.wrong_reply = true;
  ++call.got;
  plugbroker_message_free(message);
}

/// Everything was written and read: the reply must end here.
void MixedSession::finish(plugbroker_stream* stream, CallRecord& call) {
  plugbroker_message* message = nullptr;
  static_cast<void>(plugbroker_stream_read(stream, &message));
  if (message != nullptr) call.wrong_reply = true;
  plugbroker_message_free(message);
  plugbroker_reply* reply = nullptr;
  static_cast<void>(plugbroker_stream_result(stream, &reply));
  records_.call_ended(call, reply);
  plugbroker_reply_free(reply);
  plugbroker_stream_destroy(stream);
}

void MixedSession::stream_in_turn() {
  CallRecord call = begin("stream");
  plugbroker_stream* const stream = open("stream", call);
  const unsigned messages = draw(10);
  for (unsigned i = 0; i < messages; ++i) {
    const std::string request = text(call.id);
    static_cast<void>(plugbroker_stream_write(stream, request.data(), request.size()));
    ++call.sent;
    read_one(stream, request, call);
  }
  static_cast<void>(plugbroker_stream_close_write(stream));
  finish(stream, call);
}

void MixedSession::stream_all_first() {
  CallRecord call = begin("stream");
  plugbroker_stream* const stream = open("stream", call);
  const unsigned messages = draw(16);
  for (unsigned i = 0; i < messages; ++i) {
    const std::string request = call.id + " message " + std::to_string(i);
    static_cast<void>(plugbroker_stream_write(stream, request.data(), request.size()));
    ++call.sent;
  }
  static_cast<void>(plugbroker_stream_close_write(stream));
  for (unsigned i = 0; i < messages; ++i) read_one(stream, call.id + " message " + std::to_string(i), call);
  finish(stream, call);
}

void MixedSession::push() {
  CallRecord call = begin("push");
  plugbroker_stream* const stream = open("push", call);
  const unsigned messages = draw(30);
  const std::string request = std::to_string(messages);
  static_cast<void>(plugbroker_stream_write(stream, request.data(), request.size()));
  static_cast<void>(plugbroker_stream_close_write(stream));
  call.sent = 1;
  for (unsigned i = 0; i < messages; ++i) read_one(stream, "progress " + std::to_string(i), call);
  finish(stream, call);
}

void MixedSession::broken_off() {
  CallRecord call = begin("broken_off");
  plugbroker_stream* const stream = open("stream", call);
  for (unsigned messages = draw(4); messages > 0; --messages) {
    const std::string request = text(call.id);
    static_cast<void>(plugbroker_stream_write(stream, request.data(), request.size()));
    ++call.sent;
    if (draw(2) == 0) read_one(stream, request, call);
    if (call.got != call.sent) break;
  }
  plugbroker_stream_cancel(stream);
  plugbroker_reply* reply = nullptr;
  static_cast<void>(plugbroker_stream_result(stream, &reply));
  records_.call_ended(call, reply);
  plugbroker_reply_free(reply);
  plugbroker_stream_destroy(stream);
}

}  // namespace plugbroker::mixed_caller
