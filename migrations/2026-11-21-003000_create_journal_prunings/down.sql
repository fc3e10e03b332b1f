drop table journal_prunings;
