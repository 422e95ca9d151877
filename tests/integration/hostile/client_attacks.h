// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// What the hostile client does. Each attack throws HarnessError when it could not be carried out, which includes that
/// the broker neither answers nor closes.
namespace plugbroker::hostile {

struct Attack {
  std::string_view name;
  void (*run)(const std::string& pipe, unsigned size);
};

[[nodiscard]] std::span<const Attack> attacks();

/// Prints NAME=NUMBER, at once.
void tell(const char* name, std::uint64_t number);

/// Routes of the hostile worker.
inline constexpr std::string_view held_route = "hostile.hold";  ///< No answer before CANCEL.
inline constexpr std::string_view blob_route = "hostile.blob";  ///< Answers with 256 KiB.
inline constexpr std::string_view echo_route = "hostile.echo";

void flood_connections(const std::string& pipe, unsigned count);
void half_open(const std::string& pipe, unsigned count);
void read_slowly(const std::string& pipe, unsigned);
void write_slowly(const std::string& pipe, unsigned);
void lie_about_lengths(const std::string& pipe, unsigned);
void reuse_stream_ids(const std::string& pipe, unsigned);
void overflow_credit(const std::string& pipe, unsigned);
void cancel_calls(const std::string& pipe, unsigned count);
void send_giant_metadata(const std::string& pipe, unsigned);
void call_forged_routes(const std::string& pipe, unsigned);

}  // namespace plugbroker::hostile
