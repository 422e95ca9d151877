// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "broker_core/base/assert.h"

namespace plugbroker::engine {

/// One row of a state machine: in `from`, `on` leads to `to`.
template <typename State, typename Happening>
struct Transition {
  State from;
  Happening on;
  State to;
};

/// A state machine is its table; everything not in it cannot happen. Enumerators count from 0 up to the given numbers.
template <typename State, typename Happening, std::size_t states, std::size_t happenings>
class StateMachine {
 public:
  using Row = Transition<State, Happening>;

  template <std::size_t rows>
  constexpr explicit StateMachine(const std::array<Row, rows>& table) : table_(table) {
    for (const Row& row : table) {
      std::optional<State>& cell = cells_[index(row.from)][index(row.on)];
      PLUGBROKER_ASSERT(!cell);  // Two rows for one cell.
      cell = row.to;
    }
  }

  /// Nothing when the table has no such row.
  [[nodiscard]] constexpr std::optional<State> next(State from, Happening on) const noexcept {
    return cells_[index(from)][index(on)];
  }

  /// Moves `state` on. Stops the process when the table has no such row: the engine's logic is broken then.
  constexpr void apply(State& state, Happening on) const noexcept {
    const std::optional<State> to = next(state, on);
    PLUGBROKER_ASSERT(to);
    state = *to;
  }

  [[nodiscard]] constexpr std::span<const Row> rows() const noexcept { return table_; }

 private:
  template <typename Enum>
  static constexpr std::size_t index(Enum value) noexcept {
    return static_cast<std::size_t>(value);
  }

  std::span<const Row> table_;
  std::array<std::array<std::optional<State>, happenings>, states> cells_{};
};

}  // namespace plugbroker::engine
