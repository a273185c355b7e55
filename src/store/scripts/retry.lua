#!lua flags=allow-oom
-- Puts the head of a leg back: it surely didn't happen, and is due again later. The leg stays with its holder.
-- KEYS 1 delivery, 2 legs due, 3 leg fences
-- ARGV 1 leg name, 2 fence, 3 ms from now, 4 '1' when the try doesn't count (waiting is no attempt), '0' when it does: it was
--      counted by its mark, else it is counted here
-- Returns 1, or -1 when the fence was lost or the delivery is gone
local held = redis.call('HGET', KEYS[3], ARGV[1])
if not held or string.sub(held, 1, 16) ~= ARGV[2] then return -1 end
local state = redis.call('HGET', KEYS[1], 's')
if state ~= 's' and state ~= 'q' then return -1 end
if state == 's' and ARGV[4] == '1' then redis.call('HINCRBY', KEYS[1], 'a', -1) end
if state == 'q' and ARGV[4] == '0' then redis.call('HINCRBY', KEYS[1], 'a', 1) end
redis.call('HSET', KEYS[1], 's', 'q')
local t = redis.call('TIME')
redis.call('ZADD', KEYS[2], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[3], ARGV[1])
return 1
