#!lua flags=allow-oom
-- Compare-and-set queued -> sending, just before the first octet goes out: from here on it may have happened.
-- Guarantee: only the holder of the leg's fence, only the head of the leg, only under the gates it was committed under: the
-- conversation's, and its leg's own where it has one.
-- KEYS 1 conversation, 2 delivery, 3 leg, 4 legs due, 5 leg fences
-- ARGV 1 leg name, 2 fence, 3 delivery id, 4 lease in ms
-- Returns 1 marked (also when it was already, under this fence and these gates), 0 gone or cancelled, -1 the fence was lost
local held = redis.call('HGET', KEYS[5], ARGV[1])
if not held or string.sub(held, 1, 16) ~= ARGV[2] then return -1 end
local record = redis.call('HMGET', KEYS[2], 's', 'g')
if not record[1] or redis.call('LINDEX', KEYS[3], 0) ~= ARGV[3] then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if record[1] ~= 'q' and record[1] ~= 's' then return 0 end
local gates = redis.call('HMGET', KEYS[1], 'g', 'g:' .. ARGV[1])
if record[2] ~= (gates[2] and gates[1] .. '.' .. gates[2] or gates[1]) then return 0 end
if record[1] == 'q' then
  redis.call('HSET', KEYS[2], 's', 's')
  redis.call('HSETNX', KEYS[2], 't', now)
  redis.call('HINCRBY', KEYS[2], 'a', 1)
end
redis.call('ZADD', KEYS[4], now + ARGV[4], ARGV[1])
return 1
