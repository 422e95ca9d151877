// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"
)

// These tests need a broker: PLUGBROKER_TEST_PIPE names its pipe, and a route "echo" has to be there. If
// PLUGBROKER_TEST_CHAT is set, that route answers each message with the same one.
func live(t *testing.T, opts Options) *Conn {
	t.Helper()
	pipe := os.Getenv("PLUGBROKER_TEST_PIPE")
	if pipe == "" {
		t.Skip("PLUGBROKER_TEST_PIPE is not set")
	}
	ctx, cancel := context.WithTimeout(background, 10*time.Second)
	defer cancel()
	conn, err := Dial(ctx, pipe, Trust{CurrentUser: true}, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func chatRoute(t *testing.T) string {
	t.Helper()
	route := os.Getenv("PLUGBROKER_TEST_CHAT")
	if route == "" {
		t.Skip("PLUGBROKER_TEST_CHAT is not set")
	}
	return route
}

func pattern(size, seed int) []byte {
	message := make([]byte, size)
	for i := range message {
		message[i] = byte(i*31 + i>>8 + seed)
	}
	return message
}

// exchange streams messages of these sizes there and back.
func exchange(conn *Conn, route string, sizes []int) error {
	s, err := conn.Start(background, Request{Route: route, Timeout: time.Minute})
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() {
		for i, size := range sizes {
			if err := s.Send(pattern(size, i)); err != nil {
				sent <- fmt.Errorf("message %d: %w", i, err)
				return
			}
		}
		sent <- s.CloseSend()
	}()
	for i, size := range sizes {
		message, err := s.Recv()
		if err != nil {
			return fmt.Errorf("reply %d of %d: %w", i, len(sizes), err)
		}
		if !bytes.Equal(message, pattern(size, i)) {
			return fmt.Errorf("reply %d has %d bytes, or wrong ones; %d were sent", i, len(message), size)
		}
	}
	if _, err := s.Recv(); err != io.EOF {
		return fmt.Errorf("after the last message: %v", err)
	}
	return <-sent
}

func TestLiveEcho(t *testing.T) {
	for _, limits := range []Limits{{}, {MaxChunk: 4096, StreamWindow: 4128, ConnectionWindow: 4128}} {
		conn := live(t, Options{Limits: limits})
		for _, size := range []int{0, 1, 4096, 4097, 65536, 65537, 262144, 3000000} {
			reply, _, err := conn.Call(background, Request{Route: "echo"}, pattern(size, 1))
			if err != nil || !bytes.Equal(reply, pattern(size, 1)) {
				t.Fatalf("%d bytes: %d came back, %v", size, len(reply), err)
			}
		}
	}
}

func TestLiveReplyLimit(t *testing.T) {
	conn := live(t, Options{Limits: Limits{MaxPayload: 1000}})
	if _, _, err := conn.Call(background, Request{Route: "echo"}, make([]byte, 1000)); err != nil {
		t.Error(err)
	}
	_, _, err := conn.Call(background, Request{Route: "echo"}, make([]byte, 1001))
	outcome := statusOf(t, err)
	same(t, "status", outcome.Status, ResourceExhausted)
	t.Log(err)
	if outcome.Origin == FromClient {
		t.Error("the broker did not keep to this client's max_payload")
	}
}

func TestLiveStreams(t *testing.T) {
	route := chatRoute(t)
	for _, limits := range []Limits{{}, {MaxChunk: 4096, StreamWindow: 4128, ConnectionWindow: 4128}, {StreamWindow: 5000}} {
		conn := live(t, Options{Limits: limits})
		if err := exchange(conn, route, []int{0, 1, 0, 65536, 65537, 1000000, 3, 0}); err != nil {
			t.Errorf("%+v: %v", limits, err)
		}
		many := make([]int, 3000)
		for i := range many {
			many[i] = i % 777
		}
		if err := exchange(conn, route, many); err != nil {
			t.Errorf("%+v: %v", limits, err)
		}
		if err := exchange(conn, route, nil); err != nil {
			t.Errorf("%+v: %v", limits, err)
		}
	}
}

func TestLiveManyStreams(t *testing.T) {
	route := chatRoute(t)
	conn := live(t, Options{})
	var wait sync.WaitGroup
	for i := 0; i < 40; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			sizes := []int{i, 70000, 0, 20 * i, 300000}
			if i%4 == 3 {
				if _, _, err := conn.Call(background, Request{Route: "echo"}, pattern(70000, i)); err != nil {
					t.Error(err)
				}
				return
			}
			if err := exchange(conn, route, sizes); err != nil {
				t.Errorf("stream %d: %v", i, err)
			}
		}(i)
	}
	wait.Wait()
}

