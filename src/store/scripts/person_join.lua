#!lua flags=allow-oom
-- Notes under a person that they sit in a conversation.
-- Guarantee: not under somebody who isn't there any more, or is being forgotten.
-- KEYS 1 person
-- ARGV 1 field, 2 the note, sealed
-- Returns 1 noted, 0 they are gone
local person = redis.call('HMGET', KEYS[1], 'k', 'x')
if not person[1] or person[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
