comment on column one_time_codes.network is 'where it was asked for: the address, of IPv6 its /64';
