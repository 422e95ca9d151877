// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/dump_helper.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker_core/engine/exit_code_text.h"
#include "broker_core/win/command_line.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"
#include "broker_core/win/worker_job.h"

namespace plugbroker::win {
namespace {

/// One that runs, in a job that ends it with this object.
struct Helper {
  UniqueHandle job;
  UniqueHandle process;
};

Result<Helper> start_helper(const std::vector<std::wstring>& arguments) {
  auto job = create_worker_job({}, UserInterface::shared);
  if (!job.ok()) return job.status();
  std::wstring line = command_line(arguments);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION created{};
  const BOOL done = CreateProcessW(arguments.front().c_str(), line.data(), nullptr, nullptr, FALSE,
                                   CREATE_SUSPENDED | CREATE_NO_WINDOW, nullptr, nullptr, &startup, &created);
  const DWORD error = GetLastError();
  if (!done) return windows_error(error, "CreateProcessW", arguments.front());
  Helper helper{.job = std::move(job->job), .process = UniqueHandle(created.hProcess)};
  const UniqueHandle thread(created.hThread);
  if (!AssignProcessToJobObject(helper.job.get(), helper.process.get())) {
    Status status = windows_error(GetLastError(), "AssignProcessToJobObject", arguments.front());
    TerminateProcess(helper.process.get(), terminated_exit_code);
    return status;
  }
  ResumeThread(thread.get());
  return helper;
}

Status outcome_of(DWORD exit_code, const DumpRequest& request) {
  switch (static_cast<DumpExit>(exit_code)) {
    case DumpExit::done:
      return {};
    case DumpExit::too_large:
      return {StatusCode::resource_exhausted,
              "the dump would be larger than max_dump_bytes, " + std::to_string(request.max_bytes)};
    case DumpExit::no_process:
      return {StatusCode::not_found, "the process can't be opened for a dump"};
    case DumpExit::no_file:
      return {StatusCode::failed_precondition, "the dump's file can't be made"};
    case DumpExit::no_library:
      return {StatusCode::unimplemented, "this system has no dbghelp.dll"};
    case DumpExit::failed:
      return {StatusCode::unavailable, "MiniDumpWriteDump failed"};
    case DumpExit::usage:
      break;
  }
  return {StatusCode::internal, "the program that takes the dump ended with " + engine::exit_code_text(exit_code)};
}

}  // namespace

std::vector<std::wstring> dump_arguments(const std::vector<std::wstring>& helper, const DumpRequest& request) {
  std::vector<std::wstring> arguments = helper;
  arguments.push_back(std::to_wstring(request.process_id));
  arguments.emplace_back(request.kind == DumpKind::full ? L"full" : L"mini");
  arguments.push_back(std::to_wstring(request.max_bytes));
  arguments.push_back(request.file.native());
  return arguments;
}

Status take_dump(const std::vector<std::wstring>& helper, const DumpRequest& request, Duration timeout, HANDLE stop) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  if (milliseconds <= 0) return {StatusCode::deadline_exceeded, "other dumps took all of dump_timeout"};
  const auto started = start_helper(dump_arguments(helper, request));
  if (!started.ok()) return started.status();
  const std::array<HANDLE, 2> events{started->process.get(), stop};
  const DWORD waited = WaitForMultipleObjects(static_cast<DWORD>(events.size()), events.data(), FALSE,
                                              static_cast<DWORD>(std::min<std::int64_t>(milliseconds, INFINITE - 1)));
  if (waited == WAIT_OBJECT_0) {
    DWORD exit_code = 0;
    GetExitCodeProcess(started->process.get(), &exit_code);
    return outcome_of(exit_code, request);
  }
  if (waited == WAIT_OBJECT_0 + 1) return {StatusCode::cancelled, "the service was stopping"};
  return {StatusCode::deadline_exceeded, "the dump was not there within dump_timeout"};
}

}  // namespace plugbroker::win
