#!lua flags=allow-oom
-- An address belongs to nobody any more.
-- Guarantee: only if it is still theirs who gives it up.
-- KEYS 1 the address
-- ARGV 1 `person:identity`
-- Returns 1 given up, 0 it is somebody else's by now, or nobody's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
