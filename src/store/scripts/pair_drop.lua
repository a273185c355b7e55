#!lua flags=allow-oom
-- Forgets a pair of phone and number at once, without a cool-down.
-- Guarantee: a pair that another conversation has by now stays. Once nothing is held, all goes when the last has cooled down.
-- KEYS 1 the phone's pairs
-- ARGV 1 number's field, 2 conversation, 3 cool-down (ms)
-- Returns 1 forgotten, 0 it isn't that conversation's (any more)
local pair = redis.call('HGET', KEYS[1], ARGV[1])
if not pair or string.match(pair, '^[^:]+') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
local last = 0
for _, entry in ipairs(redis.call('HVALS', KEYS[1])) do
  local released = string.match(entry, ':(%d+)$')
  if not released then return 1 end
  last = math.max(last, tonumber(released))
end
if last > 0 then redis.call('PEXPIREAT', KEYS[1], last + ARGV[3]) end
return 1
