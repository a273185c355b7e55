package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// command is one line on stdin: what to do, and the fields that it needs. README.md says which.
type command struct {
	ID         int             `json:"id"`
	Do         string          `json:"do"`
	To         string          `json:"to"`
	JID        string          `json:"jid"`
	Sender     string          `json:"sender"`
	Phone      string          `json:"phone"`
	Text       string          `json:"text"`
	Message    string          `json:"message"`
	Target     string          `json:"target"`
	Quote      string          `json:"quote"`
	Mention    []string        `json:"mention"`
	Expiration uint32          `json:"expiration"`
	Raw        json.RawMessage `json:"raw"`
	IDs        []string        `json:"ids"`
	State      string          `json:"state"`
	Name       string          `json:"name"`
	Members    []string        `json:"members"`
	Options    []string        `json:"options"`
	Choices    int             `json:"choices"`
	File       string          `json:"file"`
	Mime       string          `json:"mime"`
	Caption    string          `json:"caption"`
	Voice      bool            `json:"voice"`
	What       string          `json:"what"`
	Seconds    int             `json:"seconds"`
}

type handler func(context.Context, *peer, command) (object, error)

var commands map[string]handler

func init() {
	commands = map[string]handler{
		"connect":      connect,
		"disconnect":   disconnect,
		"logout":       logout,
		"pair-code":    pairCode,
		"me":           me,
		"send":         sendText,
		"raw":          sendRaw,
		"react":        react,
		"edit":         edit,
		"revoke":       revoke,
		"poll":         poll,
		"vote":         vote,
		"image":        sendMedia,
		"document":     sendMedia,
		"audio":        sendMedia,
		"download":     download,
		"read":         read,
		"typing":       typing,
		"presence":     presence,
		"subscribe":    subscribe,
		"disappearing": disappearing,
		"group":        createGroup,
		"group-info":   groupInfo,
		"group-add":    groupMembers,
		"group-remove": groupMembers,
		"groups":       groups,
		"group-leave":  leaveGroup,
		"group-name":   nameGroup,
		"devices":      devices,
		"exists":       exists,
		"lose":         lose,
	}
}

func (p *peer) carryOut(ctx context.Context, c command) (object, error) {
	run, known := commands[c.Do]
	if !known {
		return nil, fmt.Errorf("found no command %q", c.Do)
	}
	return run(ctx, p, c)
}

func connect(_ context.Context, p *peer, _ command) (object, error) {
	return nil, p.client.Connect()
}

func disconnect(_ context.Context, p *peer, _ command) (object, error) {
	p.client.Disconnect()
	return nil, nil
}

func logout(ctx context.Context, p *peer, _ command) (object, error) {
	return nil, p.client.Logout(ctx)
}

