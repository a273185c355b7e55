#!lua flags=allow-oom
-- Claims what is due: lanes of a shard, or legs of an account. A lease is a due time in the future.
-- Guarantee: at most one holder of each name's newest fence; attempts are counted here, before any work begins.
-- KEYS 1 due, 2 fences
-- ARGV 1 how many at most, 2 lease in ms, 3 fence, 4 'all' to take over also what is leased (the owner before us is known to
--      be gone), '' for what is due
-- Returns name, attempts, name, attempts, ...
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local upto = now
if ARGV[4] == 'all' then upto = '+inf' end
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', upto, 'LIMIT', 0, ARGV[1])
local claimed = {}
for _, name in ipairs(names) do
  local held = redis.call('HGET', KEYS[2], name)
  local fence, attempts = '', 0
  if held then
    fence = string.sub(held, 1, 16)
    attempts = tonumber(string.sub(held, 18)) or 0
  end
  if fence < ARGV[3] then
    attempts = attempts + 1
    redis.call('ZADD', KEYS[1], now + ARGV[2], name)
    redis.call('HSET', KEYS[2], name, ARGV[3] .. ':' .. attempts)
    claimed[#claimed + 1] = name
    claimed[#claimed + 1] = attempts
  end
end
return claimed
