#!lua flags=allow-oom
-- Puts a value in the place of another one in a field of a hash: what was sealed by a retired key, sealed anew.
-- Guarantee: whoever changed the field meanwhile isn't undone.
-- KEYS 1 hash
-- ARGV 1 field, 2 value as it was read, 3 the new one
-- Returns 1 swapped, 0 it is another value by now, or none
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
