#!lua flags=allow-oom
-- Uses up a person's link code.
-- Guarantee: one taker gets it, and gets it again when it asks again; a code that was replaced is nobody's.
-- KEYS 1 the person's link code: its mark, or mark:taker
-- ARGV 1 mark of the code, 2 taker
-- Returns 1 it is the taker's, 0 it was used, replaced, or its time is over
local held = redis.call('GET', KEYS[1])
local mine = ARGV[1] .. ':' .. ARGV[2]
if held == mine then return 1 end
if held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], mine, 'KEEPTTL')
return 1
