#!lua flags=allow-oom
-- Takes away which leg a native chat is.
-- Guarantee: a chat that is another conversation's by now, or another leg's, stays that one's.
-- KEYS 1 the chat: `conversation:leg`
-- ARGV 1 the conversation, or the leg, that it no longer is
-- Returns 1 it is nobody's now, 0 it wasn't theirs
local conversation, leg = string.match(redis.call('GET', KEYS[1]) or '', '^([^:]+):(.+)$')
if conversation ~= ARGV[1] and leg ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
