#!lua flags=allow-oom
-- Marks a guest as one who is about to become a part of another person.
-- Guarantee: only who has one identity, is about to get none, was never merged, and isn't being forgotten. A marked person gets no other identity and
-- no handle. A later try takes over the mark of an earlier one: which of them succeeds is decided in the identity's own slot.
-- KEYS 1 person
-- ARGV 1 who marks it
-- Returns 1 marked, 0 it is no guest
local person = redis.call('HMGET', KEYS[1], 'k', 'a', 'x')
if not person[1] or person[2] or person[3] then return 0 end
local identities = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^[iju]:') then identities = identities + 1 end
end
if identities ~= 1 then return 0 end
redis.call('HSET', KEYS[1], 'm', ARGV[1])
return 1
