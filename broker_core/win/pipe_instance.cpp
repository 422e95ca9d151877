// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/pipe_instance.h"

#include "broker_core/win/random_bytes.h"
#include "broker_core/win/service_sid.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

Result<UniqueHandle> create_only_instance(const PipeInstanceOptions& options) {
  const auto self = own_user_sid();
  if (!self.ok()) return self.status();
  const auto high = runs_at_high_integrity();
  if (!high.ok()) return high.status();
  const auto choices = security_choices(channel_security(*self, *high ? Label::high : Label::medium));
  if (!choices.ok()) return choices.status();
  DWORD error = 0;
  for (const SecurityChoice& choice : *choices) {
    UniqueHandle pipe;
    error = create_pipe_instance(options, true, choice.descriptor, pipe);
    if (error == 0) return pipe;
    if (!is_refused_security(error)) break;
  }
  return windows_error(error, "CreateNamedPipeW", options.name);
}

}  // namespace

DWORD create_pipe_instance(const PipeInstanceOptions& options, bool first, const SecurityDescriptor& security,
                           UniqueHandle& pipe) {
  SECURITY_ATTRIBUTES attributes{};
  attributes.nLength = sizeof(attributes);
  attributes.lpSecurityDescriptor = security.get();
  const DWORD access = options.direction == PipeDirection::duplex ? PIPE_ACCESS_DUPLEX : PIPE_ACCESS_INBOUND;
  pipe = UniqueHandle(CreateNamedPipeW(
      options.name.c_str(), access | FILE_FLAG_OVERLAPPED | (first ? DWORD{FILE_FLAG_FIRST_PIPE_INSTANCE} : 0),
      PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, options.max_instances,
      options.buffer_bytes, options.buffer_bytes, 0, &attributes));
  const DWORD error = GetLastError();
  return pipe ? 0 : error;
}

Result<PrivatePipe> create_private_pipe(WorkerEnd kind) {
  const bool channel = kind == WorkerEnd::channel;
  const PipeInstanceOptions options{.name = L"\\\\.\\pipe\\PlugBroker.private." + random_name(),
                                    .direction = channel ? PipeDirection::duplex : PipeDirection::inbound,
                                    .max_instances = 1};
  auto created = create_only_instance(options);
  if (!created.ok()) return created.status();
  PrivatePipe pair;
  pair.broker_end = std::move(created).value();

  SECURITY_ATTRIBUTES inheritable{};
  inheritable.nLength = sizeof(inheritable);
  inheritable.bInheritHandle = TRUE;
  // FILE_READ_ATTRIBUTES: runtimes ask what kind of file their stdout is.
  const DWORD access = channel ? GENERIC_READ | GENERIC_WRITE : GENERIC_WRITE | FILE_READ_ATTRIBUTES;
  const DWORD flags = SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS | (channel ? DWORD{FILE_FLAG_OVERLAPPED} : 0);
  pair.worker_end =
      UniqueHandle(CreateFileW(options.name.c_str(), access, 0, &inheritable, OPEN_EXISTING, flags, nullptr));
  const DWORD open_error = GetLastError();
  if (!pair.worker_end) return windows_error(open_error, "CreateFileW", options.name);

  ULONG client = 0;
  const BOOL asked = GetNamedPipeClientProcessId(pair.broker_end.get(), &client);
  const DWORD ask_error = GetLastError();
  if (!asked) return windows_error(ask_error, "GetNamedPipeClientProcessId", options.name);
  if (client != GetCurrentProcessId()) {
    return {StatusCode::permission_denied, "process " + std::to_string(client) + " opened a private pipe before us"};
  }
  return pair;
}

}  // namespace plugbroker::win
