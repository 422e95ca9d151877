// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/worker_launcher.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker_core/win/command_line.h"
#include "broker_core/win/environment_block.h"
#include "broker_core/win/pipe_instance.h"
#include "broker_core/win/program_path.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

/// The attribute list of CreateProcess. The values that it refers to must outlive it.
class ProcessAttributes {
 public:
  ProcessAttributes() = default;
  ~ProcessAttributes() {
    if (initialized_) DeleteProcThreadAttributeList(get());
  }
  ProcessAttributes(const ProcessAttributes&) = delete;
  ProcessAttributes& operator=(const ProcessAttributes&) = delete;

  [[nodiscard]] Status reserve(DWORD count) {
    SIZE_T bytes = 0;
    InitializeProcThreadAttributeList(nullptr, count, 0, &bytes);
    memory_.resize(bytes);
    const BOOL done = InitializeProcThreadAttributeList(get(), count, 0, &bytes);
    const DWORD error = GetLastError();
    if (!done) return windows_error(error, "InitializeProcThreadAttributeList", std::string_view{});
    initialized_ = true;
    return {};
  }
  [[nodiscard]] Status add(DWORD_PTR attribute, HANDLE* handles, std::size_t count) {
    const BOOL done = UpdateProcThreadAttribute(get(), 0, attribute, handles, count * sizeof(HANDLE), nullptr, nullptr);
    const DWORD error = GetLastError();
    if (!done) return windows_error(error, "UpdateProcThreadAttribute", std::to_string(attribute));
    return {};
  }
  [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST get() {
    return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
  }

 private:
  std::vector<std::byte> memory_;
  bool initialized_ = false;
};

/// What the worker inherits; closed here once it exists.
struct InheritedEnds {
  UniqueHandle channel;
  UniqueHandle standard_input;
  UniqueHandle standard_output;
  UniqueHandle standard_error;
};

Result<UniqueHandle> open_nul() {
  SECURITY_ATTRIBUTES inheritable{};
  inheritable.nLength = sizeof(inheritable);
  inheritable.bInheritHandle = TRUE;
  UniqueHandle nul(
      CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable, OPEN_EXISTING, 0, nullptr));
  const DWORD error = GetLastError();
  if (!nul) return windows_error(error, "CreateFileW", "NUL");
  return nul;
}

Status make_pipes(LaunchedWorker& ours, InheritedEnds& theirs) {
  auto channel = create_private_pipe(WorkerEnd::channel);
  if (!channel.ok()) return channel.status();
  auto output = create_private_pipe(WorkerEnd::output);
  if (!output.ok()) return output.status();
  auto error = create_private_pipe(WorkerEnd::output);
  if (!error.ok()) return error.status();
  auto nul = open_nul();
  if (!nul.ok()) return nul.status();
  ours.channel = std::move(channel->broker_end);
  ours.standard_output = std::move(output->broker_end);
  ours.standard_error = std::move(error->broker_end);
  theirs = {std::move(channel->worker_end), std::move(nul).value(), std::move(output->worker_end),
            std::move(error->worker_end)};
  return {};
}

Result<Environment> worker_environment(const LaunchSpec& spec, WorkerId worker, HANDLE channel) {
  Environment environment = account_environment();
  for (const auto& [name, value] : spec.environment) {
    if (Status status = set_variable(environment, to_utf16(name), to_utf16(value)); !status.ok()) return status;
  }
  environment.insert_or_assign(L"PLUGBROKER_CHANNEL", std::to_wstring(reinterpret_cast<std::uintptr_t>(channel)));
  environment.insert_or_assign(L"PLUGBROKER_POOL", to_utf16(spec.pool));
  environment.insert_or_assign(L"PLUGBROKER_WORKER", std::to_wstring(worker.value));
  return environment;
}

/// The texts that CreateProcess is called with.
struct Invocation {
  std::wstring program;
  std::wstring command_line;
  std::wstring working_directory;
  std::wstring environment;
};

