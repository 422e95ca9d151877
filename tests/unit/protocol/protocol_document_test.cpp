// SPDX-License-Identifier: Apache-2.0
// docs/PROTOCOL.md and the code say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "broker_core/protocol/credit.h"
#include "broker_core/protocol/frame_table.h"
#include "broker_core/protocol/frame_writer.h"
#include "broker_core/protocol/tlv_table.h"
#include "tests/unit/protocol/metadata_cases.h"
#include "tests/unit/protocol/protocol_document.h"

namespace plugbroker::protocol {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string range(std::uint64_t low, std::uint64_t high) {
  return low == high ? with_commas(low) : with_commas(low) + " to " + with_commas(high);
}

// What the document's columns say, from the code's tables.

std::string sent_by(const FrameRule& rule) {
  static const std::map<int, std::string> words{{from_peer, "client, worker"}, {from_broker, "broker"},
                                                {from_worker, "worker"},       {from_caller, "caller"},
                                                {from_responder, "responder"}, {from_both, "both"}};
  return words.at(rule.senders);
}

std::string stream_id(const FrameRule& rule) {
  static const std::map<FrameType, std::string> special{
      {FrameType::request, "new"}, {FrameType::window, "0 or open"}, {FrameType::unimplemented, "0 or as received"}};
  static const std::map<StreamIdRule, std::string> words{
      {StreamIdRule::zero, "0"}, {StreamIdRule::not_zero, "open"}, {StreamIdRule::any, "any"}};
  const auto found = special.find(rule.type);
  return found != special.end() ? found->second : words.at(rule.stream_id);
}

std::string flags(const FrameRule& rule) {
  if (rule.flags == no_flags) return "none";
  const bool responder_too = (rule.senders & from_responder) != 0;
  return responder_too ? "END_STREAM (caller only), MORE, NO_MESSAGE (caller only)" : "END_STREAM, MORE, NO_MESSAGE";
}

std::vector<std::string> row_of(const FrameRule& rule) {
  const std::string number = std::to_string(static_cast<int>(rule.type));
  if (rule.reserved) return {number, std::string{rule.name}, "reserved", "", "", ""};
  return {number, std::string{rule.name}, sent_by(rule), stream_id(rule), flags(rule), rule.payload ? "yes" : "no"};
}

std::string hex(TlvType type) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%04X", static_cast<unsigned>(type));
  return text;
}

std::string value_of(const TlvRule& rule) {
  if (rule.kind == TlvKind::text) return "text";
  if (rule.kind == TlvKind::bytes) return "bytes";
  if (rule.kind == TlvKind::key_value) return "key and value";
  const std::string number = "u" + std::to_string(8 * rule.max_length);
  const std::uint64_t highest = ~0ull >> (64 - 8 * rule.max_length);
  if (rule.min_value == 0 && rule.max_value == highest) return number;
  if (rule.max_value == highest) return number + ", at least " + with_commas(rule.min_value);
  return number + ", " + range(rule.min_value, rule.max_value);
}

/// The frames that list this TLV, as the column "in" has them.
std::string frames_with(const TlvRule& rule) {
  std::string frames;
  std::string last;
  for (const FrameCase& frame : frame_cases()) {
    const std::string name = frame.name.substr(0, frame.name.find(','));
    const auto is_it = [&](const TlvCase& tlv) { return tlv.type == static_cast<std::uint16_t>(rule.type); };
    if (name == last || std::ranges::none_of(frame.tlvs, is_it)) continue;
    frames += (frames.empty() ? "" : ", ") + name;
    last = name;
  }
  return frames;
}

std::vector<std::string> names(const FrameCase& frame, bool required) {
  std::vector<std::string> names;
  for (const TlvCase& tlv : frame.tlvs) {
    if (tlv.required == required) names.push_back(tlv.name);
  }
  return names;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return parts;
}

TEST(ProtocolDocument, ItsTableOfFramesIsTheCodes) {
  const TableRows rows = ProtocolDocument{}.table("| type | name | sent by | stream_id | flags allowed | payload |");

  ASSERT_EQ(rows.size(), frame_table.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], row_of(frame_table[i]));
}

