// SPDX-License-Identifier: Apache-2.0
#include <windows.h>

#include <utility>

#include "broker_core/win/utf16.h"
#include "service/event_log.h"

namespace plugbroker::service {
namespace {

WORD type_of(EventSeverity severity) {
  switch (severity) {
    case EventSeverity::information:
      return EVENTLOG_INFORMATION_TYPE;
    case EventSeverity::warning:
      return EVENTLOG_WARNING_TYPE;
    case EventSeverity::error:
      return EVENTLOG_ERROR_TYPE;
  }
  return EVENTLOG_ERROR_TYPE;
}

class WindowsEventLog : public EventWriter {
 public:
  explicit WindowsEventLog(std::wstring source) : source_(std::move(source)) {}
  ~WindowsEventLog() override {
    if (log_ != nullptr) DeregisterEventSource(log_);
  }
  WindowsEventLog(const WindowsEventLog&) = delete;
  WindowsEventLog& operator=(const WindowsEventLog&) = delete;

  // An event that can't be written is in our own log all the same.
  void write(const WindowsEvent& event) override {
    // Tried each time: the service may start before the event log does.
    if (log_ == nullptr) log_ = RegisterEventSourceW(nullptr, source_.c_str());
    if (log_ == nullptr) return;
    std::vector<std::wstring> wide;
    for (const std::string& text : event.texts) wide.push_back(win::to_utf16(text));
    std::vector<const wchar_t*> texts;
    for (const std::wstring& text : wide) texts.push_back(text.c_str());
    ReportEventW(log_, type_of(event.severity), event.category, event.whole_id, nullptr,
                 static_cast<WORD>(texts.size()), 0, texts.data(), nullptr);
  }

 private:
  std::wstring source_;
  HANDLE log_ = nullptr;
};

}  // namespace

std::unique_ptr<EventWriter> open_windows_event_log(std::string_view source) {
  return std::make_unique<WindowsEventLog>(win::to_utf16(source));
}

}  // namespace plugbroker::service
