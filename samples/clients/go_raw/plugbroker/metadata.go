// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"encoding/binary"
	"unicode/utf8"
)

const (
	tlvRole             uint16 = 0x0001
	tlvVersionMin       uint16 = 0x0002
	tlvVersionMax       uint16 = 0x0003
	tlvFeatures         uint16 = 0x0004
	tlvFeaturesRequired uint16 = 0x0005
	tlvMaxChunk         uint16 = 0x0006
	tlvMaxStreams       uint16 = 0x0007
	tlvStreamWindow     uint16 = 0x0008
	tlvConnWindow       uint16 = 0x0009
	tlvMaxPayload       uint16 = 0x000A
	tlvLibraryName      uint16 = 0x000B
	tlvLibraryVersion   uint16 = 0x000C
	tlvResult           uint16 = 0x0010
	tlvVersion          uint16 = 0x0011
	tlvInstance         uint16 = 0x0012
	tlvRoute            uint16 = 0x0020
	tlvConcurrency      uint16 = 0x0021
	tlvTraceparent      uint16 = 0x0030
	tlvContentType      uint16 = 0x0031
	tlvIdempotencyKey   uint16 = 0x0032
	tlvTracestate       uint16 = 0x0033
	tlvAppMetadata      uint16 = 0x0034
	tlvCallerSID        uint16 = 0x0036
	tlvCallerAccount    uint16 = 0x0037
	tlvCallerIntegrity  uint16 = 0x0038
	tlvCallerSession    uint16 = 0x0039
	tlvStatus           uint16 = 0x0040
	tlvRetry            uint16 = 0x0041
	tlvOrigin           uint16 = 0x0042
	tlvWorkerReceived   uint16 = 0x0043
	tlvMessage          uint16 = 0x0044
	tlvDetail           uint16 = 0x0045
	tlvRetryAfter       uint16 = 0x0046
	tlvCredit           uint16 = 0x0050
	tlvLastStream       uint16 = 0x0060
	tlvOpaque           uint16 = 0x0070
	tlvFrameType        uint16 = 0x0071
	tlvCritical         uint16 = 0x8000
)

const (
	maxPairs      = 32
	maxPairsBytes = 4096
	maxKey        = 64
	maxValue      = 1024
	maxMessage    = 1024
)

// tlvRule is one row of the document's table of TLVs. A number has lo and hi; text and bytes have none (hi is zero).
type tlvRule struct {
	name     string
	min, max int
	lo, hi   uint64
	repeats  int // how often, when more than once
	in       []FrameType
}

const anyNumber = ^uint64(0)

var opening = []FrameType{typeHello, typeHelloAck}

