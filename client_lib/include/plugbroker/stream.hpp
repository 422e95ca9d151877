// SPDX-License-Identifier: Apache-2.0
// Part of plugbroker.hpp: calls of many messages.
#ifndef PLUGBROKER_STREAM_HPP
#define PLUGBROKER_STREAM_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "plugbroker/values.hpp"

PLUGBROKER_CXX_BEGIN

/// One message of a stream. Move-only.
class Message {
 public:
  /// Takes over `message`.
  explicit Message(plugbroker_message* message) noexcept : message_(message) {}

  /// Valid as long as this Message.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(plugbroker_message_data(message_.get())),
            plugbroker_message_size(message_.get())};
  }
  [[nodiscard]] std::string_view text() const noexcept {
    return {static_cast<const char*>(plugbroker_message_data(message_.get())), plugbroker_message_size(message_.get())};
  }

 private:
  struct Free {
    void operator()(plugbroker_message* message) const noexcept { plugbroker_message_free(message); }
  };
  std::unique_ptr<plugbroker_message, Free> message_;
};

/// A call of any number of messages each way. Move-only; destroying it cancels it. One thread may read while another
/// writes.
class Stream {
 public:
  /// Takes over `stream`.
  explicit Stream(plugbroker_stream* stream) noexcept : stream_(stream) {}

  /// One message; waits while too much is unsent. The Error has the status alone: result() tells more.
  [[nodiscard]] Result<Done> write(std::span<const std::byte> message) const {
    return done_if(plugbroker_stream_write(stream_.get(), message.data(), message.size()));
  }
  [[nodiscard]] Result<Done> write(std::string_view message) const { return write(bytes_of(message)); }
  /// False: not now.
  [[nodiscard]] Result<bool> try_write(std::span<const std::byte> message) const {
    const plugbroker_status status = plugbroker_stream_try_write(stream_.get(), message.data(), message.size());
    if (status == PLUGBROKER_WOULD_BLOCK) return false;
    if (status != PLUGBROKER_OK) return error_of(status, "the message was not taken");
    return true;
  }
  [[nodiscard]] Result<bool> try_write(std::string_view message) const { return try_write(bytes_of(message)); }
  [[nodiscard]] Result<Done> close_write() const { return done_if(plugbroker_stream_close_write(stream_.get())); }

  /// Waits for the next message; none: the reply has ended ok.
  [[nodiscard]] Result<std::optional<Message>> read() const {
    plugbroker_message* message = nullptr;
    plugbroker_status status = plugbroker_stream_read(stream_.get(), &message);
    if (status == PLUGBROKER_RESOURCE_EXHAUSTED) status = plugbroker_stream_read(stream_.get(), &message);
    if (status != PLUGBROKER_OK) return read_error(status);
    return message == nullptr ? std::optional<Message>{} : std::optional<Message>{Message(message)};
  }
  /// For try_read().
  struct TryRead {
    bool would_block = false;
    std::optional<Message> message;  ///< None, and not would_block: the reply has ended ok.
  };
  [[nodiscard]] Result<TryRead> try_read() const {
    plugbroker_message* message = nullptr;
    plugbroker_status status = plugbroker_stream_try_read(stream_.get(), &message);
    if (status == PLUGBROKER_RESOURCE_EXHAUSTED) status = plugbroker_stream_try_read(stream_.get(), &message);
    TryRead read;
    read.would_block = status == PLUGBROKER_WOULD_BLOCK;
    if (message != nullptr) read.message.emplace(message);
    if (status != PLUGBROKER_OK && !read.would_block) return read_error(status);
    return read;
  }
  /// A HANDLE; see plugbroker_stream_event.
  [[nodiscard]] void* event() const noexcept { return plugbroker_stream_event(stream_.get()); }

  /// Waits for the end. Read the messages first.
  [[nodiscard]] Result<Reply> result() const {
    plugbroker_reply* reply = nullptr;
    const plugbroker_status status = plugbroker_stream_result(stream_.get(), &reply);
    if (reply == nullptr) return error_of(status, "a blocking call inside a callback");
    return result_of(reply);
  }
  void cancel() const noexcept { plugbroker_stream_cancel(stream_.get()); }

 private:
  struct Destroy {
    void operator()(plugbroker_stream* stream) const noexcept { plugbroker_stream_destroy(stream); }
  };
  static std::span<const std::byte> bytes_of(std::string_view text) noexcept {
    return std::as_bytes(std::span{text.data(), text.size()});
  }
  [[nodiscard]] static Result<Done> done_if(plugbroker_status status) {
    if (status != PLUGBROKER_OK) return error_of(status, "the stream takes no more");
    return Done{};
  }
  /// The stream has ended, so that its result is there; but inside a callback a read fails by itself, and so does
  /// asking for the result. (A read that only lacked memory was tried again, since then the stream goes on.)
  [[nodiscard]] Error read_error(plugbroker_status status) const {
    plugbroker_reply* reply = nullptr;
    plugbroker_stream_result(stream_.get(), &reply);
    const Reply owned(reply);
    return reply == nullptr ? error_of(status, "the stream can't be read") : error_of(reply);
  }
  std::unique_ptr<plugbroker_stream, Destroy> stream_;
};

PLUGBROKER_CXX_END

#endif  // PLUGBROKER_STREAM_HPP
