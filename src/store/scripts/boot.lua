#!lua flags=allow-oom
-- Begins a new boot: its fences are higher than all before. Also while Redis is out of memory, since a full store has to drain.
-- KEYS 1 meta
-- ARGV none
-- Returns the number of the boot
return redis.call('HINCRBY', KEYS[1], 'boot', 1)