var tlvRules = map[uint16]tlvRule{
	tlvRole:             {"role", 1, 1, 1, 2, 0, []FrameType{typeHello}},
	tlvVersionMin:       {"wire_version_min", 2, 2, 0, anyNumber, 0, opening},
	tlvVersionMax:       {"wire_version_max", 2, 2, 0, anyNumber, 0, opening},
	tlvFeatures:         {"features_supported", 8, 8, 0, anyNumber, 0, opening},
	tlvFeaturesRequired: {"features_required", 8, 8, 0, anyNumber, 0, opening},
	tlvMaxChunk:         {"max_chunk", 4, 4, smallestMaxChunk, anyNumber, 0, opening},
	tlvMaxStreams:       {"max_streams", 4, 4, 0, anyNumber, 0, opening},
	tlvStreamWindow:     {"stream_window", 4, 4, smallestWindow, maxCredit, 0, opening},
	tlvConnWindow:       {"connection_window", 4, 4, smallestWindow, maxCredit, 0, opening},
	tlvMaxPayload:       {"max_payload", 8, 8, 0, anyNumber, 0, opening},
	tlvLibraryName:      {"library_name", 0, 64, 0, 0, 0, opening},
	tlvLibraryVersion:   {"library_version", 0, 32, 0, 0, 0, opening},
	tlvResult:           {"result", 2, 2, 0, anyNumber, 0, []FrameType{typeHelloAck}},
	tlvVersion:          {"wire_version", 2, 2, 0, anyNumber, 0, []FrameType{typeHelloAck}},
	tlvInstance:         {"instance_id", 16, 16, 0, 0, 0, []FrameType{typeHelloAck}},
	tlvRoute:            {"route", 1, 255, 0, 0, 256, []FrameType{typeReady, typeRequest}},
	tlvConcurrency:      {"concurrency", 4, 4, 1, 1024, 0, []FrameType{typeReady}},
	tlvTraceparent:      {"traceparent", 25, 25, 0, 0, 0, []FrameType{typeRequest}},
	tlvContentType:      {"content_type", 0, 255, 0, 0, 0, []FrameType{typeRequest, typeEnd}},
	tlvIdempotencyKey:   {"idempotency_key", 1, 64, 0, 0, 0, []FrameType{typeRequest}},
	tlvTracestate:       {"tracestate", 0, 512, 0, 0, 0, []FrameType{typeRequest}},
	tlvAppMetadata:      {"app_metadata", 2, 1089, 0, 0, maxPairs, []FrameType{typeRequest, typeEnd}},
	tlvCallerSID:        {"caller_sid", 0, 184, 0, 0, 0, []FrameType{typeRequest}},
	tlvCallerAccount:    {"caller_account", 0, 512, 0, 0, 0, []FrameType{typeRequest}},
	tlvCallerIntegrity:  {"caller_integrity", 4, 4, 0, anyNumber, 0, []FrameType{typeRequest}},
	tlvCallerSession:    {"caller_session", 4, 4, 0, anyNumber, 0, []FrameType{typeRequest}},
	tlvStatus:           {"status", 2, 2, 0, 16, 0, []FrameType{typeEnd, typeGoAway}},
	tlvRetry:            {"retry", 1, 1, 0, 2, 0, []FrameType{typeEnd}},
	tlvOrigin:           {"origin", 1, 1, 1, 3, 0, []FrameType{typeEnd}},
	tlvWorkerReceived:   {"worker_received", 1, 1, 0, 1, 0, []FrameType{typeEnd}},
	tlvMessage:          {"message", 0, maxMessage, 0, 0, 0, []FrameType{typeHelloAck, typeEnd, typeGoAway}},
	tlvDetail:           {"detail", 0, 2048, 0, 0, 0, []FrameType{typeEnd}},
	tlvRetryAfter:       {"retry_after_us", 8, 8, 0, maxDeadlineUS, 0, []FrameType{typeEnd}},
	tlvCredit:           {"credit", 4, 4, 1, maxCredit, 0, []FrameType{typeWindow}},
	tlvLastStream:       {"last_stream", 8, 8, 0, anyNumber, 0, []FrameType{typeGoAway}},
	tlvOpaque:           {"opaque", 8, 8, 0, anyNumber, 0, []FrameType{typePing, typePong}},
	tlvFrameType:        {"frame_type", 1, 1, 0, anyNumber, 0, []FrameType{typeUnimplemented}},
}

var (
	limitsRequired = []uint16{tlvVersionMin, tlvVersionMax, tlvMaxChunk, tlvMaxStreams, tlvStreamWindow, tlvConnWindow,
		tlvMaxPayload}
	tlvRequired = map[FrameType][]uint16{
		typeHello:         append([]uint16{tlvRole}, limitsRequired...),
		typeHelloAck:      {tlvResult},
		typeReady:         {tlvRoute, tlvConcurrency},
		typeRequest:       {tlvRoute},
		typeEnd:           {tlvStatus, tlvRetry, tlvOrigin, tlvWorkerReceived},
		typeWindow:        {tlvCredit},
		typePing:          {tlvOpaque},
		typePong:          {tlvOpaque},
		typeGoAway:        {tlvLastStream, tlvStatus},
		typeUnimplemented: {tlvFrameType},
	}
	acceptingRequired = append([]uint16{tlvVersion, tlvInstance}, limitsRequired...)
	refusingRequired  = []uint16{tlvMessage, tlvVersionMin, tlvVersionMax}
)

// Pair is one entry of the application's metadata. Order is kept and keys may repeat.
type Pair struct{ Key, Value string }

// metadata is what a frame's TLVs say. Absent numbers are zero, absent texts and bytes empty.
type metadata struct {
	numbers map[uint16]uint64
	bytes   map[uint16][]byte
	routes  []string
	pairs   []Pair
}

func (m *metadata) number(t uint16) uint64 { return m.numbers[t] }
func (m *metadata) text(t uint16) string   { return string(m.bytes[t]) }

func knownIn(t FrameType, tlv uint16) (tlvRule, bool) {
	rule, found := tlvRules[tlv]
	if found {
		for _, in := range rule.in {
			if in == t {
				return rule, true
			}
		}
	}
	return tlvRule{}, false
}

