// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Limits are what one side of a connection takes.
type Limits struct {
	MaxChunk         uint32 // largest payload of a frame
	MaxStreams       uint32 // calls at once
	StreamWindow     uint32 // first credit of each stream
	ConnectionWindow uint32 // first credit of the connection
	MaxPayload       uint64 // largest message
}

// Options of a connection. The zero value is good.
type Options struct {
	Name, Version  string        // of the program, for the broker's log
	Limits         Limits        // what this side takes; zero fields become the usual ones
	OpeningTimeout time.Duration // until HELLO_ACK; zero is 5 s
	Trace          func(string)  // is told every frame, if set; must not call the connection
}

func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = "go_raw"
	}
	if o.OpeningTimeout == 0 {
		o.OpeningTimeout = 5 * time.Second
	}
	for _, number := range []struct {
		field *uint32
		usual uint32
	}{{&o.Limits.MaxChunk, maxPayloadOfAll}, {&o.Limits.MaxStreams, 256}, {&o.Limits.StreamWindow, 262144},
		{&o.Limits.ConnectionWindow, 1048576}} {
		if *number.field == 0 {
			*number.field = number.usual
		}
	}
	if o.Limits.MaxPayload == 0 {
		o.Limits.MaxPayload = 67108864
	}
	return o
}

// Broker is what the other side said of itself at the opening.
type Broker struct {
	Name, Version string
	Instance      [16]byte
	Limits        Limits
	Message       string
}

// closeGrace bounds how long the last words of a connection may take.
const closeGrace = time.Second

// signal wakes everybody who waits for a change. It is used under the connection's lock.
type signal struct{ changed chan struct{} }

func (s *signal) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *signal) fire() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// waiting is a REQUEST or DATA that has its credit and waits for the pipe.
type waiting struct {
	stream *Stream
	frame  *frame
	until  time.Time // a REQUEST's deadline; what is left of it is written when the frame is
}

func (w waiting) cost() int64 { return frameCost + int64(len(w.frame.payload)) }

// Conn is one open pipe. Its methods may be called from several goroutines.
type Conn struct {
	Broker Broker

	pipe   io.ReadWriteCloser
	reader *bufio.Reader
	opts   Options
	slots  chan struct{} // one for each open stream
	done   chan struct{} // closed when the connection is over

	mu           sync.Mutex
	streams      map[uint64]*Stream // until the broker's END
	lastID       uint64             // the last id given away
	lastWritten  uint64             // the last one whose REQUEST was handed to a write
	credit       int64              // what may still be sent
	creditGrown  signal
	granted      int64 // what the broker may still send
	due          int64 // credit to be returned
	control      []*frame
	controlBytes int // waiting, the write that runs included
	data         []waiting
	writable     chan struct{}
	pings        map[uint64]chan struct{}
	lastPing     uint64
	goAway       *GoAwayError
	err          error
	unwritable   bool // a write has failed
	closing      bool // the writer writes its control frames and closes the pipe
}

// Open says HELLO on an open pipe and waits for the answer. It closes the pipe if it fails.
func Open(ctx context.Context, pipe io.ReadWriteCloser, opts Options) (*Conn, error) {
	opts = opts.withDefaults()
	c := &Conn{pipe: pipe, reader: bufio.NewReaderSize(pipe, 65536), opts: opts, done: make(chan struct{}),
		streams: map[uint64]*Stream{}, writable: make(chan struct{}, 1), pings: map[uint64]chan struct{}{}}

	ctx, cancel := context.WithTimeout(ctx, opts.OpeningTimeout)
	defer cancel()
	opened := make(chan error, 1)
	go func() { opened <- c.hello() }()
	var err error
	select {
	case err = <-opened:
	case <-ctx.Done():
		pipe.Close()
		<-opened
		return nil, fmt.Errorf("no answer to HELLO: %w", ctx.Err())
	}
	if err != nil {
		pipe.Close()
		return nil, err
	}
	c.credit = int64(c.Broker.Limits.ConnectionWindow)
	c.granted = int64(opts.Limits.ConnectionWindow)
	streams := c.Broker.Limits.MaxStreams
	if opts.Limits.MaxStreams < streams {
		streams = opts.Limits.MaxStreams
	}
	c.slots = make(chan struct{}, streams)
	go c.readFrames()
	go c.writeFrames()
	return c, nil
}

func (c *Conn) trace(way string, f *frame) {
	if c.opts.Trace != nil {
		c.opts.Trace(way + f.String())
	}
}

