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

Result<Environment> worker_environment(const LaunchSpec& spec, WorkerId worker, HANDLE channel,
                                       const Confinement& confinement) {
  Environment environment = account_environment();
  if (!confinement.temporary_folder.empty()) {
    environment.insert_or_assign(L"TEMP", confinement.temporary_folder);
    environment.insert_or_assign(L"TMP", confinement.temporary_folder);
    environment.insert_or_assign(L"PLUGBROKER_DATA", confinement.data_folder);
  }
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

Result<Invocation> make_invocation(const LaunchSpec& spec, WorkerId worker, HANDLE channel,
                                   const Confinement& confinement) {
  if (spec.command.empty()) return {StatusCode::invalid_argument, "pool " + spec.pool + " has no command"};
  auto environment = worker_environment(spec, worker, channel, confinement);
  if (!environment.ok()) return environment.status();
  Invocation invocation;
  invocation.working_directory = to_utf16(spec.working_directory);
  auto program = program_path(to_utf16(spec.command.front()));
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
                                           Priority priority, HANDLE token) {
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
  const wchar_t* const program = invocation.program.c_str();
  wchar_t* const command_line = invocation.command_line.data();
  void* const environment = invocation.environment.data();
  const wchar_t* const folder = invocation.working_directory.c_str();
  const BOOL done =
      token == nullptr
          ? CreateProcessW(program, command_line, nullptr, nullptr, TRUE, flags, environment, folder,
                           &startup.StartupInfo, &created)
          : CreateProcessAsUserW(token, program, command_line, nullptr, nullptr, TRUE, flags, environment, folder,
                                 &startup.StartupInfo, &created);
  const DWORD error = GetLastError();
  if (!done) {
    return windows_error(error, token == nullptr ? "CreateProcessW" : "CreateProcessAsUserW",
                         to_utf8(invocation.program) + " in " + to_utf8(invocation.working_directory));
  }
  return created;
}

/// Windows lets a process into a job with such limits only when it is in no other one: a service is in none, a console in
/// an editor or a build agent may be.
bool own_process_is_in_a_job() {
  BOOL in_job = FALSE;
  return IsProcessInJob(GetCurrentProcess(), nullptr, &in_job) && in_job;
}

/// Whether the process, suspended still, may run; what is missing of its confinement goes to `shortfalls`.
Status check_confinement(const Confinement& confinement, const ConfinementRules& rules, HANDLE process,
                         std::vector<std::string>& shortfalls) {
  auto found = confinement_shortfalls(confinement, process);
  if (!found.ok()) return found.status();
  shortfalls = std::move(found).value();
  if (shortfalls.empty() || rules.token_check == runtime::TokenCheck::report) return {};
  std::string text;
  for (const std::string& shortfall : shortfalls) text += (text.empty() ? "" : "; ") + shortfall;
  return {StatusCode::failed_precondition,
          "not started, because its token is not the one that was asked for: " + text + " (see token_check)"};
}

}  // namespace

Result<LaunchedWorker> launch_worker(const LaunchSpec& spec, WorkerId worker, const ConfinementRules& rules) {
  LaunchedWorker launched;
  InheritedEnds ends;
  if (Status status = make_pipes(launched, ends); !status.ok()) return status;
  const auto confinement = confine(spec, rules);
  if (!confinement.ok()) return confinement.status();
  auto invocation = make_invocation(spec, worker, ends.channel.get(), *confinement);
  if (!invocation.ok()) return invocation.status();
  const bool confined = spec.token != runtime::TokenKind::inherit;
  launched.user_interface_shared = confined && own_process_is_in_a_job();
  auto job = create_worker_job(spec.limits, confined && !launched.user_interface_shared ? UserInterface::own_only
                                                                                        : UserInterface::shared);
  if (!job.ok()) return job.status();
  launched.cpu_rate_refused = job->cpu_rate_refused;
  std::string command_line_text = to_utf8(invocation->command_line);
  const auto created =
      create_process(*invocation, ends, job->job.get(), spec.limits.priority, confinement->token.get());
  if (!created.ok()) return created.status();

  auto process = std::make_shared<WorkerProcess>();
  process->process = UniqueHandle(created->hProcess);
  process->job = std::move(job->job);
  process->record->command_line = std::move(command_line_text);
  process->process_id = created->dwProcessId;
  const UniqueHandle thread(created->hThread);
  // Where it may not run it ends with its job, here.
  if (Status status = check_confinement(*confinement, rules, process->process.get(), launched.shortfalls);
      !status.ok()) {
    return status;
  }
  const DWORD resumed = ResumeThread(thread.get());
  const DWORD error = GetLastError();
  // Without a running thread the process ends with its job, here.
  if (resumed == static_cast<DWORD>(-1)) return windows_error(error, "ResumeThread", invocation->program);
  launched.process = std::move(process);
  return launched;
}

}  // namespace plugbroker::win
