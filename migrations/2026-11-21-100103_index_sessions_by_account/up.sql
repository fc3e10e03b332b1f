-- Whether a device is known is asked of all sessions of an account, those that ended too.
create index sessions_account_id_idx on sessions (account_id);
