#!lua flags=allow-oom
-- Gives a seat of a conversation, with its legs, to another person.
-- Guarantee: only in the conversation as it was read; what was decided on it before is stale afterwards.
-- KEYS 1 conversation
-- ARGV 1 version, then field, value for each change
-- Returns 1 given, 0 the version is another by now
if redis.call('HGET', KEYS[1], 'v') ~= ARGV[1] then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HINCRBY', KEYS[1], 'v', 1)
return 1
