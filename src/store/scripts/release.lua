#!lua flags=allow-oom
-- Lets go of a leg that was found empty.
-- Guarantee: a leg on which something was committed meanwhile stays due.
-- KEYS 1 leg, 2 legs due, 3 leg fences
-- ARGV 1 leg name
-- Returns 1 let go, 0 it isn't empty
if redis.call('LLEN', KEYS[1]) > 0 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
