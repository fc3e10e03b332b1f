comment on column one_time_codes.network is 'who asked for it: 4 or 6 and the address, of IPv6 its /64; empty: a device of its owner''s';
