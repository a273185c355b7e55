#!lua flags=allow-oom
-- What was written down as about to be a person's identity is theirs from now on.
-- KEYS 1 person
-- ARGV 1 identity
-- Returns 1 theirs, 0 nothing was written down
local sealed = redis.call('HGET', KEYS[1], 'j:' .. ARGV[1])
if not sealed then return redis.call('HEXISTS', KEYS[1], 'i:' .. ARGV[1]) end
redis.call('HSET', KEYS[1], 'i:' .. ARGV[1], sealed)
redis.call('HDEL', KEYS[1], 'j:' .. ARGV[1])
return 1
