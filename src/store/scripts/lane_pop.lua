#!lua flags=allow-oom
-- Removes what was committed from the heads of many lanes and renews their leases.
-- Guarantee: only the holder of a lane's fence removes anything; an empty lane leaves no trace.
-- KEYS 1 lanes due, 2 lane fences, 3.. a lane each
-- ARGV 1 lease in ms, then for each lane: name, fence, how many
-- Returns for each lane how many are left, or -1 when the fence was lost
local t = redis.call('TIME')
local due = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[1]
local left = {}
for i = 3, #KEYS do
  local a = (i - 3) * 3 + 2
  local holder = redis.call('HGET', KEYS[2], ARGV[a])
  if not holder or string.sub(holder, 1, 16) ~= ARGV[a + 1] then
    left[#left + 1] = -1
  else
    redis.call('LPOP', KEYS[i], ARGV[a + 2])
    local n = redis.call('LLEN', KEYS[i])
    if n == 0 then
      redis.call('ZREM', KEYS[1], ARGV[a])
      redis.call('HDEL', KEYS[2], ARGV[a])
    else
      redis.call('ZADD', KEYS[1], due, ARGV[a])
      redis.call('HSET', KEYS[2], ARGV[a], ARGV[a + 1] .. ':1')
    end
    left[#left + 1] = n
  end
end
return left
