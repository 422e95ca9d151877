// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func statusOf(t *testing.T, err error) *Outcome {
	t.Helper()
	var outcome *Outcome
	if !errors.As(err, &outcome) {
		t.Fatalf("not an outcome: %v", err)
	}
	return outcome
}

func contained(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not say %q", text, part)
	}
}

func TestOpeningRefusedBecauseOfVersion(t *testing.T) {
	meta := appendNumber(nil, tlvResult, uint64(FailedPrecondition))
	meta = appendText(meta, tlvMessage, "too\nold")
	meta = appendNumber(meta, tlvVersionMin, 2)
	meta = appendNumber(meta, tlvVersionMax, 3)
	_, err := answerHello(t, &frame{kind: typeHelloAck, meta: meta})
	same(t, "error", err.Error(), `the broker refuses: failed_precondition: too\u{a}old`+
		" (it speaks the wire versions 2 to 3, this client 1)")
}

func TestOpeningThatCannotBe(t *testing.T) {
	meta := ackFrame(Limits{}).meta
	unknown := append(append([]byte{}, meta...), 0x34, 0x92, 0, 0)
	features := appendNumber(append([]byte{}, meta...), tlvFeaturesRequired, 4)
	small := append([]byte{}, meta...)
	small = bytes.Replace(small, []byte{8, 0, 4, 0, 0, 0, 4, 0}, []byte{8, 0, 4, 0, 0x1f, 0x10, 0, 0}, 1)
	version := bytes.Replace(meta, []byte{0x11, 0, 2, 0, 1, 0}, []byte{0x11, 0, 2, 0, 2, 0}, 1)
	for _, c := range []struct {
		answer *frame
		says   string
	}{
		{&frame{kind: typeHelloAck, meta: unknown}, "unknown critical TLV 0x9234"},
		{&frame{kind: typeHelloAck, meta: features}, "requires features that this client lacks: 0x4"},
		{&frame{kind: typeHelloAck, meta: small}, "stream_window is 4127"},
		{&frame{kind: typeHelloAck, meta: version}, "chose wire version 2"},
		{&frame{kind: typeHelloAck, meta: meta[:len(meta)-12]}, "max_payload is missing"},
		{&frame{kind: typeHelloAck}, "result is missing"},
		{goAwayFrame(0, Unavailable, ""), "HELLO was answered with GOAWAY"},
		{&frame{kind: 14}, "HELLO was answered with type 14"},
	} {
		_, err := answerHello(t, c.answer)
		if err == nil {
			t.Errorf("no error where %q should be", c.says)
			continue
		}
		contained(t, err.Error(), c.says)
	}
}

func TestOpeningWithoutAnswer(t *testing.T) {
	mine, broker := newPipe(t)
	go broker.readOrEnd()
	_, err := Open(background, mine, Options{OpeningTimeout: 50 * time.Millisecond})
	contained(t, err.Error(), "no answer to HELLO")
}

