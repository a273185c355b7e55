#!lua flags=allow-oom
-- Takes back the mark of `person_leave`.
-- Guarantee: only whoever set it, and not once the person was merged.
-- KEYS 1 person
-- ARGV 1 who marked it
-- Returns 1 taken back, 0 it isn't theirs
if redis.call('HGET', KEYS[1], 'm') ~= ARGV[1] or redis.call('HEXISTS', KEYS[1], 'a') == 1 then return 0 end
redis.call('HDEL', KEYS[1], 'm')
return 1
