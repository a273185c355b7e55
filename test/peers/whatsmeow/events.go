package main

import (
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow/types/events"
)

// event writes what whatsmeow tells as a line. An event that isn't here is a line with its name alone.
func (p *peer) event(what any) {
	switch e := what.(type) {
	case *events.QR:
		say(object{"event": "qr", "codes": e.Codes})
	case *events.PairSuccess:
		say(object{"event": "paired", "jid": e.ID.String(), "lid": e.LID.String()})
	case *events.PairError:
		say(object{"event": "pair-error", "error": e.Error.Error()})
	case *events.Connected:
		own := p.client.Store
		say(object{"event": "connected", "jid": own.GetJID().String(), "lid": own.GetLID().String()})
	case *events.Message:
		p.message(e)
	case *events.UndecryptableMessage:
		say(object{"event": "undecryptable", "id": e.Info.ID, "chat": e.Info.Chat.String(),
			"sender": e.Info.Sender.String(), "unavailable": e.IsUnavailable})
	case *events.Receipt:
		kind := string(e.Type)
		if kind == "" {
			kind = "delivered"
		}
		say(object{"event": "receipt", "type": kind, "ids": e.MessageIDs, "chat": e.Chat.String(),
			"sender": e.Sender.String(), "fromMe": e.IsFromMe})
	case *events.ChatPresence:
		say(object{"event": "typing", "chat": e.Chat.String(), "sender": e.Sender.String(), "state": e.State})
	case *events.Presence:
		say(object{"event": "presence", "from": e.From.String(), "unavailable": e.Unavailable})
	case *events.GroupInfo:
		say(object{"event": "group", "jid": e.JID.String(), "join": e.Join, "leave": e.Leave,
			"ephemeral": e.Ephemeral, "name": e.Name})
	case *events.JoinedGroup:
		say(object{"event": "joined", "jid": e.JID.String(), "name": e.Name, "members": len(e.Participants)})
	case *events.HistorySync:
		say(object{"event": "history", "type": e.Data.GetSyncType().String(),
			"conversations": len(e.Data.GetConversations()), "lids": len(e.Data.GetPhoneNumberToLidMappings())})
	case *events.LoggedOut:
		say(object{"event": "logged-out", "reason": int(e.Reason)})
	case *events.StreamReplaced:
		say(object{"event": "replaced"})
	case *events.OfflineSyncCompleted:
		if e.Count == marker {
			(<-p.work)()
			return
		}
		say(object{"event": "offline", "count": e.Count})
	default:
		say(object{"event": strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", what), "*events."))})
	}
}
