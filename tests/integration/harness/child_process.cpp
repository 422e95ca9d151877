// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/harness/child_process.h"

#include <array>
#include <string_view>

#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

/// One argument as the C runtime's parser reads it back.
std::wstring as_argument(std::string_view argument) {
  if (!argument.empty() && argument.find_first_of(" \t\"") == std::string_view::npos) return widen(argument);
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char c : argument) {
    if (c == '\\') {
      ++backslashes;
      continue;
    }
    text.append(c == '"' ? backslashes * 2 + 1 : backslashes, '\\');
    backslashes = 0;
    text += c;
  }
  text.append(backslashes * 2, '\\');
  return widen(text + "\"");
}

std::wstring environment_block(const std::map<std::string, std::string>& changes) {
  std::map<std::wstring, std::wstring> all;
  wchar_t* const own = GetEnvironmentStringsW();
  for (const wchar_t* entry = own; *entry != L'\0'; entry += std::wcslen(entry) + 1) {
    const std::wstring_view text(entry);
    const std::size_t equals = text.find(L'=', 1);
    if (equals != std::wstring_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  FreeEnvironmentStringsW(own);
  for (const auto& [name, value] : changes) all[widen(name)] = widen(value);
  std::wstring block;
  for (const auto& [name, value] : all) {
    block += name;
    block += L'=';
    block += value;
    block += L'\0';
  }
  block += L'\0';
  return block;
}

/// STARTUPINFOEX that lets exactly the given handles be inherited.
class StartupWithHandles {
 public:
  explicit StartupWithHandles(std::array<HANDLE, 2> handles) : handles_(handles) {
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    storage_.resize(size);
    info_.StartupInfo.cb = sizeof(info_);
    info_.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    info_.StartupInfo.hStdInput = handles_[0];
    info_.StartupInfo.hStdOutput = handles_[1];
    info_.StartupInfo.hStdError = handles_[1];
    info_.lpAttributeList = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(storage_.data());
    if (!InitializeProcThreadAttributeList(info_.lpAttributeList, 1, 0, &size)) throw_last_error("attribute list");
    if (!UpdateProcThreadAttribute(info_.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                   sizeof(HANDLE) * handles_.size(), nullptr, nullptr)) {
      throw_last_error("handle list");
    }
  }
  StartupWithHandles(const StartupWithHandles&) = delete;
  StartupWithHandles& operator=(const StartupWithHandles&) = delete;
  ~StartupWithHandles() { DeleteProcThreadAttributeList(info_.lpAttributeList); }

  [[nodiscard]] STARTUPINFOW* get() noexcept { return &info_.StartupInfo; }

 private:
  std::array<HANDLE, 2> handles_;
  std::vector<char> storage_;
  STARTUPINFOEXW info_{};
};

WindowsHandle open_inheritable(const wchar_t* name, DWORD access, DWORD disposition) {
  SECURITY_ATTRIBUTES inheritable{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
  WindowsHandle file(CreateFileW(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &inheritable,
                                 disposition, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file) throw_last_error("CreateFile " + narrow(name));
  return file;
}

}  // namespace

ChildProcess::ChildProcess(const Options& options) : output_(options.output) {
  const WindowsHandle input = open_inheritable(L"NUL", GENERIC_READ, OPEN_EXISTING);
  const WindowsHandle output = open_inheritable(output_.c_str(), GENERIC_WRITE, CREATE_ALWAYS);
  std::wstring command = as_argument(narrow(options.program.wstring()));
  for (const std::string& argument : options.arguments) command += L" " + as_argument(argument);
  std::wstring environment = environment_block(options.environment);
  StartupWithHandles startup({input.get(), output.get()});
  PROCESS_INFORMATION made{};
  const auto create = [&] {
    return CreateProcessW(nullptr, command.data(), nullptr, nullptr, TRUE,
                          EXTENDED_STARTUPINFO_PRESENT | CREATE_UNICODE_ENVIRONMENT | CREATE_NO_WINDOW,
                          environment.data(), nullptr, startup.get(), &made);
  };
  // Wine refuses one start in some thousands so where the address layout is random (tools/lib/wine_env.sh); nothing of
  // the program has run then.
  const bool created = create() || (GetLastError() == ERROR_INTERNAL_ERROR && create());
  if (!created) throw_last_error("CreateProcess " + narrow(command));
  CloseHandle(made.hThread);
  process_ = WindowsHandle(made.hProcess);
  id_ = made.dwProcessId;
}

ChildProcess::~ChildProcess() {
  if (process_ && running()) kill();
}

bool ChildProcess::running() const {
  return WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT;
}

std::uint32_t ChildProcess::wait(std::chrono::milliseconds guard) {
  if (WaitForSingleObject(process_.get(), static_cast<DWORD>(guard.count())) != WAIT_OBJECT_0) {
    throw HarnessError("a child process hangs; its output so far:\n" + output());
  }
  DWORD code = 0;
  if (!GetExitCodeProcess(process_.get(), &code)) throw_last_error("GetExitCodeProcess");
  return code;
}

void ChildProcess::kill() {
  TerminateProcess(process_.get(), 99);
  WaitForSingleObject(process_.get(), static_cast<DWORD>(hang_guard.count()));
}

std::string ChildProcess::output() const {
  return read_whole_file(output_);
}

Finished run(const ChildProcess::Options& options) {
  ChildProcess process(options);
  const std::uint32_t code = process.wait();
  return {code, process.output()};
}

std::string read_whole_file(const std::filesystem::path& file) {
  const WindowsHandle handle(CreateFileW(file.c_str(), GENERIC_READ,
                                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                         FILE_ATTRIBUTE_NORMAL, nullptr));
  std::string content;
  std::array<char, 65536> buffer;
  DWORD read = 0;
  while (handle && ReadFile(handle.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &read, nullptr) &&
         read != 0) {
    content.append(buffer.data(), read);
  }
  return content;
}

void write_whole_file(const std::filesystem::path& file, std::string_view content) {
  const WindowsHandle handle(
      CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!handle) throw_last_error("CreateFile " + narrow(file.wstring()));
  DWORD written = 0;
  if (!WriteFile(handle.get(), content.data(), static_cast<DWORD>(content.size()), &written, nullptr)) {
    throw_last_error("WriteFile " + narrow(file.wstring()));
  }
}

}  // namespace plugbroker::harness
