#!lua flags=allow-oom
-- Changes several things that an account has stored at once: those deleted that are named, and the others written.
-- Guarantee: all or nothing. Also while Redis is out of memory: a message can't leave before its session is stored, and a full
-- store drains by messages that leave.
-- KEYS 1 account storage
-- ARGV n, then n names that go; then name, sealed value for each that is written
-- Returns 1
local gone = tonumber(ARGV[1])
for i = 2, gone + 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = gone + 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
