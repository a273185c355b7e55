#!lua flags=allow-oom
-- Gives back what gcra took from several limits: the code was right after all, or another limit refused.
-- Guarantee: nothing is given back twice under one ticket, and no bucket gets fuller than full. Pauses stay.
-- KEYS 1.. a counter for each limit, then the ticket where there is one
-- ARGV 1 'keep': asking again with the ticket stays allowed, 'forget': it is a new question; then the increment of each limit in us
-- Returns 1 given back, 0 it had been
local limits = #ARGV - 1
local ticket = KEYS[limits + 1]
if ticket then
  if redis.call('GET', ticket) ~= 'taken' then return 0 end
  if ARGV[1] == 'keep' then
    redis.call('SET', ticket, 'given', 'KEEPTTL')
  else
    redis.call('DEL', ticket)
  end
end
for i = 1, limits do
  local at, level, rest = string.match(redis.call('GET', KEYS[i]) or '', '^(%d+):(%d+)(.*)$')
  if at then
    local back = math.max(tonumber(level) - tonumber(ARGV[i + 1]), 0)
    redis.call('SET', KEYS[i], string.format('%s:%.0f%s', at, back, rest), 'KEEPTTL')
  end
end
return 1
