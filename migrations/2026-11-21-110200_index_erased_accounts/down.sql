drop index accounts_erased_idx;
