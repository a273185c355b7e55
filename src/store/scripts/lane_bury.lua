#!lua flags=allow-oom
-- Moves the head of a lane, which can't be worked on, to the operator's buried events.
-- Guarantee: only the holder of the fence does it; the event is in exactly one of the two places.
-- KEYS 1 lanes due, 2 lane fences, 3 lane, 4 buried events, 5 buried events by the time they end
-- ARGV 1 lane name, 2 fence, 3 id of the buried event, 4 record (what is known of it, without the event), 5 its end (ms)
-- Returns how many are left in the lane, or -1 when the fence was lost
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held or string.sub(held, 1, 16) ~= ARGV[2] then return -1 end
local item = redis.call('LPOP', KEYS[3])
if item then
  redis.call('HSET', KEYS[4], ARGV[3], ARGV[4], ARGV[3] .. ':item', item, ARGV[3] .. ':lane', ARGV[1])
  redis.call('ZADD', KEYS[5], ARGV[5], ARGV[3])
end
local n = redis.call('LLEN', KEYS[3])
if n == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return n