func (c *Conn) hello() error {
	l := c.opts.Limits
	meta := appendNumber(nil, tlvRole, 1)
	meta = appendNumber(meta, tlvVersionMin, wireVersion)
	meta = appendNumber(meta, tlvVersionMax, wireVersion)
	meta = appendNumber(meta, tlvMaxChunk, uint64(l.MaxChunk))
	meta = appendNumber(meta, tlvMaxStreams, uint64(l.MaxStreams))
	meta = appendNumber(meta, tlvStreamWindow, uint64(l.StreamWindow))
	meta = appendNumber(meta, tlvConnWindow, uint64(l.ConnectionWindow))
	meta = appendNumber(meta, tlvMaxPayload, l.MaxPayload)
	meta = appendText(meta, tlvLibraryName, c.opts.Name)
	if c.opts.Version != "" {
		meta = appendText(meta, tlvLibraryVersion, c.opts.Version)
	}
	hello := &frame{kind: typeHello, meta: meta}
	c.trace("> ", hello)
	if _, err := c.pipe.Write(hello.bytes()); err != nil {
		return fmt.Errorf("HELLO can't be sent: %w", err)
	}

	answer, err := c.readFrame()
	if err != nil {
		return fmt.Errorf("no answer to HELLO: %w", err)
	}
	if answer.kind != typeHelloAck {
		return violation("unexpected_frame", "HELLO was answered with %v", answer.kind)
	}
	m, critical, err := parseMetadata(typeHelloAck, answer.meta)
	if err != nil {
		return err
	}
	if critical != 0 {
		return violation("unknown_critical", "HELLO_ACK holds the unknown critical TLV 0x%04x", critical)
	}
	if result := m.number(tlvResult); result != 0 {
		if result > uint64(Unauthenticated) {
			result = uint64(Unknown)
		}
		return &RefusedError{Status: Status(result), Message: m.text(tlvMessage),
			VersionMin: uint16(m.number(tlvVersionMin)), VersionMax: uint16(m.number(tlvVersionMax))}
	}
	if version := m.number(tlvVersion); version != wireVersion {
		return fmt.Errorf("the broker chose wire version %d; this client speaks %d", version, wireVersion)
	}
	if features := m.number(tlvFeaturesRequired); features != 0 {
		return fmt.Errorf("the broker requires features that this client lacks: 0x%x", features)
	}
	c.Broker = Broker{Name: m.text(tlvLibraryName), Version: m.text(tlvLibraryVersion), Message: m.text(tlvMessage),
		Limits: limitsOf(m)}
	copy(c.Broker.Instance[:], m.bytes[tlvInstance])
	return nil
}

func limitsOf(m metadata) Limits {
	return Limits{MaxChunk: uint32(m.number(tlvMaxChunk)), MaxStreams: uint32(m.number(tlvMaxStreams)),
		StreamWindow: uint32(m.number(tlvStreamWindow)), ConnectionWindow: uint32(m.number(tlvConnWindow)),
		MaxPayload: m.number(tlvMaxPayload)}
}

func (c *Conn) readFrame() (*frame, error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(c.reader, header[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the broker closed the connection inside a frame")
		} else if errors.Is(err, io.EOF) {
			err = errors.New("the broker closed the connection")
		}
		return nil, err
	}
	f, metaLen, payloadLen, err := parseHeader(header[:], c.opts.Limits.MaxChunk)
	if err != nil {
		return nil, err
	}
	body := make([]byte, metaLen+payloadLen)
	if _, err := io.ReadFull(c.reader, body); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			err = errors.New("the broker closed the connection inside a frame")
		}
		return nil, err
	}
	f.meta, f.payload = body[:metaLen:metaLen], body[metaLen:]
	c.trace("< ", &f)
	return &f, nil
}

// Done is closed when the connection is over. Err then says why.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err is why the connection is over, or nil.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// GoingAway says whether the broker takes no new calls on this connection: open another one for them.
func (c *Conn) GoingAway() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.goAway != nil || c.err != nil
}

// Close ends the connection, and every call that is still open.
func (c *Conn) Close() {
	c.mu.Lock()
	c.fail(errors.New("this client closed the connection"), nil)
	c.mu.Unlock()
}

