// SPDX-License-Identifier: Apache-2.0
#include "installer/event_source.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <string>

namespace plugbroker::installer {
namespace {

constexpr const wchar_t* application_log = LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)";

/// A name that no service has. Nothing is left of it.
class EventSource : public testing::Test {
 protected:
  ~EventSource() override { RegDeleteKeyW(HKEY_LOCAL_MACHINE, key_.c_str()); }

  DWORD number(const wchar_t* value) const {
    DWORD found = 0;
    DWORD size = sizeof(found);
    RegGetValueW(HKEY_LOCAL_MACHINE, key_.c_str(), value, RRF_RT_REG_DWORD, nullptr, &found, &size);
    return found;
  }
  std::wstring text(const wchar_t* value) const {
    wchar_t found[MAX_PATH] = L"";
    DWORD size = sizeof(found);
    RegGetValueW(HKEY_LOCAL_MACHINE, key_.c_str(), value, RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, nullptr, found, &size);
    return found;
  }
  /// As another product would have made it.
  void make_somebody_elses() const {
    const std::wstring file = LR"(C:\Other\messages.dll)";
    RegSetKeyValueW(HKEY_LOCAL_MACHINE, key_.c_str(), L"EventMessageFile", REG_EXPAND_SZ, file.c_str(),
                    static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t)));
  }

  std::wstring name_ = L"PlugBroker-EventSourceTest-" + std::to_wstring(GetCurrentProcessId());
  std::wstring key_ = application_log + name_;
  std::filesystem::path file_ = event_message_file(LR"(C:\Program Files\PlugBroker\bin)");
};

TEST_F(EventSource, IsRegisteredWithItsMessageFileAndCategories) {
  ASSERT_TRUE(register_event_source(name_, file_).ok());

  EXPECT_EQ(text(L"EventMessageFile"), LR"(C:\Program Files\PlugBroker\bin\plugbroker-events.dll)");
  EXPECT_EQ(text(L"CategoryMessageFile"), text(L"EventMessageFile"));
  EXPECT_EQ(number(L"CategoryCount"), 4u);
  EXPECT_EQ(number(L"TypesSupported"), DWORD{EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE});
}

TEST_F(EventSource, IsChangedWhenItIsRegisteredAgainFromAnotherFolder) {
  ASSERT_TRUE(register_event_source(name_, file_).ok());
  ASSERT_TRUE(register_event_source(name_, event_message_file(LR"(D:\New)")).ok());

  const Result<std::wstring> file = registered_message_file(name_);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*file, LR"(D:\New\plugbroker-events.dll)");
}

TEST_F(EventSource, IsRemovedAndRemovingItAgainIsNoError) {
  ASSERT_TRUE(register_event_source(name_, file_).ok());

  EXPECT_TRUE(remove_event_source(name_).ok());
  EXPECT_EQ(registered_message_file(name_).status().code, StatusCode::not_found);
  EXPECT_TRUE(remove_event_source(name_).ok());
}

TEST_F(EventSource, OfSomebodyElseIsLeftAlone) {
  make_somebody_elses();

  EXPECT_EQ(register_event_source(name_, file_).code, StatusCode::already_exists);
  EXPECT_EQ(remove_event_source(name_).code, StatusCode::already_exists);
  EXPECT_EQ(text(L"EventMessageFile"), LR"(C:\Other\messages.dll)");
}

TEST_F(EventSource, HasNoNameThatLeadsElsewhere) {
  EXPECT_EQ(register_event_source(name_ + L"\\below", file_).code, StatusCode::invalid_argument);
  EXPECT_EQ(remove_event_source(L"").code, StatusCode::invalid_argument);
}

}  // namespace
}  // namespace plugbroker::installer
