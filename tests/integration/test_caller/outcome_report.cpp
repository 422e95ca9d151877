// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/test_caller/outcome_report.h"

#include <windows.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::test_caller {
namespace {

constexpr std::array retry_names{"never", "safe", "after_backoff"};
constexpr std::array origin_names{"none", "client", "broker", "worker"};

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

}  // namespace

OutcomeReport::OutcomeReport(const std::string& file)
    : file_(CreateFileW(harness::widen(file).c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, CREATE_ALWAYS,
                        FILE_ATTRIBUTE_NORMAL, nullptr)) {
  if (file_ == INVALID_HANDLE_VALUE) {
    std::fprintf(stderr, "cannot make %s: error %lu\n", file.c_str(), GetLastError());
    std::exit(3);
  }
}

OutcomeReport::~OutcomeReport() {
  CloseHandle(file_);
}

void OutcomeReport::add(std::string_view call, const plugbroker_reply* reply) {
  const std::string line = one_line(call) + '\t' + plugbroker_status_name(plugbroker_reply_status(reply)) + '\t' +
                           retry_names.at(static_cast<std::size_t>(plugbroker_reply_retry(reply))) + '\t' +
                           origin_names.at(static_cast<std::size_t>(plugbroker_reply_origin(reply))) + '\t' +
                           (plugbroker_reply_worker_received(reply) != 0 ? "1" : "0") + '\t' +
                           std::to_string(plugbroker_reply_retry_after_us(reply)) + '\t' +
                           one_line(plugbroker_reply_message(reply)) + '\n';
  const std::lock_guard lock(mutex_);
  DWORD written = 0;
  WriteFile(file_, line.data(), static_cast<DWORD>(line.size()), &written, nullptr);
}

}  // namespace plugbroker::test_caller
