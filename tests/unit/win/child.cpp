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

int print(const wchar_t* count) {
  const int lines = static_cast<int>(std::wcstol(count, nullptr, 10));
  for (int i = 0; i < lines; ++i) std::printf("line %d\n", i);
  std::fprintf(stderr, "something went wrong\n");
  std::printf("last words");
  std::fflush(stdout);
  return 0;
}

}  // namespace

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
  if (mode == L"wait") Sleep(INFINITE);
  return 98;
}
