// SPDX-License-Identifier: Apache-2.0

// go_raw calls routes of a PlugBroker.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"plugbroker.example/go_raw/plugbroker"
)

const usage = `go_raw [OPTIONS] call ROUTE [TEXT]        one message out, one back
go_raw [OPTIONS] stream ROUTE MESSAGE...  each message as it is; prints every message of the reply
go_raw [OPTIONS] cancel ROUTE [TEXT]      cancels after -after; good when the call ends as cancelled
go_raw [OPTIONS] many N ROUTE [TEXT]      N calls in flight on one pipe
go_raw [OPTIONS] ping                     the way to the broker and back

TEXT "-" is standard input. Exit codes: 0 done, 1 the call failed, 2 the command line is wrong, 3 no connection.

`

const (
	exitFailed    = 1
	exitUsage     = 2
	exitNoService = 3
)

type pairs []plugbroker.Pair

func (p *pairs) String() string { return "" }

func (p *pairs) Set(text string) error {
	key, value, found := strings.Cut(text, "=")
	if !found {
		return errors.New("KEY=VALUE is wanted")
	}
	*p = append(*p, plugbroker.Pair{Key: key, Value: value})
	return nil
}

type app struct {
	client  plugbroker.Client
	request plugbroker.Request
	verbose bool
	after   time.Duration
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var a app
	var metadata pairs
	flags := flag.NewFlagSet("go_raw", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage, "Options:\n")
		flags.PrintDefaults()
	}
	pipe := flags.String("pipe", plugbroker.DefaultPipe, "`NAME` of the pipe")
	service := flags.String("service-name", "PlugBroker", "`NAME` of the service whose pipe is trusted")
	trust := flags.String("trusted-owner", os.Getenv("PLUGBROKER_TRUSTED_OWNERS"),
		"another owner to trust: current_user or a SID; default is $PLUGBROKER_TRUSTED_OWNERS")
	flags.DurationVar(&a.request.Timeout, "deadline", 30*time.Second, "how long a call may take")
	flags.StringVar(&a.request.ContentType, "content-type", "", "of the request")
	flags.StringVar(&a.request.IdempotencyKey, "key", "", "the idempotency key")
	flags.Var(&metadata, "meta", "a pair of metadata, `KEY=VALUE`; repeats")
	flags.DurationVar(&a.after, "after", 200*time.Millisecond, "how long cancel waits")
	window := flags.Uint("window", 0, "credit that each stream of the reply gets; 0 is 262144")
	flags.BoolVar(&a.verbose, "v", false, "show every frame")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return exitUsage
	}
	rest := flags.Args()
	a.request.Metadata = metadata

	var command func([]string) error
	least, most := 0, 1<<30
	switch flags.Arg(0) {
	case "call":
		command, least, most = a.call, 1, 2
	case "stream":
		command, least = a.stream, 1
	case "cancel":
		command, least, most = a.cancel, 1, 2
	case "many":
		command, least, most = a.many, 2, 3
	case "ping":
		command, most = a.ping, 0
	}
	if command == nil || len(rest)-1 < least || len(rest)-1 > most {
		flags.Usage()
		return exitUsage
	}

	opts := plugbroker.Options{Name: "go_raw", Version: "1",
		Limits: plugbroker.Limits{MaxStreams: 4096, StreamWindow: uint32(*window)}}
	if a.verbose {
		opts.Trace = func(line string) { fmt.Fprintln(os.Stderr, line) }
	}
	trusted := plugbroker.Trust{Service: *service}
	for _, owner := range strings.FieldsFunc(*trust, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		if owner == "current_user" {
			trusted.CurrentUser = true
		} else {
			trusted.SIDs = append(trusted.SIDs, owner)
		}
	}
	a.client.Dial = func(ctx context.Context) (*plugbroker.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return plugbroker.Dial(ctx, *pipe, trusted, opts)
	}
	conn, err := a.client.Conn(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "go_raw:", err)
		return exitNoService
	}
	defer a.client.Close()
	if a.verbose {
		fmt.Fprintf(os.Stderr, "connected to %v; it takes %+v\n", conn.Broker, conn.Broker.Limits)
	}
	if err := command(rest[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "go_raw:", err)
		return exitFailed
	}
	return 0
}

// textOf is the message that the command line gives, or standard input where it says "-".
func textOf(args []string, at int) ([]byte, error) {
	if len(args) <= at {
		return nil, nil
	}
	if args[at] == "-" {
		return io.ReadAll(os.Stdin)
	}
	return []byte(args[at]), nil
}

