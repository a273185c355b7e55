#!lua flags=allow-oom
-- Writes a handle in its owner's list.
-- Guarantee: a new one is added only to the list that was read; a known one is changed only while it is there; nothing is
-- written for a person who isn't, or who is about to become a part of somebody else.
-- KEYS 1 person
-- ARGV 1 field, 2 sealed handle, 3 the version of the list that was read (0: it had none), or '' to change a known one
-- Returns 1 written, 0 the list is another by now, -1 no such person (any more)
if redis.call('HEXISTS', KEYS[1], 'k') == 0 then return -1 end
if redis.call('HEXISTS', KEYS[1], 'm') == 1 and ARGV[3] ~= '' then return -1 end
if ARGV[3] == '' then
  if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
else
  if (redis.call('HGET', KEYS[1], 'hv') or '0') ~= ARGV[3] then return 0 end
  redis.call('HINCRBY', KEYS[1], 'hv', 1)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
