#!lua flags=allow-oom
-- Renews leases, or lets go of them at a chosen time: lanes of a shard, or legs of an account.
-- Guarantee: only the holder of the fence moves a due time.
-- KEYS 1 due, 2 fences
-- ARGV 1 ms from now at which they are due again, then name, fence, ...
-- Returns the names whose fence was lost
local t = redis.call('TIME')
local due = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[1]
local lost = {}
for i = 2, #ARGV, 2 do
  local held = redis.call('HGET', KEYS[2], ARGV[i])
  if held and string.sub(held, 1, 16) == ARGV[i + 1] then
    redis.call('ZADD', KEYS[1], 'XX', due, ARGV[i])
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
