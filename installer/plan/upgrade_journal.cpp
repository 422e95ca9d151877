// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/upgrade_journal.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

namespace plugbroker::installer {
namespace {

namespace json = boost::json;

constexpr int journal_version = 1;

Status unreadable(const std::string& what) {
  return {StatusCode::data_loss, "the journal of the interrupted upgrade can't be read: " + what};
}

// Below the folder that it is relative to, and nothing else.
bool stays_below(std::string_view path) {
  const bool absolute = path.starts_with('\\') || path.starts_with('/') || path.find(':') != std::string_view::npos;
  return !path.empty() && !absolute && path.find("..") == std::string_view::npos;
}

UpgradeJournal read(const json::object& document) {
  UpgradeJournal journal;
  journal.phase = document.at("phase").as_string() == "committed" ? UpgradePhase::committed : UpgradePhase::replacing;
  journal.service_ran = document.at("service_ran").as_bool();
  journal.old_folder = document.at("old_folder").as_string();
  for (const json::value& file : document.at("files").as_array()) {
    journal.files.push_back(
        {.path = std::string{file.at("path").as_string()}, .was_there = file.at("was_there").as_bool()});
  }
  return journal;
}

}  // namespace

std::string journal_text(const UpgradeJournal& journal) {
  json::array files;
  for (const ReplacedFile& file : journal.files) {
    files.push_back({{"path", json::string_view{file.path}}, {"was_there", file.was_there}});
  }
  return json::serialize(json::object{{"version", journal_version},
                                      {"phase", journal.phase == UpgradePhase::committed ? "committed" : "replacing"},
                                      {"service_ran", journal.service_ran},
                                      {"old_folder", json::string_view{journal.old_folder}},
                                      {"files", std::move(files)}});
}

Result<UpgradeJournal> parse_journal(const std::string& text) {
  UpgradeJournal journal;
  try {
    const json::value document = json::parse(text);
    if (document.at("version").as_int64() != journal_version) return unreadable("it is of another version");
    journal = read(document.as_object());
  } catch (const std::exception& error) {  // Boost.JSON's, for whatever is not as it should be.
    return unreadable(error.what());
  }
  if (!stays_below(journal.old_folder)) return unreadable("it names the folder " + journal.old_folder);
  for (const ReplacedFile& file : journal.files) {
    if (!stays_below(file.path)) return unreadable("it names the file " + file.path);
  }
  return journal;
}

}  // namespace plugbroker::installer
