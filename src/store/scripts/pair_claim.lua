#!lua flags=allow-oom
-- Gives a pair of phone and number to a conversation, unless somebody has it.
-- Guarantee: whoever asks gets the same answer as long as the pair isn't dropped. A number that conversations share, or shared
-- until lately, isn't free.
-- KEYS 1 the phone's pairs
-- ARGV 1 number's field, 2 entry, 3 now (ms), 4 cool-down (ms)
-- Returns the entry that holds
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then return held end
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  if string.match(entries[i], '^[^:]+') == ARGV[1] then
    local released = string.match(entries[i + 1], ':(%d+)$')
    if not released or tonumber(released) + ARGV[4] > tonumber(ARGV[3]) then return entries[i + 1] end
    redis.call('HDEL', KEYS[1], entries[i])
  end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PERSIST', KEYS[1])
return ARGV[2]
