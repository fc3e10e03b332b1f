-- KEYS: tallies that an attempt was counted on. ARGV: whether the first is cleared (1).
for n, key in ipairs(KEYS) do
    if (n == 1 and ARGV[1] == '1') or (tonumber(redis.call('HGET', key, 'failures')) or 0) <= 1 then
        redis.call('DEL', key)
    else
        redis.call('HINCRBY', key, 'failures', -1)
    end
end
return redis.status_reply('OK')
