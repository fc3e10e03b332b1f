-- Codes that were sent to an address: whoever types one in has read what was sent there. The rows are also the memory of how
-- often an address was written to, and are removed after a day.
create table one_time_codes (
    id uuid constraint one_time_codes_pkey primary key,
    store_id uuid not null constraint one_time_codes_store_id_fkey references stores (id),
    channel text not null constraint one_time_codes_channel_is_known check (channel in ('email', 'sms')),
    recipient text not null,
    recipient_key text not null,
    digest bytea not null,
    tries integer not null default 0 constraint one_time_codes_tries_bounded check (tries between 0 and 5),
    sent_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index one_time_codes_recipient_idx on one_time_codes (store_id, channel, recipient_key, sent_at);
create index one_time_codes_sent_at_idx on one_time_codes (sent_at);
comment on column one_time_codes.recipient is 'as it was written; recipient_key is the same for every way of writing it';
comment on column one_time_codes.digest is 'HMAC of id and code under a key that derives from the configuration''s token secret';
comment on column one_time_codes.tries is 'counted before the code is compared, and never more than five';
