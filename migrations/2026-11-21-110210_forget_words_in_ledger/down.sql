-- What was written is gone.
select 1;
