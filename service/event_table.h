// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plugbroker::service {

/// As in the message file: the two highest bits of an event's whole id.
enum class EventSeverity : std::uint8_t { information = 1, warning = 2, error = 3 };

/// Numbered from 1 without a gap, as the system wants it.
enum class EventCategory : std::uint8_t { service = 1, configuration = 2, pools = 3, security = 4 };
inline constexpr std::uint16_t event_categories = 4;

/// One event of the Windows event log: a line of our own log that an administrator has to know of.
struct EventEntry {
  std::uint16_t id = 0;        ///< As the event viewer shows it. Never changes its meaning, and is never used again.
  std::string_view log_event;  ///< The name in our own log.
  EventSeverity severity = EventSeverity::information;
  EventCategory category = EventCategory::service;
  /// %1 is the service's name, %2 the line's message, %3 the pool.
  std::string_view text;
  std::string_view advice;  ///< What to do, for docs/OPERATIONS.md.

  /// With the severity, as the system wants it.
  [[nodiscard]] constexpr std::uint32_t whole_id() const {
    return static_cast<std::uint32_t>(severity) << 30 | std::uint32_t{id};
  }
};

/// Texts that each event has, in this order: service, message, pool.
inline constexpr std::size_t event_texts = 3;

/// All of them, by id. The message file and the table in docs/OPERATIONS.md are printed from this one.
[[nodiscard]] std::span<const EventEntry> event_table();

/// None when that line of the log is not one for the event log.
[[nodiscard]] const EventEntry* find_event(std::string_view log_event);

[[nodiscard]] std::string_view to_string(EventSeverity severity) noexcept;
[[nodiscard]] std::string_view to_string(EventCategory category) noexcept;

/// Of events that were left out because there were too many: the event log tells that itself.
inline constexpr std::string_view events_left_out = "events_left_out";

/// The source of the message file, service/events/plugbroker-events.mc.
[[nodiscard]] std::string event_message_source();

/// The table in docs/OPERATIONS.md.
[[nodiscard]] std::string event_document();

}  // namespace plugbroker::service
