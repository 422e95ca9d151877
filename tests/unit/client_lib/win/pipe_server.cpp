// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/client_lib/win/pipe_server.h"

#include <sddl.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "client_lib/win/server_owner.h"
#include "client_lib/win/text.h"

namespace plugbroker::client {

using protocol::FrameType;

namespace {

/// This user as the owner, and access for everybody.
std::wstring pipe_sddl() {
  TrustedOwners owners;
  if (!add_further_owners("current_user", owners).ok()) throw std::runtime_error("no current user");
  return *to_utf16("O:" + owners.further.at(0) + "D:(A;;GA;;;WD)");
}

}  // namespace

// ServerConnection.

ServerConnection::ServerConnection(HANDLE pipe, int number)
    : number_(number), pipe_(pipe), event_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  overlapped_.hEvent = event_.get();
}

std::optional<DWORD> ServerConnection::finish(BOOL begun) {
  if (begun == 0 && GetLastError() != ERROR_IO_PENDING) return std::nullopt;
  DWORD bytes = 0;
  if (GetOverlappedResult(pipe_, &overlapped_, &bytes, TRUE) == 0) return std::nullopt;
  return bytes;
}

std::optional<SeenFrame> ServerConnection::read() {
  std::vector<std::byte> buffer(64 * 1024);
  while (seen_.empty()) {
    const auto bytes = finish(ReadFile(pipe_, buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &overlapped_));
    if (!bytes) return std::nullopt;
    seen_ = frames_.read(ByteView{buffer}.first(*bytes));
  }
  SeenFrame first = std::move(seen_.front());
  seen_.erase(seen_.begin());
  return first;
}

bool ServerConnection::write(ByteView bytes) {
  return finish(WriteFile(pipe_, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &overlapped_)).has_value();
}

void ServerConnection::accept() {
  read();
  write(frames_.hello_ack());
}

void ServerConnection::read_to_the_end() {
  while (read()) {
  }
}

// PipeServer.

PipeServer::PipeServer(Script script, bool one_at_a_time)
    : script_(std::move(script)), one_at_a_time_(one_at_a_time), stop_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
  static std::atomic<int> serial = 0;
  name_ = R"(\\.\pipe\PlugBroker.Test.)" + std::to_string(GetCurrentProcessId()) + "." + std::to_string(++serial);
  next_instance_ = make_instance();
  if (!next_instance_) throw std::runtime_error(windows_error("CreateNamedPipe", GetLastError()));
  accept_thread_.emplace([this] { accept_loop(); });
}

PipeServer::~PipeServer() {
  SetEvent(stop_.get());
  accept_thread_.reset();
  wait_until_idle();
}

UniqueHandle PipeServer::make_instance() const {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  ConvertStringSecurityDescriptorToSecurityDescriptorW(pipe_sddl().c_str(), SDDL_REVISION_1, &descriptor, nullptr);
  SECURITY_ATTRIBUTES attributes{sizeof attributes, descriptor, FALSE};
  UniqueHandle pipe(CreateNamedPipeW(to_utf16(name_)->c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE | PIPE_WAIT, one_at_a_time_ ? 1 : PIPE_UNLIMITED_INSTANCES,
                                     64 * 1024, 64 * 1024, 0, &attributes));
  LocalFree(descriptor);
  return pipe;
}

bool PipeServer::wait_for_client(HANDLE pipe) {
  const UniqueHandle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  OVERLAPPED overlapped{};
  overlapped.hEvent = event.get();
  if (ConnectNamedPipe(pipe, &overlapped) != 0) return true;
  // ERROR_NO_DATA: a client that came and went before this call; the script finds its end.
  const DWORD error = GetLastError();
  if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA) return true;
  const HANDLE either[] = {event.get(), stop_.get()};
  WaitForMultipleObjects(2, either, FALSE, INFINITE);
  CancelIoEx(pipe, &overlapped);
  DWORD bytes = 0;
  return GetOverlappedResult(pipe, &overlapped, &bytes, TRUE) != 0;
}

void PipeServer::accept_loop() {
  while (wait_for_client(next_instance_.get())) {
    const int number = ++connections_;
    if (one_at_a_time_) {
      serve(next_instance_.get(), number);
      DisconnectNamedPipe(next_instance_.get());
      continue;
    }
    UniqueHandle pipe = std::exchange(next_instance_, make_instance());
    const auto shared = std::make_shared<UniqueHandle>(std::move(pipe));  // Because std::function must be copyable.
    const LockGuard guard(lock_);
    threads_.emplace_back([this, number, shared] {
      serve(shared->get(), number);
      shared->reset();
    });
  }
}

