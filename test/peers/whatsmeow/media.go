package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

var mediaTypes = map[string]whatsmeow.MediaType{
	"image":    whatsmeow.MediaImage,
	"document": whatsmeow.MediaDocument,
	"audio":    whatsmeow.MediaAudio,
}

// sendMedia encrypts a file, uploads it and sends where it lies.
func sendMedia(ctx context.Context, p *peer, c command) (object, error) {
	to, err := types.ParseJID(c.To)
	if err != nil {
		return nil, err
	}
	data, err := readFile(c)
	if err != nil {
		return nil, err
	}
	uploaded, err := p.client.Upload(ctx, data, mediaTypes[c.Do])
	if err != nil {
		return nil, err
	}
	return p.send(ctx, c.Message, to, mediaMessage(c, &uploaded, p.contextInfo(c)))
}

func mediaMessage(c command, up *whatsmeow.UploadResponse, info *waE2E.ContextInfo) *waE2E.Message {
	mime := proto.String(c.Mime)
	switch c.Do {
	case "image":
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256,
			FileSHA256: up.FileSHA256, FileLength: &up.FileLength, Mimetype: mime, ContextInfo: info,
			Caption: proto.String(c.Caption),
		}}
	case "document":
		return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256,
			FileSHA256: up.FileSHA256, FileLength: &up.FileLength, Mimetype: mime, ContextInfo: info,
			Caption: proto.String(c.Caption), FileName: proto.String(c.Name),
		}}
	default:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256,
			FileSHA256: up.FileSHA256, FileLength: &up.FileLength, Mimetype: mime, ContextInfo: info,
			PTT: proto.Bool(c.Voice),
		}}
	}
}

// download fetches and opens the media of a message that came, and gives its digest.
func download(ctx context.Context, p *peer, c command) (object, error) {
	message := p.received(c.Target)
	if message == nil {
		return nil, fmt.Errorf("found no message with this id")
	}
	data, err := p.client.DownloadAny(ctx, message.Message)
	if err != nil {
		return nil, err
	}
	if c.File != "" {
		if err = os.WriteFile(c.File, data, 0o600); err != nil {
			return nil, err
		}
	}
	digest := sha256.Sum256(data)
	return object{"octets": len(data), "sha256": hex.EncodeToString(digest[:])}, nil
}