// show prints what came with the END, beside the status.
func (a *app) show(outcome *plugbroker.Outcome) {
	if outcome == nil {
		return
	}
	if outcome.ContentType != "" && a.verbose {
		fmt.Fprintln(os.Stderr, "content type:", plugbroker.Escape(outcome.ContentType))
	}
	for _, pair := range outcome.Metadata {
		fmt.Fprintf(os.Stderr, "%s = %s\n", plugbroker.Escape(pair.Key), plugbroker.Escape(pair.Value))
	}
	if len(outcome.Detail) != 0 {
		fmt.Fprintf(os.Stderr, "detail: %s\n", plugbroker.Escape(string(outcome.Detail)))
	}
}

func (a *app) call(args []string) error {
	ctx := context.Background()
	conn, err := a.client.Conn(ctx)
	if err != nil {
		return err
	}
	a.request.Route = args[0]
	message, err := textOf(args, 1)
	if err != nil {
		return err
	}
	reply, outcome, err := conn.Call(ctx, a.request, message)
	a.show(outcome)
	if err != nil {
		return err
	}
	os.Stdout.Write(append(reply, '\n'))
	return nil
}

func (a *app) stream(args []string) error {
	ctx := context.Background()
	conn, err := a.client.Conn(ctx)
	if err != nil {
		return err
	}
	a.request.Route = args[0]
	stream, err := conn.Start(ctx, a.request)
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() {
		for _, message := range args[1:] {
			if err := stream.Send([]byte(message)); err != nil {
				sent <- err
				stream.Cancel()
				return
			}
		}
		sent <- stream.CloseSend()
	}()
	for {
		message, err := stream.Recv()
		if err != nil {
			a.show(stream.Outcome())
			if err != io.EOF {
				return err
			}
			break
		}
		os.Stdout.Write(append(message, '\n'))
	}
	if err := <-sent; err != nil && !errors.Is(err, plugbroker.ErrEnded) {
		return err
	}
	return nil
}

func (a *app) cancel(args []string) error {
	conn, err := a.client.Conn(context.Background())
	if err != nil {
		return err
	}
	message, err := textOf(args, 1)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(a.after, cancel)
	a.request.Route = args[0]
	began := time.Now()
	stream, err := conn.Start(ctx, a.request) // a stream, so that it goes with every route
	if err == nil {
		err = stream.SendLast(message)
	}
	messages := -1
	for err == nil {
		messages++
		_, err = stream.Recv()
	}
	if err == io.EOF {
		return fmt.Errorf("the call was done within %v, before it was cancelled", time.Since(began))
	}
	var outcome *plugbroker.Outcome
	if errors.As(err, &outcome) && outcome.Status == plugbroker.Cancelled {
		fmt.Printf("after %v and %d messages: %v\n", time.Since(began).Round(time.Millisecond), messages, err)
		return nil
	}
	return err
}

func (a *app) many(args []string) error {
	count, err := strconv.Atoi(args[0])
	if err != nil || count < 1 {
		return fmt.Errorf("%q is not a number of calls", args[0])
	}
	a.request.Route = args[1]
	text, err := textOf(args, 2)
	if err != nil {
		return err
	}
	began := time.Now()
	var wait sync.WaitGroup
	results := make([]string, count)
	for i := range results {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			message := text
			if message == nil {
				message = []byte(fmt.Sprintf("call %d", i))
			}
			results[i] = a.one(message)
		}(i)
	}
	wait.Wait()
	tally := map[string]int{}
	for _, result := range results {
		tally[result]++
	}
	lines := make([]string, 0, len(tally))
	for result, times := range tally {
		lines = append(lines, fmt.Sprintf("%6d %s", times, result))
	}
	sort.Strings(lines)
	fmt.Printf("%s\n%d calls in %v\n", strings.Join(lines, "\n"), count, time.Since(began).Round(time.Millisecond))
	if tally["ok"] != count {
		return fmt.Errorf("%d of %d calls failed", count-tally["ok"], count)
	}
	return nil
}

// one makes one of many calls. An echo has to be this call's own.
func (a *app) one(message []byte) string {
	for attempt := 1; ; attempt++ {
		conn, err := a.client.Conn(context.Background())
		if err != nil {
			return err.Error()
		}
		reply, _, err := conn.Call(context.Background(), a.request, message)
		var outcome *plugbroker.Outcome
		if errors.As(err, &outcome) && outcome.Status == plugbroker.Unavailable && outcome.Retry == plugbroker.RetrySafe &&
			attempt < 3 {
			continue // the broker went away before it took the call: once more on another connection
		}
		if err != nil {
			return err.Error()
		}
		if a.request.Route == "echo" && string(reply) != string(message) {
			return "another call's reply"
		}
		return "ok"
	}
}

func (a *app) ping([]string) error {
	ctx, cancel := context.WithTimeout(context.Background(), a.request.Timeout)
	defer cancel()
	conn, err := a.client.Conn(ctx)
	if err != nil {
		return err
	}
	took, err := conn.Ping(ctx)
	if err != nil {
		return err
	}
	fmt.Println(took.Round(time.Microsecond))
	return nil
}
