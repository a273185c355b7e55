// A WhatsApp phone made of whatsmeow, an implementation of the protocol that nobody here wrote. It is driven by JSON lines:
// commands on stdin, answers and events on stdout (README.md). whatsmeow runs unmodified: what it exports is enough.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	siglog "go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store/sqlstore"
	_ "modernc.org/sqlite"
)

var (
	store   = flag.String("store", "peer.db", "the device's store, an SQLite file")
	server  = flag.String("server", "", "the loopback server, ws://127.0.0.1:PORT/ws/chat")
	root    = flag.String("root", "", "the server's root key, 32 octets in hex; empty: the genuine one")
	ca      = flag.String("ca", "", "PEM file: the only CA that is trusted for media")
	name    = flag.String("name", "Peer", "the push name")
	debug   = flag.Bool("debug", false, "whatsmeow's debug log on stderr")
	serial  = flag.Bool("serial", true, "send on whatsmeow's node queue, so that no send meets a decryption")
	syncAck = flag.Bool("sync-ack", false, "acknowledge a stanza only after its event was written")
)

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	log := logger{module: *name}
	var signal siglog.Loggable = log
	siglog.Setup(&signal)
	if err := trustRoot(*root); err != nil {
		return err
	}
	p, err := openPeer(ctx, log)
	if err != nil {
		return err
	}
	say(object{"event": "ready", "paired": p.client.Store.ID != nil, "pid": os.Getpid()})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	// In order, one at a time: whatsmeow sends one message at a time anyway. It ends with stdin, so with its test.
	for lines.Scan() {
		answer(ctx, p, lines.Bytes())
	}
	p.client.Disconnect()
	return nil
}

// answer carries out one line.
func answer(ctx context.Context, p *peer, line []byte) {
	var c command
	if err := json.Unmarshal(line, &c); err != nil {
		say(object{"error": err.Error()})
		return
	}
	result, err := p.carryOut(ctx, c)
	if err != nil {
		say(object{"id": c.ID, "error": err.Error()})
		return
	}
	if result == nil {
		result = object{}
	}
	say(object{"id": c.ID, "result": result})
}

// trustRoot makes a test's root the one that whatsmeow checks the certificate chain with.
func trustRoot(key string) error {
	if key == "" {
		return nil
	}
	octets, err := hex.DecodeString(key)
	if err != nil || len(octets) != len(whatsmeow.WACertPubKey) {
		return fmt.Errorf("-root: found %q, expected 32 octets in hex", key)
	}
	copy(whatsmeow.WACertPubKey[:], octets)
	return nil
}

func openPeer(ctx context.Context, log logger) (*peer, error) {
	// A test's store needs no disk: it has to outlive the process, not the machine.
	const pragmas = "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_pragma=journal_mode(MEMORY)"
	db, err := sql.Open("sqlite", "file:"+*store+pragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	container := sqlstore.NewWithDB(db, "sqlite3", log.Sub("store"))
	if err = container.Upgrade(ctx); err != nil {
		return nil, err
	}
	device, err := container.GetFirstDevice(ctx)
	if err != nil {
		return nil, err
	}
	device.PushName = *name
	client := whatsmeow.NewClient(device, log)
	if err = stayOnLoopback(client, *server, *ca); err != nil {
		return nil, err
	}
	return newPeer(client, db), nil
}
