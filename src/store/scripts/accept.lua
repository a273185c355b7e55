#!lua
-- Stores what came in for one account, in the order given: events at the end of their lanes, each once, and receipts. Claims a
-- lane when nothing waits there.
-- Guarantee: all or nothing. Redis looks for its memory once, before the first command: while it is out of memory all of it is
-- refused (no allow-oom: intake is where a full store shows), and what has begun is done to its end.
-- What is known changes nothing, also when it stands further ahead in the same call. An id is known from the dedupe set of this
-- or the previous generation, or since the last saved cursor. An arrival without one is known when it was stored itself; and an
-- arrival in a session that ended badly, after what was confirmed there, suppresses one repeat with the same fingerprint, once.
-- KEYS 1 lanes due, 2 lane fences, 3 ids since the cursor, then for each
--      i: dedupe bucket, the one of the previous generation, lane
--      f: arrivals with this fingerprint, those under the last period's (the same key where there are none), lane
--      r: receipts, receipts due
-- ARGV 1 lease in ms, 2 fence, then for each
--      'i', lane name, sealed item, id, id in the previous generation or '', id among those since the cursor or '' for an
--           account that has none, expiry of the bucket (ms since 1970)
--      'f', lane name, sealed item, arrival `session:order`, how long it is remembered (ms), n,
--           then n times session, order after which it may be suppressed, for the sessions that ended badly
--      'r', id, sealed receipt, due (ms since 1970)
-- Returns for each: 0 known already, 1 stored and the lane is claimed with the fence, 2 stored behind others, 3 a receipt waits
local call = redis.call

-- Remembers an arrival, in the place of the first that it repeats. Says whether it is known already.
local function known_arrival(key, arg)
  local arrival, first, last = ARGV[arg + 3], arg + 6, arg + 5 + 2 * ARGV[arg + 5]
  -- Those under the last period's fingerprint are older.
  local lists = KEYS[key + 1] == KEYS[key] and { KEYS[key] } or { KEYS[key + 1], KEYS[key] }
  local repeated, of
  for _, list in ipairs(lists) do
    for _, each in ipairs(call('LRANGE', list, 0, -1)) do
      if each == arrival then return true end
      for i = first, repeated and 0 or last, 2 do
        local session, order = string.match(each, '^(.+):(%d+)$')
        if session == ARGV[i] and tonumber(order) > tonumber(ARGV[i + 1]) then repeated, of = each, list end
      end
    end
  end
  if repeated then call('LREM', of, 1, repeated) end
  if call('RPUSH', KEYS[key], arrival) > 64 then call('LTRIM', KEYS[key], -64, -1) end
  call('PEXPIRE', KEYS[key], ARGV[arg + 4])
  return repeated ~= nil
end

local replies, due = {}, nil
local key, arg, last = 4, 3, #ARGV
while arg <= last do
  local kind, name, sealed = ARGV[arg], ARGV[arg + 1], ARGV[arg + 2]
  local known, keys, args
  if kind == 'i' then
    keys, args = 3, 7
    local id, previous, since = ARGV[arg + 3], ARGV[arg + 4], ARGV[arg + 5]
    known = (since ~= '' and call('SISMEMBER', KEYS[3], since) == 1)
      or (previous ~= '' and call('HEXISTS', KEYS[key + 1], previous) == 1)
      or call('HSETNX', KEYS[key], id, '') == 0
    if not known then
      if since ~= '' then call('SADD', KEYS[3], since) end
      if call('HLEN', KEYS[key]) == 1 then call('PEXPIREAT', KEYS[key], ARGV[arg + 6]) end
    end
  elseif kind == 'f' then
    keys, args = 3, 6 + 2 * ARGV[arg + 5]
    known = known_arrival(key, arg)
  else
    keys, args = 2, 4
  end

  local reply
  if known then
    reply = 0
  elseif kind == 'r' then
    call('HSET', KEYS[key], name, sealed)
    call('ZADD', KEYS[key + 1], ARGV[arg + 3], name)
    reply = 3
  elseif call('RPUSH', KEYS[key + 2], sealed) > 1 then
    reply = 2
  else
    if not due then
      local t = call('TIME')
      due = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[1]
    end
    call('ZADD', KEYS[1], due, name)
    call('HSET', KEYS[2], name, ARGV[2] .. ':1')
    reply = 1
  end
  replies[#replies + 1] = reply
  key, arg = key + keys, arg + args
end
return replies
