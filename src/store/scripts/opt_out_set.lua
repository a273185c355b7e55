#!lua flags=allow-oom
-- Writes down that a phone wants no more texts, in some scopes; nothing ends it but that the phone takes it back.
-- Guarantee: each scope keeps the event that closed it first, so that it is confirmed by that one alone, however often it is
-- worked on.
-- KEYS 1 the phone's opt-outs
-- ARGV 1 event, 2.. scopes, the widest first
-- Returns 1 this event closed the widest scope, 0 another did before
for i = 2, #ARGV do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[1]) end
if redis.call('HGET', KEYS[1], ARGV[2]) == ARGV[1] then return 1 end
return 0
