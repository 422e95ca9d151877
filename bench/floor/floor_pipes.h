// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

/// What the floors of bench/ have in common: the smallest framing that will do, and pipes as the product makes them.
/// A frame is its payload's length (u32, little-endian), a number (u32), the payload. Errors are std::runtime_error.
namespace plugbroker::bench::floor {

inline constexpr std::size_t header_bytes = 8;
inline constexpr DWORD pipe_buffer_bytes = 80 * 1024;  ///< As the broker's.
inline constexpr std::size_t read_buffer_bytes = 80 * 1024;

[[noreturn]] inline void fail(const std::string& call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + ": error " + std::to_string(error));
}

[[nodiscard]] inline std::uint32_t payload_length(const char* header) noexcept {
  std::uint32_t length = 0;
  std::memcpy(&length, header, sizeof(length));
  return length;
}

/// How many of the `size` bytes at `bytes` are whole frames; their number is added to `count`.
[[nodiscard]] inline std::size_t whole_frames(const char* bytes, std::size_t size, std::size_t& count) noexcept {
  std::size_t at = 0;
  while (size - at >= header_bytes) {
    const std::size_t length = header_bytes + payload_length(bytes + at);
    if (size - at < length) break;
    at += length;
    ++count;
  }
  return at;
}

inline void append_frame(std::vector<char>& to, std::uint32_t number, std::size_t payload) {
  const auto length = static_cast<std::uint32_t>(payload);
  const std::size_t at = to.size();
  to.resize(at + header_bytes + payload, 'x');
  std::memcpy(to.data() + at, &length, sizeof(length));
  std::memcpy(to.data() + at + sizeof(length), &number, sizeof(number));
}

/// The one instance of `name`, without waiting for its client.
[[nodiscard]] inline HANDLE make_pipe(const std::string& name, DWORD flags) {
  const HANDLE pipe = CreateNamedPipeA(name.c_str(), PIPE_ACCESS_DUPLEX | flags, PIPE_TYPE_BYTE, 1, pipe_buffer_bytes,
                                       pipe_buffer_bytes, 0, nullptr);
  if (pipe == INVALID_HANDLE_VALUE) fail("CreateNamedPipe " + name);
  return pipe;
}

/// Waits for the client of a pipe made without FILE_FLAG_OVERLAPPED.
inline void wait_for_client(HANDLE pipe) {
  if (!ConnectNamedPipe(pipe, nullptr) && GetLastError() != ERROR_PIPE_CONNECTED) fail("ConnectNamedPipe");
}

inline void write_all(HANDLE pipe, const char* bytes, std::size_t size) {
  DWORD written = 0;
  if (!WriteFile(pipe, bytes, static_cast<DWORD>(size), &written, nullptr) || written != size) fail("WriteFile");
}

/// Reads on a blocking pipe until `buffer` begins with a whole frame; `have` is how much is in it. Returns the frame's
/// length, or 0 at the end of the file.
[[nodiscard]] inline std::size_t read_frame(HANDLE pipe, std::vector<char>& buffer, std::size_t& have) {
  while (true) {
    const std::size_t length = have < header_bytes ? 0 : header_bytes + payload_length(buffer.data());
    if (length != 0 && have >= length) return length;
    if (buffer.size() < length + read_buffer_bytes) buffer.resize(length + read_buffer_bytes);
    DWORD read = 0;
    if (!ReadFile(pipe, buffer.data() + have, static_cast<DWORD>(buffer.size() - have), &read, nullptr)) {
      if (GetLastError() == ERROR_BROKEN_PIPE) return 0;
      fail("ReadFile");
    }
    have += read;
  }
}

}  // namespace plugbroker::bench::floor
