#!lua flags=allow-oom
-- Merges a receipt into the message map: a status only ever goes forward.
-- KEYS 1 map bucket
-- ARGV 1 field of the message's leg, 2 field of its status, 3 rank of the status ('1' failed .. '4' read), 4 sealed status
-- Returns 1 merged, 0 nothing new, -1 the message isn't in the map
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return -1 end
local held = redis.call('HGET', KEYS[1], ARGV[2])
if held and string.sub(held, 1, 1) >= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3] .. ARGV[4])
return 1
