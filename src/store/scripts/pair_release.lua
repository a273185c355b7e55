#!lua flags=allow-oom
-- A conversation lets go of the numbers that it has for a phone: from now on they cool down.
-- Guarantee: what cools down already goes on doing so since it was first released. Once nothing is held, all goes when the
-- last has cooled down.
-- KEYS 1 the phone's pairs
-- ARGV 1 conversation, 2 now (ms), 3 cool-down (ms)
-- Returns the fields of the numbers that it let go of
local let, held, last = {}, false, 0
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local conversation, released = string.match(entries[i + 1], '^([^:]+):[^:]+:?(%d*)$')
  if released == '' and conversation == ARGV[1] then
    released = ARGV[2]
    redis.call('HSET', KEYS[1], entries[i], entries[i + 1] .. ':' .. released)
    table.insert(let, string.match(entries[i], '^[^:]+'))
  end
  if released == '' then held = true else last = math.max(last, tonumber(released)) end
end
if #let > 0 and not held then redis.call('PEXPIREAT', KEYS[1], last + ARGV[3]) end
return let
