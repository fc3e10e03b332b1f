drop table journal_batches;
drop table cells;
