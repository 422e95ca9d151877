// SPDX-License-Identifier: Apache-2.0
// Part of plugbroker.hpp: errors, results, replies, cancellation handles, options.
#ifndef PLUGBROKER_VALUES_HPP
#define PLUGBROKER_VALUES_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "plugbroker/plugbroker.h"

// The names carry a version for the linker. Sources of the broker itself, which have other things of these names,
// define PLUGBROKER_VERSIONED_NAMES_ONLY and write plugbroker::v1::Client.
#if defined(PLUGBROKER_VERSIONED_NAMES_ONLY)
#define PLUGBROKER_CXX_BEGIN namespace plugbroker::v1 {
#define PLUGBROKER_CXX_END }
#else
#define PLUGBROKER_CXX_BEGIN \
  namespace plugbroker {     \
  inline namespace v1 {
#define PLUGBROKER_CXX_END \
  }                        \
  }
#endif

PLUGBROKER_CXX_BEGIN

/// Why a call or an operation failed.
struct Error {
  plugbroker_status status = PLUGBROKER_UNKNOWN;
  plugbroker_retry retry = PLUGBROKER_RETRY_NEVER;
  plugbroker_origin origin = PLUGBROKER_ORIGIN_CLIENT;
  bool worker_received = false;
  std::string message;
  std::vector<std::byte> detail;             ///< The worker's, for your program.
  std::chrono::microseconds retry_after{0};  ///< The service's hint; zero for none.
  std::uint32_t attempts = 0;                ///< How often the call was sent.

  /// "not_found" and so on.
  [[nodiscard]] const char* status_name() const noexcept { return plugbroker_status_name(status); }
};

/// A value, or the Error that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// Only when ok().
  [[nodiscard]] T& value() & noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] const T& value() const& noexcept { return *std::get_if<0>(&content_); }
  [[nodiscard]] T&& value() && noexcept { return std::move(*std::get_if<0>(&content_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&content_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&content_); }
  [[nodiscard]] T& operator*() & noexcept { return value(); }
  [[nodiscard]] const T& operator*() const& noexcept { return value(); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }

  /// Only when not ok().
  [[nodiscard]] const Error& error() const noexcept { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Error> content_;
};

/// What a Result of nothing but success holds.
struct Done {};

/// The reply of a call that succeeded. Owns the bytes; move-only.
class Reply {
 public:
  /// Takes over `reply`.
  explicit Reply(plugbroker_reply* reply) noexcept : reply_(reply) {}

  /// Valid as long as this Reply.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(plugbroker_reply_data(reply_.get())), plugbroker_reply_size(reply_.get())};
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {static_cast<const char*>(plugbroker_reply_data(reply_.get())), plugbroker_reply_size(reply_.get())};
  }
  [[nodiscard]] std::string_view content_type() const noexcept { return plugbroker_reply_content_type(reply_.get()); }
  /// The worker's pairs; `index` below metadata_count().
  [[nodiscard]] std::size_t metadata_count() const noexcept { return plugbroker_reply_metadata_count(reply_.get()); }
  [[nodiscard]] std::pair<std::string_view, std::string_view> metadata(std::size_t index) const noexcept {
    return {plugbroker_reply_metadata_key(reply_.get(), index), plugbroker_reply_metadata_value(reply_.get(), index)};
  }
  [[nodiscard]] const plugbroker_reply* get() const noexcept { return reply_.get(); }

 private:
  struct Free {
    void operator()(plugbroker_reply* reply) const noexcept { plugbroker_reply_free(reply); }
  };
  std::unique_ptr<plugbroker_reply, Free> reply_;
};

