// SPDX-License-Identifier: Apache-2.0
#include "bench/pipe/child_process.h"

#include <stdexcept>

namespace plugbroker::bench {
namespace {

[[noreturn]] void fail(const std::string& call) {
  const DWORD error = GetLastError();
  throw std::runtime_error(call + ": error " + std::to_string(error));
}

/// Ends its processes when the last handle to it is closed: with this process.
HANDLE job_of_children() {
  static const HANDLE job = [] {
    const HANDLE made = CreateJobObjectW(nullptr, nullptr);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (made == nullptr || !SetInformationJobObject(made, JobObjectExtendedLimitInformation, &limits, sizeof(limits))) {
      fail("the job of the bench's programs");
    }
    return made;
  }();
  return job;
}

struct StandardPipe {
  HANDLE ours = nullptr;
  HANDLE theirs = nullptr;  ///< Inheritable.
};

StandardPipe make_standard_pipe(bool child_reads) {
  SECURITY_ATTRIBUTES inheritable{};
  inheritable.nLength = sizeof(inheritable);
  inheritable.bInheritHandle = TRUE;
  HANDLE read = nullptr;
  HANDLE write = nullptr;
  if (!CreatePipe(&read, &write, &inheritable, 1 << 20)) fail("CreatePipe");
  const StandardPipe pipe = child_reads ? StandardPipe{write, read} : StandardPipe{read, write};
  if (!SetHandleInformation(pipe.ours, HANDLE_FLAG_INHERIT, 0)) fail("SetHandleInformation");
  return pipe;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments) : program_(program) {
  std::string command = "\"" + program + "\"";
  for (const std::string& argument : arguments) command += " \"" + argument + "\"";
  const StandardPipe input = make_standard_pipe(true);
  const StandardPipe output = make_standard_pipe(false);
  STARTUPINFOA startup{};
  startup.cb = sizeof(startup);
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = input.theirs;
  startup.hStdOutput = output.theirs;
  startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION process{};
  if (!CreateProcessA(nullptr, command.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW | CREATE_SUSPENDED, nullptr,
                      nullptr, &startup, &process)) {
    fail("CreateProcess " + program);
  }
  if (!AssignProcessToJobObject(job_of_children(), process.hProcess)) {
    TerminateProcess(process.hProcess, 1);
    fail("AssignProcessToJobObject");
  }
  ResumeThread(process.hThread);
  CloseHandle(process.hThread);
  CloseHandle(input.theirs);
  CloseHandle(output.theirs);
  process_ = process.hProcess;
  input_ = input.ours;
  output_ = output.ours;
}

ChildProcess::~ChildProcess() {
  CloseHandle(input_);
  CloseHandle(output_);
  TerminateProcess(process_, 0);
  CloseHandle(process_);
}

void ChildProcess::write_line(const std::string& line) {
  const std::string bytes = line + "\n";
  DWORD written = 0;
  if (!WriteFile(input_, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr)) fail("to " + program_);
}

std::string ChildProcess::read_line() {
  std::string::size_type end = 0;
  while ((end = read_.find('\n')) == std::string::npos) {
    char buffer[4096];
    DWORD count = 0;
    if (!ReadFile(output_, buffer, sizeof(buffer), &count, nullptr)) fail("from " + program_);
    read_.append(buffer, count);
  }
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace plugbroker::bench
