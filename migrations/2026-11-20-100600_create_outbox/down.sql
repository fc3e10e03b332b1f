drop table outbox_cursors;
drop table outbox;
