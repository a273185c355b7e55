package main

import (
	"context"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

func parseJIDs(given []string) ([]types.JID, error) {
	parsed := make([]types.JID, 0, len(given))
	for _, one := range given {
		jid, err := types.ParseJID(one)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, jid)
	}
	return parsed, nil
}

func createGroup(ctx context.Context, p *peer, c command) (object, error) {
	members, err := parseJIDs(c.Members)
	if err != nil {
		return nil, err
	}
	group, err := p.client.CreateGroup(ctx, whatsmeow.ReqCreateGroup{Name: c.Name, Participants: members})
	if err != nil {
		return nil, err
	}
	return object{"jid": group.JID.String(), "members": len(group.Participants), "mode": group.AddressingMode}, nil
}

func groupInfo(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	group, err := p.client.GetGroupInfo(ctx, jid)
	if err != nil {
		return nil, err
	}
	return object{"group": group}, nil
}

func groupMembers(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	members, err := parseJIDs(c.Members)
	if err != nil {
		return nil, err
	}
	change := whatsmeow.ParticipantChangeAdd
	if c.Do == "group-remove" {
		change = whatsmeow.ParticipantChangeRemove
	}
	_, err = p.client.UpdateGroupParticipants(ctx, jid, members, change)
	return nil, err
}

// groups lists the groups that the phone is in, as it shows them.
func groups(ctx context.Context, p *peer, _ command) (object, error) {
	joined, err := p.client.GetJoinedGroups(ctx)
	if err != nil {
		return nil, err
	}
	shown := []object{}
	for _, group := range joined {
		members := []string{}
		for _, member := range group.Participants {
			members = append(members, member.JID.String())
		}
		shown = append(shown, object{"jid": group.JID.String(), "name": group.Name, "members": members,
			"locked": group.IsLocked, "addMode": group.MemberAddMode})
	}
	return object{"groups": shown}, nil
}

func leaveGroup(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	return nil, p.client.LeaveGroup(ctx, jid)
}

func nameGroup(ctx context.Context, p *peer, c command) (object, error) {
	jid, err := types.ParseJID(c.JID)
	if err != nil {
		return nil, err
	}
	return nil, p.client.SetGroupName(ctx, jid, c.Name)
}
