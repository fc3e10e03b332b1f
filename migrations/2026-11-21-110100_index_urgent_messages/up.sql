-- Somebody waits for a code, for five minutes, and for a link to a new password: both are claimed before whatever else is
-- due. The claim looks for them by themselves, and finds them here however many letters were posted before them.
create index messages_urgent_due_idx on messages (channel, next_attempt_at)
    where state = 'waiting' and kind in ('one_time_code', 'reset_password');
