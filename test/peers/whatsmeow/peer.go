package main

import (
	"context"
	"database/sql"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// peer is one phone: a client, and what it sent and got, for quotes, retries and downloads.
type peer struct {
	client *whatsmeow.Client
	db     *sql.DB
	work   chan func()
	mutex  sync.Mutex
	sent   map[string]*waE2E.Message
	got    map[string]*events.Message
}

func newPeer(client *whatsmeow.Client, db *sql.DB) *peer {
	p := &peer{
		client: client,
		db:     db,
		work:   make(chan func(), 1),
		sent:   map[string]*waE2E.Message{},
		got:    map[string]*events.Message{},
	}
	client.SynchronousAck = *syncAck
	client.GetMessageForRetry = p.messageForRetry
	client.AddEventHandler(p.event)
	return p
}

func (p *peer) messageForRetry(requester, to types.JID, id types.MessageID) *waE2E.Message {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	message := p.sent[id]
	say(object{"event": "retry-asked", "id": id, "by": requester.String(), "to": to.String(), "have": message != nil})
	return message
}

func (p *peer) received(id string) *events.Message {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.got[id]
}

// marker is a count that no server sends: it says that the work of onQueue has its turn.
const marker = -7700

// onQueue runs f on whatsmeow's own queue of nodes. whatsmeow, like Baileys, loses a session's update when a send and a
// decryption of the same person meet: both read, change and write it without a common lock. Nodes are handled one by one
// there, so a send on it meets none, and a loss that a test sees is the other side's. A made-up <ib><offline/></ib> gets in.
func (p *peer) onQueue(ctx context.Context, f func()) error {
	if !*serial || !p.client.IsLoggedIn() {
		f()
		return nil
	}
	frame, err := binary.Marshal(binary.Node{
		Tag:     "ib",
		Attrs:   binary.Attrs{"from": types.ServerJID},
		Content: []binary.Node{{Tag: "offline", Attrs: binary.Attrs{"count": strconv.Itoa(marker)}}},
	})
	if err != nil {
		return err
	}
	done := make(chan struct{})
	p.work <- func() { f(); close(done) }
	p.client.DangerousInternals().HandleFrame(ctx, frame)
	<-done
	return nil
}

// send sends under the id that is given, or a new one, and waits for the server's ack.
func (p *peer) send(ctx context.Context, id string, to types.JID, message *waE2E.Message) (object, error) {
	if id == "" {
		id = p.client.GenerateMessageID()
	}
	p.mutex.Lock()
	p.sent[id] = message
	p.mutex.Unlock()
	extra := whatsmeow.SendRequestExtra{ID: id, Timeout: 15 * time.Second}
	var response whatsmeow.SendResponse
	var failed error
	err := p.onQueue(ctx, func() { response, failed = p.client.SendMessage(ctx, to, message, extra) })
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, failed
	}
	return object{"id": response.ID, "t": response.Timestamp.Unix(), "sender": response.Sender.String()}, nil
}
