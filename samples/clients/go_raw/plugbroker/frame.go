// SPDX-License-Identifier: Apache-2.0

// Package plugbroker is a client of the PlugBroker wire protocol, version 1, written from docs/PROTOCOL.md alone.
package plugbroker

import (
	"encoding/binary"
	"fmt"
)

// What the document fixes for every frame.
const (
	magic         = 0x4250
	headerVersion = 1
	wireVersion   = 1

	headerBytes      = 32
	maxMeta          = 8192
	maxMetaOfHello   = 4096
	maxPayloadOfAll  = 65536
	frameCost        = 32 // what REQUEST and DATA cost beside their payload
	maxCredit        = 2147483647
	smallestWindow   = 4128
	smallestMaxChunk = 4096
	maxWaitingBytes  = 65536 // control frames that wait for a peer that does not read
	maxDeadlineUS    = 86400000000
)

// FrameType is the byte at offset 3 of a header.
type FrameType uint8

const (
	typeHello         FrameType = 1
	typeHelloAck      FrameType = 2
	typeReady         FrameType = 3
	typeRequest       FrameType = 4
	typeData          FrameType = 5
	typeEnd           FrameType = 6
	typeCancel        FrameType = 7
	typeWindow        FrameType = 8
	typePing          FrameType = 9
	typePong          FrameType = 10
	typeGoAway        FrameType = 11
	typeUnimplemented FrameType = 13
)

var typeNames = map[FrameType]string{
	typeHello: "HELLO", typeHelloAck: "HELLO_ACK", typeReady: "READY", typeRequest: "REQUEST", typeData: "DATA",
	typeEnd: "END", typeCancel: "CANCEL", typeWindow: "WINDOW", typePing: "PING", typePong: "PONG",
	typeGoAway: "GOAWAY", typeUnimplemented: "UNIMPLEMENTED",
}

func (t FrameType) known() bool { return typeNames[t] != "" }