TEST(ProtocolDocument, ItsTableOfMetadataIsTheCodes) {
  const TableRows rows = ProtocolDocument{}.table("| type | name | bytes | value | meaning | in |");

  ASSERT_EQ(rows.size(), tlv_table.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TlvRule& rule = tlv_table[i];
    EXPECT_THAT(rows[i], ElementsAre(hex(rule.type), std::string{rule.name}, range(rule.min_length, rule.max_length),
                                     value_of(rule), testing::_, frames_with(rule)));
  }
}

TEST(ProtocolDocument, ItsTableOfRequiredMetadataIsWhatTheDecodersAreTestedWith) {
  const TableRows rows = ProtocolDocument{}.table("| frame | required | optional |");

  ASSERT_EQ(rows.size(), frame_cases().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FrameCase& frame = frame_cases()[i];
    ASSERT_EQ(rows[i].size(), 3u);
    EXPECT_EQ(rows[i][0], frame.name);
    EXPECT_THAT(split(rows[i][1]), testing::UnorderedElementsAreArray(names(frame, true))) << frame.name;
    EXPECT_THAT(split(rows[i][2]), testing::UnorderedElementsAreArray(names(frame, false))) << frame.name;
  }
}

TEST(ProtocolDocument, ItsTableOfHeaderErrorsHasTheSentencesOfTheCode) {
  const TableRows rows = ProtocolDocument{}.table("| error | when |");
  std::vector<std::string> sentences;
  for (const auto& row : rows) sentences.push_back(row.at(1));

  EXPECT_EQ(rows.size(), 10u);
  for (std::size_t error = 0; error < rows.size(); ++error) {
    EXPECT_THAT(sentences, Contains(to_string(static_cast<HeaderError>(error))));
  }
}

TEST(ProtocolDocument, HeaderErrorsAreFoundInTheOrderOfItsTable) {
  // Everything is wrong with this header at first; then one thing after the other is put right.
  wire::Header header{.magic = 1,
                      .version = 9,
                      .type = 1,
                      .flags = 8,
                      .meta_len = 0xFFFF,
                      .payload_len = 0xFFFFFFFF,
                      .reserved = 1,
                      .stream_id = 1,
                      .deadline_us = 1};
  FrameHeader decoded;
  std::vector<std::string> found;
  const auto note = [&] {
    const auto error = decode_header(header.bytes().data(), limits::max_chunk_bytes, decoded);
    found.emplace_back(error ? to_string(*error) : "none");
  };
  note();
  header.magic = 0x4250, note();
  header.version = 1, note();
  header.reserved = 0, note();
  header.type = 5, header.flags = 3, header.stream_id = 0, note();
  header.type = 1, header.flags = 0, header.stream_id = 1, note();
  header.meta_len = 0, note();
  header.type = 5, header.stream_id = 0, note();
  header.payload_len = 0, note();
  header.deadline_us = 0, note();
  header.stream_id = 1, note();

  std::vector<std::string> documented;
  for (const auto& row : ProtocolDocument{}.table("| error | when |")) documented.push_back(row.at(1));
  documented.emplace_back("none");
  EXPECT_THAT(found, ElementsAreArray(documented));
}

