// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/raw_pipe_client.h"

#include <array>

#include "tests/integration/harness/eventually.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {

std::string RawFrame::text(std::uint16_t type) const {
  std::optional<std::string> value = wire::find_tlv(meta, type);
  if (!value) throw HarnessError("frame " + std::to_string(header.type) + " lacks TLV " + std::to_string(type));
  return *std::move(value);
}

std::uint64_t RawFrame::number(std::uint16_t type) const {
  return wire::from_little_endian(text(type));
}

RawPipeClient::RawPipeClient(const std::string& pipe) : event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  const std::wstring name = widen(pipe);
  const bool connected = eventually([&] {
    pipe_ = WindowsHandle(CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                      FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
    return static_cast<bool>(pipe_) || GetLastError() != ERROR_PIPE_BUSY;
  });
  if (!connected || !pipe_) throw_last_error("CreateFile " + pipe);
}

RawPipeClient::RawPipeClient(WindowsHandle open_end)
    : pipe_(std::move(open_end)), event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

std::size_t RawPipeClient::finish(OVERLAPPED& operation, BOOL started, const char* what) {
  if (!started && GetLastError() != ERROR_IO_PENDING) return 0;
  if (WaitForSingleObject(event_.get(), static_cast<DWORD>(hang_guard.count())) != WAIT_OBJECT_0) {
    CancelIoEx(pipe_.get(), &operation);
    DWORD ignored = 0;
    GetOverlappedResult(pipe_.get(), &operation, &ignored, TRUE);
    throw HarnessError(std::string("the broker neither answers nor closes: ") + what + " hangs");
  }
  DWORD transferred = 0;
  return GetOverlappedResult(pipe_.get(), &operation, &transferred, FALSE) ? transferred : 0;
}

bool RawPipeClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    OVERLAPPED operation{};
    operation.hEvent = event_.get();
    const auto size = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 65536));
    const std::size_t sent =
        finish(operation, WriteFile(pipe_.get(), bytes.data(), size, nullptr, &operation), "write");
    if (sent == 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

bool RawPipeClient::fill(std::size_t size) {
  std::array<char, 65536> buffer;
  while (received_.size() < size) {
    OVERLAPPED operation{};
    operation.hEvent = event_.get();
    const std::size_t read =
        finish(operation, ReadFile(pipe_.get(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &operation),
               "read");
    if (read == 0) return false;
    received_.append(buffer.data(), read);
  }
  return true;
}

std::optional<RawFrame> RawPipeClient::read_frame() {
  if (!fill(wire::header_size)) return std::nullopt;
  RawFrame frame{.header = wire::parse(received_), .meta = {}, .payload = {}};
  const std::size_t size = wire::header_size + frame.header.meta_len + frame.header.payload_len;
  if (!fill(size)) return std::nullopt;
  frame.meta = received_.substr(wire::header_size, frame.header.meta_len);
  frame.payload = received_.substr(wire::header_size + frame.header.meta_len, frame.header.payload_len);
  received_.erase(0, size);
  return frame;
}

RawFrame RawPipeClient::read_until(std::uint8_t type) {
  while (std::optional<RawFrame> frame = read_frame()) {
    if (frame->header.type == type) return *std::move(frame);
  }
  throw HarnessError("the broker closed before it sent a frame of type " + std::to_string(type));
}

std::vector<RawFrame> RawPipeClient::read_until_closed() {
  std::vector<RawFrame> frames;
  while (std::optional<RawFrame> frame = read_frame()) frames.push_back(*std::move(frame));
  return frames;
}

RawFrame RawPipeClient::send_large(std::uint64_t stream, std::string_view route, std::size_t size) {
  constexpr std::size_t chunk = 65536;
  const std::string payload(chunk, 'x');
  std::uint64_t stream_credit = stream_window_;
  std::uint64_t connection_credit = connection_window_;
  for (std::size_t sent = 0;;) {
    while (sent < size && std::min(stream_credit, connection_credit) >= chunk + 32) {
      const std::size_t now = std::min(chunk, size - sent);
      const std::uint16_t flags = sent + now == size ? wire::end_stream : wire::more;
      const std::string_view part = std::string_view(payload).substr(0, now);
      const std::string frame = sent == 0
                                    ? wire::request_frame(stream, route, part, flags)
                                    : wire::frame({.type = wire::data, .flags = flags, .stream = stream}, {}, part);
      if (!send(frame)) throw HarnessError("the broker closed instead of ending the call");
      sent += now;
      stream_credit -= now + 32;
      connection_credit -= now + 32;
    }
    std::optional<RawFrame> frame = read_frame();
    if (!frame) throw HarnessError("the broker closed instead of ending the call");
    if (frame->header.type == wire::end) return *std::move(frame);
    if (frame->header.type != wire::window) continue;
    (frame->header.stream == 0 ? connection_credit : stream_credit) += frame->number(0x0050);
  }
}

void RawPipeClient::open_session() {
  if (!send(wire::client_hello())) throw HarnessError("the broker closed before HELLO was written");
  const RawFrame answer = read_until(wire::hello_ack);
  if (answer.number(0x0010) != 0) throw HarnessError("HELLO was refused: " + answer.text(0x0044));
  stream_window_ = answer.number(0x0008);
  connection_window_ = answer.number(0x0009);
}

}  // namespace plugbroker::harness
