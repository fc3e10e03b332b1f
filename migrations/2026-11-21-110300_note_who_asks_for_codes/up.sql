-- Whoever asks for codes for somebody else's address uses up their own allowance and not its owner's. Null: asked for before
-- this was noted.
alter table one_time_codes add column network bytea;
comment on column one_time_codes.network is 'where it was asked for: the address, of IPv6 its /64';
