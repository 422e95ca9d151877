// SPDX-License-Identifier: Apache-2.0
// The C interface: streams.
#include <memory>

#include "client_lib/api/handles.h"
#include "client_lib/api/options.h"
#include "client_lib/api/reply.h"

using plugbroker::Status;
using plugbroker::client::bytes_of;
using plugbroker::client::CallOutcome;
using plugbroker::client::from_c;
using plugbroker::client::guarded;
using plugbroker::client::on_guest_thread;
using plugbroker::client::Stream;
using plugbroker::client::to_c;

namespace {

plugbroker_status write(plugbroker_stream* stream, const void* data, size_t size, bool waits) noexcept {
  if (stream == nullptr || (data == nullptr && size != 0)) return PLUGBROKER_INVALID_ARGUMENT;
  if (waits && on_guest_thread()) return PLUGBROKER_FAILED_PRECONDITION;
  return guarded([&]() -> plugbroker_status {
    const auto written = from_c(stream)->write(bytes_of(data, size), waits);
    if (!written.ok()) return to_c(written.status().code);
    return *written == Stream::Progress::done ? PLUGBROKER_OK : PLUGBROKER_WOULD_BLOCK;
  });
}

plugbroker_status read(plugbroker_stream* stream, plugbroker_message** message, bool waits) noexcept {
  if (message == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  *message = nullptr;
  if (stream == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  if (waits && on_guest_thread()) return PLUGBROKER_FAILED_PRECONDITION;
  return guarded([&]() -> plugbroker_status {
    auto holder = std::make_unique<plugbroker_message>();
    auto taken = from_c(stream)->read(waits);
    if (!taken.ok()) return to_c(taken.status().code);
    if (taken->progress == Stream::Progress::would_block) return PLUGBROKER_WOULD_BLOCK;
    if (!taken->message) return PLUGBROKER_OK;
    holder->bytes = std::move(*taken->message);
    *message = holder.release();
    return PLUGBROKER_OK;
  });
}

}  // namespace

extern "C" {

plugbroker_status plugbroker_stream_open(plugbroker_client* client, const char* route,
                                         const plugbroker_call_options* options, plugbroker_stream** stream) {
  if (stream == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  *stream = nullptr;
  if (client == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  return guarded([&]() -> plugbroker_status {
    plugbroker::client::CallRequest asked;
    const Status wrong = plugbroker::client::read_call(route, options, asked);
    if (!wrong.ok()) return to_c(wrong.code);
    const auto opened = Stream::open(*client->client, asked.head, asked.limits, asked.cancellation);
    if (!opened.ok()) return to_c(opened.status().code);
    *stream = to_c(*opened);
    return PLUGBROKER_OK;
  });
}

plugbroker_status plugbroker_stream_write(plugbroker_stream* stream, const void* data, size_t size) {
  return write(stream, data, size, true);
}

plugbroker_status plugbroker_stream_try_write(plugbroker_stream* stream, const void* data, size_t size) {
  return write(stream, data, size, false);
}

plugbroker_status plugbroker_stream_close_write(plugbroker_stream* stream) {
  if (stream == nullptr) return PLUGBROKER_INVALID_ARGUMENT;
  return guarded([&] { return to_c(from_c(stream)->close_write().code); });
}

plugbroker_status plugbroker_stream_read(plugbroker_stream* stream, plugbroker_message** message) {
  return read(stream, message, true);
}

plugbroker_status plugbroker_stream_try_read(plugbroker_stream* stream, plugbroker_message** message) {
  return read(stream, message, false);
}

void* plugbroker_stream_event(plugbroker_stream* stream) {
  return stream == nullptr ? nullptr : from_c(stream)->event();
}

plugbroker_status plugbroker_stream_result(plugbroker_stream* stream, plugbroker_reply** reply) {
  if (stream != nullptr && on_guest_thread()) {
    if (reply != nullptr) *reply = nullptr;
    return PLUGBROKER_FAILED_PRECONDITION;
  }
  return plugbroker::client::into_reply(nullptr, reply, [&](CallOutcome& outcome) {
    if (stream == nullptr) {
      outcome.fail(plugbroker::StatusCode::invalid_argument, "stream is NULL");
    } else {
      outcome = from_c(stream)->result();
    }
  });
}

void plugbroker_stream_cancel(plugbroker_stream* stream) {
  if (stream != nullptr) from_c(stream)->cancel();
}

void plugbroker_stream_destroy(plugbroker_stream* stream) {
  if (stream != nullptr) from_c(stream)->destroy();
}

const void* plugbroker_message_data(const plugbroker_message* message) {
  return plugbroker_message_size(message) == 0 ? nullptr : message->bytes.data();
}

size_t plugbroker_message_size(const plugbroker_message* message) {
  return message == nullptr ? 0 : message->bytes.size();
}

void plugbroker_message_free(plugbroker_message* message) {
  delete message;
}

}  // extern "C"
