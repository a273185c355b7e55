#!lua flags=allow-oom
-- Writes down an identity that a person is about to get.
-- Guarantee: not for who isn't there, is about to become a part of somebody else, or is being forgotten.
-- KEYS 1 person
-- ARGV 1 identity, 2 the identity sealed by the person's key
-- Returns 1 written, or theirs already; 0 they can't get it
if redis.call('HEXISTS', KEYS[1], 'i:' .. ARGV[1]) == 1 then return 1 end
local person = redis.call('HMGET', KEYS[1], 'k', 'm', 'a', 'x')
if not person[1] or person[2] or person[3] or person[4] then return 0 end
redis.call('HSET', KEYS[1], 'j:' .. ARGV[1], ARGV[2])
return 1
