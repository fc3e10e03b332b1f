-- Messages to people, from when they are posted until nobody asks for them any more. They are claimed one short statement at
-- a time and delivered outside of any transaction.
create table messages (
    id uuid constraint messages_pkey primary key,
    store_id uuid not null constraint messages_store_id_fkey references stores (id),
    -- Whose it is, where that is known. No foreign key: a message may outlive what it tells the end of.
    account_id uuid,
    channel text not null constraint messages_channel_known check (channel in ('email', 'sms')),
    kind text not null,
    -- Whom it is for and what it says, sealed; erased at its end.
    content bytea,
    state text not null constraint messages_state_known check (state in ('waiting', 'sent', 'given_up')),
    -- Begun ones.
    attempts integer not null,
    created_at timestamptz not null,
    -- When it is due; while somebody has it, when that one is taken to be dead.
    next_attempt_at timestamptz,
    -- What opens nothing any more is not sent.
    useless_after timestamptz not null,
    sent_at timestamptz,
    -- In words of ours alone.
    last_error text,
    constraint messages_erased_at_the_end check
        ((state = 'waiting') = (content is not null) and (state = 'waiting') = (next_attempt_at is not null))
);
create index messages_due_idx on messages (channel, next_attempt_at) where state = 'waiting';
create index messages_account_id_idx on messages (account_id, created_at) where account_id is not null;
create index messages_created_at_idx on messages (created_at) where state <> 'waiting';
