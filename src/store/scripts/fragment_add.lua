#!lua
-- Stores one part of a message that comes in several.
-- Guarantee: the same part of a group is kept once; a repeat of an arrival that may have been left unanswered changes nothing,
-- but says so when its group is complete and still there: then the joined event takes the place of the repeat.
-- Refused while Redis is out of memory (no allow-oom).
-- KEYS 1 arrivals with this fingerprint, 2 those under the last period's (the same key where there are none), 3 the group,
--      4 groups by the time they are due
-- ARGV 1 arrival `session:order`, 2 how long it is remembered (ms), 3 group name, 4 index, 5 total, 6 sealed part,
--      7 time of the part (ms), 8 a new random id, 9 when the group is due (ms), 10 the same once it is complete, then session,
--      order, for each session that ended badly
-- Returns 0 known already or a repeat, 1 stored, 2 the group is complete
local function known()
  local total = redis.call('HGET', KEYS[3], 'total')
  if total and redis.call('HLEN', KEYS[3]) - 3 >= tonumber(total) then return 2 end
  return 0
end
local function remember()
  redis.call('RPUSH', KEYS[1], ARGV[1])
  redis.call('LTRIM', KEYS[1], -64, -1)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
-- The older ones first.
local lists = KEYS[2] == KEYS[1] and { KEYS[1] } or { KEYS[2], KEYS[1] }
local arrivals = {}
for i, list in ipairs(lists) do
  arrivals[i] = redis.call('LRANGE', list, 0, -1)
  for _, arrival in ipairs(arrivals[i]) do
    if arrival == ARGV[1] then return known() end
  end
end
for i, list in ipairs(lists) do
  for _, arrival in ipairs(arrivals[i]) do
    local session, order = string.match(arrival, '^(.+):(%d+)$')
    for at = 11, #ARGV, 2 do
      if session == ARGV[at] and tonumber(order) > tonumber(ARGV[at + 1]) then
        redis.call('LREM', list, 1, arrival)
        remember()
        return known()
      end
    end
  end
end
remember()
if redis.call('HSETNX', KEYS[3], 'id', ARGV[8]) == 1 then
  redis.call('HSET', KEYS[3], 'total', ARGV[5], 'at', ARGV[7])
  redis.call('ZADD', KEYS[4], ARGV[9], ARGV[3])
end
if redis.call('HSETNX', KEYS[3], ARGV[4], ARGV[6]) == 0 then return known() end
if redis.call('HLEN', KEYS[3]) - 3 >= tonumber(ARGV[5]) then
  redis.call('ZADD', KEYS[4], ARGV[10], ARGV[3])
  return 2
end
return 1