func TestUnaryCall(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	result := callInBackground(conn, Request{Route: "echo", Timeout: time.Minute,
		Metadata: []Pair{{"a", "1"}, {"a", ""}}}, []byte("Hi"))
	f := broker.expect(typeRequest)
	same(t, "flags", f.flags, flagEndStream)
	same(t, "stream", f.stream, uint64(1))
	if f.deadline <= 59000000 || f.deadline > 60000000 {
		t.Errorf("deadline_us is %d", f.deadline)
	}
	m, _, _ := parseMetadata(f.kind, f.meta)
	if len(m.pairs) != 2 || m.pairs[0] != (Pair{"a", "1"}) || m.pairs[1] != (Pair{"a", ""}) {
		t.Errorf("metadata is %v", m.pairs)
	}
	end := endFrame(1, OK)
	end.meta = appendText(end.meta, tlvContentType, "text/plain")
	end.meta = appendTLV(end.meta, tlvDetail, []byte{1})
	end.meta = appendTLV(end.meta, 0x7777, []byte("unknown and not critical"))
	end.meta = appendTLV(end.meta, 0x7777, nil)
	end.meta = appendTLV(end.meta, tlvMessage|tlvCritical, []byte("done"))
	broker.send(dataFrame(1, flagMore, []byte("H")), dataFrame(1, flagMore, nil), dataFrame(1, 0, []byte("o")), end)
	r := <-result
	if r.err != nil {
		t.Fatal(r.err)
	}
	same(t, "reply", string(r.reply), "Ho")
	same(t, "content type", r.outcome.ContentType, "text/plain")
	same(t, "message", r.outcome.Message, "done")

	// An empty reply may leave out its DATA; a failed one may be cut anywhere.
	result = callInBackground(conn, Request{Route: "echo"}, nil)
	same(t, "stream", broker.expect(typeRequest).stream, uint64(2))
	broker.send(endFrame(2, OK))
	r = <-result
	if r.err != nil || len(r.reply) != 0 {
		t.Errorf("an empty reply is %q, %v", r.reply, r.err)
	}
	result = callInBackground(conn, Request{Route: "echo"}, nil)
	broker.expect(typeRequest)
	broker.send(dataFrame(3, flagMore, []byte("half")), endFrame(3, Internal))
	r = <-result
	same(t, "status", statusOf(t, r.err).Status, Internal)
	if r.reply != nil {
		t.Errorf("half a message was given: %q", r.reply)
	}
}

func TestUnaryCallAnsweredWithAStream(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	result := callInBackground(conn, Request{Route: "ticks"}, nil)
	broker.expect(typeRequest)
	broker.send(dataFrame(1, 0, []byte("1")), dataFrame(1, flagMore, []byte("2")))
	broker.expect(typeCancel)
	r := <-result
	outcome := statusOf(t, r.err)
	same(t, "status", outcome.Status, Unimplemented)
	same(t, "message", outcome.Message, "the route answers with a stream")
	// What is on its way is dropped, and the connection goes on.
	broker.send(dataFrame(1, 0, nil), dataFrame(1, 0, []byte("3")), endFrame(1, Cancelled))
	result = callInBackground(conn, Request{Route: "echo"}, nil)
	broker.expect(typeRequest)
	broker.send(endFrame(2, OK))
	if r := <-result; r.err != nil {
		t.Error(r.err)
	}
}

// creditKeeper checks that a client takes no more credit than it has, and gives it back as late as it may: when half of
// the window is due and nothing else could come.
type creditKeeper struct {
	t            *testing.T
	stream, conn int64 // granted to the client
}

func (k *creditKeeper) take(f *frame) {
	k.t.Helper()
	cost := frameCost + int64(len(f.payload))
	if k.stream -= cost; k.stream < 0 {
		k.t.Fatal("the client takes more than the stream's credit")
	}
	if k.conn -= cost; k.conn < 0 {
		k.t.Fatal("the client takes more than the connection's credit")
	}
}