TEST(ProtocolDocument, ItsTableOfLimitsHasTheNumbersOfTheCode) {
  std::map<std::string, std::string> limit;
  for (const auto& row : ProtocolDocument{}.table("| what | limit | beyond it |")) limit[row.at(0)] = row.at(1);

  EXPECT_EQ(limit["header"], with_commas(limits::frame_header_bytes) + " bytes");
  EXPECT_EQ(limit["metadata of a frame"], with_commas(limits::max_meta_bytes) + " bytes");
  EXPECT_EQ(limit["metadata of HELLO and HELLO_ACK"], with_commas(limits::max_hello_meta_bytes) + " bytes");
  EXPECT_THAT(limit["payload of a frame"], HasSubstr(with_commas(limits::max_chunk_bytes) + " bytes"));
  EXPECT_EQ(limit["max_chunk offered"], "at least " + with_commas(limits::min_chunk_bytes));
  EXPECT_EQ(limit["window offered"], range(limits::min_window_bytes, limits::max_window_bytes));
  EXPECT_EQ(limit["credit held"], with_commas(limits::max_window_bytes));
  EXPECT_EQ(limit["REQUEST or DATA costs, beside its payload"], with_commas(frame_charge(0)));
  EXPECT_THAT(limit["stream_window"], HasSubstr(with_commas(limits::stream_window_bytes) + " here"));
  EXPECT_THAT(limit["connection_window"], HasSubstr(with_commas(limits::connection_window_bytes) + " here"));
  EXPECT_THAT(limit["what a stream's window grows to"], HasSubstr(with_commas(limits::stream_window_max_bytes)));
  EXPECT_THAT(limit["growth of all windows of a connection"], HasSubstr(with_commas(limits::window_growth_bytes)));
  EXPECT_THAT(limit["a message"], HasSubstr(with_commas(limits::default_max_payload_bytes)));
  EXPECT_THAT(limit["open streams"], HasSubstr(with_commas(limits::default_max_streams)));
  EXPECT_EQ(limit["route"], with_commas(limits::max_route_bytes) + " bytes");
  EXPECT_EQ(limit["routes in READY"], with_commas(limits::max_routes_per_worker));
  EXPECT_EQ(limit["concurrency in READY"], with_commas(limits::max_concurrency));
  EXPECT_EQ(limit["content_type"], with_commas(limits::max_content_type_bytes) + " bytes");
  EXPECT_EQ(limit["message"], with_commas(limits::max_message_bytes) + " bytes");
  EXPECT_EQ(limit["idempotency_key"], with_commas(limits::max_idempotency_key_bytes) + " bytes");
  EXPECT_EQ(limit["tracestate"], with_commas(limits::max_tracestate_bytes) + " bytes");
  EXPECT_EQ(limit["app_metadata: pairs in a frame"], with_commas(limits::max_metadata_pairs));
  EXPECT_EQ(limit["app_metadata: a key"], with_commas(limits::max_metadata_key_bytes) + " bytes");
  EXPECT_EQ(limit["app_metadata: a value"], with_commas(limits::max_metadata_value_bytes) + " bytes");
  EXPECT_EQ(limit["app_metadata: all keys and values of a frame"], with_commas(limits::max_metadata_bytes) + " bytes");
  EXPECT_EQ(limit["caller_sid"], with_commas(limits::max_caller_sid_bytes) + " bytes");
  EXPECT_EQ(limit["caller_account"], with_commas(limits::max_caller_account_bytes) + " bytes");
  EXPECT_EQ(limit["detail"], with_commas(limits::max_detail_bytes) + " bytes");
  EXPECT_EQ(limit["library_name"], with_commas(limits::max_library_name_bytes) + " bytes");
  EXPECT_EQ(limit["library_version"], with_commas(limits::max_library_version_bytes) + " bytes");
  EXPECT_EQ(limit["deadline"], range(static_cast<std::uint64_t>(limits::min_deadline.count()),
                                     static_cast<std::uint64_t>(limits::max_deadline.count())) +
                                   " microseconds");
  EXPECT_EQ(limit["control frames waiting for a peer that doesn't read"],
            with_commas(limits::max_queued_control_bytes) + " bytes");
  EXPECT_EQ(limit["time from connecting to a whole HELLO"],
            std::to_string(limits::default_hello_timeout / std::chrono::seconds{1}) + " s");
}

// The examples: the writer gives the document's bytes.

class Examples : public testing::Test {
 protected:
  /// What the document has under this name.
  [[nodiscard]] wire::Bytes example(std::string_view name) const { return document_.example(name); }

  [[nodiscard]] wire::Bytes conversation(std::string_view name) const { return document_.conversation(name); }

  /// What the writer returned is what it appended.
  void expect_appended(std::size_t length) const { EXPECT_EQ(length, written.size()); }

  wire::Bytes written;
  FrameWriter<wire::Bytes> writer{written};