void PipeServer::serve(HANDLE pipe, int number) {
  ServerConnection connection(pipe, number);
  script_(connection);
}

void PipeServer::wait_until_idle() {
  std::vector<ServerThread> threads;  // Joins them when it goes.
  {
    const LockGuard guard(lock_);
    threads.swap(threads_);
  }
}

// Scripts.

namespace {

/// The server's side of the echo: takes messages, returns their credit, and sends them back as credit allows.
class Echo {
 public:
  explicit Echo(ServerConnection& connection) : connection_(connection), writer_(connection.frames().write()) {}

  void run() {
    connection_.accept();
    while (auto frame = connection_.read()) {
      handle(*frame);
      for (auto& [id, call] : calls_) send(id, call);
      std::erase_if(calls_, [](const auto& entry) { return entry.second.ended; });
      if (!connection_.write(connection_.frames().take())) return;
    }
  }

 private:
  struct Call {
    std::string begun;
    std::deque<std::string> messages;  ///< Whole, not wholly sent.
    std::size_t sent = 0;              ///< Of the first of them.
    bool whole = false;                ///< The request.
    bool ended = false;
    protocol::SendWindow credit{limits::stream_window_bytes};
  };

  void handle(const SeenFrame& frame) {
    const std::uint64_t id = frame.header.stream_id;
    switch (frame.header.type) {
      case FrameType::request:
      case FrameType::data:
        take(id, calls_[id], frame);
        return;
      case FrameType::cancel:
        calls_.erase(id);
        return;
      case FrameType::window:
        add_credit(id, *protocol::decode_credit(frame.meta));
        return;
      default:
        return;
    }
  }

  void take(std::uint64_t id, Call& call, const SeenFrame& frame) {
    const std::uint32_t charge = protocol::frame_charge(frame.payload.size());
    call.begun += frame.payload;
    call.whole = (frame.header.flags & protocol::flag_end_stream) != 0;
    const bool in_message = (frame.header.flags & (protocol::flag_more | protocol::flag_no_message)) != 0;
    if (!in_message) call.messages.push_back(std::exchange(call.begun, {}));
    writer_.window(0, charge);
    if (!call.whole) writer_.window(id, charge);
  }

  void add_credit(std::uint64_t id, std::uint32_t credit) {
    const auto call = calls_.find(id);
    const bool known = id == 0 || call != calls_.end();
    if (known && !(id == 0 ? credit_ : call->second.credit).add(credit)) throw std::runtime_error("too much credit");
  }

  void send(std::uint64_t id, Call& call) {
    while (!call.messages.empty()) {
      const std::string& message = call.messages.front();
      const std::size_t left = message.size() - call.sent;
      const std::size_t chunk = std::min({left, std::size_t{call.credit.payload_room()},
                                          std::size_t{credit_.payload_room()}, limits::max_chunk_bytes});
      if ((chunk == 0 && left != 0) || !call.credit.can_send_empty() || !credit_.can_send_empty()) return;
      writer_.data(id, chunk == left ? 0 : protocol::flag_more, bytes_of(message).subspan(call.sent, chunk));
      call.sent += chunk;
      call.credit.spend(protocol::frame_charge(chunk));
      credit_.spend(protocol::frame_charge(chunk));
      if (chunk != left) continue;
      call.messages.pop_front();
      call.sent = 0;
    }
    if (!call.whole) return;
    protocol::EndMeta end;
    end.origin = Origin::worker;
    end.worker_received = true;
    end.content_type = "text/plain";
    writer_.end(id, end);
    call.ended = true;
  }

  ServerConnection& connection_;
  protocol::FrameWriter<std::vector<std::byte>>& writer_;
  protocol::SendWindow credit_{limits::connection_window_bytes};
  std::map<std::uint64_t, Call> calls_;
};

}  // namespace

void echo(ServerConnection& connection) {
  Echo(connection).run();
}

void never_answer(ServerConnection& connection) {
  connection.accept();
  connection.read_to_the_end();
}

}  // namespace plugbroker::client
