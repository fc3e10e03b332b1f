-- Whoever forgets looks again, for a while, for orders of accounts that are gone.
create index accounts_erased_idx on accounts (secured_at) where status = 'erased';