func (t FrameType) String() string {
	if name := typeNames[t]; name != "" {
		return name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

const (
	flagEndStream uint16 = 0x0001
	flagMore      uint16 = 0x0002
	flagNoMessage uint16 = 0x0004
	allFlags             = flagEndStream | flagMore | flagNoMessage
)

// ProtocolError is what one side did against the protocol. The connection is over then.
type ProtocolError struct {
	Name string // as in the document's table, where the table has one
	Text string
}

func (e *ProtocolError) Error() string { return "protocol error, " + e.Name + ": " + e.Text }

func violation(name, format string, args ...any) *ProtocolError {
	return &ProtocolError{Name: name, Text: fmt.Sprintf(format, args...)}
}

type frame struct {
	kind     FrameType
	flags    uint16
	stream   uint64
	deadline uint64 // microseconds; only of a REQUEST
	meta     []byte
	payload  []byte
}

func (f *frame) append(to []byte) []byte {
	var header [headerBytes]byte
	binary.LittleEndian.PutUint16(header[0:], magic)
	header[2] = headerVersion
	header[3] = byte(f.kind)
	binary.LittleEndian.PutUint16(header[4:], f.flags)
	binary.LittleEndian.PutUint16(header[6:], uint16(len(f.meta)))
	binary.LittleEndian.PutUint32(header[8:], uint32(len(f.payload)))
	binary.LittleEndian.PutUint64(header[16:], f.stream)
	binary.LittleEndian.PutUint64(header[24:], f.deadline)
	to = append(to, header[:]...)
	to = append(to, f.meta...)
	return append(to, f.payload...)
}

func (f *frame) bytes() []byte {
	return f.append(make([]byte, 0, headerBytes+len(f.meta)+len(f.payload)))
}

func (f *frame) String() string {
	text := f.kind.String()
	if f.stream != 0 {
		text += fmt.Sprintf(" stream %d", f.stream)
	}
	for _, flag := range []struct {
		bit  uint16
		name string
	}{{flagEndStream, "END_STREAM"}, {flagMore, "MORE"}, {flagNoMessage, "NO_MESSAGE"}} {
		if f.flags&flag.bit != 0 {
			text += " " + flag.name
		}
	}
	if len(f.payload) != 0 {
		text += fmt.Sprintf(" %d bytes", len(f.payload))
	}
	return text
}

// parseHeader finds what is wrong with a header, in the order of the document. It gives the frame without its metadata
// and payload, and their lengths.
func parseHeader(header []byte, maxChunk uint32) (f frame, metaLen, payloadLen int, err error) {
	f.kind = FrameType(header[3])
	f.flags = binary.LittleEndian.Uint16(header[4:])
	f.stream = binary.LittleEndian.Uint64(header[16:])
	f.deadline = binary.LittleEndian.Uint64(header[24:])
	metaLen = int(binary.LittleEndian.Uint16(header[6:]))
	chunk := binary.LittleEndian.Uint32(header[8:])
	payloadLen = int(chunk)
	fail := func(name, format string, args ...any) (frame, int, int, error) {
		return f, 0, 0, violation(name, format, args...)
	}

	if binary.LittleEndian.Uint16(header) != magic {
		return fail("bad_magic", "the frame does not begin with the magic number")
	}
	if header[2] != headerVersion {
		return fail("bad_header_version", "the header version is %d, not 1", header[2])
	}
	if binary.LittleEndian.Uint32(header[12:]) != 0 {
		return fail("reserved_not_zero", "the reserved field of %v is not zero", f.kind)
	}
	if f.kind.known() {
		if f.flags&^allowedFlags(f.kind) != 0 {
			return fail("unknown_flags", "%v has the flags 0x%04x", f.kind, f.flags)
		}
		if !flagsAgree(f.kind, f.flags) {
			return fail("conflicting_flags", "%v has the flags 0x%04x together", f.kind, f.flags)
		}
	}
	if limit := metaLimit(f.kind); metaLen > limit {
		return fail("meta_too_long", "%v has %d bytes of metadata, more than %d", f.kind, metaLen, limit)
	}
	if f.kind.known() && chunk != 0 && (!hasPayload(f.kind) || f.flags&flagNoMessage != 0) {
		return fail("unexpected_payload", "%v has a payload", f.kind)
	}
	if maxChunk > maxPayloadOfAll {
		maxChunk = maxPayloadOfAll
	}
	if chunk > maxChunk {
		return fail("payload_too_long", "%v has %d bytes of payload, more than %d", f.kind, chunk, maxChunk)
	}
	if f.kind.known() {
		if f.kind != typeRequest && f.deadline != 0 {
			return fail("unexpected_deadline", "%v has a deadline", f.kind)
		}
		if !idFits(f.kind, f.stream) {
			return fail("bad_stream_id", "%v has the stream id %d", f.kind, f.stream)
		}
	}
	return f, metaLen, payloadLen, nil
}

func hasPayload(t FrameType) bool { return t == typeRequest || t == typeData }

func allowedFlags(t FrameType) uint16 {
	if hasPayload(t) {
		return allFlags
	}
	return 0
}

func flagsAgree(t FrameType, flags uint16) bool {
	switch flags {
	case 0, flagEndStream, flagMore, flagNoMessage | flagEndStream:
		return true
	case flagNoMessage:
		return t == typeRequest
	}
	return false
}

func metaLimit(t FrameType) int {
	if t == typeHello || t == typeHelloAck {
		return maxMetaOfHello
	}
	return maxMeta
}

func idFits(t FrameType, stream uint64) bool {
	switch t {
	case typeHello, typeHelloAck, typeReady, typePing, typePong, typeGoAway:
		return stream == 0
	case typeRequest, typeData, typeEnd, typeCancel:
		return stream != 0
	}
	return true // WINDOW and UNIMPLEMENTED: of the connection or of a stream
}
