// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"
)

var background = context.Background()

// fakeBroker is the other end of a pipe, in a test's hands.
type fakeBroker struct {
	t      *testing.T
	pipe   net.Conn
	reader *bufio.Reader
}

func newPipe(t *testing.T) (net.Conn, *fakeBroker) {
	mine, theirs := net.Pipe()
	theirs.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { mine.Close(); theirs.Close() })
	return mine, &fakeBroker{t, theirs, bufio.NewReader(theirs)}
}

func (b *fakeBroker) read() *frame {
	b.t.Helper()
	f := b.readOrEnd()
	if f == nil {
		b.t.Fatal("the client has closed the connection")
	}
	return f
}

// readOrEnd gives nil when the client has closed.
func (b *fakeBroker) readOrEnd() *frame {
	b.t.Helper()
	header := make([]byte, headerBytes)
	if _, err := io.ReadFull(b.reader, header); err != nil {
		if err == io.EOF || err == io.ErrClosedPipe {
			return nil
		}
		b.t.Fatal("no frame: ", err)
	}
	f, metaLen, payloadLen, err := parseHeader(header, maxPayloadOfAll)
	if err != nil {
		b.t.Fatal(err)
	}
	body := make([]byte, metaLen+payloadLen)
	if _, err := io.ReadFull(b.reader, body); err != nil {
		b.t.Fatal("half a frame: ", err)
	}
	f.meta, f.payload = body[:metaLen], body[metaLen:]
	return &f
}

func (b *fakeBroker) expect(kind FrameType) *frame {
	b.t.Helper()
	f := b.read()
	if f.kind != kind {
		b.t.Fatalf("the client sent %v instead of %v", f, kind)
	}
	return f
}

func (b *fakeBroker) number(f *frame, tlv uint16) uint64 {
	b.t.Helper()
	m, _, err := parseMetadata(f.kind, f.meta)
	if err != nil {
		b.t.Fatal(err)
	}
	return m.number(tlv)
}

func (b *fakeBroker) send(frames ...*frame) {
	b.t.Helper()
	for _, f := range frames {
		if _, err := b.pipe.Write(f.bytes()); err != nil {
			b.t.Fatal("the client does not read: ", err)
		}
	}
}

// expectGoAway reads the client's last words and the end of the connection.
func (b *fakeBroker) expectGoAway() string {
	b.t.Helper()
	f := b.expect(typeGoAway)
	m, _, err := parseMetadata(f.kind, f.meta)
	if err != nil {
		b.t.Fatal(err)
	}
	same(b.t, "GOAWAY's status", Status(m.number(tlvStatus)), InvalidArgument)
	same(b.t, "last_stream", m.number(tlvLastStream), uint64(0))
	if f := b.readOrEnd(); f != nil {
		b.t.Fatalf("after its GOAWAY the client sent %v", f)
	}
	return m.text(tlvMessage)
}

func ackFrame(l Limits) *frame {
	o := Options{Limits: l}.withDefaults()
	meta := appendNumber(nil, tlvResult, 0)
	meta = appendNumber(meta, tlvVersion, 1)
	meta = appendTLV(meta, tlvInstance, make([]byte, 16))
	meta = appendNumber(meta, tlvVersionMin, 1)
	meta = appendNumber(meta, tlvVersionMax, 1)
	meta = appendNumber(meta, tlvMaxChunk, uint64(o.Limits.MaxChunk))
	meta = appendNumber(meta, tlvMaxStreams, uint64(o.Limits.MaxStreams))
	meta = appendNumber(meta, tlvStreamWindow, uint64(o.Limits.StreamWindow))
	meta = appendNumber(meta, tlvConnWindow, uint64(o.Limits.ConnectionWindow))
	meta = appendNumber(meta, tlvMaxPayload, o.Limits.MaxPayload)
	return &frame{kind: typeHelloAck, meta: meta}
}

func endFrame(stream uint64, status Status) *frame {
	meta := appendNumber(nil, tlvStatus, uint64(status))
	meta = appendNumber(meta, tlvRetry, 0)
	meta = appendNumber(meta, tlvOrigin, 2)
	return &frame{kind: typeEnd, stream: stream, meta: appendNumber(meta, tlvWorkerReceived, 1)}
}

func dataFrame(stream uint64, flags uint16, payload []byte) *frame {
	return &frame{kind: typeData, stream: stream, flags: flags, payload: payload}
}

// answerHello opens a connection whose HELLO gets this answer.
func answerHello(t *testing.T, answer *frame) (*Conn, error) {
	t.Helper()
	mine, broker := newPipe(t)
	go func() {
		io.ReadFull(broker.reader, make([]byte, headerBytes+metaOfHello))
		broker.pipe.Write(answer.bytes())
	}()
	return Open(background, mine, Options{Name: "demo", Version: "1.0"})
}

const metaOfHello = 76 // with the names that the document's example has

func connect(t *testing.T, broker Limits, opts Options) (*Conn, *fakeBroker) {
	t.Helper()
	mine, b := newPipe(t)
	type opened struct {
		conn *Conn
		err  error
	}
	result := make(chan opened)
	go func() {
		conn, err := Open(background, mine, opts)
		result <- opened{conn, err}
	}()
	b.expect(typeHello)
	b.send(ackFrame(broker))
	o := <-result
	if o.err != nil {
		t.Fatal(o.err)
	}
	t.Cleanup(o.conn.Close)
	return o.conn, b
}

type callResult struct {
	reply   []byte
	outcome *Outcome
	err     error
}

func callInBackground(conn *Conn, request Request, message []byte) <-chan callResult {
	result := make(chan callResult, 1)
	go func() {
		reply, outcome, err := conn.Call(background, request, message)
		result <- callResult{reply, outcome, err}
	}()
	return result
}