// A reader that takes nothing slows its own call only.
func TestLiveSlowReader(t *testing.T) {
	route := chatRoute(t)
	conn := live(t, Options{})
	s, err := conn.Start(background, Request{Route: route, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	var sent int
	var lock sync.Mutex
	stopped := make(chan error, 1)
	go func() {
		for {
			if err := s.Send(make([]byte, 10000)); err != nil {
				stopped <- err
				return
			}
			lock.Lock()
			sent += 10000
			lock.Unlock()
		}
	}()
	last := -1
	for {
		time.Sleep(300 * time.Millisecond)
		lock.Lock()
		now := sent
		lock.Unlock()
		if now == last {
			break
		}
		last = now
	}
	t.Logf("%d bytes went out before the sender had to wait", last)
	if _, _, err := conn.Call(background, Request{Route: "echo", Timeout: 5 * time.Second}, make([]byte, 500000)); err != nil {
		t.Error("another call on the same pipe: ", err)
	}
	s.Cancel()
	same(t, "Send", <-stopped, ErrEnded)
	for err = nil; err == nil; {
		_, err = s.Recv()
	}
	same(t, "status", statusOf(t, err).Status, Cancelled)
	if _, _, err := conn.Call(background, Request{Route: "echo"}, make([]byte, 500000)); err != nil {
		t.Error("after the cancelled one: ", err)
	}
}

func TestLiveMetadata(t *testing.T) {
	conn := live(t, Options{})
	request := Request{Route: "echo", ContentType: "text/plain; charset=utf-8", IdempotencyKey: "key",
		TraceParent: pattern(25, 7), TraceState: "vendor=1"}
	for i := 0; i < maxPairs; i++ {
		request.Metadata = append(request.Metadata, Pair{fmt.Sprintf("key.%d", i), string(pattern(120, i%2*65))})
	}
	for i := range request.Metadata {
		request.Metadata[i].Value = fmt.Sprintf("%0100d", i)
	}
	if _, _, err := conn.Call(background, request, []byte("x")); err != nil {
		t.Error(err)
	}
}

func TestLiveUnknownFramesAndPing(t *testing.T) {
	answers := make(chan string, 100)
	conn := live(t, Options{Trace: func(line string) {
		if line[0] == '<' {
			answers <- line
		}
	}})
	send := func(f *frame) {
		conn.mu.Lock()
		conn.sendControl(f)
		conn.mu.Unlock()
	}
	<-answers // HELLO_ACK
	if _, err := conn.Ping(background); err != nil {
		t.Fatal(err)
	}
	same(t, "answer", <-answers, "< PONG")
	odd := &frame{kind: 77, flags: 0xff00, payload: []byte("whatever"), meta: []byte{1, 2, 3}, deadline: 1}
	send(odd)
	same(t, "answer", <-answers, "< UNIMPLEMENTED")
	if _, _, err := conn.Call(background, Request{Route: "echo"}, nil); err != nil {
		t.Fatal(err)
	}
	for line := range answers {
		if line == "< END stream 1" {
			break
		}
	}
	send(&frame{kind: 12, stream: 1}) // has ended: still a stream that was opened
	same(t, "answer", <-answers, "< UNIMPLEMENTED stream 1")
	send(&frame{kind: typeCancel, stream: 1})
	send(windowFrame(1, 100))
	if _, err := conn.Ping(background); err != nil {
		t.Fatal(err)
	}
	same(t, "answer", <-answers, "< PONG")
}

// What a broker says to a client that breaks the protocol.
func TestLiveViolations(t *testing.T) {
	for _, c := range []struct {
		name string
		f    *frame
	}{
		{"never opened", &frame{kind: typeCancel, stream: 9}},
		{"unknown, never opened", &frame{kind: 77, stream: 9}},
		{"flags", &frame{kind: typePing, flags: 1, meta: opaqueFrame(typePing, 1).meta}},
		{"END from a caller", endFrame(1, OK)},
		{"HELLO again", &frame{kind: typeHello}},
		{"critical", &frame{kind: typePing, meta: append(opaqueFrame(typePing, 1).meta, 0x99, 0x80, 0, 0)}},
		{"missing", &frame{kind: typePing}},
		{"too much credit", windowFrame(0, maxCredit)},
		{"id again", &frame{kind: typeRequest, flags: flagEndStream, stream: 1, deadline: 1000000,
			meta: appendText(nil, tlvRoute, "echo")}},
		{"message goes on with NO_MESSAGE", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := live(t, Options{})
			if _, _, err := conn.Call(background, Request{Route: "echo"}, nil); err != nil {
				t.Fatal(err)
			}
			conn.mu.Lock()
			if c.f == nil {
				conn.lastWritten = 5
				conn.sendControl(&frame{kind: typeRequest, flags: flagMore, stream: 5, deadline: 1000000,
					meta: appendText(nil, tlvRoute, "echo")})
				c.f = dataFrame(5, flagNoMessage|flagEndStream, nil)
			}
			conn.sendControl(c.f)
			conn.mu.Unlock()
			select {
			case <-conn.Done():
			case <-time.After(5 * time.Second):
				t.Fatal("the broker lets it pass")
			}
			var gone *GoAwayError
			if !errors.As(conn.Err(), &gone) || gone.Status != InvalidArgument {
				t.Fatalf("no GOAWAY: %v", conn.Err())
			}
			t.Log(conn.Err())
		})
	}
}

// A call's own mistakes end the call and not the connection.
func TestLiveWrongCalls(t *testing.T) {
	conn := live(t, Options{})
	for _, c := range []struct {
		f      *frame
		status Status
	}{
		{&frame{meta: appendText(nil, tlvRoute, "no such route"), deadline: 1000000}, InvalidArgument},
		{&frame{meta: appendText(nil, tlvRoute, "nosuch"), deadline: 1000000}, NotFound},
		{&frame{meta: appendText(nil, tlvRoute, "echo")}, InvalidArgument},
		{&frame{meta: appendText(nil, tlvRoute, "echo"), deadline: maxDeadlineUS + 1}, InvalidArgument},
		{&frame{meta: append(appendText(nil, tlvRoute, "echo"), 0x99, 0x80, 0, 0), deadline: 1000000}, Unimplemented},
	} {
		conn.mu.Lock()
		conn.lastID++
		s := &Stream{conn: conn, ended: make(chan struct{}), id: conn.lastID, granted: 262144, written: true}
		conn.slots <- struct{}{}
		conn.streams[s.id] = s
		conn.lastWritten = s.id
		c.f.kind, c.f.flags, c.f.stream = typeRequest, flagEndStream, s.id
		conn.sendControl(c.f)
		conn.mu.Unlock()
		_, err := s.Recv()
		outcome := statusOf(t, err)
		same(t, "status", outcome.Status, c.status)
		same(t, "worker_received", outcome.WorkerReceived, false)
		t.Log(err)
	}
}
