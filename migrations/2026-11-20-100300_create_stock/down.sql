drop table purchase_limit_usage;
drop table stock_holds;
drop table stock_ledger;
drop table stock_levels;
