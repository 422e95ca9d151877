// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/manifest.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace plugbroker::conformance {
namespace {

constexpr const char* folder = "tests/conformance/vectors/";

std::string text_of(const boost::json::value& value) {
  return boost::json::value_to<std::string>(value);
}

std::string content_of(const std::string& name) {
  std::ifstream file(folder + name, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::byte> from_hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string{digits.substr(at, 2)}, nullptr, 16)));
  }
  return bytes;
}

/// The bytes of one file by the names of their vectors.
std::map<std::string, std::vector<std::byte>> read_bytes(const std::string& file) {
  std::map<std::string, std::vector<std::byte>> found;
  std::istringstream lines(content_of(file));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) throw std::runtime_error(file + " has a line without a tab");
    found.emplace(line.substr(0, tab), from_hex(std::string_view{line}.substr(tab + 1)));
  }
  return found;
}

ExpectedFrame frame_of(const boost::json::object& entry) {
  ExpectedFrame frame;
  frame.type = boost::json::value_to<int>(entry.at("type"));
  frame.flags = boost::json::value_to<int>(entry.at("flags"));
  frame.stream_id = text_of(entry.at("stream_id"));
  frame.deadline_us = text_of(entry.at("deadline_us"));
  frame.metadata = text_of(entry.at("metadata"));
  if (const auto* payload = entry.if_contains("payload")) {
    frame.payload = text_of(*payload);
  } else {
    const auto length = boost::json::value_to<std::size_t>(entry.at("payload_length"));
    const auto fill = from_hex(text_of(entry.at("payload_fill"))).at(0);
    frame.payload = payload_text(std::vector<std::byte>(length, fill));
  }
  if (const auto* values = entry.if_contains("values")) {
    for (const auto& pair : values->as_array()) {
      frame.values.emplace_back(text_of(pair.as_array().at(0)), text_of(pair.as_array().at(1)));
    }
  }
  return frame;
}

std::vector<Vector> read_vectors() {
  std::map<std::string, std::map<std::string, std::vector<std::byte>>> files;
  std::vector<Vector> vectors;
  const boost::json::value manifest = boost::json::parse(content_of("manifest.json"));
  for (const auto& item : manifest.at("vectors").as_array()) {
    const boost::json::object& entry = item.as_object();
    Vector vector;
    vector.name = text_of(entry.at("name"));
    const std::string file = vector.name.substr(0, vector.name.find('/')) + ".hex";
    if (!files.contains(file)) files.emplace(file, read_bytes(file));
    vector.bytes = files.at(file).at(vector.name);
    vector.expected.end = text_of(entry.at("end"));
    for (const auto& frame : entry.at("frames").as_array()) {
      vector.expected.frames.push_back(frame_of(frame.as_object()));
      vector.written.push_back(frame.as_object().contains("written"));
    }
    for (const auto& split : entry.at("splits").as_array()) {
      vector.splits.push_back(boost::json::value_to<std::size_t>(split));
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

}  // namespace

const std::vector<Vector>& all_vectors() {
  static const std::vector<Vector> vectors = read_vectors();
  return vectors;
}

std::string to_hex(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text.push_back(digits[std::to_integer<unsigned>(byte) >> 4]);
    text.push_back(digits[std::to_integer<unsigned>(byte) & 15]);
  }
  return text;
}

std::string payload_text(ByteView payload) {
  if (payload.size() <= 64) return to_hex(payload);
  const bool is_one_byte = std::ranges::all_of(payload, [&](std::byte byte) { return byte == payload.front(); });
  return std::to_string(payload.size()) + " bytes of " + (is_one_byte ? to_hex(payload.first(1)) : "different kinds");
}

void PrintTo(const ExpectedFrame& frame, std::ostream* out) {
  *out << "type " << frame.type << " flags " << frame.flags << " stream " << frame.stream_id << " deadline "
       << frame.deadline_us << " payload [" << frame.payload << "] metadata " << frame.metadata;
  for (const auto& [name, value] : frame.values) *out << "\n    " << name << " = " << value;
}

void PrintTo(const Reading& reading, std::ostream* out) {
  for (const ExpectedFrame& frame : reading.frames) {
    *out << "\n  ";
    PrintTo(frame, out);
  }
  *out << "\n  end: " << reading.end;
}

}  // namespace plugbroker::conformance