// pairCode asks for a pairing code; after the first "qr" event.
func pairCode(ctx context.Context, p *peer, c command) (object, error) {
	code, err := p.client.PairPhone(ctx, c.Phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	return object{"code": code}, err
}

func me(_ context.Context, p *peer, _ command) (object, error) {
	own := p.client.Store
	return object{
		"jid": own.GetJID().String(), "lid": own.GetLID().String(),
		"connected": p.client.IsConnected(), "loggedIn": p.client.IsLoggedIn(),
	}, nil
}

func sendText(ctx context.Context, p *peer, c command) (object, error) {
	to, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	message := &waE2E.Message{Conversation: proto.String(c.Text)}
	if info := p.contextInfo(c); info != nil {
		text := &waE2E.ExtendedTextMessage{Text: proto.String(c.Text), ContextInfo: info}
		message = &waE2E.Message{ExtendedTextMessage: text}
	}
	return p.send(ctx, c.Message, to, message)
}

// contextInfo is what a message says of its quote, its mentions and its end; nil when there is nothing to say.
func (p *peer) contextInfo(c command) *waE2E.ContextInfo {
	if c.Quote == "" && c.Expiration == 0 && len(c.Mention) == 0 {
		return nil
	}
	info := &waE2E.ContextInfo{MentionedJID: c.Mention}
	if c.Expiration > 0 {
		info.Expiration = proto.Uint32(c.Expiration)
	}
	if c.Quote == "" {
		return info
	}
	info.StanzaID = proto.String(c.Quote)
	if quoted := p.received(c.Quote); quoted != nil {
		info.Participant = proto.String(quoted.Info.Sender.ToNonAD().String())
		info.QuotedMessage = quoted.Message
		return info
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	info.Participant = proto.String(p.client.Store.GetJID().ToNonAD().String())
	info.QuotedMessage = p.sent[c.Quote]
	return info
}

// sendRaw sends what the protojson of a waE2E.Message says.
func sendRaw(ctx context.Context, p *peer, c command) (object, error) {
	to, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	message := &waE2E.Message{}
	if err = protojson.Unmarshal(c.Raw, message); err != nil {
		return nil, err
	}
	return p.send(ctx, c.Message, to, message)
}

func react(ctx context.Context, p *peer, c command) (object, error) {
	chat, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	sender, err := types.ParseJID(c.Sender)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c.Message, chat, p.client.BuildReaction(chat, sender, c.Target, c.Text))
}

func edit(ctx context.Context, p *peer, c command) (object, error) {
	chat, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	text := &waE2E.Message{Conversation: proto.String(c.Text)}
	return p.send(ctx, c.Message, chat, p.client.BuildEdit(chat, c.Target, text))
}

// revoke deletes for everyone: an own message, or with a sender that of another, as a group's admin.
func revoke(ctx context.Context, p *peer, c command) (object, error) {
	chat, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	var sender types.JID
	if c.Sender != "" {
		if sender, err = types.ParseJID(c.Sender); err != nil {
			return nil, err
		}
	}
	return p.send(ctx, c.Message, chat, p.client.BuildRevoke(chat, sender, c.Target))
}

func poll(ctx context.Context, p *peer, c command) (object, error) {
	to, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c.Message, to, p.client.BuildPollCreation(c.Text, c.Options, c.Choices))
}

func vote(ctx context.Context, p *peer, c command) (object, error) {
	asked := p.received(c.Target)
	if asked == nil {
		return nil, fmt.Errorf("found no poll with this id")
	}
	message, err := p.client.BuildPollVote(ctx, &asked.Info, c.Options)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c.Message, asked.Info.Chat, message)
}

func read(ctx context.Context, p *peer, c command) (object, error) {
	chat, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	sender := chat
	if c.Sender != "" {
		if sender, err = types.ParseJID(c.Sender); err != nil {
			return nil, err
		}
	}
	return nil, p.client.MarkRead(ctx, c.IDs, time.Now(), chat, sender)
}

func typing(ctx context.Context, p *peer, c command) (object, error) {
	to, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	return nil, p.client.SendChatPresence(ctx, to, types.ChatPresence(c.State), types.ChatPresenceMediaText)
}

func presence(ctx context.Context, p *peer, c command) (object, error) {
	return nil, p.client.SendPresence(ctx, types.Presence(c.State))
}

func subscribe(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	return nil, p.client.SubscribePresence(ctx, jid)
}

func disappearing(ctx context.Context, p *peer, c command) (object, error) {
	chat, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	var failed error
	err = p.onQueue(ctx, func() {
		failed = p.client.SetDisappearingTimer(ctx, chat, time.Duration(c.Seconds)*time.Second, time.Now())
	})
	if err != nil {
		return nil, err
	}
	return nil, failed
}

func devices(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	found, err := p.client.GetUserDevices(ctx, []types.JID{jid})
	return object{"devices": found}, err
}

func exists(ctx context.Context, p *peer, c command) (object, error) {
	found, err := p.client.IsOnWhatsApp(ctx, []string{c.Phone})
	return object{"found": found}, err
}

// What "lose" can forget: tables of whatsmeow's store.
var losable = []string{"sessions", "sender_keys", "identity_keys", "pre_keys"}

// lose forgets Signal state, as a phone does that was restored from an old backup.
func lose(ctx context.Context, p *peer, c command) (object, error) {
	if !slices.Contains(losable, c.What) {
		return nil, fmt.Errorf("found %q, expected one of %v", c.What, losable)
	}
	result, err := p.db.ExecContext(ctx, "DELETE FROM whatsmeow_"+c.What)
	if err != nil {
		return nil, err
	}
	rows, err := result.RowsAffected()
	return object{"rows": rows}, err
}

func readFile(c command) ([]byte, error) {
	if c.File == "" {
		return nil, fmt.Errorf("%s: expected a file", c.Do)
	}
	return os.ReadFile(c.File)
}
