// SPDX-License-Identifier: Apache-2.0
#include "service/event_table.h"

#include <algorithm>
#include <array>

#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

using C = EventCategory;
using S = EventSeverity;

static_assert(event_categories == event_category_count);

constexpr std::array entries{
    EventEntry{100, "service_ready", S::information, C::service, "The service %1 is running: %2.", ""},
    EventEntry{101, "service_stopped", S::information, C::service, "The service %1 has stopped: %2.", ""},
    EventEntry{102, "service_degraded", S::warning, C::service, "The service %1 runs degraded: %2.",
               "`plugbrokerctl pools` says why the pool has no worker; 103 follows when it has"},
    EventEntry{103, "service_recovered", S::information, C::service, "The service %1 runs degraded no longer: %2.", ""},
    EventEntry{110, "service_start_failed", S::error, C::service, "The service %1 could not start: %2.",
               "exit code 2, 3 or 4: the table above"},
    EventEntry{111, "service_broke_down", S::error, C::service, "The service %1 has broken down: %2.",
               "keep the log and tell the maintainers; the failure actions restart the service"},
    EventEntry{112, "service_unreachable", S::error, C::service, "The service %1 stops by itself: %2.",
               "find out what has taken its pipe: the message names the process or the error; the failure actions "
               "restart the service"},
    EventEntry{113, "service_crashed", S::error, C::service, "The service %1 has crashed: %2.",
               "keep the log and tell the maintainers; the failure actions restart the service"},
    EventEntry{120, events_left_out, S::warning, C::service, "Events of the service %1 were left out: %2.",
               "read the log of that time; something happens again and again"},
    EventEntry{200, "config_rejected", S::error, C::configuration,
               "The configuration of the service %1 is not good, so it does not start: %2.",
               "`plugbroker-service check-config` prints every problem; correct the file and start the service"},
    EventEntry{201, "reloaded", S::information, C::configuration,
               "The service %1 has taken over its changed configuration: %2.", ""},
    EventEntry{202, "reload_refused", S::error, C::configuration,
               "The service %1 was told to read its configuration again, and goes on with the one before: %2.",
               "correct the file, then `plugbrokerctl reload`"},
    EventEntry{300, "breaker_opened", S::error, C::pools,
               "The pool %3 of the service %1 takes no calls, because its workers fail: %2.",
               "\"The breaker is open\" below"},
    EventEntry{301, "breaker_closed", S::information, C::pools, "The pool %3 of the service %1 takes calls again: %2.",
               ""},
    EventEntry{400, "pipe_security_reduced", S::warning, C::security,
               "A pipe of the service %1 has less protection than it should: %2.",
               "run the service under the account that the installer gives it"},
    EventEntry{401, "pipe_instance_failed", S::error, C::security,
               "The service %1 can't take more connections at a pipe: %2.",
               "it is tried again by itself; when it goes on, look for a process that uses up memory or handles"},
};

std::string_view severity_name(EventSeverity severity) {
  switch (severity) {
    case S::information:
      return "Informational";
    case S::warning:
      return "Warning";
    case S::error:
      return "Error";
  }
  return "Error";
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

std::string message(std::uint32_t id, std::string_view severity, std::string_view symbol, std::string_view text) {
  std::string source = "MessageId=" + std::to_string(id) + "\nSeverity=";
  return source.append(severity)
      .append("\nFacility=Service\nSymbolicName=")
      .append(symbol)
      .append("\nLanguage=English\n")
      .append(text)
      .append("\n.\n\n");
}

}  // namespace

std::span<const EventEntry> event_table() {
  return entries;
}

const EventEntry* find_event(std::string_view log_event) {
  const auto found = std::ranges::find(entries, log_event, &EventEntry::log_event);
  return found == entries.end() ? nullptr : &*found;
}

std::string_view to_string(EventSeverity severity) noexcept {
  switch (severity) {
    case S::information:
      return "information";
    case S::warning:
      return "warning";
    case S::error:
      return "error";
  }
  return "unrecognised";
}

std::string_view to_string(EventCategory category) noexcept {
  switch (category) {
    case C::service:
      return "Service";
    case C::configuration:
      return "Configuration";
    case C::pools:
      return "Pools";
    case C::security:
      return "Security";
  }
  return "unrecognised";
}

std::string event_message_source() {
  std::string source =
      ";// SPDX-License-Identifier: Apache-2.0\n"
      ";// Printed by plugbroker_event_files from service/event_table.cpp; a test compares the two.\n\n"
      "MessageIdTypedef=DWORD\n"
      "SeverityNames=(Success=0x0:SEVERITY_OF_CATEGORY\n"
      "               Informational=0x1:SEVERITY_OF_INFORMATION\n"
      "               Warning=0x2:SEVERITY_OF_WARNING\n"
      "               Error=0x3:SEVERITY_OF_ERROR)\n"
      "FacilityNames=(Service=0x0:FACILITY_OF_SERVICE)\n"
      "LanguageNames=(English=0x409:MSG00409)\n\n";
  for (std::uint16_t number = 1; number <= event_categories; ++number) {
    const std::string_view name = to_string(static_cast<EventCategory>(number));
    source += message(number, "Success", "CATEGORY_" + upper(name), name);
  }
  for (const EventEntry& entry : entries) {
    source += message(entry.id, severity_name(entry.severity), "EVENT_" + upper(entry.log_event), entry.text);
  }
  return source;
}

std::string event_document() {
  std::string text = "| id | severity | category | log line | what it says | what to do |\n|---|---|---|---|---|---|\n";
  for (const EventEntry& entry : entries) {
    text += "| " + std::to_string(entry.id) + " | ";
    text.append(to_string(entry.severity)).append(" | ").append(to_string(entry.category)).append(" | `");
    text.append(entry.log_event).append("` | ").append(entry.text).append(" | ").append(entry.advice);
    text += entry.advice.empty() ? "|\n" : " |\n";
  }
  return text;
}

}  // namespace plugbroker::service
