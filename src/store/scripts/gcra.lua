#!lua flags=allow-oom
-- Takes from several limits at once, by GCRA (as the continuous-state leaky bucket of ITU-T I.371) on Redis' own clock.
-- Guarantee: all are charged, or none is; no budget is ever exceeded, however many take at once; who asks again with the same
-- ticket gets the same answer and is charged once. A clock that is set back stops what runs for a moment, and changes no more.
-- A counter is `at:level` or `at:level:pauses:left`, in us: what it was at `at`; how long its bucket still needed to be full
-- again; how many pauses there were, how long the last one still took. It lives until it says nothing any more.
-- KEYS 1.. a counter for each limit, then the ticket where there is one
-- ARGV 1 how long the ticket is remembered (ms), then for each limit: increment, window, first pause (0: has none), longest
--      pause, all in us
-- Returns {} when allowed, else {which limit from 1, us until it may be asked again, 1 when a pause begins with this refusal}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limits = (#ARGV - 1) / 4
local ticket = KEYS[limits + 1]

local function remember(answer, ms)
  if ticket then redis.call('SET', ticket, answer, 'PX', string.format('%.0f', ms)) end
end

local known = ticket and redis.call('GET', ticket)
if known then
  local limit, till, begins = string.match(known, '^(%d+):(%d+):(%d)$')
  if not limit then return {} end
  return {tonumber(limit), math.max(tonumber(till) - now, 0), tonumber(begins)}
end

local function write(key, counter, longest)
  local value = string.format('%.0f:%.0f', now, counter.level)
  local life = counter.level
  if counter.pauses > 0 then
    value = string.format('%s:%d:%.0f', value, counter.pauses, counter.left)
    life = math.max(life, counter.left + longest)
  end
  redis.call('SET', key, value, 'PX', string.format('%.0f', math.max(math.ceil(life / 1000), 1)))
end

-- `left` below 0: so long ago the last pause ended.
local function read(key, longest)
  local at, level, pauses, left = string.match(redis.call('GET', key) or '', '^(%d+):(%d+):?(%d*):?(-?%d*)$')
  if not at then return {level = 0, pauses = 0, left = 0} end
  local counter = {level = tonumber(level), pauses = tonumber(pauses) or 0, left = tonumber(left) or 0}
  local gone = now - tonumber(at)
  -- The clock was set back: from now on time goes by again, so `at` has to be now.
  if gone < 0 then write(key, counter, longest) end
  counter.level = math.max(counter.level - math.max(gone, 0), 0)
  counter.left = counter.left - math.max(gone, 0)
  if counter.left + longest <= 0 then counter.pauses = 0 end
  return counter
end

local function refuse(limit, wait, begins)
  remember(string.format('%d:%.0f:%d', limit, now + wait, begins), math.min(math.ceil(wait / 1000), tonumber(ARGV[1])))
  return {limit, wait, begins}
end

local counters = {}
for i = 1, limits do
  local at = i * 4 - 2
  local increment, window = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local first, longest = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local counter = counters[KEYS[i]] or read(KEYS[i], longest)
  if counter.pauses > 0 and counter.left > 0 then return refuse(i, counter.left, 0) end
  local level = counter.level + increment
  if level > window then
    if first == 0 then return refuse(i, level - window, 0) end
    local pause = math.min(first * 2 ^ counter.pauses, longest)
    write(KEYS[i], {level = 0, pauses = counter.pauses + 1, left = pause}, longest)
    return refuse(i, pause, 1)
  end
  counter.level = level
  counter.longest = longest
  counters[KEYS[i]] = counter
end
for key, counter in pairs(counters) do write(key, counter, counter.longest) end
remember('taken', tonumber(ARGV[1]))
return {}