/// Copies what a failed reply says.
[[nodiscard]] inline Error error_of(const plugbroker_reply* reply) {
  Error error;
  error.status = plugbroker_reply_status(reply);
  error.retry = plugbroker_reply_retry(reply);
  error.origin = plugbroker_reply_origin(reply);
  error.worker_received = plugbroker_reply_worker_received(reply) != 0;
  error.message = plugbroker_reply_message(reply);
  const auto* detail = static_cast<const std::byte*>(plugbroker_reply_detail(reply));
  error.detail.assign(detail, detail + plugbroker_reply_detail_size(reply));
  error.retry_after = std::chrono::microseconds{plugbroker_reply_retry_after_us(reply)};
  error.attempts = plugbroker_reply_attempts(reply);
  return error;
}
/// An error of this library that comes without a reply.
[[nodiscard]] inline Error error_of(plugbroker_status status, const char* message) {
  Error error;
  error.status = status;
  error.message = message;
  return error;
}
/// Takes over `reply`.
[[nodiscard]] inline Result<Reply> result_of(plugbroker_reply* reply) {
  Reply owned(reply);
  if (plugbroker_reply_status(reply) != PLUGBROKER_OK) return error_of(reply);
  return owned;
}

/// Cancels the calls that it was given to. Move-only. Destroying it leaves them running.
class Cancellation {
 public:
  [[nodiscard]] static Result<Cancellation> create() {
    plugbroker_cancellation* made = nullptr;
    const plugbroker_status status = plugbroker_cancellation_create(&made);
    if (status != PLUGBROKER_OK) return error_of(status, "no cancellation handle");
    return Cancellation(made);
  }
  /// From any thread.
  void cancel() const noexcept { plugbroker_cancellation_cancel(handle_.get()); }
  [[nodiscard]] plugbroker_cancellation* get() const noexcept { return handle_.get(); }

 private:
  struct Destroy {
    void operator()(plugbroker_cancellation* handle) const noexcept { plugbroker_cancellation_destroy(handle); }
  };
  explicit Cancellation(plugbroker_cancellation* handle) noexcept : handle_(handle) {}
  std::unique_ptr<plugbroker_cancellation, Destroy> handle_;
};

/// See plugbroker_client_options. Empty and zero mean the default.
struct ClientOptions {
  std::string pipe_name{};
  std::string service_name{};
  std::string trusted_owners{};
  std::string user_name{};
  plugbroker_log_callback log = nullptr;
  void* log_context = nullptr;
  std::uint64_t max_payload_bytes = 0;
  std::uint64_t max_pending_bytes = 0;
};

/// See plugbroker_call_options.
struct CallOptions {
  std::chrono::microseconds deadline = std::chrono::seconds{30};
  const Cancellation* cancellation = nullptr;
  std::string content_type{};
  std::string idempotency_key{};
  std::string traceparent{};
  std::string tracestate{};
  std::vector<std::pair<std::string, std::string>> metadata{};
  std::uint32_t retry_attempts = 0;
  bool wait_for_ready = false;
};

namespace detail {

inline const char* null_if_empty(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

/// CallOptions as the C interface takes them. Refers to `from`.
class CCallOptions {
 public:
  explicit CCallOptions(const CallOptions& from) : options_(plugbroker_call_options_default()) {
    options_.deadline_us = from.deadline.count() > 0 ? from.deadline.count() : -1;  // zero would be the default
    options_.cancellation = from.cancellation == nullptr ? nullptr : from.cancellation->get();
    options_.content_type = null_if_empty(from.content_type);
    options_.idempotency_key = null_if_empty(from.idempotency_key);
    options_.traceparent = null_if_empty(from.traceparent);
    options_.tracestate = null_if_empty(from.tracestate);
    for (const auto& [key, value] : from.metadata) pairs_.push_back({key.c_str(), value.c_str()});
    options_.metadata = pairs_.data();
    options_.metadata_count = pairs_.size();
    options_.retry_attempts = from.retry_attempts;
    options_.wait_for_ready = from.wait_for_ready ? 1 : 0;
  }
  [[nodiscard]] const plugbroker_call_options* get() const noexcept { return &options_; }

 private:
  plugbroker_call_options options_;
  std::vector<plugbroker_metadata> pairs_;
};

}  // namespace detail

PLUGBROKER_CXX_END

#endif  // PLUGBROKER_VALUES_HPP
