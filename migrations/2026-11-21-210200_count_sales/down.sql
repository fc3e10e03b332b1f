drop index stock_ledger_batch_idx;
drop table sales_counted;
drop table product_sales;
