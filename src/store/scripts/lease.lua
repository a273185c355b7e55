#!lua flags=allow-oom
-- Takes, keeps or gives up the lease of an account: one process owns a session network's account at a time.
-- Guarantee: nobody takes a lease that another holds before it ran out, unless the other is known to be gone.
-- KEYS 1 lease
-- ARGV 1 owner, 2 lease in ms (0: give it up), 3 'force' when the owner before us is known to be gone, else ''
-- Returns 1 it is ours (or was given up), 0 another holds it
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] and ARGV[3] ~= 'force' then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
