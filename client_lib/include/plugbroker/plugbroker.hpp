// SPDX-License-Identifier: Apache-2.0
//
// PlugBroker client library for C++20: the C interface (plugbroker.h, where all promises are written down) with owners,
// spans and results. Header only, and nothing but the C interface crosses to the library, so that compilers may differ.
//
//   auto client = plugbroker::Client::create();
//   if (!client) return fail(client.error().message);
//   auto reply = client->call("echo", "hello");
//   if (!reply) return fail(reply.error().message);
//   use(reply->text());
//
// In a coroutine (of any library): auto reply = co_await client->call_async("echo", "hello");
// A stream: auto stream = client->open_stream("chat"); stream->write("one"); while (auto next = stream->read()) ...
//
// Nothing throws but std::bad_alloc, for the texts of options and of an Error.
#ifndef PLUGBROKER_PLUGBROKER_HPP
#define PLUGBROKER_PLUGBROKER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "plugbroker/async.hpp"
#include "plugbroker/plugbroker.h"
#include "plugbroker/stream.hpp"
#include "plugbroker/values.hpp"

PLUGBROKER_CXX_BEGIN

/// A connection to the service, for any number of threads. Move-only. Not to be destroyed inside a callback, and so not
/// in a coroutine that goes on after co_await on the library's thread either: its thread and connection would stay for
/// good.
class Client {
 public:
  /// Never waits: the first call connects. The Error has the words that the log callback got.
  [[nodiscard]] static Result<Client> create(const ClientOptions& options = {}) {
    plugbroker_client_options given = plugbroker_client_options_default();
    given.pipe_name = detail::null_if_empty(options.pipe_name);
    given.service_name = detail::null_if_empty(options.service_name);
    given.trusted_owners = detail::null_if_empty(options.trusted_owners);
    given.user_name = detail::null_if_empty(options.user_name);
    given.log = options.log;
    given.log_context = options.log_context;
    given.max_payload_bytes = options.max_payload_bytes;
    given.max_pending_bytes = options.max_pending_bytes;
    plugbroker_client* made = nullptr;
    const plugbroker_status status = plugbroker_client_create(&given, &made);
    if (status != PLUGBROKER_OK) return error_of(status, CreationReason(given, status).text());
    return Client(made);
  }

  [[nodiscard]] Result<Reply> call(const char* route, std::span<const std::byte> request,
                                   const CallOptions& options = {}) const {
    plugbroker_reply* reply = nullptr;
    plugbroker_call(client_.get(), route, request.data(), request.size(), detail::CCallOptions(options).get(), &reply);
    return result_of(reply);
  }
  [[nodiscard]] Result<Reply> call(const char* route, std::string_view request, const CallOptions& options = {}) const {
    return call(route, std::as_bytes(std::span{request.data(), request.size()}), options);
  }

  /// See AsyncCall.
  [[nodiscard]] AsyncCall call_async(std::string route, std::span<const std::byte> request,
                                     CallOptions options = {}) const {
    return AsyncCall(client_.get(), std::move(route), request, std::move(options));
  }
  [[nodiscard]] AsyncCall call_async(std::string route, std::string_view request, CallOptions options = {}) const {
    return call_async(std::move(route), std::as_bytes(std::span{request.data(), request.size()}), std::move(options));
  }

  /// Starts a call, whose request is copied.
  [[nodiscard]] Result<Operation> start(const char* route, std::span<const std::byte> request,
                                        const CallOptions& options = {}) const {
    plugbroker_operation* started = nullptr;
    const plugbroker_status status =
        plugbroker_call_start(client_.get(), route, request.data(), request.size(), detail::CCallOptions(options).get(),
                              nullptr, nullptr, &started);
    if (status != PLUGBROKER_OK) return error_of(status, "the call could not be started");
    return Operation(started);
  }
  [[nodiscard]] Result<Operation> start(const char* route, std::string_view request,
                                        const CallOptions& options = {}) const {
    return start(route, std::as_bytes(std::span{request.data(), request.size()}), options);
  }

  /// Never waits: the connection is made in the background.
  [[nodiscard]] Result<Stream> open_stream(const char* route, const CallOptions& options = {}) const {
    plugbroker_stream* opened = nullptr;
    const plugbroker_status status =
        plugbroker_stream_open(client_.get(), route, detail::CCallOptions(options).get(), &opened);
    if (status != PLUGBROKER_OK) return error_of(status, "the stream could not be opened");
    return Stream(opened);
  }

  [[nodiscard]] Result<Done> wait_for_ready(std::chrono::microseconds timeout) const {
    plugbroker_reply* reply = nullptr;
    const plugbroker_status status = plugbroker_client_wait_for_ready(client_.get(), timeout.count(), &reply);
    const Reply owned(reply);
    if (status != PLUGBROKER_OK) return error_of(owned.get());
    return Done{};
  }

  [[nodiscard]] plugbroker_client* get() const noexcept { return client_.get(); }

 private:
  struct Destroy {
    void operator()(plugbroker_client* client) const noexcept { plugbroker_client_destroy(client); }
  };
  /// Why options were refused. The library tells only a log callback, so they are handed in once more, with one of
  /// this class's own.
  class CreationReason {
   public:
    CreationReason(plugbroker_client_options options, plugbroker_status status) noexcept {
      options.log = take;
      options.log_context = this;
      plugbroker_client* made = nullptr;
      if (status == PLUGBROKER_INVALID_ARGUMENT) plugbroker_client_create(&options, &made);
      plugbroker_client_destroy(made);
    }
    [[nodiscard]] const char* text() const noexcept { return text_; }

   private:
    static void PLUGBROKER_ABI take(void* self, std::int32_t, const char* text) noexcept {
      std::snprintf(static_cast<CreationReason*>(self)->text_, longest, "%s", text);
    }
    static constexpr std::size_t longest = 512;
    char text_[longest] = "the client can't be created";
  };
  explicit Client(plugbroker_client* client) noexcept : client_(client) {}
  std::unique_ptr<plugbroker_client, Destroy> client_;
};

PLUGBROKER_CXX_END

#endif  // PLUGBROKER_PLUGBROKER_HPP
