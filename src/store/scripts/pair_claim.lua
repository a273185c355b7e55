#!lua flags=allow-oom
-- Gives a pair of phone and number to a conversation, unless somebody has it.
-- Guarantee: whoever asks gets the same answer as long as the pair isn't dropped.
-- KEYS 1 the phone's pairs
-- ARGV 1 number's field, 2 entry
-- Returns the entry that holds
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
