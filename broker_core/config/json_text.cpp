// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/json_text.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <set>
#include <string>
#include <vector>

#include "broker_core/base/escaped_text.h"

namespace plugbroker::config {
namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 32;

std::string shown(std::string_view text) {
  return escaped_text(text, EscapeStyle::plain, 120);
}

// Builds the value and watches the keys of each object that is open.
class DocumentBuilder {
 public:
  // Names that basic_parser prescribes.
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, json::error_code&) {
    keys_.pop_back();
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, json::error_code& error) {
    key_.append(rest.data(), rest.size());
    if (!keys_.back().insert(key_).second) {
      duplicate_ = key_;
      error = json::error::syntax;
      return false;
    }
    key_.clear();
    stack_.push_key(rest);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view rest, std::size_t, json::error_code&) {
    stack_.push_string(rest);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, json::string_view, json::error_code&) {
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, json::error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  void begin() { stack_.reset(); }
  [[nodiscard]] json::value release() { return stack_.release(); }
  [[nodiscard]] const std::string& duplicate() const { return duplicate_; }

 private:
  json::value_stack stack_;
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  std::string duplicate_;
};

// `offset` is that of the closing quote of a key; gives that of the opening one.
std::size_t opening_quote(std::string_view text, std::size_t offset) {
  std::size_t at = offset;
  while (at > 0) {
    --at;
    if (text[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return offset;
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < offset; ++at) {
    if (text[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - line_start + 1) + ": ";
}

std::string found_text(std::string_view text, std::size_t offset) {
  const auto byte = static_cast<unsigned char>(text[offset]);
  if (byte > 0x20 && byte < 0x7F) return std::string{"unexpected '"} + text[offset] + "'";
  if (byte == '\n' || byte == '\r') return "unexpected end of line";
  return "unexpected byte " + shown(text.substr(offset, 1));
}

// Whether the byte at `offset` follows a backslash that begins an escape, or a "\u" with less than four digits.
bool is_in_escape(std::string_view text, std::size_t offset) {
  const auto is_hex = [](char byte) {
    return std::string_view{"0123456789abcdefABCDEF"}.find(byte) != std::string_view::npos;
  };
  std::size_t at = offset;
  while (at > 0 && offset - at < 3 && is_hex(text[at - 1])) --at;
  at = at > 0 && text[at - 1] == 'u' ? at - 1 : offset;
  std::size_t backslashes = 0;
  while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

std::string syntax_message(std::string_view text, std::size_t offset, const json::error_code& error) {
  if (error == json::error::incomplete || offset >= text.size()) return "the text ends too early";
  if (error == json::error::too_deep) return "more than " + std::to_string(max_depth) + " levels of nesting";
  if (error == json::error::exponent_overflow) return "a number is too large";
  return "not valid JSON: " + found_text(text, offset) +
         (is_in_escape(text, offset) ? R"(; in JSON a backslash is written twice ("C:\\folder"))" : "");
}

}  // namespace

Result<json::value> parse_json_text(std::string_view text) {
  json::parse_options options;
  options.allow_comments = true;
  options.allow_trailing_commas = true;
  options.max_depth = max_depth;

  json::basic_parser<DocumentBuilder> parser{options};
  parser.handler().begin();
  json::error_code error;
  std::size_t offset = parser.write_some(false, text.data(), text.size(), error);
  // For a text that ends inside its first comment Boost 1.81 returns a number that is no offset.
  if (error == json::error::incomplete || offset > text.size()) offset = text.size();
  if (error && !parser.handler().duplicate().empty()) {
    return {StatusCode::invalid_argument, line_and_column(text, opening_quote(text, offset)) + "the key \"" +
                                              shown(parser.handler().duplicate()) +
                                              "\" is there a second time in the same object"};
  }
  if (error) {
    return {StatusCode::invalid_argument, line_and_column(text, offset) + syntax_message(text, offset, error)};
  }
  if (offset < text.size()) {
    return {StatusCode::invalid_argument,
            line_and_column(text, offset) + "text after the end of the configuration: " + found_text(text, offset)};
  }
  return parser.handler().release();
}

}  // namespace plugbroker::config
