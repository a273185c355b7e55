#!lua flags=allow-oom
-- Puts a parked or buried delivery back at the end of its leg, or drops it.
-- Guarantee: each is revived or dropped once; what was dropped or has ended stays so. What was decided before the gate was
-- closed isn't sent any more: it ends here.
-- KEYS 1 where it is kept, 2 delivery, 3 leg, 4 legs due, 5 conversation
-- ARGV 1 delivery id, 2 leg name, 3 'again' or 'drop'
-- Returns 1 done, 0 it isn't kept (any more)
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[3] == 'drop' then
  redis.call('DEL', KEYS[2])
  return 1
end
local gates = redis.call('HMGET', KEYS[5], 'g', 'g:' .. ARGV[2])
if redis.call('HGET', KEYS[2], 'g') ~= (gates[2] and gates[1] .. '.' .. gates[2] or gates[1]) then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('HSET', KEYS[2], 's', 'q', 'a', 0)
redis.call('HDEL', KEYS[2], 'w', 't')
redis.call('HINCRBY', KEYS[2], 'x', 1)
if redis.call('RPUSH', KEYS[3], ARGV[1]) == 1 then
  local t = redis.call('TIME')
  redis.call('ZADD', KEYS[4], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[2])
end
return 1
