// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/client_lib/dll/failing_imports.h"

#include <aclapi.h>
#include <sddl.h>

#include <atomic>
#include <cstdlib>

namespace plugbroker::client {

namespace {

/// Lets one of many requests fail.
class Countdown {
 public:
  bool fails_now() noexcept {
    ++count_;
    if (left_.load() == 0 || --left_ != 0) return false;
    failed_ = true;
    return true;
  }
  void start(long n) noexcept {
    failed_ = false;
    left_ = n;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] long count() const noexcept { return count_; }

 private:
  std::atomic<long> left_ = 0;
  std::atomic<long> count_ = 0;
  std::atomic<bool> failed_ = false;
};

Countdown heap;
decltype(&std::malloc) real_malloc;
decltype(&std::calloc) real_calloc;
decltype(&std::realloc) real_realloc;

void* test_malloc(std::size_t size) {
  return heap.fails_now() ? nullptr : real_malloc(size);
}
void* test_calloc(std::size_t count, std::size_t size) {
  return heap.fails_now() ? nullptr : real_calloc(count, size);
}
void* test_realloc(void* memory, std::size_t size) {
  return heap.fails_now() ? nullptr : real_realloc(memory, size);
}

Countdown calls;
std::string failing;  // Changed only while no client lives.

bool call_fails(const char* name) noexcept {
  if (failing != name || !calls.fails_now()) return false;
  SetLastError(ERROR_NO_SYSTEM_RESOURCES);
  return true;
}

// One for each system call: with its parameters, their names, and what it returns when it fails.
#define PLUGBROKER_FAILING(result, name, parameters, arguments, failure) \
  decltype(&::name) real_##name;                                         \
  result WINAPI test_##name parameters {                                 \
    if (call_fails(#name)) return failure;                               \
    return real_##name arguments;                                        \
  }

PLUGBROKER_FAILING(HANDLE, CreateEventW, (LPSECURITY_ATTRIBUTES a, BOOL b, BOOL c, LPCWSTR d), (a, b, c, d), nullptr)
PLUGBROKER_FAILING(HANDLE, CreateThread,
                   (LPSECURITY_ATTRIBUTES a, SIZE_T b, LPTHREAD_START_ROUTINE c, LPVOID d, DWORD e, LPDWORD f),
                   (a, b, c, d, e, f), nullptr)
PLUGBROKER_FAILING(HANDLE, CreateFileW,
                   (LPCWSTR a, DWORD b, DWORD c, LPSECURITY_ATTRIBUTES d, DWORD e, DWORD f, HANDLE g),
                   (a, b, c, d, e, f, g), INVALID_HANDLE_VALUE)
PLUGBROKER_FAILING(BOOL, ReadFile, (HANDLE a, LPVOID b, DWORD c, LPDWORD d, LPOVERLAPPED e), (a, b, c, d, e), FALSE)
PLUGBROKER_FAILING(BOOL, WriteFile, (HANDLE a, LPCVOID b, DWORD c, LPDWORD d, LPOVERLAPPED e), (a, b, c, d, e), FALSE)
PLUGBROKER_FAILING(BOOL, GetModuleHandleExW, (DWORD a, LPCWSTR b, HMODULE* c), (a, b, c), FALSE)
PLUGBROKER_FAILING(BOOL, OpenProcessToken, (HANDLE a, DWORD b, PHANDLE c), (a, b, c), FALSE)
PLUGBROKER_FAILING(BOOL, GetTokenInformation, (HANDLE a, TOKEN_INFORMATION_CLASS b, LPVOID c, DWORD d, PDWORD e),
                   (a, b, c, d, e), FALSE)
PLUGBROKER_FAILING(BOOL, ConvertSidToStringSidW, (PSID a, LPWSTR* b), (a, b), FALSE)
PLUGBROKER_FAILING(DWORD, GetSecurityInfo,
                   (HANDLE a, SE_OBJECT_TYPE b, SECURITY_INFORMATION c, PSID* d, PSID* e, PACL* f, PACL* g,
                    PSECURITY_DESCRIPTOR* h),
                   (a, b, c, d, e, f, g, h), ERROR_NO_SYSTEM_RESOURCES)
PLUGBROKER_FAILING(DWORD, WaitForMultipleObjects, (DWORD a, const HANDLE* b, BOOL c, DWORD d), (a, b, c, d),
                   WAIT_FAILED)
#undef PLUGBROKER_FAILING

decltype(&::GetOverlappedResult) real_GetOverlappedResult;
BOOL WINAPI test_GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL waits) {
  // One that waits is about a cancelled operation: if it failed, Windows would still own the buffer.
  if (!waits && call_fails("GetOverlappedResult")) return FALSE;
  return real_GetOverlappedResult(file, overlapped, bytes, waits);
}

}  // namespace

namespace memory_requests {

void watch(LoadedLibrary& library) {
  real_malloc = library.replace_import("malloc", &test_malloc);
  real_calloc = library.replace_import("calloc", &test_calloc);
  real_realloc = library.replace_import("realloc", &test_realloc);
}
long count() noexcept {
  return heap.count();
}
void fail_nth(long n) noexcept {
  heap.start(n);
}
bool failed() noexcept {
  return heap.failed();
}

}  // namespace memory_requests

namespace system_calls {

std::vector<std::string> watch(LoadedLibrary& library) {
  std::vector<std::string> names;
#define PLUGBROKER_WATCH(name)                               \
  real_##name = library.replace_import(#name, &test_##name); \
  names.emplace_back(#name)
  PLUGBROKER_WATCH(CreateEventW);
  PLUGBROKER_WATCH(CreateThread);
  PLUGBROKER_WATCH(CreateFileW);
  PLUGBROKER_WATCH(ReadFile);
  PLUGBROKER_WATCH(WriteFile);
  PLUGBROKER_WATCH(GetModuleHandleExW);
  PLUGBROKER_WATCH(OpenProcessToken);
  PLUGBROKER_WATCH(GetTokenInformation);
  PLUGBROKER_WATCH(ConvertSidToStringSidW);
  PLUGBROKER_WATCH(GetSecurityInfo);
  PLUGBROKER_WATCH(WaitForMultipleObjects);
  PLUGBROKER_WATCH(GetOverlappedResult);
#undef PLUGBROKER_WATCH
  return names;
}
void fail_nth(const std::string& name, long n) {
  failing = name;
  calls.start(n);
}
bool failed() noexcept {
  return calls.failed();
}

}  // namespace system_calls

bool call_works(const LoadedLibrary& library, plugbroker_client* client) {
  plugbroker_reply* reply = nullptr;
  const bool ok = library.call(client, "echo", "hello", 5, nullptr, &reply) == PLUGBROKER_OK;
  const bool whole = ok && library.reply_size(reply) == 5;
  library.reply_free(reply);
  return whole;
}

namespace {

bool operation_works(const LoadedLibrary& library, plugbroker_client* client) {
  plugbroker_operation* operation = nullptr;
  plugbroker_reply* reply = nullptr;
  plugbroker_metadata pair{"key", "value"};
  plugbroker_call_options options = plugbroker_call_options_default();
  options.metadata = &pair;
  options.metadata_count = 1;
  options.retry_attempts = 2;
  if (library.call_start(client, "echo", "x", 1, &options, nullptr, nullptr, &operation) != PLUGBROKER_OK) return false;
  const bool has_event = library.operation_event(operation) != nullptr;
  library.operation_wait(operation, 60'000'000);
  const bool ok = library.operation_result(operation, &reply) == PLUGBROKER_OK;
  library.reply_free(reply);
  library.operation_destroy(operation);
  return has_event && ok;
}

bool stream_works(const LoadedLibrary& library, plugbroker_client* client) {
  plugbroker_stream* stream = nullptr;
  plugbroker_message* message = nullptr;
  plugbroker_cancellation* cancellation = nullptr;
  plugbroker_call_options options = plugbroker_call_options_default();
  const bool cancellable = library.cancellation_create(&cancellation) == PLUGBROKER_OK;
  options.cancellation = cancellation;
  bool ok = cancellable && library.stream_open(client, "chat", &options, &stream) == PLUGBROKER_OK;
  ok = ok && library.stream_write(stream, "one", 3) == PLUGBROKER_OK;
  ok = ok && library.stream_read(stream, &message) == PLUGBROKER_OK;
  ok = ok && library.stream_close_write(stream) == PLUGBROKER_OK;
  ok = ok && library.stream_result(stream, nullptr) == PLUGBROKER_OK;
  library.message_free(message);
  library.stream_destroy(stream);
  library.cancellation_destroy(cancellation);
  return ok;
}

}  // namespace

bool use_everything(const LoadedLibrary& library, const std::string& pipe) {
  plugbroker_client* client = library.client_of(pipe);
  if (client == nullptr) return false;
  const bool called = call_works(library, client);
  const bool operated = operation_works(library, client);
  const bool streamed = stream_works(library, client);
  library.client_destroy(client);
  return called && operated && streamed;
}

}  // namespace plugbroker::client
