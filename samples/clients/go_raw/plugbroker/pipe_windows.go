// SPDX-License-Identifier: Apache-2.0

package plugbroker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	fileFlagOverlapped     = 0x40000000
	securitySQOSPresent    = 0x00100000
	securityIdentification = 0x00010000

	errorPipeBusy     syscall.Errno = 231
	errorNoData       syscall.Errno = 232
	errorNotConnected syscall.Errno = 233

	seKernelObject           = 6
	ownerSecurityInformation = 1
)

var (
	kernel32            = syscall.NewLazyDLL("kernel32.dll")
	procCreateEvent     = kernel32.NewProc("CreateEventW")
	procSetEvent        = kernel32.NewProc("SetEvent")
	procCancelIoEx      = kernel32.NewProc("CancelIoEx")
	procGetOverlapped   = kernel32.NewProc("GetOverlappedResult")
	procWaitForMultiple = kernel32.NewProc("WaitForMultipleObjects")
	advapi32            = syscall.NewLazyDLL("advapi32.dll")
	procGetSecurityInfo = advapi32.NewProc("GetSecurityInfo")
)

const pauseWhileBusy = 20 * time.Millisecond

// way is one direction of a pipe. Its OVERLAPPED and event are used by one operation at a time.
type way struct {
	lock  sync.Mutex
	io    *syscall.Overlapped // stays where it is: it is on the heap, which does not move
	event syscall.Handle
}

// pipeFile is a pipe that is read and written at the same time. On a handle without FILE_FLAG_OVERLAPPED a write would
// wait for the read that runs.
type pipeFile struct {
	handle  syscall.Handle
	read    way
	write   way
	closing syscall.Handle // an event
	once    sync.Once
}

func newEvent() (syscall.Handle, error) {
	event, _, err := procCreateEvent.Call(0, 1, 0, 0)
	if event == 0 {
		return 0, fmt.Errorf("CreateEvent: %w", err)
	}
	return syscall.Handle(event), nil
}

func openPipe(ctx context.Context, name string) (*pipeFile, error) {
	wide, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	var handle syscall.Handle
	for {
		handle, err = syscall.CreateFile(wide, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_EXISTING,
			fileFlagOverlapped|securitySQOSPresent|securityIdentification, 0)
		if err == nil {
			break
		}
		if err != errorPipeBusy {
			if err == syscall.ERROR_FILE_NOT_FOUND {
				return nil, fmt.Errorf("no broker runs: there is no %s", name)
			}
			return nil, fmt.Errorf("%s can't be opened: %w", name, err)
		}
		select {
		case <-time.After(pauseWhileBusy):
		case <-ctx.Done():
			return nil, fmt.Errorf("%s is busy: %w", name, ctx.Err())
		}
	}
	p := &pipeFile{handle: handle}
	for _, event := range []*syscall.Handle{&p.read.event, &p.write.event, &p.closing} {
		if *event, err = newEvent(); err != nil {
			syscall.CloseHandle(handle)
			return nil, err
		}
	}
	p.read.io = &syscall.Overlapped{HEvent: p.read.event}
	p.write.io = &syscall.Overlapped{HEvent: p.write.event}
	return p, nil
}

// owner is the SID of the pipe's owner, as text.
func (p *pipeFile) owner() (string, error) {
	var owner *syscall.SID
	var descriptor syscall.Handle
	status, _, _ := procGetSecurityInfo.Call(uintptr(p.handle), seKernelObject, ownerSecurityInformation,
		uintptr(unsafe.Pointer(&owner)), 0, 0, 0, uintptr(unsafe.Pointer(&descriptor)))
	if status != 0 {
		return "", fmt.Errorf("the pipe's owner can't be read: %w", syscall.Errno(status))
	}
	defer syscall.LocalFree(descriptor)
	return owner.String()
}

func currentUserSID() (string, error) {
	token, err := syscall.OpenCurrentProcessToken()
	if err != nil {
		return "", err
	}
	defer token.Close()
	user, err := token.GetTokenUser()
	if err != nil {
		return "", err
	}
	return user.User.Sid.String()
}

// run starts an operation and waits until it or the pipe has ended.
func (p *pipeFile) run(w *way, start func(*syscall.Overlapped) error) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if done, _ := syscall.WaitForSingleObject(p.closing, 0); done == syscall.WAIT_OBJECT_0 {
		return 0, io.ErrClosedPipe
	}
	*w.io = syscall.Overlapped{HEvent: w.event}
	if err := start(w.io); err != nil && err != syscall.ERROR_IO_PENDING {
		return 0, pipeError(err)
	}
	events := [2]syscall.Handle{w.event, p.closing}
	procWaitForMultiple.Call(2, uintptr(unsafe.Pointer(&events)), 0, syscall.INFINITE)
	if done, _ := syscall.WaitForSingleObject(w.event, 0); done != syscall.WAIT_OBJECT_0 {
		procCancelIoEx.Call(uintptr(p.handle), uintptr(unsafe.Pointer(w.io)))
	}
	var count uint32
	good, _, err := procGetOverlapped.Call(uintptr(p.handle), uintptr(unsafe.Pointer(w.io)),
		uintptr(unsafe.Pointer(&count)), 1)
	if good == 0 {
		return int(count), pipeError(err)
	}
	return int(count), nil
}

func pipeError(err error) error {
	switch err {
	case syscall.ERROR_BROKEN_PIPE, errorNoData, errorNotConnected:
		return io.EOF
	case syscall.ERROR_OPERATION_ABORTED:
		return io.ErrClosedPipe
	}
	return err
}

func (p *pipeFile) Read(into []byte) (int, error) {
	if len(into) == 0 {
		return 0, nil
	}
	count, err := p.run(&p.read, func(o *syscall.Overlapped) error { return syscall.ReadFile(p.handle, into, nil, o) })
	runtime.KeepAlive(into)
	return count, err
}

func (p *pipeFile) Write(from []byte) (int, error) {
	written := 0
	for written < len(from) {
		rest := from[written:]
		count, err := p.run(&p.write, func(o *syscall.Overlapped) error { return syscall.WriteFile(p.handle, rest, nil, o) })
		written += count
		if err == io.EOF {
			err = errors.New("the other end has closed it")
		}
		if err != nil {
			return written, err
		}
	}
	runtime.KeepAlive(from)
	return written, nil
}

// Close ends what runs and then the handle.
func (p *pipeFile) Close() error {
	p.once.Do(func() {
		procSetEvent.Call(uintptr(p.closing))
		p.read.lock.Lock()
		defer p.read.lock.Unlock()
		p.write.lock.Lock()
		defer p.write.lock.Unlock()
		syscall.CloseHandle(p.handle)
		p.handle = syscall.InvalidHandle
		syscall.CloseHandle(p.read.event)
		syscall.CloseHandle(p.write.event)
		// The closing event stays: who calls later still finds it set.
	})
	return nil
}