func TestCreditBothWays(t *testing.T) {
	smallest := Limits{StreamWindow: smallestWindow, ConnectionWindow: smallestWindow}
	conn, broker := connect(t, smallest, Options{Limits: Limits{StreamWindow: 4128, ConnectionWindow: 5000, MaxChunk: 4096}})
	message := make([]byte, 1<<20)
	for i := range message {
		message[i] = byte(i * 7 >> 3)
	}
	result := callInBackground(conn, Request{Route: "echo"}, message)

	keeper := creditKeeper{t, smallestWindow, smallestWindow}
	var got []byte
	due := int64(0)
	for more := true; more; {
		f := broker.read()
		keeper.take(f)
		got = append(got, f.payload...)
		more = f.flags&flagMore != 0
		if due += frameCost + int64(len(f.payload)); due*2 >= smallestWindow && more {
			broker.send(windowFrame(0, due), windowFrame(1, due))
			keeper.stream += due
			keeper.conn += due
			due = 0
		}
	}
	if !bytes.Equal(got, message) {
		t.Fatal("the request is not what was sent")
	}

	// The same back, in frames of all sizes, with the client's credit.
	stream, connection := int64(4128), int64(5000)
	size := 1
	for rest := message; len(rest) > 0; size = (size*5 + 3) % 4097 {
		for {
			if size > len(rest) {
				size = len(rest)
			}
			// Who waited for the whole frame's credit could wait for ever: the client owes none before half a window.
			for _, credit := range []int64{stream, connection} {
				if credit > frameCost && int64(size) > credit-frameCost {
					size = int(credit - frameCost)
				}
			}
			if cost := int64(size + frameCost); stream >= cost && connection >= cost {
				break
			}
			f := broker.expect(typeWindow)
			credit := int64(broker.number(f, tlvCredit))
			if f.stream == 0 {
				connection += credit
			} else {
				stream += credit
			}
			if credit < 2064 {
				t.Fatalf("WINDOW of %d: that is not half of the window", credit)
			}
			if stream > 4128 || connection > 5000 {
				t.Fatal("the client gives more than was taken")
			}
		}
		stream -= int64(size + frameCost)
		connection -= int64(size + frameCost)
		flags := flagMore
		if size == len(rest) {
			flags = 0
		}
		broker.pipe.Write(dataFrame(1, flags, rest[:size]).bytes())
		rest = rest[size:]
	}
	go func() {
		for broker.readOrEnd() != nil {
		}
	}()
	broker.pipe.Write(endFrame(1, OK).bytes())
	r := <-result
	if r.err != nil || !bytes.Equal(r.reply, message) {
		t.Errorf("the reply is not what was sent: %v", r.err)
	}
}

func TestStreamCreditWaitsForTheApplication(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{Limits: Limits{StreamWindow: 4128, ConnectionWindow: 4128}})
	started := make(chan *Stream)
	go func() {
		s, err := conn.Start(background, Request{Route: "ticks"})
		if err != nil {
			t.Error(err)
		}
		started <- s
	}()
	broker.expect(typeRequest)
	s := <-started
	broker.send(dataFrame(1, 0, make([]byte, 2500)))
	same(t, "connection credit", broker.number(broker.expect(typeWindow), tlvCredit), uint64(2532))
	// The stream's credit comes when the message is taken, not before. (A PING's answer would come after it.)
	broker.send(opaqueFrame(typePing, 5))
	broker.expect(typePong)
	if _, err := s.Recv(); err != nil {
		t.Fatal(err)
	}
	f := broker.expect(typeWindow)
	same(t, "stream", f.stream, uint64(1))
	same(t, "stream credit", broker.number(f, tlvCredit), uint64(2532))
}

func TestSenderWaitsForEitherCredit(t *testing.T) {
	conn, broker := connect(t, Limits{StreamWindow: 4128, ConnectionWindow: 8000}, Options{})
	first := callInBackground(conn, Request{Route: "a"}, make([]byte, 4000))
	broker.expect(typeRequest)
	second := callInBackground(conn, Request{Route: "b"}, make([]byte, 4000))
	f := broker.expect(typeRequest)
	same(t, "second REQUEST", len(f.payload), 8000-4032-32) // the connection's credit is short
	broker.send(windowFrame(0, 1000))
	same(t, "rest", len(broker.expect(typeData).payload), 64)
	broker.send(windowFrame(1, 5), windowFrame(2, 5)) // harmless now
	broker.send(endFrame(2, OK), windowFrame(2, 5), endFrame(1, NotFound))
	if r := <-second; r.err != nil {
		t.Error(r.err)
	}
	same(t, "first", statusOf(t, (<-first).err).Status, NotFound)
}

