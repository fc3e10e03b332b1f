-- The rule of `rule.rs`, for tallies that several servers share.
-- KEYS: the tallies. ARGV: now, then for each: free, first, most, forgotten (ms), whether it counts only if nothing is known of
-- the first. Answers how long to wait, or 0 and for each whether it was counted.
local now = tonumber(ARGV[1])
local wait, counted, is_new = 0, {}, true
local answer = {}
for n, key in ipairs(KEYS) do
    local at = 5 * n - 3
    local free, first, most = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    local forgotten, only_if_new = tonumber(ARGV[at + 3]), ARGV[at + 4] == '1'
    local kept = redis.call('HMGET', key, 'failures', 'last')
    local failures, last = tonumber(kept[1]) or 0, tonumber(kept[2]) or now
    if now - last >= forgotten then
        failures = 0
    end
    -- Another server's clock may be ahead of this one.
    last = math.min(last, now)
    if n == 1 then
        is_new = failures == 0
    end
    answer[n + 1] = 0
    if is_new or not only_if_new then
        if failures >= free and failures > 0 then
            local delay = math.min(most, first * 2 ^ math.min(failures - free, 40))
            wait = math.max(wait, last + delay - now)
        end
        counted[#counted + 1] = { key, failures + 1, forgotten }
        answer[n + 1] = 1
    end
end
answer[1] = math.ceil(wait)
if wait <= 0 then
    for _, tally in ipairs(counted) do
        redis.call('HSET', tally[1], 'failures', tally[2], 'last', string.format('%.0f', now))
        redis.call('PEXPIRE', tally[1], tally[3])
    end
end
return answer
