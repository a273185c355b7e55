#!lua flags=allow-oom
-- Puts a buried event back at the end of its lane, or ends it.
-- Guarantee: each is put back or ended once.
-- KEYS 1 buried events, 2 buried events by the time they end, 3 lane, 4 lanes due
-- ARGV 1 id, 2 lane name, 3 'again' or 'drop'
-- Returns 1 done, 0 there is no such event (any more)
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
local item = redis.call('HGET', KEYS[1], ARGV[1] .. ':item')
redis.call('HDEL', KEYS[1], ARGV[1], ARGV[1] .. ':item', ARGV[1] .. ':lane')
if ARGV[3] == 'again' and item then
  if redis.call('RPUSH', KEYS[3], item) == 1 then
    local t = redis.call('TIME')
    redis.call('ZADD', KEYS[4], t[1] * 1000 + math.floor(t[2] / 1000), ARGV[2])
  end
end
return 1
