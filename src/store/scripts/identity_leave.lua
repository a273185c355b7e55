#!lua flags=allow-oom
-- Takes an identity from a person; it stands aside until it is somebody else's.
-- Guarantee: the last one stays, however many leave at the same moment. Whoever asked gets the same answer again.
-- KEYS 1 person
-- ARGV 1 identity
-- Returns 1 it leaves, 0 it isn't theirs or is the last one
if redis.call('HEXISTS', KEYS[1], 'u:' .. ARGV[1]) == 1 then return 1 end
local sealed, others = redis.call('HGET', KEYS[1], 'i:' .. ARGV[1]), 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^i:') and field ~= 'i:' .. ARGV[1] then others = others + 1 end
end
if not sealed or others == 0 then return 0 end
redis.call('HSET', KEYS[1], 'u:' .. ARGV[1], sealed)
redis.call('HDEL', KEYS[1], 'i:' .. ARGV[1])
return 1
