// SPDX-License-Identifier: Apache-2.0
#include "broker_core/base/escaped_text.h"

#include "broker_core/base/utf8.h"

namespace plugbroker {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< Zero: not valid UTF-8.
};

Character decode(std::string_view text) {
  const auto byte = [text](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  std::size_t length = 0;
  char32_t smallest = 0;
  char32_t code = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    smallest = 0x80;
    code = first & 0x1Fu;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    smallest = 0x800;
    code = first & 0x0Fu;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    smallest = 0x10000;
    code = first & 0x07u;
  }
  if (length == 0 || length > text.size()) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest || code > 0x10FFFF || surrogate) return {};
  return {code, length};
}

bool changes_line_or_direction(char32_t code) {
  return (code >= 0x80 && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

void append_byte(std::string& to, unsigned char byte) {
  to += "\\x";
  to += hex_digits[byte >> 4];
  to += hex_digits[byte & 0x0Fu];
}

void append_code(std::string& to, char32_t code) {
  to += "\\u{";
  bool started = false;
  for (unsigned shift = 24; shift > 0;) {
    shift -= 4;
    const auto digit = static_cast<std::size_t>((code >> shift) & 0x0Fu);
    started = started || digit != 0;
    if (started) to += hex_digits[digit];
  }
  to += '}';
}

void append_ascii(std::string& to, char byte, EscapeStyle style) {
  if (byte == '\n') {
    to += "\\n";
  } else if (byte == '\r') {
    to += "\\r";
  } else if (byte == '\t') {
    to += "\\t";
  } else if (byte >= 0 && (byte < 0x20 || byte == 0x7F)) {
    append_byte(to, static_cast<unsigned char>(byte));
  } else {
    if (style == EscapeStyle::quoted && (byte == '"' || byte == '\\')) to += '\\';
    to += byte;
  }
}

}  // namespace

std::string escaped_text(std::string_view text, EscapeStyle style, std::size_t max_bytes) {
  const std::string_view shown = clip_utf8(text, max_bytes);
  const std::size_t left_out = text.size() - shown.size();
  text = shown;
  std::string escaped;
  escaped.reserve(text.size() + 16);
  while (!text.empty()) {
    const Character character = decode(text);
    if (character.bytes == 0) {
      append_byte(escaped, static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (character.bytes == 1) {
      append_ascii(escaped, text.front(), style);
    } else if (changes_line_or_direction(character.code)) {
      append_code(escaped, character.code);
    } else {
      escaped += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  if (left_out > 0) escaped += "... (" + std::to_string(left_out) + " more bytes)";
  return escaped;
}

}  // namespace plugbroker