// Ping measures the way to the broker and back.
func (c *Conn) Ping(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	answered := make(chan struct{})
	c.mu.Lock()
	if err := c.err; err != nil {
		c.mu.Unlock()
		return 0, err
	}
	c.lastPing++
	value := c.lastPing
	c.pings[value] = answered
	c.sendControl(opaqueFrame(typePing, value))
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.pings, value)
		c.mu.Unlock()
	}()
	select {
	case <-answered:
		return time.Since(began), nil
	case <-c.done:
		return 0, c.Err()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// The rest of this file runs under c.mu unless it says otherwise.

// fail ends the connection. Its calls get an outcome of our making; the broker gets the last words, if there are any.
func (c *Conn) fail(err error, lastWords *frame) {
	if c.err != nil {
		return
	}
	if c.goAway != nil {
		err = fmt.Errorf("%w; %v", c.goAway, err)
	}
	c.err = err
	close(c.done)
	for id, s := range c.streams {
		received := s.written && (c.goAway == nil || id <= c.goAway.LastStream)
		retry := RetrySafe
		if received {
			retry = RetryNever
		}
		s.finish(ours(Unavailable, retry, received, "the connection is lost: %v", err))
	}
	c.streams = map[uint64]*Stream{}
	c.data = nil
	c.control = nil
	if lastWords != nil {
		c.control = []*frame{lastWords}
	}
	c.closing = true
	c.creditGrown.fire()
	c.wakeWriter()
	time.AfterFunc(closeGrace, func() { c.pipe.Close() })
}

func (c *Conn) wakeWriter() {
	select {
	case c.writable <- struct{}{}:
	default:
	}
}

// sendControl queues a frame that takes no credit. Reading never waits for writing, so the queue has a bound.
func (c *Conn) sendControl(f *frame) {
	if c.closing || c.unwritable {
		return
	}
	size := headerBytes + len(f.meta)
	if c.controlBytes+size > maxWaitingBytes {
		c.fail(fmt.Errorf("the broker does not read: %d bytes of control frames wait", c.controlBytes), nil)
		return
	}
	c.controlBytes += size
	c.control = append(c.control, f)
	c.wakeWriter()
}

// unqueue takes back what a stream that ends has not written yet, and its credit of the connection.
func (c *Conn) unqueue(s *Stream) {
	kept := c.data[:0]
	for _, w := range c.data {
		if w.stream == s {
			c.credit += w.cost()
		} else {
			kept = append(kept, w)
		}
	}
	if len(kept) != len(c.data) {
		c.data = kept
		c.creditGrown.fire()
	}
}

// writeFrames is the one goroutine that writes. It takes the lock by itself.
func (c *Conn) writeFrames() {
	var buffer []byte
	for {
		<-c.writable
		for {
			c.mu.Lock()
			buffer = buffer[:0]
			controlBytes := 0
			for _, f := range c.control {
				c.trace("> ", f)
				buffer = f.append(buffer)
			}
			controlBytes, c.control = len(buffer), nil
			for len(c.data) > 0 && len(buffer) < 65536 {
				w := c.data[0]
				c.data[0] = waiting{}
				c.data = c.data[1:]
				if w.frame.kind == typeRequest {
					w.frame.deadline = 1
					if left := time.Until(w.until).Microseconds(); left > 1 {
						w.frame.deadline = uint64(left)
					}
					w.stream.written = true
					c.lastWritten = w.frame.stream
				}
				c.trace("> ", w.frame)
				buffer = w.frame.append(buffer)
			}
			closing := c.closing
			c.mu.Unlock()
			if len(buffer) == 0 {
				if closing {
					c.pipe.Close()
					return
				}
				break
			}
			if _, err := c.pipe.Write(buffer); err != nil {
				// Why may be waiting to be read: a GOAWAY. The reader gets a moment to find it.
				c.mu.Lock()
				c.unwritable = true
				c.mu.Unlock()
				time.AfterFunc(closeGrace, func() {
					c.mu.Lock()
					c.fail(fmt.Errorf("the pipe can't be written: %w", err), nil)
					c.mu.Unlock()
					c.pipe.Close()
				})
				return
			}
			c.mu.Lock()
			c.controlBytes -= controlBytes
			c.mu.Unlock()
		}
	}
}

// readFrames is the one goroutine that reads. It takes the lock by itself.
func (c *Conn) readFrames() {
	for {
		f, err := c.readFrame()
		c.mu.Lock()
		if err == nil && c.err == nil {
			err = c.receive(f)
		}
		if err != nil || c.err != nil {
			var wrong *ProtocolError
			if errors.As(err, &wrong) {
				c.fail(err, goAwayFrame(0, InvalidArgument, wrong.Name+": "+wrong.Text))
			} else if err != nil {
				c.fail(err, nil)
			}
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
	}
}

func (c *Conn) receive(f *frame) error {
	switch f.kind {
	case typeHello, typeHelloAck, typeReady, typeRequest, typeCancel:
		return violation("unexpected_frame", "a broker does not send %v here", f.kind)
	}
	if f.stream > c.lastWritten {
		return violation("unknown_stream", "%v for stream %d, which was never opened", f.kind, f.stream)
	}
	if !f.kind.known() {
		c.sendControl(unimplementedFrame(f.stream, f.kind))
		return nil
	}
	m, critical, err := parseMetadata(f.kind, f.meta)
	if err != nil {
		return err
	}
	if critical != 0 {
		return violation("unknown_critical", "%v holds the unknown critical TLV 0x%04x", f.kind, critical)
	}
	s := c.streams[f.stream]
	switch f.kind {
	case typeData:
		return c.receiveData(s, f)
	case typeEnd:
		return c.receiveEnd(s, f, &m)
	case typeWindow:
		return c.receiveWindow(s, f, int64(m.number(tlvCredit)))
	case typePing:
		c.sendControl(opaqueFrame(typePong, m.number(tlvOpaque)))
	case typePong:
		if answered := c.pings[m.number(tlvOpaque)]; answered != nil {
			close(answered)
			delete(c.pings, m.number(tlvOpaque))
		}
	case typeGoAway:
		c.goAway = &GoAwayError{LastStream: m.number(tlvLastStream), Status: Status(m.number(tlvStatus)),
			Message: m.text(tlvMessage)}
		c.creditGrown.fire() // who waits to open a stream will not
	case typeUnimplemented:
		// The trace has shown it. This client sends nothing that wire version 1 does not have.
	}
	return nil
}

func (c *Conn) receiveData(s *Stream, f *frame) error {
	if f.flags&(flagEndStream|flagNoMessage) != 0 {
		return violation("unexpected_flags", "DATA of stream %d has a flag that only a caller's may have", f.stream)
	}
	if s == nil {
		return violation("stream_ended", "DATA for stream %d after its END", f.stream)
	}
	cost := frameCost + int64(len(f.payload))
	if cost > c.granted {
		return violation("credit_exceeded", "DATA takes %d of the connection's credit of %d", cost, c.granted)
	}
	if cost > s.granted {
		return violation("credit_exceeded", "DATA takes %d of the credit of %d of stream %d", cost, s.granted, s.id)
	}
	c.granted -= cost
	s.granted -= cost
	// The bytes have left the pipe, whatever becomes of them.
	if c.due += cost; c.due*2 >= int64(c.opts.Limits.ConnectionWindow) {
		c.sendControl(windowFrame(0, c.due))
		c.granted += c.due
		c.due = 0
	}
	first := !s.inMessage
	s.inMessage = f.flags&flagMore != 0
	if first {
		s.messages++
	}
	if s.outcome != nil {
		return nil // given up here; only the END is waited for
	}
	if s.unary && s.messages > 1 {
		s.abandon(ours(Unimplemented, RetryNever, true, "the route answers with a stream"))
		return nil
	}
	s.parts = append(s.parts, part{f.payload, s.inMessage})
	s.changed.fire()
	return nil
}

func (c *Conn) receiveEnd(s *Stream, f *frame, m *metadata) error {
	if s == nil {
		return violation("stream_ended", "a second END for stream %d", f.stream)
	}
	status := Status(m.number(tlvStatus))
	if status == OK && s.inMessage {
		return violation("message_cut", "END(ok) of stream %d inside a message", f.stream)
	}
	s.leave()
	s.finish(&Outcome{Status: status, Retry: Retry(m.number(tlvRetry)), Origin: Origin(m.number(tlvOrigin)),
		WorkerReceived: m.number(tlvWorkerReceived) != 0, Message: m.text(tlvMessage),
		ContentType: m.text(tlvContentType), Metadata: m.pairs, Detail: m.bytes[tlvDetail],
		RetryAfter: time.Duration(m.number(tlvRetryAfter)) * time.Microsecond})
	return nil
}

func (c *Conn) receiveWindow(s *Stream, f *frame, more int64) error {
	held := &c.credit
	if f.stream != 0 {
		if s == nil {
			return nil // common and harmless: it has ended
		}
		held = &s.credit
	}
	if *held+more > maxCredit {
		return violation("credit_overflow", "WINDOW raises the credit of stream %d above %d", f.stream, maxCredit)
	}
	*held += more
	if f.stream == 0 {
		c.creditGrown.fire()
	} else {
		s.changed.fire()
	}
	return nil
}

func (b Broker) String() string {
	return fmt.Sprintf("%s %s, instance %08x…", Escape(b.Name), Escape(b.Version), binary.BigEndian.Uint32(b.Instance[:]))
}
