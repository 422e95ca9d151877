// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/protocol_document.h"

#include <fstream>
#include <sstream>

namespace plugbroker::protocol {
namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream stream(row.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(trimmed(cell));
  return cells;
}

}  // namespace

ProtocolDocument::ProtocolDocument() {
  std::ifstream file("docs/PROTOCOL.md");
  std::ostringstream content;
  content << file.rdbuf();
  text_ = content.str();
}

std::vector<std::string> ProtocolDocument::lines_after(std::string_view line) const {
  std::vector<std::string> lines;
  bool found = false;
  std::istringstream stream(text_);
  for (std::string each; std::getline(stream, each);) {
    if (!each.empty() && each.back() == '\r') each.pop_back();
    if (found) lines.push_back(each);
    found = found || each == line;
  }
  return lines;
}

TableRows ProtocolDocument::table(std::string_view heading) const {
  TableRows rows;
  bool past_rule = false;
  for (const std::string& line : lines_after(heading)) {
    if (line.empty() || line.front() != '|') break;
    if (past_rule) rows.push_back(cells_of(line));
    past_rule = true;
  }
  return rows;
}

wire::Bytes ProtocolDocument::example(std::string_view name) const {
  return bytes_after("```hex ", name);
}

wire::Bytes ProtocolDocument::conversation(std::string_view name) const {
  return bytes_after("```frames ", name);
}

wire::Bytes ProtocolDocument::bytes_after(const std::string& fence, std::string_view name) const {
  wire::Bytes bytes;
  for (const std::string& line : lines_after(fence + std::string{name})) {
    if (line == "```") break;
    std::istringstream stream(line.substr(0, line.find(';')));
    for (unsigned byte = 0; stream >> std::hex >> byte;) bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

}  // namespace plugbroker::protocol
