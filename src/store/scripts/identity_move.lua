#!lua flags=allow-oom
-- Decides whose an address is: it goes from one person to another.
-- Guarantee: of all who want it at the same moment, one gets it. Asked again, the answer is the same.
-- KEYS 1 the address
-- ARGV 1 `person:identity` as it was, 2 as it becomes
-- Returns 1 moved, 0 it is somebody else's
local held = redis.call('GET', KEYS[1])
if held == ARGV[2] then return 1 end
if held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
