package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/encoding/protojson"
)

// message writes a message as a line: what it is in `kind`, its words in `text`, and the whole decrypted protobuf in `raw`,
// which a test searches for what must not be there.
func (p *peer) message(e *events.Message) {
	p.mutex.Lock()
	p.got[e.Info.ID] = e
	p.mutex.Unlock()
	raw, err := protojson.Marshal(e.RawMessage)
	if err != nil {
		raw = []byte("null")
	}
	line := object{
		"event": "message", "id": e.Info.ID, "chat": e.Info.Chat.String(), "sender": e.Info.Sender.String(),
		"alt": e.Info.SenderAlt.String(), "fromMe": e.Info.IsFromMe, "group": e.Info.IsGroup,
		"push": e.Info.PushName, "t": e.Info.Timestamp.Unix(), "retry": e.RetryCount, "ephemeral": e.IsEphemeral,
		"viewOnce": e.IsViewOnce, "raw": json.RawMessage(raw),
	}
	p.describe(e, line)
	describeContext(e.Message, line)
	say(line)
}

// describe sets `kind` and `text`, and what belongs to the kind.
func (p *peer) describe(e *events.Message, line object) {
	kind, text := "other", ""
	m := e.Message
	switch {
	case m.GetProtocolMessage() != nil:
		protocol := m.GetProtocolMessage()
		kind = strings.ToLower(protocol.GetType().String())
		line["target"] = key(protocol.GetKey())
		text = wordsOf(protocol.GetEditedMessage())
		if protocol.GetType() == waE2E.ProtocolMessage_EPHEMERAL_SETTING {
			line["expiration"] = protocol.GetEphemeralExpiration()
		}
	case m.GetReactionMessage() != nil:
		kind, text = "reaction", m.GetReactionMessage().GetText()
		line["target"] = key(m.GetReactionMessage().GetKey())
	case m.GetPollUpdateMessage() != nil:
		kind = "vote"
		line["target"] = key(m.GetPollUpdateMessage().GetPollCreationMessageKey())
		p.describeVote(e, line)
	case pollOf(m) != nil:
		kind, text = "poll", pollOf(m).GetName()
		names := []string{}
		for _, option := range pollOf(m).GetOptions() {
			names = append(names, option.GetOptionName())
		}
		line["options"] = names
	case m.GetImageMessage() != nil:
		kind, text = "image", m.GetImageMessage().GetCaption()
	case m.GetDocumentMessage() != nil:
		kind, text = "document", m.GetDocumentMessage().GetCaption()
		line["name"] = m.GetDocumentMessage().GetFileName()
	case m.GetAudioMessage() != nil:
		kind = "audio"
	case m.GetVideoMessage() != nil:
		kind, text = "video", m.GetVideoMessage().GetCaption()
	case m.GetContactMessage() != nil:
		kind, text = "contact", m.GetContactMessage().GetVcard()
	case wordsOf(m) != "":
		kind, text = "text", wordsOf(m)
	case m.GetSenderKeyDistributionMessage() != nil:
		kind = "sender-key"
	}
	line["kind"], line["text"] = kind, text
}

func (p *peer) describeVote(e *events.Message, line object) {
	vote, err := p.client.DecryptPollVote(context.Background(), e)
	if err != nil {
		line["error"] = err.Error()
		return
	}
	selected := []string{}
	for _, digest := range vote.GetSelectedOptions() {
		selected = append(selected, hex.EncodeToString(digest))
	}
	line["selected"] = selected
}

// describeContext sets the quote, the timer and the mentions.
func describeContext(m *waE2E.Message, line object) {
	info := contextOf(m)
	if info == nil {
		return
	}
	if info.GetStanzaID() != "" {
		line["quote"] = object{"id": info.GetStanzaID(), "participant": info.GetParticipant(),
			"text": wordsOf(info.GetQuotedMessage())}
	}
	if info.Expiration != nil {
		line["expiration"] = info.GetExpiration()
	}
	if len(info.GetMentionedJID()) > 0 {
		line["mention"] = info.GetMentionedJID()
	}
}

func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	parts := []interface{ GetContextInfo() *waE2E.ContextInfo }{
		m.GetExtendedTextMessage(), m.GetImageMessage(), m.GetDocumentMessage(), m.GetAudioMessage(),
		m.GetVideoMessage(), m.GetContactMessage(), m.GetLocationMessage(), m.GetStickerMessage(),
	}
	for _, part := range parts {
		if info := part.GetContextInfo(); info != nil {
			return info
		}
	}
	return nil
}

func wordsOf(m *waE2E.Message) string {
	return m.GetConversation() + m.GetExtendedTextMessage().GetText()
}

func pollOf(m *waE2E.Message) *waE2E.PollCreationMessage {
	for _, poll := range []*waE2E.PollCreationMessage{
		m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3(),
	} {
		if poll != nil {
			return poll
		}
	}
	return nil
}

func key(k *waCommon.MessageKey) object {
	if k == nil {
		return nil
	}
	return object{"id": k.GetID(), "chat": k.GetRemoteJID(), "fromMe": k.GetFromMe(), "participant": k.GetParticipant()}
}
