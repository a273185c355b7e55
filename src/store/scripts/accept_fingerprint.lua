#!lua
-- Stores an inbound event that has no id: at the end of its lane; claims the lane when nothing waits there.
-- Guarantee: asking again about the same arrival changes nothing; an arrival in a session that ended badly, after what was
-- confirmed there, suppresses one repeat with the same fingerprint, once.
-- Refused while Redis is out of memory (no allow-oom).
-- KEYS 1 arrivals with this fingerprint, 2 lane, 3 lanes due, 4 lane fences
-- ARGV 1 arrival `session:order`, 2 how long it is remembered (ms), 3 lane name, 4 sealed item, 5 lease in ms, 6 fence,
--      then session, order after which it may be suppressed, for each session that ended badly
-- Returns 0 known already or a repeat, 1 stored and the lane is claimed with the fence, 2 stored behind others
local arrivals = redis.call('LRANGE', KEYS[1], 0, -1)
for _, arrival in ipairs(arrivals) do
  if arrival == ARGV[1] then return 0 end
end
for _, arrival in ipairs(arrivals) do
  local session, order = string.match(arrival, '^(.+):(%d+)$')
  for i = 7, #ARGV, 2 do
    if session == ARGV[i] and tonumber(order) > tonumber(ARGV[i + 1]) then
      redis.call('LREM', KEYS[1], 1, arrival)
      redis.call('RPUSH', KEYS[1], ARGV[1])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return 0
    end
  end
end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -64, -1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if redis.call('RPUSH', KEYS[2], ARGV[4]) > 1 then return 2 end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[3], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[5], ARGV[3])
redis.call('HSET', KEYS[4], ARGV[3], ARGV[6] .. ':1')
return 1
