#!lua flags=allow-oom
-- Stores how far a delivery got, for its next try.
-- KEYS 1 delivery, 2 leg fences
-- ARGV 1 leg name, 2 fence, 3 sealed note
-- Returns 1, or -1 when the fence was lost or the delivery is gone
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held or string.sub(held, 1, 16) ~= ARGV[2] then return -1 end
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
redis.call('HSET', KEYS[1], 'r', ARGV[3])
return 1
