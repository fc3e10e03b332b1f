-- Takes from allowances that several servers share (GCRA: each is one moment, when it will be whole again).
-- KEYS: the allowances. ARGV: whether to take what is not there too (1), then for each: the microseconds in which one is given
-- back, how many there are, how many are taken.
-- Answers for each: whether there were so many, how many are left, when one more will be there, when it will be whole.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
for n, key in ipairs(KEYS) do
    local period, most, cost = tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n]), tonumber(ARGV[3 * n + 1])
    local window = period * most
    local whole = math.max(tonumber(redis.call('GET', key)) or now, now)
    local after = whole + period * cost
    local is_there = after - now <= window
    if is_there or ARGV[1] == '1' then
        -- A debt of more than a window is let off: nobody is kept out for what many servers let in at once.
        whole = math.min(after, now + 2 * window)
        redis.call('SET', key, string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000) + 1)
    end
    answers[n] = {
        is_there and 1 or 0,
        math.max(0, math.floor(most - (whole - now) / period)),
        math.max(0, math.ceil(whole + period - now - window)),
        math.ceil(whole - now),
    }
end
return answers
