drop function commit_batch;
drop function batch_holds;
drop function batch_order_lines;
drop function batch_orders;
