#!lua flags=allow-oom
-- Freezes what was decided about one event: the conversation's change and its deliveries on all legs, all or nothing.
-- A leg on which nothing waited is claimed, and its delivery marked as sending where the caller is about to send it.
-- Guarantee: a canonical id is committed once; a decision on an older version, or under an older fence of its lane, or before the
-- one that it stands behind is committed, changes nothing.
-- KEYS 1 conversation, 2 map bucket of the canonical id, 3 that of the one that it stands behind (the same where there is none),
--      then for each delivery: record, leg, legs due, leg fences; then the chats that the change makes known
-- ARGV 1 version, 2 lane name ('' for what didn't come by a lane), 3 lane fence, 4 canonical id, 5 map entry,
--      6 expiry of the map bucket (ms since 1970), 7 lease in ms, 8 how many fields change, 9 how many deliveries,
--      10 how many chats, 11 fence for claimed legs, 12 the canonical id that it stands behind or '',
--      then field, value for each change; then id, leg, account's wish ('m' mark, 'c' claim only, '' neither), deadline (ms),
--      sealed payload for each delivery; then `conversation:leg` for each chat
-- Returns -1 the version is stale, or what it stands behind isn't committed, -2 the lane's fence is old, 0 the canonical id is known;
--         else 1 + the sum of 2^i (i = 1..) over the deliveries whose leg was claimed

-- Each call of Redis costs more than what it does here, hence as few as will do.
local of_lane = 'f:' .. ARGV[2]
local held = redis.call('HMGET', KEYS[1], 'v', of_lane)
local version, highest = held[1], ARGV[2] ~= '' and held[2]
local fenced = highest and ARGV[3] < highest
if version ~= ARGV[1] or fenced then
  if redis.call('HEXISTS', KEYS[2], ARGV[4]) == 1 then return 0 end
  return version ~= ARGV[1] and -1 or -2
end
if ARGV[12] ~= '' and redis.call('HEXISTS', KEYS[3], ARGV[12]) == 0 then
  return redis.call('HEXISTS', KEYS[2], ARGV[4]) - 1
end
if redis.call('HSETNX', KEYS[2], ARGV[4], ARGV[5]) == 0 then return 0 end
if ARGV[2] ~= '' and highest ~= ARGV[3] then redis.call('HSET', KEYS[1], of_lane, ARGV[3]) end
if redis.call('HLEN', KEYS[2]) == 1 then redis.call('PEXPIREAT', KEYS[2], ARGV[6]) end
local changes, deliveries, chats = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local a = 13
if changes > 0 then
  for _ = 1, changes do
    if ARGV[a + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[a]) else redis.call('HSET', KEYS[1], ARGV[a], ARGV[a + 1]) end
    a = a + 2
  end
  redis.call('HINCRBY', KEYS[1], 'v', 1)
end
if deliveries == 0 and chats == 0 then return 1 end

-- After the changes: one of them may be the gate.
local fields = { 'g' }
for i = 1, deliveries do fields[i + 1] = 'g:' .. ARGV[a + 5 * i - 4] end
local gates = redis.call('HMGET', KEYS[1], unpack(fields))
local t, now
local result, bit = 1, 2
local k = 4
for i = 1, deliveries do
  local id, leg, wish, deadline, payload = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  local state, attempts = 'q', 0
  local waiting = redis.call('RPUSH', KEYS[k + 1], id)
  if waiting == 1 then
    if not t then t = redis.call('TIME') now = t[1] * 1000 + math.floor(t[2] / 1000) end
    if wish == '' then
      redis.call('ZADD', KEYS[k + 2], now, leg)
    else
      redis.call('ZADD', KEYS[k + 2], now + ARGV[7], leg)
      redis.call('HSET', KEYS[k + 3], leg, ARGV[11] .. ':1')
      result = result + bit
      if wish == 'm' then state, attempts = 's', 1 end
    end
  end
  local own = gates[i + 1]
  local under = own and gates[1] .. '.' .. own or gates[1]
  if state == 's' then
    redis.call('HSET', KEYS[k], 's', state, 'p', payload, 'd', deadline, 'a', attempts, 'g', under, 't', now)
  else
    redis.call('HSET', KEYS[k], 's', state, 'p', payload, 'd', deadline, 'a', attempts, 'g', under)
  end
  bit = bit * 2
  a = a + 5
  k = k + 4
end
for _ = 1, chats do
  redis.call('SET', KEYS[k], ARGV[a])
  a = a + 1
  k = k + 1
end
return result
