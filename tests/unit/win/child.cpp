// SPDX-License-Identifier: Apache-2.0
// The worker of the process host's tests: does what its first argument says.
#include <windows.h>
// Needs windows.h before it.
#include <shellapi.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string>
#include <string_view>

namespace {

HANDLE channel() {
  std::array<wchar_t, 32> text{};
  GetEnvironmentVariableW(L"PLUGBROKER_CHANNEL", text.data(), static_cast<DWORD>(text.size()));
  return reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(std::wcstoull(text.data(), nullptr, 10)));
}

/// One overlapped operation on the channel, waited for. 0 when it failed.
template <typename Start>
DWORD transfer(Start start) {
  OVERLAPPED operation{};
  operation.hEvent = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  DWORD bytes = 0;
  if (start(operation) || GetLastError() == ERROR_IO_PENDING) {
    if (!GetOverlappedResult(channel(), &operation, &bytes, TRUE)) bytes = 0;
  }
  CloseHandle(operation.hEvent);
  return bytes;
}

void send(std::string_view text) {
  transfer([text](OVERLAPPED& operation) {
    return WriteFile(channel(), text.data(), static_cast<DWORD>(text.size()), nullptr, &operation);
  });
}

/// Greets, then sends back what comes until the broker closes.
int echo() {
  send("hello");
  std::array<char, 4096> buffer{};
  for (;;) {
    const DWORD bytes = transfer([&buffer](OVERLAPPED& operation) {
      return ReadFile(channel(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &operation);
    });
    if (bytes == 0) return 0;
    send({buffer.data(), bytes});
  }
}

/// Sends the handles that were inherited, as decimals.
int handles() {
  std::string list;
  constexpr std::uintptr_t highest = 0x4000;
  for (std::uintptr_t value = 4; value < highest; value += 4) {
    DWORD flags = 0;
    const bool open = GetHandleInformation(reinterpret_cast<HANDLE>(value), &flags) != FALSE;
    if (open && (flags & HANDLE_FLAG_INHERIT) != 0) list += std::to_string(value) + " ";
  }
  const auto number = [](HANDLE handle) { return std::to_string(reinterpret_cast<std::uintptr_t>(handle)); };
  send(list + "| " + number(channel()) + " " + number(GetStdHandle(STD_INPUT_HANDLE)) + " " +
       number(GetStdHandle(STD_OUTPUT_HANDLE)) + " " + number(GetStdHandle(STD_ERROR_HANDLE)) + ".");
  return 0;
}

/// Sends the value of a variable, or "(none)".
int variable(const wchar_t* name) {
  std::array<wchar_t, 512> value{};
  const DWORD length = GetEnvironmentVariableW(name, value.data(), static_cast<DWORD>(value.size()));
  std::string text;
  for (DWORD i = 0; i < length; ++i) text += static_cast<char>(value[i]);
  send((length == 0 ? "(none)" : text) + ".");
  return 0;
}

int folder() {
  std::array<wchar_t, 512> path{};
  const DWORD length = GetCurrentDirectoryW(static_cast<DWORD>(path.size()), path.data());
  std::string text;
  for (DWORD i = 0; i < length; ++i) text += static_cast<char>(path[i]);
  send(text + ".");
  return 0;
}

/// Starts a process that waits for ever, sends its id, and waits or ends as `then` says.
int parent(std::wstring_view then) {
  std::array<wchar_t, 512> self{};
  GetModuleFileNameW(nullptr, self.data(), static_cast<DWORD>(self.size()));
  std::wstring line = L"\"" + std::wstring(self.data()) + L"\" wait";
  STARTUPINFOW startup{};
  startup.cb = sizeof(startup);
  PROCESS_INFORMATION created{};
  if (!CreateProcessW(self.data(), line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &created)) {
    return 99;
  }
  send(std::to_string(created.dwProcessId) + ".");
  if (then == L"wait") Sleep(INFINITE);
  // Ends only when the test has seen the descendant.
  std::array<char, 16> buffer{};
  transfer([&buffer](OVERLAPPED& operation) {
    return ReadFile(channel(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &operation);
  });
  return 0;
}

/// 5: the system has not so much memory for it.
int allocate(const wchar_t* bytes) {
  const auto size = static_cast<SIZE_T>(std::wcstoull(bytes, nullptr, 10));
  return VirtualAlloc(nullptr, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) == nullptr ? 5 : 0;
}

/// 5: may not.
int write_file(const wchar_t* path) {
  const HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) return static_cast<int>(GetLastError());
  CloseHandle(file);
  return 0;
}

int priority() {
  send(std::to_string(GetPriorityClass(GetCurrentProcess())) + ".");
  return 0;
}

/// Complains on stderr, says so on its channel, and waits for ever, or exits with 3 when the broker answers.
int complain() {
  std::fprintf(stderr, "the first thing that went wrong\nthe last thing that went wrong\n");
  std::fflush(stderr);
  send("complained.");
  std::array<char, 16> buffer{};
  transfer([&buffer](OVERLAPPED& operation) {
    return ReadFile(channel(), buffer.data(), static_cast<DWORD>(buffer.size()), nullptr, &operation);
  });
  return 3;
}

/// Plays the program that takes dumps; `file` is where the dump goes.
int dump(std::wstring_view how, const std::wstring& file) {
  if (how == L"hang") Sleep(INFINITE);
  if (how == L"crash") RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 0, nullptr);
  if (how == L"too_large") return 10;
  CreateDirectoryW(file.substr(0, file.find_last_of(L'\\')).c_str(), nullptr);
  const HANDLE made = CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
  DWORD written = 0;
  WriteFile(made, "a dump", 6, &written, nullptr);
  CloseHandle(made);
  return how == L"fail" ? 14 : 0;
}

int print(const wchar_t* count) {
  const int lines = static_cast<int>(std::wcstol(count, nullptr, 10));
  for (int i = 0; i < lines; ++i) std::printf("line %d\n", i);
  std::fprintf(stderr, "something went wrong\n");
  std::printf("last words");
  std::fflush(stdout);
  return 0;
}

}  // namespace

/// In child_token.cpp: what this process's token is.
std::string token_sentence();

int main() {
  int count = 0;
  wchar_t** arguments = CommandLineToArgvW(GetCommandLineW(), &count);
  const std::wstring_view mode = count > 1 ? arguments[1] : L"";
  const wchar_t* operand = count > 2 ? arguments[2] : L"";
  if (mode == L"exit") return static_cast<int>(std::wcstol(operand, nullptr, 10));
  if (mode == L"echo") return echo();
  if (mode == L"handles") return handles();
  if (mode == L"variable") return variable(operand);
  if (mode == L"folder") return folder();
  if (mode == L"parent") return parent(operand);
  if (mode == L"print") return print(operand);
  if (mode == L"allocate") return allocate(operand);
  if (mode == L"priority") return priority();
  if (mode == L"token") {
    send(token_sentence());
    return 0;
  }
  if (mode == L"write") return write_file(operand);
  if (mode == L"complain") return complain();
  if (mode == L"dump" && count == 7) return dump(operand, arguments[6]);
  if (mode == L"wait") Sleep(INFINITE);
  return 98;
}