 private:
  ProtocolDocument document_;
};

TEST_F(Examples, Hello) {
  Hello hello;
  hello.peer.library_name = "demo";
  hello.peer.library_version = "1.0";

  expect_appended(writer.hello(hello));

  EXPECT_EQ(written, example("HELLO"));
}

TEST_F(Examples, HelloAck) {
  HelloAck ack{.result = {}, .wire_version = 1, .instance_id = {}, .peer = {}};
  for (unsigned i = 0; i < ack.instance_id.size(); ++i) ack.instance_id[i] = static_cast<std::byte>(0x11 * i);

  expect_appended(writer.hello_ack(ack));

  EXPECT_EQ(written, example("HELLO_ACK"));
}

TEST_F(Examples, HelloAckRefusing) {
  HelloAck ack;
  ack.result = {StatusCode::failed_precondition, "no"};

  expect_appended(writer.hello_ack(ack));

  EXPECT_EQ(written, example("HELLO_ACK, refusing"));
}

TEST_F(Examples, Ready) {
  expect_appended(writer.ready({.routes = {"echo", "text.stats"}, .concurrency = 4}).value());

  EXPECT_EQ(written, example("READY"));
}

TEST_F(Examples, Request) {
  expect_appended(writer.request(1, flag_end_stream, 2'000'000, {.route = "echo", .content_type = "text/plain"},
                                 as_byte_view("Hi!")));

  EXPECT_EQ(written, example("REQUEST"));
}

TEST_F(Examples, Data) {
  expect_appended(writer.data(1, 0, as_byte_view("Hi!")));

  EXPECT_EQ(written, example("DATA"));
}

TEST_F(Examples, End) {
  expect_appended(writer.end(1, {.status = StatusCode::not_found, .message = "no such route"}));

  EXPECT_EQ(written, example("END"));
}

TEST_F(Examples, CancelAndWindow) {
  expect_appended(writer.cancel(1));
  EXPECT_EQ(written, example("CANCEL"));
  written.clear();
  expect_appended(writer.window(1, 131'072));
  EXPECT_EQ(written, example("WINDOW"));
}

TEST_F(Examples, PingAndPong) {
  expect_appended(writer.ping(7));
  EXPECT_EQ(written, example("PING"));
  written.clear();
  expect_appended(writer.pong(7));
  EXPECT_EQ(written, example("PONG"));
}

TEST_F(Examples, GoAway) {
  expect_appended(writer.goaway({.last_stream = 9, .status = StatusCode::unavailable, .message = "stopping"}));

  EXPECT_EQ(written, example("GOAWAY"));
}

TEST_F(Examples, Unimplemented) {
  expect_appended(writer.unimplemented(0, FrameType{14}));

  EXPECT_EQ(written, example("UNIMPLEMENTED"));
}

TEST_F(Examples, AStreamBothWays) {
  writer.request(3, flag_no_message, 60'000'000, {.route = "chat"}, {});
  writer.data(3, 0, as_byte_view("a"));
  writer.data(3, flag_more, as_byte_view("b"));
  writer.data(3, flag_end_stream, as_byte_view("c"));
  EXPECT_EQ(written, conversation("stream, from the caller"));
  written.clear();
  AppMetadataList pairs;
  EXPECT_TRUE(pairs.add("n", "2").ok());
  writer.data(3, 0, as_byte_view("A"));
  writer.data(3, 0, {});
  writer.end(3, {.origin = Origin::worker, .worker_received = true, .app_metadata = pairs.view()});
  EXPECT_EQ(written, conversation("stream, from the responder"));
}

TEST_F(Examples, AHalfCloseBehindTheLastMessage) {
  expect_appended(writer.data(3, flag_no_message | flag_end_stream, {}));

  EXPECT_EQ(written, conversation("half-close"));
}

TEST_F(Examples, ThereIsOneForEveryFrame) {
  for (const FrameRule& rule : frame_table) {
    EXPECT_EQ(example(rule.name).empty(), rule.reserved) << rule.name;
  }
}

}  // namespace
}  // namespace plugbroker::protocol
