#!lua
-- Stores an inbound event that has an id: once, at the end of its lane; claims the lane when nothing waits there.
-- Guarantee: an id in the dedupe set (this or the previous generation, or since the last saved cursor) changes nothing.
-- Refused while Redis is out of memory (no allow-oom): intake is where a full store shows.
-- KEYS 1 dedupe bucket, 2 dedupe bucket of the previous generation, 3 ids since the cursor, 4 lane, 5 lanes due, 6 lane fences
-- ARGV 1 id, 2 id in the previous generation or '', 3 expiry of the bucket (ms since 1970), 4 lane name, 5 sealed item,
--      6 lease in ms, 7 fence, 8 id among those since the cursor, '' for an account
--      that has none
-- Returns 0 known already, 1 stored and the lane is claimed with the fence, 2 stored behind others
if ARGV[8] ~= '' and redis.call('SISMEMBER', KEYS[3], ARGV[8]) == 1 then return 0 end
if ARGV[2] ~= '' and redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
local fresh = redis.call('HSETNX', KEYS[1], ARGV[1], '')
if fresh == 0 then return 0 end
if ARGV[8] ~= '' then redis.call('SADD', KEYS[3], ARGV[8]) end
if redis.call('HLEN', KEYS[1]) == 1 then redis.call('PEXPIREAT', KEYS[1], ARGV[3]) end
if redis.call('RPUSH', KEYS[4], ARGV[5]) > 1 then return 2 end
local t = redis.call('TIME')
redis.call('ZADD', KEYS[5], t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[6], ARGV[4])
redis.call('HSET', KEYS[6], ARGV[4], ARGV[7] .. ':1')
return 1
