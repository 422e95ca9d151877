// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_listener.h"

#include <algorithm>
#include <utility>

#include "broker_core/base/assert.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr Duration shortest_pause = std::chrono::milliseconds{100};
constexpr Duration longest_pause = std::chrono::seconds{5};
/// Strangers that may connect before this process takes its own first instance.
constexpr int max_strangers = 16;

}  // namespace

struct PipeListener::Instance final : PortOperation {
  explicit Instance(PipeListener& owner) : listener(owner) {}
  void completed(DWORD error, DWORD) override { listener.instance_connected(*this, error); }
  [[nodiscard]] HANDLE file() const override { return pipe.get(); }

  PipeListener& listener;
  UniqueHandle pipe;
};

Result<std::unique_ptr<PipeListener>> PipeListener::open(Options options, HANDLE port) {
  auto choices = security_choices(options.security);
  if (!choices.ok()) return choices.status();
  DWORD error = 0;
  for (SecurityChoice& choice : *choices) {
    UniqueHandle first;
    error = create_pipe_instance(options.instance, true, choice.descriptor, first);
    if (error == 0) {
      auto holder = hold_name(options, choice.descriptor, std::move(first));
      if (!holder.ok()) return holder.status();
      return std::unique_ptr<PipeListener>(
          new PipeListener(std::move(options), port, std::move(choice), std::move(holder).value()));
    }
    if (!is_refused_security(error)) break;
  }
  Status status = windows_error(error, "CreateNamedPipeW", options.instance.name);
  if (error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY) {
    status.message += " (another process has a pipe of this name)";
  }
  return status;
}

/// Connects `first` to this process and closes the client's end: an instance that exists but takes nobody.
Result<UniqueHandle> PipeListener::hold_name(const Options& options, const SecurityDescriptor& security,
                                             UniqueHandle first) {
  std::vector<UniqueHandle> strangers;
  strangers.push_back(std::move(first));
  for (int attempt = 0; attempt < max_strangers; ++attempt) {
    const UniqueHandle client(CreateFileW(options.instance.name.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING,
                                          SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
    const DWORD error = GetLastError();
    if (client) return std::move(strangers.back());
    if (error != ERROR_PIPE_BUSY) return windows_error(error, "CreateFileW", options.instance.name);
    UniqueHandle next;
    const DWORD create_error = create_pipe_instance(options.instance, false, security, next);
    if (create_error != 0) return windows_error(create_error, "CreateNamedPipeW", options.instance.name);
    strangers.push_back(std::move(next));
  }
  return {StatusCode::unavailable, "clients took every first instance of the pipe before it was ready"};
}

PipeListener::PipeListener(Options options, HANDLE port, SecurityChoice security, UniqueHandle holder)
    : options_(std::move(options)), port_(port), security_(std::move(security)), holder_(std::move(holder)) {}

PipeListener::~PipeListener() {
  PLUGBROKER_ASSERT(waiting_.empty());
}

void PipeListener::replenish(TimePoint now) {
  if (stopped_ || now < next_attempt()) return;
  // Clients that connect at once don't count as waiting; the bound keeps them from holding the loop here.
  for (std::size_t made = 0; waiting_.size() < options_.pending && made < 2 * options_.pending; ++made) {
    if (Status status = add_instance(); !status.ok()) {
      if (pause_ == Duration::zero()) failure_ = std::move(status);
      pause_ = std::clamp(pause_ * 2, shortest_pause, longest_pause);
      next_attempt_ = now + pause_;
      return;
    }
  }
  pause_ = Duration::zero();
  next_attempt_ = TimePoint{};
}

TimePoint PipeListener::next_attempt() const {
  if (stopped_ || waiting_.size() >= options_.pending) return far_future;
  return next_attempt_;
}

Status PipeListener::take_failure() {
  return std::exchange(failure_, Status{});
}

Status PipeListener::add_instance() {
  auto instance = std::make_unique<Instance>(*this);
  DWORD error = create_pipe_instance(options_.instance, false, security_.descriptor, instance->pipe);
  if (error != 0) return windows_error(error, "CreateNamedPipeW", options_.instance.name);
  if (CreateIoCompletionPort(instance->pipe.get(), port_, 0, 0) == nullptr) {
    error = GetLastError();
    return windows_error(error, "CreateIoCompletionPort", options_.instance.name);
  }
  if (!SetFileCompletionNotificationModes(instance->pipe.get(),
                                          FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE)) {
    error = GetLastError();
    return windows_error(error, "SetFileCompletionNotificationModes", options_.instance.name);
  }
  instance->clear();
  const BOOL done = ConnectNamedPipe(instance->pipe.get(), instance.get());
  error = GetLastError();
  if (done || error == ERROR_PIPE_CONNECTED) {
    connected_.push_back(std::move(instance->pipe));
    return {};
  }
  if (error == ERROR_IO_PENDING) {
    waiting_.push_back(std::move(instance));
    return {};
  }
  // The client came and went before the call: not a failure of ours.
  if (error == ERROR_NO_DATA) return {};
  return windows_error(error, "ConnectNamedPipe", options_.instance.name);
}

void PipeListener::instance_connected(Instance& instance, DWORD error) {
  const auto place = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&instance](const auto& waiting) { return waiting.get() == &instance; });
  PLUGBROKER_ASSERT(place != waiting_.end());
  const std::unique_ptr<Instance> owned = std::move(*place);
  waiting_.erase(place);
  if (error == 0 && !stopped_) connected_.push_back(std::move(owned->pipe));
}

UniqueHandle PipeListener::take_connected() {
  if (connected_.empty()) return {};
  UniqueHandle pipe = std::move(connected_.front());
  connected_.pop_front();
  return pipe;
}

void PipeListener::stop() {
  stopped_ = true;
  connected_.clear();
  for (const auto& instance : waiting_) CancelIoEx(instance->pipe.get(), nullptr);
}

std::size_t PipeListener::outstanding() const {
  return waiting_.size();
}

}  // namespace plugbroker::win
