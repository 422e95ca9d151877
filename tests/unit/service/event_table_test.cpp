// SPDX-License-Identifier: Apache-2.0
#include "service/event_table.h"

#include <gmock/gmock.h>
#include <windows.h>

#include <array>
#include <set>
#include <string>

#include "broker_core/win/utf16.h"
#include "tests/unit/service/document_part.h"

namespace plugbroker::service {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EventTable, HasEachIdAndEachLineOfTheLogOnceAndInOrder) {
  std::set<std::uint16_t> ids;
  std::set<std::string_view> lines;
  for (const EventEntry& entry : event_table()) {
    EXPECT_TRUE(ids.empty() || entry.id > *ids.rbegin()) << entry.id;
    EXPECT_GE(entry.id, 100) << "below are the categories";
    ids.insert(entry.id);
    EXPECT_TRUE(lines.insert(entry.log_event).second) << entry.log_event;
    EXPECT_EQ(find_event(entry.log_event), &entry);
  }
}

TEST(EventTable, SaysWhatToDoOfEverythingThatIsNotGoodNews) {
  for (const EventEntry& entry : event_table()) {
    EXPECT_EQ(entry.advice.empty(), entry.severity == EventSeverity::information) << entry.log_event;
  }
}

TEST(EventTable, HasNothingForAnyOtherLine) {
  EXPECT_EQ(find_event("worker_started"), nullptr);
  EXPECT_EQ(find_event(""), nullptr);
}

TEST(EventTable, IsWhatTheMessageFilesSourceSays) {
  EXPECT_EQ(test::repository_file("service/events/plugbroker-events.mc"), event_message_source())
      << "Run plugbroker_event_files > service/events/plugbroker-events.mc";
}

TEST(EventTable, IsWhatTheOperatorsDocumentSays) {
  EXPECT_EQ(test::document_part("docs/OPERATIONS.md", "event table"), event_document())
      << "Run plugbroker_event_files --document and put what it prints between the marks in docs/OPERATIONS.md";
}

TEST(EventTable, IsExplainedLineByLineInTheOperatorsDocument) {
  const std::string document = test::repository_file("docs/OPERATIONS.md");
  for (const EventEntry& entry : event_table()) {
    if (entry.log_event == events_left_out) continue;
    EXPECT_NE(document.find("`" + std::string{entry.log_event} + "`"), std::string::npos) << entry.log_event;
  }
}

/// The DLL as a viewer has it: mapped as data, nothing of it is run.
class MessageFile : public testing::Test {
 protected:
  MessageFile() : file_(LoadLibraryExW(L"" PLUGBROKER_EVENTS_FILE, nullptr, LOAD_LIBRARY_AS_DATAFILE)) {
    EXPECT_NE(file_, nullptr) << "error " << GetLastError();
  }
  ~MessageFile() override {
    if (file_ != nullptr) FreeLibrary(file_);
  }

  /// The message with these texts, without the end of its line.
  std::string formatted(std::uint32_t id) const {
    DWORD_PTR texts[] = {reinterpret_cast<DWORD_PTR>(L"<service>"), reinterpret_cast<DWORD_PTR>(L"<message>"),
                         reinterpret_cast<DWORD_PTR>(L"<pool>")};
    wchar_t* text = nullptr;
    const DWORD size =
        FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                       file_, id, 0, reinterpret_cast<wchar_t*>(&text), 0, reinterpret_cast<va_list*>(texts));
    EXPECT_GT(size, 0u) << "no message " << std::hex << id << ", error " << std::dec << GetLastError();
    std::string result = win::to_utf8(std::wstring(text == nullptr ? L"" : text, size));
    LocalFree(text);
    while (!result.empty() && (result.back() == '\n' || result.back() == '\r')) result.pop_back();
    return result;
  }

  /// What the table says the message is.
  static std::string expected(std::string_view text) {
    std::string result{text};
    constexpr std::array<std::string_view, event_texts> values{"<service>", "<message>", "<pool>"};
    for (std::size_t number = 0; number < values.size(); ++number) {
      const std::size_t at = result.find("%" + std::to_string(number + 1));
      if (at != std::string::npos) result.replace(at, 2, values[number]);
    }
    return result;
  }

  HMODULE file_;
};

TEST_F(MessageFile, HasASentenceForEveryEvent) {
  for (const EventEntry& entry : event_table()) {
    EXPECT_EQ(formatted(entry.whole_id()), expected(entry.text)) << entry.id;
    EXPECT_THAT(formatted(entry.whole_id()), HasSubstr("<service>"));
    EXPECT_THAT(formatted(entry.whole_id()), Not(HasSubstr("%")));
  }
}

TEST_F(MessageFile, HasANameForEveryCategory) {
  for (std::uint16_t number = 1; number <= event_categories; ++number) {
    EXPECT_EQ(formatted(number), to_string(static_cast<EventCategory>(number)));
  }
}

TEST_F(MessageFile, HasNothingElse) {
  EXPECT_EQ(FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE, file_, event_categories + 1, 0, nullptr, 0, nullptr), 0u);
}

TEST_F(MessageFile, RunsNothingWhenItIsLoaded) {
  // As data, the handle is the image's address with the two lowest bits set or not.
  const auto base = reinterpret_cast<std::uintptr_t>(file_) & ~std::uintptr_t{3};
  const auto* dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
  const auto* headers = reinterpret_cast<const IMAGE_NT_HEADERS64*>(base + static_cast<std::uintptr_t>(dos->e_lfanew));

  EXPECT_EQ(headers->OptionalHeader.AddressOfEntryPoint, 0u);
}

}  // namespace
}  // namespace plugbroker::service