func TestEndStopsTheRequest(t *testing.T) {
	conn, broker := connect(t, Limits{StreamWindow: 4128, ConnectionWindow: 100000}, Options{})
	result := callInBackground(conn, Request{Route: "a"}, make([]byte, 50000))
	broker.expect(typeRequest)
	broker.send(endFrame(1, NotFound))
	same(t, "status", statusOf(t, (<-result).err).Status, NotFound)
	result = callInBackground(conn, Request{Route: "b"}, nil)
	same(t, "next frame", broker.read().stream, uint64(2))
	broker.send(endFrame(2, OK))
	<-result
}

func TestTooLargeOnThisSide(t *testing.T) {
	conn, broker := connect(t, Limits{MaxPayload: 10}, Options{Limits: Limits{MaxPayload: 5}})
	_, _, err := conn.Call(background, Request{Route: "a"}, make([]byte, 11))
	same(t, "status", statusOf(t, err).Status, ResourceExhausted)
	result := callInBackground(conn, Request{Route: "a"}, make([]byte, 10))
	broker.expect(typeRequest)
	broker.send(dataFrame(1, flagMore, []byte("12345")), dataFrame(1, 0, []byte("6")))
	broker.expect(typeCancel)
	same(t, "status", statusOf(t, (<-result).err).Status, ResourceExhausted)
	for _, request := range []Request{{}, {Route: strings.Repeat("r", 256)}, {Route: "r", TraceParent: make([]byte, 24)},
		{Route: "r", Metadata: []Pair{{"A", ""}}}, {Route: "r", Metadata: []Pair{{"a", strings.Repeat("v", 1025)}}},
		{Route: "r", Metadata: make([]Pair, 33)}, {Route: "r", Timeout: MaxDeadline + 1}, {Route: "r", Timeout: -1}} {
		_, _, err := conn.Call(background, request, nil)
		same(t, "status", statusOf(t, err).Status, InvalidArgument)
	}
}

func TestCancel(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	ctx, cancel := context.WithCancel(background)
	result := make(chan error)
	go func() {
		_, _, err := conn.Call(ctx, Request{Route: "sleep"}, nil)
		result <- err
	}()
	broker.expect(typeRequest)
	cancel()
	same(t, "stream", broker.expect(typeCancel).stream, uint64(1))
	broker.send(dataFrame(1, 0, []byte("late")), endFrame(1, Cancelled))
	outcome := statusOf(t, <-result)
	same(t, "status", outcome.Status, Cancelled)
	same(t, "origin", outcome.Origin, FromBroker)
	_, _, err := conn.Call(ctx, Request{Route: "sleep"}, nil)
	same(t, "status", statusOf(t, err).Status, Cancelled)
}

