// SPDX-License-Identifier: Apache-2.0
#include "installer/program_run.h"

#include <windows.h>

#include <array>

#include "broker_core/win/command_line.h"
#include "broker_core/win/random_bytes.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::installer {
namespace {

constexpr DWORD longest_run_ms = 30'000;
constexpr std::size_t kept_output = 4096;

// A file, not a pipe: a program that writes a lot never waits for its reader.
Result<win::UniqueHandle> output_file() {
  std::array<wchar_t, MAX_PATH + 1> folder{};
  if (GetTempPathW(static_cast<DWORD>(folder.size()), folder.data()) == 0) folder[0] = L'\0';
  const std::filesystem::path path = std::filesystem::path{folder.data()} / (win::random_name() + L".txt");
  SECURITY_ATTRIBUTES inheritable{
      .nLength = sizeof inheritable, .lpSecurityDescriptor = nullptr, .bInheritHandle = TRUE};
  win::UniqueHandle file{CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE,
                                     FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inheritable, CREATE_NEW,
                                     FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, nullptr)};
  const DWORD error = GetLastError();
  if (!file) return win::windows_error(error, "CreateFileW", std::wstring_view{path.native()});
  return file;
}

std::string end_of(HANDLE file) {
  LARGE_INTEGER size{};
  GetFileSizeEx(file, &size);
  LARGE_INTEGER begin{};
  begin.QuadPart =
      size.QuadPart > static_cast<LONGLONG>(kept_output) ? size.QuadPart - static_cast<LONGLONG>(kept_output) : 0;
  SetFilePointerEx(file, begin, nullptr, FILE_BEGIN);
  std::string text(kept_output, '\0');
  DWORD read = 0;
  if (!ReadFile(file, text.data(), static_cast<DWORD>(text.size()), &read, nullptr)) read = 0;
  text.resize(read);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

Result<ProgramEnd> run_program(const std::filesystem::path& program, const std::vector<std::wstring>& arguments) {
  const Result<win::UniqueHandle> output = output_file();
  if (!output) return output.status();
  std::vector<std::wstring> words{program.native()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::wstring line = win::command_line(words);
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdOutput = output->get();
  startup.hStdError = output->get();
  PROCESS_INFORMATION made{};
  const BOOL started = CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr,
                                      program.parent_path().c_str(), &startup, &made);
  const DWORD error = GetLastError();
  if (!started) return win::windows_error(error, "CreateProcessW", std::wstring_view{program.native()});
  const win::UniqueHandle process{made.hProcess};
  const win::UniqueHandle thread{made.hThread};
  if (WaitForSingleObject(process.get(), longest_run_ms) != WAIT_OBJECT_0) {
    TerminateProcess(process.get(), 1);
    return {StatusCode::deadline_exceeded, win::to_utf8(program.native()) + " did not end within 30 s"};
  }
  ProgramEnd end;
  DWORD code = 0;
  GetExitCodeProcess(process.get(), &code);
  end.exit_code = code;
  end.output = end_of(output->get());
  return end;
}

}  // namespace plugbroker::installer
