#!lua flags=allow-oom
-- Takes a delivery off its leg with what became of it, and goes on with the next one of the leg.
-- Guarantee: only the holder of the leg's fence; the message map and the end of the delivery are one step; the next one is
-- marked as sending only when it is the one the caller holds in memory, under an unchanged gate and before its deadline.
-- KEYS 1 conversation, 2 delivery, 3 leg, 4 legs due, 5 leg fences, 6 map bucket, 7 the next delivery, 8 where it is kept
--      ('parked' or 'buried' by the time it ends), 9.. a bucket for each reverse reference
-- ARGV 1 leg name, 2 fence, 3 delivery id, 4 'done', 'drop', 'park' or 'bury', 5 lease in ms, 6 id of the next delivery or '',
--      7 map field, 8 map entry ('' for none), 9 expiry of the map bucket (ms since 1970), 10 until when it is kept (ms),
--      11 sealed note (why it is kept) or '', then field, value for each reverse reference
-- Returns -1 the fence was lost, -2 it isn't the head of its leg (settled already), 0 nothing is left on the leg,
--         1 the next one is marked, 2 there is more to load
local held = redis.call('HGET', KEYS[5], ARGV[1])
if not held or string.sub(held, 1, 16) ~= ARGV[2] then return -1 end
local heads = redis.call('LRANGE', KEYS[3], 0, 1)
if heads[1] ~= ARGV[3] then return -2 end
redis.call('LPOP', KEYS[3])
if ARGV[4] == 'park' or ARGV[4] == 'bury' then
  redis.call('HSET', KEYS[2], 's', ARGV[4] == 'park' and 'u' or 'b', 'w', ARGV[11])
  redis.call('ZADD', KEYS[8], ARGV[10], ARGV[3])
else
  redis.call('DEL', KEYS[2])
end
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[6], ARGV[7], ARGV[8])
  if redis.call('HLEN', KEYS[6]) == 1 then redis.call('PEXPIREAT', KEYS[6], ARGV[9]) end
end
for i = 9, #KEYS do
  local a = 12 + (i - 9) * 2
  redis.call('HSET', KEYS[i], ARGV[a], ARGV[a + 1])
  if redis.call('HLEN', KEYS[i]) == 1 then redis.call('PEXPIREAT', KEYS[i], ARGV[9]) end
end
local head = heads[2]
if not head then
  redis.call('ZREM', KEYS[4], ARGV[1])
  redis.call('HDEL', KEYS[5], ARGV[1])
  return 0
end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[4], now + ARGV[5], ARGV[1])
if head == ARGV[6] then
  local record = redis.call('HMGET', KEYS[7], 's', 'g', 'd', 'a', 't')
  local gates = redis.call('HMGET', KEYS[1], 'g', 'g:' .. ARGV[1])
  local open = record[2] == (gates[2] and gates[1] .. '.' .. gates[2] or gates[1])
  if record[1] == 'q' and open and tonumber(record[3]) > now then
    redis.call('HSET', KEYS[7], 's', 's', 'a', record[4] + 1, 't', record[5] or now)
    return 1
  end
end
return 2
