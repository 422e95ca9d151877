// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// The examples are read from the document itself, so that they cannot be a copy that has grown old.
const document = "../../../../docs/PROTOCOL.md"

// example gives the frames of one of the document's blocks.
func example(t *testing.T, title string) []*frame {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Skip("the document is not here: ", err)
	}
	_, after, found := strings.Cut(strings.ReplaceAll(string(text), "\r", ""), "\n```"+title+"\n")
	block, _, closed := strings.Cut(after, "\n```")
	if !found || !closed {
		t.Fatalf("the document has no block %q", title)
	}
	var raw []byte
	for _, line := range strings.Split(block, "\n") {
		line, _, _ = strings.Cut(line, ";")
		piece, err := hex.DecodeString(strings.ReplaceAll(line, " ", ""))
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		raw = append(raw, piece...)
	}
	var frames []*frame
	for len(raw) > 0 {
		f, metaLen, payloadLen, err := parseHeader(raw[:headerBytes], maxPayloadOfAll)
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		end := headerBytes + metaLen + payloadLen
		f.meta, f.payload = raw[headerBytes:headerBytes+metaLen], raw[headerBytes+metaLen:end]
		if !bytes.Equal(f.bytes(), raw[:end]) {
			t.Errorf("%s: written again it is\n%x, not\n%x", title, f.bytes(), raw[:end])
		}
		raw = raw[end:]
		frames = append(frames, &f)
	}
	return frames
}

func one(t *testing.T, title string) (*frame, metadata) {
	t.Helper()
	frames := example(t, "hex "+title)
	if len(frames) != 1 {
		t.Fatalf("%s: %d frames", title, len(frames))
	}
	m, critical, err := parseMetadata(frames[0].kind, frames[0].meta)
	if err != nil || critical != 0 {
		t.Fatalf("%s: %v, critical 0x%04x", title, err, critical)
	}
	return frames[0], m
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

func TestExampleHello(t *testing.T) {
	f, m := one(t, "HELLO")
	// What this client writes with the same name and limits is the same, byte for byte.
	mine, theirs := newPipe(t)
	go Open(background, mine, Options{Name: "demo", Version: "1.0", Limits: limitsOf(m)})
	same(t, "HELLO", hex.EncodeToString(theirs.read().bytes()), hex.EncodeToString(f.bytes()))
}

func TestExampleHelloAck(t *testing.T) {
	f, m := one(t, "HELLO_ACK")
	same(t, "result", m.number(tlvResult), uint64(0))
	conn, err := answerHello(t, f)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "instance", hex.EncodeToString(conn.Broker.Instance[:]), "00112233445566778899aabbccddeeff")
	same(t, "limits", conn.Broker.Limits, limitsOf(m))
	same(t, "max_payload", conn.Broker.Limits.MaxPayload, uint64(67108864))
}

func TestExampleRefusal(t *testing.T) {
	f, _ := one(t, "HELLO_ACK, refusing")
	_, err := answerHello(t, f)
	if err == nil {
		t.Fatal("the refusal was taken for an acceptance")
	}
	same(t, "refusal", err.Error(), "the broker refuses: failed_precondition: no")
}

func TestExampleReady(t *testing.T) {
	_, m := one(t, "READY")
	same(t, "routes", strings.Join(m.routes, " "), "echo text.stats")
	same(t, "concurrency", m.number(tlvConcurrency), uint64(4))
}

func TestExampleRequest(t *testing.T) {
	f, _ := one(t, "REQUEST")
	request := Request{Route: "echo", ContentType: "text/plain"}
	meta, err := request.meta()
	if err != nil {
		t.Fatal(err)
	}
	mine := frame{kind: typeRequest, flags: flagEndStream, stream: 1, deadline: 2000000, meta: meta,
		payload: []byte("Hi!")}
	same(t, "REQUEST", hex.EncodeToString(mine.bytes()), hex.EncodeToString(f.bytes()))
}

func TestExampleData(t *testing.T) {
	f, _ := one(t, "DATA")
	same(t, "payload", string(f.payload), "Hi!")
}

func TestExampleEnd(t *testing.T) {
	f, _ := one(t, "END")
	conn, broker := connect(t, Limits{}, Options{})
	result := callInBackground(conn, Request{Route: "echo"}, nil)
	broker.expect(typeRequest)
	broker.send(f)
	same(t, "error", (<-result).err.Error(),
		"not_found: no such route (decided by the broker, never to be repeated, no worker has seen it)")
}

func TestExampleControlFrames(t *testing.T) {
	check := func(title string, mine *frame) {
		f, _ := one(t, title)
		same(t, title, hex.EncodeToString(mine.bytes()), hex.EncodeToString(f.bytes()))
	}
	check("CANCEL", &frame{kind: typeCancel, stream: 1})
	check("WINDOW", windowFrame(1, 131072))
	check("PING", opaqueFrame(typePing, 7))
	check("PONG", opaqueFrame(typePong, 7))
	check("GOAWAY", goAwayFrame(9, Unavailable, "stopping"))
	check("UNIMPLEMENTED", unimplementedFrame(0, 14))
}

func TestExampleStream(t *testing.T) {
	want := example(t, "frames stream, from the caller")
	reply := example(t, "frames stream, from the responder")
	half := example(t, "frames half-close")
	for _, halfClose := range []bool{false, true} {
		conn, broker := connect(t, Limits{}, Options{})
		conn.lastID, conn.lastWritten = 2, 2 // the example's stream is 3
		received := make(chan []string)
		go func() {
			s, err := conn.Start(background, Request{Route: "chat"})
			if err != nil {
				t.Error(err)
				return
			}
			s.Send([]byte("a"))
			if halfClose {
				s.Send([]byte("bc"))
				s.CloseSend()
			} else {
				s.SendLast([]byte("bc"))
			}
			var messages []string
			message, err := s.Recv()
			for ; err == nil; message, err = s.Recv() {
				messages = append(messages, string(message))
			}
			pairs := s.Outcome().Metadata
			if len(pairs) != 1 || pairs[0] != (Pair{"n", "2"}) {
				t.Errorf("metadata is %v", pairs)
			}
			received <- append(messages, err.Error())
		}()

		// The document cuts "bc" in two; this client does so for want of credit only. The rest is the same.
		got := []*frame{broker.read(), broker.read(), broker.read()}
		got[0].deadline = want[0].deadline
		same(t, "REQUEST", hex.EncodeToString(got[0].bytes()), hex.EncodeToString(want[0].bytes()))
		same(t, "first DATA", hex.EncodeToString(got[1].bytes()), hex.EncodeToString(want[1].bytes()))
		same(t, "second message", string(got[2].payload), string(want[2].payload)+string(want[3].payload))
		if halfClose {
			same(t, "flags", got[2].flags, uint16(0))
			same(t, "half-close", hex.EncodeToString(broker.read().bytes()), hex.EncodeToString(half[0].bytes()))
		} else {
			same(t, "flags", got[2].flags, want[3].flags)
		}
		for _, f := range reply {
			broker.send(f)
		}
		same(t, "messages", strings.Join(<-received, "|"), "A||EOF")
	}
}