func TestCancelTakesBackWhatWasNotWritten(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	// The pipe takes nothing while the broker does not read: this write stands in front of the REQUEST.
	conn.mu.Lock()
	conn.sendControl(opaqueFrame(typePing, 99))
	conn.mu.Unlock()
	for len(conn.writable) != 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	s, err := conn.Start(background, Request{Route: "a"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := conn.Start(background, Request{Route: "kept"})
	if err != nil {
		t.Fatal(err)
	}
	s.Cancel()
	_, err = s.Recv()
	outcome := statusOf(t, err)
	same(t, "status", outcome.Status, Cancelled)
	same(t, "worker_received", outcome.WorkerReceived, false)
	broker.expect(typePing)
	f := broker.expect(typeRequest)
	same(t, "stream", f.stream, uint64(2))
	broker.send(endFrame(2, OK))
	if _, err := other.Recv(); err != io.EOF {
		t.Error(err)
	}
	conn.mu.Lock()
	same(t, "credit", conn.credit, int64(1048576-32))
	conn.mu.Unlock()
}

func TestDeadline(t *testing.T) {
	conn, broker := connect(t, Limits{MaxStreams: 1}, Options{})
	began := time.Now()
	result := callInBackground(conn, Request{Route: "sleep", Timeout: 30 * time.Millisecond}, nil)
	f := broker.expect(typeRequest)
	if f.deadline == 0 || f.deadline > 30000 {
		t.Errorf("deadline_us is %d", f.deadline)
	}
	broker.expect(typeCancel)
	outcome := statusOf(t, (<-result).err)
	same(t, "status", outcome.Status, DeadlineExceeded)
	same(t, "origin", outcome.Origin, FromClient)
	same(t, "retry", outcome.Retry, RetryNever)
	if waited := time.Since(began); waited < deadlineGrace {
		t.Errorf("given up after %v, before the broker's END could come", waited)
	}
	// The broker still has the call: with max_streams 1 no other one may go out.
	_, _, err := conn.Call(background, Request{Route: "next", Timeout: 20 * time.Millisecond}, nil)
	outcome = statusOf(t, err)
	same(t, "status", outcome.Status, DeadlineExceeded)
	same(t, "retry", outcome.Retry, RetrySafe)
	broker.send(endFrame(1, DeadlineExceeded))
	result = callInBackground(conn, Request{Route: "next"}, nil)
	broker.expect(typeRequest)
	broker.send(endFrame(2, OK))
	if r := <-result; r.err != nil {
		t.Error(r.err)
	}
}

func TestPing(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	broker.send(opaqueFrame(typePing, 0xfedcba9876543210))
	same(t, "PONG", broker.number(broker.expect(typePong), tlvOpaque), uint64(0xfedcba9876543210))
	result := make(chan error)
	go func() {
		_, err := conn.Ping(background)
		result <- err
	}()
	value := broker.number(broker.expect(typePing), tlvOpaque)
	broker.send(opaqueFrame(typePong, value+1), opaqueFrame(typePong, value))
	if err := <-result; err != nil {
		t.Error(err)
	}
}

func TestGoAway(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	accepted := callInBackground(conn, Request{Route: "a"}, nil)
	broker.expect(typeRequest)
	late := callInBackground(conn, Request{Route: "b"}, nil)
	broker.expect(typeRequest)
	lost := callInBackground(conn, Request{Route: "c"}, nil)
	broker.expect(typeRequest)
	refused := endFrame(2, Unavailable)
	broker.send(goAwayFrame(3, Unavailable, "not yet"), goAwayFrame(1, Unavailable, "stopping"), refused,
		opaqueFrame(typePing, 1))
	broker.expect(typePong)
	same(t, "going away", conn.GoingAway(), true)
	same(t, "late", statusOf(t, (<-late).err).Status, Unavailable)
	_, _, err := conn.Call(background, Request{Route: "d"}, nil)
	outcome := statusOf(t, err)
	same(t, "new call", outcome.Status, Unavailable)
	same(t, "retry", outcome.Retry, RetrySafe)
	contained(t, err.Error(), "stopping")
	broker.send(endFrame(1, OK))
	if r := <-accepted; r.err != nil {
		t.Error(r.err)
	}
	broker.pipe.Close()
	outcome = statusOf(t, (<-lost).err) // above last_stream: it was never accepted
	same(t, "retry", outcome.Retry, RetrySafe)
	same(t, "worker_received", outcome.WorkerReceived, false)

	// The last one that was accepted may have run.
	other, broker := connect(t, Limits{}, Options{})
	accepted = callInBackground(other, Request{Route: "a"}, nil)
	broker.expect(typeRequest)
	broker.send(goAwayFrame(1, Unavailable, "stopping"))
	broker.pipe.Close()
	same(t, "retry", statusOf(t, (<-accepted).err).Retry, RetryNever)

	dialled := 0
	client := Client{Dial: func(context.Context) (*Conn, error) {
		dialled++
		next, _ := connect(t, Limits{}, Options{})
		return next, nil
	}}
	client.conn = conn
	next, _ := client.Conn(background)
	again, _ := client.Conn(background)
	if next == conn || again != next || dialled != 1 {
		t.Error("a new call did not get a new connection")
	}
}

func TestConnectionLost(t *testing.T) {
	for _, cut := range []struct {
		bytes []byte
		says  string
	}{{nil, "closed the connection"}, {endFrame(1, OK).bytes()[:40], "inside a frame"}, {make([]byte, 3), "inside a frame"}} {
		conn, broker := connect(t, Limits{}, Options{})
		result := callInBackground(conn, Request{Route: "a"}, nil)
		broker.expect(typeRequest)
		broker.pipe.Write(cut.bytes)
		broker.pipe.Close()
		r := <-result
		outcome := statusOf(t, r.err)
		same(t, "status", outcome.Status, Unavailable)
		same(t, "retry", outcome.Retry, RetryNever)
		same(t, "worker_received", outcome.WorkerReceived, true)
		contained(t, outcome.Message, cut.says)
		_, _, err := conn.Call(background, Request{Route: "a"}, nil)
		same(t, "status", statusOf(t, err).Status, Unavailable)
	}
}

func TestUnknownFrames(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	result := callInBackground(conn, Request{Route: "a"}, nil)
	broker.expect(typeRequest)
	odd := &frame{kind: 200, flags: 0xffff, stream: 1, deadline: 7, meta: []byte{1}, payload: []byte("payload")}
	for _, stream := range []uint64{0, 1} {
		odd.stream = stream
		broker.send(odd)
		f := broker.expect(typeUnimplemented)
		same(t, "stream", f.stream, stream)
		same(t, "frame_type", broker.number(f, tlvFrameType), uint64(200))
	}
	broker.send(unimplementedFrame(1, 8), endFrame(1, OK)) // never answered
	<-result
	odd.kind = 12
	odd.stream = 1
	broker.send(odd)
	same(t, "frame_type", broker.number(broker.expect(typeUnimplemented), tlvFrameType), uint64(12))
	odd.stream = 2
	broker.send(odd)
	contained(t, broker.expectGoAway(), "never opened")
}

// Each of these ends the connection with GOAWAY(invalid_argument) and a readable error.
func TestProtocolErrors(t *testing.T) {
	changed := func(f *frame, at int, value byte) []byte {
		raw := f.bytes()
		raw[at] = value
		return raw
	}
	with := func(f *frame, tlvs ...byte) []byte {
		f.meta = append(f.meta, tlvs...)
		return f.bytes()
	}
	var pairs [33 * 6]byte
	for i := 0; i < 33; i++ {
		copy(pairs[i*6:], []byte{0x34, 0, 2, 0, 1, 'a'})
	}
	for _, c := range []struct {
		name string
		raw  []byte
		says string
	}{
		{"magic", changed(endFrame(1, OK), 0, 0x51), "bad_magic"},
		{"version", changed(endFrame(1, OK), 2, 2), "bad_header_version"},
		{"reserved", changed(endFrame(1, OK), 13, 1), "reserved_not_zero"},
		{"flags of END", changed(endFrame(1, OK), 4, 1), "unknown_flags"},
		{"flags of DATA", changed(dataFrame(1, 0, nil), 4, 8), "unknown_flags"},
		{"flags at odds", changed(dataFrame(1, 0, nil), 4, 3), "conflicting_flags"},
		{"NO_MESSAGE alone", changed(dataFrame(1, 0, nil), 4, 4), "conflicting_flags"},
		{"metadata", changed(endFrame(1, OK), 7, 0x21), "meta_too_long"},
		{"payload of END", changed(endFrame(1, OK), 8, 1), "unexpected_payload"},
		{"payload of NO_MESSAGE", changed(dataFrame(1, flagNoMessage|flagEndStream, nil), 8, 1), "unexpected_payload"},
		{"payload", dataFrame(1, 0, make([]byte, 4097)).bytes(), "payload_too_long"},
		{"payload of an unknown frame", (&frame{kind: 99, payload: make([]byte, 4097)}).bytes(), "payload_too_long"},
		{"deadline", changed(dataFrame(1, 0, nil), 24, 1), "unexpected_deadline"},
		{"id of END", endFrame(0, OK).bytes(), "bad_stream_id"},
		{"id of PING", changed(opaqueFrame(typePing, 1), 16, 1), "bad_stream_id"},

		{"END_STREAM", dataFrame(1, flagEndStream, nil).bytes(), "unexpected_flags"},
		{"NO_MESSAGE", dataFrame(1, flagEndStream|flagNoMessage, nil).bytes(), "unexpected_flags"},
		{"REQUEST", (&frame{kind: typeRequest, stream: 2}).bytes(), "unexpected_frame"},
		{"CANCEL", (&frame{kind: typeCancel, stream: 1}).bytes(), "unexpected_frame"},
		{"second HELLO_ACK", ackFrame(Limits{}).bytes(), "unexpected_frame"},
		{"DATA never opened", dataFrame(2, 0, nil).bytes(), "never opened"},
		{"END never opened", endFrame(7, OK).bytes(), "never opened"},
		{"WINDOW never opened", windowFrame(2, 1).bytes(), "never opened"},
		{"END inside a message", append(dataFrame(1, flagMore, nil).bytes(), endFrame(1, OK).bytes()...), "inside a message"},
		{"DATA after END", append(endFrame(1, OK).bytes(), dataFrame(1, 0, nil).bytes()...), "after its END"},
		{"two ENDs", append(endFrame(1, OK).bytes(), endFrame(1, OK).bytes()...), "second END"},
		{"stream credit", bytes.Repeat(dataFrame(1, flagMore, make([]byte, 4096)).bytes(), 3), "of stream 1"},
		{"credit overflow", append(windowFrame(0, maxCredit-1048576+32).bytes(), windowFrame(0, 1).bytes()...), "credit_overflow"},
		{"stream credit overflow", windowFrame(1, maxCredit).bytes(), "credit_overflow"},

		{"TLV header", with(endFrame(1, OK), 1, 2, 3), "header passes the end"},
		{"TLV value", with(endFrame(1, OK), 0x44, 0, 2, 0, 'x'), "passes the end"},
		{"second TLV", with(endFrame(1, OK), 0x40, 0, 2, 0, 0, 0), "status comes 2 times"},
		{"second TLV, critical", with(endFrame(1, OK), 0x40, 0x80, 2, 0, 0, 0), "status comes 2 times"},
		{"length", with(opaqueFrame(typePing, 1), 0x70, 0, 1, 0, 1), "opaque comes 2 times"},
		{"length alone", (&frame{kind: typePing, meta: []byte{0x70, 0, 1, 0, 1}}).bytes(), "opaque has 1 bytes"},
		{"status", endFrame(1, 17).bytes(), "status is 17"},
		{"origin", changed(endFrame(1, OK), 32+6+5+4, 0), "origin is 0"},
		{"credit", windowFrame(0, 0).bytes(), "credit is 0"},
		{"missing", (&frame{kind: typeEnd, stream: 1, meta: endFrame(1, OK).meta[:16]}).bytes(), "worker_received is missing"},
		{"message", with(endFrame(1, OK), append([]byte{0x44, 0, 1, 4}, make([]byte, 1025)...)...), "message has 1025 bytes"},
		{"pair", with(endFrame(1, OK), 0x34, 0, 2, 0, 2, 'a'), "app_metadata is not one"},
		{"key", with(endFrame(1, OK), 0x34, 0, 2, 0, 1, 'A'), "app_metadata is not one"},
		{"no key", with(endFrame(1, OK), 0x34, 0, 2, 0, 0, 'a'), "app_metadata is not one"},
		{"pairs", with(endFrame(1, OK), pairs[:]...), "app_metadata comes 33 times"},
		{"critical", with(endFrame(1, OK), 0x99, 0x80, 0, 0), "critical TLV 0x8099"},
		{"error before critical", with(endFrame(1, OK), 0x99, 0x80, 0, 0, 1), "header passes the end"},
		{"critical in DATA", (&frame{kind: typeData, stream: 1, meta: []byte{0x40, 0x80, 0, 0}}).bytes(), "critical TLV 0x8040"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, broker := connect(t, Limits{}, Options{Limits: Limits{MaxChunk: 4096, StreamWindow: 10000}})
			result := callInBackground(conn, Request{Route: "a"}, nil)
			broker.expect(typeRequest)
			go broker.pipe.Write(c.raw) // the client may stop reading in the middle
			contained(t, broker.expectGoAway(), c.says)
			r := <-result
			if strings.Contains(c.name, "END") && r.err == nil {
				return // it had its END
			}
			outcome := statusOf(t, r.err)
			same(t, "status", outcome.Status, Unavailable)
			contained(t, r.err.Error(), c.says)
		})
	}
}

func TestConnectionCreditExceeded(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{Limits: Limits{ConnectionWindow: 4128}})
	callInBackground(conn, Request{Route: "a"}, nil)
	broker.expect(typeRequest)
	go broker.pipe.Write(dataFrame(1, 0, make([]byte, 4097)).bytes())
	contained(t, broker.expectGoAway(), "connection's credit")
}

