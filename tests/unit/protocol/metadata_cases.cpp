// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/protocol/metadata_cases.h"

#include <algorithm>

namespace plugbroker::protocol {
namespace {

using namespace wire;

template <auto decode>
Status status_of(ByteView metadata) {
  const auto result = decode(metadata);
  return result.ok() ? Status{} : result.status();
}

template <FrameType type>
Status status_without_tlvs(ByteView metadata) {
  return check_metadata(type, metadata);
}

constexpr bool yes = true;
constexpr bool no = false;

std::vector<TlvCase> with(std::vector<TlvCase> own, const std::vector<TlvCase>& more) {
  own.insert(own.end(), more.begin(), more.end());
  return own;
}

const std::vector<TlvCase>& wire_versions() {
  static const std::vector<TlvCase> cases{{0x0002, "wire_version_min", u16(1), yes},
                                          {0x0003, "wire_version_max", u16(1), yes}};
  return cases;
}

const std::vector<TlvCase>& peer() {
  static const std::vector<TlvCase> cases = with(wire_versions(), {{0x0004, "features_supported", u64(3), no},
                                                                   {0x0005, "features_required", u64(1), no},
                                                                   {0x0006, "max_chunk", u32(65536), yes},
                                                                   {0x0007, "max_streams", u32(16), yes},
                                                                   {0x0008, "stream_window", u32(262144), yes},
                                                                   {0x0009, "connection_window", u32(1048576), yes},
                                                                   {0x000A, "max_payload", u64(67108864), yes},
                                                                   {0x000B, "library_name", text("lib"), no},
                                                                   {0x000C, "library_version", text("1"), no}});
  return cases;
}

std::vector<FrameCase> make_cases() {
  return {
      {"HELLO", status_of<decode_hello>, with({{0x0001, "role", u8(1), yes}}, peer())},
      {"HELLO_ACK, accepting", status_of<decode_hello_ack>,
       with({{0x0010, "result", u16(0), yes},
             {0x0011, "wire_version", u16(1), yes},
             {0x0012, "instance_id", filled(16), yes},
             {0x0044, "message", text("welcome"), no}},
            peer())},
      {"HELLO_ACK, refusing", status_of<decode_hello_ack>,
       with({{0x0010, "result", u16(9), yes}, {0x0044, "message", text("no"), yes}}, wire_versions())},
      {"READY", status_of<decode_ready>, {{0x0020, "route", text("echo"), yes}, {0x0021, "concurrency", u32(4), yes}}},
      {"REQUEST",
       status_of<decode_request>,
       {{0x0020, "route", text("echo"), yes},
        {0x0030, "traceparent", filled(25), no},
        {0x0031, "content_type", text("text/plain"), no},
        {0x0032, "idempotency_key", text("order-7"), no},
        {0x0033, "tracestate", text("vendor=1"), no},
        {0x0034, "app_metadata", pair("k", "v"), no},
        {0x0036, "caller_sid", text("S-1-5-18"), no},
        {0x0037, "caller_account", text("HOST\\user"), no},
        {0x0038, "caller_integrity", u32(0x2000), no},
        {0x0039, "caller_session", u32(1), no}}},
      {"DATA", status_without_tlvs<FrameType::data>, {}},
      {"END",
       status_of<decode_end>,
       {{0x0040, "status", u16(5), yes},
        {0x0041, "retry", u8(0), yes},
        {0x0042, "origin", u8(2), yes},
        {0x0043, "worker_received", u8(0), yes},
        {0x0044, "message", text("no such route"), no},
        {0x0031, "content_type", text("text/plain"), no},
        {0x0034, "app_metadata", pair("k", "v"), no},
        {0x0045, "detail", filled(3), no},
        {0x0046, "retry_after_us", u64(1), no}}},
      {"CANCEL", status_without_tlvs<FrameType::cancel>, {}},
      {"WINDOW", status_of<decode_credit>, {{0x0050, "credit", u32(1), yes}}},
      {"PING", status_of<decode_opaque>, {{0x0070, "opaque", u64(7), yes}}},
      {"PONG", status_of<decode_opaque>, {{0x0070, "opaque", u64(7), yes}}},
      {"GOAWAY",
       status_of<decode_goaway>,
       {{0x0060, "last_stream", u64(9), yes},
        {0x0040, "status", u16(14), yes},
        {0x0044, "message", text("stopping"), no}}},
      {"UNIMPLEMENTED", status_of<decode_frame_type>, {{0x0071, "frame_type", u8(14), yes}}},
  };
}

}  // namespace

Bytes TlvCase::value_of_length(std::size_t length) const {
  if (name == "app_metadata") {
    const std::size_t key = std::min<std::size_t>(length - std::min<std::size_t>(length, 1), 64);
    Bytes pair = u8(static_cast<std::uint8_t>(key)) + filled(length - std::min<std::size_t>(length, 1), 'x');
    pair.resize(length);
    return pair;
  }
  Bytes resized = value;
  resized.resize(length, std::byte{'x'});
  return resized;
}

Bytes FrameCase::all_but(std::size_t left_out) const {
  Bytes bytes;
  for (std::size_t i = 0; i < tlvs.size(); ++i) {
    if (i != left_out) bytes = bytes + tlvs[i].bytes();
  }
  return bytes;
}

const std::vector<FrameCase>& frame_cases() {
  static const std::vector<FrameCase> cases = make_cases();
  return cases;
}

}  // namespace plugbroker::protocol