Result<Invocation> make_invocation(const LaunchSpec& spec, WorkerId worker, HANDLE channel) {
  if (spec.command.empty()) return {StatusCode::invalid_argument, "pool " + spec.pool + " has no command"};
  auto environment = worker_environment(spec, worker, channel);
  if (!environment.ok()) return environment.status();
  Invocation invocation;
  invocation.working_directory = to_utf16(spec.working_directory);
  const auto path_variable = environment->find(L"PATH");
  auto program = program_path(to_utf16(spec.command.front()), invocation.working_directory,
                              path_variable == environment->end() ? std::wstring{} : path_variable->second);
  if (!program.ok()) return program.status();
  invocation.program = std::move(program).value();
  std::vector<std::wstring> arguments;
  for (const std::string& argument : spec.command) arguments.push_back(to_utf16(argument));
  arguments.front() = invocation.program;
  invocation.command_line = command_line(arguments);
  if (invocation.working_directory.empty()) {
    invocation.working_directory = invocation.program.substr(0, invocation.program.find_last_of(L"\\/") + 1);
  }
  invocation.environment = environment_block(*environment);
  return invocation;
}

Result<PROCESS_INFORMATION> create_process(Invocation& invocation, const InheritedEnds& ends, HANDLE job,
                                           Priority priority) {
  std::array<HANDLE, 4> inherited{ends.channel.get(), ends.standard_input.get(), ends.standard_output.get(),
                                  ends.standard_error.get()};
  ProcessAttributes attributes;
  if (Status status = attributes.reserve(2); !status.ok()) return status;
  if (Status status = attributes.add(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited.data(), inherited.size());
      !status.ok()) {
    return status;
  }
  if (Status status = attributes.add(PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, 1); !status.ok()) return status;

  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof(startup);
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = ends.standard_input.get();
  startup.StartupInfo.hStdOutput = ends.standard_output.get();
  startup.StartupInfo.hStdError = ends.standard_error.get();
  startup.lpAttributeList = attributes.get();
  const DWORD flags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT | CREATE_NO_WINDOW |
                      priority_class(priority);
  PROCESS_INFORMATION created{};
  const BOOL done = CreateProcessW(invocation.program.c_str(), invocation.command_line.data(), nullptr, nullptr, TRUE,
                                   flags, invocation.environment.data(), invocation.working_directory.c_str(),
                                   &startup.StartupInfo, &created);
  const DWORD error = GetLastError();
  if (!done) {
    return windows_error(error, "CreateProcessW",
                         to_utf8(invocation.program) + " in " + to_utf8(invocation.working_directory));
  }
  return created;
}

}  // namespace

Result<LaunchedWorker> launch_worker(const LaunchSpec& spec, WorkerId worker) {
  LaunchedWorker launched;
  InheritedEnds ends;
  if (Status status = make_pipes(launched, ends); !status.ok()) return status;
  auto invocation = make_invocation(spec, worker, ends.channel.get());
  if (!invocation.ok()) return invocation.status();
  auto job = create_worker_job(spec.limits);
  if (!job.ok()) return job.status();
  launched.cpu_rate_refused = job->cpu_rate_refused;
  std::string command_line_text = to_utf8(invocation->command_line);
  const auto created = create_process(*invocation, ends, job->job.get(), spec.limits.priority);
  if (!created.ok()) return created.status();

  auto process = std::make_shared<WorkerProcess>();
  process->process = UniqueHandle(created->hProcess);
  process->job = std::move(job->job);
  process->record->command_line = std::move(command_line_text);
  process->process_id = created->dwProcessId;
  const UniqueHandle thread(created->hThread);
  const DWORD resumed = ResumeThread(thread.get());
  const DWORD error = GetLastError();
  // Without a running thread the process ends with its job, here.
  if (resumed == static_cast<DWORD>(-1)) return windows_error(error, "ResumeThread", invocation->program);
  launched.process = std::move(process);
  return launched;
}

}  // namespace plugbroker::win
