#!lua flags=allow-oom
-- Gives a conversation one of our numbers for a phone: the one that it has, else the first that is free, else the shared one.
-- Guarantee: a number other than the shared one belongs to at most one conversation of this phone, and to none before the one
-- before it has cooled down; nothing is shared while a number is free; whoever asks again gets the same. Of a number that
-- left the pool the conversation gets another.
-- KEYS 1 the phone's pairs
-- ARGV 1 conversation, 2 leg, 3 now (ms), 4 cool-down (ms), 5 field of the number that is shared, 6.. fields of the pool's
--      numbers, best first
-- Returns the number's field, the leg that has it, '1' when it was given now or '0' when it was there already, '1' when others
--         are on that number or still cool down there, else '0', how many of the pool's numbers this phone has left, then the
--         conversations of those that are on the number
local now, cool = tonumber(ARGV[3]), tonumber(ARGV[4])
local pool = {}
for i = 6, #ARGV do pool[ARGV[i]] = true end

local taken, open, mine = {}, {}, nil
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local field, number = entries[i], string.match(entries[i], '^[^:]+')
  local conversation, leg, released = string.match(entries[i + 1], '^([^:]+):([^:]+):?(%d*)$')
  if released ~= '' and tonumber(released) + cool <= now then
    redis.call('HDEL', KEYS[1], field)
  elseif conversation ~= ARGV[1] then
    taken[number] = true
    open[number] = open[number] or {}
    if released == '' then table.insert(open[number], conversation) end
  elseif not pool[number] then
    if released == '' then redis.call('HSET', KEYS[1], field, entries[i + 1] .. ':' .. ARGV[3]) end
  elseif released == '' or not mine then
    mine = { field = field, number = number, leg = leg, released = released }
  end
end

local number, field = nil, nil
if mine then
  number, field = mine.number, mine.field
else
  for i = 6, #ARGV do
    if not taken[ARGV[i]] then
      number, field = ARGV[i], ARGV[i]
      break
    end
  end
  if not number then number, field = ARGV[5], ARGV[5] .. ':' .. ARGV[1] end
end

local leg, given = ARGV[2], '1'
if mine and mine.released == '' then
  leg, given = mine.leg, '0'
else
  redis.call('HSET', KEYS[1], field, ARGV[1] .. ':' .. leg)
  redis.call('PERSIST', KEYS[1])
end
local left = 0
for i = 6, #ARGV do
  if not taken[ARGV[i]] and ARGV[i] ~= number then left = left + 1 end
end
local reply = { number, leg, given, taken[number] and '1' or '0', tostring(left) }
for _, conversation in ipairs(open[number] or {}) do table.insert(reply, conversation) end
return reply
