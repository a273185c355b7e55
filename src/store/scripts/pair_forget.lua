#!lua flags=allow-oom
-- Forgets whose a phone's numbers were: what is left of each is a tombstone, until a late reply can't come any more.
-- Guarantee: no number that was held or cooled down becomes free by it; nothing is left after the cool-down.
-- KEYS 1 the phone's pairs
-- ARGV 1 now (ms), 2 cool-down (ms), 3 a tombstone's entry without its time
-- Returns the fields of the numbers that were held until now, each as often as it was
local since, held, last = {}, {}, 0
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local number, released = string.match(entries[i], '^[^:]+'), string.match(entries[i + 1], ':(%d+)$')
  if not released then table.insert(held, number) end
  since[number] = math.max(since[number] or 0, tonumber(released or ARGV[1]))
end
redis.call('DEL', KEYS[1])
for number, at in pairs(since) do
  redis.call('HSET', KEYS[1], number, string.format('%s:%.0f', ARGV[3], at))
  last = math.max(last, at)
end
if last > 0 then redis.call('PEXPIREAT', KEYS[1], last + ARGV[2]) end
return held
