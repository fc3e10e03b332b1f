drop index sessions_account_id_idx;