// The broker asks and asks and doesn't read the answers.
func TestPeerThatDoesNotRead(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	ping := opaqueFrame(typePing, 1).bytes()
	for i := 0; i < 5000; i++ {
		if _, err := broker.pipe.Write(ping); err != nil {
			break
		}
	}
	select {
	case <-conn.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the client lets the answers pile up")
	}
	contained(t, conn.Err().Error(), "does not read")
}

func TestManyCallsKeepToMaxStreams(t *testing.T) {
	conn, broker := connect(t, Limits{MaxStreams: 3}, Options{})
	const calls = 200
	var results []<-chan callResult
	for i := 0; i < calls; i++ {
		results = append(results, callInBackground(conn, Request{Route: "echo"}, []byte{byte(i)}))
	}
	open := map[uint64]*frame{}
	last := uint64(0)
	for done := 0; done < calls; {
		for len(open) < 3 && done+len(open) < calls {
			f := broker.expect(typeRequest)
			if f.stream <= last {
				t.Fatalf("stream %d after %d", f.stream, last)
			}
			last = f.stream
			open[f.stream] = f
		}
		for id, f := range open { // any of them
			broker.send(dataFrame(id, 0, f.payload), endFrame(id, OK))
			delete(open, id)
			done++
			break
		}
	}
	for i, result := range results {
		if r := <-result; r.err != nil || len(r.reply) != 1 || r.reply[0] != byte(i) {
			t.Errorf("call %d: %v, %v", i, r.reply, r.err)
		}
	}
}

