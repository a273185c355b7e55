package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	waLog "go.mau.fi/whatsmeow/util/log"
)

type object = map[string]any

var stdout sync.Mutex

// say writes one line of JSON.
func say(line object) {
	octets, err := json.Marshal(line)
	if err != nil {
		octets, _ = json.Marshal(object{"event": "log", "level": "error", "text": err.Error()})
	}
	stdout.Lock()
	defer stdout.Unlock()
	_, _ = os.Stdout.Write(append(octets, '\n'))
}

// logger is whatsmeow's and libsignal's: all to stderr, warnings as events too. libsignal's own would write to stdout.
type logger struct{ module string }

func (l logger) write(level, format string, args ...any) {
	words := fmt.Sprintf(format, args...)
	fmt.Fprintf(os.Stderr, "%s %s %s %s\n", time.Now().Format("15:04:05.000"), level, l.module, words)
}

func (l logger) event(level, format string, args ...any) {
	l.write(level, format, args...)
	say(object{"event": "log", "level": level, "text": fmt.Sprintf(format, args...)})
}

func (l logger) Debugf(format string, args ...any) {
	if *debug {
		l.write("debug", format, args...)
	}
}
func (l logger) Infof(format string, args ...any)  { l.write("info", format, args...) }
func (l logger) Warnf(format string, args ...any)  { l.event("warn", format, args...) }
func (l logger) Errorf(format string, args ...any) { l.event("error", format, args...) }
func (l logger) Sub(module string) waLog.Logger    { return logger{l.module + "/" + module} }

func (l logger) Debug(string, string)           {}
func (l logger) Info(string, string)            {}
func (l logger) Warning(caller, message string) { l.write("warn", "libsignal %s: %s", caller, message) }
func (l logger) Error(caller, message string)   { l.write("error", "libsignal %s: %s", caller, message) }
func (l logger) Configure(string)               {}
