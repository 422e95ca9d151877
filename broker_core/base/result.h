// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <variant>

#include "broker_core/base/assert.h"
#include "broker_core/base/status.h"

namespace plugbroker {

/// A value, or the Status that says why there is none. Never holds an ok Status.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Status status) : content_(std::in_place_index<1>, std::move(status)) {
    PLUGBROKER_ASSERT(!std::get<1>(content_).ok());
  }
  Result(StatusCode code, std::string message) : Result(Status{code, std::move(message)}) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// Only when ok().
  [[nodiscard]] T& value() & { return checked_value(content_); }
  [[nodiscard]] const T& value() const& { return checked_value(content_); }
  [[nodiscard]] T&& value() && { return std::move(checked_value(content_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

  /// Only when not ok().
  [[nodiscard]] const Status& status() const& {
    PLUGBROKER_ASSERT(!ok());
    return *std::get_if<1>(&content_);
  }

 private:
  template <typename Content>
  static auto& checked_value(Content& content) {
    PLUGBROKER_ASSERT(content.index() == 0);
    return *std::get_if<0>(&content);
  }

  std::variant<T, Status> content_;
};

}  // namespace plugbroker
