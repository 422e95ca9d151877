// SPDX-License-Identifier: Apache-2.0
#include "client_lib/core/outgoing_request.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace plugbroker::client {

namespace {

constexpr std::size_t length_bytes = sizeof(std::uint32_t);

}  // namespace

void OutgoingRequest::borrow(ByteView message) noexcept {
  borrowed_ = message;
  is_borrowed_ = true;
  closed_ = true;
}

void OutgoingRequest::add(ByteView message) {
  const std::size_t before = bytes_.size();
  // Grows as a vector grows, so that many small messages don't cost a copy of the buffer each.
  if (bytes_.capacity() - before < length_bytes + message.size()) {
    bytes_.reserve(std::max(2 * bytes_.capacity(), before + length_bytes + message.size()));
  }
  bytes_.resize(before + length_bytes + message.size());
  store_le(bytes_.data() + before, static_cast<std::uint32_t>(message.size()));
  if (!message.empty()) std::memcpy(bytes_.data() + before + length_bytes, message.data(), message.size());
}

std::size_t OutgoingRequest::message_left() const noexcept {
  return in_message_ ? message_rest_ : load_le<std::uint32_t>(bytes_.data() + at_);
}

std::optional<OutgoingRequest::Piece> OutgoingRequest::next(std::size_t room, bool first) const noexcept {
  if (finished_) return std::nullopt;
  if (is_borrowed_) {
    const std::size_t left = borrowed_.size() - sent_;
    const std::size_t size = std::min(left, room);
    if (size == 0 && left != 0) return std::nullopt;
    return Piece{borrowed_.subspan(sent_, size), size < left, size == left, false};
  }
  if (at_ == bytes_.size() && !in_message_) {
    if (!first && !closed_) return std::nullopt;
    return Piece{{}, false, closed_, true};
  }
  const std::size_t left = message_left();
  const std::size_t size = std::min(left, room);
  if (size == 0 && left != 0) return std::nullopt;
  const std::size_t from = at_ + (in_message_ ? 0 : length_bytes);
  const bool is_last = closed_ && size == left && from + size == bytes_.size();
  return Piece{ByteView{bytes_}.subspan(from, size), size < left, is_last, false};
}

void OutgoingRequest::written(const Piece& piece) noexcept {
  finished_ = piece.end_stream;
  if (is_borrowed_) {
    sent_ += piece.payload.size();
    return;
  }
  if (piece.no_message) return;
  message_rest_ = message_left() - piece.payload.size();
  at_ += (in_message_ ? 0 : length_bytes) + piece.payload.size();
  in_message_ = piece.more;
  compact();
}

/// Drops what was written, unless it is the beginning and small; moves the rest only when that costs less than was
/// written since the last time.
void OutgoingRequest::compact() noexcept {
  if (!dropped_ && bytes_.size() <= kept_bytes) return;
  dropped_ = true;
  if (at_ == bytes_.size()) {
    bytes_.clear();
    at_ = 0;
    if (bytes_.capacity() > kept_bytes) bytes_ = {};
  } else if (at_ > bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
  }
}

void OutgoingRequest::rewind() noexcept {
  sent_ = 0;
  at_ = 0;
  message_rest_ = 0;
  in_message_ = false;
  finished_ = false;
}

void OutgoingRequest::drop() noexcept {
  bytes_ = {};
  at_ = 0;
  in_message_ = false;
  dropped_ = true;
  finished_ = true;
  closed_ = true;
}

}  // namespace plugbroker::client