// parseMetadata reads the TLVs of a frame. The second result is the unknown critical TLV that the frame holds, or zero.
func parseMetadata(t FrameType, meta []byte) (m metadata, critical uint16, err error) {
	m = metadata{numbers: map[uint16]uint64{}, bytes: map[uint16][]byte{}}
	count := map[uint16]int{}
	pairBytes := 0
	for at := 0; at < len(meta); {
		if len(meta)-at < 4 {
			return m, 0, violation("bad_metadata", "%v: a TLV's header passes the end", t)
		}
		kind, length := binary.LittleEndian.Uint16(meta[at:]), int(binary.LittleEndian.Uint16(meta[at+2:]))
		at += 4
		if len(meta)-at < length {
			return m, 0, violation("bad_metadata", "%v: the value of TLV 0x%04x passes the end", t, kind)
		}
		value := meta[at : at+length]
		at += length
		rule, known := knownIn(t, kind&^tlvCritical)
		if !known {
			if kind&tlvCritical != 0 && critical == 0 {
				critical = kind
			}
			continue
		}
		kind &^= tlvCritical
		limit := rule.repeats
		if limit == 0 || kind == tlvRoute && t == typeRequest {
			limit = 1
		}
		if count[kind]++; count[kind] > limit {
			return m, 0, violation("bad_metadata", "%v: %s comes %d times", t, rule.name, count[kind])
		}
		if length < rule.min || length > rule.max {
			return m, 0, violation("bad_metadata", "%v: %s has %d bytes", t, rule.name, length)
		}
		if rule.hi != 0 {
			var raw [8]byte
			copy(raw[:], value)
			number := binary.LittleEndian.Uint64(raw[:])
			if number < rule.lo || number > rule.hi {
				return m, 0, violation("bad_metadata", "%v: %s is %d", t, rule.name, number)
			}
			m.numbers[kind] = number
			continue
		}
		m.bytes[kind] = value
		switch kind {
		case tlvRoute:
			m.routes = append(m.routes, string(value))
		case tlvAppMetadata:
			keyLen := int(value[0])
			if keyLen > length-1 || !goodKey(string(value[1:1+keyLen])) || length-1-keyLen > maxValue {
				return m, 0, violation("bad_metadata", "%v: a pair of app_metadata is not one", t)
			}
			if pairBytes += length - 1; pairBytes > maxPairsBytes {
				return m, 0, violation("bad_metadata", "%v: app_metadata is larger than %d", t, maxPairsBytes)
			}
			m.pairs = append(m.pairs, Pair{string(value[1 : 1+keyLen]), string(value[1+keyLen:])})
		}
	}
	required := tlvRequired[t]
	if t == typeHelloAck && count[tlvResult] != 0 {
		if m.numbers[tlvResult] == 0 {
			required = acceptingRequired
		} else {
			required = refusingRequired
		}
	}
	for _, kind := range required {
		if count[kind] == 0 {
			return m, 0, violation("bad_metadata", "%v: %s is missing", t, tlvRules[kind].name)
		}
	}
	return m, critical, nil
}

func goodKey(key string) bool {
	for i := 0; i < len(key); i++ {
		c := key[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return len(key) >= 1 && len(key) <= maxKey
}

func appendTLV(to []byte, kind uint16, value []byte) []byte {
	to = binary.LittleEndian.AppendUint16(to, kind)
	to = binary.LittleEndian.AppendUint16(to, uint16(len(value)))
	return append(to, value...)
}

// appendNumber writes a number in as many bytes as the table gives it.
func appendNumber(to []byte, kind uint16, number uint64) []byte {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], number)
	return appendTLV(to, kind, raw[:tlvRules[kind].max])
}

func appendText(to []byte, kind uint16, text string) []byte {
	return appendTLV(to, kind, []byte(cutText(text, tlvRules[kind].max)))
}

// cutText shortens a text at the border of a character.
func cutText(text string, max int) string {
	if len(text) <= max {
		return text
	}
	for max > 0 && !utf8.RuneStart(text[max]) {
		max--
	}
	return text[:max]
}

func windowFrame(stream uint64, credit int64) *frame {
	return &frame{kind: typeWindow, stream: stream, meta: appendNumber(nil, tlvCredit, uint64(credit))}
}

func opaqueFrame(kind FrameType, value uint64) *frame {
	return &frame{kind: kind, meta: appendNumber(nil, tlvOpaque, value)}
}

func unimplementedFrame(stream uint64, what FrameType) *frame {
	return &frame{kind: typeUnimplemented, stream: stream, meta: appendNumber(nil, tlvFrameType, uint64(what))}
}

func goAwayFrame(last uint64, status Status, message string) *frame {
	meta := appendNumber(nil, tlvLastStream, last)
	meta = appendNumber(meta, tlvStatus, uint64(status))
	if message != "" {
		meta = appendText(meta, tlvMessage, message)
	}
	return &frame{kind: typeGoAway, meta: meta}
}