func TestStreamAfterClose(t *testing.T) {
	conn, broker := connect(t, Limits{}, Options{})
	started := make(chan *Stream)
	go func() {
		s, _ := conn.Start(background, Request{Route: "chat"})
		started <- s
	}()
	same(t, "flags", broker.expect(typeRequest).flags, flagNoMessage)
	s := <-started
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	same(t, "flags", broker.expect(typeData).flags, flagNoMessage|flagEndStream)
	if err := s.Send(nil); err == nil {
		t.Error("a message after the half-close")
	}
	broker.send(dataFrame(1, 0, []byte("whole")), dataFrame(1, flagMore, []byte("ha")), endFrame(1, Aborted))
	message, err := s.Recv()
	if err != nil || string(message) != "whole" {
		t.Errorf("a whole message before the END counts: %q, %v", message, err)
	}
	if _, err = s.Recv(); statusOf(t, err).Status != Aborted {
		t.Error(err)
	}
	if err := s.Send(nil); err != ErrEnded {
		t.Errorf("Send after END: %v", err)
	}
	if _, err := s.Recv(); err == io.EOF {
		t.Error("an error became EOF")
	}
}

func TestServiceSID(t *testing.T) {
	same(t, "TrustedInstaller", serviceSID("TrustedInstaller"),
		"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")
}

func TestEscape(t *testing.T) {
	same(t, "text", Escape("a\nb\x1b\xff\\é\u202e"), `a\u{a}b\u{1b}\xff\\é\u{202e}`)
}
